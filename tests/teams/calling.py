"""A connector against the simulated Bot Framework, and each of its calls by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.teams.connector import Connector
from adapters.teams.credentials import Credentials
from adapters.teams.limits import Limits
from tests.teams.fake_connector import APP_ID, BOT, CHANNEL, MEMBER, SECRET, TENANT, FakeConnector, connector

THREAD = f"{CHANNEL};messageid=1700000000000"
SAID = {"type": "message", "text": "All is well"}
TEAM = "19:team@thread.tacv2"


class World:
    def __init__(self, fake: FakeConnector, **more: Any) -> None:
        self.fake, self.now = fake, 1000.0
        self.credentials = Credentials(APP_ID, TENANT, secret=SECRET, login_url=fake.login_url, clock=lambda: self.now)
        limits = more.pop("limits", None) or Limits(paced=False)
        given = {
            "allowed": lambda url: urlsplit(url).netloc == fake.netloc,
            "timeout": aiohttp.ClientTimeout(total=0.5),
            "clock": lambda: self.now,
            **more,
        }
        self.connector = Connector(self.credentials, limits, **given)

    async def does(self, act: str) -> Any:
        return await ALL[act](self.connector, self.fake.service_url)

    def send(self, text: str = "All is well", conversation: str = THREAD) -> Awaitable[str]:
        return self.connector.send(self.fake.service_url, conversation, {"type": "message", "text": text})


@asynccontextmanager
async def running(teams: dict[str, Any] | None = None, **more: Any) -> AsyncIterator[World]:
    async with connector(**(teams or {})) as fake:
        world = World(fake, **more)
        try:
            yield world
        finally:
            await world.connector.close()


Act = Callable[[Connector, str], Awaitable[Any]]
ONCE: dict[str, Act] = {
    "create_thread": lambda c, url: c.create_thread(url, TENANT, CHANNEL, SAID),
    "send": lambda c, url: c.send(url, THREAD, SAID),
    "send_targeted": lambda c, url: c.send_targeted(url, THREAD, MEMBER, SAID),
}
REPEATABLE: dict[str, Act] = {
    "create_chat": lambda c, url: c.create_chat(url, TENANT, BOT, MEMBER),
    "update": lambda c, url: c.update(url, THREAD, "17", SAID),
    "delete": lambda c, url: c.delete(url, THREAD, "17"),
    "members": lambda c, url: c.members(url, THREAD),
    "member": lambda c, url: c.member(url, THREAD, MEMBER),
    "team": lambda c, url: c.team(url, TEAM),
    "channels": lambda c, url: c.channels(url, TEAM),
}
ALL = ONCE | REPEATABLE
