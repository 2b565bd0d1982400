"""Hundreds of kills, every failpoint again and again, thousands of misfortunes: what the quick suite samples."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.bot.test_digest_weeks import a_life, lived
from tests.faults.conftest import Rigged
from tests.faults.rig import until
from tests.faults.sending import sender, sent_with_misfortune
from tests.faults.storms import assert_survived, settle, storm
from tests.faults.story import Story
from tests.faults.test_failpoints import POWER_CUT, STEPS, dies
from tests.faults.test_many_reminders import many_at_once
from tests.faults.test_races import race_to_resolve, replicas
from tests.faults.test_reminders import reminders_on_three_replicas, words_on_three_replicas

UNPACED = (sys.executable, "-m", "bench.unpaced")

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


async def test_three_hundred_kills_lose_nothing_of_twenty_thousand(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        story = await storm(running, 300, between=(0.5, 2.0), patience=900)
        assert_survived(story, at_least=10_000)


async def test_three_replicas_killed_in_turn_lose_nothing(rig: Rigged, postgres_url: str) -> None:
    async with rig(postgres_url, replicas=3) as running:
        story = await storm(running, 150, between=(0.2, 1.0), patience=600)
        assert_survived(story, at_least=5_000)


@pytest.mark.parametrize("step", STEPS)
async def test_dying_at_the_nth_passing_of_a_step_loses_nothing(rig: Rigged, url: str, step: str) -> None:
    async with rig(url) as running:
        story = Story(running)
        await running.start()
        await running.declare()
        for nth in (2, 3, 5, 8, 13):
            await running.bot.kill()
            await running.bot.start_to_die(f"{step}:{nth}")
            await dies(running, story)
            await running.bot.start()
        await settle(running)
        assert_survived(story, at_least=20)


async def test_ten_thousand_sends_with_misfortune_are_all_there_once(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db") as world:
        await sent_with_misfortune(world, 10_000, seconds=3000)


async def test_of_two_who_resolve_at_once_one_does_two_hundred_times(rig: Rigged, postgres_url: str) -> None:
    async with replicas(rig, postgres_url) as (running, driver):
        await race_to_resolve(running, driver, 200)


@pytest.mark.faketime
@pytest.mark.parametrize("skew", [("-8s", "+0s", "+8s"), ("-90s", "+0s", "+90s")])
async def test_four_hundred_reminders_by_replicas_with_wrong_clocks(
    rig: Rigged, postgres_url: str, skew: tuple[str, str, str]
) -> None:
    """Without the platform's limits, which would take eight minutes to open as many conversations."""
    async with rig(postgres_url, replicas=3, nursery=None, wrapped=UNPACED) as running:
        await reminders_on_three_replicas(running, 400, 120.0, skew, in_time=5)


@pytest.mark.faketime
async def test_ten_thousand_words_by_replicas_with_wrong_clocks_that_die(rig: Rigged, postgres_url: str) -> None:
    async with rig(postgres_url, replicas=3, nursery=None, wrapped=UNPACED) as running:
        await words_on_three_replicas(running, 10_000, 120.0, ("-90s", "+0s", "+90s"))


async def test_ten_thousand_reminders_due_at_once_are_all_said_once(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db", http_timeout=10) as world:
        await many_at_once(world, 10_000, 3000)


@settings(deadline=None, max_examples=300)
@a_life
def test_of_many_lives_every_week_with_a_free_working_hour_has_one_digest(
    events: list[tuple[int, dict[str, object]]], incidents: list[tuple[int, int]], holidays: frozenset[int]
) -> None:
    lived(events, incidents, holidays)


async def test_a_stopped_program_that_wakes_after_its_lease_sends_nothing_twice(rig: Rigged, postgres_url: str) -> None:
    async with rig(postgres_url, replicas=2) as running:
        await running.bots[0].start()
        room = await running.declare()
        await running.quiet()
        held_up = running.sim.faults.add("delay", "conversations.open", times=1, seconds=3.0)
        await running.sim.slash("maya", room, "/incident action @kenji by 1w: Look after it")
        await until(lambda: held_up.hits == 1, 10)
        running.bots[0].send(signal.SIGSTOP)
        await running.bots[1].start()
        try:
            await until(lambda: running.sim.direct_messages("kenji"), 60)
        finally:
            running.bots[0].send(signal.SIGCONT)
        await asyncio.sleep(5)
        await running.quiet()
        assert running.posted_twice() == []
        assert running.bots[0].code() != POWER_CUT
