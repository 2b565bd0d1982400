"""How the parts are put together. Law: nothing is built at import, and every part is given what it needs."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.host import Chat, Host, Platform
    from adapters.slack.app import SlackAdapter
    from adapters.teams.app import TeamsAdapter
    from adapters.trackers.known import Trackers
    from adapters.web.id_tokens import IdTokens
    from adapters.web.links import Links
    from bot.counts import Counts
    from bot.ports import Deliver, React
    from bot.settings import Settings
    from bot.staging import Sandbox
    from bot.writer import Writer
    from storage.store import SqlStore


def open_store(settings: Settings, *, migrated: bool = True, patient: bool = False) -> SqlStore:
    """The store, its tables up to date; `patient`: nothing is cut short that takes long. Raises `SettingsWrong` where
    the database is unsafe or cannot be opened."""
    from adapters.calendar import public_holidays
    from bot.settings import SettingsWrong
    from storage.connect import UnsafeDatabase, check
    from storage.migrate import migrate
    from storage.store import SqlStore
    from storage.watchdog import LIMIT

    try:
        unsafe = check(settings.database_url, allow_unsafe=settings.allow_unsafe_db)
        if migrated:
            migrate(settings.database_url)
    except UnsafeDatabase as problem:
        raise SettingsWrong([f"DATABASE_URL: {line}" for line in str(problem).splitlines()]) from problem
    if unsafe:
        print(*(f"UNSAFE DATABASE: {line}" for line in unsafe), sep="\n", file=sys.stderr)
    store = SqlStore(settings.database_url, holidays=public_holidays, within=None if patient else LIMIT)
    if not settings.sandbox:
        store.set_clock_offset(settings.clock_offset)
    return store


def build_host(settings: Settings, store: SqlStore, simulated: Sandbox | None = None) -> Host:
    """Everything that serves. With `simulated`, the simulated platforms are mounted below /sandbox."""
    from adapters.clock import Clock
    from adapters.front import Front
    from adapters.host import Host
    from adapters.web.links import Links
    from bot.outbox import Outbox
    from bot.writer import Writer

    beside = {} if simulated or settings.unguarded else integrations(settings, store)
    reactions = [react for react, _ in beside.values()]
    writer = Writer(store, reactions, threads=1 if store.sqlite else 4)
    secret = settings.secret_key or secrets.token_hex(32)
    links = Links(secret, settings.public_url)
    chats = platforms(settings, store, writer, links)
    doors = {name: chat.deliver for name, chat in chats.items()} | {name: door for name, (_, door) in beside.items()}
    doors |= {} if simulated or settings.unguarded else suggesting(settings, store)
    tracked = None if simulated or settings.unguarded else _tracked(settings, store, writer)
    doors |= {"tickets": tracked.deliver} if tracked else {}
    outbox = Outbox(writer, doors, reactions)
    web = _web(settings, store, writer, links, secret, list(chats.values()), simulated)
    routes = [*(tracked.routes if tracked else ()), *(route for chat in chats.values() for route in chat.routes)]
    front = Front(web, routes, ("/hooks/", *(f"/{name}/" for name in chats)))
    running: list[Chat] = [*chats.values(), _given_policy(settings, store, writer)]
    if simulated is not None:
        running = simulated.around(running)
    return Host(writer, outbox, Clock(), front, running, hourly=store.purge)


def _given_policy(settings: Settings, store: SqlStore, writer: Writer) -> Chat:
    """The operator's file, which was found good when the settings were read."""
    from adapters.given_policy import GivenPolicy
    from bot.settings_policy import read_policy_file
    from storage.reports import SqlReports

    path = Path(settings.policy_file)
    written, _ = read_policy_file(path) if settings.policy_file else (None, [])
    return GivenPolicy(path.name if written else "", written, SqlReports(store).organisations, writer.submit)


def platforms(settings: Settings, store: SqlStore, writer: Writer, links: Links) -> dict[str, Platform]:
    """The chats that are switched on, by the name that their commands and effects carry: a line each."""
    known: dict[str, Platform | None] = {
        "slack": _slack(settings, store, writer, links),
        "teams": _teams(settings, store, writer, links),
    }
    return {name: chat for name, chat in known.items() if chat is not None}


def integrations(settings: Settings, store: SqlStore) -> dict[str, tuple[React, Deliver]]:
    """What is connected beside the chats, by the name that its effects carry: a line each."""
    from adapters.export.programs import programs
    from storage.reports import SqlReports

    return {
        **programs(settings, SqlReports(store)),
    }


def suggesting(settings: Settings, store: SqlStore) -> dict[str, Deliver]:
    """The language model, where one is set: rules learn from the store that it may be asked."""
    from adapters.suggesting import language_model
    from storage.reports import SqlReports

    doors = language_model(settings, SqlReports(store))
    if doors:
        store.language_model = "any" if settings.model_private else "public"
    return doors


def _tracked(settings: Settings, store: SqlStore, writer: Writer) -> Trackers:
    """Where action items have tickets: rules learn it from the store."""
    from adapters.trackers.known import trackers
    from storage.reports import SqlReports

    made = trackers(settings, SqlReports(store), store.linked, writer.submit)
    store.trackers = made.here
    return made


def _in_turn(writer: Writer) -> Callable[[Callable[[Any], None]], Awaitable[None]]:
    """How adapters' stores write: on a connection of their own they would starve while SQLite's writer is busy."""

    async def write(work: Callable[[Any], None]) -> None:
        await writer.call(work, rank=0)

    return write


def _slack(settings: Settings, store: SqlStore, writer: Writer, links: Links) -> SlackAdapter | None:
    if not settings.slack:
        return None
    from adapters.slack.app import SlackAdapter, SlackSettings
    from adapters.slack.installations import Installation
    from storage.crypto import Vault
    from storage.heard import SqlHeard
    from storage.installations import SqlInstallations

    async def joined(workspace: Installation) -> None:
        def join(tx: Any) -> None:
            tx.join_beside("slack", workspace.team, workspace.name)

        await _in_turn(writer)(join)

    told = SlackSettings(
        bot_token=settings.slack_bot_token,
        app_token=settings.slack_app_token,
        signing_secret=settings.slack_signing_secret,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret,
        api_base_url=settings.slack_api_base_url,
        public_url=settings.public_url,
    )
    kept = SqlInstallations(store, Vault(settings.secret_key), Installation) if settings.oauth else None

    async def page_url(account: str, path: str) -> str:
        return links.private(account, path)

    heard = SqlHeard(store, _in_turn(writer), "slack")
    return SlackAdapter(told, writer.submit, installations=kept, joined=joined, page_url=page_url, heard=heard)


def _teams(settings: Settings, store: SqlStore, writer: Writer, links: Links) -> TeamsAdapter | None:
    if not settings.teams:
        return None
    from adapters.teams.app import TeamsAdapter, TeamsSettings
    from adapters.teams.limits import Limits
    from adapters.teams.references import Reference
    from storage.references import SqlReferences

    async def joined(tenant: str) -> None:
        def join(tx: Any) -> None:
            tx.join_beside("teams", tenant, "Microsoft Teams")

        await _in_turn(writer)(join)

    told = TeamsSettings(
        app_id=settings.teams_app_id,
        password=settings.teams_app_password,
        certificate=settings.teams_app_certificate,
        tenant=settings.teams_tenant_id,
        login_url=settings.teams_login_url,
        openid_url=settings.teams_openid_metadata_url,
        allowed_hosts=settings.teams_allowed_service_hosts,
        simulators=settings.allow_simulators,
        unguarded=settings.unguarded,
        public_url=settings.public_url,
        graph=settings.graph,
        graph_url=settings.teams_graph_url,
        secret=settings.secret_key or _shared_secret(settings),
    )
    kept = SqlReferences(store, _in_turn(writer), Reference, "teams")

    async def page_url(account: str, path: str) -> str:
        return links.private(account, path)

    limits = Limits(clock=store.seconds)
    return TeamsAdapter(told, writer.submit, kept, joined=joined, page_url=page_url, limits=limits)


def _shared_secret(settings: Settings) -> str:
    """What all replicas have in common, and outsiders do not: cards are signed with a key that is derived from it."""
    if settings.teams_app_password:
        return settings.teams_app_password
    if settings.teams_app_certificate:
        return Path(settings.teams_app_certificate).read_text(encoding="utf-8")
    return secrets.token_hex(32)


def _web(
    settings: Settings,
    store: SqlStore,
    writer: Writer,
    links: Links,
    secret: str,
    chats: list[Platform],
    simulated: Sandbox | None,
) -> Any:
    from importlib.metadata import version

    from adapters.export.formats import FORMATS
    from adapters.web.app import Parts, build
    from adapters.web.figures import Figures, Latency
    from adapters.web.health import Readiness
    from bot.counts import Counts
    from storage.access import SqlAccess
    from storage.connect import sqlite_path
    from storage.reports import SqlReports

    reports = SqlReports(store)
    latency = Latency()
    path = sqlite_path(settings.database_url)
    counts = Counts()
    parts = Parts(
        submit=latency.timed(writer.submit),
        reports=reports,
        access=SqlAccess(store),
        links=links,
        ready=Readiness(store.probe, path.parent if path else Path.cwd(), reports.oldest_undelivered),
        metrics=Figures(reports, latency, lambda: counts, *(lambda chat=chat: chat.counts for chat in chats)).text,
        exports=FORMATS,
        public_url=settings.public_url,
        providers=_providers(settings, counts),
        secret=secret,
        sandbox="/sandbox/" if simulated else "",
        version=version("debrief"),
    )
    return build(parts, [("/sandbox", simulated.app)] if simulated else [])


def _providers(settings: Settings, counts: Counts) -> list[IdTokens]:
    from adapters.teams.certificates import proof
    from adapters.web.id_tokens import configured

    return configured(settings, counts, proof)
