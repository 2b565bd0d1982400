"""Who may point at a message, and what becomes of one that not everybody reads."""

from __future__ import annotations

import pytest

from bot.model import EntryKind
from tests.story.stage import Message, Story

SECRET = "zirconium"
POINTING = ("add_to_timeline", "make_action_item", "declare_from_message")


@pytest.mark.needs("shortcuts", "members", "profiles")
@pytest.mark.parametrize("shortcut", POINTING)
async def test_a_guest_is_told_that_it_takes_a_member(story: Story, shortcut: str) -> None:
    maya, tom, gary = story.cast("maya", "tom", "gary")
    await maya.incident("declare sev2 Checkout errors")
    await story.chat.guest_comes("gary", "maya", story.channel)
    await story.settle()
    said = await tom.say("the graph went flat at noon")
    refused = await gary.shortcut(said, shortcut)
    assert "Guests can read and add notes" in refused
    assert refused.form == ""
    assert "the graph went flat at noon" not in story.texts()
    assert len(story.incidents()) == 1


@pytest.mark.needs("shortcuts", "members")
async def test_an_outsider_cannot_point_into_a_private_incident_and_does_not_learn_that_there_is_one(
    story: Story,
) -> None:
    maya, kenji = story.cast("maya", "kenji")
    place = await story.chat.private_place("maya", "tom")
    await maya.incident(f"declare sev2 {SECRET} breach --private", where=place)
    (incident,) = story.incidents(maya.person)
    said = await kenji.say("queries pile up", where=story.chat.channel("general"))
    refused = await kenji.shortcut(said, "add_to_timeline")
    assert "declare" in refused
    for words in (SECRET, incident.key):
        assert words not in refused
    assert "queries pile up" not in [one.text for one in story.record(incident.key, maya.person).entries]


async def pointed(story: Story) -> Message:
    """Something that Maya and Tom know, and a public incident."""
    maya, tom = story.cast("maya", "tom")
    circle = await story.chat.closed_circle("maya", "tom")
    await maya.incident("declare sev2 Checkout errors", where=story.chat.channel("general"))
    return await tom.say(f"the {SECRET} contract ends today", where=circle)


def said_of_it(story: Story) -> list[str]:
    lines = [one.text for one in story.timeline() if one.kind is EntryKind.PEOPLE]
    return [text for text in lines if "added a message from a private conversation" in text]


@pytest.mark.needs("shortcuts", "members", "buttons")
async def test_a_message_of_a_closed_circle_gets_into_a_public_incident_by_an_explicit_yes_that_stays_on_record(
    story: Story,
) -> None:
    (maya,) = story.cast("maya")
    said = await pointed(story)
    asked = await maya.shortcut(said, "add_to_timeline")
    assert "comes from a private conversation" in asked
    assert not any(SECRET in text for text in story.texts(everything=True))
    await maya.press("Add it to the public incident")
    assert any(SECRET in text for text in story.texts())
    (line,) = said_of_it(story)
    assert line.lower().startswith("maya")


@pytest.mark.needs("shortcuts", "members", "buttons", "forms")
async def test_an_incident_that_begins_with_such_a_message_is_private_unless_somebody_says_otherwise(
    story: Story,
) -> None:
    (maya,) = story.cast("maya")
    said = await pointed(story)
    opened = await maya.shortcut(said, "declare_from_message")
    assert "private" in opened
    await maya.fill(title="The contract ends")
    assert not any("contract" in one.title for one in story.incidents())
    (made,) = (one for one in story.incidents(maya.person) if "contract" in one.title)
    assert made.private


@pytest.mark.needs("shortcuts", "members", "buttons", "forms")
async def test_an_item_of_a_public_incident_that_is_made_of_such_a_message_says_so_before_it_is_saved(
    story: Story,
) -> None:
    (maya,) = story.cast("maya")
    said = await pointed(story)
    opened = await maya.shortcut(said, "make_action_item")
    assert "private conversation" in opened
    assert story.items() == {}
    await maya.fill(owner="@tom", due="2026-03-20")
    assert len(story.items()) == 1
    assert len(said_of_it(story)) == 1
