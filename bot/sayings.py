"""What one person said about an incident, kept beside who said it and when, and the line of the log that tells it."""

from __future__ import annotations

from datetime import datetime

from bot.text import Typed, Value


class Saying(Value):
    text: Typed
    by: str
    """Person id."""
    at: datetime
    entry: str
    """Id of the line in the log."""
