"""What people write into the timeline, add to it, read from it, and say about the five times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.change import called
from bot.command import Origin, build
from bot.commands.added import AddToTimeline, stamp_of
from bot.commands.captures import Pinned, Reacted, Said, merge
from bot.commands.delivery import MessageRead
from bot.effects import ReadMessage
from bot.errors import Refused
from bot.grammar import read
from bot.model import Entry, EntryKind, MessageRef, Moment, Times
from bot.text import mention_token
from tests.bot.worlds import (
    GUEST,
    MAYA,
    NOW,
    TOM,
    after,
    clicked,
    incident,
    of_kind,
    origin,
    posts,
    said,
    the,
    told,
    world,
)

ELSEWHERE = MessageRef(platform="slack", tenant="T1", channel="C7", ts="1795438000.000100")
INSIDE = MessageRef(platform="slack", tenant="T1", channel="C1", ts="1795438000.000100")


def captured(message: MessageRef = INSIDE, text: str = "deploy finished") -> Entry:
    spoken = Origin(id="event", platform="slack", tenant="T1", actor="UMAYA")
    entry = merge(None, Said(origin=spoken, message=message, stamp=1_795_438_000_000_100, text=text), "inc", NOW)
    assert entry is not None
    return entry


# -- notes


def test_a_note_stands_in_the_timeline_at_the_time_it_was_said() -> None:
    (entry,) = said(world(about=incident()), "note rolled back").entries
    assert (entry.kind, entry.text, entry.author, entry.occurred) == (
        EntryKind.NOTE,
        "rolled back",
        "slack:T1:UTOM",
        NOW,
    )
    assert entry.is_key


@pytest.mark.parametrize(
    ("words", "ago"),
    [("note rolled back at 13:40", 20), ("note rolled back 20m ago", 20), ("note rolled back yesterday 23:10", 890)],
)
def test_a_note_may_name_the_time_it_happened(words: str, ago: int) -> None:
    decision = said(world(about=incident()), words)
    (entry,) = decision.entries
    assert (entry.text, entry.occurred) == ("rolled back", NOW - timedelta(minutes=ago))
    assert entry.recorded == NOW
    assert "CET" in decision.reply.plain()


def test_a_note_that_arrives_late_keeps_the_time_of_its_gesture() -> None:
    (entry,) = said(world(about=incident()), "note late", occurred=NOW - timedelta(minutes=5)).entries
    assert entry.occurred == NOW - timedelta(minutes=5)
    (entry,) = said(world(about=incident()), "note early", occurred=NOW + timedelta(hours=5)).entries
    assert entry.occurred == NOW


def test_an_empty_note_opens_the_form_whose_time_is_checked() -> None:
    form = said(world(about=incident()), "note").reply.form
    assert form is not None
    assert [one.name for one in form.inputs] == ["text", "at"]
    (entry,) = clicked(world(about=incident()), "note", text="restarted", at="13:50").entries
    assert entry.occurred == NOW - timedelta(minutes=10)
    with pytest.raises(Refused) as refused:
        clicked(world(about=incident()), "note", text="restarted", at="later")
    assert refused.value.field == "at"


def test_a_note_is_said_to_nobody_but_its_author() -> None:
    assert posts(said(world(about=incident()), "note rolled back")) == []


def test_a_guest_notes_where_they_were_invited_and_nowhere_else() -> None:
    invited = incident(responders=frozenset({"gus"}))
    assert said(world(GUEST, about=invited), "note seen here too").entries
    with pytest.raises(Refused, match="Guests"):
        said(world(GUEST, about=incident()), "note seen here too")


def test_whoever_notes_is_a_responder() -> None:
    assert "maya" in the(said(world(MAYA, about=incident()), "note hello")).responders
    assert "maya" not in the(said(world(MAYA, about=incident(private=True)), "note hello")).responders


# -- messages


def test_a_captured_message_is_added_where_it_stands() -> None:
    state = world(about=incident(), entry=captured())
    (entry,) = clicked(state, "add_to_timeline", message=INSIDE, text="deploy finished").entries
    assert entry.is_key
    assert (entry.id, entry.text, entry.author) == (captured().id, "deploy finished", "slack:T1:UMAYA")
    assert entry.occurred < NOW


def test_a_message_from_elsewhere_is_added_with_its_author() -> None:
    decision = clicked(
        world(about=incident()), "add_to_timeline", message=ELSEWHERE, text="disk full", author="slack:T1:UMAYA"
    )
    (entry,) = decision.entries
    assert (entry.text, entry.author, entry.ref) == ("disk full", "slack:T1:UMAYA", ELSEWHERE)


def test_adding_twice_adds_once() -> None:
    first = clicked(world(about=incident()), "add_to_timeline", message=ELSEWHERE, text="disk full")
    again = clicked(
        world(about=incident(), entry=first.entries[0]), "add_to_timeline", message=ELSEWHERE, text="disk full"
    )
    assert again.entries == ()
    assert "already" in again.reply.plain()


def test_a_message_without_text_is_read_and_then_filled_in() -> None:
    added = clicked(world(about=incident()), "add_to_timeline", message=ELSEWHERE)
    (reading,) = of_kind(added, "read_message")
    assert isinstance(reading, ReadMessage)
    state = after(added).model_copy(update={"entry": added.entries[0]})
    read = told(
        state, MessageRead, message=ELSEWHERE, stamp=1_795_438_000_000_100, text="disk full", author="slack:T1:UMAYA"
    )
    (entry,) = read.entries
    assert (entry.id, entry.text, entry.author) == (added.entries[0].id, "disk full", "slack:T1:UMAYA")
    assert entry.is_key


def test_a_deleted_message_cannot_be_added() -> None:
    gone = captured().model_copy(update={"deleted_stamp": 9, "text": ""})
    with pytest.raises(Refused, match="deleted"):
        clicked(world(about=incident(), entry=gone), "add_to_timeline", message=INSIDE, text="still in the menu")


def test_a_private_message_enters_a_public_incident_only_by_an_explicit_yes() -> None:
    asked = clicked(
        world(about=incident()), "add_to_timeline", message=ELSEWHERE, text="secret plan", private_place="yes"
    )
    assert asked.entries == ()
    (button,) = asked.reply.card.sections[0].buttons
    done = clicked(world(about=incident()), button.does, **button.args)
    assert [entry.text for entry in done.entries] == ["secret plan", "Tom added a message from a private conversation"]


def test_a_private_message_of_the_incidents_own_channel_needs_no_yes() -> None:
    state = world(about=incident(private=True), entry=captured())
    assert clicked(state, "add_to_timeline", message=INSIDE, text="x", private_place="yes").entries


def test_an_entry_of_another_incident_is_left_alone() -> None:
    other = captured(ELSEWHERE).model_copy(update={"id": "another", "incident": "other", "noted": True})
    decision = clicked(world(about=incident(), entry=other), "add_to_timeline", message=ELSEWHERE, text="disk full")
    assert [entry.incident for entry in decision.entries] == ["inc"]
    assert decision.entries[0].id != other.id


# -- reading it


def test_the_timeline_shows_the_newest_key_entries_in_the_readers_zone() -> None:
    notes = [said(world(about=incident()), f"note number {n} {n}m ago").entries[0] for n in range(1, 21)]
    decision = said(world(about=incident(), log=(*notes, captured())), "timeline")
    lines = [section.text.plain() for section in decision.reply.card.sections]
    assert len(lines) == 16
    assert "number 15" in lines[0]
    assert "number 1" in lines[14]
    assert "CET" in lines[14]
    assert "5 earlier" in lines[15]
    assert decision.entries == ()


def test_the_whole_log_is_shown_on_request() -> None:
    state = world(about=incident(), log=(captured(),))
    assert "no entries" in said(state, "timeline").reply.plain()
    assert "Maya: deploy finished" in said(state, "timeline all").reply.plain()


def test_people_in_the_timeline_stand_there_by_name() -> None:
    note = said(world(about=incident()), f"note {mention_token('slack:T1:UINES')} restarts it").entries[0]
    assert "@Ines restarts it" in said(world(about=incident(), log=(note,)), "timeline").reply.plain()


# -- the five times


def test_a_time_is_set_with_its_source() -> None:
    decision = said(world(about=incident()), "time began 13:20 error graph")
    began = the(decision).times.began
    assert began == Moment(at=NOW - timedelta(minutes=40), source="error graph")
    assert "error graph" in decision.entries[0].text
    assert "Mon 23 Nov 2026 13:20 CET" in decision.reply.plain()


def test_without_a_source_it_is_whoever_says_so() -> None:
    began = the(said(world(about=incident()), "time started 1h ago")).times.began
    assert began == Moment(at=NOW - timedelta(hours=1), source=called(TOM))


def test_setting_a_time_changes_no_status() -> None:
    made = the(said(world(about=incident()), "time mitigated 13:55"))
    assert made.status == incident().status
    assert made.times.mitigated is not None


@pytest.mark.parametrize(
    "words", ["time detected 13:45", "time mitigated 13:10", "time resolved 13:10", "time began 13:45"]
)
def test_times_out_of_order_are_refused(words: str) -> None:
    times = Times(
        began=Moment(at=NOW - timedelta(minutes=45), source="graph"),
        declared=Moment(at=NOW - timedelta(minutes=30), source="Tom"),
        detected=Moment(at=NOW - timedelta(minutes=40), source="alert"),
    )
    with pytest.raises(Refused, match="cannot be at"):
        said(world(about=incident(times=times)), words)


def test_an_incident_may_be_declared_after_it_was_over() -> None:
    assert the(said(world(about=incident()), "time resolved 13:00")).times.resolved is not None


def test_the_declaration_itself_cannot_be_moved() -> None:
    with pytest.raises(Refused, match="saw myself"):
        said(world(about=incident()), "time declared 13:00")


@pytest.mark.parametrize("words", ["time", "time began", "time 13:40", "time lunch 13:40"])
def test_half_a_time_opens_the_form(words: str) -> None:
    form = said(world(about=incident()), words).reply.form
    assert form is not None
    assert form.does == "time"


@pytest.mark.parametrize("when", ["tomorrow 10:00", "half past", "25:00"])
def test_a_time_that_is_none_is_refused_with_an_example(when: str) -> None:
    with pytest.raises(Refused, match="for example"):
        said(world(about=incident()), f"time began {when}")


def test_the_impact_is_noted_and_stands_on_the_card() -> None:
    decision = said(world(TOM, about=incident()), "impact 12 % of payments failed")
    assert the(decision).impact == "12 % of payments failed"
    assert any("12 %" in edit.card.plain() for edit in of_kind(decision, "edit"))  # type: ignore[attr-defined]
    form = said(world(about=the(decision)), "impact").reply.form
    assert form is not None
    assert form.inputs[0].initial == "12 % of payments failed"


# -- pins elsewhere


def test_a_pin_elsewhere_is_an_entry_until_it_is_taken_away() -> None:
    decision = clicked(world(about=incident()), "pin_elsewhere", message=ELSEWHERE)
    (entry,) = decision.entries
    assert entry.is_key
    assert [effect.kind for effect in decision.effects] == ["read_message"]
    away = Reacted(
        origin=Origin(id="away", platform="slack", tenant="T1", actor="UTOM"),
        message=ELSEWHERE, stamp=stamp_of(NOW) + 1, emoji="pushpin", added=False,
    )  # fmt: skip
    unpinned = merge(entry, away, "inc", NOW)
    assert unpinned is not None
    assert not unpinned.is_key


def test_a_pin_in_the_incidents_own_channel_is_left_to_its_capture() -> None:
    decision = clicked(world(about=incident()), "pin_elsewhere", message=INSIDE)
    assert (decision.entries, decision.reply.plain()) == ((), "")


def test_a_pin_in_a_private_conversation_asks_first() -> None:
    decision = clicked(world(about=incident()), "pin_elsewhere", message=ELSEWHERE, private_place="yes")
    assert decision.entries == ()
    (button,) = decision.reply.card.sections[0].buttons
    assert clicked(world(about=incident()), button.does, **button.args).entries[0].is_key


def test_the_channels_own_pin_elsewhere_may_be_taken_away_by_anybody() -> None:
    (entry,) = clicked(world(about=incident()), "pin_elsewhere", message=ELSEWHERE, channel_pin="yes").entries
    away = Pinned(
        origin=Origin(id="away", platform="slack", tenant="T1", actor="UMAYA"),
        message=ELSEWHERE, stamp=stamp_of(NOW) + 1, added=False,
    )  # fmt: skip
    unpinned = merge(entry, away, "inc", NOW)
    assert entry.is_key
    assert unpinned is not None
    assert not unpinned.is_key


def test_a_gesture_survives_the_question_which_incident_is_meant() -> None:
    long = AddToTimeline(origin=origin(), message=ELSEWHERE, text="x" * 30_000, author="slack:T1:UMAYA")
    again = build(long.kind, {**long.again(), "incident": "INC-42"}, origin())
    assert (again.message, getattr(again, "author", ""), getattr(again, "text", "")) == (
        ELSEWHERE,
        "slack:T1:UMAYA",
        "",
    )
    note = read("note restarted it at 13:40", origin())
    assert build("note", note.again(), origin()).again() == note.again() == {"text": "restarted it at 13:40"}
