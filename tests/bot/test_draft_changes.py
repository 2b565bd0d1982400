"""What changed between two versions: lines that are new and lines that are gone, and nothing else."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.draft_changes import changes, sections_of
from bot.model import EntryKind
from tests.bot.drafts import change, drafted, message, pinned, postmortem
from tests.bot.drafts import written as by_hand

TEXTS = st.dictionaries(
    st.sampled_from(["impact", "hard", "own to be told", "gone"]),
    st.lists(st.sampled_from(["a", "b", "c", "d e", ""]), max_size=8).map("\n".join),
)


def lines(text: str) -> Counter[str]:
    return Counter(line for line in text.splitlines() if line.strip())


@given(TEXTS, TEXTS)
def test_the_old_version_with_the_changes_is_the_new_one(before: dict[str, str], after: dict[str, str]) -> None:
    found = {one.name: one for one in changes(before, after)}
    for name in before.keys() | after.keys():
        old, new = lines(before.get(name, "")), lines(after.get(name, ""))
        one = found.get(name)
        assert (old - Counter(one.removed if one else ())) + Counter(one.added if one else ()) == new
        assert (one is None) == (
            [*filter(str.strip, before.get(name, "").splitlines())]
            == [*filter(str.strip, after.get(name, "").splitlines())]
        )


def test_a_draft_does_not_differ_from_itself_and_only_what_was_edited_differs() -> None:
    of = postmortem(edited={"hard": by_hand("first\n\nsecond")})
    before = sections_of(drafted((message(1),), of=of))
    assert changes(before, before) == ()
    later = of.model_copy(update={"edited": {"hard": by_hand("first\n\nthird")}})
    (one,) = changes(before, sections_of(drafted((message(1),), of=later)))
    assert (one.name, one.heading, one.added, one.removed) == ("hard", "What was hard", ("third",), ("second",))


def test_that_it_was_published_is_no_change_of_the_postmortem() -> None:
    log = (pinned(1, "x"),)
    published = change(50, EntryKind.POSTMORTEM, "Postmortem published, version 1")
    assert changes(sections_of(drafted(log)), sections_of(drafted((*log, published)))) == ()


def test_more_in_the_log_is_no_change_of_the_postmortem() -> None:
    assert "log" not in sections_of(drafted((message(1),)))


def test_a_section_that_is_no_more_comes_last_with_what_it_said() -> None:
    found = changes({"own to be told": "x", "hard": "y"}, {"hard": "z"})
    assert [(one.heading, one.removed) for one in found] == [("What was hard", ("y",)), ("To be told", ("x",))]


def test_long_sections_are_compared_in_time() -> None:
    before = "\n".join(f"line {n}" for n in range(40_000))
    (one,) = changes({"timeline": before}, {"timeline": f"new\n{before}\nlast"})
    assert (one.added, one.removed) == (("new", "last"), ())
