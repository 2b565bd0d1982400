"""Reminders through crashes, outages, wrong clocks and changes at the last moment: once, on time, or not at all."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from random import Random

import pytest

from adapters.sandbox.slack import SimulatedSlack
from storage.columns import micros
from storage.store import SqlStore
from tests.faults.conftest import Rigged
from tests.faults.crowds import due_at_once
from tests.faults.remembering import a_beat, asleep, execute, items_for, offset, person_of, reminded, step, subjects
from tests.faults.rig import Rig, until
from tests.tools import faketime

HOUR, DAY = 3600, 86_400
ENDINGS = ("done ACT-1", "reassign ACT-2 @kenji", "snooze ACT-3 2w", "wontdo ACT-4 it is retired")
DIGESTS = "FROM outbox WHERE key LIKE 'digest:%'"
WORDS = "FROM outbox WHERE key LIKE 'due_soon:%'"


async def test_who_is_no_longer_concerned_when_it_is_sent_hears_nothing(rig: Rigged, sqlite_url: str) -> None:
    async with rig(sqlite_url) as running:
        await running.start()
        people = crowd(running.sim, len(ENDINGS))
        room = await items_for(running, people)
        await asleep(running)
        running.sim.faults.add("ratelimit", "conversations.open", times=1, seconds=5)
        await running.start(DEBRIEF_CLOCK_OFFSET=str(offset()))
        waits = f"SELECT count(*) {DIGESTS} AND state <> 'sent'"
        await until(lambda: running.value(waits) == len(people), 15)
        for ending in ENDINGS:
            assert (await running.sim.slash("maya", room, f"/incident {ending}")).ok
        await running.quiet()
        assert [who for who in people if reminded(running, who)] == []
        assert running.rows(f"SELECT DISTINCT state {DIGESTS}") == [("superseded",)]


async def test_what_fell_due_while_everything_was_down_is_said_once_and_says_after_a_day_that_it_is_late(
    rig: Rigged, url: str
) -> None:
    async with rig(url) as running:
        await running.start()
        people = crowd(running.sim, 3)
        room = await items_for(running, people)
        await running.sim.slash("maya", room, f"/incident action @{people[2]} by 1w: Look after it all")
        await running.quiet()
        await asleep(running)
        moved = offset()
        for who, down in zip(people, (10, 600, 3 * DAY), strict=True):
            due = round((time.time() + moved - down) * 1_000_000)
            execute(running.url, f"UPDATE plan SET due_at = {due} WHERE subject IN ({subjects(running, who)})")
        before = {who: len(running.sim.direct_messages(who)) for who in people}
        for later in (moved, moved + 5):
            await running.start(DEBRIEF_CLOCK_OFFSET=str(later))
            await until(lambda: all(reminded(running, who) for who in people), 20)
            await a_beat(running)
            await asleep(running)
        heard = {who: [str(one) for one in running.sim.direct_messages(who)[before[who] :]] for who in people}
        assert {who: len(said) for who, said in heard.items()} == dict.fromkeys(people, 1)
        assert ["more than a day late" in heard[who][0] for who in people] == [False, False, True]
        assert "2 action items of yours are overdue" in heard[people[2]][0], "all that was missed is one message"


async def test_a_clock_stepped_back_and_forth_brings_no_storm_and_repeats_nothing(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        await running.start()
        people = crowd(running.sim, 8)[::2]  # in New York, where it is ten in the morning
        await items_for(running, people)
        moved = offset()
        for n, who in enumerate(people):
            due = round((time.time() + moved + n * HOUR) * 1_000_000)
            execute(running.url, f"UPDATE plan SET due_at = {due} WHERE subject IN ({subjects(running, who)})")
        heard = []
        for stepped in (0, 2 * HOUR, -2 * HOUR, 0):
            step(running, moved + stepped + 1)
            await a_beat(running)
            heard.append([len(reminded(running, who)) for who in people])
        assert heard[0] == [1, 0, 0, 0]
        assert heard[1:] == [[1, 1, 1, 0]] * 3


def crowd(sim: SimulatedSlack, number: int) -> list[str]:
    """People whose names can be mentioned, in New York and Berlin by turns."""
    zones = ("America/New_York", "Europe/Berlin")
    names = [f"person{n:03d}" for n in range(number)]
    for n, name in enumerate(names):
        sim.add_person(sim.team, name, f"Person {n:03d}", tz=zones[n % 2])
    return names


def spread(rig: Rig, people: list[str], seconds: float, moved: int) -> dict[str, float]:
    """Gives each a moment of their own for the digest, from three seconds ahead on; those moments in real time."""
    begin = time.time() + 3
    wanted = {who: begin + seconds * n / len(people) for n, who in enumerate(people)}
    for who, at in wanted.items():
        due = round((at + moved) * 1_000_000)
        execute(rig.url, f"UPDATE plan SET due_at = {due} WHERE key = 'digest:{person_of(rig, who)}'")
    return wanted


def keyed(rig: Rig, wanted: dict[str, float]) -> dict[str, float]:
    """By the key of the digest instead of the name."""
    keys = [key for (key,) in rig.rows(f"SELECT key {DIGESTS}")]
    owner = {who: person_of(rig, who) for who in wanted}
    return {next(key for key in keys if f":{owner[who]}:" in key): at for who, at in wanted.items()}


async def reminders_on_three_replicas(
    rig: Rig, number: int, seconds: float, skew: tuple[str, str, str], in_time: float
) -> None:
    """Late is counted from the due time to the row that says that it is to be sent, by the database's clock."""
    people = crowd(rig.sim, number)
    await rig.bots[0].start()
    await items_for(rig, people)
    await asleep(rig)
    moved = offset()
    execute(rig.url, f"UPDATE plan SET due_at = {round((time.time() + moved + HOUR) * 1_000_000)}")
    await awake_with_wrong_clocks(rig, skew, moved)
    assert [who for who in people if reminded(rig, who)] == []
    wanted = spread(rig, people, seconds, moved)
    await die_now_and_then(rig, max(wanted.values()) + 3 - time.time(), moved)
    await until(lambda: all(reminded(rig, who) for who in people), 60)
    times = {who: reminded(rig, who) for who in people}
    assert {who: len(at) for who, at in times.items() if len(at) != 1} == {}
    assert [who for who, at in wanted.items() if times[who][0] < at - 0.05] == []
    rows: dict[str, int] = dict(rig.rows(f"SELECT key, created {DIGESTS}"))
    late = sorted(rows[key] / 1_000_000 - moved - at for key, at in keyed(rig, wanted).items())
    assert late[0] >= 0
    assert late[-1] < in_time


async def awake_with_wrong_clocks(rig: Rig, skew: tuple[str, str, str], moved: int) -> None:
    library = str(faketime())
    for bot, wrong in zip(rig.bots, skew, strict=True):
        bot.env |= {"LD_PRELOAD": library, "FAKETIME": wrong, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    await asyncio.gather(*(bot.start(DEBRIEF_CLOCK_OFFSET=str(moved)) for bot in rig.bots))


async def words_on_three_replicas(rig: Rig, number: int, seconds: float, skew: tuple[str, str, str]) -> None:
    """Items that become due one by one: of each its owner hears once, and not before."""
    await rig.bots[0].start()
    await rig.declare()
    await asleep(rig)
    organisation, over = rig.value("SELECT id FROM organisation"), timedelta(seconds=seconds)
    with closing(SqlStore(rig.url)) as store:
        due = await asyncio.to_thread(due_at_once, store, rig.sim, organisation, number, over=over)
    moved = int(rig.value("SELECT value FROM setting WHERE name = 'clock_offset'")) // 1_000_000
    await awake_with_wrong_clocks(rig, skew, moved)
    await die_now_and_then(rig, seconds + 20, moved)
    await until(lambda: rig.value(f"SELECT count(*) {WORDS} AND state = 'sent'") == number, 900, every=1.0)
    said = Counter((one.key or "").removeprefix("debrief_effect:") for one in rig.sim.ledger.posted)
    assert {key: times for key, times in said.items() if key.startswith("due_soon:")} == dict.fromkeys(due, 1)
    decided: dict[str, int] = dict(rig.rows(f"SELECT key, created {WORDS}"))
    assert [key for key, at in due.items() if decided[key] < micros(at)] == []


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
        await reminders_on_three_replicas(running, 12, 6.0, ("-8s", "+0s", "+8s"), in_time=50)
