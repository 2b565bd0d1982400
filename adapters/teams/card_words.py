"""The words on cards that other apps post, for a message that says nothing beside them: alerts come so.

Law: plain text only, and a bounded part of it, whatever the card is. No address on it is followed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from adapters.teams.lengths import Json, clean
from adapters.teams.tags import Tag, tokens
from bot.text import MENTION_CLOSE, MENTION_OPEN

LONGEST = 2_000
"""Characters that are taken of a message's cards."""
READ = 100_000
"""Characters of a card that is told as JSON inside JSON."""
DEPTH, ELEMENTS, CARDS = 12, 500, 10
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
CARD = ("application/vnd.microsoft.card.", "application/vnd.microsoft.teams.card.")
SAID = ("title", "subtitle", "activityTitle", "activitySubtitle", "activityText", "text", "name", "value")
"""What holds words, on adaptive cards, connector cards and hero cards, in the order in which it is read there."""
WITHIN = ("body", "columns", "items", "inlines", "rows", "cells", "facts", "sections")
NO_WORDS = ("Input.", "Action.")
_PRIVATE = {ord(MENTION_OPEN): None, ord(MENTION_CLOSE): None}


def words_on_cards(attachments: Any) -> str:
    """A line for each text; empty where there is no card, or none with words."""
    found: list[str] = []
    room = LONGEST
    for line in _lines(attachments):
        found.append(line[:room])
        room -= len(line) + 1
        if room <= 0:
            break
    return "\n".join(found)[:LONGEST].strip()


def _lines(attachments: Any) -> Iterator[str]:
    for one in attachments[:CARDS] if isinstance(attachments, list) else ():
        if isinstance(one, dict) and str(one.get("contentType") or "").lower().startswith(CARD):
            adaptive = str(one["contentType"]).lower() == ADAPTIVE
            for text in _texts(_content(one.get("content")), adaptive=adaptive):
                if line := " ".join(clean(text[:LONGEST].translate(_PRIVATE)).split()):
                    yield line


def _content(content: Any) -> Any:
    """The menu of a message tells cards as JSON in a text."""
    if not isinstance(content, str):
        return content
    try:
        return json.loads(content) if len(content) <= READ else None
    except (ValueError, RecursionError):
        return None


def _texts(card: Any, *, adaptive: bool) -> Iterator[str]:
    """In the order of the card, without recursion: a card of whatever depth is read to a bound."""
    waiting: list[tuple[Any, int]] = [(card, 0)]
    for _ in range(ELEMENTS):
        if not waiting:
            return
        element, depth = waiting.pop()
        if isinstance(element, str):
            yield element
        elif isinstance(element, dict) and depth < DEPTH and _is_shown(element):
            yield from _said(element, adaptive=adaptive)
            inner = [one for name in WITHIN for one in _listed(element.get(name))]
            waiting += [(one, depth + 1) for one in reversed(inner)]


def _is_shown(element: Json) -> bool:
    return element.get("isVisible") is not False and not str(element.get("type") or "").startswith(NO_WORDS)


def _said(element: Json, *, adaptive: bool) -> Iterator[str]:
    """A fact is its name with its value."""
    told = [value for name in SAID if isinstance(value := element.get(name), str) and value.strip()]
    if len(told) == 2 and isinstance(element.get("value"), str):
        told = [": ".join(told)]
    yield from (one if adaptive else _untagged(one) for one in told)


def _untagged(text: str) -> str:
    """Connector and hero cards may hold simple HTML."""
    return "".join(" " if isinstance(token, Tag) else token for token in tokens(text[:READ]))


def _listed(inner: Any) -> list[Any]:
    return inner[:ELEMENTS] if isinstance(inner, list) else []
