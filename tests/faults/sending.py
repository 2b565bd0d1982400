"""The real writer, outbox and Slack adapter in this process, with short leases, against a Slack that misbehaves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from adapters.sandbox.serving import serving
from adapters.sandbox.slack import SimulatedSlack
from adapters.slack.app import SlackAdapter, SlackSettings
from adapters.slack.installations import Installation
from adapters.slack.manifest import manifest
from bot.effects import Direct, Effect, Post, Whisper
from bot.model import Place
from bot.outbox import Outbox
from bot.text import Card
from bot.writer import Writer
from storage.migrate import migrate
from storage.store import SqlStore
from tests.faults.rig import UNFINISHED, select, until

MISFORTUNES = ("store_500", "store_cut", "store_timeout", "truncate", "html", "internal_error")
NUMBERS = count(1)
STATES = "SELECT state, count(*) FROM outbox WHERE kind <> 'learn_profile' GROUP BY state"
"""Of what people would see: who the bot itself is called, is looked up besides."""


@dataclass
class World:
    sim: SimulatedSlack
    store: SqlStore
    outbox: Outbox
    wanted: list[str] = field(default_factory=list)
    """Keys of the messages that have to stand, once."""

    @property
    def place(self) -> Place:
        general = self.sim.team.named("general")
        assert general is not None
        return Place(platform="slack", tenant=self.sim.team.id, channel=general.id)

    # -- what is to be sent

    def post(self, **more: str) -> Post:
        key = f"post {next(NUMBERS)}"
        told = {
            "key": key,
            "platform": "slack",
            "tenant": self.sim.team.id,
            "place": self.place,
            "card": Card(title=key),
        }
        return Post.model_validate(told | more)

    def direct(self, who: str = "tom") -> Direct:
        key, user = f"direct {next(NUMBERS)}", self.sim.user(who)
        account = f"slack:{self.sim.team.id}:{user.id}"
        return Direct(key=key, platform="slack", tenant=self.sim.team.id, account=account, card=Card(title=key))

    def enqueue(self, effects: Sequence[Effect]) -> None:
        with self.store.transaction() as tx:
            organisation = tx.tenant("slack", self.sim.team.id)
            assert organisation is not None
            tx.enqueue(organisation, effects)
        self.outbox.wake()

    async def send(self, number: int, *, seconds: float = 60.0) -> None:
        """Posts and direct messages, until the outbox is empty."""
        people = ("maya", "tom", "ines", "kenji")
        effects = [self.post() if n % 3 else self.direct(people[n % 4]) for n in range(number)]
        self.wanted += [effect.key for effect in effects]
        await asyncio.to_thread(self.enqueue, effects)
        await self.emptied(seconds)

    async def whisper(self) -> None:
        account = f"slack:{self.sim.team.id}:{self.sim.user('tom').id}"
        told = Whisper(
            key="whisper",
            platform="slack",
            tenant=self.sim.team.id,
            account=account,
            place=self.place,
            card=Card(title="w"),
        )
        self.enqueue([told])
        await self.emptied(20)

    async def emptied(self, seconds: float) -> None:
        def empty() -> bool:
            self.outbox.wake()
            return not select(self.store.url, UNFINISHED)

        await until(empty, seconds, every=0.1)

    # -- what stands

    def standing(self) -> Counter[str]:
        posted = [(one.key or "").removeprefix("debrief_effect:") for one in self.sim.ledger.posted]
        return Counter(posted)

    def missing(self) -> list[str]:
        return [key for key in self.wanted if not self.standing()[key]]

    def doubled(self) -> list[str]:
        return [key for key, n in self.standing().items() if n > 1]

    def states(self) -> dict[str, int]:
        return {str(s): int(n) for s, n in select(self.store.url, STATES)}


@asynccontextmanager
async def sender(
    url: str,
    *,
    lease: float = 4.0,
    look_after: float = 1.2,
    pauses: float = 0.02,
    paced: bool = False,
    rate_limits: bool = False,
    workers: int = 8,
    time_scale: float = 1.0,
    http_timeout: float = 1.0,
) -> AsyncIterator[World]:
    """`pauses` shortens the adapter's own waits; an HTTP call may take one second, less than `look_after`."""
    sim = SimulatedSlack(manifest("http://127.0.0.1:1"), rate_limits=rate_limits, time_scale=time_scale)
    migrate(url)
    store = SqlStore(url)
    writer = Writer(store, threads=1 if store.sqlite else 4, deadline=25)

    async def pause(seconds: float) -> None:
        await asyncio.sleep(seconds * pauses)

    known = asyncio.Event()

    async def joined(workspace: Installation) -> None:
        await asyncio.to_thread(store.join, "slack", workspace.team, workspace.name)
        known.set()

    async with serving(sim.app) as api:
        settings = SlackSettings(
            bot_token=sim.bot_token(), signing_secret=sim.credentials.signing_secret, api_base_url=f"{api}/slack/api/"
        )
        slack = SlackAdapter(
            settings, writer.submit, joined=joined, paced=paced, sleep=pause, http_timeout=http_timeout
        )
        span = timedelta(seconds=lease), timedelta(seconds=look_after)
        outbox = Outbox(writer, {"slack": slack.deliver}, workers=workers, lease=span[0], look_after=span[1])
        writer.start()
        await slack.start()
        await asyncio.wait_for(known.wait(), 30)  # a machine that stalls may need a second try
        outbox.start()
        general = sim.team.named("general")
        assert general is not None
        general.members.append(sim.team.bot_user)
        try:
            yield World(sim, store, outbox)
        finally:
            await outbox.stop()
            await slack.stop()
            await writer.stop()
            await sim.aclose()
            store.close()


async def sent_with_misfortune(world: World, number: int, *, seconds: float = 100.0) -> None:
    """15 of 100 posts are stored and answered wrongly, in each of the six ways."""
    for kind in MISFORTUNES:
        world.sim.faults.add(kind, "chat.postMessage", rate=0.025, seconds=1.5 if kind == "store_timeout" else 0.0)
    await world.send(number, seconds=seconds)
    assert world.missing() == world.doubled() == []
    assert set(world.states()) == {"sent"}
    assert sum(world.sim.ledger.faults.values()) > number * 0.08
