"""The web over a real SQLite database and the real writer, in an organisation with a few people."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

import bot.commands
from adapters.export.formats import FORMATS
from adapters.web.app import Parts, build
from adapters.web.figures import Figures, Latency
from adapters.web.health import Readiness
from adapters.web.id_tokens import IdTokens
from adapters.web.links import Links
from bot.command import Origin
from bot.command import build as build_command
from bot.commands.delivery import ChannelOpened
from bot.grammar import read
from bot.model import Account, MessageRef, Person, Place
from bot.text import Reply
from bot.writer import Writer
from storage import people
from storage.access import SqlAccess
from storage.reports import SqlReports
from storage.store import SqlStore

assert bot.commands.__all__
URL = "http://debrief.test"
TENANT = "T1"
MAYA, TOM, OLGA, GUEST = "U_MAYA", "U_TOM", "U_OLGA", "U_GUEST"
NAMES = {MAYA: "Maya Ortiz", TOM: "Tom Becker", OLGA: "Olga Outside", GUEST: "Gus Guest"}


@dataclass
class World:
    store: SqlStore
    writer: Writer
    access: SqlAccess
    reports: SqlReports
    links: Links
    app: FastAPI
    organisation: str
    latency: Latency
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    said: int = 0

    def client(
        self, user: str = "", *, headers: dict[str, str] | None = None, raises: bool = True
    ) -> httpx.AsyncClient:
        """A browser that keeps its cookies; `user` is signed in. Nobody at all without."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=raises)
        made = httpx.AsyncClient(transport=transport, base_url=URL, headers=headers or {})
        self.clients.append(made)
        if user:
            secret = self.access.sign_in(account(user), secrets.token_hex(8))
            assert secret is not None
            made.cookies.set("debrief", secret)
        return made

    def program(self, user: str = "", *, scope: Any = "write", name: str = "ci") -> httpx.AsyncClient:
        """A program with a token: of a person, or of an integration."""
        person = self.person(user).id if user else ""
        token = self.access.create_token(self.organisation, name, person=person, scope=scope)
        return self.client(headers={"Authorization": f"Bearer {token}"})

    def person(self, user: str) -> Person:
        (found,) = self.reports.people(self.organisation, accounts=[account(user)]).values()
        return found

    async def chat(self, user: str, text: str, incident: str = "") -> Reply:
        """What somebody types in chat."""
        return await self.writer.submit(read(text, self.origin(user), incident))

    async def gave(self, kind: str, user: str, **fields: str) -> Reply:
        """A button or a form that somebody sent."""
        return await self.writer.submit(build_command(kind, fields, self.origin(user)))

    async def opened(self, key: str, channel: str = "C1") -> None:
        """The incident's channel is there, so that what is said in it is captured."""
        incident = self.reports.incident(self.person(MAYA), key)
        assert incident is not None
        place = Place(platform="slack", tenant=TENANT, channel=channel)
        await self.writer.submit(ChannelOpened(origin=self.origin(""), incident_id=incident.id, place=place))

    def origin(self, user: str) -> Origin:
        self.said += 1
        return Origin(id=f"gesture-{self.said}", platform="slack", tenant=TENANT, actor=user)


def addresses(routes: Iterable[Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Each method and path that an application answers, by its own table: also those of pages, which no schema has."""
    for route in routes:
        included = getattr(route, "original_router", None)  # how FastAPI keeps what was included
        if included is not None:
            yield from addresses(included.routes, above + route.include_context.prefix)
        else:
            yield from ((method, above + route.path) for method in getattr(route, "methods", None) or ())


def account(user: str) -> str:
    return f"slack:{TENANT}:{user}"


def message(ts: str, channel: str = "C1") -> MessageRef:
    return MessageRef(platform="slack", tenant=TENANT, channel=channel, ts=ts)


@asynccontextmanager
async def world(
    folder: Path, *, public_url: str = URL, sandbox: str = "", submit: Any = None, database: Any = None,
    providers: Sequence[IdTokens] = (), forms_per_minute: int = 100_000, joined: bool = False,
) -> AsyncIterator[World]:  # fmt: skip
    """`submit` and `database` stand in for the real ones in front of the web. A walk along all addresses sends more
    forms in a minute than any person may. With `joined` the people are there already."""
    url = f"sqlite:///{folder}/debrief.db"
    store = SqlStore(url)
    organisation = store.join("slack", TENANT, "Acme")
    with store.transaction() as work:
        for user, name in () if joined else NAMES.items():
            people.make(work, _person(organisation, user, name))
    writer, latency = Writer(store, deadline=25), Latency()  # speed is not what is tested
    writer.start()
    access, reports, links = SqlAccess(store), SqlReports(store), Links("s" * 40, public_url)
    parts = Parts(
        submit=latency.timed(submit or writer.submit),
        reports=database or reports,
        access=database or access,
        links=links,
        ready=Readiness(store.probe, folder, reports.oldest_undelivered),
        metrics=Figures(database or reports, latency, lambda: [("unknown_events", 'odd"type', 2)]).text,
        exports=FORMATS,
        public_url=public_url,
        forms_per_minute=forms_per_minute,
        providers=providers,
        sandbox=sandbox,
    )
    made = World(store, writer, access, reports, links, build(parts), organisation, latency)
    try:
        yield made
    finally:
        for client in made.clients:
            await client.aclose()
        await writer.stop()
        store.close()


def _person(organisation: str, user: str, name: str) -> Person:
    return Person(
        id=f"p_{user.lower()}",
        organisation=organisation,
        name=name,
        email=f"{name.split(maxsplit=1)[0].lower()}@acme.example",
        zone="Europe/Berlin" if user == MAYA else "",
        kind="guest" if user == GUEST else "human",
        accounts=(Account.of(account(user)),),
    )
