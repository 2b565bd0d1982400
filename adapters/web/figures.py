"""Figures for operators in Prometheus' text format, written by hand: a handful of lines needs no library.

Law: numbers and the names of our own states; no incident, no person, no text.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

from bot.command import Command
from bot.errors import Unavailable
from bot.ports import Reports, Submit
from bot.text import Reply

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds."""
Counts = Iterable[tuple[str, str, int]]
"""(name, label, count)."""


class Latency:
    """How long it takes until a command is on disk and may be answered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        with self._lock:
            self._buckets[bisect_left(BUCKETS, seconds)] += 1
            self._sum += seconds

    def timed(self, submit: Submit) -> Submit:
        async def timing(command: Command) -> Reply:
            begun = time.perf_counter()
            try:
                return await submit(command)
            finally:
                self.observe(time.perf_counter() - begun)

        return timing

    def lines(self) -> list[str]:
        with self._lock:
            counts, total = list(self._buckets), self._sum
        lines, so_far = [], 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
            so_far += count
            lines.append(f'debrief_ack_seconds_bucket{{le="{bound}"}} {so_far}')
        return [*lines, f"debrief_ack_seconds_sum {total:.6f}", f"debrief_ack_seconds_count {so_far}"]


class Figures:
    """`counts` are those of the platforms' doors: unknown events, refused requests."""

    def __init__(self, reports: Reports, latency: Latency, *counts: Callable[[], Counts]) -> None:
        self._reports = reports
        self._latency = latency
        self._counts = counts

    def text(self) -> str:
        """Blocks. Without a database the figures that stand in it are left out, and `debrief_database_up` is 0."""
        stored: Mapping[str, Mapping[str, int]] = {}
        oldest, up = 0.0, 1
        try:
            stored, oldest = self._reports.figures(), self._reports.oldest_undelivered()
        except Unavailable:
            up = 0
        blocks = [
            _head("debrief_ack_seconds", "histogram", "Seconds until a command was on disk.") + self._latency.lines(),
            _single("debrief_database_up", "Whether the database answered.", up),
        ]
        if up:
            blocks += _stored(stored, oldest)
        blocks += _counted(self._counts)
        return "\n".join(line for block in blocks for line in block) + "\n"


def _stored(stored: Mapping[str, Mapping[str, int]], oldest: float) -> list[list[str]]:
    outbox = [_line("debrief_outbox", count, state=state) for state, count in sorted(stored.get("outbox", {}).items())]
    return [
        _single("debrief_captured_total", "Timeline entries on disk.", stored.get("entries", {}).get("", 0), "counter"),
        _single("debrief_parked", "Commands that failed and wait to be replayed.", stored.get("parked", {}).get("", 0)),
        _single("debrief_oldest_undelivered_seconds", "Age of the oldest effect that is due.", round(oldest, 3)),
        _head("debrief_outbox", "gauge", "Effects by state.") + outbox,
    ]


def _counted(counts: Iterable[Callable[[], Counts]]) -> list[list[str]]:
    by_name: dict[str, list[str]] = {}
    for name, label, count in (one for source in counts for one in source()):
        full = f"debrief_{name}_total"
        line = _line(full, count, what=label) if label else _line(full, count)
        by_name.setdefault(full, _head(full, "counter", f"Since the start: {name.replace('_', ' ')}.")).append(line)
    return list(by_name.values())


def _head(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]


def _single(name: str, about: str, value: float, kind: str = "gauge") -> list[str]:
    return [*_head(name, kind, about), _line(name, value)]


def _line(name: str, value: float, **labels: str) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
