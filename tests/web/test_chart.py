"""The chart of an incident: what stands where, whatever the log is like."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.axis import CUT_WIDTH, axis
from adapters.web.chart import APART, WIDTH, Chart, chart
from bot.key_entries import in_order, story
from bot.model import Account, Entry, EntryKind, Incident, Moment, Organisation, Person, Status, Times
from bot.ports import Record
from bot.record import naming
from bot.words import pages as words

START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
NAMES = {"maya": "Maya Ortiz", "tom": "طوم بيكر", "ken": "健一 <script>"}


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def key_of(user: str) -> str:
    return f"slack:T1:{user}"


def line(n: int, minutes: float, user: str = "maya", kind: EntryKind = EntryKind.NOTE, **more: Any) -> Entry:
    told = {"text": f"line {n}", "noted": True, "author": key_of(user), **more}
    return Entry(id=f"e{n}", incident="i1", kind=kind, occurred=at(minutes), recorded=at(minutes), **told)


def drawn(*entries: Entry, times: dict[str, float] | None = None, now: float = 60, **about: Any) -> Chart | None:
    people = {
        user: Person(
            id=user, organisation="o1", name=name, accounts=(Account(platform="slack", tenant="T1", user=user),)
        )
        for user, name in NAMES.items()
    }
    known = {name: Moment(at=at(minutes), source="test") for name, minutes in (times or {}).items()}
    told = {"status": Status.RESOLVED, **about}
    incident = Incident(
        id="i1", organisation="o1", key="INC-1", title="t", severity=2, declared_by="maya", times=Times(**known), **told
    )
    record = Record(
        organisation=Organisation(id="o1", name="Acme"), incident=incident, entries=entries, people=people, now=at(now)
    )
    timeline, proposed = story(in_order(entries))
    return chart(record, timeline, proposed, naming(people), ZONE)


def made(*entries: Entry, **more: Any) -> Chart:
    found = drawn(*entries, **more)
    assert found is not None
    return found


def test_without_entries_and_times_there_is_nothing_to_draw() -> None:
    assert drawn() is None


def test_times_alone_are_drawn_too() -> None:
    found = made(times={"declared": 0})
    assert ([mark.name for mark in found.marks], found.lanes) == (["declared"], ())


def test_one_entry_stands_in_the_middle_of_a_minute() -> None:
    (dot,) = made(line(1, 5)).dots
    assert dot.x == WIDTH / 2
    assert dot.label == "14:05:00, Maya Ortiz: line 1"


def test_lanes_are_by_kind_and_by_who_spoke_most_with_the_commander_first() -> None:
    log = (
        line(1, 1, kind=EntryKind.DECLARED), line(2, 2, kind=EntryKind.ALERT), line(3, 3, "tom"), line(4, 4, "tom"),
        line(5, 5, "maya"), line(6, 6, kind=EntryKind.ACTION), line(7, 7, kind=EntryKind.POSTMORTEM),
        line(8, 8, "ken", author="", author_name="Deploy bot"),
    )  # fmt: skip
    found = made(*log, roles={"lead": "maya"})
    assert [lane.name for lane in found.lanes] == [
        words.STATE, words.ALERTS, "Maya Ortiz", "طوم بيكر", "Deploy bot", words.ACTIONS, words.POSTMORTEM
    ]  # fmt: skip
    assert [lane.role for lane in found.lanes][2:4] == ["incident commander", ""]
    assert {dot.y for dot in found.dots} == {found.top + found.lane_height * (n + 0.5) for n in range(len(found.lanes))}


def test_more_speakers_than_lanes_share_the_last_one() -> None:
    log = [line(n, n, author="", author_name=f"bot {string.ascii_letters[n % 9]}") for n in range(30)]
    assert [lane.name for lane in made(*log).lanes][-1] == words.OTHERS
    assert len(made(*log).lanes) == 6


def test_a_name_that_is_called_like_a_lane_of_ours_is_no_such_lane() -> None:
    found = made(line(1, 0, kind=EntryKind.DECLARED), line(2, 1, author="", author_name=words.STATE))
    assert [lane.name for lane in found.lanes] == [words.STATE, words.STATE]


def test_dots_that_would_cover_each_other_are_one_with_their_number() -> None:
    found = made(line(1, 0), line(2, 0.1), line(3, 0.2), line(4, 60))
    assert [(dot.count, dot.url) for dot in found.dots] == [(3, ""), (1, "")]
    assert found.dots[0].label == "14:00:00 to 14:00:12, Maya Ortiz: 3 entries"


def test_everything_in_one_second_is_one_dot_a_lane() -> None:
    found = made(*(line(n, 0, "maya" if n % 2 else "tom") for n in range(40)))
    assert sorted((dot.x, dot.count) for dot in found.dots) == [(WIDTH / 2, 20)] * 2


def test_a_log_of_thousands_is_drawn_with_a_bounded_number_of_marks() -> None:
    log = [line(n, n / 3, ("maya", "tom")[n % 2], noted=n % 2 == 0) for n in range(5_000)]
    found = made(*log)
    assert len(found.dots) <= len(found.lanes) * (WIDTH / APART + 1)
    assert sum(dot.count for dot in found.dots) == 2_500
    assert sum(len(path) for path in found.faint) < WIDTH * len(found.lanes) * 12
    assert len(found.ticks) < 20


def test_what_nobody_marked_is_faint_and_what_is_proposed_is_marked_so() -> None:
    found = made(line(1, 0, noted=False), line(2, 30, noted=False, kind=EntryKind.ALERT))
    assert [dot.proposed for dot in found.dots] == [True]
    assert "(proposed)" in found.dots[0].label
    assert "M" in "".join(found.faint)


def test_deleted_and_retracted_lines_leave_no_mark() -> None:
    found = made(line(1, 0), line(2, 10, deleted_stamp=1), line(3, 20, retracted=True))
    assert len(found.dots) == 1
    assert not any(found.faint)


def test_the_impact_is_shaded_from_its_beginning_until_it_was_mitigated() -> None:
    times = {"began": 0.0, "declared": 10.0, "mitigated": 40.0, "resolved": 60.0}
    found = made(line(1, 0), line(2, 60), times=times)
    assert found.impact is not None
    places = {mark.name: mark.x for mark in found.marks}
    assert found.impact.left == places["began"]
    assert found.impact.left + found.impact.width == pytest.approx(places["mitigated"])
    assert found.impact.label == "Impact for 40 min"
    assert [span.kind for span in found.states] == []
    assert [mark.name for mark in found.marks] == ["began", "declared", "mitigated", "resolved"]


@pytest.mark.parametrize(
    ("times", "shaded"),
    [
        ({"resolved": 60.0}, ""),
        ({"began": 0.0}, ""),
        ({"began": 50.0, "mitigated": 10.0}, ""),
        ({"began": 0.0, "resolved": 60.0}, "Impact for 1 h 00 min"),
    ],
)
def test_an_impact_that_is_not_known_is_not_shaded(times: dict[str, float], shaded: str) -> None:
    found = made(line(1, 0), line(2, 60), times=times)
    assert (found.impact.label if found.impact else "") == shaded


def test_while_it_runs_the_impact_goes_on_until_now_and_a_second_changes_nothing() -> None:
    about: dict[str, Any] = {"times": {"began": 0.0, "declared": 5.0}, "status": Status.ACTIVE}
    declared = line(1, 5, kind=EntryKind.DECLARED)
    found = made(declared, now=45, **about)
    assert found.impact is not None
    assert found.impact.label == "Impact for 45 min so far"
    assert found.marks[-1].name == words.NOW
    assert [(span.kind, span.label) for span in found.states] == [("active", "active: 40 min")]
    assert made(declared, now=45.2, **about) == found
    assert made(declared, now=46, **about) != found


def test_names_of_times_that_are_near_each_other_stand_on_lines_of_their_own() -> None:
    found = made(line(1, 0), line(2, 100), times={"began": 0.0, "detected": 1.0, "declared": 2.0, "mitigated": 3.0})
    assert found.rows == 4
    assert len({mark.y for mark in found.marks}) == 4
    last = made(line(1, 0), line(2, 60), times={"began": 0.0, "resolved": 60.0})
    assert [mark.ends for mark in last.marks] == [False, True]
    assert last.rows == 1


def test_only_messages_that_stand_alone_lead_to_chat() -> None:
    link = "https://chat.example/1"
    assert made(line(1, 0, permalink=link)).dots[0].url == link


# -- the axis


def test_ticks_are_round_local_times() -> None:
    ticks = axis([at(0), at(55)], 800, "Asia/Kolkata").ticks
    assert [tick.label for tick in ticks] == [f"{18 + n // 60}:{n % 60:02}" for n in range(30, 90, 5)]


def test_each_day_is_named_where_it_begins() -> None:
    found = axis([at(0), at(60 * 30)], 800, ZONE)
    assert [day.label for day in found.days] == ["Mon 23 Nov", "Tue 24 Nov"]
    assert found.midnights == (found.x(datetime(2026, 11, 23, 23, tzinfo=UTC)),)


def test_the_hour_that_clocks_repeat_is_drawn_twice_as_long() -> None:
    night = datetime(2026, 10, 24, 22, tzinfo=UTC)
    labels = [tick.label for tick in axis([night, night + timedelta(hours=6)], 800, ZONE).ticks]
    assert labels.count("02:00") == 2


@pytest.mark.parametrize("days", [1, 40, 800, 40_000])
def test_any_span_has_a_few_ticks(days: int) -> None:
    found = axis([START, START + timedelta(days=days)], 800, ZONE)
    assert 2 <= len(found.ticks) <= 14
    assert len(found.midnights) <= 61


def test_a_long_silence_is_cut_out_and_says_how_long_it_was() -> None:
    found = axis([at(0), at(20), at(45), at(60 * 24 * 9)], 800, ZONE)
    assert [cut.label for cut in found.cuts] == ["8 d 23 h"]
    assert found.x(at(45)) > 600
    before, after = found.pieces
    assert after.left - before.right == CUT_WIDTH


def test_a_silence_that_is_no_longer_than_the_rest_stays() -> None:
    assert axis([at(n * 10) for n in range(20)] + [at(200 + 100)], 800, ZONE).cuts == ()
    assert axis([at(0), at(60 * 72)], 800, ZONE).cuts == ()


@given(st.lists(st.integers(0, 40_000_000), min_size=1, max_size=60), st.sampled_from([ZONE, "Asia/Kathmandu", "UTC"]))
def test_places_keep_the_order_of_time_and_stay_inside(seconds: list[int], zone: str) -> None:
    moments = sorted(START + timedelta(seconds=n) for n in seconds)
    found = axis(moments, 800, zone)
    places = [found.x(moment) for moment in moments]
    assert places == sorted(places)
    assert all(0 <= x <= 800 for x in [*places, *(tick.x for tick in found.ticks), *found.midnights])
    assert len(found.ticks) < 20
