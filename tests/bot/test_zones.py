"""Zones keep their gaps and folds, and time is told with its date and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.zones import BadTime, ago, duration, echo, late, local_to_utc, valid_zone

BERLIN = "Europe/Berlin"
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Apia",
)
NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # a Monday, 14:30 in Berlin
_wall = datetime.fromisoformat
WALLS = st.datetimes(_wall("2009-01-01 00:00"), _wall("2030-01-01 00:00"))


# --- gaps and folds --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "zone", "moment"),
    [
        (_wall("2026-03-29 02:30"), "Europe/Berlin", "Sun 29 Mar 2026 03:00 CEST"),
        (_wall("2026-03-08 02:00"), "America/New_York", "Sun 8 Mar 2026 03:00 EDT"),
        (_wall("2026-10-04 02:15"), "Australia/Lord_Howe", "Sun 4 Oct 2026 02:30 UTC+11:00"),
        (_wall("2026-09-06 00:30"), "America/Santiago", "Sun 6 Sep 2026 01:00 UTC-03:00"),
        (_wall("2011-12-30 10:00"), "Pacific/Apia", "Sat 31 Dec 2011 00:00 UTC+14:00"),
    ],
)  # fmt: skip
def test_a_wall_time_in_a_gap_is_the_next_valid_minute(wall: datetime, zone: str, moment: str) -> None:
    assert echo(local_to_utc(wall, zone), zone) == moment


def test_a_wall_time_in_a_fold_is_the_first_of_the_two() -> None:
    assert local_to_utc(_wall("2026-10-25 02:30"), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local_to_utc(_wall("2026-04-05 01:45"), "Australia/Lord_Howe") == datetime(2026, 4, 4, 14, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone"), [("0001-01-01 00:00", "Pacific/Apia"), ("9999-12-31 23:59", "America/New_York")]
)
def test_the_ends_of_the_calendar_are_refused(wall: str, zone: str) -> None:
    with pytest.raises(BadTime, match="outside the calendar"):
        local_to_utc(_wall(wall), zone)


@given(WALLS, st.sampled_from(ZONES))
@example(_wall("2028-03-05 02:00").replace(microsecond=1), "Africa/Casablanca")
def test_every_wall_time_has_one_moment_and_it_reads_the_same_unless_it_fell_into_a_gap(
    wall: datetime, zone: str
) -> None:
    moment = local_to_utc(wall, zone)
    back = moment.astimezone(ZoneInfo(zone))
    assert back.fold == 0
    if back.replace(tzinfo=None) != wall:
        before = (moment - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
        assert before.replace(tzinfo=None) < wall < back.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        *((zone, True) for zone in (*ZONES, "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires")),
        *((zone, False) for zone in ("", "europe/berlin", "Europe", "Europe/Berlin/", "../etc/passwd", "/etc/passwd")),
        *(
            (zone, False)
            for zone in ("Europe/../Europe/Berlin", "Europe/Berlin\0", "posixrules", "CEST", "x" * 100_000)
        ),
    ],
)
def test_a_zone_is_known_by_its_exact_name_only(name: str, known: bool) -> None:
    assert valid_zone(name) is known


# --- time as people read it ------------------------------------------------------------------------


def test_an_echo_always_has_date_and_zone() -> None:
    assert echo(NOW, BERLIN) == "Mon 23 Nov 2026 14:30 CET"
    assert echo(NOW, "UTC") == "Mon 23 Nov 2026 13:30 UTC"
    assert echo(NOW, "America/Sao_Paulo") == "Mon 23 Nov 2026 10:30 UTC-03:00"
    assert echo(NOW, "Asia/Kathmandu") == "Mon 23 Nov 2026 19:15 UTC+05:45"


@pytest.mark.parametrize(
    ("passed", "read"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(hours=25), "1 day ago"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=21), "3 weeks ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(hours=-3), "in 3 h"),
    ],
)
def test_how_long_ago_is_told_roughly(passed: timedelta, read: str) -> None:
    assert ago(NOW - passed, NOW) == read


@pytest.mark.parametrize(
    ("days", "read"),
    [
        (0, "due today"),
        (1, "1 day late"),
        (13, "13 days late"),
        (21, "3 weeks late"),
        (70, "2 months late"),
        (-2, "due in 2 days"),
    ],
)
def test_how_late_something_is(days: int, read: str) -> None:
    assert late(days) == read


@pytest.mark.parametrize(
    ("seconds", "read"),
    [
        (0, "0 s"),
        (40, "40 s"),
        (720, "12 min"),
        (7500, "2 h 05 min"),
        (273_600, "3 d 04 h"),
        (-7500, "-2 h 05 min"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: int, read: str) -> None:
    assert duration(timedelta(seconds=seconds)) == read
