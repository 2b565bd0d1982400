"""The contract of `bot.ports.Transaction`, kept by SQL; each part's statements stand in a module of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.command import Capture, Command, Needs
from bot.effects import Effect
from bot.model import Entry, MessageRef
from bot.ports import Claimed, Outcome, Parked
from bot.state import Decision, Due, Look, Reminded, State
from bot.text import Reply
from storage import captures, loading, outbox, parking, reminders, saving, tenants
from storage.work import Work


class SqlTransaction(Work):
    """Its docstrings are those of the port. The last few methods are for setting up and for the command line."""

    # -- commands

    def tenant(self, platform: str, tenant: str) -> str | None:
        return tenants.organisation_of(self, platform, tenant)

    def seen(self, organisation: str, command: Command) -> Reply | None:  # noqa: ARG002
        return saving.seen(self, command)

    def load(self, organisation: str, command: Command, needs: Needs) -> State:
        return loading.load(self, organisation, command, needs)

    def save(self, command: Command, before: State, decision: Decision) -> None:
        saving.save(self, command, before, decision)

    def refuse(self, organisation: str, command: Command, reply: Reply) -> None:
        saving.refuse(self, organisation, command, reply)

    def park(self, organisation: str, command: Command, error: str, effects: Sequence[Effect]) -> None:
        parking.park(self, organisation, command, error, effects)

    # -- captures

    def captured_in(self, messages: Sequence[MessageRef]) -> dict[MessageRef, tuple[str, str]]:
        return captures.captured_in(self, messages)

    def entries(self, messages: Sequence[MessageRef]) -> dict[MessageRef, Entry]:
        return captures.entries(self, messages)

    def unseen(self, commands: Sequence[Capture]) -> list[Capture]:
        return captures.unseen(self, commands)

    def put_entries(self, organisations: dict[str, str], entries: Sequence[Entry]) -> None:
        captures.put_entries(self, organisations, entries)

    # -- outbox

    def claim(self, limit: int, lease: timedelta) -> list[Claimed]:
        return outbox.claim(self, limit, lease)

    def finish(
        self, claimed: Claimed, outcome: Outcome, *, not_before: datetime | None = None, reason: str = ""
    ) -> bool:
        return outbox.finish(self, claimed, outcome, not_before, reason)

    def enqueue(self, organisation: str, effects: Sequence[Effect]) -> None:
        outbox.enqueue(self, organisation, effects)

    # -- reminders

    def due(self, limit: int) -> list[Due]:
        return reminders.due(self, limit)

    def look(self, due: Due) -> Look | None:
        return reminders.look(self, due)

    def remind(self, due: Due, decided: Reminded) -> bool:
        return reminders.remind(self, due, decided)

    # -- beside the port

    def join(self, platform: str, tenant: str, name: str, organisation: str | None = None) -> str:
        return tenants.join(self, platform, tenant, name, organisation)

    def join_beside(self, platform: str, tenant: str, name: str) -> str:
        return tenants.join_beside(self, platform, tenant, name)

    def leave(self, platform: str, tenant: str) -> None:
        tenants.leave(self, platform, tenant)

    def parked(self, limit: int = 100) -> list[Parked]:
        return parking.listed(self, limit)

    def release(self, parked: int) -> Command | None:
        return parking.release(self, parked)
