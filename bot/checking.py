"""What `debrief doctor` looks at, put together from the settings.

Law: nothing is written, nobody is written to, and the database is not even brought up to date.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.cli.doctor import Check
    from bot.settings import Settings


def checks(settings: Settings) -> list[Check]:
    from adapters.cli import doctor
    from adapters.slack.manifest import SCOPES
    from adapters.suggesting import reach_of
    from adapters.trackers.known import known
    from bot.building import open_store
    from storage.connect import is_there, problems
    from storage.migrate import pending
    from storage.reports import SqlReports

    def unreachable() -> list[str]:
        by_organisation = SqlReports(open_store(settings, migrated=False)).unreachable_people()
        return [person.name for people in by_organisation.values() for person in people]

    def maybe() -> int:
        return SqlReports(open_store(settings, migrated=False)).figures()["outbox"].get("maybe", 0)

    ready = is_there(url := settings.database_url)
    found: list[Check] = [doctor.database(url, lambda: problems(url), lambda: pending(url))] if ready else []
    found += [doctor.slack(settings, frozenset(SCOPES))]
    whole = ready and not pending(url)
    found += [doctor.teams(settings, _teams_token(settings), _teams_places(settings) if whole else None)]
    tracked = doctor.trackers([tracker for tracker, _ in known(settings).values()])
    found += [doctor.language_model(settings, reach_of), tracked, doctor.links(settings)]
    found += [doctor.people(unreachable), doctor.deliveries(maybe)] if whole else []
    return found


def _teams_token(settings: Settings) -> Callable[[], Awaitable[None]]:
    """Fetches a token as a message would. Raises `Retry` with the reason."""

    async def fetch() -> None:
        import aiohttp

        from adapters.teams.credentials import Credentials

        credentials = Credentials(
            settings.teams_app_id,
            settings.teams_tenant_id,
            secret=settings.teams_app_password,
            certificate=settings.teams_app_certificate,
            login_url=settings.teams_login_url,
        )
        async with aiohttp.ClientSession() as session:
            await credentials.token(session)

    return fetch


def _teams_places(settings: Settings) -> Callable[[], Awaitable[dict[str, list[tuple[str, bool]]]]]:
    """Where the app is, by kind: names, and whether everything said there arrives."""

    async def places() -> dict[str, list[tuple[str, bool]]]:
        from adapters.teams.references import Reference
        from bot.building import open_store
        from storage.references import SqlReferences

        async def nothing(_work: object) -> None:
            """The doctor writes nothing."""

        kept = SqlReferences(open_store(settings, migrated=False), nothing, Reference, "teams")
        found = {kind: await kept.listed(settings.teams_tenant_id, kind) for kind in ("team", "group", "person")}
        return {
            kind: [(one.name or one.id, one.heard == "yes") for one in all_ if one.installed != "no"]
            for kind, all_ in found.items()
        }

    return places
