"""A private incident: whoever is not in it cannot tell it from one that does not exist."""

from __future__ import annotations

import re

import pytest

from bot.rules import VERBS
from tests.story.stage import Story

CANARY = "zirconium"


async def declared(story: Story) -> str:
    (maya,) = story.cast("maya")
    place = await story.chat.private_place("maya", "tom")
    await maya.incident(f"declare sev2 {CANARY} breach --private", where=place)
    (incident,) = story.incidents(maya.person)
    assert incident.private
    assert re.fullmatch(r"INC-[A-Z]{5}", incident.key)
    return incident.key


def about(word: str, key: str, item: str) -> tuple[str, ...]:
    """How each verb is said of an incident, or of an item, by its key."""
    return {
        "declare": ("list " + key,),
        "done": (f"done {item}",),
        "snooze": (f"snooze {item} 2w",),
        "reassign": (f"reassign {item} @kenji",),
        "wontdo": (f"wontdo {item} no time",),
        "status": (f"status {key}", f"{key} status"),
        "actions": (f"actions {key}",),
        "postmortem": (f"{key} postmortem", f"{key} postmortem publish", f"{key} postmortem factor capacity: small"),
    }.get(word, (f"{key} {word}", f"{key} {word} something"))


@pytest.mark.needs("verbs", "members")
async def test_no_verb_tells_an_outsider_a_private_incident_from_none(story: Story) -> None:
    maya, kenji = story.cast("maya", "kenji")
    key = await declared(story)
    general = story.chat.channel("general")
    await maya.incident(f"{key} action @maya by 2w: rotate the {CANARY} keys", where=general)
    (item,) = story.reports.items(maya.person)
    before = story.record(key, maya.person)
    for word in VERBS:
        real, none = about(word, key, item.key), about(word, "INC-QQQQQ", "ACT-QQQQQ")
        for there, nowhere in zip(real, none, strict=True):
            one = await kenji.incident(there, where=general)
            other = await kenji.incident(nowhere, where=general)
            shown = one.text.replace(key, "KEY").replace(item.key, "ITEM")
            assert shown == other.text.replace("INC-QQQQQ", "KEY").replace("ACT-QQQQQ", "ITEM"), there
            assert (one.form, one.errors) == (other.form, other.errors), there
            assert CANARY not in one.text
    after = story.record(key, maya.person)
    assert (after.incident, after.postmortem, after.items) == (before.incident, before.postmortem, before.items)


@pytest.mark.needs("verbs", "members", "home", "direct messages")
async def test_its_words_reach_nobody_outside_on_any_way_of_reading(story: Story) -> None:
    maya, kenji = story.cast("maya", "kenji")
    key = await declared(story)
    general = story.chat.channel("general")
    await maya.incident("declare sev3 Search is slow", where=general)
    await kenji.incident("list", where=general)
    for words in ("", "list", "list all", "list mine", "actions", "status", "catchup", "timeline all", "help"):
        assert CANARY not in (await kenji.incident(words, where=general)).text
    assert CANARY not in await kenji.home()
    assert not [one for one in story.incidents(kenji.person) if one.key == key]
    assert story.reports.record(kenji.person, key) is None
    assert story.reports.entries(kenji.person, key) is None
    assert not story.reports.incidents(kenji.person, text=CANARY)[0]
    assert CANARY not in "".join(story.chat.shown(general))
    assert CANARY not in "".join(story.chat.readable("kenji"))


@pytest.mark.needs("members", "verbs")
async def test_who_is_invited_sees_it_and_who_is_taken_out_does_not_any_more(story: Story) -> None:
    maya, kenji = story.cast("maya", "kenji")
    key = await declared(story)
    place = story.incident(key, maya.person).place
    assert place
    await kenji.incident("list", where=story.chat.channel("general"))
    await maya.bring_in("kenji", place.channel)
    assert CANARY in (await kenji.incident(f"status {key}", where=story.chat.channel("general"))).text
    assert "kenji" in story.chat.members(place.channel)
    await maya.take_out("kenji", place.channel)
    assert CANARY not in (await kenji.incident(f"status {key}", where=story.chat.channel("general"))).text
    assert "kenji" not in story.chat.members(place.channel)


@pytest.mark.needs("members", "verbs")
async def test_who_went_unheard_does_not_see_it_a_quarter_of_an_hour_later_and_who_came_does(story: Story) -> None:
    maya, tom, kenji = story.cast("maya", "tom", "kenji")
    key = await declared(story)
    place = story.incident(key, maya.person).place
    assert place
    if "tom" not in story.chat.members(place.channel):
        await maya.bring_in("tom", place.channel)
    general = story.chat.channel("general")
    for one in (tom, kenji):
        await one.incident("list", where=general)
    await story.later(minutes=16)
    await story.chat.goes_unheard("tom", place.channel)
    await story.chat.comes_unheard("kenji", place.channel)
    assert CANARY in (await tom.incident(f"status {key}", where=general)).text
    await story.later(minutes=16)
    assert CANARY not in (await tom.incident(f"status {key}", where=general)).text
    assert CANARY in (await kenji.incident(f"status {key}", where=general)).text
    told = [one.text for one in story.record(key, maya.person).entries]
    assert sum("left the channel" in text for text in told) == 1
    await story.later(minutes=16)
    assert [one.text for one in story.record(key, maya.person).entries] == told


@pytest.mark.needs("members", "verbs", "direct messages")
async def test_what_somebody_owed_goes_on_to_others_when_they_are_taken_out_and_they_hear_no_more(story: Story) -> None:
    maya, tom, ines, kenji = story.cast("maya", "tom", "ines", "kenji")
    key = await declared(story)
    place = story.incident(key, maya.person).place
    assert place
    for name in {"tom", "ines", "kenji"} - story.chat.members(place.channel):
        await maya.bring_in(name, place.channel)
    for words in (
        f"action @ines by 2026-03-04: rotate the {CANARY} keys", "resolve contained", "postmortem owner @tom",
        "postmortem review @kenji",
    ):  # fmt: skip
        await maya.incident(words, where=place.channel)
    for name in ("tom", "ines", "kenji"):
        await maya.take_out(name, place.channel)
    heard = {one.name: len(one.inbox) for one in (tom, ines, kenji)}
    await story.later(hours=3)
    after = story.record(key, maya.person)
    assert after.postmortem
    assert after.postmortem.owner == maya.person.id
    assert after.postmortem.review
    assert after.postmortem.review.reviewers == ()
    assert any("hears nothing of it from me" in told for told in maya.inbox)
    for words in (f"postmortem comment {CANARY} remark", "postmortem review @maya", f"update {CANARY} is back"):
        await maya.incident(words, where=place.channel)
    await story.later(days=8)
    for one in (tom, ines, kenji):
        assert CANARY not in "".join(one.inbox[heard[one.name] :])


@pytest.mark.needs("channel life", "members")
async def test_a_channel_that_turns_private_turns_its_incident_private(story: Story) -> None:
    maya, kenji = story.cast("maya", "kenji")
    await maya.incident(f"declare sev2 {CANARY} errors")
    await kenji.incident("list", where=story.chat.channel("general"))
    assert story.reports.incident(kenji.person, "INC-1")
    await story.more.convert_to_private("maya", story.channel)
    await story.settle()
    assert story.reports.incident(kenji.person, "INC-1") is None
    assert story.incident("INC-1", maya.person).private


@pytest.mark.needs("channel life")
async def test_a_renamed_and_an_archived_channel_are_noticed(story: Story) -> None:
    (maya,) = story.cast("maya")
    await maya.incident("declare sev2 Checkout errors")
    await story.more.rename("maya", story.channel, "war-room")
    await story.settle()
    assert any("war-room" in text for text in story.texts(everything=True))
    await story.more.archive("maya", story.channel)
    await story.settle()
    assert "archived" in story.incident().capture_gap


@pytest.mark.needs("members", "profiles", "verbs")
async def test_a_guest_reads_and_notes_where_invited_and_can_do_no_more(story: Story) -> None:
    maya, gary = story.cast("maya", "gary")
    await maya.incident("declare sev2 Checkout errors")
    await story.chat.guest_comes("gary", "maya", story.channel)
    await story.settle()
    noted = await gary.incident("note I saw it too")
    assert "INC-1" in noted.text
    assert "I saw it too" in story.texts()
    refused = await gary.incident("resolve all good")
    assert story.incident().is_open
    assert "uest" in refused.text
