"""The database stalls, is cut, slow, locked or full: 503 in time, never a 200, and nothing accepted is missing."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from statistics import median

import httpx
import pytest

from adapters.sandbox.outgoing import Answer
from tests.faults.conftest import Rigged
from tests.faults.driver import Driver
from tests.faults.relay import Relay
from tests.faults.rig import Rig, until
from tests.postgres import Postgres, fresh_postgres, running_postgres

SLACKS_PATIENCE = 3000.0
"""Milliseconds."""
AT_ONCE = 1000.0
"""Ten times what an answer may take while the database is known to be away."""
FLAT = 30 << 20


@asynccontextmanager
async def driving(rig: Rig) -> AsyncIterator[tuple[Driver, str]]:
    """Everything started, with an incident to talk in."""
    driver = Driver(rig)
    await rig.start()
    room = await rig.declare()
    await rig.quiet()
    try:
        yield driver, room
    finally:
        await driver.close()


async def ready(rig: Rig) -> bool:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{rig.bot.env['DEBRIEF_PORT']}/readyz")).status_code == 200


async def outage(rig: Rig, driver: Driver, room: str, begin: Callable[[], None], end: Callable[[], None]) -> None:
    """Refused in time while it lasts, well again without a restart after it, and everything repeated is stored."""
    before = rig.bot.memory()
    assert (await driver.post(driver.message(room, "before"))).ok
    begin()
    first = await asyncio.gather(*(driver.post(driver.message(room, f"first {n}")) for n in range(5)))
    refused(first, SLACKS_PATIENCE)
    later = await for_a_while(driver, room, 4.0)
    refused(later, AT_ONCE)
    assert median(answer.ms for answer in later) < 100
    assert rig.bot.memory() - before < FLAT
    end()
    await until(lambda: _accepted(driver, room), 10)
    await driver.repeat_refused()
    assert len(driver.accepted) == len(driver.sent)
    assert driver.missing() == []
    assert await until(lambda: ready(rig), 10)


def refused(answers: list[Answer], within: float) -> None:
    assert [answer.status for answer in answers if answer.status != 503] == []
    assert max(answer.ms for answer in answers) < within


async def for_a_while(driver: Driver, room: str, seconds: float) -> list[Answer]:
    ends, answers = time.monotonic() + seconds, list[Answer]()
    while time.monotonic() < ends:
        answers.append(await driver.post(driver.message(room, f"later {len(driver.sent)}")))
        await asyncio.sleep(0.02)
    return answers


async def _accepted(driver: Driver, room: str) -> bool:
    return (await driver.post(driver.message(room, f"after {len(driver.sent)}"))).ok


class Holder:
    """Another program that holds the whole SQLite file."""

    def __init__(self, url: str) -> None:
        self._path = url.removeprefix("sqlite:///")
        self._over = threading.Event()
        self._held = threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def begin(self) -> None:
        self._thread.start()
        assert self._held.wait(10)

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _hold(self) -> None:
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as held:
            held.execute("BEGIN EXCLUSIVE")
            self._held.set()
            self._over.wait(60)
            held.execute("ROLLBACK")


async def test_a_locked_sqlite_file_is_answered_with_503_until_it_is_free(rig: Rigged, sqlite_url: str) -> None:
    holder = Holder(sqlite_url)
    async with rig(sqlite_url) as running, driving(running) as (driver, room):
        await outage(running, driver, room, holder.begin, holder.end)


@pytest.mark.parametrize("how", ["stalled", "cut"])
async def test_postgresql_out_of_reach_is_answered_with_503_until_it_is_back(
    rig: Rigged, postgres: Postgres, postgres_url: str, how: str
) -> None:
    relay = Relay(("127.0.0.1", postgres.port))
    through = postgres_url.replace(f":{postgres.port}/", f":{relay.port}/")
    try:
        async with rig(postgres_url, bot_url=through) as running, driving(running) as (driver, room):
            begin = relay.stall if how == "stalled" else relay.break_off
            await outage(running, driver, room, begin, relay.restore)
    finally:
        relay.restore()
        relay.close()


async def test_slow_commits_are_answered_in_time_and_truly(rig: Rigged, postgres: Postgres, postgres_url: str) -> None:
    relay = Relay(("127.0.0.1", postgres.port))
    through = postgres_url.replace(f":{postgres.port}/", f":{relay.port}/")
    try:
        async with rig(postgres_url, bot_url=through) as running, driving(running) as (driver, room):
            relay.slow, relay.delay = b"COMMIT", 2.0
            answers = await _several(driver, room, 6.0)
            relay.slow = b""
            assert {answer.status for answer in answers} <= {200, 503}
            assert max(answer.ms for answer in answers) < SLACKS_PATIENCE
            await until(lambda: _accepted(driver, room), 15)
            await driver.repeat_refused()
            assert driver.missing() == []
    finally:
        relay.close()


async def _several(driver: Driver, room: str, seconds: float) -> list[Answer]:
    ends, waiting = time.monotonic() + seconds, list[Awaitable[Answer]]()
    while time.monotonic() < ends:
        waiting.append(asyncio.ensure_future(driver.post(driver.message(room, f"slowly {len(driver.sent)}"))))
        await asyncio.sleep(0.1)
    return list(await asyncio.gather(*waiting))


async def test_a_full_disk_is_answered_with_503_until_there_is_room_again(rig: Rigged, sqlite_url: str) -> None:
    async with rig(sqlite_url) as running, driving(running) as (driver, room):
        pid, free = running.bot.pid, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        refused(await for_a_while(driver, room, 3.0), SLACKS_PATIENCE)
        assert not await ready(running)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, free)
        await until(lambda: _accepted(driver, room), 15)
        await driver.repeat_refused()
        assert driver.missing() == []
        assert running.rows("PRAGMA integrity_check") == [("ok",)]
        assert await until(lambda: ready(running), 10)


async def test_crashes_of_postgresql_under_load_lose_nothing(rig: Rigged) -> None:
    with running_postgres() as server, fresh_postgres(server) as url:
        async with rig(url) as running, driving(running) as (driver, room):
            for _ in range(3):
                talking = asyncio.create_task(_several(driver, room, 3.0))
                await asyncio.sleep(1.0)
                await asyncio.to_thread(server.crash_and_restart)
                answers = await talking
                assert {answer.status for answer in answers} <= {200, 503}
                assert max(answer.ms for answer in answers) < SLACKS_PATIENCE
                await until(lambda: _accepted(driver, room), 15)
            await driver.repeat_refused()
            assert driver.missing() == []
