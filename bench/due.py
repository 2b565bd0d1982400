"""Thousands of reminders that are due in the same minute, and what people in an incident notice of them."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.driving import Answers, steady
from bench.figures import Figure, percentile
from bench.world import port_of, said, warmed
from storage.store import SqlStore
from tests.faults.crowds import due_at_once
from tests.faults.rig import Rig, rigged, until

BESIDE, SECONDS = 20, 60
SENT = "SELECT count(*) FROM outbox WHERE key LIKE 'due_soon:%' AND state = 'sent'"
UNPACED = (sys.executable, "-m", "bench.unpaced")


async def measure(full: bool) -> list[Figure]:
    """Answers beside the program as it is, which sends at the pace that Slack allows; what is sent, without that."""
    number = 10_000 if full else 2_000
    return [*await _answers(number), *await _sent(number)]


async def _answers(number: int) -> list[Figure]:
    async with _program() as rig:
        room = await rig.declare("An incident beside")
        await warmed(port_of(rig.bot), said(rig, room, 300))
        quiet = await _talked(rig, room)
        _all_due(rig, number)
        busy = await _talked(rig, room)
    before, beside = (percentile(one.seconds, 0.99) * 1000 for one in (quiet, busy))
    return [
        Figure(f"answers to {BESIDE} messages/s before, p50", percentile(quiet.seconds, 0.5) * 1000, "ms"),
        Figure(f"answers while {number:,} are due, p50", percentile(busy.seconds, 0.5) * 1000, "ms", 50),
        Figure("answers before, p99", before, "ms"),
        Figure(f"answers while {number:,} are due, p99", beside, "ms", 500),
        Figure("times the p99 before", beside / before, "", 2),
        Figure("answers other than 200", quiet.bad + busy.bad, "", 0),
    ]


async def _sent(number: int) -> list[Figure]:
    async with _program(wrapped=UNPACED) as rig:
        await rig.declare("So that the organisation is known")
        began, wanted = time.monotonic(), _all_due(rig, number)
        await until(lambda: rig.value(SENT) >= number, 900, every=0.5)
        took, keys = time.monotonic() - began, [(one.key or "") for one in rig.sim.ledger.posted]
    said_of = [key for key in keys if "due_soon:" in key]
    return [
        Figure(f"{number:,} words about items sent, without a pace", took, "s"),
        Figure("not sent", len(wanted) - len(set(said_of)), "", 0),
        Figure("sent twice", len(said_of) - len(set(said_of)), "", 0),
    ]


@asynccontextmanager
async def _program(**how: Any) -> AsyncIterator[Rig]:
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as place:
        folder = Path(place)
        async with rigged(folder, f"sqlite:///{folder}/debrief.db", **how) as rig:
            await rig.start()
            yield rig


def _all_due(rig: Rig, number: int) -> dict[str, datetime]:
    """Filled while the program runs: the clock jumps to the moment at which they are due."""
    with closing(SqlStore(rig.url)) as store:
        return due_at_once(store, rig.sim, rig.value("SELECT id FROM organisation"), number)


async def _talked(rig: Rig, room: str) -> Answers:
    return await asyncio.create_task(steady(port_of(rig.bot), said(rig, room, BESIDE * SECONDS), BESIDE))
