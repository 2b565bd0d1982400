"""What one person said or wrote about an incident, kept beside who it was and when."""

from __future__ import annotations

from datetime import datetime

from bot.text import Typed, Value


class Saying(Value):
    text: Typed
    by: str
    """Person id."""
    at: datetime
    entry: str
    """Id of the line in the log that tells it."""


class SectionText(Value):
    """A section of the postmortem that a person wrote: never overwritten by a later draft."""

    text: Typed
    by: str
    at: datetime


class LessonSaid(Value):
    """Whether the lesson of a published version is still true."""

    version: int
    by: str
    """Person id."""
    at: datetime
    holds: bool
