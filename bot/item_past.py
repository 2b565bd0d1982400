"""What happened to an action item: frozen values that it keeps. All datetimes are aware and in UTC."""

from __future__ import annotations

from datetime import datetime

from bot.text import Value


class ItemChange(Value):
    """The last change of an item, which its author can take back for ten minutes."""

    by: str
    at: datetime
    what: str
    before: str
