"""Starting on a database that may forget is refused; stopping finishes what was begun; each answer follows a sync."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.words import teams as words
from tests.faults.conftest import Rigged
from tests.faults.driver import Driver
from tests.faults.processes import Bot
from tests.faults.remembering import execute
from tests.faults.rig import Rig, until
from tests.faults.storms import assert_survived, settle
from tests.faults.story import Story
from tests.postgres import Postgres, free_port, fresh_postgres, running_postgres
from tests.teams.issuer import activity

ACKS = 200


async def refused(rig: Rig) -> str:
    """What it says when it does not start."""
    await rig.bot.launch()
    assert await rig.bot.ended(30) == 2
    return rig.bot.log()


async def starts_where_allowed(rig: Rig) -> str:
    await rig.bot.start(DEBRIEF_ALLOW_UNSAFE_DB="1")
    return rig.bot.log()


async def test_sqlite_that_does_not_sync_fully_is_refused_unless_allowed(rig: Rigged, sqlite_url: str) -> None:
    async with rig(sqlite_url, bot_url=f"{sqlite_url}?synchronous=NORMAL") as running:
        said = await refused(running)
        assert "synchronous" in said
        assert "DEBRIEF_ALLOW_UNSAFE_DB=1" in said
        assert "UNSAFE DATABASE" in await starts_where_allowed(running)


async def test_postgresql_that_commits_before_it_syncs_is_refused_unless_allowed(
    rig: Rigged, postgres_url: str
) -> None:
    name = postgres_url.rsplit("/", 1)[-1]
    select_nothing(postgres_url, f"ALTER DATABASE {name} SET synchronous_commit = off")
    async with rig(postgres_url) as running:
        assert "synchronous_commit" in await refused(running)
        assert "UNSAFE DATABASE" in await starts_where_allowed(running)


async def test_where_no_token_is_checked_a_banner_says_so_and_a_local_client_is_answered(tmp_path: Path) -> None:
    port = free_port()
    bot = Bot(tmp_path, {
        "PATH": "/usr/bin:/bin", "DATABASE_URL": f"sqlite:///{tmp_path}/debrief.db", "DEBRIEF_PORT": str(port),
        "DEBRIEF_ALLOW_SIMULATORS": "1", "TEAMS_AUTH": "off",
    })  # fmt: skip
    await bot.start()
    try:
        assert words.banner() in bot.log()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.post("/api/messages", json=activity())).status_code == 200
    finally:
        await bot.stop()


async def test_postgresql_without_fsync_is_refused(rig: Rigged) -> None:
    with running_postgres(fsync=False) as server, fresh_postgres(server) as url:
        async with rig(url) as running:
            assert "fsync" in await refused(running)


def select_nothing(url: str, words: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(words.encode())


async def test_told_to_stop_under_load_it_finishes_what_it_has_and_is_gone_in_time(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        story = Story(running)
        await running.start()
        await running.declare()
        talking = asyncio.create_task(story.talk(3600))
        for _ in range(3):
            await asyncio.sleep(1.0)
            assert await running.bot.stop() < 10
            assert running.bot.code() == 0
            await running.bot.start()
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        await settle(running)
        assert_survived(story, at_least=50)


async def test_replicas_replaced_in_turn_lose_nothing(rig: Rigged, postgres_url: str) -> None:
    async with rig(postgres_url, replicas=3) as running:
        story = Story(running)
        await running.start()
        await running.declare()
        talking = asyncio.create_task(story.talk(3600))
        for bot in running.bots:
            await asyncio.sleep(0.5)
            assert await bot.stop() < 10
            await bot.start()
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        await settle(running)
        assert_survived(story, at_least=50)


# -- a sync before each answer


@contextmanager
def traced(pid: int, out: Path) -> Iterator[None]:
    """Writes down every sync of a process and of what it forks from now on, with the wall time."""
    command = ["strace", "-f", "-ttt", "-e", "trace=fsync,fdatasync", "-o", str(out), "-p", str(pid)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    assert b"attached" in child.stderr.readline()
    try:
        yield
    finally:
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=10)


def syncs(out: Path) -> list[float]:
    found = re.findall(r"^\d+ +(\d+\.\d+) (?:fsync|fdatasync|<\.\.\. f\w*sync resumed)", out.read_text(), re.MULTILINE)
    return sorted(float(at) for at in found)


async def every_answer_after_a_sync(rig: Rig, out: Path) -> None:
    driver = Driver(rig)
    await rig.bot.start()
    room = await rig.declare()
    await rig.quiet()
    spans = []
    with traced(rig.bot.pid, out) if rig.url.startswith("sqlite") else _nothing():
        for number in range(ACKS):
            asked = time.time()
            assert (await driver.post(driver.message(room, f"message {number}"))).ok
            spans.append((asked, time.time()))
    await driver.close()
    assert unsynced(spans, out) == []


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def unsynced(spans: list[tuple[float, float]], out: Path) -> list[tuple[float, float]]:
    times = syncs(out)
    return [(asked, told) for asked, told in spans if not any(asked <= at <= told for at in times)]


@pytest.mark.strace
async def test_sqlite_syncs_between_each_request_and_its_answer(rig: Rigged, sqlite_url: str, tmp_path: Path) -> None:
    async with rig(sqlite_url) as running:
        await every_answer_after_a_sync(running, tmp_path / "syncs")


@pytest.mark.strace
async def test_postgresql_syncs_between_each_request_and_its_answer(
    rig: Rigged, postgres: Postgres, postgres_url: str, tmp_path: Path
) -> None:
    assert postgres.child is not None
    out = tmp_path / "syncs"
    with traced(postgres.child.pid, out):
        async with rig(postgres_url) as running:
            await every_answer_after_a_sync(running, out)


async def test_the_measure_of_syncs_sees_their_absence(tmp_path: Path) -> None:
    out = tmp_path / "syncs"
    out.write_text(
        "12 5.000000 fdatasync(3) = 0\n12 7.500000 fsync(3 <unfinished ...>\n12 7.6 <... fsync resumed>) = 0\n"
    )
    assert unsynced([(4.0, 6.0), (6.1, 7.0), (7.1, 8.0)], out) == [(6.1, 7.0)]


async def test_what_was_said_while_everything_was_down_is_fetched_and_the_card_says_so_until_then(
    rig: Rigged, sqlite_url: str
) -> None:
    async with rig(sqlite_url) as running:
        await running.start()
        room = await running.declare()
        root = await running.sim.say("tom", room, "a thread from before")
        misspelt = await running.sim.say("tom", room, "teh pool")
        await running.quiet()
        await running.bot.kill()
        execute(sqlite_url, f"INSERT OR REPLACE INTO setting VALUES ('heard slack', '{time.time() - 1200}')")
        running.sim.faults.on_delivery("drop", "message*")
        await running.sim.say("tom", room, "the pool is empty")
        await running.sim.say("tom", room, "a late reply", thread_ts=root.ts)
        await running.sim.edit("tom", room, misspelt.ts or "", "the pool")
        await running.sim.settled()
        running.sim.faults.clear()
        await running.start()
        gap = "SELECT 1 FROM incident WHERE body LIKE '%nobody listened to Slack for%'"
        await until(lambda: running.rows(gap), 40, every=0.005)
        await until(lambda: not running.rows(gap), 20)
        said = [text for (text,) in running.rows("SELECT text FROM entry WHERE kind = 'message' ORDER BY occurred")]
        assert sorted(said) == ["a late reply", "a thread from before", "the pool", "the pool is empty"]
