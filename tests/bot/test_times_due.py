"""Due dates and lengths of time mean what they meant, or are refused with a sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.times import BadTime, due_echo, parse_due, parse_span

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # a Monday, 14:30 in Berlin


# --- due dates, lengths of time --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("today", "Mon 23 Nov 2026"),
        ("tomorrow", "Tue 24 Nov 2026"),
        ("fri", "Fri 27 Nov 2026"),
        ("by Friday", "Fri 27 Nov 2026"),
        ("monday", "Mon 30 Nov 2026"),
        ("next tuesday", "Tue 1 Dec 2026"),
        ("2026-12-01", "Tue 1 Dec 2026"),
        ("dec 1", "Tue 1 Dec 2026"),
        ("1st december", "Tue 1 Dec 2026"),
        ("1.12.", "Tue 1 Dec 2026"),
        ("1.12.2027", "Wed 1 Dec 2027"),
        ("feb 29", "Tue 29 Feb 2028"),
        ("jan 5", "Tue 5 Jan 2027"),
        ("3d", "Thu 26 Nov 2026"),
        ("2w", "Mon 7 Dec 2026"),
        ("10 days", "Thu 3 Dec 2026"),
        ("in 2 weeks", "Mon 7 Dec 2026"),
        ("a week", "Mon 30 Nov 2026"),
        ("1 month", "Wed 23 Dec 2026"),
        ("3 months", "Tue 23 Feb 2027"),
        ("eow", "Fri 27 Nov 2026"),
        ("eom", "Mon 30 Nov 2026"),
    ],
)
def test_a_due_date_is_understood_from_the_speakers_today(written: str, due: str) -> None:
    assert due_echo(parse_due(written, NOW, BERLIN)) == due


def test_today_is_the_speakers_day() -> None:
    late_evening = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert parse_due("today", late_evening, BERLIN) == date(2026, 11, 24)
    assert parse_due("today", late_evening, "America/New_York") == date(2026, 11, 23)


def test_a_month_from_the_last_of_january_is_the_last_of_february() -> None:
    assert parse_due("1 month", datetime(2027, 1, 31, 12, tzinfo=UTC), "UTC") == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("2026-11-22", "has passed"),
        ("2031-11-24", "more than five years"),
        ("9999 years", "more than five years"),
        ("9999 months", "more than five years"),
        ("12/1", "don't understand that date"),
        ("32.12.", "don't understand that date"),
        ("2026-02-30", "don't understand that date"),
        ("1m", "don't understand that date"),
        ("soon", "don't understand that date"),
        ("٣d", "don't understand that date"),
        ("0000-01-01", "don't understand that date"),
        ("", "don't understand that date"),
    ],
)
def test_a_due_date_that_cannot_be_meant_is_refused_with_a_sentence(written: str, sentence: str) -> None:
    with pytest.raises(BadTime, match=sentence):
        parse_due(written, NOW, BERLIN)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("30m", 30),
        ("1h30", 90),
        ("90 min", 90),
        ("2 hours", 120),
        ("1.5h", 90),
        ("1h and 5 minutes", 65),
        ("an hour", 60),
        ("1d", 1440),
    ],
)
def test_a_length_of_time_is_understood(written: str, minutes: int) -> None:
    assert parse_span(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "written", ["", "30", "0m", "-3m", "5m 5m", "5m 1h", "1h30x", "99999w", "soon", "٣m", "1 fortnight"]
)
def test_what_is_no_length_of_time_is_refused(written: str) -> None:
    with pytest.raises(BadTime, match="30m"):
        parse_span(written)
