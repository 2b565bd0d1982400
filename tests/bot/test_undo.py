"""Taking back one's own last change: what it restores, what it refuses, and when it is too late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import Refused
from bot.state import Decision, State
from tests.bot.test_timeline import INSIDE, captured
from tests.bot.worlds import INES, MAYA, NOW, TOM, after, clicked, incident, posts, said, the, world


def with_log(decision: Decision, actor: object = TOM) -> State:
    return after(decision, actor, decision.state.log)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("sev 1", "severity"),
        ("impact half of it", "impact"),
        ("update looking", "update"),
        ("lead @maya", "roles"),
        ("role comms", "roles"),
        ("time began 13:20", "times"),
        ("mitigate", "status"),
    ],
)
def test_the_last_change_is_taken_back_with_its_line(words: str, field: str) -> None:
    changed = said(world(about=incident()), words)
    assert getattr(the(changed), field) != getattr(incident(), field)
    decision = said(with_log(changed), "undo")
    assert getattr(the(decision), field) == getattr(incident(), field)
    assert [entry.id for entry in decision.entries if entry.retracted] == [entry.id for entry in changed.entries]
    assert bool(posts(decision)) == bool(posts(changed))


def test_a_note_is_taken_back() -> None:
    noted = said(world(about=incident()), "note oops")
    decision = said(with_log(noted), "undo")
    assert not any(entry.is_key for entry in decision.entries)
    assert "took back the note" in decision.reply.plain()


def test_a_message_that_was_added_stays_in_the_log() -> None:
    added = clicked(world(about=incident(), entry=captured()), "add_to_timeline", message=INSIDE, text="x")
    decision = said(with_log(added), "undo")
    message = next(entry for entry in decision.entries if entry.ref == INSIDE)
    assert (message.noted, message.retracted, message.text) == (False, False, "deploy finished")


def test_nothing_is_taken_back_twice() -> None:
    undone = said(with_log(said(world(about=incident()), "sev 1")), "undo")
    with pytest.raises(Refused, match="nothing here"):
        said(with_log(undone), "undo")


def test_two_changes_are_taken_back_one_after_the_other() -> None:
    second = said(with_log(said(world(about=incident()), "sev 1")), "impact all of it")
    first = said(with_log(second), "undo")
    assert (the(first).impact, the(first).severity) == ("", 1)
    assert the(said(with_log(first), "undo")).severity == 3


def test_nobody_takes_back_anothers_change() -> None:
    changed = said(world(about=incident()), "sev 1")
    with pytest.raises(Refused, match="nothing here"):
        said(with_log(changed, MAYA), "undo")


def test_what_somebody_changed_since_stays() -> None:
    mine = said(world(about=incident()), "sev 1")
    theirs = said(with_log(mine, MAYA), "sev 2")
    with pytest.raises(Refused, match="somebody changed it again"):
        said(with_log(theirs, TOM), "undo")


def test_another_responder_in_between_does_not_matter() -> None:
    mine = said(world(about=incident()), "lead @maya")
    theirs = said(with_log(mine, INES), "note I am here too")
    undone = the(said(with_log(theirs, TOM), "undo"))
    assert undone.roles == {}
    assert "ines" in undone.responders


def test_after_ten_minutes_it_is_too_late() -> None:
    changed = said(world(about=incident()), "sev 1")
    assert the(said(with_log(changed), "undo", NOW + timedelta(minutes=10))).severity == 3
    with pytest.raises(Refused, match="ten minutes"):
        said(with_log(changed), "undo", NOW + timedelta(minutes=11))


@pytest.mark.parametrize(("words", "remedy"), [("resolve", "reopen"), ("invite @maya", "remove")])
def test_what_cannot_be_taken_back_is_said_with_a_remedy(words: str, remedy: str) -> None:
    changed = said(world(about=incident()), words)
    with pytest.raises(Refused, match=f"cannot take back.*{remedy}"):
        said(with_log(changed), "undo")
