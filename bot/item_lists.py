"""What is read of action items: which of them somebody wants to see, and what decides who may change one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from bot.follow_through import Fact
from bot.model import ActionItem, Incident, Person, Postmortem
from bot.text import Value


class Which(Value):
    """Open action items that are wanted, all of it together."""

    owner: str | None = None
    """Person id; empty: those that nobody owns; None: whoever owns them."""
    services: tuple[str, ...] | None = None
    """Of incidents of one of these services; None: of any, and of those that name none."""
    before: date | None = None
    """Due before that day."""
    severity: int = 0
    """0: any."""
    text: str = ""
    """Each word of it stands in the item or its key, or in the incident's title or key, whatever its case."""


class Dated(Value):
    """Action items that are wanted by date, open or not, all of it together."""

    owner: str = ""
    """Person id, or full name; empty: whoever owns them."""
    status: str = ""
    """Empty: any."""
    overdue_on: date | None = None
    """Open, and due before that day."""


class Listed(Value):
    """An item with all that its rules look at."""

    item: ActionItem
    incident: Incident
    postmortem: Postmortem | None = None


class ItemReports(Protocol):
    """The part of `bot.ports.Reports` that is about action items, with its promises."""

    def items(self, principal: Person, *, owner: str = "", status: str = "") -> tuple[ActionItem, ...]:
        """By due date; `owner` is a person's id."""

    def by_date(
        self, principal: Person, asked: Dated, *, limit: int = 50, after: str = ""
    ) -> tuple[tuple[ActionItem, ...], str]:
        """A page, and where the next one begins. Raises `ValueError` for an `after` that never was one."""

    def item(self, principal: Person, key: str) -> ActionItem | None: ...

    def open_items(
        self, principal: Person, which: Which, *, limit: int = 50, after: str = ""
    ) -> tuple[tuple[ActionItem, ...], str]:
        """The worst first: by severity, then by date."""

    def count_open_items(self, principal: Person, which: Which) -> int: ...

    def listed(self, principal: Person, keys: Sequence[str]) -> dict[str, Listed]:
        """Action items by key, open or not, with what their rules look at."""

    def item_facts(self, principal: Person, since: datetime) -> list[Fact]:
        """Of every item that is open or was ended since then, drills left out."""

    def called(self, organisation: str, said: str) -> Person | None:
        """The one of that id, e-mail address or name, who may own something; None: it fits nobody, or several."""
