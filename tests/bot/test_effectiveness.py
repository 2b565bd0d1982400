"""Did it work? Asked 30 and 90 days after an item was done, answered with a click, kept with the item."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.effectiveness import did_it_hold, questions
from bot.effects import Direct
from bot.errors import Refused
from bot.item_past import Check
from bot.known import Again
from bot.model import ActionItem, Incident, ItemStatus, Person
from bot.reminders import as_of_now, plans_for
from bot.state import Decision, Look, Planned, Reminded, State
from tests.bot.drafts import drafted, postmortem, told_incident
from tests.bot.test_reminders import item
from tests.bot.worlds import INES, MAYA, NOW, PEOPLE, TOM, clicked, organisation, said, world

MONTH, QUARTER = NOW + timedelta(days=30), NOW + timedelta(days=90)
"""Wednesday and Sunday."""


def done(**fields: Any) -> ActionItem:
    told = {"owner": "tom", "incident": "inc", "status": ItemStatus.DONE, "ended_at": NOW, **fields}
    return item(1, **told)


def check(answer: str, days: int = 30, after: float = 30, **fields: Any) -> Check:
    told = {"days": days, "done_at": NOW, "at": NOW + timedelta(days=after), "by": "tom", "answer": answer, **fields}
    return Check.model_validate(told)


def about(**fields: Any) -> Incident:
    return told_incident(status="resolved", **fields)


def look(seen: ActionItem, person: Person | None = TOM, **fields: Any) -> Look:
    known = {one.id: one for one in PEOPLE} | fields.pop("known", {})
    told = {
        "organisation": organisation(),
        "people": known,
        "incident": about(),
        "postmortem": postmortem(owner="maya"),
    }
    return Look.model_validate({**told, "person": person, "items": (seen,), **fields})


def fired(seen: Look, at: datetime, *, word: bool = True) -> Reminded:
    subject = f"{seen.items[0].id}:{seen.person.id}" if word and seen.person else seen.items[0].id
    return did_it_hold(seen, Planned(key=f"did_it_hold:{subject}", rule="did_it_hold", subject=subject, at=at), at)


def asked(seen: Look, at: datetime = MONTH) -> dict[str, datetime | None]:
    return {one.subject: one.at for one in fired(seen, at, word=False).plans}


def planned(before: State, after: State, now: datetime = NOW) -> list[datetime | None]:
    return [one.at for one in plans_for(before, after, now) if one.rule == "did_it_hold"]


def state(seen: ActionItem, actor: Person = TOM) -> State:
    return world(actor, about(), item=seen, postmortem=postmortem(owner="maya"))


def kept(decision: Decision) -> ActionItem:
    assert decision.state.item
    return decision.state.item


# -- when it is asked


def test_what_is_done_is_asked_about_after_a_month_and_what_is_open_again_is_not() -> None:
    open_ = state(done(status=ItemStatus.OPEN, ended_at=None))
    after = said(open_, "done ACT-1").state
    assert planned(open_, after) == [MONTH]
    assert planned(after, clicked(after, "undo_item", item="ACT-1").state) == [None]
    assert planned(after, clicked(after, "reopen_item", item="ACT-1").state) == [None]


@pytest.mark.parametrize("words", ["wontdo ACT-1 it is retired", "snooze ACT-1 2w"])
def test_what_was_not_done_is_not_asked_about(words: str) -> None:
    open_ = state(done(status=ItemStatus.OPEN, ended_at=None))
    assert planned(open_, said(open_, words).state) == []


def test_a_drill_is_asked_nothing() -> None:
    assert list(questions(done(drill=True))) == []


def test_the_first_look_plans_the_next_interval_and_the_question_to_the_owner() -> None:
    assert asked(look(done())) == {"i1": QUARTER, "i1:tom": MONTH}
    assert asked(look(done()), QUARTER) == {"i1": None, "i1:tom": QUARTER}


def test_where_the_owner_cannot_be_reached_the_postmortems_owner_is_asked() -> None:
    gone = TOM.model_copy(update={"kind": "gone"})
    assert asked(look(done(), gone, known={"tom": gone})) == {"i1": QUARTER, "i1:maya": MONTH}
    private = about(private=True, responders=frozenset({"ines"}), roles={"lead": "ines"})
    assert asked(look(done(private=True), incident=private)) == {"i1": QUARTER, "i1:ines": MONTH}


def test_the_question_comes_once_an_interval_in_working_hours_with_three_answers() -> None:
    decided = fired(look(done()), MONTH)
    (message,) = decided.effects
    assert isinstance(message, Direct)
    assert "ACT-1 was done 30 days ago" in message.card.plain()
    assert [button.does for button in message.card.sections[0].buttons] == [
        "item_held", "item_did_not_hold", "check_later",
    ]  # fmt: skip
    sunday = fired(look(done()), QUARTER)
    assert not sunday.effects
    assert sunday.plans[0].at == datetime.fromisoformat("2027-02-22T08:00:00+00:00")
    monday = fired(look(done()), QUARTER + timedelta(days=1))
    assert monday.once != decided.once
    assert fired(look(done()), MONTH + timedelta(hours=1)).once == decided.once


def test_a_question_that_nobody_answered_gives_way_to_the_next() -> None:
    (message,) = fired(look(done()), QUARTER + timedelta(days=1)).effects
    assert isinstance(message, Direct)
    assert "91 days ago" in message.card.plain()


@pytest.mark.parametrize(
    "changed",
    [
        {"status": ItemStatus.OPEN, "ended_at": None},
        {"checks": (check("held"),)},
        {"checks": (check("did not hold", reason="it came back"),)},
        {"checks": (check("later"),)},
    ],
)
def test_what_was_answered_before_the_question_is_sent_is_not_asked(changed: dict[str, Any]) -> None:
    (message,) = fired(look(done()), MONTH).effects
    assert isinstance(message, Direct)
    assert as_of_now(message, look(done(**changed)), MONTH) is None
    assert not fired(look(done(**changed)), MONTH).effects


# -- the answers


def test_it_held_is_kept_and_asked_again_at_the_next_interval_only() -> None:
    decided = clicked(state(done()), "item_held", item="ACT-1", days="30")
    assert kept(decided).checks[0].answer == "held"
    assert decided.reply.replaces
    assert [days for _, days in questions(kept(decided))] == [90]
    with pytest.raises(Refused, match="known already"):
        clicked(state(kept(decided)), "item_held", item="ACT-1", days="30")


def test_it_did_not_hold_takes_a_reason_and_offers_to_open_it_again_with_a_new_date() -> None:
    form = clicked(state(done()), "item_did_not_hold", item="ACT-1", days="30").reply.form
    assert form
    assert form.does == "item_did_not_hold"
    decided = clicked(state(done()), "item_did_not_hold", item="ACT-1", days="30", reason="the pool filled again")
    assert list(questions(kept(decided))) == []
    assert [button.does for button in decided.reply.card.sections[0].buttons] == ["reopen_item", "undo_item"]
    assert "did not hold after 30 days: the pool filled again" in decided.entries[0].text
    opened = kept(clicked(state(kept(decided)), "reopen_item", item="ACT-1"))
    assert (opened.status, opened.ended_at, opened.due) == (ItemStatus.OPEN, None, NOW.date() + timedelta(days=30))
    assert opened.checks == kept(decided).checks
    again = opened.model_copy(update={"status": ItemStatus.DONE, "ended_at": MONTH})
    assert [days for _, days in questions(again)] == [30, 90]


@pytest.mark.parametrize("typed", ["reopen ACT-1 did not hold", "Reopen act-1: did not hold", "reopen ACT-1"])
def test_an_item_is_opened_again_by_its_key_whoever_ended_it(typed: str) -> None:
    ended = done(status=ItemStatus.WONT_DO, reason="we have time", due=date(2026, 3, 1))
    decided = said(state(ended, MAYA), typed, MONTH)
    opened = kept(decided)
    assert (opened.status, opened.ended_at, opened.due) == (ItemStatus.OPEN, None, MONTH.date() + timedelta(days=30))
    assert opened.reason == ("did not hold" if "hold" in typed else "")
    assert decided.state.incident == about()
    assert plans_for(state(ended), decided.state, MONTH)
    (line,) = decided.entries
    assert line.text.startswith(
        "ACT-1 opened again (did not hold), due" if "hold" in typed else "ACT-1 opened again, due"
    )


def test_a_date_that_is_still_to_come_stays_when_an_item_is_opened_again() -> None:
    ended = done(due=date(2026, 12, 24))
    opened = kept(said(state(ended), "reopen ACT-1"))
    assert (opened.due, opened.dated) == (date(2026, 12, 24), "")


def test_undo_with_an_items_key_takes_back_what_was_done_to_the_item() -> None:
    ended = said(state(done(status=ItemStatus.OPEN, ended_at=None)), "done ACT-1")
    back = said(ended.state, "undo ACT-1")
    assert (kept(back).status, back.state.incident) == (ItemStatus.OPEN, about())


def test_it_can_be_put_off_once() -> None:
    put_off = kept(clicked(state(done()), "check_later", item="ACT-1", days="30"))
    assert [days for _, days in questions(put_off)] == [30, 90]
    later = put_off.model_copy(update={"checks": (check("later"),)})
    fortnight = MONTH + timedelta(days=14)
    assert dict(questions(later)) == {fortnight: 30, QUARTER: 90}
    (message,) = fired(look(later), fortnight).effects
    assert isinstance(message, Direct)
    assert "ACT-1 was done 44 days ago" in message.card.plain()
    assert "check_later" not in [button.does for button in message.card.sections[0].buttons]
    assert fired(look(later), fortnight).once != fired(look(done()), MONTH).once
    with pytest.raises(Refused, match="put off once"):
        clicked(state(later), "check_later", item="ACT-1", days="30")


def test_an_answer_can_be_taken_back() -> None:
    answered = clicked(state(done()), "item_did_not_hold", item="ACT-1", days="30", reason="a misunderstanding").state
    back = clicked(answered, "undo_item", item="ACT-1")
    assert (kept(back).checks, kept(back).status) == ((), ItemStatus.DONE)


@pytest.mark.parametrize("kind", ["item_held", "item_did_not_hold", "check_later"])
def test_a_late_click_on_an_item_that_is_open_again_changes_nothing(kind: str) -> None:
    open_ = state(done(status=ItemStatus.OPEN, ended_at=None))
    with pytest.raises(Refused, match="not done"):
        clicked(open_, kind, item="ACT-1", days="30", **({"reason": "x"} if kind == "item_did_not_hold" else {}))


def test_what_is_open_is_not_opened_again_and_strangers_answer_nothing() -> None:
    with pytest.raises(Refused, match="open already"):
        clicked(state(done(status=ItemStatus.OPEN, ended_at=None)), "reopen_item", item="ACT-1")
    stranger = state(done(created_by="maya"), INES)
    outside = stranger.model_copy(update={"incident": about(responders=frozenset({"tom"}))})
    for kind in ("item_held", "reopen_item"):
        with pytest.raises(Refused):
            clicked(outside, kind, item="ACT-1", days="30")


# -- where it stands


@pytest.mark.parametrize(
    ("checks", "stands"),
    [
        ((check("held"),), "done; held after 30 days"),
        ((check("later"),), "done"),
        ((check("held"), check("did not hold", 90, 90, reason="again")), "done; did not hold after 90 days: again"),
    ],
)
def test_the_postmortem_says_whether_it_held(checks: tuple[Check, ...], stands: str) -> None:
    shown = drafted(items=(done(checks=checks, due=date(2026, 12, 1)),))
    (actions,) = [one for one in shown.sections if one.name == "actions"]
    assert stands in [cell for block in actions.body for row in getattr(block, "rows", ()) for cell in row]


def test_maya_owns_the_postmortem_and_may_answer_for_it() -> None:
    assert kept(clicked(state(done(), MAYA), "item_held", item="ACT-1", days="90")).checks[0].by == "maya"


def test_what_came_back_in_a_later_incident_did_not_hold_and_nobody_is_asked_any_more() -> None:
    again = Again(incident="later", key="INC-42", at=MONTH, done_at=NOW)
    assert list(questions(done(again=(again,)))) == []
    assert planned(world(items=(done(),)), world(items=(done(again=(again,)),))) == [None]
    helped = again.model_copy(update={"done_at": None})
    assert list(questions(done(again=(helped,)))) == list(questions(done()))
    once_more = done(again=(again,), ended_at=QUARTER)
    assert len(list(questions(once_more))) == 2
