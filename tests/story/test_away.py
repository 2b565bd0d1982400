"""Somebody says in chat when they want to hear of reminders, and that they are away."""

from __future__ import annotations

import pytest

from tests.story.stage import A_WEEK, Story


def digests(inbox: list[str]) -> int:
    return len([said for said in inbox if "overdue" in said])


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_nothing_comes_while_somebody_is_away_and_then_it_comes_at_the_hour_of_their_wish(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("action @ines by 2026-03-06: Alert on slow queries")
    await maya.incident("resolve done")
    assert "Monday at 09:30" in await ines.incident("reminders")
    opened = await ines.press("Change", near="Once a week")
    assert opened.form == "My reminders"
    await ines.fill(day="friday", hour="14:00", away="2026-03-22")
    assert "You are away up to and including Sun 22 Mar 2026" in await ines.incident("reminders")
    await story.later(**A_WEEK)
    await story.later(**A_WEEK)
    assert digests(ines.inbox) == 0
    await story.later(**A_WEEK)
    assert digests(ines.inbox) == 0, "it is Monday"
    await story.later(days=4)
    assert digests(ines.inbox) == 1


@pytest.mark.needs("verbs", "direct messages")
async def test_who_is_back_sooner_hears_in_the_same_week(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("action @ines by 2026-03-06: Alert on slow queries")
    await maya.incident("resolve done")
    assert "31 Mar 2026" in await ines.incident("reminders away until 2026-03-31")
    await story.later(**A_WEEK)
    assert digests(ines.inbox) == 0
    await ines.incident("reminders back")
    await story.later(hours=1)
    assert digests(ines.inbox) == 1
