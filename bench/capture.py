"""Messages captured durably, against the same messages thrown away by Bolt.

The two take turns within one run, so that whatever else the machine does befalls both.
"""

from __future__ import annotations

from statistics import median

from bench.driving import full_speed, steady
from bench.figures import Figure, answer_times, middle
from bench.world import bolt, cpu, debrief, port_of, said, warmed
from tests.faults.rig import Rig

RATE = {"sqlite": 50, "postgresql": 200}
ACKS = {"sqlite": (15, 250, 1500), "postgresql": (20, 300, 1500)}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def measure(full: bool, kind: str = "sqlite") -> list[Figure]:
    async with debrief(kind) as rig:
        return await _of(rig, kind, full)


async def _of(rig: Rig, kind: str, full: bool) -> list[Figure]:
    room = await rig.declare()
    rounds, each = (9, 3000) if full else (5, 2000)
    port, pid, name = port_of(rig.bot), rig.bot.pid, NAMES[kind]
    with bolt(rig) as (other, other_pid):
        await warmed(other, said(rig, room, 500))
        await warmed(port, said(rig, room, 500))
        before = rig.value("SELECT count(*) FROM entry WHERE kind = 'message'")
        ours, theirs, speeds, slow, bad = [], [], [], [], 0
        for _ in range(rounds):
            began = cpu(other_pid)
            await full_speed(other, said(rig, room, each))
            theirs.append((cpu(other_pid) - began) / each)
            began = cpu(pid)
            answers = await full_speed(port, said(rig, room, each))
            ours.append((cpu(pid) - began) / each)
            speeds.append(answers.per_second)
            slow += answers.seconds
            bad += answers.bad
        stored = rig.value("SELECT count(*) FROM entry WHERE kind = 'message'") - before
    steadily = RATE[kind] * (60 if full else 15)
    began = cpu(pid)
    answers = await steady(port, said(rig, room, steadily), RATE[kind])
    at_rest = (cpu(pid) - began) / steadily
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return [
        middle(f"{name}: CPU of a capture / of an empty Bolt listener", ratios, "", 1.0),
        Figure(f"{name}: CPU of a capture", median(ours) * 1000, "ms", 3.0),
        Figure("Bolt: CPU of a message thrown away", median(theirs) * 1000, "ms"),
        Figure(f"{name}: CPU of a capture at {RATE[kind]}/s", at_rest * 1000, "ms", 3.0),
        middle(f"{name}: durable captures per second", speeds, "/s", 500, at_least=True),
        Figure(f"{name}: answered 200 and not stored", rounds * each - bad - stored, "", 0),
        *answer_times(f"{name}: answer at full speed", slow, *ACKS[kind])[1:],
        *answer_times(f"{name}: answer at {RATE[kind]}/s", answers.seconds, *ACKS[kind]),
    ]  # fmt: skip
