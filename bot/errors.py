"""What can go wrong, each error carrying what is to be done about it."""

from __future__ import annotations

from datetime import timedelta

from bot.text import Text


class Refused(Exception):
    """The command is not carried out, and nothing was changed. Its text is the sentence that the person reads.

    `field` names the form's input at fault, where there is one.
    """

    def __init__(self, text: Text | str, field: str = "") -> None:
        self.text = text if isinstance(text, Text) else Text(parts=(text,))
        self.field = field
        super().__init__(self.text.plain())


class NotFound(Refused):
    """What was named does not exist, or is not for this person to know of: the two are one answer."""


class Unavailable(Exception):
    """The database did not answer in time: the platform is to try again (503)."""


class Collided(Unavailable):
    """Two transactions stood in each other's way and this one was undone: it may be tried again at once."""


class UnknownTenant(Exception):
    """A workspace or tenant that never joined, or left: nothing is stored, the delivery is counted."""


class Retry(Exception):
    """The delivery did not happen and may be repeated after `after`."""

    def __init__(self, after: timedelta, why: str) -> None:
        self.after = after
        self.why = why
        super().__init__(why)


class Unsure(Exception):
    """The request may have been carried out: look before repeating it, or give it up as "maybe delivered"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Maybe(Exception):
    """The request may have been carried out, there is no way to look, and once too often is worse than not at all: the
    delivery stays "maybe delivered"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class GiveUp(Exception):
    """The delivery can never succeed; `reason` is told to a person. `code` is the platform's own word."""

    def __init__(self, reason: str, code: str = "") -> None:
        self.reason = reason
        self.code = code
        super().__init__(reason)


class MessageGone(GiveUp):
    """The message that was to be changed does not exist any more: somebody deleted it."""
