"""An action item that its owner never answers goes up, step by step, until somebody named decides."""

from __future__ import annotations

import pytest

from bot.model import ItemStatus
from tests.story.stage import Story


def speaks(inbox: list[str], words: str) -> list[str]:
    return [said for said in inbox if words in said]


async def weeks(story: Story, n: int) -> None:
    """Past each week's Friday and the Monday after it, at an hour in which everybody works who has a part in this."""
    for _ in range(n):
        await story.later(days=4)
        await story.later(days=3)


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_an_ignored_item_ends_as_a_risk_that_somebody_accepts_by_name(story: Story) -> None:
    maya, tom, ines = story.cast("maya", "tom", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("lead @maya")
    await maya.incident("action @ines by 2026-03-06: Alert on slow queries")
    await tom.incident("note looked at the queries")
    await maya.incident("resolve done")
    await tom.press("Accept", near="proposed as the owner")
    before = len(maya.inbox)
    await story.later(hours=5)

    await weeks(story, 3)
    assert speaks(tom.inbox, "for two weeks") == []
    await weeks(story, 1)
    assert len(speaks(tom.inbox, "without an answer for two weeks")) == 1
    await weeks(story, 2)
    assert len(speaks(maya.inbox[before:], "without an answer for four weeks")) == 1
    await weeks(story, 3)
    (asked,) = speaks(tom.inbox, "without an answer for six weeks")
    assert "Alert on slow queries" in asked
    assert len(speaks(ines.inbox, "overdue")) >= 7
    assert len(speaks(tom.inbox, "without an answer")) == 2

    opened = await tom.press("Accept the risk", near="for 6 weeks")
    assert opened.form == "Accept the risk of ACT-1"
    await tom.fill(reason="the old search goes away in June")
    item = story.items()["ACT-1"]
    assert (item.status, item.reason) == (ItemStatus.ACCEPTED_RISK, "the old search goes away in June")
    assert "accepted risk, because the old search goes away in June" in story.draft()
    digests = len(speaks(ines.inbox, "overdue"))
    await weeks(story, 2)
    assert len(speaks(ines.inbox, "overdue")) == digests


@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_a_click_in_time_keeps_an_item_from_going_up(story: Story) -> None:
    maya, tom, ines = story.cast("maya", "tom", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("action @ines by 2026-03-06: Alert on slow queries")
    await tom.incident("note looked at the queries")
    await maya.incident("resolve done")
    await story.later(hours=5)
    await weeks(story, 2)
    assert story.items()["ACT-1"].heard == 2
    await ines.press("Snooze", near="Alert on slow queries")
    await ines.fill(until="2026-03-18")
    assert story.items()["ACT-1"].heard == 0
    await weeks(story, 2)
    assert not [said for who in (maya, tom) for said in speaks(who.inbox, "without an answer")]
