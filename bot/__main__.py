"""The command `debrief`: reads the words and does what they ask for.

Law: this, `bot.building`, `bot.checking` and `bot.staging` alone of `bot` know adapters and storage. What is heavy is
imported inside the function that uses it, so that `debrief --help` answers at once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socket import socket

    from adapters.sandbox.demo import Performance
    from bot.settings import Settings
    from storage.store import SqlStore


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused or not well, 2 wrong words or settings."""
    from adapters.cli.parser import parser

    asked = parser().parse_args(argv)
    from bot.settings import SettingsWrong

    try:
        return COMMANDS[asked.command](asked, _settings(asked))
    except SettingsWrong as wrong:
        _say("Debrief does not start like this:", *(f"  - {line}" for line in wrong.problems))
        return 2
    except _Several:
        _say("There are several organisations here; use the HTTP API with a token of one of them.")
        return 2


def _say(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr)


def _settings(asked: argparse.Namespace) -> Settings:
    from dotenv import dotenv_values

    from bot.settings import read_settings

    told = {name: value for name, value in dotenv_values(Path.cwd() / ".env").items() if value is not None}
    told.update(os.environ)
    if getattr(asked, "port", None) is not None:
        told["DEBRIEF_PORT"] = str(asked.port)
    return read_settings(told)


# -- the commands


def _run(_asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.host import listen
    from bot.building import build_host, open_store
    from bot.failpoint import arm
    from bot.logs import configure
    from bot.words.teams import banner
    from storage.files import AlreadyRunning
    from storage.store import lock_for_run

    configure()
    arm(settings.failpoint)
    if settings.sandbox:
        return _run_sandbox(settings)
    try:
        with lock_for_run(settings.database_url), listen(settings.host, settings.port) as listener:
            if settings.unguarded:
                _say(banner())
            build_host(settings, open_store(settings)).run(listener, _announced(f"http://{_shown(listener)}/"))
    except AlreadyRunning as other:
        _say(str(other))
        return 2
    return 0


def _announced(address: str, *more: str) -> Callable[[], Awaitable[bool]]:
    async def announce() -> bool:
        print(f"Debrief is ready: {address}", *more, sep="\n", flush=True)
        return True

    return announce


def _shown(listener: socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _run_sandbox(settings: Settings) -> int:
    """The simulated platforms in the same process, with a database that lasts as long as the visit."""
    from adapters.host import listen
    from adapters.sandbox.transcript import beginning, load, short
    from bot.building import build_host
    from bot.staging import sandboxed
    from bot.words.terminal import SANDBOX

    script = short(load())
    # At night the story's reminder would wait for the morning, so it is the story's own hour in the sandbox.
    start = beginning(script, datetime.now(UTC))
    with listen(settings.host, settings.port) as listener, tempfile.TemporaryDirectory(prefix="debrief-") as folder:
        box = sandboxed(settings, listener, Path(folder), start=start, script=script)
        for sim in (box.slack, box.teams):
            if sim is not None and sim.player is not None:
                sim.player.pace, sim.player.waits = 1.0, True
        build_host(box.settings, box.store, box).run(listener, _announced(f"{box.settings.public_url}/", SANDBOX))
    return 0


def _demo(asked: argparse.Namespace, settings: Settings) -> int:
    """The whole story at full speed, on one platform after the other, over real connections on a free port."""
    from adapters.sandbox.demo import written
    from bot.logs import configure

    configure()
    platforms = ("slack", "teams") if asked.platform == "both" else (asked.platform,)
    performances = {platform: _performance(platform, asked.transport, settings) for platform in platforms}
    return written(performances, Path(asked.json) if asked.json else None, print)


def _performance(platform: str, transport: str, settings: Settings) -> Performance:
    """One performance, with a database that lasts as long as it does."""
    from adapters.host import listen
    from adapters.sandbox.demo import played
    from adapters.sandbox.transcript import beginning, load
    from bot.building import build_host
    from bot.staging import staged
    from storage.access import SqlAccess

    script = load()
    kept: list[Performance] = []
    start = beginning(script, datetime(2026, 1, 5, tzinfo=UTC))
    with listen("127.0.0.1", 0) as listener, tempfile.TemporaryDirectory(prefix="debrief-") as folder:
        box, witness = staged(
            platform, settings, listener, Path(folder), transport=transport, start=start, exact=True, script=script
        )

        async def play() -> bool:
            organisation = box.store.join(platform, witness.tenant, "Demonstration")
            token = SqlAccess(box.store).create_token(organisation, "demo", scope="read")
            kept.append(await played(witness, box.settings.public_url, token, lambda: host.outbox.quiet))
            return False

        host = build_host(box.settings, box.store, box)
        host.run(listener, play)
    return kept[0]


def _doctor(_asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli import doctor
    from bot.checking import checks

    return asyncio.run(doctor.examine(checks(settings), print))


def _manifest(asked: argparse.Namespace, settings: Settings) -> int:
    if asked.platform == "teams":
        return _teams_packages(asked, settings)
    import yaml

    from adapters.slack.manifest import manifest

    print(yaml.safe_dump(manifest(asked.url), sort_keys=False, allow_unicode=True, width=100), end="")
    return 0


def _teams_packages(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.teams.manifest import write_packages

    out, url = Path(asked.out or "debrief-teams.zip"), asked.url or settings.public_url
    first, second = write_packages(settings.teams_app_id, url, out, _say)
    print(f"{first}: upload this one in the Teams admin center, or under Apps > Manage your apps.")
    print(f"{second}: for tenants that do not take it yet; without slash commands and private answers to them.")
    return 0


def _migrate(_asked: argparse.Namespace, settings: Settings) -> int:
    from storage.migrate import migrate

    done = migrate(settings.database_url)
    print(f"Carried out: {', '.join(done)}." if done else "The tables are up to date.")
    return 0


class _Several(Exception):
    """The command line is for one organisation."""


def _opened(settings: Settings) -> tuple[SqlStore, str]:
    """The store with its only organisation; before any platform joined, one is made for the API and the command line.
    Raises `_Several`."""
    from bot.building import open_store
    from storage.reports import SqlReports

    store = open_store(settings)
    known = [one.id for one in SqlReports(store).organisations()]
    if len(known) > 1:
        raise _Several
    return store, known[0] if known else store.join("cli", "local", "Debrief")


def _token(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli.tokens import lifetime
    from storage.access import SqlAccess

    store, organisation = _opened(settings)
    lasts = lifetime(asked.expires)
    if asked.expires and lasts is None:
        _say("Nothing was made. --expires is said like 90d, 12h or 4w.")
        return 2
    access = SqlAccess(store)
    person = access.find_person(organisation, asked.person) if asked.person else None
    if asked.person and person is None:
        _say(f"I know nobody called {asked.person!r}, or several. Use the e-mail address.")
        return 2
    told = {"person": person.id if person else "", "scope": asked.scope, "lasts": lasts}
    print(access.create_token(organisation, asked.name, **told))
    return 0


def _people(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli import people
    from storage.access import SqlAccess
    from storage.reports import SqlReports

    store, organisation = _opened(settings)
    reports, access = SqlReports(store), SqlAccess(store)
    if asked.do == "list":
        admins = reports.policy(organisation)[0].policies.admins
        return people.listed(reports.everybody(organisation), admins, print)
    find = partial(access.find_person, organisation)
    if asked.do == "admin":
        return people.named(store, organisation, asked.who, asked.off, find, print, _say)
    return people.linked(store, organisation, asked.kept, asked.other, find, print, _say)


def _parked(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli import verbs
    from bot.building import open_store

    store = open_store(settings)
    return verbs.parked(store, print) if asked.do == "list" else verbs.replayed(store, asked.ids, print)


def _reminders(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli import reminders
    from bot.building import open_store
    from storage.copying import simulated

    whole = partial(open_store, settings, patient=True)
    return reminders.simulate(asked.simulate, lambda ahead: simulated(whole(), ahead), print, _say)


def _policy(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli import policy
    from storage.reports import SqlReports

    if asked.do == "check":
        return policy.check(Path(asked.file), print, _say)
    store, organisation = _opened(settings)
    if asked.do == "show":
        return policy.show(*SqlReports(store).policy(organisation), print)
    dates, apply = "open" if asked.open_items else "new", asked.do == "apply"
    return policy.change(store, organisation, Path(asked.file), print, _say, dates=dates, apply=apply)


def _incident(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli import verbs

    store, organisation = _opened(settings)
    return verbs.incident(store, organisation, " ".join(asked.words), print, settings.public_url)


def _export(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli import exporting
    from adapters.export.formats import FORMATS, with_addresses
    from storage.people import integration
    from storage.reports import SqlReports

    store, organisation = _opened(settings)
    record = SqlReports(store).record(integration(organisation, "operator"), asked.key.upper())
    export = with_addresses if asked.format == "json" else FORMATS[asked.format]
    return exporting.written(record, asked.key, export, Path(asked.out) if asked.out else None, _say)


def _import(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli import exporting

    store, organisation = _opened(settings)
    return exporting.read_back(store, organisation, Path(asked.file), asked.as_new, print, _say)


def _chat(_asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.terminal.keyboard import run
    from bot.building import open_store

    with tempfile.TemporaryDirectory(prefix="debrief-") as folder:
        store = open_store(settings.model_copy(update={"database_url": f"sqlite:///{folder}/chat.db"}))
        store.join("terminal", "here", "This terminal")
        code: int = run(store)
        return code


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "run": _run,
    "demo": _demo,
    "doctor": _doctor,
    "manifest": _manifest,
    "migrate": _migrate,
    "token": _token,
    "people": _people,
    "parked": _parked,
    "reminders": _reminders,
    "policy": _policy,
    "incident": _incident,
    "export": _export,
    "import": _import,
    "chat": _chat,
}

if __name__ == "__main__":
    sys.exit(main())
