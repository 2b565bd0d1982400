"""A draft finds its owner, is looked at by those who were there, and is published."""

from __future__ import annotations

import pytest

from bot.model import Postmortem, PostmortemStatus
from bot.review import current, open_comments
from tests.story.stage import Actor, Story


def postmortem(story: Story) -> Postmortem:
    found = story.record().postmortem
    assert found is not None
    return found


async def resolved(story: Story) -> tuple[Actor, ...]:
    """Maya leads; Tom and Ines worked on it, and one of them is proposed as the owner."""
    maya, tom, ines = story.cast("maya", "tom", "ines")
    await maya.incident("declare sev2 Checkout errors")
    await maya.incident("lead @maya")
    await tom.incident("note restarted the database 20m ago")
    await ines.incident("note customers are calling")
    await maya.incident("resolve the pool is larger now")
    return maya, *sorted((tom, ines), key=lambda one: one.person.id != postmortem(story).owner)


async def days(story: Story, n: int) -> None:
    """Until everybody, wherever they live, had a working hour since."""
    await story.later(days=n)
    for _ in range(6):
        await story.later(hours=4)


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_from_the_proposed_owner_to_the_published_postmortem(story: Story) -> None:
    maya, first, second = await resolved(story)
    assert any("proposed as the owner" in said for said in first.inbox)
    opened = await first.press("Not me", near="proposed as the owner")
    assert opened.form == "Not the owner"
    await first.fill(reason="on leave from tomorrow")
    assert postmortem(story).owner == second.person.id
    assert any("(on leave from tomorrow); proposed now" in text for text in story.texts())
    await second.press("Accept", near="proposed as the owner")
    assert postmortem(story).ownership.told_at is None

    await second.incident(f"postmortem review @{first.name} @maya 2026-03-06 14:00")
    assert postmortem(story).status is PostmortemStatus.IN_REVIEW
    assert any("asks you to look" in said for said in first.inbox)
    await first.press("Comment", near="asks you to look")
    await first.fill(section="impact", text="all of Europe was hurt")
    assert any("all of Europe was hurt" in said for said in second.inbox)
    await first.press("Looks right", near="asks you to look")
    await maya.press("Looks right", near="asks you to look")
    review = current(postmortem(story))
    assert review is not None
    assert len(review.signed) == 2
    assert any("2 of 2 reviewers have looked" in said for said in second.inbox)

    await second.incident("postmortem comments")
    await second.press("Resolve", near="all of Europe was hurt")
    assert not open_comments(postmortem(story))
    await second.incident("postmortem publish")
    await second.press("Publish anyway")
    assert postmortem(story).status is PostmortemStatus.PUBLISHED
    assert len(story.chat.posts(story.channel)) <= 8


@pytest.mark.needs("verbs", "buttons", "direct messages")
async def test_a_day_without_an_answer_asks_the_next_and_then_the_commander_owns_it(story: Story) -> None:
    maya, first, second = await resolved(story)
    await story.later(hours=23)
    assert postmortem(story).owner == first.person.id
    await story.later(hours=2)
    assert postmortem(story).owner == second.person.id
    await story.later(hours=5)  # into the hours in which they work
    assert any("proposed as the owner" in said for said in second.inbox)
    late = await first.press("Accept", near="proposed as the owner")
    assert "by now" in late
    await story.later(hours=25)
    assert postmortem(story).owner == maya.person.id
    assert any("nobody else can be asked" in said for said in maya.inbox)
    assert sum("no answer from" in text for text in story.texts()) == 2
    await story.later(hours=48)
    assert postmortem(story).owner == maya.person.id


@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_everybody_on_the_timeline_is_asked_once_whether_it_is_fair(story: Story) -> None:
    maya, first, second = await resolved(story)
    await first.press("Accept", near="proposed as the owner")
    await first.incident("postmortem review @maya 2026-03-05")
    await days(story, 2)
    for one in (maya, first, second):
        assert len([said for said in one.inbox if "Is it fair?" in said]) == 1
    await maya.press("Fair", near="Is it fair?")
    opened = await second.press("Something is missing", near="Is it fair?")
    assert opened.form == "What is missing?"
    await second.fill(text="the second alert")
    assert any("the second alert" in said for said in first.inbox)
    review = current(postmortem(story))
    assert review is not None
    assert review.fair == (maya.person.id,)
    await first.incident("postmortem review @maya 2026-03-09")
    await days(story, 6)
    assert not [said for said in maya.inbox if "Is it fair?" in said], "her answer stands in place of the question"
    for one in (first, second):
        assert len([said for said in one.inbox if "Is it fair?" in said]) == 1


@pytest.mark.needs("verbs", "buttons", "direct messages")
async def test_what_is_late_is_said_once_to_the_owner_and_to_silent_reviewers(story: Story) -> None:
    maya, first, second = await resolved(story)
    await first.press("Accept", near="proposed as the owner")
    await days(story, 8)
    assert len([said for said in first.inbox if "is a draft still" in said]) == 1
    await first.incident(f"postmortem review @{second.name} 2026-03-16")
    await days(story, 2)
    assert len([said for said in second.inbox if "waits for your look" in said]) == 1
    for _ in range(3):
        await days(story, 4)
    assert len([said for said in first.inbox if "was due Mon 16 Mar 2026" in said]) == 1
    assert len([said for said in first.inbox if "not published yet" in said]) == 1
    assert not [said for said in maya.inbox if "waits for your look" in said]
    assert not [said for said in second.inbox if "not published yet" in said]


@pytest.mark.needs("verbs", "direct messages")
async def test_a_drill_has_an_owner_and_nobody_is_reminded_of_it(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Rehearsal --drill")
    await maya.incident("lead @maya")
    await tom.incident("note practising")
    await maya.incident("resolve done")
    before = len(tom.inbox)
    await story.later(days=14)
    assert postmortem(story).owner == tom.person.id
    assert len(tom.inbox) == before


@pytest.mark.needs("members", "channel life", "verbs")
async def test_nobody_outside_a_private_incident_is_asked_to_review_it(story: Story) -> None:
    maya, kenji = story.cast("maya", "kenji")
    await kenji.incident("list", where=story.chat.channel("general"))
    await maya.incident("declare sev2 zirconium breach --private", where=story.chat.channel("general"))
    (incident,) = story.incidents(maya.person)
    assert incident.place
    await maya.incident("postmortem open", where=incident.place.channel)
    refused = await maya.incident("postmortem review @kenji", where=incident.place.channel)
    assert "is not in it" in refused
    assert not [said for said in kenji.inbox if "zirconium" in said or incident.key in said]
