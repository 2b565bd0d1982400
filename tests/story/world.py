"""A small model of one organisation's life, beside the real engine and a real database that it is compared with."""

from __future__ import annotations

import itertools
import random
import re
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

import bot.commands  # noqa: F401 - fills the table of kinds
from bot.command import KINDS, Capture, Command, Origin, build
from bot.commands.captures import merge
from bot.commands.delivery import ChannelOpened, MessagePosted
from bot.effects import Direct, Effect, OpenChannel, Post
from bot.engine import capture, handle
from bot.errors import Refused
from bot.model import MessageRef, Place
from bot.text import Reply
from bot.tick import tick
from storage.people import integration
from storage.reports import SqlReports
from storage.store import SqlStore

LEASE = timedelta(seconds=30)
KEY = re.compile(r"ACT-\w+")


@dataclass
class Platform:
    """What stands outside: every visible effect with the times it was carried out."""

    carried: dict[str, int] = field(default_factory=dict)
    reminders: list[Direct] = field(default_factory=list)

    def carry(self, effect: Effect, unsure: bool) -> None:
        if unsure and effect.key in self.carried:
            return
        self.carried[effect.key] = self.carried.get(effect.key, 0) + 1


class World:
    def __init__(self, template: Path, path: Path, start: datetime, seed: int) -> None:
        shutil.copy(template, path)
        self.path = path
        self.store = SqlStore(f"sqlite:///{path}")
        self.reports = SqlReports(self.store)
        self.a = self.store.join("slack", "TA", "A")
        self.b = self.store.join("slack", "TB", "B")
        self.chance = random.Random(seed)
        self.number = itertools.count(1)
        self.platform = Platform()
        self.given: list[Command] = []
        self.held: list[Capture] = []
        self.events: dict[MessageRef, list[Capture]] = {}
        self.erased: list[str] = []
        self.channels: dict[str, str] = {}
        self._offset = 0.0
        self._move_to(start)

    def close(self) -> None:
        self.store.close()
        for path in self.path.parent.glob(f"{self.path.name}*"):
            path.unlink()

    # -- time

    def now(self) -> datetime:
        return self.reports.now()

    def _move_to(self, at: datetime) -> None:
        self.advance(at - self.now())

    def advance(self, by: timedelta) -> None:
        self._offset += by.total_seconds()
        self.store.set_clock_offset(self._offset)

    # -- commands

    def origin(self, tenant: str = "TA", actor: str = "U1", channel: str = "") -> Origin:
        number = next(self.number)
        return Origin(id=f"g{number}", platform="slack", tenant=tenant, actor=actor, channel=channel)

    def give(self, kind: str, *, actor: str = "U1", tenant: str = "TA", **fields: str) -> Reply:
        return self.handled(build(kind, fields, self.origin(tenant, actor)))

    def handled(self, command: Command) -> Reply:
        self.given.append(command)
        return self._answered(command)

    def _answered(self, command: Command) -> Reply:
        """What a form's field refuses is answered like any other refusal."""
        try:
            with self.store.transaction() as tx:
                return handle(tx, command)
        except Refused as refused:
            return Reply.of(refused.text)

    def again(self, which: int) -> None:
        """The platform delivers something once more."""
        if not self.given:
            return
        command = self.given[which % len(self.given)]
        if not isinstance(command, Capture):
            self._answered(command)
            return
        with self.store.transaction() as tx:
            capture(tx, [command])

    # -- messages

    def event(self, kind: str, ref: MessageRef, **fields: Any) -> Capture:
        stamp = int(self.now().timestamp() * 1_000_000) + next(self.number)
        origin = self.origin(actor="U2", channel=ref.channel)
        made: Any = KINDS[kind].model_validate({"origin": origin, "message": ref, "stamp": stamp, **fields})
        self.events.setdefault(ref, []).append(made)
        return made  # type: ignore[no-any-return]

    def captured(self, event: Capture) -> None:
        self.given.append(event)
        with self.store.transaction() as tx:
            capture(tx, [event])

    def release(self) -> None:
        """What was under way arrives, in any order."""
        self.chance.shuffle(self.held)
        while self.held:
            self.captured(self.held.pop())

    # -- outside

    def deliver(self, *, faulty: bool) -> None:
        """Carries out what is due; with faults an answer may be lost, or the call never made."""
        with self.store.transaction() as tx:
            claims = tx.claim(20, LEASE)
        for claimed in claims:
            fault = self.chance.choice(("", "", "lost answer", "refused")) if faulty else ""
            if fault != "refused":
                self.platform.carry(claimed.effect, claimed.unsure)
            with self.store.transaction() as tx:
                outcome: Any = {"": "sent", "lost answer": "unsure", "refused": "later"}[fault]
                fresh = tx.finish(claimed, outcome, not_before=tx.now() + timedelta(seconds=20))
                if fresh and not fault and (receipt := self._receipt(claimed.effect)) is not None:
                    handle(tx, receipt)

    def _receipt(self, effect: Effect) -> Command | None:
        origin = Origin(id=f"receipt:{effect.key}", platform=effect.platform, tenant=effect.tenant)
        if isinstance(effect, OpenChannel):
            channel = f"C{effect.incident}"
            self.channels[effect.incident] = channel
            place = Place(platform="slack", tenant=effect.tenant, channel=channel)
            return ChannelOpened(origin=origin, incident_id=effect.incident, place=place, name=effect.name)
        if isinstance(effect, Post | Direct) and effect.purpose:
            place = effect.place if isinstance(effect, Post) else Place(platform="slack", tenant="TA", channel="D1")
            ref = MessageRef(platform="slack", tenant=effect.tenant, channel=place.channel, ts=f"{next(self.number)}.0")
            return MessagePosted(origin=origin, incident_id=effect.incident, purpose=effect.purpose, ref=ref)
        return None

    def tick(self) -> list[str]:
        """What is due is decided; gives the keys of the items that somebody is reminded of now."""
        before = {row.id for row in self._unsent()}
        with self.store.transaction() as tx:
            tick(tx)
        bodies = [row.body for row in self._unsent() if row.id not in before and row.kind == Direct.kind]
        reminders = [
            one for body in bodies if (one := Direct.model_validate_json(body)).purpose in ("digest", "due soon")
        ]
        return [key for one in reminders for key in KEY.findall(one.card.plain())]

    def _unsent(self) -> list[Any]:
        with self.store.reading() as work:
            found = work.connection.execute(text("SELECT id, kind, body FROM outbox WHERE finished IS NULL"))
            return list(found)

    # -- what is compared

    @property
    def reader(self) -> Any:
        return integration(self.a, "model")

    def expected(self, ref: MessageRef, incident: str, *, backwards: bool) -> Any:
        """What the events about a message come to, in one order or the other."""
        entry: Any = None
        events = [event for event in self.events[ref] if event not in self.held]
        for event in reversed(events) if backwards else events:
            entry = merge(entry, event, incident, self.now())
        return entry

    def stored(self, words: str) -> bool:
        """Whether a text stands anywhere in the database."""
        with self.store.reading() as work:
            tables = [
                row.name for row in work.connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            ]
            for name in tables:
                rows = work.connection.execute(text(f'SELECT * FROM "{name}"'))
                if any(words in str(value) for row in rows for value in row):
                    return True
        return False
