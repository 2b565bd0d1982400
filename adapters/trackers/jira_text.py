"""Text for Jira: what people typed is literal, in the documents of Jira Cloud and in the wiki markup of Jira's servers.

Law: in a document it stands in text nodes, which hold no markup; in wiki markup every mark is taken its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bot.markdown import clean

_MARKS = re.compile(r"[\\{}\[\]*_\-+^~|!?#]")
_JOINED = re.compile(r"([:;(@])(?=\S)|(?<=[wW])(\.)(?=\S)")
_LINE = re.compile(r"(?m)^(?=(?:h[1-6]|bq)\.)")
JOINER = "\u2060"


def line(text: str) -> str:
    """A title: one line."""
    return " ".join(clean(text).split())


# -- documents (Atlassian Document Format, version 1)


def document(text: str, lines: Iterable[str] = (), back: str = "") -> dict[str, Any]:
    """An empty text node is refused there, so that nothing is left out as a node at all."""
    points = [{"type": "listItem", "content": [_paragraph(one)]} for one in lines]
    link = {"type": "text", "text": back, "marks": [{"type": "link", "attrs": {"href": back}}]}
    content = [
        _paragraph(text),
        *([{"type": "bulletList", "content": points}] if points else []),
        *([{"type": "paragraph", "content": [link]}] if back else []),
    ]
    return {"type": "doc", "version": 1, "content": content}


def _paragraph(text: str) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = []
    for number, one in enumerate(clean(text).strip().split("\n")):
        nodes += [{"type": "hardBreak"}] if number else []
        nodes += [{"type": "text", "text": one}] if one else []
    return {"type": "paragraph", "content": nodes}


# -- wiki markup


def wiki(text: str, lines: Iterable[str] = (), back: str = "") -> str:
    points = "\n".join(f"* {_literal(line(one))}" for one in lines)
    return "\n\n".join(part for part in (_literal(clean(text).strip()), points, f"[{back}]" if back else "") if part)


def _literal(text: str) -> str:
    """Emoticons, addresses and headings are broken by a letter that nobody sees, all other marks by a backslash."""
    marked = _MARKS.sub(lambda found: f"\\{found[0]}", text)
    return _LINE.sub(JOINER, _JOINED.sub(lambda found: f"{found[0]}{JOINER}", marked))
