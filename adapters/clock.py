"""APScheduler as a clock and nothing more: one job every two seconds, in UTC, without a job store.

Law: the beat decides nothing. What is due stands in rows, and is decided by `bot.tick` under the database's clock.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import Unavailable

log = logging.getLogger("debrief.clock")
BEAT = 2
"""Seconds."""


class Clock:
    """Calls each beat every two seconds, never two at once; a missed beat is caught up by the next one."""

    def __init__(self) -> None:
        self._beats: tuple[Callable[[], Awaitable[None]], ...] = ()
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self, *beats: Callable[[], Awaitable[None]]) -> None:
        self._beats = beats
        self._scheduler.add_job(
            self._beat, "interval", seconds=BEAT, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _beat(self) -> None:
        for beat in self._beats:
            try:
                await beat()
            except Unavailable:
                log.debug("no beat while the database is away")
            except Exception:
                log.exception("a beat failed; the next one is in %d s", BEAT)
