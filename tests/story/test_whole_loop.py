"""From the first message to the last finished action item."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import ItemStatus, PostmortemStatus, Status
from tests.story.stage import A_WEEK, Story


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "messages", "pins", "buttons", "forms", "direct messages")
async def test_an_incident_runs_from_its_first_message_to_its_last_finished_item(story: Story) -> None:
    maya, tom, ines = story.cast("maya", "tom", "ines")
    await maya.incident("declare sev2 Checkout errors")
    incident = story.incident()
    assert (incident.severity, incident.status, incident.title) == (2, Status.ACTIVE, "Checkout errors")

    first = await tom.say("the pool is full")
    await ines.say("customers are calling")
    await maya.pin(first)
    assert "the pool is full" in story.texts()
    assert "customers are calling" not in story.texts()
    assert "customers are calling" in story.texts(everything=True)

    await tom.incident("note restarted the database 20m ago")
    await maya.incident("sev 1 all regions")
    await maya.incident("lead @tom")
    await tom.incident("update identified the pool is too small next 30m")
    await tom.incident("mitigate traffic moved")
    await tom.incident("resolve the pool is larger now")
    assert story.incident().status is Status.RESOLVED
    assert "restarted the database" in story.draft()
    assert "Checkout errors" in story.draft()

    await maya.incident("postmortem factor capacity: the pool was sized for last year")
    await maya.incident("action @ines by 2026-03-04: Alert on pool saturation")
    asked = await tom.incident("postmortem publish")
    assert "began" in asked
    await tom.press("Publish anyway")
    postmortem = story.record().postmortem
    assert postmortem is not None
    assert postmortem.status is PostmortemStatus.PUBLISHED
    assert story.incident().status is Status.RESOLVED

    await story.later(**A_WEEK)
    digests = [said for said in ines.inbox if "overdue" in said]
    assert len(digests) == 1
    assert "Alert on pool saturation" in digests[0]
    await ines.press("Done", near="Alert on pool saturation")
    assert story.items()["ACT-1"].status is ItemStatus.DONE
    await ines.press("Undo")
    assert story.items()["ACT-1"].status is ItemStatus.OPEN
    await ines.press("Done", near="ACT-1")
    await story.later(**A_WEEK)
    assert len([said for said in ines.inbox if "overdue" in said]) <= 1


@pytest.mark.needs("verbs", "buttons")
async def test_a_whole_incident_takes_at_most_eight_posts_in_its_channel(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    await tom.say("looking")
    for words in (
        "sev 1 all regions",
        "lead @tom",
        "update identified the pool is too small next 30m",
        "note restarted it",
        "timeline",
        "update monitoring it drains",
        "help",
        "status",
        "resolve larger pool",
        "postmortem factor capacity: sized for last year",
        "action @maya by 2w: Alert on saturation",
        "postmortem publish",
    ):
        await tom.incident(words)
    await tom.press("Publish anyway")
    posts = story.chat.posts(story.channel)
    assert len(posts) <= 8, posts
    assert len(story.chat.posts(story.chat.channel("general"))) <= 1


@pytest.mark.needs("verbs", "direct messages")
async def test_an_item_made_just_before_an_outage_is_in_the_digest_of_its_week(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("action @ines by 2026-03-04: Alert on slow queries")
    await maya.incident("resolve done")
    await story.clock.advance(timedelta(**A_WEEK))
    await story.beat()
    assert len([one for one in ines.inbox if "overdue" in one]) == 1


@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_a_late_item_is_snoozed_once_freely_and_then_with_a_reason(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("action @ines by 2026-03-04: Alert on slow queries")
    await maya.incident("resolve done")
    await story.later(**A_WEEK)
    opened = await ines.press("Snooze", near="Alert on slow queries")
    assert opened.form == "Snooze ACT-1"
    await ines.fill(until="2026-03-20")
    assert story.items()["ACT-1"].snoozes == 1
    await story.later(days=14)
    assert len([one for one in ines.inbox if "overdue" in one]) >= 1
    again = await ines.incident("snooze ACT-1 2w")
    assert again.form == "Snooze ACT-1"
    await ines.fill(until="2026-04-20", reason="waiting for the new agent")
    item = story.items()["ACT-1"]
    assert (item.snoozes, item.reason, item.due.isoformat()) == (2, "waiting for the new agent", "2026-04-20")


@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_an_item_changes_hands_is_given_back_and_ends_unfinished_with_a_reason(story: Story) -> None:
    maya, tom, ines = story.cast("maya", "tom", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("action @ines by 2w: Alert on slow queries")
    await ines.incident("reassign ACT-1 @tom")
    assert story.items()["ACT-1"].owner == tom.person.id
    assert any("gave you" in one for one in tom.inbox)
    await tom.incident("actions mine")
    await tom.press("Not mine", near="Alert on slow queries")
    assert story.items()["ACT-1"].owner == ""
    assert any("ACT-1" in one for one in maya.inbox)
    asked = await maya.incident("wontdo ACT-1")
    assert asked.form == "Won't do ACT-1"
    await maya.fill(reason="the service is retired")
    item = story.items()["ACT-1"]
    assert (item.status, item.reason) == (ItemStatus.WONT_DO, "the service is retired")
    assert "no longer" not in (await ines.incident("actions mine")).text


@pytest.mark.needs("verbs", "direct messages")
async def test_a_drill_reminds_nobody(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev2 Rehearsal --drill")
    assert story.incident().drill
    await maya.incident("action @ines by 2026-03-04: Practise the rollback")
    await maya.incident("resolve done")
    await story.later(days=14)
    assert not [one for one in ines.inbox if "overdue" in one]


@pytest.mark.needs("verbs")
async def test_an_incident_is_reopened_and_closed_and_wrong_orders_are_refused_with_a_remedy(story: Story) -> None:
    (maya,) = story.cast("maya")
    await maya.incident("declare sev3 Search is slow")
    assert "resolve" in await maya.incident("close")
    await maya.incident("resolve done")
    assert "lready resolved" in await maya.incident("resolve again")
    opened = story.record().postmortem
    await maya.incident("reopen the errors are back")
    assert story.incident().status is Status.ACTIVE
    await maya.incident("resolve really done")
    assert story.record().postmortem == opened, "an incident has one postmortem, whatever happens to it"
    await maya.incident("close")
    assert story.incident().status is Status.CLOSED
    assert story.incident().resolutions == 2


@pytest.mark.needs("verbs")
async def test_the_five_times_are_known_with_their_source_and_in_order(story: Story) -> None:
    (maya,) = story.cast("maya")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("time began 40m ago error graph")
    await maya.incident("time detected 30m ago alert")
    refused = await maya.incident("time detected 50m ago somebody")
    times = story.incident().times
    assert times.began
    assert times.began.source == "error graph"
    assert times.detected
    assert times.detected.source == "alert"
    assert times.mitigated is None
    assert refused.text
    await maya.incident("resolve done")
    assert "error graph" in story.draft()
    assert "unknown" in story.draft()


@pytest.mark.needs("verbs")
async def test_the_last_change_is_undone_for_ten_minutes(story: Story) -> None:
    (maya,) = story.cast("maya")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("sev 1 worse")
    await maya.incident("undo")
    assert story.incident().severity == 3
    await maya.incident("sev 2 somewhat worse")
    await story.later(minutes=11)
    await maya.incident("undo")
    assert story.incident().severity == 2
