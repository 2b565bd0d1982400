"""Three years of somebody who moves, goes away, changes their wishes and is in incidents: one digest a week that had a
free working hour, and never two. What is owed is counted here minute by minute, without the code that plans it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Person
from bot.reminders import RULES, plans_for
from bot.state import Planned, State
from bot.zones import valid_zone
from tests.bot.test_reminders import ORGANISATION, ZONES, item, look, owner

START, YEARS = datetime(2026, 1, 5, tzinfo=UTC), timedelta(days=3 * 364)
STEP = timedelta(minutes=15)
OLD = item(due=date(2025, 1, 1))
FREE = 4
"""Steps that are a whole free hour."""


def wish(said: tuple[int, int]) -> dict[str, object]:
    return {"digest_weekday": said[0], "digest_time": f"{said[1]:02}:30"}


minutes = st.integers(0, YEARS // timedelta(minutes=1) - 1)
away = st.integers(1, 40).map(lambda days: {"away_for": days})
changes = st.one_of(
    st.sampled_from(ZONES).map(lambda zone: {"zone": zone}),
    st.tuples(st.integers(0, 4), st.integers(9, 16)).map(wish),
    away,
    st.just({"away_until": None}),
)  # fmt: skip


@dataclass
class Life:
    """Who they are when, in which incidents, and what they were sent."""

    events: list[tuple[int, dict[str, object]]]
    incidents: list[tuple[int, int]]
    holidays: frozenset[str]
    person: Person = field(default_factory=lambda: owner(zone=ZONES[0]))
    now: datetime = START
    was: list[tuple[datetime, Person]] = field(default_factory=list)
    sent: dict[str, datetime] = field(default_factory=dict)
    """By the key that can be used once."""

    def live(self) -> None:
        self.was.append((START, self.person))
        plan = Planned(key="digest:p1", rule="digest", subject="p1", at=START)
        for minute, change in [*sorted(self.events, key=lambda one: one[0]), (YEARS // timedelta(minutes=1), {})]:
            moment = START + timedelta(minutes=minute)
            while plan.at is not None and plan.at < moment:
                plan = self.looks(plan)
            self.now = moment
            plan = self.changes(change) or plan

    def looks(self, plan: Planned) -> Planned:
        """The clock beats a second after what is due, or after what was planned for at once."""
        assert plan.at
        self.now = max(self.now, plan.at) + timedelta(seconds=1)
        seen = look(OLD, person=self.person, busy=self.in_incident(self.now), holidays=self.holidays)
        decided = RULES["digest"](seen, plan, self.now)
        if decided.effects and decided.once not in self.sent:
            self.sent[decided.once] = self.now
        (following,) = decided.plans
        return following

    def changes(self, change: dict[str, object]) -> Planned | None:
        told = dict(change)
        if days := told.pop("away_for", 0):
            told["away_until"] = self.now.astimezone(ZoneInfo(self.person.zone)).date() + timedelta(days=int(str(days)))
        before, self.person = self.person, self.person.model_copy(update=told)
        self.was.append((self.now, self.person))
        was, now = (State(organisation=ORGANISATION, actor=one, people={"p1": one}) for one in (before, self.person))
        return next(iter(plans_for(was, now, self.now)), None)

    def in_incident(self, at: datetime) -> bool:
        return any(
            START + timedelta(minutes=begin) <= at < START + timedelta(minutes=begin + long)
            for begin, long in self.incidents
        )

    # -- what is owed, counted

    def works(self, person: Person, at: datetime, *, back: bool = True) -> bool:
        local = at.astimezone(ZoneInfo(person.zone))
        off = local.date().isoformat() in self.holidays
        gone = back and person.away_until is not None and local.date() <= person.away_until
        return local.weekday() < 5 and 9 <= local.hour < 17 and not off and not gone

    def owed(self) -> Iterator[str]:
        """Weeks at the end of which they had had a whole free working hour since the wished one, as things stood."""
        for n in range(YEARS // timedelta(weeks=1) - 1):
            thursday = START + timedelta(weeks=n, days=3, hours=12)
            since, person = [one for one in self.was if one[0] <= thursday + timedelta(days=4)][-1]
            year, week, _ = thursday.astimezone(ZoneInfo(person.zone)).isocalendar()
            if self.had_an_hour(person, date.fromisocalendar(year, week, 1), since):
                yield f"digest:p1:{year:04}-W{week:02}"

    def had_an_hour(self, person: Person, monday: date, since: datetime) -> bool:
        zone = ZoneInfo(person.zone)
        begin = datetime.combine(monday, time(), zone).astimezone(UTC)
        end = datetime.combine(monday + timedelta(days=7), time(), zone).astimezone(UTC)
        steps = [begin + n * STEP for n in range((end - begin) // STEP)]
        at_work = [at for at in steps if self.works(person, at)]
        wished = self.wished(person, at_work)
        if wished is None:
            return False
        free = [at for at in at_work if at >= max(wished, since + STEP) and not self.in_incident(at)]
        runs = (free[n + FREE - 1] - free[n] == (FREE - 1) * STEP for n in range(len(free) - FREE + 1))
        return any(runs)

    def wished(self, person: Person, at_work: list[datetime]) -> datetime | None:
        """The wished day and hour; else the next day at work in that week, else the last."""
        local = [at.astimezone(ZoneInfo(person.zone)) for at in at_work]
        days = sorted({one.date() for one in local})
        if not days:
            return None
        day = next((one for one in days if one.weekday() >= (person.digest_weekday or 0)), days[-1])
        hour = time.fromisoformat(person.digest_time or "09:30")
        there = [one for one in local if one.date() == day]
        return next((one for one in there if one.time() >= hour), there[-1]).astimezone(UTC)


def lived(
    events: list[tuple[int, dict[str, object]]], incidents: list[tuple[int, int]], holidays: frozenset[int]
) -> None:
    days = frozenset((START + timedelta(days=day)).date().isoformat() for day in holidays)
    life = Life(events, incidents, days)
    life.live()
    assert [key for key in life.owed() if key not in life.sent] == []
    for at in life.sent.values():
        person = [one for since, one in life.was if since <= at][-1]
        assert life.works(person, at), (at, person)
        assert not life.in_incident(at)
    weeks = [at.astimezone(ZoneInfo(person_at(life, at).zone)).isocalendar()[:2] for at in life.sent.values()]
    assert len(weeks) == len(set(weeks))


def person_at(life: Life, at: datetime) -> Person:
    return [one for since, one in life.was if since <= at][-1]


a_life = given(
    events=st.lists(st.tuples(minutes, changes), max_size=12),
    incidents=st.lists(st.tuples(minutes, st.integers(20, 6_000)), max_size=25),
    holidays=st.frozensets(st.integers(0, YEARS.days), max_size=60),
)


@settings(deadline=None, max_examples=8)
@a_life
def test_in_every_week_with_a_free_working_hour_there_is_one_digest_and_never_two(
    events: list[tuple[int, dict[str, object]]], incidents: list[tuple[int, int]], holidays: frozenset[int]
) -> None:
    lived(events, incidents, holidays)


def test_the_zones_are_those_with_the_oddest_clocks() -> None:
    assert all(map(valid_zone, ZONES))
    assert {"Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"} <= set(ZONES)
