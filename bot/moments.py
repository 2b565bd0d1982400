"""A time inside what somebody types: clearly written at its end, never looked for in its middle.

Law: a text without a clear time stays whole, and no part of a time is ever taken for the whole of it.
"""

from __future__ import annotations

import re
from datetime import datetime

from bot.times import LONGEST_TEXT, clear_moment


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
            return text[:start].rstrip(" \t\r\n,;"), moment
    return text, None
