"""What a change of the policy alters: what is shown is what is done, and nobody learns what they may not know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.policy import SetPolicy
from bot.effects import Direct
from bot.errors import Refused
from bot.model import ActionItem, ItemStatus, Person
from bot.policy import KINDS, STEPS, reached
from bot.policy_change import AT_LEAST, after_change, mark_of, preview
from bot.reminders import due_soon_at, plans_for, working_time
from bot.state import Decision, State
from tests.bot.policies import TODAY, asks, days, mark, of_policy, policies, usual
from tests.bot.worlds import (
    ADMIN,
    MAYA,
    NOW,
    PEOPLE,
    TOM,
    decided,
    organisation,
    origin,
    world,
)

# -- what a change alters


@st.composite
def items(draw: st.DrawFn) -> ActionItem:
    return usual(
        draw(st.integers(1, 10**6)), severity=draw(st.integers(1, 5)), kind=draw(st.sampled_from([*KINDS, ""])),
        due=TODAY + timedelta(days=draw(st.integers(-60, 400))), dated=draw(st.sampled_from(["policy", ""])),
        heard=draw(st.integers(0, 30)), owner=draw(st.sampled_from(["tom", "maya", "ines", ""])),
        drill=draw(st.booleans()), status=draw(st.sampled_from([ItemStatus.OPEN, ItemStatus.DONE])),
    )  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> tuple[State, Decision, Decision]:
    """A state, what was shown of a change, and what was done when it was applied."""
    old, new = draw(policies()), draw(policies())
    known = draw(st.lists(items(), max_size=12, unique_by=lambda one: one.id))
    zones = {one.id: one.model_copy(update={"zone": draw(st.sampled_from(["", "Europe/Berlin"]))}) for one in PEOPLE}
    hidden = frozenset(one.id for one in known if draw(st.booleans()))
    state = world(ADMIN, items=tuple(known), organisation=of_policy(old.policy({})), hidden=hidden)
    state = state.model_copy(update={"people": zones | {"ada": ADMIN}})
    dates = draw(st.sampled_from(["new", "open"]))
    command = SetPolicy(origin=origin(ADMIN), wanted=new, dates=dates)
    shown = decided(state, command)
    seen = shown.reply.form.args["seen"] if shown.reply.form else ""
    return state, shown, decided(state, command.model_copy(update={"seen": seen}))


@settings(max_examples=150, deadline=None)
@given(changes())
def test_showing_changes_nothing_and_what_is_done_is_what_was_shown(change: tuple[State, Decision, Decision]) -> None:
    before, shown, done = change
    assert (shown.state, shown.entries, shown.effects, shown.plans) == (before, (), (), ())
    if shown.reply.form is None:
        assert done.state.organisation == before.organisation
        return
    lines = [section.text.plain() for section in shown.reply.card.sections]
    assert lines == [section.text.plain() for section in done.reply.card.sections]
    moved = [(was, now) for was, now in zip(before.items, done.state.items, strict=True) if was.due != now.due]
    counted = next((line for line in lines if " another date:" in line), "0")
    assert int(counted.split()[0]) == len(moved)
    for was, now in [pair for pair in moved if pair[0].id not in before.hidden][:10]:
        assert f"{was.key} from" in counted
        assert was.dated == "policy"
        assert was.status is ItemStatus.OPEN
        assert was.due >= TODAY
        assert now.due >= min(was.due, TODAY + AT_LEAST)
    steps = [now for was, now in zip(before.items, done.state.items, strict=True) if _newly(was, now, before, done)]
    counted = next((line for line in lines if "would come on the next Friday" in line), "0")
    assert int(counted.split()[0]) == len(steps)
    planned = {one.subject for one in plans_for(before, done.state, NOW) if one.rule in STEPS and one.at}
    assert {one.incident for one in steps} <= planned
    people = [id_ for id_, was in before.people.items() if _hours(was, before) != _hours(was, done.state)]
    owners = {one.owner for one in before.items if one.status is ItemStatus.OPEN and not one.drill}
    counted = next((line for line in lines if "of what is overdue at another time" in line), "0")
    assert int(counted.split()[0]) == len(owners & set(people))
    digests = {one.subject for one in plans_for(before, done.state, NOW) if one.rule == "digest"}
    assert owners & set(people) <= digests


def _newly(was: ActionItem, now: ActionItem, before: State, done: Decision) -> bool:
    old, new = before.organisation.policies, done.state.organisation.policies
    alive = now.status is ItemStatus.OPEN and not now.drill
    return alive and reached(new, now.heard) > reached(old, was.heard)


def _hours(person: Person, state: State) -> Any:
    return working_time(person, state.organisation)


@settings(max_examples=100, deadline=None)
@given(changes())
def test_whom_nothing_is_to_be_told_of_is_named_nowhere(change: tuple[State, Decision, Decision]) -> None:
    before, shown, done = change
    told = f"{shown.reply.plain()} {done.reply.plain()}"
    for one in before.items:
        if one.id in before.hidden and not any(other.key == one.key for other in before.items if other is not one):
            assert one.key not in told.replace(";", " ").replace(".", " ").split()


@settings(max_examples=60, deadline=None)
@given(st.lists(items(), max_size=8), st.integers(1, 300), st.integers(0, 300))
def test_more_days_make_nothing_due_sooner(known: list[ActionItem], few: int, more: int) -> None:
    state = world(ADMIN, items=tuple(known), organisation=organisation(due_days=dict.fromkeys(range(1, 6), few)))
    wider = state.organisation.policies.model_copy(update={"due_days": dict.fromkeys(range(1, 6), few + more)})
    after = after_change(state, wider, NOW, "open")
    assert all(now.due >= was.due for was, now in zip(state.items, after.items, strict=True))
    again = after_change(after, wider, NOW, "open")
    assert again.items == after.items


def test_a_mark_holds_as_long_as_nothing_that_was_looked_at_changes() -> None:
    state = world(ADMIN, items=(usual(),))
    shown = asks(state, dates="open", due_days=days(90))
    for changed in (
        {"items": (usual(snoozes=1, due=TODAY + timedelta(days=3)),)},
        {"items": ()},
        {"organisation": organisation(country="DE")},
    ):
        with pytest.raises(Refused, match="Something has changed since you looked"):
            asks(state.model_copy(update=changed), mark(shown), dates="open", due_days=days(90))
    with pytest.raises(Refused, match="Something has changed"):
        asks(state, mark(shown), dates="open", due_days=days(91))
    with pytest.raises(Refused, match="Something has changed"):
        asks(state, mark(shown), due_days=days(90))
    done = asks(state, mark(shown), dates="open", due_days=days(90)).state.items[0]
    assert done.due == usual().due + timedelta(days=30)


def test_the_mark_is_the_same_on_every_replica_for_sets_have_no_order() -> None:
    marks = set()
    for names in (["a", "b", "c"], ["c", "d"]):
        state = world(ADMIN, organisation=organisation(admins=frozenset(names)))
        after = after_change(state, state.organisation.policies.model_copy(update={"country": "DE"}), NOW, "new")
        marks.add(mark_of(state, after, preview(state, after, NOW, "new")))
    assert len(marks) == 1


def test_owners_hear_once_that_their_dates_moved_and_of_nothing_that_they_may_not_know() -> None:
    mine, hers, sealed = usual(1, owner="ada"), usual(2, owner="maya"), usual(3, owner="maya", private=True)
    state = world(ADMIN, items=(mine, hers, sealed), not_the_owners=frozenset({sealed.id}))
    done = asks(state, mark(asks(state, dates="open", due_days=days(90))), dates="open", due_days=days(90))
    (word,) = [one for one in done.effects if isinstance(one, Direct)]
    assert word.account == MAYA.accounts[0].key
    assert "ACT-2" in word.card.plain()
    assert "ACT-3" not in word.card.plain()
    assert [entry.incident for entry in done.entries] == [one.incident for one in (mine, hers, sealed)]
    assert all(not entry.noted for entry in done.entries)


def test_a_word_before_the_date_is_not_lost_because_it_should_have_come_already() -> None:
    near = usual(owner="tom", due=TODAY + timedelta(days=6))
    state = world(ADMIN, items=(near,))
    shown = asks(state, due_soon_days=10)
    assert "The word before the date comes 1 time at another moment: 10 days before." in shown.reply.plain()
    done = asks(state, mark(shown), due_soon_days=10)
    (plan,) = [one for one in plans_for(state, done.state, NOW) if one.rule == "due_soon"]
    assert plan.at == NOW
    assert due_soon_at(near, state) is not None


def test_a_new_day_of_the_digest_is_for_whoever_has_chosen_none() -> None:
    chosen = TOM.model_copy(update={"digest_weekday": 3, "digest_time": "14:00"})
    state = world(ADMIN, items=(usual(1, owner="tom"), usual(2, owner="maya")))
    state = state.model_copy(update={"people": {**state.people, "tom": chosen}})
    shown = asks(state, digest_weekday="tuesday")
    assert "1 person hears of what is overdue at another time: Maya on Tuesday 09:30" in shown.reply.plain()
