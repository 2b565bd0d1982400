"""Until when the worker that claimed an effect may begin a call that cannot be repeated.

Law: a worker that was frozen (a stopped process, a suspended machine) finds its lease over before it sends, not after.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from datetime import timedelta

from bot.errors import Retry

_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)
_over: ContextVar[float | None] = ContextVar("lease", default=None)


def clock() -> float:
    """Seconds that also pass while the machine is suspended, where it can tell."""
    return time.clock_gettime(_CLOCK) if _CLOCK is not None else time.monotonic()


def hold(until: float) -> None:
    """For the current task: `until` is a reading of `clock`."""
    _over.set(until)


def still_held() -> None:
    """Raises `Retry` where the lease is over: another worker may be sending the same just now."""
    until = _over.get()
    if until is not None and clock() > until:
        raise Retry(timedelta(), "the lease was over before it was sent")
