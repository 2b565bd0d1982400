"""At review: would an open item have prevented it? What is offered, what an answer brings, on whose side it stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.channel import ChannelMadePrivate
from bot.commands.known import KnownHidden, Recurred
from bot.effects import Turn
from bot.errors import Refused
from bot.known import Again, Known, KnownItem, figures, mark, stood
from bot.known_offers import MOST_OFFERED, offered
from bot.model import ActionItem, Incident, ItemStatus, Moment, Postmortem, PostmortemStatus, Times
from bot.readiness import readiness
from bot.similar import Found, Past, indexed
from bot.state import Decision, State
from bot.text import Form
from bot.words import known as words
from bot.words.actions import item_line
from bot.words.effectiveness import status as item_status
from tests.bot.drafts import postmortem
from tests.bot.test_similar import POOL, found
from tests.bot.worlds import GUEST, INES, NOW, TOM, clicked, incident, said, told, world

BEFORE, SINCE = NOW - timedelta(days=40), NOW + timedelta(days=1)
OLD = "old"


def item(number: int = 7, **fields: Any) -> ActionItem:
    told = {
        "id": f"a{number}", "organisation": "org", "key": f"ACT-{number}", "incident": OLD, "incident_key": "INC-3",
        "incident_title": "Old", "severity": 2, "text": f"Alert on pool saturation {number}", "owner": "maya",
        "due": date(2026, 11, 1), "created_by": "tom", "created_at": BEFORE,
    }  # fmt: skip
    return ActionItem.model_validate({**told, **fields})


def past(*items: ActionItem, key: str = "INC-3", title: str = POOL, **fields: Any) -> Past:
    declared = Times(declared=Moment(at=BEFORE, source="Ines"))
    one = incident(id=f"{OLD}{key}", key=key, title=title, times=declared, **fields)
    open_ones = tuple(each for each in items if each.status is ItemStatus.OPEN)
    ended = tuple(each for each in items if each.status is not ItemStatus.OPEN)
    return Past(incident=one, words=frozenset(indexed(one, None, ()).split()), items=open_ones, ended=ended)


def now_on(**fields: Any) -> Incident:
    return incident(title=POOL, status="resolved", **fields)


def reviewed(actor: Any = TOM, about: Incident | None = None, **fields: Any) -> State:
    told = {"postmortem": postmortem(), "past": found(past(item())), **fields}
    return world(actor, about or now_on(), **told)


def answered(state: State | None = None, seen: ActionItem | None = None, **args: str) -> Decision:
    state = (state or reviewed()).model_copy(update={"elsewhere": seen or item()})
    return clicked(state, "postmortem_known", **(args or {"chosen": "ACT-7"}))


def kept(decision: Decision) -> Known:
    assert decision.state.postmortem
    return decision.state.postmortem.known


def form(decision: Decision) -> Form:
    assert decision.reply.form
    return decision.reply.form


def refused(state: State, seen: ActionItem | None = None, **args: str) -> str:
    with pytest.raises(Refused) as no:
        answered(state, seen, **args)
    return no.value.text.plain()


def turns(decision: Decision) -> list[Turn]:
    return [one for one in decision.effects if isinstance(one, Turn)]


# -- what is offered


def test_the_open_items_of_what_is_most_alike_come_first_then_none_and_a_key() -> None:
    alike = past(item(1), item(2, text="Order more coffee"))
    other = past(item(3, incident="far"), key="INC-9", title="Payments page is slow")
    (choice, key) = form(clicked(reviewed(past=found(other, alike)), "postmortem_known")).inputs
    assert [one.value for one in choice.choices] == ["ACT-1", "ACT-2", "ACT-3", "none"]
    assert choice.choices[0].label.startswith("ACT-1 of INC-3: Alert on pool saturation")
    assert (key.name, key.required, choice.required) == ("act", False, False)


def test_what_was_done_only_after_it_was_declared_stood_open_then_and_what_was_done_before_did_not() -> None:
    late = item(1, status=ItemStatus.DONE, ended_at=SINCE)
    early = item(2, status=ItemStatus.DONE, ended_at=BEFORE + timedelta(days=1))
    newer = item(3, created_at=SINCE)
    assert [one.key for one in offered(found(past(late, early, newer)), now_on(), Known(), NOW)] == ["ACT-1"]


def test_where_nothing_is_alike_the_form_says_so_and_still_takes_a_key() -> None:
    asked = form(clicked(reviewed(past=None), "postmortem_known"))
    assert [one.value for one in asked.inputs[0].choices] == ["none"]
    assert "Nothing that stood open is like it" in asked.inputs[0].hint


moments = st.integers(-60, 60).map(lambda days: NOW + timedelta(days=days))
items = st.builds(
    lambda number, created, ended, status, private, drill: item(
        number, created_at=created, ended_at=None if status is ItemStatus.OPEN else ended, status=status,
        private=private, drill=drill,
    ),
    st.integers(1, 60), moments, moments, st.sampled_from(ItemStatus), st.booleans(), st.booleans(),
)  # fmt: skip
pasts = st.builds(
    lambda some, private, drill, n: past(*some, key=f"INC-{n}", private=private, drill=drill),
    st.lists(items, max_size=6, unique_by=lambda one: one.id), st.booleans(), st.booleans(), st.integers(1, 9),
)  # fmt: skip


@given(pasts=st.lists(pasts, max_size=6), linked=st.sets(st.integers(1, 60), max_size=5))
def test_at_most_five_are_offered_and_never_what_not_everybody_may_see(pasts: list[Past], linked: set[int]) -> None:
    known = Known(items=tuple(known_item(item=f"a{n}") for n in linked))
    now = now_on()
    seen = offered(found(*pasts), now, known, NOW)
    assert len(seen) <= MOST_OFFERED
    hidden = {each.id for one in pasts if one.incident.private for each in (*one.items, *one.ended)}
    fine = {each.id for one in pasts if not one.incident.private for each in (*one.items, *one.ended)}
    for one in seen:
        assert {one.private, one.drill} == {False}
        assert one.id in fine or one.id not in hidden
        assert one.id not in {f"a{n}" for n in linked}
        assert stood(one, now) == "open"
        assert one.created_at < NOW - timedelta(minutes=30)


# -- a yes


def test_a_yes_is_a_fact_of_the_postmortem_and_goes_to_the_item_by_a_turn_of_its_own() -> None:
    decision = answered()
    (one,) = kept(decision).items
    assert (one.item, one.key, one.of, one.was, one.by, one.at) == ("a7", "ACT-7", "INC-3", "open", "tom", NOW)
    (turn,) = turns(decision)
    assert (turn.incident, turn.command) == (OLD, "recurred")
    assert turn.fields == {"items": "a7", "about": "inc", "about_key": "INC-42", "what": "said", "was": "open"}
    assert "it was known before" in decision.entries[0].text
    assert "ACT-7" not in decision.entries[0].text
    assert "Known before: ACT-7 of INC-3 stood open" in decision.reply.plain()
    assert "somebody named has to decide now" in decision.reply.plain()
    assert mark(kept(decision)) == "unfixed"


def test_a_key_can_be_typed_and_counts_before_what_was_chosen() -> None:
    assert kept(answered(act="act-7", chosen="none")).items[0].key == "ACT-7"
    assert kept(said(reviewed(elsewhere=item()), "postmortem known ACT-7")).items[0].key == "ACT-7"


def test_what_was_done_before_came_back_after_the_fix() -> None:
    done = item(status=ItemStatus.DONE, ended_at=BEFORE + timedelta(days=3))
    decision = answered(seen=done)
    assert mark(kept(decision)) == "came back"
    assert "did not hold" in decision.reply.plain()
    after = told(world(TOM, incident(id=OLD, key="INC-3"), items=(done,)), Recurred, **turns(decision)[0].fields)
    (now,) = after.state.items
    assert item_status(now) == "done; did not hold: INC-42"
    assert "ACT-7 did not hold, as said at the review of a later incident" in after.entries[0].text


def test_a_risk_that_was_accepted_and_came_true_was_known_and_unfixed() -> None:
    accepted = item(status=ItemStatus.ACCEPTED_RISK, ended_at=BEFORE + timedelta(days=3), reason="cheap")
    decision = answered(seen=accepted)
    assert mark(kept(decision)) == "unfixed"
    assert "had ended as accepted risk" in words.line(kept(decision).items[0])


def test_the_item_says_in_which_later_incident_it_would_have_helped_and_once() -> None:
    fields = turns(answered())[0].fields
    state = world(TOM, incident(id=OLD, key="INC-3"), items=(item(),))
    once = told(state, Recurred, **fields).state
    (now,) = told(once, Recurred, **fields).state.items
    assert [(one.incident, one.key, one.done_at) for one in now.again] == [("inc", "INC-42", None)]
    assert "would have prevented or shortened INC-42" in item_line(now, NOW.date()).plain()


def test_several_can_be_known_and_each_is_noted_once() -> None:
    first = answered().state
    assert len(kept(answered(first, item(8), act="ACT-8")).items) == 2
    assert "noted already" in refused(first, item())


# -- a no


def test_a_no_is_kept_and_a_later_yes_takes_its_place() -> None:
    decision = clicked(reviewed(), "postmortem_known", chosen="none")
    assert (kept(decision).none_by, kept(decision).none_at, mark(kept(decision))) == ("tom", NOW, "none")
    assert (turns(decision), "No open action item" in decision.reply.plain()) == ([], True)
    assert "noted for INC-42 already" in refused(decision.state, chosen="none")
    assert mark(kept(answered(decision.state))) == "unfixed"
    assert "Take that back first" in refused(answered().state, chosen="none")
    assert mark(kept(said(reviewed(), "postmortem known none"))) == "none"


# -- refused


@pytest.mark.parametrize(
    ("seen", "args", "why"),
    [
        (None, {"act": "ACT-99"}, "no action item ACT-99 that everybody here may see"),
        (item(private=True), {"act": "ACT-7"}, "no action item ACT-7 that everybody here may see"),
        (item(drill=True), {"act": "ACT-7"}, "Drills are left out"),
        (item(created_at=NOW), {"act": "ACT-7"}, "made after this incident was declared"),
        (None, {"act": "the pool thing"}, "is no action item"),
    ],
)
def test_what_cannot_have_been_known_is_refused_in_words(
    seen: ActionItem | None, args: dict[str, str], why: str
) -> None:
    state = reviewed().model_copy(update={"elsewhere": seen})
    with pytest.raises(Refused) as no:
        clicked(state, "postmortem_known", **args)
    assert why in no.value.text.plain()
    assert no.value.field == "act"


def test_its_own_items_a_drill_and_a_published_one_are_refused_and_guests_may_not_answer() -> None:
    own = item(8, incident="inc", key="ACT-8")
    assert "of this very incident" in refused(reviewed(items=(own,)), act="ACT-8")
    assert "Drills are left out" in refused(reviewed(about=now_on(drill=True)), chosen="none")
    published = postmortem(status=PostmortemStatus.PUBLISHED, published_at=NOW, published_by="tom")
    assert "published" in refused(reviewed(postmortem=published))
    invited = now_on(responders=frozenset({"tom", "gus"}))
    with pytest.raises(Refused):
        clicked(reviewed(GUEST, invited), "postmortem_known", chosen="none")


# -- taken back


def test_an_answer_can_be_taken_back_on_both_sides() -> None:
    first = answered()
    back = clicked(first.state, "postmortem_known_back", act="ACT-7")
    assert (kept(back), mark(kept(back))) == (Known(), "")
    state = world(TOM, incident(id=OLD, key="INC-3"), items=(item(),))
    with_it = told(state, Recurred, **turns(first)[0].fields).state
    after = told(with_it, Recurred, **turns(back)[0].fields)
    assert after.state.items == (item(),)
    assert "INC-42" not in after.entries[0].text
    no = clicked(clicked(reviewed(), "postmortem_known", chosen="none").state, "postmortem_known_back", act="none")
    assert kept(no) == Known()
    with pytest.raises(Refused) as nothing:
        clicked(reviewed(), "postmortem_known_back", act="ACT-7")
    assert "Nothing is noted about ACT-7" in nothing.value.text.plain()


# -- private


def test_of_a_private_incident_only_its_own_side_knows() -> None:
    sealed = now_on(private=True, key="INC-QWRTZ")
    decision = answered(reviewed(about=sealed))
    assert (turns(decision), len(kept(decision).items)) == ([], 1)
    assert "Nothing is said there" in decision.reply.plain()


def test_an_incident_that_turns_private_leaves_the_others_and_takes_what_they_know_of_it() -> None:
    linked = answered().state
    gone = told(linked, ChannelMadePrivate, incident_id="inc")
    assert [(one.incident, one.fields["what"]) for one in turns(gone)] == [(OLD, "taken back")]
    again = item(again=(Again(incident="later", key="INC-42", at=NOW),))
    theirs = told(world(TOM, incident(id=OLD, key="INC-3"), items=(again,)), ChannelMadePrivate, incident_id=OLD)
    (turn,) = turns(theirs)
    assert (turn.incident, turn.command, turn.fields) == ("later", "known_hidden", {"items": "a7"})
    bare = told(linked, KnownHidden, items="a7")
    (left,) = kept(bare).items
    assert (left.key, left.of, left.text, left.was) == ("", "", "", "open")
    assert (
        words.line(left) == "An action item that cannot be seen here any more would have prevented it or shortened it."
    )
    assert mark(kept(bare)) == "unfixed"


# -- where it stands


def test_the_postmortem_says_it_among_the_factors_and_asks_for_it_while_it_is_in_review() -> None:
    state = said(reviewed(), "postmortem review @ines").state
    missing = readiness(now_on(), (), _draft(state))
    assert words.NOT_SAID in missing
    after = answered(state.model_copy(update={"actor": INES}))
    assert words.NOT_SAID not in readiness(now_on(), (), _draft(after.state))
    assert words.NOT_SAID not in readiness(now_on(), (), postmortem())


def _draft(state: State) -> Postmortem:
    assert state.postmortem
    return state.postmortem


def known_item(**fields: Any) -> KnownItem:
    told = {"item": "a1", "incident": OLD, "key": "ACT-1", "of": "INC-3", "text": "x", "was": "open", "by": "tom"}
    return KnownItem.model_validate({**told, "at": NOW, **fields})


answers = st.builds(
    lambda was, none: Known(items=tuple(known_item(was=one) for one in was), none_at=None if was or not none else NOW),
    st.lists(st.sampled_from(["open", "done", "won't do", "accepted risk"]), max_size=3), st.booleans(),
)  # fmt: skip


@given(st.lists(st.tuples(answers, st.booleans()), max_size=12))
def test_the_figures_count_every_answered_incident_once_and_no_drill(told: list[tuple[Known, bool]]) -> None:
    pairs = [(now_on(drill=drill), postmortem(known=known)) for known, drill in told]
    counted = figures(pairs)
    real = [known for known, drill in told if not drill]
    assert counted.answered == sum(1 for one in real if mark(one))
    assert counted.none + sum(bool(one.items) for one in real) == counted.answered
    assert counted.unfixed == sum("unfixed" in mark(one) for one in real)
    assert max(counted.unfixed, counted.came_back, counted.none) <= counted.answered
    assert figures(reversed(pairs)) == counted


@given(created=moments, ended=st.none() | moments)
def test_an_item_stood_open_ended_or_not_there_and_nothing_else(created: datetime, ended: datetime | None) -> None:
    one = item(created_at=created, ended_at=ended, status=ItemStatus.DONE if ended else ItemStatus.OPEN)
    declared = NOW - timedelta(minutes=30)
    if created >= declared:
        assert stood(one, now_on()) is None
    else:
        assert stood(one, now_on()) == ("done" if ended and ended <= declared else "open")


def test_found_is_not_needed_to_answer() -> None:
    assert kept(answered(reviewed(past=Found()))).items
