"""Rate limits: several windows over one counter, as Microsoft Learn ("Rate limiting for bots") gives them.

Law: only a call that may go on is counted. A conversation is a personal chat, a group chat or a channel: threads of a
channel share its windows.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

SEND = ((1, 7), (2, 8), (30, 60), (3600, 1800))
ROSTER = ((1, 14), (2, 16), (30, 120), (3600, 3600))
OLD_ROSTER = (*ROSTER, (60, 5))
"""The unpaged list of members is throttled to five requests a minute."""
TENANT = ((1, 30),)
WINDOWS = {
    "activities.send": SEND, "activities.reply": SEND, "activities.update": SEND, "activities.delete": SEND,
    "conversations.create": SEND, "members.paged": ROSTER, "members.get": ROSTER, "members.list": OLD_ROSTER,
    "teams.get": ROSTER, "teams.channels": ROSTER,
}  # fmt: skip
SHARED = {"activities.reply": "activities.send", "activities.update": "activities.send",
          "activities.delete": "activities.send"}  # fmt: skip


@dataclass
class Window:
    """The moments of the calls that went on, no further back than the longest window."""

    limits: tuple[tuple[int, int], ...]
    moments: deque[float] = field(default_factory=deque)

    def wait(self, moment: float, scale: float) -> float:
        longest = max(seconds for seconds, _ in self.limits) * scale
        while self.moments and self.moments[0] <= moment - longest:
            self.moments.popleft()
        return max((self._wait(moment, seconds * scale, most) for seconds, most in self.limits), default=0.0)

    def _wait(self, moment: float, seconds: float, most: int) -> float:
        if len(self.moments) < most:
            return 0.0
        return max(0.0, self.moments[-most] + seconds - moment)


@dataclass
class Windows:
    """`time_scale` below 1 makes the windows shorter than real ones; `clock` tells seconds."""

    enabled: bool = True
    time_scale: float = 1.0
    clock: Callable[[], float] = time.monotonic
    _windows: dict[tuple[str, str], Window] = field(default_factory=dict)

    def retry_after(self, operation: str, place: str) -> int:
        """Whole seconds to wait, or 0 when the call may go on."""
        if not self.enabled or operation not in WINDOWS:
            return 0
        moment = self.clock()
        name = SHARED.get(operation, operation)
        own = self._windows.setdefault((name, place), Window(WINDOWS[operation]))
        everything = self._windows.setdefault(("", ""), Window(TENANT))
        wait = max(window.wait(moment, self.time_scale) for window in (own, everything))
        if wait > 0:
            return max(1, math.ceil(wait))
        own.moments.append(moment)
        everything.moments.append(moment)
        return 0
