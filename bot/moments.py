"""A time inside what somebody types: clearly written at its beginning or its end, never looked for in its middle.

Law: a text without a clear time stays whole, and no part of a time is ever taken for the whole of it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.times import LONGEST_TEXT, clear_moment, goes_on

LONGEST_LEAD = 7
"""Words: "last monday, nov 23 at 14:02 UTC+2" has seven."""
RECENT = timedelta(hours=12)
_SPAN = re.compile(
    r"\b(?:since|until|till|from|before|after|between|daily|nightly|hourly|every(?: (?:other )?[a-z]+)?)$",
    re.IGNORECASE,
)
"""Behind these a time says how long or how often something is, and not when what is said happened."""


def split_moment(
    text: str, now: datetime, zone: str, markers: tuple[str, ...] = ("at",)
) -> tuple[str, datetime | None]:
    """The text without a time clearly written at its end, and that time in UTC; else the whole text and None.

    A bare clock time counts after a marker only; "20m ago" and a day with a clock time count by themselves.
    """
    tail_from = max(0, len(text) - LONGEST_TEXT)
    words = [found.start() + tail_from for found in re.finditer(r"\S+", text[tail_from:])]
    for start in words[-8:]:
        if start and (start == tail_from or not text[start - 1].isspace()):
            continue
        if (moment := clear_moment(text[start:], now, zone, markers)) is not None:
            before = text[:start].rstrip(" \t\r\n,;")
            return (text, None) if _SPAN.search(before) else (before, moment)
    return text, None


def led_by_moment(text: str, now: datetime, zone: str) -> tuple[str, datetime | None]:
    """The text without a time clearly written at its beginning, and that time in UTC; else the whole text and None.

    "at 16:30" alone is no time of yesterday's: what lies further back than half a day wants its day.
    """
    words = list(re.finditer(r"\S+", text[: 2 * LONGEST_TEXT]))[:LONGEST_LEAD]
    for last in reversed(words):
        said, rest = text[: last.end()].rstrip(",:;"), re.sub(r"^\s*(?:[:,;-]\s+)?", "", text[last.end() :])
        if (at := clear_moment(said, now, zone, ("at",))) is None:
            continue
        bare = not any(clear_moment(said[start:], now, zone, ()) for start in (0, len("at ")))
        return (text, None) if goes_on(rest) or (bare and now - at > RECENT) else (rest, at)
    return text, None
