"""The real adapter between a simulated Slack on loopback and an engine of a few lines that keeps what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from starlette.applications import Starlette

from adapters.sandbox.serving import serving
from adapters.sandbox.slack import SimulatedSlack
from adapters.slack.app import SlackAdapter, SlackSettings
from adapters.slack.limits import Limits
from adapters.slack.manifest import manifest
from bot.command import Command
from bot.pages import PageUrl
from bot.text import Reply

Json = dict[str, Any]
C = TypeVar("C", bound=Command)


@dataclass
class Engine:
    """Answers what `replies` holds for a kind of command (a reply or an error), and each id the same way twice."""

    got: list[Command] = field(default_factory=list)
    replies: dict[str, Reply | Exception] = field(default_factory=dict)
    always: Exception | None = None
    pause: float = 0.0
    _first: dict[str, Reply] = field(default_factory=dict)

    async def submit(self, command: Command) -> Reply:
        await asyncio.sleep(self.pause)
        self.got.append(command)
        if self.always is not None:
            raise self.always
        if command.origin.id in self._first:
            return self._first[command.origin.id]
        reply = self.replies.get(command.kind, Reply())
        if isinstance(reply, Exception):
            raise reply
        self._first[command.origin.id] = reply
        return reply

    def of(self, kind: type[C]) -> list[C]:
        return [command for command in self.got if isinstance(command, kind)]

    def kinds(self) -> list[str]:
        return [command.kind for command in self.got]


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class World:
    slack: SimulatedSlack
    adapter: SlackAdapter
    engine: Engine
    url: str
    clock: Clock

    @property
    def tenant(self) -> str:
        return self.slack.team.id

    def user(self, name: str) -> str:
        found = self.slack.team.user(name)
        assert found is not None
        return found.id

    async def channel(self, name: str = "kitchen", *people: str, private: bool = False) -> str:
        """A channel of maya's with the bot and the named people in it."""
        made = await self.slack.create_channel("maya", name, private=private)
        assert made.channel
        for person in ("debrief", *people):
            await self.slack.invite("maya", made.channel, person)
        await self.slack.settled()
        self.engine.got.clear()
        return made.channel

    def messages(self, channel: str) -> list[Any]:
        return self.slack.team.channels[channel].in_order()

    def posted(self, channel: str) -> list[Any]:
        return [one for one in self.messages(channel) if one.user == self.slack.team.bot_user and not one.subtype]


async def quickly(seconds: float) -> None:
    """A sleep for those whose waiting is not what is tested."""
    await asyncio.sleep(min(seconds, 0.01))


@asynccontextmanager
async def running(
    *,
    socket: bool = False,
    settings: Mapping[str, str] | None = None,
    paced: bool = False,
    http_timeout: float = 10,
    page_url: PageUrl | None = None,
    **options: Any,
) -> AsyncIterator[World]:
    clock, engine = Clock(), Engine()
    options.setdefault("retry_delays", (0.02, 0.04, 0.08))
    slack = SimulatedSlack(manifest(None if socket else "http://bot.example"), clock, advance=clock.advance, **options)
    async with serving(slack.app) as url:
        slack.base_url = url
        told = {
            "bot_token": slack.bot_token(),
            "api_base_url": f"{url}/slack/api",
            **({"app_token": slack.app_token} if socket else {"signing_secret": slack.credentials.signing_secret}),
            **(settings or {}),
        }
        adapter = SlackAdapter(
            SlackSettings(**told),
            engine.submit,
            limits=Limits(paced=paced),
            sleep=quickly,
            http_timeout=http_timeout,
            page_url=page_url,
        )
        await adapter.start()
        engine.got.clear()  # the bot told who it is
        async with serving(Starlette(routes=adapter.routes)) as bot_url:
            slack.request_url = None if socket else bot_url
            try:
                yield World(slack, adapter, engine, url, clock)
            finally:
                await adapter.stop()
                await slack.aclose()


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 -- the condition is any state of the simulator
            await asyncio.sleep(0.01)
