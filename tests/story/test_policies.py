"""What an organisation decides about itself changes what people get, on both platforms, and never behind their back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.command import Origin
from bot.commands.policy import SetPolicy
from bot.policy_written import Written, written_of
from bot.text import Reply
from tests.story.stage import Actor, Story
from tests.story.test_ignored import speaks


async def changes(admin: Actor, seen: str = "", dates: str = "new", **wanted: Any) -> Reply:
    """What the Setup page sends: some settings over those that hold."""
    story = admin.story
    organisation, people = story.reports.policy(story.organisation)
    held = written_of(organisation.policies, lambda id_: f"@{people[id_].name}".replace(" ", ".")).model_dump()
    said = f"page:{story.clock.now()}:{seen}:{wanted}"
    origin = Origin(id=said, platform="api", tenant=story.organisation, actor=admin.person.id)
    command = SetPolicy(origin=origin, wanted=Written(**{**held, **wanted}), dates=dates, seen=seen)
    reply = await story.writer.submit(command)
    await story.settle()
    return reply


async def applies(admin: Actor, **wanted: Any) -> Reply:
    shown = await changes(admin, **wanted)
    assert shown.form is not None, shown.plain()
    return await changes(admin, shown.form.args["seen"], **wanted)


async def declared_of_search(maya: Actor, story: Story) -> None:
    """An incident of a service that the team Search owns, whose lead is Ines."""
    for one in story.cast("tom", "ines"):
        await one.incident("list")
    assert (await maya.incident("setup")).form == "Set up Debrief"
    channel = {"teams": "#incidents", "terminal": "#news"}.get(story.chat.name, "#general")
    saved = await maya.fill(zone="Europe/Berlin", teams=f"Search: @Ines {channel}", services="search = Search")
    assert "Saved" in saved, saved
    await maya.incident("declare")
    await maya.fill(title="Search is slow", service="search")


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "forms", "direct messages")
async def test_new_days_count_for_new_items_and_for_open_ones_only_where_that_was_asked_for(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await declared_of_search(maya, story)
    await maya.incident("action")
    await maya.fill(text="Alert on slow queries", owner="@tom")
    await maya.incident("action @tom by 2026-05-08: Larger pool")
    usual, chosen = (story.items()[key].due for key in ("ACT-1", "ACT-2"))
    before = len(tom.inbox)

    ninety = {"sev3": 90, "sev4": 90, "sev5": 90}
    shown = await changes(maya, due_days=ninety)
    assert "1 open action item whose date nobody chose keeps its date" in shown.plain()
    assert (story.items()["ACT-1"].due, len(tom.inbox)) == (usual, before)
    done = await applies(maya, dates="open", due_days=ninety)
    assert "1 open action item gets another date: ACT-1 from" in done.plain()
    assert story.items()["ACT-1"].due == usual + timedelta(days=30)
    assert story.items()["ACT-2"].due == chosen
    (told,) = speaks(tom.inbox[before:], "another date by a changed policy")
    assert "Alert on slow queries" in told
    assert "Larger pool" not in told

    await maya.incident("action")
    await maya.fill(text="Write it down", owner="@tom")
    assert story.items()["ACT-3"].due == usual + timedelta(days=30)
    late = await changes(tom, due_days={})
    assert "Only an admin" in late.plain()


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "forms", "direct messages")
async def test_an_ignored_item_goes_to_the_channel_and_the_lead_of_its_team_after_the_organisations_own_weeks(
    story: Story,
) -> None:
    maya, ines = story.cast("maya", "ines")
    await declared_of_search(maya, story)
    await maya.incident("lead @maya")
    await maya.incident("action @tom by 2026-03-06: Alert on slow queries")
    await maya.incident("resolve done")
    await applies(maya, escalation_weeks=[1, 2, 3])
    channel = story.chat.announcing()
    before = len(story.chat.posts(channel))
    await story.later(hours=5)
    for _ in range(2):
        await story.later(days=4)
        await story.later(days=3)
    assert speaks(ines.inbox, "without an answer") == []
    for _ in range(2):
        await story.later(days=4)
        await story.later(days=3)
    (count,) = speaks(story.chat.posts(channel)[before:], "got no answer for two weeks")
    assert "Search: 1 action item of INC-1" in count
    assert "tom" not in count.casefold()
    (asked,) = speaks(ines.inbox, "without an answer for two weeks")
    assert "Alert on slow queries" in asked


@pytest.mark.needs("verbs", "forms", "direct messages")
async def test_new_weeks_bring_an_escalation_that_was_announced(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await declared_of_search(maya, story)
    await maya.incident("lead @maya")
    await maya.incident("action @tom by 2026-03-06: Alert on slow queries")
    await maya.incident("resolve done")
    await story.later(hours=5)
    for _ in range(4):
        await story.later(days=4)
        await story.later(days=3)
    assert speaks(ines.inbox, "without an answer") == []
    shown = await changes(maya, escalation_weeks=[1, 2, 6])
    assert "1 escalation would come on the next Friday: the 2-week escalation of ACT-1." in shown.plain()
    await applies(maya, escalation_weeks=[1, 2, 6])
    await story.later(days=4)
    await story.later(hours=3)
    assert len(speaks(ines.inbox, "without an answer for two weeks")) == 1
