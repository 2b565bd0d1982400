"""Neutral text as `rich_text` elements, in which nothing that somebody typed is ever parsed by Slack.

Law: every text element is literal; people, links and moments are elements of their own, made only from the bot's parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapters.slack.limits import RICH_CHARS
from bot.text import MENTION_CLOSE, MENTION_OPEN, PAGE, Code, Emoji, Link, Mention, Part, Strong, Text, When, with_names

Json = dict[str, Any]
_TOKEN = re.compile(f"{MENTION_OPEN}([^{MENTION_CLOSE}]{{1,200}}){MENTION_CLOSE}")
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
_DROP = re.compile("[\x00-\x08\x0b-\x1f\x7f\ue000\ue001\ufeff]")
_HALF = re.compile("[\ud800-\udfff]")
_OVERRIDES, _ISOLATES = re.compile("[\u202a\u202b\u202d\u202e]"), re.compile("[\u2066\u2067\u2068]")
_POP, _POP_ISOLATE = "\u202c", "\u2069"
MAX_URL = 3000


def size(text: str) -> int:
    """Length as Slack may count it: in UTF-16 units, which is never less than in characters."""
    return len(text) + sum(1 for char in text if char > "\uffff") if not text.isascii() else len(text)


def clean(text: str) -> str:
    """Printable text: no control or half characters, and no direction override that reaches beyond its end."""
    if text.isascii() and text.isprintable():
        return text
    text = mended(_DROP.sub("", text))
    text += _POP * max(0, len(_OVERRIDES.findall(text)) - text.count(_POP))
    return text + _POP_ISOLATE * max(0, len(_ISOLATES.findall(text)) - text.count(_POP_ISOLATE))


def mended(text: str) -> str:
    """Half characters (lone surrogates), which no request can carry, become U+FFFD."""
    return _HALF.sub("\ufffd", text)


def shortened(text: str, limit: int) -> str:
    """At most `limit` long, with an ellipsis where something is missing. Half characters never come of it."""
    if size(text) <= limit:
        return text
    return prefix(text, limit - 1) + "…"


def prefix(text: str, limit: int) -> str:
    """The longest beginning whose size is within the limit."""
    head = text[:limit]
    if size(head) <= limit:
        return head
    room = limit
    for number, char in enumerate(head):
        room -= 2 if char > "\uffff" else 1
        if room < 0:
            return head[:number]
    return head


def plain(text: str) -> str:
    """Typed text for `plain_text` objects and fallbacks: mentions as `@U1`, for a name is not known there."""
    return clean(with_names(text, lambda account: account.rsplit(":", 1)[-1]))


def elements(text: Text, tenant: str) -> list[Json]:
    return [element for part in text.parts for element in _of_part(part, tenant)]


def _of_part(part: Part, tenant: str) -> Iterator[Json]:
    match part:
        case str():
            yield from _typed(part, tenant)
        case Mention():
            yield _user(part.account, part.name, tenant)
        case Link():
            yield _link(part)
        case Strong():
            yield from _text(plain(part.text), bold=True)
        case Code():
            yield from _text(plain(part.text), code=True)
        case When():
            yield _date(part)
        case Emoji():
            yield {"type": "emoji", "name": part.name}


def _typed(text: str, tenant: str) -> Iterator[Json]:
    for number, piece in enumerate(_TOKEN.split(text)):
        if number % 2:
            yield _user(piece, piece.rsplit(":", 1)[-1], tenant)
        else:
            yield from _text(clean(piece))


def _text(text: str, **style: bool) -> Iterator[Json]:
    if text:
        yield {"type": "text", "text": text, "style": style} if style else {"type": "text", "text": text}


def _user(account: str, name: str, tenant: str) -> Json:
    platform, _, rest = account.partition(":")
    team, _, user = rest.partition(":")
    if platform == "slack" and team == tenant and _USER.fullmatch(user):
        return {"type": "user", "user_id": user}
    return {"type": "text", "text": f"@{clean(name) or 'somebody'}"}


def _link(link: Link) -> Json:
    url, label = clean(link.url).strip(), plain(link.label)
    if url.startswith(PAGE):
        return {"type": "text", "text": plain(link.instead) or label or "-"}
    if not url.startswith(("https://", "http://")) or len(url) > MAX_URL or any(char.isspace() for char in url):
        return {"type": "text", "text": f"{label} ({url})" if label != url else url or "-"}
    return {"type": "link", "url": url, "text": shortened(label, 500)} if label else {"type": "link", "url": url}


def _date(when: When) -> Json:
    shown = clean(when.shown) or when.at.isoformat()
    return {
        "type": "date",
        "timestamp": int(when.at.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": shortened(shown, 200),
    }


def length(element: Json) -> int:
    return size(
        element.get("text")
        or element.get("fallback")
        or element.get("url")
        or element.get("user_id")
        or element.get("name")
        or ""
    )


def pieces(found: list[Json], limit: int = RICH_CHARS) -> Iterator[list[Json]]:
    """The elements in runs of at most `limit` characters; long texts are broken, if possible at the end of a line."""
    run: list[Json] = []
    room = limit
    waiting = list(reversed(found))
    while waiting:
        element = waiting.pop()
        if length(element) > room and element["type"] == "text" and (room > 200 or not run):
            first, rest = _broken(element["text"], room)
            waiting.append({**element, "text": rest})
            element = {**element, "text": first}
        elif length(element) > room and run:
            yield run
            run, room = [], limit
            waiting.append(element)
            continue
        run.append(element)
        room -= length(element)
    if run:
        yield run


def _broken(text: str, room: int) -> tuple[str, str]:
    head = prefix(text, room) or text[:1]
    line = head.rfind("\n")
    if line > len(head) // 2:
        head = head[: line + 1]
    return head, text[len(head) :]
