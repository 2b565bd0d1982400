"""Slack's limits: lengths of what is sent, and how often each method may be called.

Law: a limiter belongs to (tenant, method) or (tenant, channel); one that is exhausted holds up nobody else.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_CHARS, VIEW_CHARS = 12_000, 24_000
RICH_CHARS = 3000
HEADER, CONTEXT, FALLBACK = 150, 2000, 3000
BUTTON_LABEL, BUTTON_VALUE, BUTTONS = 75, 2000, 25
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
VIEW_TITLE, METADATA, BLOCK_ID, ACTION_ID = 24, 3000, 255, 255
LABEL, HINT, OPTION_LABEL, OPTION_VALUE, OPTIONS, TYPED = 2000, 2000, 75, 150, 100, 3000
CHANNEL_NAME, TOPIC = 80, 250

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute for each workspace."""
TIER_OF = {
    "chat.postMessage": 200, "chat.postEphemeral": TIERS[4], "chat.update": TIERS[3], "conversations.create": TIERS[2],
    "conversations.members": TIERS[4],
    "conversations.history": TIERS[3], "conversations.info": TIERS[3], "conversations.invite": TIERS[3],
    "conversations.join": TIERS[3], "conversations.kick": TIERS[3], "conversations.list": TIERS[2],
    "conversations.open": TIERS[3], "conversations.replies": TIERS[3], "conversations.setPurpose": TIERS[2],
    "conversations.setTopic": TIERS[2], "pins.add": TIERS[2], "users.conversations": TIERS[3],
    "users.info": TIERS[4], "views.open": TIERS[4], "views.publish": TIERS[4],
}  # fmt: skip
"""Calls a minute of each method used; posting has a cap for the workspace beside one a second per channel."""
CHANNEL_RATE, CHANNEL_BURST = 1.0, 2
"""Slack takes three at once; the third is left for what requests gain on each other on their way."""


class Held(Exception):
    """No call before `seconds` have passed."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"held for {seconds:.1f} s")


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
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._buckets: dict[tuple[str, str], float] = {}
        self._blocked: dict[tuple[str, str], float] = {}

    async def turn(self, tenant: str, method: str, channel: str = "") -> None:
        """Waits for a turn of `method` (and of posting into `channel`). Raises `Held` where that would take long."""
        while (wait := self._wait(tenant, method, channel)) > 0:
            if wait > self._patience:
                raise Held(wait)
            await self._sleep(wait)
        if self._paced:
            self._take(tenant, method, channel)

    def block(self, tenant: str, method: str, seconds: float) -> None:
        """Obeys a `Retry-After`: no call of this method and workspace before it."""
        until = self._clock() + seconds
        self._blocked[tenant, method] = max(until, self._blocked.get((tenant, method), 0.0))

    def _wait(self, tenant: str, method: str, channel: str) -> float:
        now = self._clock()
        waits = [self._blocked.get((tenant, method), 0.0) - now]
        if self._paced:
            calls = self._calls.get((tenant, method))
            allowed = TIER_OF.get(method, TIERS[2])
            if calls and len(calls) >= allowed:
                waits.append(calls[-allowed] + 60 - now)
            if channel:
                waits.append(self._buckets.get((tenant, channel), 0.0) - now - (CHANNEL_BURST - 1) / CHANNEL_RATE)
        return max(waits)

    def _take(self, tenant: str, method: str, channel: str) -> None:
        now = self._clock()
        calls = self._calls.setdefault((tenant, method), deque(maxlen=TIER_OF.get(method, TIERS[2])))
        calls.append(now)
        if channel:
            self._buckets[tenant, channel] = max(now, self._buckets.get((tenant, channel), 0.0)) + 1 / CHANNEL_RATE
            if len(self._buckets) > 5000:
                self._buckets = {key: until for key, until in self._buckets.items() if until > now}
