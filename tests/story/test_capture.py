"""What is said becomes the record, and the record follows what people take back."""

from __future__ import annotations

import pytest

from tests.story.stage import Story


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "messages", "pins")
async def test_edits_are_revisions_and_deletions_leave_a_tombstone(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    first = await tom.say("the pool is ful")
    slip = await tom.say("my holiday starts on friday")
    await tom.edit(first, "the pool is full")
    await tom.edit(first, "the pool is full")
    await tom.delete(slip)
    log = {entry.ref.ts: entry for entry in story.timeline(everything=True) if entry.ref}
    assert (log[first.ts].text, log[first.ts].edits) == ("the pool is full", 1)
    assert log[slip.ts].deleted
    assert log[slip.ts].text == ""
    await maya.incident("resolve done")
    assert "holiday" not in story.draft()


@pytest.mark.needs("messages", "threads")
async def test_what_answers_a_message_is_captured_in_its_own_words(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    first = await tom.say("the pool is full")
    reply = await maya.say("how do you know?", thread=first)
    log = {entry.ref.ts: entry for entry in story.timeline(everything=True) if entry.ref}
    assert log[reply.ts].text == "how do you know?"
    assert log[reply.ts].thread in ("", first.ts)


@pytest.mark.needs("messages", "undeletion")
async def test_a_deleted_message_comes_back_when_its_author_takes_the_deletion_back(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    said = await tom.say("the pool is full")
    await maya.pin(said)
    await tom.delete(said)
    assert "the pool is full" not in story.texts(everything=True)
    await tom.undelete(said)
    assert "the pool is full" in story.texts()
    await maya.incident("resolve done")
    assert "the pool is full" in story.draft()


@pytest.mark.needs("messages", "pins")
async def test_taking_the_pin_away_takes_the_message_out_of_the_timeline(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    said = await tom.say("the pool is full")
    await maya.pin(said)
    assert "the pool is full" in story.texts()
    await maya.unpin(said)
    assert "the pool is full" not in story.texts()
    assert "the pool is full" in story.texts(everything=True)


@pytest.mark.needs("reactions")
async def test_a_pushpin_marks_a_message_and_the_others_say_how_it_went(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    said = await tom.say("the rollback took one minute")
    lucky = await tom.say("nobody was paying at that hour")
    await maya.react(said, "pushpin")
    await maya.react(lucky, "four_leaf_clover")
    assert "the rollback took one minute" in story.texts()
    await maya.incident("resolve done")
    assert "nobody was paying at that hour" in story.draft().split("lucky", 1)[1]
    await maya.unreact(said, "pushpin")
    assert "the rollback took one minute" not in story.texts()


@pytest.mark.needs("reactions")
async def test_an_author_leaves_a_message_out_of_the_record_and_nobody_else_can(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    said = await tom.say("between us: the boss is nervous")
    await maya.react(said, "no_entry_sign")
    assert "between us: the boss is nervous" in story.texts(everything=True)
    await tom.react(said, "no_entry_sign")
    assert "between us: the boss is nervous" not in story.texts(everything=True)


@pytest.mark.needs("shortcuts", "buttons")
async def test_a_message_of_another_channel_is_added_and_with_several_incidents_the_bot_asks_which(
    story: Story,
) -> None:
    maya, tom = story.cast("maya", "tom")
    general = story.chat.channel("general")
    await maya.incident("declare sev2 Checkout errors", where=general)
    alert = await tom.say("the graph went flat at noon", where=general)
    await maya.shortcut(alert, "add_to_timeline")
    assert "the graph went flat at noon" in story.texts("INC-1")
    await maya.incident("declare sev3 Search is slow", where=general)
    second = await tom.say("queries pile up", where=general)
    asked = await maya.shortcut(second, "add_to_timeline")
    assert "several open incidents" in asked
    await maya.press("INC-2 Search is slow")
    assert "queries pile up" in story.texts("INC-2")
    assert "queries pile up" not in story.texts("INC-1", everything=True)


@pytest.mark.needs("shortcuts", "forms")
async def test_an_item_is_made_of_a_message_and_a_wrong_field_keeps_the_form_open(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    said = await tom.say("we should alert on pool saturation")
    opened = await maya.shortcut(said, "make_action_item")
    assert opened.form == "Action item"
    assert "we should alert on pool saturation" in opened
    await maya.fill(owner="@tom", due="2026-03-20")
    assert story.items()["ACT-1"].text == "we should alert on pool saturation"


@pytest.mark.needs("forms", "verbs")
async def test_a_form_with_a_wrong_field_stays_open_and_the_second_submission_works(story: Story) -> None:
    (maya,) = story.cast("maya")
    opened = await maya.incident("declare")
    assert opened.form == "Declare an incident"
    refused = await maya.fill(title="Checkout errors", severity="2", started="half past banana")
    assert "started" in refused.errors
    assert story.incidents() == ()
    await maya.fill(title="Checkout errors", severity="2", started="20m ago")
    times = story.incident().times
    assert times.began
    assert times.declared
    assert times.began.at < times.declared.at


@pytest.mark.needs("verbs", "buttons")
async def test_outside_its_channel_the_only_open_incident_is_assumed_and_said(story: Story) -> None:
    (maya,) = story.cast("maya")
    general = story.chat.channel("general")
    refused = await maya.incident("note nothing is open", where=general)
    assert "declare" in refused
    await maya.incident("declare sev2 Checkout errors", where=general)
    noted = await maya.incident("note restarted it", where=general)
    assert "INC-1" in noted
    assert "restarted it" in story.texts()
    await maya.incident("declare sev2 Search is slow", where=general)
    asked = await maya.incident("note rebuilt the index", where=general)
    assert "several open incidents" in asked
    assert "rebuilt the index" not in story.texts("INC-1") + story.texts("INC-2")
    await maya.press("INC-2 Search is slow")
    assert "rebuilt the index" in story.texts("INC-2")


@pytest.mark.needs("private answers", "edits in place", "verbs")
async def test_answers_are_private_and_the_status_card_is_one_message_that_changes(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    before = story.chat.posts(story.channel)
    await tom.incident("help")
    await tom.incident("status")
    assert story.chat.posts(story.channel) == before
    await tom.incident("impact 12 % of payments failed")
    after = story.chat.posts(story.channel)
    assert len(after) == len(before)
    assert "12 % of payments failed" in after[0]


@pytest.mark.needs("verbs")
async def test_who_comes_late_is_told_what_happened_and_a_typo_is_understood(story: Story) -> None:
    maya, kenji = story.cast("maya", "kenji")
    await maya.incident("declare sev2 Checkout errors")
    await maya.incident("note restarted the database")
    late = await kenji.incident("catchup")
    assert "restarted the database" in late
    typo = await kenji.incident("resovle")
    assert "resolve" in typo
    assert story.incident().is_open


@pytest.mark.needs("history")
async def test_what_the_platform_never_told_is_in_the_record_once_the_incident_is_resolved(story: Story) -> None:
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    root = await tom.say("the pool is empty")
    story.more.faults.on_delivery("drop", "message*")
    await tom.say("a failover was started")
    await tom.say("by hand, at noon", thread=root)
    story.more.faults.clear()
    assert "a failover was started" not in story.texts(everything=True)
    await maya.incident("resolve failed over")
    told = story.texts(everything=True)
    assert [told.count(text) for text in ("the pool is empty", "a failover was started", "by hand, at noon")] == [1] * 3
    assert story.incident().capture_gap == ""
