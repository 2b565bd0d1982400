"""What is different between two texts, word by word.

Law: what is the same and what was removed is the older text; what is the same and what was added is the newer.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

from bot.text import Value

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
MOST_WORDS = 3_000
"""Of either text; longer ones are compared line by line."""
KEPT = 80
"""Characters of what is the same that are shown on each side of a change."""


class Piece(Value):
    kind: Literal["same", "added", "removed"]
    text: str


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        old, new = _LINE.findall(before), _LINE.findall(after)
    pieces: list[Piece] = []
    for step, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if step == "equal":
            pieces.append(Piece(kind="same", text="".join(old[a:b])))
            continue
        pieces += [Piece(kind="removed", text="".join(old[a:b]))] if b > a else []
        pieces += [Piece(kind="added", text="".join(new[c:d]))] if d > c else []
    return tuple(pieces)


def shortened(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Without the middle of what is long and the same."""
    last = len(pieces) - 1
    return tuple(_shortened(piece, first=n == 0, last=n == last) for n, piece in enumerate(pieces))


def _shortened(piece: Piece, *, first: bool, last: bool) -> Piece:
    if piece.kind != "same" or len(piece.text) <= 3 * KEPT:
        return piece
    head, tail = "" if first else piece.text[:KEPT], "" if last else piece.text[-KEPT:]
    return piece.model_copy(update={"text": f"{head} … {tail}"})
