"""What waits between the event loop and the writer's threads, and how long it may.

Law: a thread is woken once for all captures that one turn of the loop brought, so that what came together is committed
together. Company is waited for only where there just was some, and then five milliseconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from bot.command import Capture, Command
from bot.ports import Transaction
from bot.similar import Foreseen

Future = asyncio.Future[Any]
COMPANY = 0.005
"""Seconds in which captures gather while many come: each commit costs as much as several of them."""


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    work: Command | Callable[[Transaction], Any]
    future: Future
    foreseen: Foreseen | None = None

    @property
    def is_capture(self) -> bool:
        return isinstance(self.work, Capture)


class Jobs:
    """Two lanes, each in its order. `put` is called on the event loop, everything else by the threads."""

    def __init__(self) -> None:
        self._urgent: deque[Job] = deque()
        self._others: deque[Job] = deque()
        self._gathering: list[Job] = []
        self._crowded = False
        """Whether the last captures that were taken were several."""
        self._bell: SimpleQueue[None] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._urgent) + len(self._others) + len(self._gathering)

    def put(self, loop: asyncio.AbstractEventLoop, job: Job, *, urgent: bool) -> None:
        if not job.is_capture:
            (self._urgent if urgent else self._others).append(job)
            self._bell.put(None)
            return
        if not self._gathering and self._crowded:
            loop.call_later(COMPANY, self._gathered)
        elif not self._gathering:
            loop.call_soon(self._gathered)
        self._gathering.append(job)

    def _gathered(self) -> None:
        """One thread is woken for all of them. Until then they are out of reach of a thread that is awake already."""
        self._others.extend(self._gathering)
        self._gathering.clear()
        self._bell.put(None)

    def take(self) -> Job | None:
        return _first(self._urgent) or _first(self._others)

    def captures(self, most: int) -> list[Job]:
        """Captures that stand next and are still waited for."""
        found: list[Job] = []
        while len(found) < most and not self._urgent and (job := _first(self._others)):
            if not job.is_capture:
                self._others.appendleft(job)
                break
            if not job.future.done():
                found.append(job)
        self._crowded = bool(found)
        return found

    def wait(self, seconds: float) -> bool:
        """Until something is put; False where nothing was."""
        try:
            self._bell.get(timeout=seconds)
        except Empty:
            return False
        return True


def _first(lane: deque[Job]) -> Job | None:
    try:
        return lane.popleft()
    except IndexError:
        return None


class Deadlines:
    """Everything has the same time, so that the oldest is the next to be late and one timer does for all."""

    def __init__(self, seconds: float, late: Callable[[Future], None]) -> None:
        self._seconds = seconds
        self._late = late
        self._watched: deque[tuple[float, Future]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, loop: asyncio.AbstractEventLoop, future: Future) -> None:
        self._forget_done()
        self._watched.append((loop.time() + self._seconds, future))
        if self._timer is None:
            self._timer = loop.call_at(self._watched[0][0], self._look, loop)

    def _forget_done(self) -> None:
        while self._watched and self._watched[0][1].done():
            self._watched.popleft()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        while self._watched and self._watched[0][0] <= now:
            _, future = self._watched.popleft()
            if not future.done():
                self._late(future)
        self._forget_done()
        if self._watched:
            self._timer = loop.call_at(self._watched[0][0], self._look, loop)
