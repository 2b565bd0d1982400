"""On Teams the program dies at each of its steps: what was acknowledged is there once; what is said again says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.words import teams as words
from tests.faults.processes import Nursery
from tests.faults.rig import is_whole
from tests.faults.storms import settle
from tests.faults.story import FINE
from tests.faults.teams_rig import TeamsRig, TeamsStory, teams_rigged

POWER_CUT = 137
STEPS = ("before begin", "before rule", "inside rule", "before commit", "after commit", "after claim", "after post")
ABOUT_THREADS = ("after create", "after post", "before commit:4", "after commit:4")
"""Who she is, is asked and recorded first: the fourth commit is that of her incident."""
TeamsRigged = Callable[..., AbstractAsyncContextManager[TeamsRig]]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return found


@pytest.fixture
def rig(tmp_path: Path, nursery: Nursery) -> TeamsRigged:
    return lambda url, **more: teams_rigged(tmp_path, url, **{"nursery": nursery, **more})


async def dies(rig: TeamsRig, story: TeamsStory) -> None:
    talking = asyncio.create_task(story.talk(30))
    assert await rig.bot.ended(30) == POWER_CUT
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)


def assert_survived(story: TeamsStory, at_least: int) -> None:
    assert story.verdict() == FINE, story.verdict()
    assert story.acknowledged() >= at_least
    assert story.rig.rows("SELECT kind, reason FROM outbox WHERE state = 'given_up'") == []
    assert story.rig.rows("SELECT kind, error FROM parked") == []
    assert is_whole(story.rig.url)


@pytest.mark.parametrize("step", STEPS)
async def test_dying_at_a_step_loses_nothing_and_repeats_nothing_silently(
    rig: TeamsRigged, url: str, step: str
) -> None:
    async with rig(url) as running:
        story = TeamsStory(running)
        await running.start()
        await running.declare()
        await running.bot.kill()
        await running.bot.start_to_die(step)
        await dies(running, story)
        await running.bot.start()
        await story.talk(0.5)
        await settle(running)
        assert_survived(story, at_least=5)


@pytest.mark.parametrize("step", ABOUT_THREADS)
async def test_a_thread_begun_just_before_dying_is_begun_at_most_once_more_and_says_so(
    rig: TeamsRigged, url: str, step: str
) -> None:
    async with rig(url) as running:
        await running.start()
        await running.sim.slash("maya", "General", "help")
        await running.quiet()
        await running.bot.stop()
        await running.bot.start(FAILPOINT=step)
        await running.sim.slash("maya", "General", "declare sev2 Checkout errors")
        assert await running.bot.ended(30) == POWER_CUT
        await settle(running)
        assert running.value("SELECT count(*) FROM incident") == 1, "Teams says it a second time by itself"
        begun = {m["conversation"] for m in running.sim.messages("General") if m["bot"] and not m["root"]}
        marked = [text for text in running.posted() if words.MAYBE_TWICE in text]
        assert len(begun) == 1 + len(marked) <= 2
        assert running.posted_twice() == running.never_posted() == []
        ((place, body),) = running.rows("SELECT place, body FROM incident")
        assert place.split(" ")[2] in begun
        assert '"status_card":{' in body
