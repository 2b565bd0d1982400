"""The weekly digest and the word before the date: how often, when, and when not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.effects import INCIDENT, Direct
from bot.model import Account, ActionItem, ItemStatus, Organisation, Person, Policies
from bot.reminders import RULES, as_of_now, digest, due_soon, plans_for, working_time
from bot.state import Look, Planned, Reminded, State
from bot.workdays import iso_week, within_working_hours

ORGANISATION = Organisation(id="o1", name="Acme", policies=Policies(zone="Europe/Lisbon"))
ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca", "Pacific/Apia",
)  # fmt: skip
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def owner(**fields: object) -> Person:
    account = Account(platform="slack", tenant="T1", user="U1")
    told = {"id": "p1", "organisation": "o1", "name": "Tom", "zone": "UTC", "accounts": (account,), **fields}
    return Person.model_validate(told)


def item(number: int = 1, **fields: object) -> ActionItem:
    told = {
        "id": f"i{number}", "organisation": "o1", "key": f"ACT-{number}", "incident": "x", "incident_key": "INC-1",
        "incident_title": "Checkout errors", "severity": 2, "text": f"Fix {number}", "owner": "p1",
        "due": date(2026, 11, 2),
        "created_by": "p2", "created_at": datetime(2026, 10, 1, tzinfo=UTC), **fields,
    }  # fmt: skip
    return ActionItem.model_validate(told)


def look(*items: ActionItem, person: Person | None = None, **fields: object) -> Look:
    return Look(organisation=ORGANISATION, person=person or owner(), items=items).model_copy(update=fields)


def due_plan(at: datetime, name: str = "digest", subject: str = "p1") -> Planned:
    return Planned(key=f"{name}:{subject}", rule=name, subject=subject, at=at, wall="planned")


def test_an_overdue_item_is_in_the_digest_of_its_owners_monday() -> None:
    decided = digest(look(item()), due_plan(MONDAY), MONDAY)
    assert decided.once == "digest:p1:2026-W48"
    assert "ACT-1 Fix 1" in decided.effects[0].card.plain()  # type: ignore[attr-defined]
    assert decided.plans[0].at == MONDAY + timedelta(weeks=1)


def test_without_anything_overdue_there_is_no_digest_but_the_next_week_is_looked_at() -> None:
    decided = digest(look(item(due=date(2027, 1, 1))), due_plan(MONDAY), MONDAY)
    assert not decided.once
    assert decided.plans[0].at == MONDAY + timedelta(weeks=1)


def test_an_item_due_today_is_not_overdue() -> None:
    assert not digest(look(item(due=MONDAY.date())), due_plan(MONDAY), MONDAY).effects


def test_the_digest_ends_with_the_last_open_item() -> None:
    ended = item(status=ItemStatus.DONE)
    assert digest(look(ended), due_plan(MONDAY), MONDAY).plans[0].at is None


def test_drills_remind_nobody() -> None:
    assert not digest(look(item(drill=True)), due_plan(MONDAY), MONDAY).effects


def test_five_items_are_shown_and_the_others_counted_worst_first() -> None:
    many = [item(number, severity=1 if number == 7 else 3) for number in range(1, 8)]
    text = digest(look(*many), due_plan(MONDAY), MONDAY).effects[0].card.plain()  # type: ignore[attr-defined]
    assert text.startswith("7 action items of yours are overdue\nACT-7")
    assert "and 2 more" in text
    assert text.count("ACT-") == 5


def test_nobody_is_reminded_while_in_an_active_incident_but_in_the_next_free_hour_of_the_week() -> None:
    busy = digest(look(item(), busy=True), due_plan(MONDAY), MONDAY)
    assert not busy.effects
    again = busy.plans[0].at
    assert again == MONDAY + timedelta(minutes=15)
    assert digest(look(item()), busy.plans[0], again).once == "digest:p1:2026-W48"


def test_a_week_without_a_free_hour_is_skipped() -> None:
    friday_evening = MONDAY + timedelta(days=4, hours=7, minutes=25)
    decided = digest(look(item(), busy=True), due_plan(friday_evening), friday_evening)
    assert not decided.effects
    assert decided.plans[0].at == MONDAY + timedelta(weeks=1)


def test_a_holiday_moves_the_digest_to_the_next_working_day_of_the_same_week() -> None:
    off = look(item(), holidays=frozenset({"2026-11-23"}))
    decided = digest(off, due_plan(MONDAY), MONDAY)
    assert decided.plans[0].at == MONDAY + timedelta(days=1)


def test_after_an_outage_of_three_days_one_digest_goes_out_in_working_hours() -> None:
    late = MONDAY + timedelta(days=3, hours=10)
    waiting = digest(look(item()), due_plan(MONDAY), late)
    assert not waiting.effects
    friday = waiting.plans[0].at
    assert friday == datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    assert digest(look(item()), waiting.plans[0], friday).once == "digest:p1:2026-W48"


def test_an_unreachable_owner_gets_nothing() -> None:
    assert not digest(look(item(), person=owner(unreachable=True)), due_plan(MONDAY), MONDAY).effects


def test_a_new_item_is_planned_at_once_and_never_moves_an_earlier_plan() -> None:
    before = State(organisation=ORGANISATION, actor=owner(), people={"p1": owner()})
    after = before.model_copy(update={"item": item(due=date(2026, 12, 24))})
    digest_plan, word = plans_for(before, after, MONDAY)
    assert (digest_plan.key, digest_plan.keep, digest_plan.at) == ("digest:p1", True, MONDAY)
    assert (word.key, word.at) == ("due_soon:i1", datetime(2026, 12, 22, 9, 30, tzinfo=UTC))


def test_the_first_look_of_a_new_plan_only_finds_the_next_wished_slot() -> None:
    wednesday = MONDAY + timedelta(days=2)
    first = digest(look(item()), Planned(key="digest:p1", rule="digest", subject="p1", at=wednesday), wednesday)
    assert not first.effects
    assert first.plans[0].at == MONDAY + timedelta(weeks=1)


def test_the_word_before_the_date_goes_to_the_owner_once() -> None:
    at = datetime(2026, 12, 22, 9, 30, tzinfo=UTC)
    decided = due_soon(look(item(due=date(2026, 12, 24))), due_plan(at, "due_soon", "i1"), at)
    assert decided.once == "due_soon:i1:2026-12-24:p1"
    assert decided.plans[0].at is None


@pytest.mark.parametrize("due", [date(2026, 12, day) for day in range(14, 21)])
def test_the_word_comes_before_every_day_of_the_week(due: date) -> None:
    """From Monday to Sunday: two days before, or on the Friday before where that is a weekend."""
    before = State(organisation=ORGANISATION, actor=owner(), people={"p1": owner()})
    (plan,) = (
        one
        for one in plans_for(before, before.model_copy(update={"item": item(due=due)}), MONDAY)
        if one.rule == "due_soon"
    )
    assert plan.at
    assert plan.at.weekday() < 5
    assert timedelta(days=2) <= due - plan.at.date() <= timedelta(days=4)
    assert due_soon(look(item(due=due)), plan, plan.at).effects


def test_a_word_that_meets_a_holiday_comes_on_the_next_working_day_up_to_the_date() -> None:
    at = datetime(2026, 12, 11, 9, 30, tzinfo=UTC)
    off = look(item(due=date(2026, 12, 14)), holidays=frozenset({"2026-12-11"}))
    (later,) = due_soon(off, due_plan(at, "due_soon", "i1"), at).plans
    assert later.at == datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
    gone = look(item(due=date(2026, 12, 12)), holidays=frozenset({"2026-12-11"}))
    assert not due_soon(gone, due_plan(at, "due_soon", "i1"), at).effects


def test_a_word_whose_date_was_moved_before_it_got_out_is_not_said() -> None:
    at = datetime(2026, 12, 22, 9, 30, tzinfo=UTC)
    message = sent(due_soon(look(item(due=date(2026, 12, 24))), due_plan(at, "due_soon", "i1"), at))
    assert as_of_now(message, look(item(due=date(2027, 3, 1))), at) is None


@pytest.mark.parametrize(
    "change", [{"status": ItemStatus.DONE}, {"owner": "p9"}, {"drill": True}, {"due": date(2026, 12, 1)}]
)
def test_no_word_where_the_item_ended_changed_hands_or_is_past(change: dict[str, object]) -> None:
    at = datetime(2026, 12, 22, 9, 30, tzinfo=UTC)
    told = look(item().model_copy(update={"due": date(2026, 12, 24), **change}))
    assert not due_soon(told, due_plan(at, "due_soon", "i1"), at).effects


def test_an_item_that_ends_or_loses_its_owner_takes_its_word_along() -> None:
    before = State(organisation=ORGANISATION, actor=owner(), people={"p1": owner()}, item=item(due=date(2026, 12, 24)))
    after = before.model_copy(update={"item": item(due=date(2026, 12, 24), status=ItemStatus.DONE)})
    assert [plan.at for plan in plans_for(before, after, MONDAY) if plan.rule == "due_soon"] == [None]


# -- in the last moment


def sent(decided: Reminded) -> Direct:
    (message,) = decided.effects
    assert isinstance(message, Direct)
    return message


@pytest.mark.parametrize("seconds", [1, 30, 59])
def test_nothing_comes_in_the_minute_before_working_hours_begin(seconds: int) -> None:
    early = MONDAY.replace(hour=9, minute=0) - timedelta(seconds=seconds)
    word = RULES["due_soon"](look(item(due=date(2026, 11, 25))), due_plan(early, "due_soon", "i1"), early)
    moved = digest(
        look(item(), person=owner(digest_time="09:00")), due_plan(early).model_copy(update={"wall": "x"}), early
    )
    assert (word.effects, moved.effects) == ((), ())
    assert word.plans[0].at == moved.plans[0].at == MONDAY.replace(hour=9, minute=0)


@pytest.mark.parametrize(
    ("now", "busy", "later"),
    [
        (MONDAY + timedelta(hours=3), False, None),
        (MONDAY + timedelta(hours=3), True, MONDAY + timedelta(hours=3, minutes=15)),
        (MONDAY + timedelta(hours=12), False, MONDAY.replace(hour=9, minute=0) + timedelta(days=1)),
    ],
)
def test_what_waited_too_long_to_be_sent_waits_for_a_free_working_hour(
    now: datetime, busy: bool, later: datetime | None
) -> None:
    message = sent(digest(look(item()), due_plan(MONDAY), MONDAY))
    told = as_of_now(message, look(item(), busy=busy), now)
    assert told is not None
    assert told.not_before == later
    at_once = message.model_copy(update={"priority": INCIDENT})
    assert as_of_now(at_once, look(item(), busy=busy), now) == at_once


def test_a_digest_that_did_not_get_out_in_its_week_is_left_to_the_next_one() -> None:
    message = sent(digest(look(item()), due_plan(MONDAY), MONDAY))
    saturday = MONDAY + timedelta(days=5)
    assert as_of_now(message, look(item()), saturday) is None


def test_a_word_before_the_date_is_not_said_after_it() -> None:
    at = datetime(2026, 12, 22, 9, 30, tzinfo=UTC)
    soon = look(item(due=date(2026, 12, 24)))
    message = sent(due_soon(soon, due_plan(at, "due_soon", "i1"), at))
    assert as_of_now(message, soon, at + timedelta(hours=23)) is not None
    assert as_of_now(message, soon, at + timedelta(days=2, hours=9)) is None


def test_after_more_than_a_day_in_which_nothing_could_be_sent_the_digest_says_that_it_is_late() -> None:
    (waiting,) = digest(look(item()), due_plan(MONDAY), MONDAY + timedelta(days=3, hours=10)).plans
    assert waiting.at
    late = sent(digest(look(item()), waiting, waiting.at))
    assert "more than a day late" in late.card.plain()
    redrawn = as_of_now(late, look(item()), waiting.at)
    assert redrawn == late
    for soon in (MONDAY + timedelta(minutes=10), MONDAY + timedelta(hours=5)):
        assert "more than a day late" not in sent(digest(look(item()), due_plan(MONDAY), soon)).card.plain()


def three_years(person: Person, busy_weeks: frozenset[str], wishes: list[tuple[int, int]]) -> list[datetime]:
    """Sends digests from 2026 to 2028 as the beat would, the wish changing every half year; returns when."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    plan = Planned(key="digest:p1", rule="digest", subject="p1", at=now)
    used: set[str] = set()
    sent: list[datetime] = []
    while plan.at and plan.at < datetime(2029, 1, 1, tzinfo=UTC):
        now = plan.at + timedelta(seconds=1)
        weekday, hour = wishes[(now.year * 2 + (now.month > 6)) % len(wishes)]
        person = person.model_copy(update={"digest_weekday": weekday, "digest_time": f"{hour:02}:30"})
        busy = iso_week(now, person.zone) in busy_weeks
        decided: Reminded = RULES["digest"](look(item(due=date(2025, 1, 1)), person=person, busy=busy), plan, now)
        if decided.effects and decided.once not in used:
            used.add(decided.once)
            sent.append(now)
        plan = decided.plans[0]
    return sent


@settings(deadline=None, max_examples=10)
@given(
    zone=st.sampled_from(ZONES),
    busy=st.frozensets(st.integers(1, 52), max_size=5),
    wishes=st.lists(st.tuples(st.integers(0, 4), st.integers(9, 16)), min_size=1, max_size=4),
)
def test_over_three_years_one_digest_a_week_never_outside_working_hours(
    zone: str, busy: frozenset[int], wishes: list[tuple[int, int]]
) -> None:
    person = owner(zone=zone)
    away = frozenset(f"{year}-W{week:02}" for year in (2026, 2027, 2028) for week in busy)
    sent = three_years(person, away, wishes)
    weeks = [iso_week(at, zone) for at in sent]
    assert len(weeks) == len(set(weeks))
    hours = working_time(person, ORGANISATION)
    assert all(within_working_hours(at, hours) for at in sent)
    first, last = datetime(2026, 1, 12, tzinfo=UTC), datetime(2028, 12, 11, tzinfo=UTC)
    owed = {iso_week(first + timedelta(weeks=n), zone) for n in range((last - first).days // 7)} - away
    assert owed <= set(weeks)
