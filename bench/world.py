"""The programs under load: a real `debrief run`, the simulated Slack that it talks to, and Bolt as the reference."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bench import events
from bench.driving import full_speed
from tests.faults.processes import ROOT, Bot
from tests.faults.rig import Rig, rigged
from tests.postgres import free_port, fresh_postgres, running_postgres

PEOPLE = ("maya", "tom", "ines", "kenji")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/debrief.db"
        return
    with running_postgres() as server, fresh_postgres(server) as url:
        yield url


@asynccontextmanager
async def debrief(kind: str = "sqlite", *, prepared: Callable[[Path, str], None] | None = None) -> AsyncIterator[Rig]:
    """One program that is ready, over a database that nobody used before. `prepared` may fill it first."""
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as place:
        folder = Path(place)
        with database(kind, folder) as url:
            if prepared is not None:
                prepared(folder, url)
            async with rigged(folder, url) as rig:
                await rig.start()
                yield rig


@contextmanager
def bolt(rig: Rig) -> Iterator[tuple[int, int]]:
    """Its port and its process id."""
    port = free_port()
    words = [str(port), rig.sim.credentials.signing_secret, rig.sim.bot_token(), f"{rig.api}/slack/api/"]
    with subprocess.Popen(
        [sys.executable, "-m", "bench.bolt_server", *words], cwd=ROOT, stdin=subprocess.PIPE
    ) as child:
        yield port, child.pid
        child.communicate()


def port_of(bot: Bot) -> int:
    return int(bot.env["DEBRIEF_PORT"])


def cpu(pid: int) -> float:
    """Seconds of processor time that a program used so far, those of all its threads together."""
    used = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        used += int((task / "schedstat").read_text().split()[0])
    return used / 1e9


def memory(pid: int) -> float:
    """Resident megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def said(rig: Rig, room: str, count: int) -> list[bytes]:
    """Signed events of messages in a channel, ready to be sent."""
    team, app = rig.sim.team, rig.sim.app_id
    users = [rig.sim.user(name).id for name in PEOPLE]
    payloads = [
        events.message(team.id, app, team.bot_user, room, users[number % len(users)])[0] for number in range(count)
    ]
    return events.requests(rig.sim.credentials.signing_secret, payloads)


async def warmed(port: int, requests: list[bytes], seconds: float = 30.0) -> None:
    """Waits until a server answers at all, then lets it run itself in."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            await full_speed(port, requests, 8)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            return
