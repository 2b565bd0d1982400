"""What the simulated platforms share about waiting: work that is under way, and somebody who looks on for changes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Work:
    """Deliveries that nobody waits for, each a task of its own."""

    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    @property
    def under_way(self) -> int:
        return len(self._tasks)

    async def settled(self, seconds: float = 10.0) -> bool:
        """Waits until every delivery is acknowledged or given up; False when that takes longer than `seconds`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._tasks and loop.time() < until:
            await asyncio.wait(list(self._tasks), timeout=max(0.0, until - loop.time()))
        return not self._tasks

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Watched:
    """Something that is looked at: `revision` grows with every change."""

    def __init__(self) -> None:
        self.revision = 0
        self._changed = asyncio.Event()

    def changed(self) -> None:
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for_change(self, known: int, seconds: float) -> None:
        if self.revision != known:
            return
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return
