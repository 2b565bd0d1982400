"""One digest a week at a decent hour, in every zone and whatever daylight saving does."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.workdays import (
    WorkingTime,
    add_working_days,
    digest_slot,
    iso_week,
    next_free_slot,
    week_days,
    within_working_hours,
)

BERLIN = WorkingTime(zone="Europe/Berlin")
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Apia",
)
MONDAY = date(2026, 11, 23)


def _local(moment: datetime | None, zone: str = "Europe/Berlin") -> str:
    assert moment is not None
    assert moment.tzinfo is UTC
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _berlin(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


# --- weeks and hours -------------------------------------------------------------------------------


def test_the_week_is_the_one_of_the_persons_own_calendar() -> None:
    sunday_night = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert iso_week(sunday_night, "UTC") == "2026-W47"
    assert iso_week(sunday_night, "Europe/Berlin") == "2026-W48"
    assert iso_week(datetime(2027, 1, 1, 12, tzinfo=UTC), "UTC") == "2026-W53"


def test_a_week_has_seven_days_from_monday_on() -> None:
    assert week_days("2026-W48") == tuple(MONDAY + timedelta(days=n) for n in range(7))


@pytest.mark.parametrize("week", ["", "2026", "2026-W54", "2026-W00", "W48", "2026-Wxx"])
def test_what_is_no_week_is_refused(week: str) -> None:
    with pytest.raises(ValueError):
        week_days(week)


def test_working_hours_begin_with_the_first_minute_and_end_before_the_last_hour() -> None:
    assert not within_working_hours(_berlin(23, 8, 59), BERLIN)
    assert within_working_hours(_berlin(23, 9), BERLIN)
    assert within_working_hours(_berlin(23, 16, 59), BERLIN)
    assert not within_working_hours(_berlin(23, 17), BERLIN)
    assert not within_working_hours(_berlin(22, 12), BERLIN)
    assert not within_working_hours(_berlin(23, 12), BERLIN, frozenset({MONDAY}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "../../etc/passwd"},
        {"zone": "europe/berlin"},
        {"start_hour": 17, "end_hour": 9},
        {"weekdays": frozenset()},
        {"weekdays": {7}},
        {"end_hour": 25},
        {"digest_time": time(9, tzinfo=UTC)},
        {"lunch": 12},
    ],
)
def test_working_time_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WorkingTime.model_validate({"zone": "Europe/Berlin", **wrong})


# --- the digest's slot -----------------------------------------------------------------------------


def test_the_digest_is_due_on_monday_at_half_past_nine_local_time() -> None:
    assert _local(digest_slot("2026-W48", BERLIN)) == "2026-11-23 09:30"
    assert _local(digest_slot("2026-W27", BERLIN)) == "2026-06-29 09:30"


def test_on_a_holiday_it_moves_to_the_next_working_day_at_the_same_time() -> None:
    assert _local(digest_slot("2026-W48", BERLIN, frozenset({MONDAY}))) == "2026-11-24 09:30"


def test_a_wish_for_a_day_off_moves_to_the_last_working_day_when_none_follows() -> None:
    saturday = BERLIN.model_copy(update={"digest_weekday": 5})
    assert _local(digest_slot("2026-W48", saturday)) == "2026-11-27 09:30"


def test_a_week_of_holidays_has_no_digest() -> None:
    assert digest_slot("2026-W48", BERLIN, frozenset(week_days("2026-W48"))) is None


def test_a_wish_outside_the_working_hours_means_their_first_minute() -> None:
    early = BERLIN.model_copy(update={"digest_time": time(6, 15)})
    assert _local(digest_slot("2026-W48", early)) == "2026-11-23 09:00"


def test_somebody_busy_gets_it_in_the_next_working_minute_of_that_week() -> None:
    assert _local(digest_slot("2026-W48", BERLIN, not_before=_berlin(23, 11, 5, 30))) == "2026-11-23 11:06"
    assert _local(digest_slot("2026-W48", BERLIN, not_before=_berlin(23, 19))) == "2026-11-24 09:00"
    assert _local(digest_slot("2026-W48", BERLIN, not_before=_berlin(20, 19))) == "2026-11-23 09:30"


def test_somebody_busy_until_the_weekend_gets_none_that_week() -> None:
    assert digest_slot("2026-W48", BERLIN, not_before=_berlin(27, 16, 59, 1)) is None


def test_a_slot_in_a_gap_is_the_next_valid_minute_and_in_a_fold_the_first() -> None:
    nights = WorkingTime(
        zone="Europe/Berlin",
        weekdays=frozenset(range(7)),
        start_hour=0,
        digest_weekday=6,
        digest_time=time(2, 30),
    )
    assert _local(digest_slot("2026-W13", nights)) == "2026-03-29 03:00"
    assert digest_slot("2026-W43", nights) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_working_hours_swallowed_by_a_gap_move_to_another_day() -> None:
    night = WorkingTime(
        zone="Europe/Berlin",
        weekdays=frozenset(range(7)),
        start_hour=2,
        end_hour=3,
        digest_weekday=6,
        digest_time=time(2),
    )
    assert _local(digest_slot("2026-W13", night)) == "2026-03-28 02:00"


def test_the_day_that_samoa_left_out_is_no_working_day() -> None:
    fridays = WorkingTime(zone="Pacific/Apia", digest_weekday=4)
    assert _local(digest_slot("2011-W52", fridays), "Pacific/Apia") == "2011-12-29 09:30"


# --- free slots and working days -------------------------------------------------------------------


def test_the_next_free_slot_is_now_within_working_hours_and_else_the_next_morning() -> None:
    assert next_free_slot(_berlin(24, 10), BERLIN) == _berlin(24, 10)
    assert next_free_slot(_berlin(24, 10, 0, 1), BERLIN) == _berlin(24, 10, 1)
    assert next_free_slot(_berlin(24, 3), BERLIN) == _berlin(24, 9)
    assert next_free_slot(_berlin(24, 17), BERLIN) == _berlin(25, 9)
    assert next_free_slot(_berlin(24, 17), BERLIN, frozenset({date(2026, 11, 25)})) == _berlin(26, 9)


def test_a_week_without_a_working_minute_left_has_no_free_slot() -> None:
    assert next_free_slot(_berlin(27, 17), BERLIN) is None
    assert next_free_slot(_berlin(29, 12), BERLIN) is None


def test_working_days_skip_weekends_and_holidays() -> None:
    assert add_working_days(MONDAY, 5) == date(2026, 11, 30)
    assert add_working_days(date(2026, 11, 27), 1) == date(2026, 11, 30)
    assert add_working_days(date(2026, 11, 27), 1, frozenset({date(2026, 11, 30)})) == date(2026, 12, 1)
    assert add_working_days(date(2026, 11, 28), 0) == date(2026, 11, 30)
    assert add_working_days(MONDAY, 0) == MONDAY


def test_working_days_are_not_counted_backwards_nor_without_a_weekday() -> None:
    with pytest.raises(ValueError):
        add_working_days(MONDAY, -1)
    with pytest.raises(ValueError):
        add_working_days(MONDAY, 1, weekdays=frozenset())


# --- three years in six zones ----------------------------------------------------------------------

HOURS = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda hours: hours[0] < hours[1])


@st.composite
def _people(draw: st.DrawFn) -> WorkingTime:
    start, end = draw(HOURS)
    return WorkingTime(
        zone=draw(st.sampled_from(ZONES)),
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        start_hour=start,
        end_hour=end,
        digest_weekday=draw(st.integers(0, 6)),
        digest_time=draw(st.times().map(lambda at: at.replace(second=0, microsecond=0))),
    )


def _weeks(first: date) -> list[date]:
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(weeks=n) for n in range(157)]


def _working_minutes(
    monday: date, person: WorkingTime, holidays: frozenset[date], not_before: datetime | None = None
) -> list[datetime]:
    """What the slot is measured against: quarter hours of UTC, looked at one by one."""
    zone = ZoneInfo(person.zone)
    begin = datetime.combine(monday, time(), tzinfo=UTC) - timedelta(hours=15)
    quarters = (begin + timedelta(minutes=15 * n) for n in range(4 * 24 * 8 + 60))
    free = []
    for moment in quarters:
        local = moment.astimezone(zone)
        works = local.weekday() in person.weekdays and local.date() not in holidays
        this_week = local.isocalendar()[:2] == monday.isocalendar()[:2]
        if works and this_week and person.start_hour <= local.hour < person.end_hour:
            free.append(moment)
    return [moment for moment in free if not_before is None or moment >= not_before]


@settings(max_examples=25, deadline=None)
@given(_people(), st.sampled_from([date(2010, 6, 1), date(2025, 1, 6)]), st.randoms(use_true_random=False))
def test_every_week_of_three_years_has_one_slot_when_a_working_hour_was_free(
    person: WorkingTime, first: date, chance: Random
) -> None:
    mondays = _weeks(first)
    holidays = frozenset(day + timedelta(days=chance.randrange(7)) for day in mondays for _ in range(2))
    seen: set[str] = set()
    for monday in mondays:
        week = f"{monday.isocalendar()[0]:04}-W{monday.isocalendar()[1]:02}"
        slot = digest_slot(week, person, holidays)
        if slot is None:
            assert not any(_works_at_all(day, person, holidays) for day in week_days(week))
            continue
        assert within_working_hours(slot, person, holidays)
        assert slot.second == slot.microsecond == 0
        assert iso_week(slot, person.zone) == week
        assert week not in seen
        seen.add(week)


def _works_at_all(day: date, person: WorkingTime, holidays: frozenset[date]) -> bool:
    """Whether some minute of that day's working hours exists on the zone's own clock."""
    if day.weekday() not in person.weekdays or day in holidays:
        return False
    zone = ZoneInfo(person.zone)
    walls = (
        datetime.combine(day, time(hour, quarter))
        for hour in range(person.start_hour, person.end_hour)
        for quarter in (0, 59)
    )
    moments = (wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone) for wall in walls)
    return any(moment.date() == day and person.start_hour <= moment.hour < person.end_hour for moment in moments)


CHANGES = [
    date(2011, 12, 26),
    date(2026, 3, 23),
    date(2026, 10, 19),
    date(2026, 3, 9),
    date(2026, 9, 1),
    date(2026, 4, 1),
]


@settings(max_examples=60, deadline=None)
@given(
    _people(),
    st.sampled_from(CHANGES),
    st.integers(0, 7 * 24 * 60),
    st.frozensets(st.integers(0, 6), max_size=3),
)
def test_a_busy_person_gets_the_first_working_minute_that_is_left(
    person: WorkingTime, day: date, minutes: int, days_off: frozenset[int]
) -> None:
    monday = day - timedelta(days=day.weekday())
    holidays = frozenset(monday + timedelta(days=n) for n in days_off)
    week = f"{monday.isocalendar()[0]:04}-W{monday.isocalendar()[1]:02}"
    not_before = datetime.combine(monday, time(), tzinfo=UTC) + timedelta(minutes=minutes)
    free = _working_minutes(monday, person, holidays, not_before)
    slot = digest_slot(week, person, holidays, not_before)
    if slot is None:
        assert free == []
    else:
        assert slot >= not_before
        assert within_working_hours(slot, person, holidays)
        assert iso_week(slot, person.zone) == week
    if iso_week(not_before, person.zone) == week:
        nearest = next_free_slot(not_before, person, holidays)
        assert (nearest is None) == (slot is None)
        if nearest is not None:
            assert all(moment >= nearest for moment in free)
