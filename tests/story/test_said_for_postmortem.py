"""What only people know about an incident, said on every platform, and what changed since it was published."""

from __future__ import annotations

import pytest

from tests.story.stage import Story


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "messages", "buttons", "forms")
async def test_trigger_decision_and_question_are_said_and_the_proposed_timeline_is_accepted(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    await tom.say("We decided to roll back")
    await tom.incident("resolve rolled back")
    await tom.incident("postmortem decision No second region")
    await maya.incident("postmortem")
    assert (await maya.press("What set it off")).form
    await maya.fill(text="the deployment of 9:12")
    await tom.incident("postmortem question Who is paged at night?")
    await tom.incident("postmortem factor capacity: one pool")
    await maya.incident("postmortem")
    assert (await maya.press("Factors")).form
    postmortem = story.record().postmortem
    assert postmortem
    await maya.fill(factor="capacity", text="One pool for all of Europe", replaces=postmortem.factors[0].id)

    shown = await maya.incident("postmortem")
    assert "We decided to roll back" in shown
    assert "We decided to roll back" not in story.texts()
    await maya.press("Accept the proposed entry")
    assert "We decided to roll back" in story.texts()
    for said in ("the deployment of 9:12", "No second region", "Who is paged at night?", "One pool for all of Europe"):
        assert said in story.draft()

    await tom.incident("postmortem publish")
    await tom.press("Publish anyway")
    assert "says what its published version 1 says" in await maya.incident("postmortem changes")
    await tom.incident("postmortem revise")
    await tom.incident("postmortem question Why two pools?")
    assert "Why two pools?" in await maya.incident("postmortem changes")
