"""Half a year later a lesson comes back to whoever owns it, and to nobody else."""

from __future__ import annotations

import pytest

from tests.story.stage import Story


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons", "direct messages")
async def test_a_published_lesson_comes_back_once_and_is_found_out_of_date(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("lead @maya")
    await tom.incident("note looked at the queries")
    await maya.incident("action @tom by 2026-03-06: Alert on slow queries")
    await maya.incident("resolve the index is back")
    await tom.press("Accept", near="proposed as the owner")
    await tom.incident("done ACT-1")
    await tom.incident("postmortem publish")
    await tom.press("Publish anyway")
    posts = len(story.chat.posts(story.channel))
    await story.later(days=180)
    await story.later(hours=5)
    assert not [said for said in tom.inbox if "Is it still true?" in said]
    for _ in range(3):
        await story.later(days=2)
        await story.later(hours=3)
    (asked,) = [said for said in tom.inbox if "Is it still true?" in said]
    assert "Search is slow" in asked
    assert "Of 1 action item 1 ended." in asked
    assert not [said for said in maya.inbox if "Is it still true?" in said]
    assert len(story.chat.posts(story.channel)) == posts
    await tom.press("Out of date", near="Is it still true?")
    found = story.record().postmortem
    assert found is not None
    assert found.lesson is not None
    assert not found.lesson.holds
    await tom.press("Start a new version", near="is out of date")
    assert story.record().postmortem.version == 2  # type: ignore[union-attr]
