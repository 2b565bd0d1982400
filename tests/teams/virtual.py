"""Time that passes only while everybody waits: hours of waiting in no time, and the same order every time."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from itertools import count
from typing import Any

ROUNDS = 25
"""How often everybody who is ready gets a turn before time goes on."""


class Time:
    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.now + seconds, next(self._order), woken))
        await woken

    async def run(self, *tasks: Coroutine[Any, Any, None]) -> None:
        running = [asyncio.ensure_future(task) for task in tasks]
        while not all(task.done() for task in running):
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            if self._waiting and not all(task.done() for task in running):
                self.now, _, woken = heapq.heappop(self._waiting)
                if not woken.done():
                    woken.set_result(None)
        await asyncio.gather(*running)
