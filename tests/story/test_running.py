"""What is forgotten while an incident runs is said once, privately, at any hour."""

from __future__ import annotations

import pytest

from tests.story.stage import Story


def speaks(inbox: list[str], words: str) -> int:
    return len([said for said in inbox if words in said])


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons", "direct messages")
async def test_a_promised_update_is_asked_for_once_and_only_if_nobody_says_anything(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("lead @maya")
    await tom.incident("update investigating the queries are slow next 30m")
    await story.later(hours=12)  # in the middle of the night
    await story.beat()
    assert (speaks(maya.inbox, "was promised for"), speaks(tom.inbox, "was promised for")) == (1, 0)
    opened = await maya.press("Post an update", near="was promised for")
    assert opened.form
    await maya.fill(text="the index is rebuilt", every="30m")
    await tom.incident("update monitoring it drains next 20m")
    await story.later(minutes=15)
    await tom.incident("mitigate it is fast again")
    await story.later(hours=2)
    await story.beat()
    assert (speaks(maya.inbox, "was promised for"), speaks(tom.inbox, "was promised for")) == (1, 0)


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons", "direct messages")
async def test_a_severe_incident_that_nobody_leads_is_offered_to_its_responders_privately(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev1 Checkout errors")
    await tom.incident("note the pool is full")
    posts = len(story.chat.posts(story.channel))
    await story.later(minutes=9)
    assert speaks(maya.inbox, "no incident commander") == 0
    await story.later(minutes=2)
    assert [speaks(who.inbox, "no incident commander") for who in (maya, tom)] == [1, 1]
    assert len(story.chat.posts(story.channel)) == posts
    await tom.press("I lead", near="no incident commander")
    assert story.incident().lead == tom.person.id
    assert "incident commander by now" in await maya.press("I lead", near="no incident commander")
    await story.later(hours=1)
    assert sum(speaks(who.inbox, "has no incident commander yet") for who in (maya, tom)) <= 2
