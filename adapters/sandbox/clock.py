"""The sandbox's clock: real time plus an offset that a visitor or a story moves, for platforms and bot alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class MovedClock:
    """`told` stores the offset (in seconds) where the bot's database finds it. Time never goes back."""

    def __init__(self, told: Callable[[float], None], start: datetime | None = None, *, exact: bool = False) -> None:
        self._told = told
        self._story = start or datetime.now(UTC)
        self._offset = self._story - datetime.now(UTC)
        self._exact = exact
        told(self._offset.total_seconds())

    def now(self) -> datetime:
        """In UTC. An exact clock stands still between two steps of a story, so that each performance is the same."""
        return self._story if self._exact else datetime.now(UTC) + self._offset

    async def advance(self, by: timedelta) -> None:
        self._story += by
        self._offset = self._story - datetime.now(UTC) if self._exact else self._offset + by
        await asyncio.to_thread(self._told, self._offset.total_seconds())
