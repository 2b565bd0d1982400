"""What happens beside an incident's course: gestures that come twice, people who leave, settings, a home page."""

from __future__ import annotations

import asyncio

import pytest

from bot.model import ItemStatus
from tests.slack.harness import until
from tests.story.stage import A_WEEK, Message, Story


@pytest.mark.needs("forms")
async def test_a_form_that_is_submitted_five_times_declares_one_incident(story: Story) -> None:
    (maya,) = story.cast("maya")
    await maya.incident("declare")
    await maya.fill_at_once(5, title="Checkout errors")
    assert [one.key for one in story.incidents()] == ["INC-1"]


@pytest.mark.needs("verbs")
async def test_two_who_resolve_at_once_resolve_once_and_the_second_hears_of_the_first(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev3 Search is slow")
    await tom.say("here")
    told = await asyncio.gather(*(one.incident("resolve done") for one in (maya, tom)))
    assert "lready resolved" in "".join(one.text for one in told)
    assert story.incident().resolutions == 1
    assert story.texts(everything=True).count("Resolved: done") == 1


@pytest.mark.needs("verbs")
async def test_undo_takes_back_the_last_change_whatever_it_was_and_never_an_older_one(story: Story) -> None:
    maya, _ = story.cast("maya", "tom")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("sev 1 half the payments fail")
    await maya.incident("action @tom by 2w: Alert wrong item")
    told = await maya.incident("undo")
    assert "wontdo ACT-1" in told.text
    assert (story.incident().severity, story.items()["ACT-1"].status) == (1, ItemStatus.OPEN)
    await maya.incident("done ACT-1")
    await maya.incident("undo")
    assert (story.incident().severity, story.items()["ACT-1"].status) == (1, ItemStatus.OPEN)
    await maya.incident("impact all of it")
    await maya.incident("undo")
    assert (story.incident().impact, story.incident().severity) == ("", 1)


@pytest.mark.needs("buttons", "direct messages")
async def test_a_double_click_on_done_is_one_deed(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev3 Search is slow")
    await maya.incident("action @ines by 2026-03-04: Alert on slow queries")
    await maya.incident("resolve done")
    await story.later(**A_WEEK)
    await ines.press_at_once("Done", near="Alert on slow queries")
    assert story.items()["ACT-1"].status is ItemStatus.DONE
    assert len([text for text in story.texts() if text.startswith("ACT-1 done")]) == 1


@pytest.mark.needs("members", "profiles", "direct messages")
async def test_somebody_who_left_is_written_to_no_more_and_their_item_stays_open(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev3 Search is slow")
    await tom.say("here")
    await maya.incident("action @tom by 2026-03-04: Alert on slow queries")
    await maya.incident("resolve done")
    await tom.leave()
    before = tom.inbox
    await story.later(**A_WEEK)
    await story.later(days=7)
    assert tom.inbox == before
    assert story.items()["ACT-1"].status is ItemStatus.OPEN


@pytest.mark.needs("members", "profiles", "direct messages", "buttons", "forms")
async def test_items_of_somebody_who_left_are_given_away_by_the_postmortems_owner_who_is_asked_once(
    story: Story,
) -> None:
    maya, tom, ines = story.cast("maya", "tom", "ines")
    await maya.incident("declare sev3 Search is slow")
    await tom.say("looking")
    await ines.say("me too")
    await maya.incident("action @tom by 2026-03-04: Alert on slow queries")
    await maya.incident("action @tom by 2026-03-05: Add an index")
    await maya.incident("resolve it is fast again")
    await maya.incident("postmortem owner me")
    await tom.leave()
    await story.later(days=7, hours=6)
    for _ in range(4):
        await story.later(minutes=1)
    asked = [said for said in maya.inbox if "whose owner cannot be reached" in said]
    assert len(asked) == 1
    assert "Alert on slow queries" in asked[0]
    assert "Add an index" in asked[0]
    await maya.press("Reassign", near="Alert on slow queries")
    await maya.fill(owner="@ines")
    assert story.items()["ACT-1"].owner == ines.person.id
    for _ in range(2):
        await story.later(days=7)
    assert len([said for said in maya.inbox if "whose owner cannot be reached" in said]) == 1
    assert [said for said in ines.inbox if "Alert on slow queries" in said and "overdue" in said]


@pytest.mark.needs("forms", "verbs")
async def test_settings_are_a_form_and_the_announcement_is_one_post_that_is_edited(story: Story) -> None:
    (maya,) = story.cast("maya")
    general, announcing = story.chat.channel("general"), story.chat.announcing()
    opened = await maya.incident("setup", where=general)
    assert opened.form
    await maya.fill(announcements=announcing, zone="Europe/Berlin")
    await maya.incident("declare sev2 Checkout errors", where=general)
    await maya.incident("sev 1 all regions")
    await maya.incident("resolve done")
    announced = [post for post in story.chat.posts(announcing) if "INC-1" in post]
    assert len(announced) == 1
    assert "SEV1" in announced[0]
    assert "esolved" in announced[0]


@pytest.mark.needs("members", "edits in place", "direct messages")
async def test_a_status_card_that_is_deleted_comes_back_once_and_a_deleted_announcement_does_not(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    general, announcing = story.chat.channel("general"), story.chat.announcing()
    await maya.incident("setup", where=general)
    await maya.fill(announcements=announcing, zone="Europe/Berlin")
    await tom.incident("declare sev2 Checkout errors", where=general)
    await maya.say("looking")
    before = story.incident()
    for ref in (before.status_card, before.announcement):
        assert ref is not None
        await maya.delete(Message(ref.channel, ref.ts))
    told = maya.inbox, tom.inbox
    for failing in ("a tenth", "a third", "half"):
        await tom.incident(f"impact {failing} of the payments fail")
    assert (maya.inbox, tom.inbox) == told
    (card,) = [post for post in story.chat.posts(story.channel) if "Incident commander" in post]
    assert "half of the payments fail" in card
    assert story.incident().status_card not in (None, before.status_card)
    assert story.incident().announcement is None
    assert not [post for post in story.chat.posts(announcing) if "Checkout errors" in post]


@pytest.mark.needs("home", "direct messages")
async def test_the_home_page_shows_what_is_open_and_what_is_mine(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev2 Checkout errors")
    await maya.incident("action @ines by 2w: Alert on slow queries")
    page = await ines.home()
    assert "INC-1" in page
    assert "Alert on slow queries" in page
    assert "Alert on slow queries" not in await maya.home()


@pytest.mark.needs("home", "direct messages", "buttons", "forms")
async def test_what_is_done_on_the_home_page_is_seen_there(story: Story) -> None:
    maya, ines = story.cast("maya", "ines")
    await maya.incident("declare sev2 Checkout errors")
    for what in ("Alert on slow queries", "Rehearse the restore"):
        await maya.incident(f"action @ines by 2w: {what}")
    assert "Open: 2 action items" in await ines.home()
    await ines.press("Done", near="Alert on slow queries")
    await until(lambda: "Open: 1 action item" in ines.page)
    opened = await ines.press("Snooze", near="Rehearse the restore")
    assert opened.form.startswith("Snooze")
    await ines.fill(until="2026-06-01")
    await until(lambda: "Mon 1 Jun 2026" in ines.page)
