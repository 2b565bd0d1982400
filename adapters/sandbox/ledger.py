"""What really happened, on the platform's side: every call and delivery is counted here, nothing is estimated.

Counters are complete; full payloads are kept only in a bounded ring for the page.
"""

import json
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.sandbox.world import Json

RING = 200
REPEAT_WINDOW = 60.0


@dataclass
class EventRecord:
    """One event and how its delivery went. `acked` is set by the first 2xx (or envelope answer) within 3 s."""

    id: str
    name: str
    team: str
    channel: str | None
    ts: str | None
    subtype: str | None
    attempts: int = 0
    late: int = 0
    acked: bool = False
    finished: bool = False
    dropped: bool = False


@dataclass(frozen=True)
class Posted:
    team: str
    channel: str
    ts: str
    text: str
    key: str | None
    at: float
    token: str = ""


@dataclass(frozen=True)
class Ping:
    """A mention in something the bot wrote. Only new visible posts notify; edits and ephemerals do not."""

    team: str
    channel: str
    ts: str
    target: str
    notifies: bool


@dataclass
class Ledger:
    now: Callable[[], datetime]
    calls: Counter[str] = field(default_factory=Counter)
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    posted: list[Posted] = field(default_factory=list)
    duplicates: list[Posted] = field(default_factory=list)
    limit_violations: list[tuple[str, str]] = field(default_factory=list)
    undocumented: list[tuple[str, str]] = field(default_factory=list)
    events: dict[str, EventRecord] = field(default_factory=dict)
    mentions: list[Ping] = field(default_factory=list)
    interactions: Counter[str] = field(default_factory=Counter)
    late_answers: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    ring: deque[Json] = field(default_factory=lambda: deque(maxlen=RING))
    _keys: set[str] = field(default_factory=set)
    _recent: dict[str, float] = field(default_factory=dict)
    _number: int = 0

    @property
    def pings(self) -> list[Ping]:
        return [m for m in self.mentions if m.notifies]

    @property
    def rate_limited(self) -> int:
        return sum(1 for kind, _ in self.limit_violations if kind == "ratelimited")

    def lost(self) -> list[EventRecord]:
        """Events whose every attempt failed (dropped ones too): the bot cannot know of them."""
        return [e for e in self.events.values() if e.finished and not e.acked]

    def summary(self) -> dict[str, int]:
        return {
            "outbound_calls": sum(self.calls.values()),
            "posted": len(self.posted),
            "duplicates": len(self.duplicates),
            "limit_violations": len(self.limit_violations),
            "events": len(self.events),
            "pings": len(self.pings),
            "acknowledged": sum(e.acked for e in self.events.values()),
            "lost": len(self.lost()),
            "late": sum(e.late for e in self.events.values()) + self.late_answers,
        }

    def post(self, team: str, channel: str, ts: str, text: str, looks: Any, metadata: Json | None) -> None:
        """Counts a visible post; one with a seen effect key, or the look of one a minute ago, is a duplicate."""
        key = effect_key(metadata)
        moment = time.monotonic()
        entry = Posted(team, channel, ts, text, key, moment)
        look = json.dumps([team, channel, looks], sort_keys=True)
        repeated = key in self._keys if key else moment - self._recent.get(look, -REPEAT_WINDOW) < REPEAT_WINDOW
        if repeated:
            self.duplicates.append(entry)
        if key:
            self._keys.add(key)
        else:
            self._recent[look] = moment
        self.posted.append(entry)

    def call(self, method: str, request: Json, status: int, response: Any, ms: float, note: str = "") -> None:
        self.calls[method] += 1
        if isinstance(response, dict) and not response.get("ok", True):
            self.errors[(method, str(response.get("error")))] += 1
        self.show("from bot", method, status, request, response, ms, note)

    def show(
        self, direction: str, name: str, status: int, request: Any, response: Any, ms: float, note: str = ""
    ) -> None:
        self._number += 1
        self.ring.append(
            {
                "id": self._number,
                "at": self.now().isoformat(),
                "direction": direction,
                "name": name,
                "status": status,
                "ms": round(ms, 1),
                "request": request,
                "response": response,
                "note": note,
            }
        )


def effect_key(metadata: Json | None) -> str | None:
    """The key by which a sender marks one effect, where its message metadata carries one."""
    payload = (metadata or {}).get("event_payload")
    if not isinstance(payload, dict):
        return None
    found = next((payload[k] for k in ("effect_key", "idempotency_key", "key") if payload.get(k)), None)
    return f"{(metadata or {}).get('event_type')}:{found}" if found else None
