"""HTML as tags and texts, in one pass whose length is that of the text, whatever it is.

Law: nothing is looked for twice. The standard library's parser begins anew at every tag that never ends, so that a
short hostile message holds it up for minutes; here the rest of such a text is a text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9:_-]{0,30}")
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([A-Za-z][\w:-]{0,40})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_LONGEST = 8000
"""Characters of a tag whose attributes are read."""
_QUOTED = 64
"""Quoted values of a tag."""


class Tag(NamedTuple):
    name: str
    """In lower case, with a slash before it where it closes."""
    inside: str

    def attribute(self, name: str) -> str:
        for found in _ATTRIBUTE.finditer(self.inside[:_LONGEST]):
            if found.group(1).lower() == name:
                return unescaped(found.group(2) or found.group(3) or found.group(4) or "")
        return ""


def tokens(text: str) -> Iterator[Tag | str]:
    """Tags, and the texts between them with their entities as characters. Comments and declarations are left out."""
    place = start = 0
    while (opens := text.find("<", place)) >= 0:
        found = _NAME.match(text, opens + 1)
        if found is None and text[opens + 1 : opens + 2] not in ("!", "?", "/"):
            place = opens + 1
            continue
        ends = _end_of(text, opens, found.end() if found else opens + 1)
        if ends < 0:
            break
        if opens > start:
            yield unescaped(text[start:opens])
        if found:
            yield Tag(found.group().lower(), text[found.end() : ends])
        place = start = ends + 1
    if start < len(text):
        yield unescaped(text[start:])


def _end_of(text: str, opens: int, place: int) -> int:
    """Where the tag ends: a `>` in a quoted value does not end it. Less than 0: nowhere."""
    if text.startswith("<!--", opens):
        ends = text.find("-->", opens + 4)
        return ends + 2 if ends >= 0 else -1
    ends = text.find(">", place)
    for _ in range(_QUOTED):
        if ends < 0 or ends - opens > _LONGEST:
            break
        quotes = [at for mark in "\"'" if (at := text.find(mark, place, ends)) >= 0]
        first = min(quotes, default=-1)
        closes = text.find(text[first], first + 1) if quotes and text[first - 1] in "= " else -1
        if closes < 0:
            break
        place = closes + 1
        ends = text.find(">", place) if ends < place else ends
    return ends


def unescaped(text: str) -> str:
    """Entities as characters. Python converts no number of more than 4,300 digits, and no character has such a one."""
    try:
        return html.unescape(text) if "&" in text else text
    except ValueError:
        return text
