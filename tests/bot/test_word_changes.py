"""Two texts word by word: nothing is invented, nothing left out, and long ones take no longer."""

import time

from hypothesis import given
from hypothesis import strategies as st

from bot.word_changes import MOST_WORDS, Piece, shortened, word_changes

TEXTS = st.text(alphabet="ab .\n-é", max_size=60)


def of_kinds(pieces: tuple[Piece, ...], *kinds: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_put_together_again(before: str, after: str) -> None:
    pieces = word_changes(before, after)
    assert of_kinds(pieces, "same", "removed") == before
    assert of_kinds(pieces, "same", "added") == after


def test_only_the_word_that_changed_is_marked() -> None:
    pieces = word_changes("All orders failed.", "Some orders failed.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("removed", "All"), ("added", "Some"), ("same", " orders failed."),
    ]  # fmt: skip


def test_what_is_long_and_the_same_is_left_out_in_the_middle() -> None:
    long = " ".join(f"word{n}" for n in range(200))
    shown = shortened(word_changes(f"{long} old", f"{long} new"))
    assert len(shown[0].text) < 200
    assert shown[0].text.startswith(" … ")
    assert [piece.text for piece in shown[1:]] == ["old", "new"]


def test_long_texts_are_compared_line_by_line_and_soon() -> None:
    before = "\n".join(f"line {n % 7} of it" for n in range(MOST_WORDS))
    after = before.replace("line 3", "line 8")
    begun = time.perf_counter()
    pieces = word_changes(before, after)
    assert time.perf_counter() - begun < 20
    assert of_kinds(pieces, "same", "added") == after
