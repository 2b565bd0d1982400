"""How much Teams takes, and text that fits: printable, whole characters, cut with an ellipsis.

Law: sizes are counted as the wire may carry them, UTF-8 or UTF-16, whichever is larger.
"""

from __future__ import annotations

import json
import re
from typing import Any

from bot.text import with_names

Json = dict[str, Any]

ACTIVITY = 25_000
"""Bytes of a message. Microsoft Learn, Format your bot messages, has named 28 KB, 40 KB and 100 KB over time."""
DIALOG = 60_000
SUMMARY = 300
BUTTON_LABEL, TITLE, LABEL, HINT, QUESTION = 80, 64, 400, 400, 600
ROW = 6
"""Buttons that Teams shows in one row (Microsoft Learn, Designing Adaptive Cards)."""
CHOICES, CHOICE_LABEL, CHOICE_VALUE, TYPED = 200, 120, 300, 4000
URL = 2048
REFRESHED = 60
"""People for whom a card refreshes by itself (Microsoft Learn, User Specific Views)."""

_DROP = re.compile("[\x00-\x08\x0b-\x1f\x7f\ue000\ue001\ufeff]")
_HALF = re.compile("[\ud800-\udfff]")
_OVERRIDES, _ISOLATES = re.compile("[\u202a\u202b\u202d\u202e]"), re.compile("[\u2066\u2067\u2068]")
_POP, _POP_ISOLATE = "\u202c", "\u2069"


def encoded(payload: Any) -> str:
    """JSON as it is sent: compact, and characters as themselves, for escapes would count against the limit."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def weight(payload: Any) -> int:
    text = encoded(payload)
    return max(2 * size(text), len(text.encode("utf-8", "surrogatepass")))


def size(text: str) -> int:
    """Length in UTF-16 units, which is what JavaScript counts."""
    return len(text) if text.isascii() else len(text) + sum(1 for char in text if char > "\uffff")


def clean(text: str) -> str:
    """Printable text: no control or half characters, and no direction override that reaches beyond its end."""
    if text.isascii() and text.isprintable():
        return text
    text = mended(_DROP.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    text += _POP * max(0, len(_OVERRIDES.findall(text)) - text.count(_POP))
    return text + _POP_ISOLATE * max(0, len(_ISOLATES.findall(text)) - text.count(_POP_ISOLATE))


def mended(text: str) -> str:
    """Half characters (lone surrogates), which no request can carry, become U+FFFD."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def plain(text: str) -> str:
    """Typed text where nobody's name is known."""
    return clean(with_names(text, lambda _: "somebody"))


def shortened(text: str, limit: int) -> str:
    """At most `limit` long, with an ellipsis where something is missing. Half characters never come of it."""
    return text if size(text) <= limit else prefix(text, limit - 1) + "…"


def prefix(text: str, limit: int) -> str:
    """The longest beginning whose size is within the limit."""
    head = text[:limit]
    while size(head) > limit:
        head = head[: limit - (size(head) - len(head))] if size(head) - len(head) < limit else head[:-1]
    return head


def label(text: str, limit: int) -> str:
    """One line that is never empty, for titles and buttons."""
    return shortened(" ".join(plain(text).split()) or "…", limit)
