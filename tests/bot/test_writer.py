"""The queue in front of the database: what several threads find at the same moment is said once, and ends no thread."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from contextlib import suppress
from typing import NoReturn

import pytest

from bot.command import Command, Origin
from bot.commands.similar import Similar
from bot.errors import Unavailable, UnknownTenant
from bot.similar import Foreseen
from bot.writer import AHEAD, Writer
from tests.faults.rig import until

THREADS = 3


class Away:
    """A database that is away, and is found to be back by all threads at once."""

    def __init__(self) -> None:
        self.together = threading.Barrier(THREADS)

    def transaction(self, foreseen: Foreseen | None = None) -> NoReturn:
        raise Unavailable

    def foresee(self, command: Command) -> Foreseen | None:
        return None

    def probe(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self.together.wait(1)


async def test_threads_that_find_the_database_back_at_once_all_go_on(caplog: pytest.LogCaptureFixture) -> None:
    store = Away()
    writer = Writer(store, threads=THREADS)
    writer.start()
    threads = [one for one in threading.enumerate() if one.name.startswith("writer-")]
    with caplog.at_level(logging.WARNING, "debrief.writer"):
        for _ in range(3):
            with suppress(Unavailable):
                await writer.call(lambda tx: tx)
            assert not writer.available
            await until(lambda: writer.available, 20)
    assert [one.is_alive() for one in threads] == [True] * THREADS
    said = ["back" if "back after" in one.getMessage() else "away" for one in caplog.records]
    assert said == ["away", "back"] * 3
    store.together.abort()
    await writer.stop()
    assert not any(one.is_alive() for one in threads)


class Slow:
    """A database in which what is looked for beforehand is found to be wrong long after its time."""

    def __init__(self) -> None:
        self.looked = threading.Event()

    def transaction(self, foreseen: Foreseen | None = None) -> NoReturn:
        raise UnknownTenant

    def foresee(self, command: Command) -> Foreseen | None:
        self.looked.wait(AHEAD * 2)
        raise Unavailable

    def probe(self) -> None:
        pass


async def test_what_goes_wrong_with_a_look_ahead_after_its_time_is_no_complaint(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Slow()
    writer = Writer(store)
    writer.start()
    with pytest.raises(UnknownTenant):
        await writer.submit(Similar(origin=Origin(id="1", platform="slack", tenant="T1")))
    store.looked.set()
    await asyncio.sleep(0.1)
    gc.collect()
    await writer.stop()
    assert caplog.records == []
