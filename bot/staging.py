"""How the simulated platforms are put together, for the sandbox, the demonstration and the tests.

Law: the bot is told of them by its settings alone, as of the real ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socket import socket

    from starlette.types import ASGIApp

    from adapters.host import Chat
    from adapters.sandbox.clock import MovedClock
    from adapters.sandbox.script import Script
    from adapters.sandbox.slack import SimulatedSlack
    from adapters.sandbox.teams.teams import SimulatedTeams
    from adapters.sandbox.witness import Witness
    from bot.settings import Settings
    from storage.store import SqlStore


@dataclass(frozen=True)
class Sandbox:
    """Simulated platforms, of which either may lack, with settings that point at them."""

    settings: Settings
    store: SqlStore
    slack: SimulatedSlack | None = None
    teams: SimulatedTeams | None = None

    @property
    def app(self) -> ASGIApp:
        """What is mounted below /sandbox."""
        from adapters.sandbox.both import Both

        return Both(self.slack, self.teams)

    def around(self, chats: Sequence[Chat]) -> list[Chat]:
        """What is started and stopped before and after the chats."""
        return [_Simulated(self), *chats, _Introduced(self)]


class _Simulated:
    """The simulated platforms end after everything that talks to them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        for simulation in (self._sandbox.teams, self._sandbox.slack):
            if simulation is not None:
                await simulation.aclose()


class _Introduced:
    """Once the bot listens, the simulated Teams tells it where it is installed, and somebody speaks there."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def start(self) -> None:
        if self._sandbox.teams is not None:
            await self._sandbox.teams.introduce()
            await self._sandbox.teams.settled()
            await self._sandbox.teams.welcome()
            await self._sandbox.teams.settled()

    async def stop(self) -> None:
        pass


PLATFORMS = ("slack", "teams")


def sandboxed(
    settings: Settings,
    listener: socket,
    folder: Path,
    *,
    platforms: Collection[str] = PLATFORMS,
    transport: str = "http",
    start: datetime | None = None,
    exact: bool = False,
    script: Script | None = None,
    **more: Any,
) -> Sandbox:
    """Simulated platforms on one clock, the store, and settings that point at both. `more` is for each of them."""
    from adapters.sandbox.clock import MovedClock
    from bot.building import open_store

    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    told = settings.model_copy(
        update={
            "database_url": f"sqlite:///{folder}/sandbox.db",
            "public_url": settings.public_url or base,
            "secret_key": settings.secret_key or secrets.token_hex(32),
            "allow_simulators": True,
        }
    )
    store = open_store(told)
    clock = MovedClock(store.set_clock_offset, start, exact=exact)
    more = {"advance": clock.advance, "base_url": f"{base}/sandbox", "script": script, **more}
    slack = _simulated_slack(clock, base, transport, more) if "slack" in platforms else None
    if slack is not None:
        _installed_by_its_admin(slack, store)
    if slack is not None and script is not None:
        more["script"] = _of_strangers(script)
    teams = _simulated_teams(clock, base, {"pace": store.seconds, **more}) if "teams" in platforms else None
    update = (_slack_of(slack, transport) if slack else {}) | (_teams_of(teams) if teams else {})
    return Sandbox(told.model_copy(update=update), store, slack, teams)


def _installed_by_its_admin(sim: SimulatedSlack, store: SqlStore) -> None:
    """A token tells of nobody: whoever adds the app in the simulated Teams would be the only admin."""
    from storage.people import make_admin

    admin = next(one.id for one in sim.team.users.values() if one.admin)
    with store.transaction() as work:
        organisation = work.join_beside("slack", sim.team.id, sim.team.name)
        make_admin(work, organisation, f"slack:{sim.team.id}:{admin}")


def _of_strangers(script: Script) -> Script:
    """With other addresses: by the same ones each would be one person on both, reminded where they were met first."""
    cast = [one.model_copy(update={"email": one.email.replace("@", "@teams.")}) for one in script.cast]
    return script.model_copy(update={"cast": tuple(cast)})


def _simulated_slack(clock: MovedClock, base: str, transport: str, more: dict[str, Any]) -> SimulatedSlack:
    from adapters.sandbox.slack import SimulatedSlack
    from adapters.slack.manifest import manifest

    url = None if transport == "socket" else base
    return SimulatedSlack(manifest(url), clock.now, request_url=url, **more)


def _slack_of(sim: SimulatedSlack, transport: str) -> dict[str, str]:
    return {
        "slack_bot_token": sim.bot_token(),
        "slack_app_token": sim.app_token if transport == "socket" else "",
        "slack_signing_secret": "" if transport == "socket" else sim.credentials.signing_secret,
        "slack_api_base_url": f"{sim.base_url}/slack/api/",
    }


def _simulated_teams(clock: MovedClock, base: str, more: dict[str, Any]) -> SimulatedTeams:
    from adapters.sandbox.teams.teams import SimulatedTeams
    from adapters.teams.manifest import manifest

    sim = SimulatedTeams(clock.now, bot_url=f"{base}/api/messages", **more)
    sim.manifest = manifest(sim.app_id)
    return sim


def _teams_of(sim: SimulatedTeams) -> dict[str, str]:
    return {
        "teams_app_id": sim.app_id,
        "teams_app_password": sim.app_password,
        "teams_tenant_id": sim.tenant,
        "teams_login_url": sim.login_url,
        "teams_openid_metadata_url": sim.openid_url,
        "teams_allowed_service_hosts": "127.0.0.1",
    }


def staged(platform: str, settings: Settings, listener: socket, folder: Path, **more: Any) -> tuple[Sandbox, Witness]:
    """The simulation of one platform, and who watches what happens there."""
    from adapters.sandbox.teams.witness import TeamsWitness
    from adapters.sandbox.witness import SlackWitness

    box = sandboxed(settings, listener, folder, platforms=[platform], **more)
    if box.teams is not None:
        return box, TeamsWitness(box.teams)
    assert box.slack is not None  # noqa: S101 -- one of them was asked for
    return box, SlackWitness(box.slack)
