"""A simulated Microsoft Teams: one ASGI app that speaks its HTTP, and people who act by methods.

It knows the public rules of Teams and the Bot Framework, and nothing of any particular bot.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from adapters.sandbox.core import real_clock
from adapters.sandbox.cutting import Watched
from adapters.sandbox.faults import AFTER, BEFORE
from adapters.sandbox.page_files import page_files
from adapters.sandbox.player import Player
from adapters.sandbox.script import Script
from adapters.sandbox.teams import login
from adapters.sandbox.teams.connector import Connector, early, late
from adapters.sandbox.teams.dialogs import Dialogs
from adapters.sandbox.teams.page_api import PageApi
from adapters.sandbox.teams.stage import TeamsStage
from adapters.sandbox.teams.world import Json, new_team

CAST = (
    ("maya", "Maya Lind", "Incident manager", "Europe/Berlin"),
    ("tom", "Tom Harper", "Backend engineer", "America/New_York"),
    ("ines", "Inês Duarte", "Support lead", "Europe/Lisbon"),
    ("kenji", "Kenji Mori", "Site reliability engineer", "Asia/Tokyo"),
)
INCIDENTS = "incidents"
TOKEN, KNOWN = "{tenant}/oauth2/v2.0/token", "/teams/openid/.well-known"
Advance = Callable[[timedelta], Any]
Answering = Callable[["SimulatedTeams", Request], Awaitable[Response]]


class SimulatedTeams(Dialogs):
    """Everything in one object: `app` to serve, methods by which people act, and `ledger` for what really happened.

    `now` is the simulated clock in UTC; `bot_url` the bot's messaging endpoint, None while no bot is connected;
    `base_url` where this app is served. With `seed` there is one team with the given script's people, or a small cast.
    `manifest` is the app's, from which the page takes what is offered in menus. All other options are those of
    `core.Simulation`.
    """

    name: Literal["slack", "teams"] = "teams"

    def __init__(
        self,
        now: Callable[[], datetime] = real_clock,
        *,
        advance: Advance | None = None,
        script: Script | None = None,
        seed: bool = True,
        consent: bool = True,
        manifest: Json | None = None,
        **options: Any,
    ) -> None:
        super().__init__(now, **options)
        self.advance = advance
        self.script = script
        self.consents = consent
        self.manifest = manifest or {}
        self.beside: tuple[Json, ...] = ()
        if seed:
            self.seed(script, consent=consent)
        self.player = Player(self, script, lambda: TeamsStage(self, script)) if script else None
        self.app: ASGIApp = Watched(Starlette(routes=self._routes()))

    def _routes(self) -> list[BaseRoute]:
        return [
            Route(f"/teams/login/{TOKEN}", self._faulty("login.token", login.token), methods=["POST"]),
            Route(f"{KNOWN}/openidconfiguration", self._faulty("openid.configuration", login.configuration)),
            Route(f"{KNOWN}/keys", self._faulty("openid.keys", login.keys)),
            *Connector(self).routes(),
            *PageApi(self).routes(),
            Mount("/", page_files()),
        ]

    def _faulty(self, name: str, answer: Answering) -> Callable[[Request], Awaitable[Response]]:
        """Sign-in and keys fail by the same plan of faults as everything else."""

        async def endpoint(request: Request) -> Response:
            self.ledger.calls[name] += 1
            fault = self.faults.take("call", frozenset({"delay"}), name, {})
            if fault is not None:
                self.ledger.faults["delay"] += 1
                await asyncio.sleep(fault.seconds)
            if fault := self.faults.take("call", BEFORE - {"delay"}, name, {}):
                return early(self, fault)
            good = await answer(self, request)
            fault = self.faults.take("call", AFTER, name, {})
            return await late(self, fault, good) if fault else good

        return endpoint

    def seed(self, script: Script | None = None, *, consent: bool = True) -> None:
        """One team "Harbour" that has the app; everybody but guests has it personally, too."""
        team = new_team(self.world, "Harbour")
        team.consent = consent
        if script is None:
            for name, real_name, title, zone in CAST:
                self.add_person(name, real_name, title=title, tz=zone, admin=name == "maya")
            self.add_person(
                "gary", "Gary Guest", title="Contractor", tz="Europe/London", guest=True, personal=False,
            )  # fmt: skip
        else:
            self._seed_script(script)
        self.add_channel(INCIDENTS)

    def _seed_script(self, script: Script) -> None:
        """A guest of a script comes into the team by invitation; another app's bot has no personal chat."""
        for number, person in enumerate(script.cast):
            self.add_person(
                person.nick,
                person.name,
                in_team=not person.guest,
                title=person.title,
                tz="Etc/UTC" if person.zone == "UTC" else person.zone,
                email=person.email,
                guest=person.guest,
                other_bot=person.bot,
                personal=not (person.bot or person.guest),
                admin=number == 0,
            )
        for place in script.places:
            self.add_channel(place.name)

    async def aclose(self) -> None:
        if self.player is not None:
            await self.player.stop()
        await super().aclose()

    def people(self) -> list[Json]:
        """Everybody, as the page lists them."""
        return [
            {
                "id": person.id,
                "name": person.name,
                "real_name": person.real_name,
                "title": person.title,
                "tz": person.tz,
                "guest": person.guest,
                "is_bot": person.other_bot,
                "personal": person.personal,
            }
            for person in self.world.people.values()
        ]
