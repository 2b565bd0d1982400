"""What people write about time means what they meant, or is refused with a sentence."""

import time as clock
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.moments import led_by_moment, split_moment
from bot.times import (
    BadTime,
    echo,
    parse_due,
    parse_moment,
    parse_span,
)

BERLIN = "Europe/Berlin"
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Apia",
)
_wall = datetime.fromisoformat
WALLS = st.datetimes(_wall("2009-01-01 00:00"), _wall("2026-11-23 00:00"))
NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # a Monday, 14:30 in Berlin
GARBAGE = [
    *(
        "",
        " ",
        "x",
        "14",
        "25:61",
        "24:00",
        "12:60",
        "13pm",
        "0am",
        "-5m ago",
        "٢:30",
        "１４:02",
        "14:02:99",
        "ago",
        "m ago",
    ),
    *(
        "0000-01-01 10:00",
        "99999-01-01 10:00",
        "2026-13-01 10:00",
        "2026-02-30 10:00",
        "0.0. 10:00",
        "99999h ago",
    ),
    *(
        "99999w 99999d ago",
        "1e9h ago",
        "nan ago",
        "yesterday",
        "monday",
        "Tue 23 Nov 2026 14:02",
        "14:02 PST",
        "10:00-10:30",
    ),
    *(
        "14:02\x00",
        "14:02; drop",
        "in 20m",
        "20m",
        "½h ago",
        "\ud83d",
        "2026-11-01T10:00+99:99",
        "1:2:3:4",
        "9" * 200,
    ),
]


def _read(text: str, now: datetime = NOW, zone: str = BERLIN) -> str:
    return echo(parse_moment(text, now, zone), zone)


# --- moments ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("14:02", "Mon 23 Nov 2026 14:02 CET"),
        ("2pm", "Mon 23 Nov 2026 14:00 CET"),
        ("2:30 pm", "Mon 23 Nov 2026 14:30 CET"),
        ("2:30\u202fPM", "Mon 23 Nov 2026 14:30 CET"),
        ("12am", "Mon 23 Nov 2026 00:00 CET"),
        ("12 p.m.", "Mon 23 Nov 2026 12:00 CET"),
        ("14.02", "Mon 23 Nov 2026 14:02 CET"),
        ("1402", "Mon 23 Nov 2026 14:02 CET"),
        ("14:31", "Mon 23 Nov 2026 14:31 CET"),
        ("14:33", "Sun 22 Nov 2026 14:33 CET"),
        ("23:50", "Sun 22 Nov 2026 23:50 CET"),
        ("20m ago", "Mon 23 Nov 2026 14:10 CET"),
        ("an hour ago", "Mon 23 Nov 2026 13:30 CET"),
        ("half an hour ago", "Mon 23 Nov 2026 14:00 CET"),
        ("2h ago", "Mon 23 Nov 2026 12:30 CET"),
        ("1h 30m ago", "Mon 23 Nov 2026 13:00 CET"),
        ("2 days ago", "Sat 21 Nov 2026 14:30 CET"),
        ("yesterday 23:10", "Sun 22 Nov 2026 23:10 CET"),
        ("Yesterday at 5pm", "Sun 22 Nov 2026 17:00 CET"),
        ("5pm yesterday", "Sun 22 Nov 2026 17:00 CET"),
        ("today 9:00", "Mon 23 Nov 2026 09:00 CET"),
        ("monday 10:15", "Mon 23 Nov 2026 10:15 CET"),
        ("monday 15:15", "Mon 16 Nov 2026 15:15 CET"),
        ("last monday 10:15", "Mon 16 Nov 2026 10:15 CET"),
        ("fri, 10:15", "Fri 20 Nov 2026 10:15 CET"),
        ("2pm on friday", "Fri 20 Nov 2026 14:00 CET"),
        ("2026-11-01 14:00", "Sun 1 Nov 2026 14:00 CET"),
        ("2026-11-01T14:00Z", "Sun 1 Nov 2026 15:00 CET"),
        ("2026-11-01T14:00:03.123+05:30", "Sun 1 Nov 2026 09:30 CET"),
        ("2026-11-01T14:00:03-0500", "Sun 1 Nov 2026 20:00 CET"),
        ("Nov 3 14:00", "Tue 3 Nov 2026 14:00 CET"),
        ("3 nov 14:00", "Tue 3 Nov 2026 14:00 CET"),
        ("dec 3 14:00", "Wed 3 Dec 2025 14:00 CET"),
        ("3rd November 2025, 14:00", "Mon 3 Nov 2025 14:00 CET"),
        ("1.11. 14:00", "Sun 1 Nov 2026 14:00 CET"),
        ("feb 29 10:00", "Thu 29 Feb 2024 10:00 CET"),
        ("13:02 UTC", "Mon 23 Nov 2026 14:02 CET"),
        ("14:02 CET", "Mon 23 Nov 2026 14:02 CET"),
        ("14:02 utc+2", "Mon 23 Nov 2026 13:02 CET"),
        ("now", "Mon 23 Nov 2026 14:30 CET"),
        ("just now", "Mon 23 Nov 2026 14:30 CET"),
    ],
)
def test_a_written_time_is_understood_in_the_speakers_zone(written: str, meant: str) -> None:
    assert _read(written) == meant


def test_the_same_words_mean_another_moment_elsewhere() -> None:
    assert _read("08:15", zone="America/New_York") == "Mon 23 Nov 2026 08:15 EST"
    assert _read("08:15", zone="Australia/Lord_Howe") == "Mon 23 Nov 2026 08:15 UTC+11:00"


def test_ten_to_midnight_said_ten_past_midnight_was_yesterday() -> None:
    assert _read("23:50", datetime(2026, 11, 22, 23, 10, tzinfo=UTC)) == "Sun 22 Nov 2026 23:50 CET"


def test_two_minutes_ahead_are_forgiven_even_over_midnight() -> None:
    assert _read("00:01", datetime(2026, 11, 22, 22, 59, 30, tzinfo=UTC)) == "Mon 23 Nov 2026 00:01 CET"


@pytest.mark.parametrize("written", ["2026-12-01 14:00", "today 18:00", "2026-12-01T14:00Z", "nov 24 2026 9:00"])
def test_a_time_still_to_come_is_refused_with_a_sentence(written: str) -> None:
    with pytest.raises(BadTime, match=r"still to come.*for example 14:02"):
        parse_moment(written, NOW, BERLIN)


@pytest.mark.parametrize("written", GARBAGE)
def test_what_is_no_time_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(BadTime, match="Write"):
        parse_moment(written, NOW, BERLIN)


@pytest.mark.parametrize("shape", ["9", "14:02 ", " ", "a", "ago ", "1h", "٣", ":", "at "])
def test_a_megabyte_of_anything_is_refused_at_once(shape: str) -> None:
    huge = shape * (1_000_000 // len(shape))
    started = clock.process_time()
    for read in (parse_moment, parse_due):
        with pytest.raises(BadTime):
            read(huge, NOW, BERLIN)
    with pytest.raises(BadTime):
        parse_span(huge)
    split_moment(huge, NOW, BERLIN)
    led_by_moment(huge, NOW, BERLIN)
    assert clock.process_time() - started < 0.5


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(BadTime, match="Europe/Berlin"):
        parse_moment("14:02", NOW, "Mars/Olympus")


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from(ZONES))
def test_any_text_is_understood_or_refused_and_nothing_else(written: str, zone: str) -> None:
    for read in (parse_moment, parse_due):
        with suppress(BadTime):
            read(written, NOW, zone)
    rest, moment = split_moment(written, NOW, zone)
    assert moment is not None or rest == written
    rest, moment = led_by_moment(written, NOW, zone)
    assert written.endswith(rest) if moment else rest == written


WORDS = st.sampled_from(
    [
        "14:02",
        "2pm",
        "2",
        "ago",
        "an",
        "hour",
        "20m",
        "yesterday",
        "today",
        "last",
        "monday",
        "at",
        "on",
        "2026-11-01",
        "nov",
        "3",
        "3.11.",
        "29",
        "feb",
        "utc",
        "z",
        "+05:30",
        "1970-01-01",
        "0001-01-01",
        "9999-12-31",
        "T",
        ",",
        "half",
        "99999",
        "w",
        "1.5",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(WORDS, max_size=6).map(" ".join),
    WALLS,
    st.sampled_from(ZONES),
)
def test_no_mixture_of_time_words_is_ever_in_the_future_or_a_crash(written: str, wall: datetime, zone: str) -> None:
    now = wall.replace(tzinfo=UTC)
    for read in (parse_due, parse_moment):
        try:
            meant = read(written, now, zone)
        except BadTime:
            continue
        if isinstance(meant, datetime):
            assert meant.tzinfo is UTC
            assert meant <= now + timedelta(minutes=2)


@given(WALLS, st.sampled_from(ZONES))
def test_what_is_echoed_is_understood_again(wall: datetime, zone: str) -> None:
    moment = wall.replace(tzinfo=UTC, second=0, microsecond=0)
    assert parse_moment(echo(moment, zone), NOW, zone) == moment


@given(WALLS, st.times(), st.sampled_from(ZONES))
def test_a_bare_clock_time_is_within_the_last_two_days(wall: datetime, said: time, zone: str) -> None:
    now = wall.replace(tzinfo=UTC)
    meant = parse_moment(f"{said:%H:%M}", now, zone)
    assert now - timedelta(days=2) < meant <= now + timedelta(minutes=2)


def test_a_time_in_a_fold_is_the_first_unless_the_zone_is_said() -> None:
    assert _read("2026-10-25 02:30") == "Sun 25 Oct 2026 02:30 CEST"
    assert _read("2026-10-25 02:30 CET") == "Sun 25 Oct 2026 02:30 CET"


def test_a_clock_time_is_not_looked_for_on_a_day_that_was_left_out() -> None:
    assert _read("10:00", datetime(2011, 12, 30, 19, 0, tzinfo=UTC), "Pacific/Apia").startswith("Thu 29 Dec 2011 10:00")


# --- a time at the end of a note -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "rest", "moment"),
    [
        ("deploy at 14:02", "deploy", "Mon 23 Nov 2026 14:02 CET"),
        ("deploy, at 2pm.", "deploy", "Mon 23 Nov 2026 14:00 CET"),
        ("db restarted 20m ago", "db restarted", "Mon 23 Nov 2026 14:10 CET"),
        ("db restarted half an hour ago", "db restarted", "Mon 23 Nov 2026 14:00 CET"),
        ("failover yesterday 23:10", "failover", "Sun 22 Nov 2026 23:10 CET"),
        ("failover yesterday at 23:10", "failover", "Sun 22 Nov 2026 23:10 CET"),
        ("failover at yesterday 23:10", "failover", "Sun 22 Nov 2026 23:10 CET"),
        ("failover monday 10:15", "failover", "Mon 23 Nov 2026 10:15 CET"),
        ("step 2 nov 3 14:00", "step 2", "Tue 3 Nov 2026 14:00 CET"),
        ("two\nlines at 14:02", "two\nlines", "Mon 23 Nov 2026 14:02 CET"),
        ("failover 2026-11-01T14:00Z", "failover", "Sun 1 Nov 2026 15:00 CET"),
        ("at 14:02", "", "Mon 23 Nov 2026 14:02 CET"),
    ],
)
def test_a_time_clearly_written_at_the_end_is_taken_off(said: str, rest: str, moment: str) -> None:
    left, found = split_moment(said, NOW, BERLIN)
    assert left == rest
    assert found is not None
    assert echo(found, BERLIN) == moment


@pytest.mark.parametrize(
    "said",
    [
        "look at the graph",
        "at 14:02 it broke",
        "restart 14:02",
        "load at 14.02",
        "errors at 5",
        "look at now",
        "meet at 2026-12-24 10:00",
        "again at tomorrow 10:00",
        "window at 10:00-10:30",
        "that was long ago",
        "the cron runs every day at 03:00",
        "no errors since yesterday 23:10",
        "errors since 20m ago",
        "between 09:00 and after at 10:00",
        "",
        " spaces stay ",
    ],
)
def test_a_note_without_a_clear_time_stays_whole(said: str) -> None:
    assert split_moment(said, NOW, BERLIN) == (said, None)


def test_an_at_in_front_of_a_moment_is_no_part_of_it() -> None:
    assert parse_moment("at 09:30", NOW, BERLIN) == parse_moment("09:30", NOW, BERLIN)


def test_another_word_may_mark_the_time() -> None:
    assert split_moment("errors since 14:02", NOW, BERLIN) == ("errors since 14:02", None)
    assert split_moment("errors since 14:02", NOW, BERLIN, ("at", "since"))[0] == "errors"
