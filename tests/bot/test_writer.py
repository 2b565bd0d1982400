"""The queue in front of the database: what several threads find at the same moment is said once, and ends no thread."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import NoReturn

import pytest

from bot.command import Command
from bot.errors import Unavailable
from bot.similar import Foreseen
from bot.writer import Writer
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
