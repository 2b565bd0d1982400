"""The Teams adapter, put together: everything it needs is given, and nothing is built at import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from botbuilder.core import TurnContext
from starlette.routing import BaseRoute, Route

from adapters.keys import Keys
from adapters.teams.answers import Answers
from adapters.teams.chats import GroupChats
from adapters.teams.connector import Connector
from adapters.teams.credentials import LOGIN_URL, SCOPE, Credentials, Unneeded
from adapters.teams.door import Door
from adapters.teams.formed import Formed
from adapters.teams.graph import URL as GRAPH_URL
from adapters.teams.graph import Graph, scope_of
from adapters.teams.happenings import Happenings
from adapters.teams.hosts import Hosts
from adapters.teams.inbound import Inbound
from adapters.teams.limits import Limits
from adapters.teams.marking import Marking, Menu
from adapters.teams.outbound import Outbound
from adapters.teams.people import Acquainted
from adapters.teams.references import Kept, References
from adapters.teams.rooms import Rooms
from adapters.teams.sealed import Seal
from adapters.teams.showing import Showing, said_here
from adapters.teams.tokens import METADATA, Checks
from adapters.teams.turn import Turns
from adapters.wire import Answer
from bot.command import Command, Origin
from bot.commands.accounts import ProfileLearned
from bot.counts import Counts
from bot.effects import Effect
from bot.errors import Unavailable, UnknownTenant
from bot.pages import PageUrl
from bot.ports import Submit
from bot.text import Value

Json = dict[str, Any]
MESSAGES = "/api/messages"
NAME = "Debrief"
LOCAL_HOSTS = "127.0.0.1,localhost"
"""Where a local test client may be answered."""
LOCAL_TENANT = "local"


class TeamsSettings(Value):
    """What the operator sets; empty is not set. `unguarded`: a local client needs no token, and none is sent.
    `secret` signs what cards carry: it must be the same in all replicas and after a restart."""

    app_id: str = ""
    password: str = ""
    certificate: str = ""
    tenant: str = ""
    login_url: str = LOGIN_URL
    openid_url: str = METADATA
    allowed_hosts: str = ""
    simulators: bool = False
    unguarded: bool = False
    public_url: str = ""
    graph: bool = False
    graph_url: str = GRAPH_URL
    secret: str

    def __repr__(self) -> str:
        return "TeamsSettings(…)"

    __str__ = __repr__


class TeamsAdapter:
    """`routes` are to be mounted; between `start` and `stop` it listens and delivers.

    `joined` makes the tenant one of the organisation before anything of it is submitted.
    """

    def __init__(
        self,
        settings: TeamsSettings,
        submit: Submit,
        kept: Kept,
        *,
        joined: Callable[[str], Awaitable[None]] | None = None,
        page_url: PageUrl | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._settings = settings
        self._submit = submit = said_here(submit, NAME)
        self._joined = joined
        self.tenant = settings.tenant or LOCAL_TENANT
        self.bot_id = f"28:{settings.app_id}"
        self._counts = Counts()
        local = f",{LOCAL_HOSTS}" if settings.unguarded else ""
        self._hosts = Hosts(settings.allowed_hosts + local, simulators=settings.simulators)
        self._credentials = Unneeded() if settings.unguarded else self._with_credentials(SCOPE)
        self.connector = Connector(self._credentials, limits or Limits(), allowed=self._hosts.allowed)
        self.references = References(kept)
        seal = Seal(settings.secret)
        rooms = Rooms(self.references, self.connector, self._bot)
        menu = Menu()
        showing = Showing(self.connector, seal, page_url or self._public_page, NAME)
        formed = Formed(seal, self.references, self.connector)
        self._graph = self._with_graph()
        chats = GroupChats(self._graph, self.connector, self.references, rooms, showing)
        self._answers = Answers(submit, self.connector, self.references, rooms, showing, formed, chats, self._counts)
        self._outbound = Outbound(self.connector, self.references, rooms, showing, chats, menu, self._bot)
        self._inbound = Inbound(
            submit,
            self._answers,
            self.references,
            Acquainted(self.connector, self.references, submit),
            Happenings(self.references, submit),
            Marking(submit, self._answers.dialog, formed, menu),
            formed,
            seal,
            menu,
            self._counts,
            tenant=self.tenant,
        )
        self._keys = Keys(self._counts, "teams_keys", settings.openid_url, simulators=settings.simulators)
        self._turns = Turns(self.connector, self._turn)
        self._settled = False

    def _with_graph(self) -> Graph | None:
        settings = self._settings
        if not settings.graph or settings.unguarded:
            return None
        credentials = self._with_credentials(scope_of(settings.graph_url))
        return Graph(credentials, lambda: self.connector.session, settings.app_id, url=settings.graph_url)

    def _with_credentials(self, scope: str) -> Credentials:
        settings = self._settings
        return Credentials(
            settings.app_id,
            settings.tenant,
            secret=settings.password,
            certificate=settings.certificate,
            login_url=settings.login_url,
            scope=scope,
        )

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route(MESSAGES, endpoint=Door(self.take, self._checks(), self._counts))]

    def _checks(self) -> Checks | None:
        settings = self._settings
        if settings.unguarded:
            return None
        return Checks(self._keys, self._hosts, app_id=settings.app_id, tenant=settings.tenant)

    @property
    def counts(self) -> Iterable[tuple[str, str, int]]:
        return self._counted()

    def _counted(self) -> Iterator[tuple[str, str, int]]:
        yield from self._counts
        counters = {"calls": self.connector.counts, "credentials": self._credentials.counts}
        if self._graph is not None:
            counters["graph"] = self._graph.counts
        for about, counter in counters.items():
            yield from ((f"teams_{about}", why, count) for why, count in sorted(counter.items()))

    def _bot(self) -> str:
        return self._inbound.bot_id or self.bot_id

    async def start(self) -> None:
        """Starts whether Microsoft answers or not: an incident can be declared elsewhere while Teams is away."""
        if not self._settings.unguarded:
            await self._keys.start()
        await self._settle()

    async def _settle(self) -> None:
        """The tenant is recorded, and the bot's own account is known for what it is."""
        if self._settled:
            return
        try:
            if self._joined is not None:
                await self._joined(self.tenant)
            await self._submit(
                ProfileLearned(
                    origin=Origin(id=f"bot:{self.bot_id}", platform="teams", tenant=self.tenant),
                    account=f"teams:{self.tenant}:{self.bot_id}",
                    name=NAME,
                    person_kind="bot",
                )
            )
        except (Unavailable, UnknownTenant):
            return
        self._settled = True

    async def stop(self) -> None:
        await self._keys.stop()
        await self._answers.stop()
        if self._graph is not None:
            await self._graph.close()
        await self.connector.close()

    async def deliver(self, effect: Effect, attempt: int, unsure: bool) -> Command | None:
        """Carries an effect out. Raises `Retry`, `Unsure`, `Maybe` or `GiveUp`."""
        return await self._outbound.deliver(effect, attempt, unsure)

    async def take(self, activity: Json) -> Answer:
        """An activity whose token was checked: carried out, durably, before it is answered."""
        await self._settle()
        return await self._turns.take(activity)

    async def _turn(self, _context: TurnContext, raw: Json) -> Answer:
        return await self._inbound.take(raw)

    async def _public_page(self, _account: str, path: str) -> str:
        base = self._settings.public_url.rstrip("/")
        return base + path if base else ""
