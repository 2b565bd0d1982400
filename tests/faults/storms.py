"""A storm of kill -9 under load: one of the programs dies every half second and comes back."""

from __future__ import annotations

import asyncio
from random import Random

from tests.faults.rig import Machines, Rig, is_whole
from tests.faults.story import FINE, Story


async def storm(
    rig: Rig, kills: int, *, between: tuple[float, float] = (0.1, 0.6), patience: float = 60, seed: int = 1
) -> Story:
    """Returns the story, with everything settled and compared. A channel takes a message a second: what a long storm
    leaves to be said takes `patience` seconds."""
    random, story = Random(seed), Story(rig, Random(seed + 1))
    await rig.start()
    for number in range(2):
        await rig.declare(f"Incident {number}")
    talking = asyncio.create_task(story.talk(3600))
    for number in range(kills):
        await asyncio.sleep(random.uniform(*between))
        bot = random.choice(rig.bots)
        await bot.kill()
        await bot.start()
        if number % 10 == 9:
            await rig.sim.slash("maya", "general", f"/incident declare sev3 In the storm {number}")
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    await settle(rig, patience)
    return story


async def settle(rig: Machines, patience: float = 60) -> None:
    """The platform gives up repeating, leases of the dead run out, and the outbox empties."""
    await rig.sim.settled(30)
    await rig.an_hour_passes()
    await rig.quiet(patience)


def assert_survived(story: Story, at_least: int) -> None:
    assert story.verdict() == FINE, story.verdict()
    assert story.acknowledged() >= at_least
    assert story.rig.rows("SELECT kind, reason FROM outbox WHERE state IN ('given_up', 'maybe')") == []
    assert story.rig.rows("SELECT kind, error FROM parked") == []
    assert is_whole(story.rig.url)
