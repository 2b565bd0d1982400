"""On Teams: hundreds of kills, and every failpoint again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from random import Random

import pytest

from tests.faults.processes import Nursery
from tests.faults.storms import settle
from tests.faults.teams_rig import TeamsRig, TeamsStory, teams_rigged
from tests.faults.test_teams_failpoints import STEPS, assert_survived, dies

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
Rigged = Callable[..., AbstractAsyncContextManager[TeamsRig]]


@pytest.fixture
def teams_rig(tmp_path: Path, nursery: Nursery) -> Rigged:
    return lambda url, **more: teams_rigged(tmp_path, url, **{"nursery": nursery, **more})


@pytest.mark.parametrize("step", STEPS)
async def test_dying_at_the_nth_passing_of_a_step_loses_nothing(teams_rig: Rigged, url: str, step: str) -> None:
    async with teams_rig(url) as running:
        story = TeamsStory(running)
        await running.start()
        await running.declare()
        for nth in (2, 3, 5, 8):
            await running.bot.kill()
            running.later += 60  # what the dead one held is free again
            moved = str(running.later)
            await running.bot.start_to_die(f"{step}:{nth}", DEBRIEF_CLOCK_OFFSET=moved)
            await dies(running, story)
            await running.bot.start(DEBRIEF_CLOCK_OFFSET=moved)
        await settle(running)
        assert_survived(story, at_least=20)


@pytest.mark.parametrize("kills", [200])
async def test_two_hundred_kills_lose_nothing(teams_rig: Rigged, url: str, kills: int) -> None:
    async with teams_rig(url) as running:
        random, story = Random(1), TeamsStory(running)
        await running.start()
        await running.declare("First")
        await running.declare("Second")
        talking = asyncio.create_task(story.talk(3600))
        for _ in range(kills):
            await asyncio.sleep(random.uniform(0.2, 1.0))
            await running.bot.kill()
            await running.bot.start()
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        await settle(running)
        assert_survived(story, at_least=2000)
