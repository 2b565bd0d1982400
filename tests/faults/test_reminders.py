"""Reminders through crashes, outages, wrong clocks and changes at the last moment: once, on time, or not at all."""

from __future__ import annotations

import asyncio
import time
from random import Random

import pytest

from adapters.sandbox.slack import SimulatedSlack
from tests.faults.conftest import Rigged
from tests.faults.remembering import asleep, execute, items_for, offset, reminded
from tests.faults.rig import Rig, until
from tests.tools import faketime

HOUR, DAY = 3600, 86_400
ENDINGS = ("done ACT-1", "reassign ACT-1 @kenji", "snooze ACT-1 2w", "wontdo ACT-1 it is retired")


@pytest.mark.parametrize("ending", ENDINGS)
async def test_who_is_no_longer_concerned_when_it_is_sent_hears_nothing(
    rig: Rigged, sqlite_url: str, ending: str
) -> None:
    async with rig(sqlite_url) as running:
        await running.start()
        room = await items_for(running, ["tom"])
        await asleep(running)
        running.sim.faults.add("ratelimit", "conversations.open", times=1, seconds=3)
        await running.start(DEBRIEF_CLOCK_OFFSET=str(offset()))
        await until(lambda: running.rows("SELECT 1 FROM outbox WHERE key LIKE 'digest:%' AND attempt > 0"), 15)
        assert (await running.sim.slash("maya", room, f"/incident {ending}")).ok
        await running.quiet()
        assert reminded(running, "tom") == []
        assert running.value("SELECT state FROM outbox WHERE key LIKE 'digest:%'") == "superseded"


async def test_what_fell_due_while_everything_was_down_is_said_once(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        await running.start()
        await items_for(running, ["tom", "ines"])
        for later in (0, 10, HOUR, 2 * DAY):
            await asleep(running)
            await running.start(DEBRIEF_CLOCK_OFFSET=str(offset() + later))
            await until(lambda: reminded(running, "tom") and reminded(running, "ines"), 20)
            await running.quiet()
        assert [len(reminded(running, who)) for who in ("tom", "ines")] == [1, 1]


async def test_a_clock_stepped_back_and_forth_repeats_nothing(rig: Rigged, sqlite_url: str) -> None:
    async with rig(sqlite_url) as running:
        await running.start()
        await items_for(running, ["tom"])
        for step in (0, 2 * HOUR, -2 * HOUR, 0):
            await asleep(running)
            await running.start(DEBRIEF_CLOCK_OFFSET=str(offset() + step))
            await until(lambda: reminded(running, "tom"), 20)
            await asyncio.sleep(2.5)
        assert len(reminded(running, "tom")) == 1


def crowd(sim: SimulatedSlack, number: int) -> list[str]:
    """People whose names can be mentioned, in New York and Berlin by turns."""
    zones = ("America/New_York", "Europe/Berlin")
    names = [f"person{n:03d}" for n in range(number)]
    for n, name in enumerate(names):
        sim.add_person(sim.team, name, f"Person {n:03d}", tz=zones[n % 2])
    return names


async def spread(rig: Rig, people: list[str], seconds: float, moved: int) -> dict[str, float]:
    """Gives each a moment of their own for the digest, from ten seconds ahead on; those moments in real time."""
    begin = time.time() + 10
    wanted = {who: begin + seconds * n / len(people) for n, who in enumerate(people)}
    ids: dict[str, str] = dict(rig.rows("SELECT key, person FROM account"))
    for who, at in wanted.items():
        person = next(p for a, p in ids.items() if a.endswith(rig.sim.user(who).id))
        due = round((at + moved) * 1_000_000)
        execute(rig.url, f"UPDATE plan SET due_at = {due} WHERE key = 'digest:{person}'")
    return wanted


async def reminders_on_three_replicas(rig: Rig, number: int, seconds: float, skew: tuple[str, str, str]) -> None:
    people = crowd(rig.sim, number)
    await rig.bots[0].start()
    await items_for(rig, people)
    await asleep(rig)
    moved = offset()
    await rig.bots[0].start(DEBRIEF_CLOCK_OFFSET=str(moved))
    await rig.bots[0].kill()
    assert [who for who in people if reminded(rig, who)] == []
    wanted = await spread(rig, people, seconds, moved)
    library = str(faketime())
    for bot, wrong in zip(rig.bots, skew, strict=True):
        bot.env |= {"LD_PRELOAD": library, "FAKETIME": wrong, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    for bot in rig.bots:
        await bot.start(DEBRIEF_CLOCK_OFFSET=str(moved))
    await die_now_and_then(rig, max(wanted.values()) + 3 - time.time(), moved)
    await until(lambda: all(reminded(rig, who) for who in people), 60)
    times = {who: reminded(rig, who) for who in people}
    assert {who: len(at) for who, at in times.items() if len(at) != 1} == {}
    assert [who for who, at in wanted.items() if times[who][0] < at - 0.05] == []
    late = sorted(times[who][0] - at for who, at in wanted.items())
    assert late[len(late) // 2] < 5
    assert late[-1] < 50


async def die_now_and_then(rig: Rig, seconds: float, moved: int) -> None:
    random, ends = Random(3), time.time() + seconds
    while time.time() < ends:
        await asyncio.sleep(random.uniform(2.0, 4.0))
        bot = random.choice(rig.bots)
        await bot.kill()
        await bot.start(DEBRIEF_CLOCK_OFFSET=str(moved))


@pytest.mark.faketime
async def test_replicas_with_wrong_clocks_that_die_remind_each_once_and_on_time(rig: Rigged, postgres_url: str) -> None:
    async with rig(postgres_url, replicas=3, nursery=None) as running:
        await reminders_on_three_replicas(running, 20, 12.0, ("-8s", "+0s", "+8s"))
