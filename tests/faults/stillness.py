"""How long the whole machine stood still: nobody answers while their processors are taken away."""

from __future__ import annotations

import threading
import time
from functools import cache

BREATH, NOTICED = 0.01, 0.1
"""Seconds between two breaths, and from which pause on the machine stood still."""


class Stillness:
    """One thread that only breathes; where it could not for a while, no program of this machine could do much."""

    def __init__(self) -> None:
        self.ms = 0.0
        """Milliseconds since the first breath in which nothing breathed."""
        threading.Thread(target=self._breathe, name="stillness", daemon=True).start()

    def _breathe(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(BREATH)
            now = time.monotonic()
            if now - last > NOTICED:
                self.ms += (now - last - BREATH) * 1000
            last = now


@cache
def stillness() -> Stillness:
    """The one of this process."""
    return Stillness()
