"""Who is away hears of nothing until they are back, and then as if nothing had been: one digest a week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.reminders import Reminders
from bot.effects import INCIDENT, Direct
from bot.errors import Refused
from bot.model import Person
from bot.reminders import RULES, as_of_now, away, due_soon, plans_for, working_time
from bot.state import Decision, Planned, Reminded, State
from bot.text import Form
from bot.workdays import iso_week, within_working_hours
from tests.bot.drafts import postmortem
from tests.bot.test_escalation import FRIDAY, asked, fired, ignored
from tests.bot.test_escalation import look as at_ignored
from tests.bot.test_reminders import MONDAY, ORGANISATION, ZONES, due_plan, item, look, owner
from tests.bot.worlds import MAYA, NOW, TOM, clicked, said, world

UNTIL = date(2026, 12, 20)


def me(decision: Decision) -> Person:
    return decision.state.actor


def gone(until: date = UNTIL, **fields: Any) -> Person:
    return owner(away_until=until, **fields)


# -- what reminders do


def test_no_digest_comes_while_somebody_is_away_and_one_on_their_first_monday_back() -> None:
    decided = RULES["digest"](look(item(), person=gone()), due_plan(MONDAY), MONDAY)
    assert not decided.effects
    (plan,) = decided.plans
    assert plan.at == datetime(2026, 12, 21, 9, 30, tzinfo=UTC)
    back = RULES["digest"](look(item(), person=gone()), plan, plan.at)
    assert back.once == "digest:p1:2026-W52"


def test_who_is_back_in_the_middle_of_a_week_gets_its_digest_then() -> None:
    tuesday = gone(date(2026, 11, 24))
    (plan,) = RULES["digest"](look(item(), person=tuesday), due_plan(MONDAY), MONDAY).plans
    assert plan.at == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def test_going_away_and_coming_back_early_moves_the_digest_that_is_planned() -> None:
    before = State(organisation=ORGANISATION, actor=owner(), people={"p1": owner()})
    left = before.model_copy(update={"people": {"p1": gone()}})
    for one, other in ((before, left), (left, before)):
        (plan,) = plans_for(one, other, MONDAY)
        assert (plan.key, plan.at, plan.keep) == ("digest:p1", MONDAY, False)


def test_no_word_before_the_date_comes_while_somebody_is_away() -> None:
    at = datetime(2026, 12, 15, 9, 30, tzinfo=UTC)
    seen = look(item(due=date(2026, 12, 17)), person=gone())
    assert due_soon(seen, due_plan(at, "due_soon", "i1"), at) == Reminded(
        plans=(due_plan(at, "due_soon", "i1").model_copy(update={"at": None}),)
    )


def test_other_words_wait_until_they_are_back_however_long_that_is() -> None:
    until = date(2027, 4, 30)
    maya = MAYA.model_copy(update={"away_until": until})
    seen = at_ignored(ignored(3), person=maya, postmortem=postmortem(owner="maya"))
    waits = RULES["draft_late"](
        seen.model_copy(update={"postmortem": postmortem(owner="maya"), "incident": seen.incident}),
        Planned(key="draft_late:pm:maya", rule="draft_late", subject="pm:maya", at=NOW), NOW + timedelta(days=30),
    )  # fmt: skip
    assert not waits.effects
    assert waits.plans[0].at == datetime(2027, 5, 3, 7, 0, tzinfo=UTC)


def test_of_what_is_ignored_the_next_in_line_hears_instead_of_somebody_who_is_away() -> None:
    maya = MAYA.model_copy(update={"away_until": UNTIL})
    for name, digests in (("ignored_two_weeks", 3), ("ignored_six_weeks", 7)):
        assert asked(name, at_ignored(ignored(digests), known={"maya": maya})) == ["ines"]
        assert not fired(name, at_ignored(ignored(digests), person=maya, known={"maya": maya}), FRIDAY).effects
        past = MAYA.model_copy(update={"away_until": FRIDAY.date() - timedelta(days=1)})
        assert asked(name, at_ignored(ignored(digests), known={"maya": past})) == ["maya"]


def test_an_absence_ends_with_the_persons_own_day() -> None:
    for zone, hour in (("Asia/Tokyo", 15), ("America/New_York", 29), ("UTC", 24)):
        person = gone(zone=zone)
        end = datetime.combine(UNTIL, time(), UTC) + timedelta(hours=hour)
        assert away(person, ORGANISATION, end - timedelta(seconds=1))
        assert not away(person, ORGANISATION, end)


def a_year(person: Person, absences: list[tuple[int, int]]) -> list[datetime]:
    """Digests of 2027, where the person says on a day of the year that they are away for so many days."""
    start = datetime(2027, 1, 1, tzinfo=UTC)
    told = sorted((start + timedelta(days=day, hours=13), length) for day, length in absences)
    plan = Planned(key="digest:p1", rule="digest", subject="p1", at=start)
    sent: list[datetime] = []
    used: set[str] = set()
    while plan.at and plan.at < start + timedelta(days=365):
        if told and told[0][0] <= plan.at:
            at, length = told.pop(0)
            until = at.date() + timedelta(days=length)
            person = person.model_copy(update={"away_until": until})
            plan = plan.model_copy(update={"at": at, "wall": "moved"})
        now = plan.at or start
        decided = RULES["digest"](look(item(due=date(2026, 1, 1)), person=person), plan, now)
        if decided.effects and decided.once not in used:
            assert not away(person, ORGANISATION, now)
            used.add(decided.once)
            sent.append(now)
        plan = decided.plans[0]
    return sent


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(ZONES), st.lists(st.tuples(st.integers(0, 360), st.integers(0, 60)), max_size=6))
def test_over_a_year_with_absences_there_is_one_digest_in_every_week_with_a_day_at_work(
    zone: str, absences: list[tuple[int, int]]
) -> None:
    person = owner(zone=zone)
    sent = a_year(person, absences)
    weeks = [iso_week(at, zone) for at in sent]
    assert len(weeks) == len(set(weeks))
    assert all(within_working_hours(at, working_time(person, ORGANISATION)) for at in sent)
    off = {date(2027, 1, 1) + timedelta(days=day + n) for day, length in absences for n in range(length + 2)}
    days = [date(2027, 1, 11) + timedelta(days=n) for n in range(340)]
    whole = {f"{one.isocalendar()[0]:04}-W{one.isocalendar()[1]:02}" for one in days}
    touched = {f"{one.isocalendar()[0]:04}-W{one.isocalendar()[1]:02}" for one in off}
    assert whole - touched <= set(weeks)


def test_what_waited_to_be_sent_while_somebody_went_away_is_dropped_unless_an_incident_runs() -> None:
    (message,) = RULES["digest"](look(item()), due_plan(MONDAY), MONDAY).effects
    assert isinstance(message, Direct)
    assert as_of_now(message, look(item()), MONDAY) is not None
    assert as_of_now(message, look(item(), person=gone()), MONDAY) is None
    urgent = message.model_copy(update={"priority": INCIDENT})
    assert as_of_now(urgent, look(item(), person=gone()), MONDAY) is not None


# -- how it is said


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("reminders away until 2026-12-20", UNTIL),
        ("reminders away for 4 weeks", date(2026, 12, 21)),
        ("reminders away tomorrow", date(2026, 11, 24)),
        ("reminders Away till 20 dec", UNTIL),
        ("reminders ooo 2026-12-20", UNTIL),
        ("reminders away 2w", date(2026, 12, 7)),
        ("reminders away fri", date(2026, 11, 27)),
    ],
)
def test_somebody_says_until_when_they_are_away_and_that_they_are_back(words: str, until: date) -> None:
    decided = said(world(TOM), words)
    assert me(decided).away_until == until
    assert "You are away up to and including" in decided.reply.plain()
    assert "You are away" in said(world(me(decided)), "reminders").reply.plain()
    back = said(world(me(decided)), "reminders back")
    assert me(back).away_until is None
    assert "You are away" not in back.reply.plain()


@pytest.mark.parametrize(
    "words",
    [
        "away",
        "away until",
        "away until yesterday",
        "away until 2031-01-01",
        "away until 31 feb",
        "sunday 14:00",
        "3:00",
    ],
)
def test_what_cannot_be_meant_is_refused_and_changes_nothing(words: str) -> None:
    with pytest.raises(Refused):
        said(world(TOM), f"reminders {words}")


def form_of(decision: Decision) -> Form:
    assert decision.reply.form
    return decision.reply.form


def test_the_form_shows_what_is_and_sets_day_hour_and_absence() -> None:
    shown = said(world(TOM), "reminders")
    (button,) = shown.reply.card.sections[0].buttons
    form = form_of(clicked(world(TOM), button.does))
    assert [one.initial for one in form.inputs] == ["monday", "09:30", ""]
    decided = clicked(world(TOM), form.does, day="friday", hour="14:00", away="2026-12-20")
    wished = me(decided)
    assert (wished.digest_weekday, wished.digest_time, wished.away_until) == (4, "14:00", UNTIL)
    assert "The next one can come Fri 25 Dec 2026 14:00" in decided.reply.plain()
    off = world(TOM, holidays=frozenset({"2026-12-25"}))
    later = clicked(off, form.does, day="friday", hour="14:00", away="2026-12-20")
    assert "The next one can come Fri 25 Dec" not in later.reply.plain()
    assert [one.initial for one in form_of(clicked(world(wished), form.does)).inputs] == [
        "friday",
        "14:00",
        "2026-12-20",
    ]
    here = clicked(world(wished), form.does, day="friday", hour="14:00", away="")
    assert me(here).away_until is None


def test_an_absence_that_is_over_is_not_in_the_form() -> None:
    past = TOM.model_copy(update={"away_until": date(2026, 11, 1)})
    assert [one.initial for one in form_of(clicked(world(past), "set_reminders")).inputs][2] == ""


@pytest.mark.parametrize(
    ("field", "value"), [("hour", "7:00"), ("hour", "noon"), ("away", "2026-11-01"), ("away", "x")]
)
def test_a_form_with_a_wrong_field_names_it(field: str, value: str) -> None:
    with pytest.raises(Refused) as wrong:
        clicked(world(TOM), "set_reminders", **{"day": "friday", "hour": "14:00", field: value})
    assert wrong.value.field == field


def test_everybody_sets_it_for_themselves_alone() -> None:
    decided = said(world(TOM), "reminders away until 2026-12-20")
    assert decided.state.people["maya"] == MAYA
    assert Reminders.kind == "reminders"
