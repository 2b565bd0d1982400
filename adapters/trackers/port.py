"""What a tracker is to Debrief, and nothing else: one file implements it, and knows neither items nor incidents.

Law: reading may be repeated at will; whatever writes carries a mark, by which `find` and `said` know again what an
attempt of unknown outcome may have written. Methods raise `Retry`, `Unsure` and `GiveUp`, as `adapters.reach` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, Protocol

from bot.text import Value
from bot.ticket import Seen, TrackerHere

Wanted = Literal["open", "done", "dropped"]
"""How a ticket is to be. dropped: closed, but not because it was done; a tracker that knows no such thing closes it."""


class Whom(Value):
    """Somebody who owns an item. Trackers that know people by their e-mail addresses need no more."""

    name: str
    email: str = ""


class Draft(Value):
    """What a new ticket says. Its lines are plain text: people typed some of them, so they are literal there."""

    title: str
    text: str
    """What is to be done."""
    lines: tuple[str, ...]
    """Why, from where, until when: a line each."""
    back: str = ""
    """Address of the incident's page; empty: there is none."""
    due: date
    private: bool = False
    """Of a private incident: for fewer people than see the tracker, where it can do that."""


class Heard(Value):
    """What a webhook told, once its signature was found right."""

    delivery: str
    """Unique for what happened, however often it is sent."""
    tickets: tuple[Seen, ...] = ()
    """What something happened to. With a state it is believed as it is told, where `version` is later than the known
    one; without one it is only a reason to read the ticket."""


class Tracker(Protocol):
    here: TrackerHere

    def named(self, url: str) -> str:
        """What the tracker calls the ticket at an address that begins with `here.pages`; empty: there is none."""

    async def create(self, draft: Draft, mark: str) -> Seen: ...

    async def find(self, mark: str, since: datetime) -> Seen | None:
        """The ticket that was created with this mark, not before `since`."""

    async def read(self, ticket: str, version: str = "") -> Seen:
        """As it is now: "gone" where it is not there any more, "same" where it still is as in `version`, under its new
        name and address where it moved."""

    async def put(self, ticket: str, state: Wanted, mark: str) -> None:
        """Closes or opens a ticket that is not like that yet."""

    async def assign(self, ticket: str, whom: Whom | None, mark: str) -> bool:
        """False: nothing was done, because the tracker does not know them; then it is said in a comment."""

    async def set_due(self, ticket: str, due: date, mark: str) -> bool:
        """False: the tracker has no such thing; then it is said in a comment."""

    async def comment(self, ticket: str, text: str, mark: str) -> None: ...

    async def said(self, ticket: str, mark: str) -> bool:
        """Whether the comment with this mark stands there."""

    def heard(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """What a webhook says; names of headers are small. Raises `adapters.wire.Rejected` (401) unless it is genuine,
        before anything of it is believed."""

    async def well(self) -> str:
        """For `debrief doctor`: where tickets go. Raises `GiveUp` or `Retry` saying what is wrong."""
