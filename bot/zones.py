"""Zones, and time as people read it.

Every moment that goes in or comes out is aware UTC. A wall time in a gap means the next valid minute, in a
fold the first of the two. Text is English whatever the machine's locale.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NOT_A_ZONE = "I don't know that time zone. Write its full name, for example Europe/Berlin."
NOT_ON_THE_CALENDAR = "That time is outside the calendar. Write for example 2026-12-01 14:00."


class BadTime(ValueError):
    """What was written is no time that can be used; the text says what is understood, with an example."""


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def valid_zone(name: str) -> bool:
    """Whether `name` is an IANA zone in its exact spelling; no path is ever looked up."""
    return name in _zones()


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name. Raises BadTime."""
    if not valid_zone(name):
        raise BadTime(NOT_A_ZONE)
    return ZoneInfo(name)


def local_to_utc(wall: datetime, zone: str) -> datetime:
    """The moment of a wall time: in a gap the next valid minute, in a fold the first. Raises BadTime."""
    tz = zone_of(zone)
    try:
        moment = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
        if moment.astimezone(tz).replace(tzinfo=None, fold=0) == wall.replace(fold=0):
            return moment
        return _end_of_gap(wall.replace(tzinfo=tz, fold=1).astimezone(UTC), moment, tz)
    except OverflowError:
        raise BadTime(NOT_ON_THE_CALENDAR) from None


def _end_of_gap(before: datetime, after: datetime, tz: ZoneInfo) -> datetime:
    """The first whole local minute after the one change of offset between the two moments."""
    old = before.astimezone(tz).utcoffset()
    # Clocks change at whole seconds.
    before, after = before.replace(microsecond=0), after.replace(microsecond=0) + timedelta(seconds=1)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(tz).utcoffset() == old:
            before = middle
        else:
            after = middle
    past_the_minute = after.astimezone(tz).second
    return after + timedelta(seconds=60 - past_the_minute if past_the_minute else 0)


def local_date(moment: datetime, zone: str) -> date:
    """The day that somebody in `zone` has at that moment."""
    return moment.astimezone(zone_of(zone)).date()


def due_echo(day: date) -> str:
    """A date as people read it: "Tue 1 Dec 2026"."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def echo(moment: datetime, zone: str) -> str:
    """A moment as somebody in `zone` reads it, always with date and zone: "Mon 23 Nov 2026 14:02 CET"."""
    local = moment.astimezone(zone_of(zone))
    return f"{due_echo(local.date())} {local.hour:02}:{local.minute:02} {_zone_name(local)}"


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    if name.isalpha():
        return name
    minutes = (local.utcoffset() or timedelta()) // timedelta(minutes=1)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def duration(span: timedelta) -> str:
    """A length of time in its two largest units: "40 s", "12 min", "2 h 05 min", "3 d 04 h"."""
    sign, seconds = ("-", -span) if span < timedelta() else ("", span)
    whole = seconds // timedelta(seconds=1)
    if whole < 60:
        return f"{sign}{whole} s"
    if whole < 3600:
        return f"{sign}{whole // 60} min"
    if whole < 86400:
        return f"{sign}{whole // 3600} h {whole // 60 % 60:02} min"
    return f"{sign}{whole // 86400} d {whole // 3600 % 24:02} h"


def ago(then: datetime, now: datetime) -> str:
    """How long before `now`: "just now", "5 min ago", "3 h ago", "2 days ago"; "in 3 h" if to come."""
    minutes = abs(now - then) // timedelta(minutes=1)
    if minutes == 0:
        return "just now"
    how_long = _roughly(minutes)
    return f"in {how_long}" if then > now else f"{how_long} ago"


def _roughly(minutes: int) -> str:
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h"
    return _days_roughly(minutes // (24 * 60))


def _days_roughly(days: int) -> str:
    for size, unit, least in ((365, "year", 730), (30, "month", 61), (7, "week", 14)):
        if days >= least:
            return f"{days // size} {unit}s"
    return "1 day" if days == 1 else f"{days} days"


def late(days: int) -> str:
    """How late what was due `days` ago is: "due today", "1 day late", "3 weeks late"; or "due in 2 days"."""
    if days == 0:
        return "due today"
    return f"{_days_roughly(days)} late" if days > 0 else f"due in {_days_roughly(-days)}"
