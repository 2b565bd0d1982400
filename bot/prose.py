"""The sentences of a text in somebody's own words: quotes, code and addresses are blanked, and all else stays in place.

Law: the time taken grows with the length of the text and with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BLANK = "\x00"
"""Stands for each character of what is not the writer's own: no pattern reaches over it."""
NOTHING = " \t\r\n\f\v" + BLANK
LONGEST = 600
"""Characters of a sentence; what goes on without a full stop is looked at in pieces."""

_NOT_OWN = re.compile(
    r"^[ \t]*```.*?(?:^[ \t]*```|\Z)"  # fenced code, to the end where the fence stays open
    r"|^[ \t]*~~~.*?(?:^[ \t]*~~~|\Z)"
    r"|```[^`]+```"
    r"|`[^`\n]+`"
    r"|^[ \t]*>[^\n]*"  # a quoted line
    r"|“[^“”]{1,2000}”|„[^„“”]{1,2000}[“”]|«[^«»]{1,2000}»"
    r'|"[^"\n]+"'
    r"|(?<!\w)['‘][^'‘’\n]+['’](?!\w)"
    r"|(?:https?://|www\.)\S+",
    re.MULTILINE | re.DOTALL,
)
_END = re.compile(r"[.!?…]+(?=\s|$)|\n|;\s")
_SPACES = re.compile(r"\s+")


def own_words(text: str) -> str:
    """As long as the text; typographic apostrophes become plain ones."""
    blanked = _NOT_OWN.sub(lambda found: _blank(found.group()), text)
    return blanked.replace("’", "'")


def _blank(quoted: str) -> str:
    return "\n".join(BLANK * len(line) for line in quoted.split("\n"))


def sentences(own: str) -> Iterator[tuple[int, int]]:
    """From where to where each of them goes, without the space around it."""
    begin = 0
    for end in _END.finditer(own):
        yield from _pieces(own, begin, end.end())
        begin = end.end()
    yield from _pieces(own, begin, len(own))


def _pieces(own: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    while begin < end:
        stop = end if end - begin <= LONGEST else _gap(own, begin, begin + LONGEST)
        piece = own[begin:stop]
        if piece.strip(NOTHING):
            yield stop - len(piece.lstrip()), begin + len(piece.rstrip())
        begin = stop


def _gap(own: str, begin: int, end: int) -> int:
    found = own.rfind(" ", begin, end)
    return found + 1 if found > begin else end


def folded(text: str) -> str:
    """The same for sentences that differ in case and space alone."""
    return _SPACES.sub(" ", text).strip().casefold()
