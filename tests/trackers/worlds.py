"""One organisation with a whole bot, a database of its own, and one simulated tracker at the wire.

A tracker joins every test that asks for a `kit` by its line in `KITS`.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import respx
from sqlalchemy import text
from starlette.routing import Router

import bot.commands  # noqa: F401 - fills the table of kinds
from adapters.trackers.known import trackers
from bot.command import Command, Origin, build
from bot.effects import Direct, Effect
from bot.grammar import read
from bot.model import ActionItem
from bot.outbox import Outbox
from bot.settings import read_settings
from bot.text import Button, Reply
from bot.tick import tick
from bot.ticket import Ticket
from bot.tickets import OfTicket
from bot.writer import Writer
from storage.people import integration
from storage.reports import SqlReports
from storage.store import SqlStore
from tests.trackers.fake_gitlab import SimulatedGitLab
from tests.trackers.fake_jira import SimulatedJira, SimulatedJiraServer
from tests.trackers.fake_linear import KEY as LINEAR_KEY
from tests.trackers.fake_linear import SimulatedLinear
from tests.trackers.fakes import SECRET, WEBHOOK_SECRET, Hook, Simulated, SimulatedGitHub, SimulatedReceiver

PUBLIC = "93.184.216.34"
TOKEN = "secret-token-of-ours"
PUBLIC_URL = "https://debrief.example"


@dataclass(frozen=True)
class Kit:
    """A tracker in tests: its settings, and who plays it."""

    name: str
    settings: dict[str, str]
    fake: Callable[[], Simulated]


KITS = {
    "github": Kit(
        "github",
        {
            "TICKETS_GITHUB_REPOSITORY": "acme/app",
            "TICKETS_GITHUB_TOKEN": TOKEN,
            "TICKETS_GITHUB_SECRET": SECRET,
            "TICKETS_GITHUB_ACCOUNTS": "maya@acme.example=maya-gh, tom@acme.example=tom-gh",
        },
        SimulatedGitHub,
    ),
    "gitlab": Kit(
        "gitlab",
        {
            "TICKETS_GITLAB_PROJECT": "acme/app",
            "TICKETS_GITLAB_TOKEN": TOKEN,
            "TICKETS_GITLAB_SECRET": WEBHOOK_SECRET,
        },
        SimulatedGitLab,
    ),
    "jira": Kit(
        "jira",
        {
            "TICKETS_JIRA_URL": "https://acme.atlassian.net",
            "TICKETS_JIRA_PROJECT": "OPS",
            "TICKETS_JIRA_USER": "bot@acme.example",
            "TICKETS_JIRA_TOKEN": TOKEN,
            "TICKETS_JIRA_SECRET": SECRET,
        },
        SimulatedJira,
    ),
    "linear": Kit(
        "linear",
        {"TICKETS_LINEAR_TEAM": "acme/ENG", "TICKETS_LINEAR_TOKEN": LINEAR_KEY, "TICKETS_LINEAR_SECRET": SECRET},
        SimulatedLinear,
    ),
    "webhook": Kit(
        "webhook",
        {
            "TICKETS_WEBHOOK_URL": "https://tickets.example/hooks/debrief",
            "TICKETS_WEBHOOK_SECRET": WEBHOOK_SECRET,
        },
        SimulatedReceiver,
    ),
}

JIRA_SERVER = Kit(
    "jira",
    {
        "TICKETS_JIRA_URL": "https://jira.acme.example",
        "TICKETS_JIRA_PROJECT": "OPS",
        "TICKETS_JIRA_TOKEN": TOKEN,
        "TICKETS_JIRA_SECRET": SECRET,
    },
    SimulatedJiraServer,
)
"""Only where it is another than the Cloud."""


async def resolve(_host: str, _port: int) -> list[str]:
    return [PUBLIC]


class Crash(asyncio.CancelledError):
    """The program dies at this very moment."""


@dataclass
class World:
    store: SqlStore
    writer: Writer
    outbox: Outbox
    there: Any
    """The simulated tracker."""
    organisation: str
    door: httpx.AsyncClient
    said: list[Direct] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    """Where the next deliveries die: "before" or "after" what is done outside."""
    posted: list[Effect] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    offset: float = 0.0

    @property
    def reports(self) -> SqlReports:
        return SqlReports(self.store)

    # -- here

    def origin(self, who: str = "maya", channel: str = "") -> Origin:
        return Origin(
            id=f"g{next(self.numbers)}", platform="slack", tenant="T1", actor=f"U{who.upper()}", channel=channel
        )

    async def says(self, words: str, who: str = "maya") -> Reply:
        return await self.writer.submit(read(words, self.origin(who)))

    async def clicks(self, kind: str, who: str = "maya", **fields: str) -> Reply:
        return await self.writer.submit(build(kind, fields, self.origin(who)))

    async def told(self, command: Command) -> Reply:
        return await self.writer.submit(command)

    def item(self, key: str = "ACT-1") -> ActionItem:
        found = self.reports.item(integration(self.organisation, "test"), key)
        if found is None:
            found = next(one for one in self.everything() if one.key == key)
        return found

    def ticket(self) -> Ticket:
        found = self.item().ticket
        assert found is not None
        return found

    def everything(self) -> list[ActionItem]:
        with self.store.reading() as work:
            rows = work.connection.execute(text("SELECT body FROM item")).all()
        return [ActionItem.model_validate_json(row.body) for row in rows]

    def words(self) -> list[str]:
        """What people were told privately."""
        return [one.card.plain() for one in self.said]

    def questions(self) -> list[Direct]:
        return [one for one in self.said if one.key.startswith("ticket-lost:")]

    def buttons(self) -> list[Button]:
        return [button for section in self.questions()[-1].card.sections for button in section.buttons]

    def count(self, statement: str) -> int:
        with self.store.reading() as work:
            return int(work.connection.execute(text(statement)).scalar_one())

    # -- outside

    async def carried(self) -> None:
        """What is due is carried out, each once or until it has to wait."""
        self.outbox.wake()
        await asyncio.sleep(0)
        for _ in range(60_000):
            if self.outbox.quiet:
                return
            await asyncio.sleep(0.001)
        raise TimeoutError("the outbox did not come to rest")

    async def settled(self) -> None:
        """Until there is nothing on its way any more, however long that takes."""
        await self.carried()
        for _ in range(200):
            if not self.count("SELECT count(*) FROM outbox WHERE finished IS NULL"):
                return
            self.advance(minutes=16)
            await self.carried()
        raise AssertionError("it never came to rest")

    def advance(self, **by: float) -> None:
        self.offset += timedelta(**by).total_seconds()
        self.store.set_clock_offset(self.offset)

    async def later(self, **by: float) -> None:
        """Time passes, and what is due by then is done."""
        self.advance(**by)
        await self.beat()
        await self.settled()

    async def beat(self) -> None:
        await self.writer.call(tick)

    async def hooked(self, hook: Hook, path: str = "") -> int:
        """A webhook arrives; gives the status."""
        name = path or self.store.trackers[0].name
        headers = {one: value.encode("latin-1") for one, value in hook.headers.items()}
        answer = await self.door.post(f"/hooks/{name}", content=hook.body, headers=headers)  # type: ignore[arg-type]
        return answer.status_code

    async def all_hooked(self) -> None:
        while self.there.hooks:
            assert await self.hooked(self.there.hooks.pop(0)) == 200
            await self.settled()


@asynccontextmanager
async def world(template: Path, path: Path, kit: Kit, url: str = "", **more: str) -> AsyncIterator[World]:
    """A bot whose chat takes everything and whose tracker is the kit's. What is due outside waits for `carried`."""
    if not url:
        shutil.copy(template, path)
    store = SqlStore(url or f"sqlite:///{path}", within=30)
    settings = read_settings({"DEBRIEF_PUBLIC_URL": PUBLIC_URL, **kit.settings, **more})
    writer, there = Writer(store, deadline=25), kit.fake()
    doors: dict[str, Any] = {}
    outbox = Outbox(writer, doors)
    made = trackers(settings, SqlReports(store), store.linked, writer.submit, resolve)
    store.trackers = made.here
    door = httpx.AsyncClient(transport=httpx.ASGITransport(Router(list(made.routes))), base_url="http://here")
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=there)
        wire.route(host="here").pass_through()
        one = World(store, writer, outbox, there, store.join("slack", "T1", "Acme"), door)
        doors["slack"] = _chat(one)
        doors["tickets"] = _dying(one, made.deliver)
        writer.start()
        outbox.start()
        try:
            yield one
        finally:
            await outbox.stop()
            await writer.stop()
            await door.aclose()
            store.close()


def _chat(one: World) -> Any:
    async def deliver(effect: Effect, _attempt: int, _unsure: bool) -> None:
        if isinstance(effect, Direct):
            one.said.append(effect)
        one.posted.append(effect)

    return deliver


def _dying(one: World, deliver: Any) -> Any:
    async def carried(effect: OfTicket, attempt: int, unsure: bool) -> Command | None:
        crash = one.crashes.pop(0) if one.crashes else ""
        if crash == "before":
            raise Crash
        receipt: Command | None = await deliver(effect, attempt, unsure)
        if crash == "after":
            raise Crash
        return receipt

    return carried


async def begun(one: World, *, private: bool = False) -> None:
    """An incident with one action item, which belongs to Maya."""
    await one.says(f"declare sev2 Checkout errors{' --private' if private else ''}")
    key = one.reports.incidents(maya_of(one))[0][0].key
    await one.clicks("action", incident=key, text="Alert on pool saturation", owner="me", due="2w", purpose="detect")
    await one.settled()


def maya_of(one: World) -> Any:
    found = one.reports.people(one.organisation, accounts=["slack:T1:UMAYA"])
    return next(iter(found.values()))


def writes(one: World) -> list[tuple[str, str]]:
    """What was sent there that changes things."""
    return [call for call in one.there.calls if call[0] != "GET"]
