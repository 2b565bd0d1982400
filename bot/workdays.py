"""Working hours and digest slots: when a person may be reminded, in their own zone.

A slot is a UTC moment inside the person's working hours, on a working day that is no holiday. At most one
belongs to an ISO week, and one does whenever a working hour was free.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bot.zones import local_date, local_to_utc, valid_zone, zone_of

Stretch = tuple[datetime, datetime]
Weekday = Annotated[int, Field(ge=0, le=6)]
NO_HOLIDAYS: frozenset[date] = frozenset()
WEEKS_AHEAD = 8
"""How far a working minute is looked for."""
MONDAY_TO_FRIDAY: frozenset[int] = frozenset(range(5))


class WorkingTime(BaseModel):
    """A person's working hours in their IANA zone and their wish for the weekly digest; Monday is 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str
    weekdays: frozenset[Weekday] = Field(default=MONDAY_TO_FRIDAY, min_length=1)
    start_hour: int = Field(default=9, ge=0, le=23)
    end_hour: int = Field(default=17, ge=1, le=24)
    digest_weekday: Weekday = 0
    digest_time: time = time(9, 30)

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if not valid_zone(zone):
            raise ValueError("no IANA time zone")
        return zone

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_hour <= self.start_hour:
            raise ValueError("working hours end before they start")
        if self.digest_time.tzinfo is not None:
            raise ValueError("the digest's time is a wall time")
        return self

    @property
    def digest_wall_time(self) -> time:
        """The wished time, or the first working minute where the wish lies outside the working hours."""
        wished = self.digest_time.replace(second=0, microsecond=0)
        return wished if self.start_hour <= wished.hour < self.end_hour else time(self.start_hour)


def iso_week(moment: datetime, zone: str) -> str:
    """The ISO week that `moment` has in `zone`: "2026-W48". Raises BadTime for an unknown zone."""
    year, week, _ = moment.astimezone(zone_of(zone)).isocalendar()
    return f"{year:04}-W{week:02}"


def week_days(week: str) -> tuple[date, ...]:
    """Monday to Sunday of "2026-W48". Raises ValueError for anything else."""
    year, _, number = week.partition("-W")
    return tuple(date.fromisocalendar(int(year), int(number), day) for day in range(1, 8))


def within_working_hours(moment: datetime, working_time: WorkingTime, holidays: frozenset[date] = NO_HOLIDAYS) -> bool:
    """Whether the moment lies in the person's working hours; the end hour itself does not."""
    local = moment.astimezone(zone_of(working_time.zone))
    works = _is_working_day(local.date(), working_time.weekdays, holidays)
    return works and working_time.start_hour <= local.hour < working_time.end_hour


def digest_slot(
    week: str,
    working_time: WorkingTime,
    holidays: frozenset[date] = NO_HOLIDAYS,
    not_before: datetime | None = None,
) -> datetime | None:
    """When that ISO week's digest is due (UTC), or None if the week has no working minute left for it.

    The wished day and time; else that time on the next working day of the week, or on the last one before it.
    With `not_before` (the person is busy until then) at the earliest the next working minute from there.
    """
    days = [day for day in week_days(week) if _stretch(day, working_time, holidays) is not None]
    if not days:
        return None
    later = [day for day in days if day.weekday() >= working_time.digest_weekday]
    day = later[0] if later else days[-1]
    slot = local_to_utc(datetime.combine(day, working_time.digest_wall_time), working_time.zone)
    if not within_working_hours(slot, working_time, holidays):  # a gap swallowed the rest of those hours
        slot = _first_minute(days, slot, working_time, holidays) or _start(days[0], working_time)
    if not_before is None or slot >= not_before:
        return slot
    return _first_minute(days, not_before, working_time, holidays)


def no_weekend(day: date) -> date:
    """The day itself, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - max(MONDAY_TO_FRIDAY)))


def next_free_slot(
    after: datetime, working_time: WorkingTime, holidays: frozenset[date] = NO_HOLIDAYS
) -> datetime | None:
    """The first working minute (UTC) from `after` on in its local ISO week; None if none is left."""
    days = week_days(iso_week(after, working_time.zone))
    return _first_minute(days, after, working_time, holidays)


def next_working_minute(
    after: datetime, working_time: WorkingTime, holidays: frozenset[date] = NO_HOLIDAYS
) -> datetime | None:
    """Like `next_free_slot`, also in a later week; None: none in the weeks ahead."""
    slot = next_free_slot(after, working_time, holidays)
    for _ in range(WEEKS_AHEAD):
        if slot is not None:
            return slot
        sunday = week_days(iso_week(after, working_time.zone))[-1]
        after = local_to_utc(datetime.combine(sunday + timedelta(days=1), time()), working_time.zone)
        slot = next_free_slot(after, working_time, holidays)
    return slot


def _first_minute(
    days: tuple[date, ...] | list[date], after: datetime, working_time: WorkingTime, holidays: frozenset[date]
) -> datetime | None:
    for start, end in _stretches(days, working_time, holidays):
        first = max(start, _whole_minute(after))
        if first < end and within_working_hours(first, working_time, holidays):
            return first
    return None


def _stretches(
    days: tuple[date, ...] | list[date], working_time: WorkingTime, holidays: frozenset[date]
) -> Iterator[Stretch]:
    for day in days:
        if (stretch := _stretch(day, working_time, holidays)) is not None:
            yield stretch


def _stretch(day: date, working_time: WorkingTime, holidays: frozenset[date]) -> Stretch | None:
    """The working hours of a day as two UTC moments; None on a day off or one that the zone left out."""
    if not _is_working_day(day, working_time.weekdays, holidays):
        return None
    start, end = _start(day, working_time), _end(day, working_time)
    exists = local_date(start, working_time.zone) == day
    return (start, end) if exists and start < end else None


def _start(day: date, working_time: WorkingTime) -> datetime:
    return local_to_utc(datetime.combine(day, time(working_time.start_hour)), working_time.zone)


def _end(day: date, working_time: WorkingTime) -> datetime:
    midnight = datetime.combine(day, time())
    return local_to_utc(midnight + timedelta(hours=working_time.end_hour), working_time.zone)


def _whole_minute(moment: datetime) -> datetime:
    whole = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def _is_working_day(day: date, weekdays: frozenset[int], holidays: frozenset[date]) -> bool:
    return day.weekday() in weekdays and day not in holidays


def add_working_days(
    day: date, n: int, holidays: frozenset[date] = NO_HOLIDAYS, weekdays: frozenset[int] = MONDAY_TO_FRIDAY
) -> date:
    """The n-th working day after `day`; with n = 0 `day` itself, or the next working day if it is none.

    Raises ValueError if n is negative or no weekday is worked, OverflowError past the year 9999.
    """
    if n < 0 or not weekdays:
        raise ValueError("working days are counted forwards, on at least one weekday")
    while n > 0 or not _is_working_day(day, weekdays, holidays):
        day += timedelta(days=1)
        n -= n > 0 and _is_working_day(day, weekdays, holidays)
    return day
