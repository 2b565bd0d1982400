"""The program dies at each of its steps, on the first passing: what was acknowledged is there, and is seen, once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import Rigged
from tests.faults.processes import ROOT
from tests.faults.rig import Rig, until
from tests.faults.storms import assert_survived, settle
from tests.faults.story import Story

POWER_CUT = 137
DAY = 86_400
STEPS = ("before begin", "before rule", "inside rule", "before commit", "after commit", "after claim", "after post")
ABOUT_CHANNELS = ("after create", "after post", "before commit", "after commit")


async def dies(rig: Rig, story: Story) -> None:
    """People talk until the program is gone."""
    talking = asyncio.create_task(story.talk(30, every=0.03))
    assert await rig.bot.ended(30) == POWER_CUT
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)


@pytest.mark.parametrize("step", STEPS)
async def test_dying_at_a_step_loses_nothing_and_doubles_nothing(rig: Rigged, url: str, step: str) -> None:
    async with rig(url) as running:
        story = Story(running)
        await running.start()
        await running.declare()
        await running.bot.kill()
        await running.bot.start_to_die(step)
        await dies(running, story)
        await running.bot.start()
        await story.talk(0.5)
        await settle(running)
        assert_survived(story, at_least=5)


@pytest.mark.parametrize("step", ABOUT_CHANNELS)
async def test_a_channel_made_just_before_dying_is_adopted(rig: Rigged, url: str, step: str) -> None:
    async with rig(url) as running:
        await running.start()
        await running.sim.slash("maya", "general", "/incident help")
        await running.quiet()
        await running.bot.stop()
        # Who she is, is asked and recorded first. Who the bot is, is known since the first start: that changes nothing
        # any more, and passes the step after a commit only.
        nth = {"before commit": 2, "after commit": 3}
        await running.start(FAILPOINT=f"{step}:{nth.get(step, 1)}")
        await running.sim.slash("maya", "general", "/incident declare sev2 Checkout errors")
        assert await running.bot.ended(30) == POWER_CUT
        await settle(running)
        declared = running.value("SELECT count(*) FROM incident")
        made = [channel for channel in running.sim.team.channels.values() if channel.name.startswith("inc-")]
        assert len(made) == declared
        assert declared == (step != "before commit")
        assert running.posted_twice() == running.never_posted() == []
        places = [place for (place,) in running.rows("SELECT place FROM incident")]
        assert places == [f"slack {running.sim.team.id} {channel.id}" for channel in made]


async def test_dying_while_looking_for_a_message_posts_it_once(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        story = Story(running)
        await running.start()
        room = await running.declare()
        running.sim.faults.add("store_cut", "chat.postMessage", times=1)
        await running.sim.slash("maya", room, "/incident update noted once")
        await until(lambda: running.rows("SELECT id FROM outbox WHERE state = 'unsure'"), 10)
        await running.bot.kill()
        await running.bot.start_to_die("during look", DEBRIEF_CLOCK_OFFSET="60")
        assert await running.bot.ended(30) == POWER_CUT
        running.later = 60
        await settle(running)
        assert running.sim.ledger.faults["store_cut"] == 1
        assert_survived(story, at_least=1)


async def test_dying_while_claiming_a_reminder_loses_no_plan(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        await running.start()
        room = await running.declare()
        await running.sim.slash("maya", room, "/incident action @tom by 2w: Alert on pool saturation")
        await running.quiet()
        await running.bot.kill()
        plans = "SELECT key, rule, subject, due_at, wall FROM plan ORDER BY key"
        planned = running.rows(plans)
        running.later = 30 * DAY
        await running.bot.launch(FAILPOINT="during reminder claim", DEBRIEF_CLOCK_OFFSET=str(running.later))
        assert await running.bot.ended(30) == POWER_CUT
        assert running.rows(plans) == planned != []
        await settle(running)
        await until(lambda: running.rows(plans) != planned, 10)
        assert running.value("SELECT count(*) FROM plan WHERE rule = 'digest'") == 1


async def test_dying_in_a_migration_leaves_a_database_that_the_next_start_completes(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        for step in ("during migration step", "during migration step:2"):
            await running.bot.launch(FAILPOINT=step)
            ended = await until(lambda: running.bot.code() is not None or "ready" in running.bot.out(), 30)
            assert ended
            await running.bot.kill()
        await running.bot.start()
        await running.declare()


PURGE = """
import sys
from bot.failpoint import arm
from datetime import timedelta
from storage.store import SqlStore
arm(sys.argv[2])
SqlStore(sys.argv[1]).purge(keep=timedelta(seconds=-1))
"""


async def test_dying_while_forgetting_old_ids_leaves_them_for_the_next_time(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        await running.start()
        await running.declare()
        await running.quiet()
        before = running.value("SELECT count(*) FROM seen")
        assert await asyncio.to_thread(purge, url, "during purge") == POWER_CUT
        assert running.value("SELECT count(*) FROM seen") == before > 0
        assert await asyncio.to_thread(purge, url, "") == 0
        assert running.value("SELECT count(*) FROM seen") == 0


def purge(url: str, step: str) -> int:
    command = [sys.executable, "-c", PURGE, url, step]
    return subprocess.run(command, cwd=Path(ROOT), timeout=60, check=False).returncode
