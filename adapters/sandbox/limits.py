"""Rate limits in real time: token buckets per (workspace, method) and per (workspace, channel) for posts.

Tiers grant 1, 20, 50 and 100 calls a minute; posting grants one message a second and channel, with a burst of three.
"""

import math
import time
from dataclasses import dataclass, field

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
SPECIAL = 600
BURST = 3


@dataclass
class Bucket:
    capacity: float
    per_second: float
    left: float
    at: float

    def wait(self, moment: float) -> float:
        """Takes one token and answers 0, or answers the seconds until one is there and takes none."""
        self.left = min(self.capacity, self.left + (moment - self.at) * self.per_second)
        self.at = moment
        if self.left >= 1 - 1e-9:
            self.left -= 1
            return 0.0
        return (1 - self.left) / self.per_second


@dataclass
class Limits:
    """`time_scale` below 1 makes a minute of the limiter shorter than a real one."""

    enabled: bool = True
    time_scale: float = 1.0
    restricted_history: bool = False
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)

    def retry_after(self, team: str, method: str, tier: int | None, channel: str | None) -> int:
        """Whole seconds to wait, or 0 when the call may go on. Only a call that may go on is counted."""
        if not self.enabled:
            return 0
        if self.restricted_history and method in ("conversations.history", "conversations.replies"):
            return self._ask((team, method), 1, 1)
        if method == "chat.postMessage":
            return self._ask((team, "post", channel or ""), BURST, 60)
        per_minute = TIERS[tier] if tier else SPECIAL
        return self._ask((team, method), per_minute, per_minute)

    def _ask(self, key: tuple[str, ...], capacity: float, per_minute: float) -> int:
        moment = time.monotonic()
        rate = per_minute / 60 / self.time_scale
        bucket = self._buckets.setdefault(key, Bucket(capacity, rate, capacity, moment))
        return math.ceil(bucket.wait(moment))
