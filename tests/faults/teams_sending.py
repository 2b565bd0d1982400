"""The real writer, outbox and Teams adapter in this process, with short leases, against a Teams that misbehaves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from adapters.sandbox.serving import serving
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.teams import SimulatedTeams
from adapters.teams.app import TeamsAdapter, TeamsSettings
from adapters.teams.limits import Limits
from adapters.teams.references import Reference
from bot.effects import REMINDER, Direct, Effect, Invite, Post
from bot.model import Place
from bot.outbox import Outbox
from bot.text import Card, Section, Text
from bot.writer import Writer
from storage.migrate import migrate
from storage.references import SqlReferences
from storage.store import SqlStore
from tests.faults.rig import UNFINISHED, select, until

NUMBERS = count(1)


@dataclass
class World:
    sim: SimulatedTeams
    adapter: TeamsAdapter
    store: SqlStore
    outbox: Outbox
    chat: str
    """A group chat in which the bot is."""
    keys: set[str] = field(default_factory=set)
    """Of what was to be sent."""

    # -- what is to be sent

    def post(self, text: str = "", *more: Section, incident: str = "") -> Post:
        """Posts of one incident keep their order."""
        key = text or f"post {next(NUMBERS)}"
        place = Place(platform="teams", tenant=self.sim.tenant, channel=self.chat)
        return Post(
            key=key, platform="teams", tenant=self.sim.tenant, place=place, card=Card(title=key, sections=more),
            incident=incident,
        )  # fmt: skip

    def direct(self, who: str = "tom", *, priority: int = 0) -> Direct:
        key = f"direct {next(NUMBERS)}"
        return Direct(
            key=key, platform="teams", tenant=self.sim.tenant, account=self._account(who), card=Card(title=key),
            priority=priority,
        )  # fmt: skip

    def _account(self, who: str) -> str:
        return f"teams:{self.sim.tenant}:{self.sim.user(who).id}"

    def reminder(self, who: str = "tom") -> Direct:
        return self.direct(who, priority=REMINDER)

    def invite(self, thread: str, *people: str) -> Invite:
        place = Place(platform="teams", tenant=self.sim.tenant, channel=thread)
        accounts = tuple(self._account(who) for who in people)
        key = f"invite {next(NUMBERS)}"
        return Invite(key=key, platform="teams", tenant=self.sim.tenant, place=place, accounts=accounts)

    async def send(self, *effects: Effect, seconds: float = 60.0) -> None:
        await asyncio.to_thread(self.enqueue, effects)
        await self.emptied(seconds)

    def enqueue(self, effects: Sequence[Effect]) -> None:
        self.keys |= {effect.key for effect in effects}
        with self.store.transaction() as tx:
            organisation = tx.tenant("teams", self.sim.tenant)
            assert organisation is not None
            tx.enqueue(organisation, effects)
        self.outbox.wake()

    async def emptied(self, seconds: float = 60.0) -> None:
        def empty() -> bool:
            self.outbox.wake()
            return not select(self.store.url, UNFINISHED)

        await until(empty, seconds, every=0.1)

    # -- what stands

    def posted(self) -> list[str]:
        """What stands in the group chat, oldest first."""
        return [cards.words(one["card"]) for one in self.sim.messages(self.chat) if one["bot"]]

    def directs(self, who: str = "tom") -> list[str]:
        """What was said to somebody, their own page aside."""
        said = [cards.words(one["card"]) for one in self.sim.direct_messages(who) if one["bot"]]
        return [text for text in said if text.startswith("direct ")]

    def states(self) -> dict[str, int]:
        """What became of what was to be sent."""
        rows = select(self.store.url, "SELECT key, state FROM outbox")
        return dict(Counter(state for key, state in rows if key in self.keys))

    async def greeted(self) -> None:
        """Everybody found their own page, and who they are was asked."""
        await self.sim.settled()
        people = ("maya", "tom", "ines", "kenji")
        await until(lambda: all(self.sim.direct_messages(who) for who in people), 10)
        await self.emptied()


def lines(number: int, length: int) -> tuple[Section, ...]:
    """Sections that can be told apart, with letters that need more than a byte."""
    return tuple(Section(text=Text(parts=(f"line {n:03} " + "ä🔥 " * (length // 4),))) for n in range(number))


@asynccontextmanager
async def sender(
    folder: Path, *, before: Callable[[SimulatedTeams], object] = id, **options: Any
) -> AsyncIterator[World]:
    """`before` plans misfortunes that are there from the start; options are those of the simulation."""
    sim = SimulatedTeams(**{"rate_limits": False, **options})
    before(sim)
    url = f"sqlite:///{folder}/x.db"
    migrate(url)
    store = SqlStore(url)
    store.join("teams", sim.tenant, "Acme")
    writer = Writer(store, threads=1, deadline=25)

    async def write(work: Callable[[Any], None]) -> None:
        await writer.call(work, rank=0)

    async with serving(sim.app) as base:
        sim.base_url = base
        told = TeamsSettings(
            app_id=sim.app_id, password=sim.app_password, tenant=sim.tenant, login_url=sim.login_url,
            openid_url=sim.openid_url, allowed_hosts="127.0.0.1", simulators=True, secret="shared",
        )  # fmt: skip
        kept = SqlReferences(store, write, Reference, "teams")
        adapter = TeamsAdapter(told, writer.submit, kept, limits=Limits(paced=False))
        lease, look_after = timedelta(seconds=4), timedelta(seconds=1.2)
        outbox = Outbox(writer, {"teams": adapter.deliver}, lease=lease, look_after=look_after)
        writer.on_commit = outbox.wake
        writer.start()
        async with serving(Starlette(routes=adapter.routes)) as bot:
            sim.bot_url = f"{bot}/api/messages"
            await adapter.start()
            outbox.start()
            try:
                await sim.introduce()
                chat = (await sim.add_group_chat(["maya", "tom", "ines"])).conversation
                await sim.settled()
                assert chat
                world = World(sim, adapter, store, outbox, chat)
                if not sim.faults.plan:
                    await world.greeted()
                yield world
            finally:
                await outbox.stop()
                await adapter.stop()
                await writer.stop()
                await sim.aclose()
                store.close()
