"""How much gets done: figures that add up, of no person, and of few as counts."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.follow_through import FEW, PERIOD, Ages, Fact, Figures, FollowThrough, Share, follow_through, of_services
from bot.model import ActionItem, Policies
from bot.policy import ServiceRow, Team
from bot.words import follow_through as words

NOW = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
POLICIES = Policies(
    teams=(Team(name="Payments"), Team(name="Search")),
    services=(ServiceRow(name="checkout", team="Payments"), ServiceRow(name="cards", team="Payments"),
              ServiceRow(name="index", team="Search"), ServiceRow(name="mail")),
)  # fmt: skip
ENDED = ("done", "won't do", "accepted risk")


def fact(status: str = "open", *, made: int = 10, due: int = 5, ended: int | None = None, **more: object) -> Fact:
    """`made`, `due` and `ended` are days before now; a negative `due` is to come."""
    known: dict[str, object] = {
        "severity": 2, "service": "checkout", "kind": "", "factor": "", "status": status,
        "made": NOW - timedelta(days=made), "due": (NOW - timedelta(days=due)).date(),
        "ended": None if ended is None else NOW - timedelta(days=ended), "snoozes": 0, "held": None,
    }  # fmt: skip
    return Fact(**{**known, **more})  # type: ignore[arg-type]


def told(*facts: Fact, zone: str = "UTC") -> FollowThrough:
    return follow_through(facts, POLICIES, NOW, zone)


@st.composite
def some(draw: st.DrawFn) -> Fact:
    made, due = draw(st.integers(0, 900)), draw(st.integers(-90, 900))
    status = draw(st.sampled_from(("open", *ENDED)))
    ended = None if status == "open" else draw(st.integers(0, made))
    return fact(
        status, made=made, due=due, ended=ended, severity=draw(st.integers(1, 5)),
        service=draw(st.sampled_from(("checkout", "cards", "index", "mail", "elsewhere", ""))),
        factor=draw(st.sampled_from(("", "change", "detection"))), snoozes=draw(st.integers(0, 4)),
        held=draw(st.sampled_from((None, True, False))),
    )  # fmt: skip


MANY = st.lists(some(), max_size=40)
COUNTS = ("on_time", "overdue", "snoozed", "wont_do", "accepted", "did_not_hold")


@given(MANY)
def test_whatever_it_is_told_apart_by_the_groups_add_up(facts: list[Fact]) -> None:
    found = told(*facts)
    for groups in found.by.values():
        assert sum(group.figures.n for group in groups) == found.all.n
        assert sum(group.figures.snoozes for group in groups) == found.all.snoozes
        for name in COUNTS:
            shares = [getattr(group.figures, name) for group in groups]
            whole = getattr(found.all, name)
            assert (sum(one.part for one in shares), sum(one.of for one in shares)) == (whole.part, whole.of)


@given(MANY)
def test_both_charts_end_with_what_is_open_now(facts: list[Fact]) -> None:
    found = told(*facts)
    still = sum(one.status == "open" for one in facts)
    assert sum(one.overdue + one.in_time for one in found.ages) == found.all.overdue.of == found.all.age.n == still
    assert sum(one.overdue for one in found.ages) == found.all.overdue.part
    last = found.burn_up[-1]
    assert last.noted - last.ended == still
    assert (len(found.burn_up), found.burn_up[0].ended) == (53, 0)


@given(MANY)
def test_nothing_that_was_noted_or_ended_is_ever_taken_back(facts: list[Fact]) -> None:
    weeks = told(*facts).burn_up
    for before, after in pairwise(weeks):
        assert before.noted <= after.noted
        assert before.ended <= after.ended
        assert after.ended <= after.noted
        assert after.day - before.day == timedelta(days=7)


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_in_which_items_come_says_nothing(facts: list[Fact], chance: random.Random) -> None:
    found = told(*facts)
    chance.shuffle(facts)
    assert told(*facts) == found


@given(MANY)
def test_every_share_is_one_and_the_middle_half_lies_around_the_median(facts: list[Fact]) -> None:
    found = told(*facts)
    figures = [found.all, *(group.figures for groups in found.by.values() for group in groups)]
    for one in figures:
        for name in COUNTS:
            share: Share = getattr(one, name)
            assert 0 <= share.part <= share.of
            assert (share.percent is None) == (share.of < FEW)
        if one.age.n:
            assert (one.age.lower or 0) <= (one.age.median or 0) <= (one.age.upper or 0)
        else:
            assert one.age == Ages(n=0)


def test_no_person_can_be_counted_by() -> None:
    people = {"owner", "created_by", "by", "name", "key", "id", "text", "lead"}
    assert people & set(Fact._fields) == set()
    assert people & set(ActionItem.model_fields) >= {"owner", "created_by"}, "what is counted leaves it out"
    assert set(told(fact()).by) == {"team", "service", "factor", "severity", "kind"}
    assert people & set(Figures.model_fields) == set()


def test_on_time_is_done_by_its_date_of_what_is_done_or_overdue() -> None:
    found = told(
        fact("done", due=5, ended=5), fact("done", due=5, ended=4), fact("done", due=-3, ended=1),
        fact(due=1), fact(due=0), fact(due=-9), fact("won't do", due=9, ended=1), fact("accepted risk", due=9, ended=1),
    )  # fmt: skip
    assert found.all.on_time == Share(part=2, of=4), "two of three done ones; one open one is overdue"
    assert found.all.overdue == Share(part=1, of=3)
    assert (found.all.wont_do, found.all.accepted) == (Share(part=1, of=5), Share(part=1, of=5))


@pytest.mark.parametrize(("zone", "on_time"), [("UTC", 1), ("Asia/Tokyo", 0), ("America/New_York", 1)])
def test_a_day_ends_where_the_organisation_is(zone: str, on_time: int) -> None:
    """Half an hour before midnight in UTC it is the next morning in Tokyo."""
    assert told(fact("done", due=0, ended=0), zone=zone).all.on_time == Share(part=on_time, of=1)


def test_what_was_ended_before_the_period_is_not_counted() -> None:
    old = fact("done", made=900, due=880, ended=PERIOD.days + 1)
    assert told(old).all.n == 0
    assert told(old._replace(ended=NOW - PERIOD + timedelta(minutes=1))).all.n == 1


def test_what_did_not_hold_counts_of_what_somebody_looked_at() -> None:
    found = told(fact("done", ended=1, held=True), fact("done", ended=1), fact(held=False))
    assert found.all.did_not_hold == Share(part=1, of=2), "what was opened again did not hold, too"


def test_teams_own_services_and_what_belongs_to_none_comes_last() -> None:
    found = told(
        fact(service="cards"), fact(service="checkout"), fact(service="index"), fact(service="mail"), fact(service="")
    )
    assert [(group.name, group.figures.n) for group in found.by["team"]] == [("Payments", 2), ("Search", 1), ("", 2)]
    assert [group.name for group in found.by["service"]] == ["cards", "checkout", "index", "mail", ""]


def test_groups_stand_by_name_and_never_by_how_well_they_do() -> None:
    facts = [fact("done", ended=9, service="index"), *[fact(service="cards", due=50) for _ in range(9)]]
    assert [group.name for group in told(*facts).by["team"]] == ["Payments", "Search"]


def test_only_services_and_a_severity_can_be_asked_for() -> None:
    facts = [fact(), fact(severity=1), fact(service="index")]
    assert of_services(facts, None, 0) == facts
    assert of_services(facts, ("index",), 0) == [facts[2]]
    assert of_services(facts, None, 1) == [facts[1]]
    assert of_services(facts, (), 0) == []


def test_ages_are_counted_from_when_items_were_noted() -> None:
    found = told(*(fact(made=days) for days in (0, 6, 7, 29, 30, 364, 365, 2000)))
    assert [one.overdue + one.in_time for one in found.ages] == [2, 2, 1, 0, 1, 2]
    assert found.all.age == Ages(n=8, median=30, lower=7, upper=364)


def test_of_few_a_count_is_told_and_of_many_a_share() -> None:
    assert words.share(Share(part=2, of=3)) == "2 of 3 (n = 3)"
    assert words.share(Share(part=24, of=40)) == "60 % (24 of 40)"
    assert words.share(Share(part=0, of=0)) == "nothing yet"
    assert words.ages(Ages(n=2, median=10, lower=5, upper=15)) == "median 10 days (n = 2)"
    assert words.ages(Ages(n=0)) == "nothing yet"
    assert "half of them between 5 and 15" in words.ages(Ages(n=9, median=10, lower=5, upper=15))


def test_the_charts_are_told_in_words() -> None:
    found = told(fact(made=400, due=300), fact("done", made=100, due=90, ended=95), fact(made=3, due=-3))
    assert words.ages_told(found) == "2 items open, 1 overdue; the oldest are over a year old."
    assert words.burn_up_told(found).endswith("2 noted, 1 ended; open were 1, and are 2.")
    assert words.ages_told(told()) == "No action item is open."
    assert told().all.age.n == 0


def test_where_nothing_was_ever_agreed_there_is_nothing_to_tell() -> None:
    found = told()
    assert (found.all.n, found.all.on_time, found.until) == (0, Share(part=0, of=0), date(2026, 11, 26))
    assert {(week.noted, week.ended) for week in found.burn_up} == {(0, 0)}
