"""After an outage: what was said while nobody listened is fetched.

Law: until when somebody listened is written down, by all replicas in one place; an outage that could not be told of is
told of again until it could.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.errors import Unavailable

log = logging.getLogger("debrief.slack")
EVERY = 10.0
"""Seconds between two entries of somebody who listens."""
SILENT = 3 * EVERY
"""Seconds without an entry after which nobody listened, for a program that was running all the while."""
SPARE = 30.0
"""Seconds by which the clocks of replicas and of Slack may differ."""
Sleep = Callable[[float], Awaitable[None]]


class Heard(Protocol):
    """Until when somebody listened to Slack, in seconds since 1970. Both raise `Unavailable`."""

    async def last(self) -> float:
        """0 where nobody ever did."""

    async def write(self, at: float) -> None: ...


class Outages:
    """`repeated`: seconds for which Slack sends again by itself what nobody took. `missed` is told since when something
    may be missing, and until when; it answers whether that was taken note of."""

    def __init__(
        self,
        heard: Heard,
        missed: Callable[[float, float], Awaitable[bool]],
        listening: Callable[[], bool],
        clock: Callable[[], float],
        *,
        repeated: float,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._heard = heard
        self._missed = missed
        self._listening = listening
        self._clock = clock
        self._repeated = repeated
        self._sleep = sleep
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._watching = asyncio.create_task(self._watch(), name="slack outages")

    def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        began, since = self._clock(), await self._until_readable()
        await self._sleep(EVERY * 1.5)
        if await self._until_readable() != since:
            began = since  # another replica listens
        least = self._repeated
        while True:
            if self._listening() and await self._caught_up(since, began, least):
                since, least = await self._entered(since), SILENT
            await self._sleep(EVERY)
            began = self._clock()

    async def _until_readable(self) -> float:
        while True:
            try:
                return await self._heard.last()
            except Unavailable:
                await self._sleep(EVERY)

    async def _caught_up(self, since: float, began: float, least: float) -> bool:
        if not since or began - since <= least:
            return True
        return await self._missed(since - SPARE, began)

    async def _entered(self, since: float) -> float:
        try:
            await self._heard.write(now := self._clock())
        except Unavailable:
            return since
        return now
