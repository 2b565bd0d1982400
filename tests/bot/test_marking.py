"""Taking a line off the timeline again: what may be taken off, and what stays."""

from __future__ import annotations

import pytest

from bot.commands.captures import Reacted, merge
from bot.errors import Refused
from bot.model import Entry, EntryKind
from tests.bot.drafts import MAYAS, change, message, pinned, told_incident
from tests.bot.worlds import GUEST, NOW, TOM, after, clicked, origin, said, world


def taken_off(*log: Entry, entry: str) -> Entry:
    (line,) = clicked(world(TOM, told_incident(), log=log), "take_off_timeline", entry=entry).entries
    return line


def test_a_pinned_message_is_taken_off_and_stays_in_the_log() -> None:
    line = taken_off(pinned(1, "lunch?"), entry="e1")
    assert (line.is_key, line.retracted, line.text) == (False, False, "lunch?")


def test_a_later_pin_puts_it_back() -> None:
    off = taken_off(pinned(1, "lunch?"), entry="e1")
    assert off.ref is not None
    later = max(abs(stamp) for stamp in off.marks.values()) + 1
    pin = Reacted(origin=origin(), message=off.ref, stamp=later, emoji="pushpin", account=MAYAS)
    again = merge(off, pin, off.incident, NOW)
    assert again is not None
    assert again.is_key


def test_a_note_and_an_alert_are_taken_off_and_put_back_by_accepting_them() -> None:
    for line in (message(1, "a note", kind=EntryKind.NOTE, noted=True), change(1, EntryKind.ALERT, "5xx")):
        off = taken_off(line, entry=line.id)
        assert not off.is_key
        (back,) = clicked(world(TOM, told_incident(), log=(off,)), "accept_proposed", ids=line.id).entries
        assert back.is_key


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (change(1, EntryKind.STATUS, "Resolved"), "stays in its timeline"),
        (message(1, "said"), "does not stand in the timeline"),
        (message(2, "another"), "does not stand in the timeline"),
    ],
)
def test_what_changed_the_incident_stays_and_what_is_not_there_cannot_be_taken_off(line: Entry, told: str) -> None:
    with pytest.raises(Refused) as refused:
        clicked(world(TOM, told_incident(), log=(line,)), "take_off_timeline", entry="e1")
    assert told in str(refused.value)


def test_guests_take_nothing_off() -> None:
    about = told_incident(responders=frozenset({"tom", "gus"}))
    with pytest.raises(Refused, match="Guests can read"):
        clicked(world(GUEST, about, log=(pinned(1, "x"),)), "take_off_timeline", entry="e1")


def test_the_way_back_is_to_add_it_again_not_undo() -> None:
    decision = clicked(world(TOM, told_incident(), log=(pinned(1, "x"),)), "take_off_timeline", entry="e1")
    with pytest.raises(Refused, match="cannot take back the timeline entry"):
        said(after(decision, log=decision.entries), "undo")
