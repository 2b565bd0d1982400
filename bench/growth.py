"""Whether a capture and a page cost more the more there is: processor time at ever larger databases.

Run with `--full` it grows to a million entries and draws `docs/pictures/growth.svg`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench import filling
from bench.chart import drawn
from bench.figures import Figure
from bot.command import Origin
from bot.commands.captures import Said
from bot.engine import capture
from bot.model import Incident, MessageRef
from storage.people import debrief
from storage.reports import SqlReports
from storage.store import SqlStore

SIZES = (0, 10_000, 100_000)
FULL = (*SIZES, 1_000_000)
INCIDENTS = 500
BATCH, ROUNDS = 10, 150
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "growth.svg"
Times = dict[str, dict[int, float]]


def measure(full: bool) -> list[Figure]:
    times: Times = {}
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as folder:
        store, organisation = filling.new_store(f"sqlite:///{folder}/growth.db")
        about = [filling.incident(organisation, number) for number in range(1, INCIDENTS + 1)]
        with store.transaction() as tx:
            filling.put_incidents(tx, about)
        there = 0
        for size in FULL if full else SIZES:
            filling.put_messages(store, about, size - there, there)
            there = size
            for what, value in _at(store, organisation, about, size).items():
                times.setdefault(what, {})[size] = value
        store.close()
    if full:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(drawn("Milliseconds of processor time, by entries in the database", times))
    return [figure for what, found in times.items() for figure in _figures(what, found)]


def _figures(what: str, found: dict[int, float]) -> list[Figure]:
    """The last against 10,000 entries: an empty table has no page to read, and all of it in the processor's cache."""
    shown = [Figure(f"{what} at {size:,}", value, "ms") for size, value in found.items()]
    last = max(found)
    return [*shown, Figure(f"{what}: {last:,} / 10,000", found[last] / found[10_000], "times", 1.5)]


def _at(store: SqlStore, organisation: str, about: list[Incident], size: int) -> dict[str, float]:
    reports, principal = SqlReports(store), debrief(organisation)
    mine = iter(range(ROUNDS * 2))
    _timed(lambda: _captured(store, about, size, next(mine)), 20)
    captures = _timed(lambda: _captured(store, about, size, next(mine)), ROUNDS) / BATCH
    return {
        "a capture": captures,
        "a page of 50 incidents": _timed(lambda: reports.incidents(principal), 40),
        "a page of 20 entries of a timeline": _timed(
            lambda: reports.entries(principal, about[7].key, everything=True, limit=20), 60
        ),
    }


def _captured(store: SqlStore, about: list[Incident], size: int, number: int) -> None:
    """Ten messages said in different incidents, in one commit."""
    said = [_said(about[(number * BATCH + n) % len(about)], size, number * BATCH + n) for n in range(BATCH)]
    with store.transaction() as tx:
        capture(tx, said)


def _said(about: Incident, size: int, number: int) -> Said:
    place = about.place
    assert place is not None
    seconds = int(time.time()) + size
    ref = MessageRef(platform="slack", tenant=place.tenant, channel=place.channel, ts=f"{seconds}.{number:06d}")
    origin = Origin(id=f"Ev{size}-{number}", platform="slack", tenant=place.tenant, actor=f"U{number % 7}")
    return Said(origin=origin, message=ref, stamp=seconds * 10**6 + number, text=f"It is number {number}.")


def _timed(work: Callable[[], object], times: int) -> float:
    """Milliseconds of processor time of this thread: other programs on the machine do not count."""
    found = []
    for _ in range(times):
        began = time.thread_time()
        work()
        found.append((time.thread_time() - began) * 1000)
    return median(found)
