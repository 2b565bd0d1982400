"""A simulated Slack that outlives the bot, the bot's processes, and the database read from behind for the truth."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from adapters.sandbox.serving import serving
from adapters.sandbox.slack import SimulatedSlack
from adapters.slack.manifest import manifest
from storage.store import SqlStore
from tests.faults.processes import Bot, Nursery
from tests.faults.relay import Relay
from tests.postgres import free_port

Row = tuple[Any, ...]
SECRET = "0123456789abcdef0123456789abcdef"
UNFINISHED = "SELECT id, kind, state, reason FROM outbox WHERE finished IS NULL"


def select(url: str, words: str) -> list[Row]:
    """Straight from the database, past the program."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)) as found:
            return [tuple(row) for row in found.execute(words)]
    with psycopg.connect(url) as connection:
        return [tuple(row) for row in connection.execute(words.encode())]


def is_whole(url: str) -> bool:
    """The file is undamaged, and the audit chain holds for everybody."""
    if url.startswith("sqlite") and select(url, "PRAGMA integrity_check") != [("ok",)]:
        return False
    store = SqlStore(url)
    try:
        return all(store.verify_audit(row[0]) is None for row in select(url, "SELECT id FROM organisation"))
    finally:
        store.close()


async def until(true: Callable[[], Any | Awaitable[Any]], seconds: float, every: float = 0.05) -> Any:
    """What `true` found. Raises `TimeoutError`."""
    deadline = time.monotonic() + seconds
    while True:
        found = true()
        found = await found if isinstance(found, Awaitable) else found
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        await asyncio.sleep(every)


@dataclass
class Machines:
    """The bot's processes and their database, whatever platform is simulated."""

    sim: Any
    api: str
    url: str
    """Of the database, as the test reads it."""
    bots: list[Bot]
    front: Relay
    """The platform's way to the bots, which takes the living ones in turn."""
    later: int = 0
    """Seconds by which the database's clock was moved so far."""
    rooms: list[str] = field(default_factory=list)

    @property
    def bot(self) -> Bot:
        return self.bots[0]

    def rows(self, words: str) -> list[Row]:
        return select(self.url, words)

    def value(self, words: str) -> Any:
        return self.rows(words)[0][0]

    async def start(self, **more: str) -> None:
        """The first alone, since it makes the tables."""
        await self.bots[0].start(**more)
        await asyncio.gather(*(bot.start(**more) for bot in self.bots[1:]))

    async def quiet(self, seconds: float = 30.0) -> None:
        """Waits until the platform has nothing under way and the outbox is empty."""
        await self.sim.settled(seconds)
        try:
            await until(lambda: not self.rows(UNFINISHED), seconds)
        except TimeoutError:
            raise TimeoutError(f"the outbox did not empty: {self.rows(UNFINISHED)}\n{self.bot.log()[-3000:]}") from None

    async def an_hour_passes(self, seconds: int = 60) -> None:
        """Restarts everything after a while, in which every lease of those who died has run out."""
        await asyncio.gather(*(bot.kill() for bot in self.bots))
        await asyncio.sleep(1)  # real time too: what the dead sent last has to arrive before anybody looks for it
        self.later += seconds
        await self.start(DEBRIEF_CLOCK_OFFSET=str(self.later))


@dataclass
class Rig(Machines):
    sim: SimulatedSlack

    async def declare(self, title: str = "Checkout errors", who: str = "maya") -> str:
        """An incident with its channel open and tom in it; the channel's id."""
        known = set(self.sim.team.channels)
        seen = await self.sim.slash(who, "general", f"/incident declare sev2 {title}")
        assert seen.ok, seen
        room: str = await until(lambda: next(iter(self._opened() - known), None), 30)
        await self.sim.join("tom", room)
        self.rooms.append(room)
        return room

    def _opened(self) -> set[str]:
        """Channels that the database knows to be an incident's, with their status card in place."""
        found = self.rows("SELECT place, body FROM incident WHERE place IS NOT NULL")
        return {place.split(" ")[2] for place, body in found if '"status_card":{' in body}

    def posted_twice(self) -> list[str]:
        return [f"{one.key} {one.text}" for one in self.sim.ledger.duplicates]

    def never_posted(self) -> list[str]:
        """Messages that the outbox holds for sent and that stand nowhere."""
        keys = {(one.key or "").removeprefix("debrief_effect:") for one in self.sim.ledger.posted}
        sent = self.rows("SELECT key FROM outbox WHERE state = 'sent' AND kind IN ('post', 'direct')")
        return [key for (key,) in sent if key not in keys]


def environment(sim: SimulatedSlack, api: str, url: str, port: int) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": url,
        "SLACK_BOT_TOKEN": sim.bot_token(),
        "SLACK_SIGNING_SECRET": sim.credentials.signing_secret,
        "SLACK_API_BASE_URL": f"{api}/slack/api/",
        "DEBRIEF_ALLOW_SIMULATORS": "1",
        "DEBRIEF_PORT": str(port),
        "DEBRIEF_SECRET_KEY": SECRET,
    }


@asynccontextmanager
async def rigged(
    folder: Path,
    url: str,
    *,
    nursery: Nursery | None = None,
    replicas: int = 1,
    wrapped: tuple[str, ...] = (),
    bot_url: str = "",
    time_scale: float = 0.02,
    rate_limits: bool = False,
) -> AsyncIterator[Rig]:
    """Nothing is started yet. `bot_url` is the way to the database that the bots take, if it is another."""
    sim = SimulatedSlack(manifest("http://127.0.0.1:1"), time_scale=time_scale, rate_limits=rate_limits)
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(serving(sim.app))
        ports = [free_port() for _ in range(replicas)]
        bots = [
            Bot(folder / f"bot{number}", environment(sim, api, bot_url or url, port), nursery, wrapped)
            for number, port in enumerate(ports)
        ]
        front = Relay(*(("127.0.0.1", port) for port in ports))
        stack.callback(front.close)
        sim.request_url = f"http://127.0.0.1:{front.port}"
        try:
            yield Rig(sim, api, url, bots, front)
        finally:
            await asyncio.gather(*(bot.kill() for bot in bots))
            await sim.aclose()
