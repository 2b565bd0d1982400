"""A small organisation on a store, and commands of our own, so that the store is tested without any rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from bot.command import Capture, Command, Needs, Origin
from bot.effects import Effect, Post
from bot.engine import capture
from bot.model import ActionItem, Entry, EntryKind, Incident, MessageRef, Person, Place
from bot.ports import Store
from bot.state import Decision, State
from bot.text import Card, Reply
from storage.keys import person_id
from storage.store import SqlStore

SAID_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
FRESH = count(1)


class Poke(Command, kind="test_poke"):
    """Does whatever its test decides."""

    wants_incident = True

    text: str = ""


def account(user: str, tenant: str = "T1") -> str:
    return f"slack:{tenant}:{user}"


def message(ts: str = "1790000000.000100", channel: str = "C1", tenant: str = "T1") -> MessageRef:
    return MessageRef(platform="slack", tenant=tenant, channel=channel, ts=ts)


def origin(
    actor: str = "maya", *, channel: str = "", tenant: str = "T1", platform: str = "slack", once: str = ""
) -> Origin:
    return Origin(id=once or f"o{next(FRESH)}", platform=platform, tenant=tenant, actor=actor, channel=channel)


def post(key: str, *, incident: str = "", supersedes: str = "", priority: int = 0, **more: Any) -> Post:
    place = Place(platform="slack", tenant="T1", channel="C1")
    return Post(
        key=key, platform="slack", tenant="T1", incident=incident, supersedes=supersedes, priority=priority,
        place=place, card=Card(title=key), **more,
    )  # fmt: skip


class World:
    def __init__(self, store: SqlStore, tenant: str = "T1") -> None:
        self.store = store
        self.port: Store = store
        self.tenant = tenant
        self.organisation = store.join("slack", tenant, f"Acme {tenant}")

    # -- commands

    def poke(self, actor: str = "maya", *, needs: Needs | None = None, **fields: Any) -> State:
        """What a rule would see."""
        command = self.command(actor, **fields)
        with self.store.transaction() as tx:
            return tx.load(self.organisation, command, needs or Needs())

    def command(self, actor: str = "maya", *, channel: str = "", **fields: Any) -> Poke:
        return Poke(origin=origin(actor, channel=channel, tenant=self.tenant), **fields)

    def save(
        self,
        command: Command | None = None,
        *,
        needs: Needs | None = None,
        entries: Sequence[Entry] = (),
        effects: Sequence[Effect] = (),
        plans: Sequence[Any] = (),
        reply: Reply | None = None,
        **changes: Any,
    ) -> State:
        """Carries a decision out that changes the named parts of the state."""
        command = command or self.command()
        with self.store.transaction() as tx:
            before = tx.load(self.organisation, command, needs or Needs())
            decision = Decision(
                state=before.model_copy(update=changes), entries=tuple(entries), effects=tuple(effects),
                plans=tuple(plans), reply=reply or Reply(),
            )  # fmt: skip
            tx.save(command, before, decision)
            return before

    def person(self, user: str, **fields: Any) -> Person:
        """Met, and as the test wants them."""
        found = self.poke(user).actor
        if fields:
            changed = found.model_copy(update=fields)
            self.save(self.command(user), people={found.id: changed})
            return changed
        return found

    def declare(self, key: str = "INC-1", *, channel: str = "C1", **fields: Any) -> Incident:
        place = Place(platform="slack", tenant=self.tenant, channel=channel) if channel else None
        made = Incident.model_validate({
            "id": f"i_{key.lower()}_{self.tenant}", "organisation": self.organisation, "key": key,
            "place": place,
            "title": "Checkout is down", "severity": 2, "declared_by": person_id(account("maya", self.tenant)),
            **fields,
        })  # fmt: skip
        self.save(incident=made, needs=Needs(announcing=True))
        return made

    def item(self, about: Incident, key: str = "ACT-1", **fields: Any) -> ActionItem:
        made = ActionItem.model_validate({
            "id": f"a_{key.lower()}_{self.tenant}", "organisation": self.organisation, "key": key,
            "incident": about.id,
            "incident_key": about.key, "incident_title": about.title, "severity": about.severity,
            "text": "Write the test",
            "owner": about.declared_by, "due": date(2026, 12, 1), "created_by": about.declared_by,
            "created_at": SAID_AT,
            **fields,
        })  # fmt: skip
        self.save(item=made)
        return made

    def note(self, about: Incident, text: str = "a note", minutes: int = 0, **fields: Any) -> Entry:
        made = Entry.model_validate({
            "id": f"e{next(FRESH)}", "incident": about.id, "kind": EntryKind.NOTE, "text": text, "noted": True,
            "occurred": SAID_AT + timedelta(minutes=minutes), "recorded": SAID_AT, **fields,
        })  # fmt: skip
        self.save(entries=[made])
        return made

    # -- captures

    def capture(self, *commands: Capture) -> None:
        with self.store.transaction() as tx:
            capture(tx, commands)

    # -- looking behind

    def rows(self, words: str, **named: Any) -> list[tuple[Any, ...]]:
        with self.store.transaction() as tx:
            return [tuple(row) for row in tx.connection.execute(sa.text(words), named)]

    def value(self, words: str, **named: Any) -> Any:
        return self.rows(words, **named)[0][0]
