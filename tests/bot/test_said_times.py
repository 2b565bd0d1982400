"""Times among other words, in notes and for the five times: what is clear counts, half a time is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import Refused
from bot.model import Moment
from tests.bot.worlds import NOW, clicked, incident, said, the, world


@pytest.mark.parametrize(
    ("words", "text", "ago"),
    [
        ("yesterday at 05:10 pool full", "pool full", 33 * 60 - 10),
        ("05:10 yesterday pool full", "pool full", 33 * 60 - 10),
        ("Yesterday 05:10: pool full", "pool full", 33 * 60 - 10),
        ("pool was full at 05:10 yesterday", "pool was full", 33 * 60 - 10),
        ("sunday 05:10, pool full", "pool full", 33 * 60 - 10),
        ("20m ago pool full", "pool full", 20),
        ("at 13:40 pool full\nand empty", "pool full\nand empty", 20),
    ],
)
def test_a_notes_time_may_stand_in_front_or_behind(words: str, text: str, ago: int) -> None:
    (entry,) = said(world(about=incident()), f"note {words}").entries
    assert (entry.text, entry.occurred) == (text, NOW - timedelta(minutes=ago))


@pytest.mark.parametrize(
    "words",
    [
        "yesterday 5 nodes were down",
        "the pool was full yesterday at 05:10 as well",
        "05:10 pool full",
        "at 05:10 tomorrow the vendor works on it",
        "at 16:30 we cut over",
        "yesterday's deploy is back",
        "today at 23:00 we cut over",
    ],
)
def test_what_is_no_clear_time_in_front_of_a_note_is_not_guessed_at(words: str) -> None:
    (entry,) = said(world(about=incident()), f"note {words}").entries
    assert (entry.text, entry.occurred) == (words, NOW)


def test_a_note_with_two_times_is_refused_and_says_which() -> None:
    with pytest.raises(Refused, match=r"\u201cyesterday at 05:10\u201d.*\u201c20m ago\u201d"):
        said(world(about=incident()), "note yesterday at 05:10 pool full, restarted 20m ago")


@pytest.mark.parametrize(
    "when",
    [
        "13:40 tomorrow",
        "13:40 next monday",
        "13:40 two days ago",
        "13:40 in 2 hours",
        "13:40 to 13:50",
        "13:40 or 13:45 graph",
        "13:40 in the morning",
        "23:50 today",
        "23:50 today error graph",
    ],
)
def test_a_time_of_which_a_part_is_not_understood_is_refused_and_never_cut_short(when: str) -> None:
    with pytest.raises(Refused, match="for example") as refused:
        said(world(about=incident()), f"time began {when}")
    assert refused.value.field == "at"
    with pytest.raises(Refused, match="for example"):
        clicked(world(about=incident()), "note", text="pool full", at=when)


def test_what_was_not_understood_of_a_time_is_quoted() -> None:
    with pytest.raises(Refused, match="\u201c13:40 tomorrow\u201d"):
        said(world(about=incident()), "time began 13:40 tomorrow")


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("13:20 error graph", "error graph"),
        ("13:20 today's dashboard", "today's dashboard"),
        ("13:20 - last alert", "- last alert"),
        ("13:20 2 alerts of the pool", "2 alerts of the pool"),
        ("13:20 May it be said", "May it be said"),
        ("13:20 on 23 nov graph", "graph"),
        ("13:20 CET today graph", "graph"),
        ("13:20 2026-11-23 graph", "graph"),
    ],
)
def test_what_stands_behind_a_time_is_how_it_is_known(words: str, source: str) -> None:
    began = the(said(world(about=incident()), f"time began {words}")).times.began
    assert began == Moment(at=NOW - timedelta(minutes=40), source=source)


def test_the_field_of_a_notes_time_takes_a_time_alone() -> None:
    with pytest.raises(Refused, match="\u201c13:40 or so\u201d") as refused:
        clicked(world(about=incident()), "note", text="pool full", at="13:40 or so")
    assert refused.value.field == "at"
