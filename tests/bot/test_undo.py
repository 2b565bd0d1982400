"""Taking back one's own last change: what it restores, what it refuses, and when it is too late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.errors import Refused
from bot.model import ActionItem, ItemStatus, Person
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


# -- action items


def later(decision: Decision, actor: Person = TOM) -> State:
    """The world after it, as `undo` finds it: with the incident's action items."""
    made = {one.id: one for one in (*decision.state.items, *((decision.state.item,) if decision.state.item else ()))}
    return with_log(decision, actor).model_copy(update={"items": tuple(made.values()), "item": None})


def about_item(state: State, words: str, now: datetime, at: str = "ACT-7") -> Decision:
    """Something done to one of the items, as its command is given it."""
    meant = next(one for one in state.items if one.key == at)
    return said(state.model_copy(update={"item": meant}), words, now)


def only_item(decision: Decision) -> ActionItem:
    assert decision.state.item is not None
    return decision.state.item


MINUTE = timedelta(minutes=1)
NOTED = "action @ines by 2w: Alert on the pool"


def noted_item() -> State:
    return later(said(world(about=incident()), NOTED, NOW - timedelta(hours=1)))


@pytest.mark.parametrize("first", ["sev 1 half the payments fail", "mitigate traffic moved", "lead @maya"])
def test_noting_an_action_item_is_named_and_nothing_older_is_taken_back(first: str) -> None:
    changed = said(world(about=incident()), first)
    noted = later(said(later(changed), NOTED, NOW + MINUTE))
    with pytest.raises(Refused, match=r"ACT-7: Alert on the pool.*/incident wontdo ACT-7"):
        said(noted, "undo", NOW + 2 * MINUTE)


@pytest.mark.parametrize(
    "words",
    ["done ACT-7", "snooze ACT-7 3w", "reassign ACT-7 @maya", "wontdo ACT-7 it is retired", "accept-risk ACT-7 dear"],
)
def test_what_was_done_to_an_action_item_is_taken_back_before_what_is_older(words: str) -> None:
    changed = later(said(noted_item(), "sev 1"))
    done = about_item(changed, words, NOW + MINUTE)
    decision = said(later(done), "undo", NOW + 2 * MINUTE)
    assert only_item(decision) == changed.items[0]
    assert the(decision).severity == 1
    assert posts(decision) == []
    assert "ACT-7 is as it was before." in decision.reply.plain()
    assert the(said(later(decision), "undo", NOW + 3 * MINUTE)).severity == 3


def test_what_is_newer_than_an_action_items_change_is_taken_back_first() -> None:
    done = about_item(noted_item(), "done ACT-7", NOW)
    changed = later(said(later(done), "sev 1", NOW + MINUTE))
    first = said(changed, "undo", NOW + 2 * MINUTE)
    assert (the(first).severity, first.state.items[0].status) == (3, ItemStatus.DONE)
    assert only_item(said(later(first), "undo", NOW + 3 * MINUTE)).status is ItemStatus.OPEN


def test_of_several_action_items_the_one_that_was_changed_last_is_meant() -> None:
    two = later(said(noted_item().model_copy(update={"next_item": 8}), NOTED, NOW - timedelta(minutes=30)))
    both = later(about_item(later(about_item(two, "done ACT-8", NOW, "ACT-8")), "done ACT-7", NOW + MINUTE))
    assert only_item(said(both, "undo", NOW + 2 * MINUTE)).key == "ACT-7"


def test_an_item_that_somebody_ended_is_no_more_to_be_ended() -> None:
    noted = later(said(world(about=incident()), NOTED))
    ended = later(about_item(noted.model_copy(update={"actor": INES}), "done ACT-7", NOW + MINUTE))
    with pytest.raises(Refused) as refused:
        said(ended, "undo", NOW + 2 * MINUTE)
    assert "ACT-7" in refused.value.text.plain()
    assert "wontdo" not in refused.value.text.plain()


def test_nobody_takes_back_what_another_did_to_an_action_item() -> None:
    mine = later(said(noted_item(), "sev 1"))
    theirs = about_item(mine.model_copy(update={"actor": INES}), "done ACT-7", NOW + MINUTE)
    decision = said(later(theirs), "undo", NOW + 2 * MINUTE)
    assert the(decision).severity == 3
    assert decision.state.items[0].status is ItemStatus.DONE


def test_what_was_done_to_an_action_item_stays_after_ten_minutes() -> None:
    done = later(about_item(noted_item(), "done ACT-7", NOW))
    assert only_item(said(done, "undo", NOW + 10 * MINUTE)).status is ItemStatus.OPEN
    with pytest.raises(Refused, match="nothing here"):
        said(done, "undo", NOW + 11 * MINUTE)
