"""The next responder sees what happened before: on the card in a line, and privately all that helps."""

from __future__ import annotations

import pytest

from tests.story.stage import Story

POOL = "Payments fail: connection pool exhausted"


async def once_before(story: Story) -> None:
    """An incident with an action item that is still open, and how it was fixed."""
    maya, tom = story.cast("maya", "tom")
    await maya.incident(f"declare sev2 {POOL} service:payments")
    await tom.say("looking")
    await maya.incident("action @tom by 2026-03-04: Alert on pool saturation")
    await maya.incident("resolve more connections for the API")
    await maya.incident("declare sev3 Coffee machine leaks", where=story.chat.channel("general"))


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons")
async def test_whoever_declares_sees_what_was_like_it_and_says_whether_that_helped(story: Story) -> None:
    await once_before(story)
    maya, general = story.cast("maya")[0], story.chat.channel("general")
    await story.later(days=21)
    await maya.incident("declare sev2 No free database connection for card payments service:payments", where=general)
    place = story.incident("INC-3").place
    assert place
    card = next(text for text in story.chat.shown(place.channel) if "INC-3" in text and "Seen before" in text)
    assert "INC-1 (same service, 1 action item still open)" in card
    assert "INC-2" not in card
    shown = await maya.press("Show similar", near="Seen before")
    helps = "more connections for the API", "ACT-1", "Alert on pool saturation", "late"
    for part in ("Similar to INC-3", "INC-1", *helps):
        assert part in shown.text
    assert "Noted: INC-1 is useful" in (await maya.press("Useful", near="INC-1")).text
    assert "INC-1 is not useful" in (await maya.press("Not useful", near="INC-1")).text
    with story.store.reading() as work:
        work.cursor.execute("SELECT useful FROM shown WHERE person <> ''")
        assert [bool(row[0]) for row in work.cursor.fetchall()] == [False]


@pytest.mark.needs("verbs")
async def test_it_can_be_asked_by_key_from_anywhere_and_nothing_is_posted(story: Story) -> None:
    await once_before(story)
    (maya,) = story.cast("maya")
    general = story.chat.channel("general")
    before = story.chat.posts(general)
    told = await maya.incident("INC-2 similar", where=general)
    assert "Nothing similar to INC-2" in told.text
    assert "Nothing similar" in (await maya.incident("similar INC-2", where=general)).text
    assert [post for post in story.chat.posts(general) if post not in before and "imilar" in post] == []


@pytest.mark.needs("verbs")
async def test_more_words_change_the_card_without_a_new_post(story: Story) -> None:
    await once_before(story)
    maya, general = story.cast("maya")[0], story.chat.channel("general")
    await maya.incident("declare sev2 Something is wrong", where=general)
    place = story.incident("INC-3").place
    assert place
    posts = len(story.chat.posts(place.channel))
    assert not [text for text in story.chat.shown(place.channel) if "Seen before" in text and "INC-3" in text]
    await maya.incident("INC-3 impact card payments fail, the connection pool is exhausted", where=place.channel)
    assert [text for text in story.chat.shown(place.channel) if "Seen before: INC-1" in text]
    assert len(story.chat.posts(place.channel)) == posts


@pytest.mark.needs("verbs", "members")
async def test_a_private_incident_is_never_seen_before_by_whoever_is_not_in_it(story: Story) -> None:
    maya, kenji = story.cast("maya", "kenji")
    place = await story.chat.private_place("maya", "tom")
    await maya.incident(f"declare sev2 {POOL} --private service:payments", where=place)
    secret = story.incidents(maya.person)[0].key
    general = story.chat.channel("general")
    await kenji.incident(f"declare sev2 {POOL} service:payments", where=general)
    mine = story.incidents(kenji.person)[0].key
    assert secret not in "".join(story.chat.readable("kenji"))
    assert f"Nothing similar to {mine}" in (await kenji.incident(f"{mine} similar", where=general)).text
    assert secret in (await maya.incident(f"{mine} similar", where=general)).text


@pytest.mark.needs("verbs", "buttons")
async def test_what_two_found_not_useful_is_left_out_for_everybody_and_can_be_brought_back(story: Story) -> None:
    await once_before(story)
    maya, tom, ines = story.cast("maya", "tom", "ines")
    general = story.chat.channel("general")
    await maya.incident("declare sev2 No free database connection for card payments service:payments", where=general)
    place = story.incident("INC-3").place
    assert place
    for who in (maya, tom):
        assert "same service" in (await who.incident("INC-3 similar", where=place.channel)).text
        await who.press("Not useful", near="INC-1")
    assert (
        "Left out: INC-1 (you found it not useful)" in (await maya.incident("INC-3 similar", where=place.channel)).text
    )
    told = await ines.incident("INC-3 similar", where=place.channel)
    assert "Left out: INC-1 (not useful to 2 people here)" in told.text
    await maya.incident("INC-3 impact card payments fail", where=place.channel)
    card = next(text for text in story.chat.shown(place.channel) if "INC-3" in text and "Impact" in text)
    assert "Seen before" not in card
    await ines.incident("INC-3 similar", where=place.channel)
    await ines.press("Useful", near="Left out: INC-1")
    shown = await ines.incident("INC-3 similar", where=place.channel)
    assert "useful here to 1, not to 2" in shown.text
