"""A simulated year of an organisation: who is reminded how often, and how every action item ends.

Law: the real engine, rules and store; only people are invented, from a seed, so that each run is the same year.
Run: `python -m bench.year`, or with fewer: `--people 30 --incidents 12 --items 70`.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from adapters.calendar import public_holidays
from bot.command import Needs, Origin, build
from bot.effectiveness import questions
from bot.engine import handle
from bot.grammar import read
from bot.model import ActionItem, ItemStatus, Person, Policies
from bot.policy import ServiceRow, Team
from bot.reminders import RULES, working_time
from bot.simulation import Sent, Simulation
from bot.workdays import iso_week, within_working_hours
from bot.zones import local_date
from storage.copying import move, upcoming
from storage.migrate import migrate
from storage.people import integration
from storage.reports import SqlReports
from storage.store import SqlStore
from tests.storage.worlds import World

START = datetime(2027, 1, 4, 6, tzinfo=UTC)
YEAR, LAST = timedelta(days=364), timedelta(days=1820)
"""Incidents end with the year; what is open then goes on until it has ended, which is long before the last day."""
ZONES = (
    "Europe/Berlin", "Europe/Lisbon", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Tokyo",
    "Australia/Lord_Howe", "Africa/Casablanca",
)  # fmt: skip
ANY_HOUR = frozenset({"update_overdue", "roles_unclaimed", "postmortem", ""})
"""What is said while an incident runs, or is an answer to what somebody did."""
HABITS = {"prompt": 0.55, "slow": 0.3, "silent": 0.15}
Deed = Callable[[], None]


@dataclass
class Year:
    store: SqlStore
    people: int
    incidents: int
    items: int
    random: Random = field(default_factory=lambda: Random(7))
    sent: list[Sent] = field(default_factory=list)
    busy: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    """When each was in an active incident, by person id."""
    gone: dict[str, tuple[datetime, date]] = field(default_factory=dict)
    """Who said when that they are away until when, by person id."""

    def __post_init__(self) -> None:
        self.deeds: list[tuple[datetime, int, Deed]] = []
        self.number = count()
        self.world = World(self.store)
        self.reports = SqlReports(self.store)
        self.now = START

    # -- who and what there is

    def begin(self) -> None:
        move(self.store, START)
        self.names = [f"p{n:03}" for n in range(self.people)]
        self.staff = {name: self.world.person(name, name=name, zone=self.random.choice(ZONES)) for name in self.names}
        self.habit = {one: self.random.choices(list(HABITS), weights=list(HABITS.values()))[0] for one in self.names}
        teams = tuple(Team(name=f"T{n}", lead=self.staff[self.names[n]].id, channel=f"CT{n}") for n in range(8))
        services = tuple(ServiceRow(name=f"s{n}", team=f"T{n}") for n in range(8))
        admins = frozenset(self.staff[name].id for name in self.names[:3])
        policies = Policies(zone="Europe/Berlin", country="DE", teams=teams, services=services, admins=admins)
        before = self.world.poke(self.names[0]).organisation
        told = before.model_copy(update={"policies": policies})
        self.world.save(needs=Needs(announcing=True), organisation=told)
        for n in range(self.incidents):
            self.at(START + YEAR * self.random.random(), self.declares(n))
        for name in self.random.sample(self.names, self.people // 4):
            self.at(START + YEAR * self.random.random(), self.leaves_for_a_while(name))

    def at(self, when: datetime, deed: Deed) -> None:
        heapq.heappush(self.deeds, (when, next(self.number), deed))

    def says(self, who: str, words: str) -> str:
        with self.store.transaction() as tx:
            return handle(tx, read(words, self.origin(who))).plain()

    def origin(self, who: str) -> Origin:
        return Origin(id=f"y{next(self.number)}", platform="slack", tenant="T1", actor=who)

    @property
    def reader(self) -> Person:
        return integration(self.world.organisation, "year")

    # -- what people do

    def declares(self, n: int) -> Deed:
        def deed() -> None:
            key, severity = f"INC-{n_of(self) + 1}", self.random.choices((1, 2, 3, 4), weights=(1, 3, 4, 2))[0]
            there = self.random.sample(self.names, self.random.randint(3, 7))
            self.says(there[0], f"declare sev{severity} Outage {n} service:s{n % 8}")
            self.says(there[0], f"{key} lead")
            for name in there[1:]:
                self.says(name, f"{key} note looking")
            self.says(there[0], f"{key} update investigating it is slow next 60m")
            end = self.now + timedelta(minutes=self.random.randint(20, 600))
            for name in there:
                self.busy.setdefault(self.staff[name].id, []).append((self.now, end))
            self.at(end, self.resolves(key, there))

        return deed

    def resolves(self, key: str, there: list[str]) -> Deed:
        def deed() -> None:
            self.says(there[0], f"{key} resolve it is over")
            share = self.items // self.incidents
            for n in range(share + (self.random.random() < self.items / self.incidents - share)):
                owner, weeks = self.random.choice(there), self.random.randint(2, 8)
                self.says(there[0], f"{key} action @{owner} by {weeks}w: Do {n}")

        return deed

    def leaves_for_a_while(self, name: str) -> Deed:
        def deed() -> None:
            self.says(name, f"reminders away {self.random.randint(1, 4)}w")
            told = self.reports.people(self.world.organisation, ids=[self.staff[name].id])
            self.gone[self.staff[name].id] = (self.now, told[self.staff[name].id].away_until or self.now.date())

        return deed

    def reacts(self, one: Sent) -> None:
        """A day later, or never: by habit."""
        name = one.account.rpartition(":")[2]
        if name not in self.staff:
            return
        patience = {"prompt": 0.7, "slow": 0.25, "silent": 0.0}[self.habit[name]]
        deeds = {"digest": self.works, "due_soon": self.works, "did_it_hold": self.judges}
        decides = one.rule == "ignored_six_weeks"
        if decides and (self.habit[name] != "silent" or self.random.random() < 0.3):
            self.at(one.at + timedelta(hours=3), lambda: self.decides(name, one.text.partition(":")[0]))
        elif one.rule in deeds and self.random.random() < patience:
            self.at(one.at + timedelta(hours=2), lambda: deeds[one.rule](name))

    def works(self, name: str) -> None:
        for item in self.open_items(owner=self.staff[name].id)[:2]:
            other = self.random.choice(self.names)
            deeds = (f"done {item.key}", f"snooze {item.key} 3w waiting", f"wontdo {item.key} retired",
                     f"reassign {item.key} @{other}")  # fmt: skip
            self.says(name, self.random.choices(deeds, weights=(70, 20, 5, 5))[0])

    def judges(self, name: str) -> None:
        """Nine in ten held."""
        mine = self.reports.items(self.reader, owner=self.staff[name].id, status="done")
        due = [(item, days) for item in mine for at, days in questions(item) if at <= self.now]
        for item, days in due[:1]:
            held = self.random.random() < 0.9
            more = {} if held else {"reason": "it came back"}
            told = {"item": item.key, "days": str(days), **more}
            with self.store.transaction() as tx:
                handle(tx, build("item_held" if held else "item_did_not_hold", told, self.origin(name)))
            if not held:
                with self.store.transaction() as tx:
                    handle(tx, build("reopen_item", {"item": item.key}, self.origin(name)))

    def decides(self, name: str, key: str) -> None:
        for item in [one for one in self.open_items() if one.incident_key == key and one.heard >= 7]:
            other = self.random.choice(self.names)
            deeds = (f"accept-risk {item.key} too little to gain", f"reassign {item.key} @{other}",
                     f"snooze {item.key} 4w next quarter")  # fmt: skip
            self.says(name, self.random.choices(deeds, weights=(60, 25, 15))[0])

    def open_items(self, owner: str = "") -> tuple[ActionItem, ...]:
        return self.reports.items(self.reader, owner=owner, status="open")

    # -- the year

    async def run(self) -> None:
        simulation = Simulation(self.store, lambda: upcoming(self.store), self.moved)
        while self.now < START + LAST and (self.now < START + YEAR or self.open_items()):
            until = min(self.deeds[0][0] if self.deeds else self.now + timedelta(days=1), self.now + timedelta(days=1))
            fresh = await simulation.run(until)
            self.sent += fresh
            for one in fresh:
                self.reacts(one)
            self.moved(max(until, self.now))
            while self.deeds and self.deeds[0][0] <= self.now:
                heapq.heappop(self.deeds)[2]()

    def moved(self, to: datetime) -> None:
        self.now = max(self.now, to)
        move(self.store, self.now)


def n_of(year: Year) -> int:
    return len(year.reports.incidents(year.reader, limit=500)[0])


# -- what came of it


def wrongs(year: Year) -> Iterator[str]:
    """Everything that should not have happened."""
    by_account = {account.key: one for one in year.staff.values() for account in one.accounts}
    weeks: Counter[tuple[str, str]] = Counter()
    off = {day for n in range(2027, 2033) for day in map(date.fromisoformat, public_holidays("DE", n))}
    organisation = year.reports.organisation(year.world.organisation)
    assert organisation
    for one in year.sent:
        person = by_account.get(one.account)
        if person is None:
            continue
        hours = working_time(person, organisation)
        if one.rule == "digest":
            weeks[person.id, iso_week(one.at, hours.zone)] += 1
        if one.rule in RULES and one.rule not in ANY_HOUR:
            if not within_working_hours(one.at, hours, frozenset(off)):
                yield f"{one.rule} to {person.name} at {one.at}: outside working hours"
            if any(start <= one.at < end for start, end in year.busy.get(person.id, [])):
                yield f"{one.rule} to {person.name} at {one.at}: in an active incident"
            if was_away(year, person, one.at, hours.zone):
                yield f"{one.rule} to {person.name} at {one.at}: while away"
    yield from (f"{number} digests to {who} in {week}" for (who, week), number in weeks.items() if number > 1)


def was_away(year: Year, person: Person, at: datetime, zone: str) -> bool:
    since, until = year.gone.get(person.id, (at, date.min))
    return since < at and local_date(at, zone) <= until


def shown(year: Year) -> int:
    items = year.reports.items(year.reader)
    ends = Counter(item.status.value for item in items)
    of_rule = Counter(one.rule for one in year.sent if one.rule in RULES)
    digests = Counter(one.account for one in year.sent if one.rule == "digest")
    found = list(wrongs(year))
    weeks = (year.now - START).days / 7
    print(f"| people, incidents, items | {year.people}, {n_of(year)}, {len(items)} |")
    print(f"| weeks until everything had ended | {weeks:.0f} |")
    for status in ItemStatus:
        print(f"| items {status.value} | {ends[status.value]} |")
    for rule, number in sorted(of_rule.items(), key=lambda pair: -pair[1]):
        print(f"| {rule} | {number} |")
    mean = sum(digests.values()) / max(1, len(digests)) / weeks
    print(f"| digests a week of whoever got any, on average | {mean:.2f} |")
    print(f"| digests of whoever got most | {max(digests.values(), default=0)} |")
    print(f"| against the rules | {len(found)} |")
    for line in found[:20]:
        print(line, file=sys.stderr)
    return 1 if found or ends["open"] else 0


def by_person(year: Year) -> Iterator[str]:
    """A line for each: the most digests in one ISO week of theirs, and how much they heard of what."""
    yield f"{'':8}{'zone':22}{'habit':8}{'digests':>8}{'most a week':>12}{'due soon':>9}{'other words':>12}"
    for name, person in sorted(year.staff.items()):
        keys = {account.key for account in person.accounts}
        heard = [one for one in year.sent if one.account in keys and one.rule in RULES]
        rules = Counter(one.rule for one in heard)
        weeks = Counter(iso_week(one.at, person.zone) for one in heard if one.rule == "digest")
        most, rest = max(weeks.values(), default=0), rules.total() - rules["digest"] - rules["due_soon"]
        told = f"{rules['digest']:8}{most:12}{rules['due_soon']:9}{rest:12}"
        yield f"{name:8}{person.zone:22}{year.habit[name]:8}{told}"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("people", 300), ("incidents", 120), ("items", 700)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    asked.add_argument("--log", type=Path, help="a file for a line about each person")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="debrief-") as folder:
        url = f"sqlite:///{folder}/year.db"
        migrate(url)
        store = SqlStore(url, holidays=public_holidays)
        year = Year(store, told.people, told.incidents, told.items)
        year.begin()
        asyncio.run(year.run())
        code = shown(year)
        if told.log:
            told.log.write_text("\n".join(by_person(year)) + "\n", encoding="utf-8")
        store.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
