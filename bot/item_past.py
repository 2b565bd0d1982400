"""What happened to an action item: frozen values that it keeps. All datetimes are aware and in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.text import Typed, Value


class ItemChange(Value):
    """The last change of an item, which its author can take back for ten minutes."""

    by: str
    at: datetime
    what: str
    before: str


class Check(Value):
    """An answer to "did it work?"."""

    days: int
    """After how many days it was asked."""
    done_at: datetime
    """Which ending of the item it is about: what is done again is asked about again."""
    at: datetime
    by: str
    answer: Literal["held", "did not hold", "later"]
    reason: Typed = ""
