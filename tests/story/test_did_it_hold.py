"""A month after an item was done its owner is asked whether it worked; what did not hold is opened again."""

from __future__ import annotations

import pytest

from bot.model import ItemStatus
from tests.story.stage import Story


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_what_did_not_hold_says_so_in_the_postmortem_and_is_opened_again(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("action @ines by 2026-03-06: Alert on slow queries")
    await maya.incident("resolve done")
    await ines.incident("done ACT-1")
    await story.later(days=29)
    assert not [said for said in ines.inbox if "Did it work?" in said]
    await story.later(days=1, hours=4)
    await story.beat()
    assert len([said for said in ines.inbox if "ACT-1 was done 30 days ago" in said]) == 1
    await ines.press("Ask me later", near="Did it work?")
    await story.later(days=14)
    await story.beat()
    await ines.press("It did not hold", near="Did it work?")
    await ines.fill(reason="the queries were slow again")
    assert "done; did not hold after 30 days: the queries were slow again" in story.draft()
    await ines.press("Reopen it", near="did not hold")
    item = story.items()["ACT-1"]
    assert (item.status, len(item.checks)) == (ItemStatus.OPEN, 2)
    await ines.incident("done ACT-1")
    await story.later(days=30)
    await story.later(hours=3)
    await story.beat()
    await ines.press("It held", near="Did it work?")
    assert "done; held after 30 days" in story.draft()
