"""How often Teams may be called, and one call at a time in each conversation.

Law: no window is ever exceeded, however long a call is on its way; a conversation that has to wait holds up no other.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Literal

Scenario = Literal["send", "create", "members", "conversations"]
Window = tuple[int, float]
POSTING: tuple[Window, ...] = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
READING: tuple[Window, ...] = ((14, 1.0), (16, 2.0), (120, 30.0), (3600, 3600.0))
WINDOWS: dict[Scenario, tuple[Window, ...]] = {
    "send": POSTING,
    "create": POSTING,
    "members": READING,
    "conversations": READING,
}
"""(calls, seconds) for each bot and thread (Microsoft Learn, Optimize your bot with rate limiting in Teams). Changing
and deleting count as sending."""
TENANT: tuple[Window, ...] = ((30, 1.0),)
"""Calls of an app in a tenant, whatever they are; the same page."""
LANES, IDLE, FORGOTTEN = 5000, 60.0, 3600.0
"""How many threads are remembered; beyond that, those that have been idle are forgotten."""
NEXT = 1.0
"""When to ask again for a conversation whose call under way takes long."""


class Held(Exception):
    """No call before `seconds` have passed."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"held for {seconds:.1f} s")


class Lane:
    """Calls that share windows. A call counts from when it is sent until its window after its *answer*: between the
    two it arrives there, and nobody here knows when."""

    def __init__(self, windows: tuple[Window, ...]) -> None:
        self._windows = windows
        self._answered: deque[float] = deque(maxlen=max(calls for calls, _ in windows))
        self._under_way = 0
        self.last = 0.0

    def wait(self, now: float) -> float:
        """Seconds until one more call keeps all windows; at most 0 means that it may be sent at once."""
        return max(self._until_free(calls, seconds, now) for calls, seconds in self._windows)

    def _until_free(self, calls: int, seconds: float, now: float) -> float:
        """A call under way is taken to be answered now, which is the latest that it can have been until now."""
        needed = calls - self._under_way
        if needed <= 0:
            return seconds
        return self._answered[-needed] + seconds - now if len(self._answered) >= needed else 0.0

    def begin(self) -> None:
        self._under_way += 1

    def end(self, now: float) -> None:
        self._under_way -= 1
        self._answered.append(now)
        self.last = now

    def idle(self, now: float, seconds: float) -> bool:
        return not self._under_way and now - self.last > seconds


class Limits:
    """`patience` is how long a caller waits for its turn; longer waits raise `Held`. `paced=False` obeys 429 alone."""

    def __init__(
        self,
        *,
        patience: float = 2.0,
        paced: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._patience = patience
        self._paced = paced
        self._clock = clock
        self._sleep = sleep
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        """By conversation, with how many want it; there is one only while somebody does."""
        self._blocked: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, scenario: Scenario, tenant: str, conversation: str) -> AsyncIterator[None]:
        """Holds the conversation while the call is under way. Raises `Held` where a turn would come late."""
        async with self._alone(conversation):
            lanes = await self._free(scenario, tenant, thread_of(conversation))
            for lane in lanes:
                lane.begin()
            try:
                yield
            finally:
                for lane in lanes:
                    lane.end(self._clock())

    def block(self, conversation: str, seconds: float) -> None:
        """Obeys a `Retry-After`: nothing more goes to this conversation's thread before it."""
        now, thread = self._clock(), thread_of(conversation)
        if len(self._blocked) >= LANES:
            self._blocked = {key: until for key, until in self._blocked.items() if until > now}
        self._blocked[thread] = max(now + seconds, self._blocked.get(thread, now))

    @asynccontextmanager
    async def _alone(self, conversation: str) -> AsyncIterator[None]:
        """Concurrent calls in one conversation are answered 412 (Microsoft Learn, status codes from bot APIs)."""
        lock, wanted = self._locks.get(conversation, (asyncio.Lock(), 0))
        self._locks[conversation] = (lock, wanted + 1)
        try:
            await self._locked(lock)
            try:
                yield
            finally:
                lock.release()
        finally:
            self._left(conversation)

    async def _locked(self, lock: asyncio.Lock) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience if lock.locked() else None):
                await lock.acquire()
            return
        raise Held(NEXT)

    def _left(self, conversation: str) -> None:
        lock, wanted = self._locks[conversation]
        if wanted > 1:
            self._locks[conversation] = (lock, wanted - 1)
        else:
            del self._locks[conversation]

    async def _free(self, scenario: Scenario, tenant: str, thread: str) -> list[Lane]:
        """The lanes that a call counts in, as soon as all of them have room."""
        waited = 0.0
        while True:
            lanes = self._lanes_of(scenario, tenant, thread)
            now = self._clock()
            wait = max([self._blocked.get(thread, now) - now, *(lane.wait(now) for lane in lanes)])
            if wait <= 0:
                return lanes
            if waited + wait > self._patience:
                raise Held(wait)
            wait = max(wait, 0.001)
            waited += wait
            await self._sleep(wait)

    def _lanes_of(self, scenario: Scenario, tenant: str, thread: str) -> list[Lane]:
        if not self._paced:
            return []
        if len(self._lanes) >= LANES:
            self._forget()
        thread_lane = self._lanes.setdefault((scenario, thread), Lane(WINDOWS[scenario]))
        return [thread_lane, self._lanes.setdefault(("tenant", tenant), Lane(TENANT))]

    def _forget(self) -> None:
        """First what is idle for the longest window, and so changes nothing; in need, for the next longest."""
        now = self._clock()
        for seconds in (FORGOTTEN, IDLE):
            self._lanes = {key: lane for key, lane in self._lanes.items() if not lane.idle(now, seconds)}
            if len(self._lanes) < LANES * 3 // 4:
                return


def thread_of(conversation: str) -> str:
    """What the limits are about: a chat, or a channel with all its threads (the rate limiting page says so)."""
    return conversation.split(";", 1)[0]
