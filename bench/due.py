"""Thousands of reminders that are due in the same minute, and what people in an incident notice of them."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bench.driving import Answers, steady
from bench.figures import Figure, percentile
from bench.world import port_of, said, warmed
from storage.store import SqlStore
from tests.faults.crowds import due_at_once
from tests.faults.rig import Rig, rigged, until

BESIDE, SECONDS = 20, 15
SENT = "SELECT count(*) FROM outbox WHERE key LIKE 'due_soon:%' AND state = 'sent'"


async def measure(full: bool) -> list[Figure]:
    number = 10_000 if full else 2_000
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as place:
        folder = Path(place)
        url = f"sqlite:///{folder}/debrief.db"
        unpaced = (sys.executable, "-m", "bench.unpaced")
        async with rigged(folder, url, wrapped=unpaced) as rig:
            await rig.start()
            room = await rig.declare("An incident beside")
            await warmed(port_of(rig.bot), said(rig, room, 300))
            quiet = await _talked(rig, room)
            began, wanted = time.monotonic(), _all_due(rig, number)
            busy = await _talked(rig, room)
            await until(lambda: rig.value(SENT) >= number, 600, every=0.5)
            took, keys = time.monotonic() - began, [(one.key or "") for one in rig.sim.ledger.posted]
    said_of = [key for key in keys if "due_soon:" in key]
    missing = len(set(wanted)) - len(set(said_of))
    return [
        Figure(f"answers to {BESIDE} messages/s before, p99", percentile(quiet.seconds, 0.99) * 1000, "ms"),
        Figure(f"answers while {number:,} are due, p99", percentile(busy.seconds, 0.99) * 1000, "ms", 500),
        Figure("answers other than 200", quiet.bad + busy.bad, "", 0),
        Figure(f"{number:,} words about items sent", took, "s"),
        Figure("not sent", missing, "", 0),
        Figure("sent twice", len(said_of) - len(set(said_of)), "", 0),
    ]


def _all_due(rig: Rig, number: int) -> list[str]:
    """Filled while the program runs: the clock jumps to the moment at which they are due."""
    store = SqlStore(rig.url)
    organisation = rig.value("SELECT id FROM organisation")
    wanted = due_at_once(store, rig.sim, organisation, number)
    store.close()
    return wanted


async def _talked(rig: Rig, room: str) -> Answers:
    return await asyncio.create_task(steady(port_of(rig.bot), said(rig, room, BESIDE * SECONDS), BESIDE))
