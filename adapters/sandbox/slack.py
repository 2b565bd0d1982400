"""A simulated Slack: one ASGI app that speaks its HTTP and WebSocket, and people who act by methods or a page.

It knows Slack's public rules and nothing of any particular bot.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from adapters.sandbox import oauth, responding
from adapters.sandbox.core import Credentials, real_clock
from adapters.sandbox.cutting import Watched
from adapters.sandbox.faults import Faults
from adapters.sandbox.gestures import Gestures
from adapters.sandbox.page_api import PageApi
from adapters.sandbox.page_files import page_files
from adapters.sandbox.player import Player
from adapters.sandbox.render import message_json
from adapters.sandbox.script import Script
from adapters.sandbox.slack_stage import SlackStage
from adapters.sandbox.webapi.dispatch import WebApi
from adapters.sandbox.world import Json, Team, User, new_channel

CAST = (
    ("maya", "Maya Lind", "Incident manager", "Europe/Berlin"),
    ("tom", "Tom Harper", "Backend engineer", "America/New_York"),
    ("ines", "Inês Duarte", "Support lead", "Europe/Lisbon"),
    ("kenji", "Kenji Mori", "Site reliability engineer", "Asia/Tokyo"),
)
Advance = Callable[[timedelta], Any]


class SimulatedSlack(Gestures):
    """Everything in one object: `app` to serve, methods by which people act, and `ledger` for what really happened.

    `now` is the simulated clock in UTC; `request_url` the bot's own base URL, None while only Socket Mode is used.
    With `seed` there is one workspace with the given script's people, or with a small cast of the simulator's own.
    """

    name: Literal["slack", "teams"] = "slack"

    def __init__(
        self,
        manifest: Json,
        now: Callable[[], datetime] = real_clock,
        *,
        faults: Faults | None = None,
        rate_limits: bool = True,
        restricted_history: bool = False,
        retry_delays: Sequence[float] = (0.05, 60.0, 300.0),
        time_scale: float = 1.0,
        request_url: str | None = None,
        base_url: str | None = None,
        ack_seconds: float = 3.0,
        credentials: Credentials | None = None,
        advance: Advance | None = None,
        script: Script | None = None,
        seed: bool = True,
    ) -> None:
        super().__init__(
            manifest,
            now,
            faults=faults,
            rate_limits=rate_limits,
            restricted_history=restricted_history,
            retry_delays=retry_delays,
            time_scale=time_scale,
            request_url=request_url,
            base_url=base_url,
            ack_seconds=ack_seconds,
            credentials=credentials,
        )
        self.advance = advance
        self.beside: tuple[Json, ...] = ()
        self.player = Player(self, script, lambda: SlackStage(self, script)) if script else None
        if seed:
            self.seed(script)
        self.app: ASGIApp = Watched(Starlette(routes=self._routes()))

    @property
    def request_url(self) -> str | None:
        return self.outgoing.base

    @request_url.setter
    def request_url(self, base: str | None) -> None:
        self.outgoing.base = base

    def _routes(self) -> list[BaseRoute]:
        async def authorize(request: Request) -> Response:
            return await oauth.page(self, request)

        async def respond(request: Request) -> Response:
            return await responding.endpoint(self, request)

        async def link(socket: WebSocket) -> None:
            await self.sockets.accept(socket)

        return [
            Route("/slack/api/{method}", WebApi(self).answer, methods=["GET", "POST"]),
            Route("/slack/oauth/v2/authorize", authorize, methods=["GET", "POST"]),
            Route("/slack/actions/{team}/{ident}", respond, methods=["POST"]),
            WebSocketRoute("/slack/link/", link),
            *PageApi(self).routes(),
            Mount("/", page_files()),
        ]

    def seed(self, script: Script | None = None) -> Team:
        team = self.add_team()
        if script is not None:
            self._seed_script(team, script)
            return team
        for name, real_name, title, zone in CAST:
            self.add_person(team, name, real_name, title=title, tz=zone, admin=name == "maya")
        self.add_person(team, "gary", "Gary Guest", title="Contractor", tz="Europe/London", guest=True)
        team.usergroups["S00000001"] = {
            "id": "S00000001",
            "team_id": team.id,
            "is_usergroup": True,
            "name": "On call",
            "handle": "oncall",
            "users": [team.users[u].id for u in team.users if team.users[u].name in ("tom", "kenji")],
            "date_delete": 0,
        }
        return team

    def _seed_script(self, team: Team, script: Script) -> None:
        for number, person in enumerate(script.cast):
            self.add_person(
                team,
                person.nick,
                person.name,
                display_name=person.name,
                title=person.title,
                tz="Etc/UTC" if person.zone == "UTC" else person.zone,
                email=person.email,
                guest=person.guest,
                is_bot=person.bot,
                admin=number == 0,
            )
        members = [u.id for u in team.users.values() if not u.guest and u.id != team.bot_user and u.name != "slackbot"]
        for place in script.places:
            self.add_channel(team, place.name, members, private=place.private)

    def add_channel(self, team: Team, name: str, members: Sequence[str], *, private: bool = False) -> str:
        """A channel that exists from the start, without events or lines about joins. Answers its id."""
        channel = team.named(name) or new_channel(
            team, name, "private" if private else "public", members[0], self.seconds()
        )
        channel.members[:] = list(members)
        self.changed()
        return channel.id

    async def settled(self, seconds: float = 10.0) -> bool:
        """True once every event is acknowledged or given up."""
        return await self.deliveries.settled(seconds)

    async def authorize(self, url_query: dict[str, str], who: str, *, team: Team | None = None) -> str:
        """An admin follows an "Add to Slack" link and allows it: answers where the browser is sent."""
        team, user = self._person(who, team)
        if said := oauth.problem(self, url_query):
            raise ValueError(said)
        return oauth.allow(self, url_query, team, user.id)

    def messages(self, where: str, *, team: Team | None = None) -> list[Json]:
        """What really stands in a conversation, threads included, oldest first, metadata included."""
        team = team or self.team
        channel = team.channels.get(where) or team.named(where)
        if channel is None:
            return []
        return [message_json(team, m, metadata=True, channel=channel) for m in channel.in_order()]

    def direct_messages(self, who: str, *, team: Team | None = None) -> list[Json]:
        """What stands between a person and the bot."""
        team, user = self._person(who, team)
        channel = team.direct(team.bot_user, user.id)
        return self.messages(channel.id, team=team) if channel else []

    def ephemerals(self, who: str, *, team: Team | None = None) -> list[Json]:
        team, user = self._person(who, team)
        found = [(c, m) for c in team.channels.values() for m in c.ephemerals if m.ephemeral_to == user.id]
        return [message_json(team, m) | {"channel": c.id} for c, m in sorted(found, key=lambda pair: pair[1].ts)]

    def modal(self, who: str, *, team: Team | None = None) -> Any:
        """The topmost open modal of a person."""
        team, user = self._person(who, team)
        stack = team.modals.get(user.id)
        return stack[-1] if stack else None

    def user(self, who: str, *, team: Team | None = None) -> User:
        return self._person(who, team)[1]

    async def aclose(self) -> None:
        if self.player is not None:
            await self.player.stop()
        await super().aclose()
