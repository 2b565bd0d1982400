"""How much of what was agreed gets done: counts, medians and spreads over a year, drills left out.

Law: what is counted holds no person, so that no figure can be about one. Pure; a share of few is told as a count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import quantiles
from typing import NamedTuple

from bot.model import ItemStatus, Policies
from bot.text import Value
from bot.zones import local_date

WEEKS = 52
PERIOD = timedelta(weeks=WEEKS)
FEW = 5
"""Of fewer than so many no percentage is told."""
AGES = (7, 30, 90, 180, 365)
"""Days at which a new age begins in the chart."""
OPEN, DONE = ItemStatus.OPEN.value, ItemStatus.DONE.value


class Fact(NamedTuple):
    """What counts of an action item that is open, or was ended within the period. Times are in UTC."""

    severity: int
    service: str
    kind: str
    factor: str
    """Class of the contributing factor that it is against; empty: it names none."""
    status: str
    made: datetime
    due: date
    ended: datetime | None
    snoozes: int
    held: bool | None
    """What was answered last to "did it work?"; None: nothing yet."""


class Share(Value):
    part: int
    of: int

    @property
    def percent(self) -> int | None:
        """None where there are too few to say it so."""
        return round(100 * self.part / self.of) if self.of >= FEW else None


class Ages(Value):
    """How old the open items are, in days; nothing is known of none."""

    n: int
    median: int | None = None
    lower: int | None = None
    upper: int | None = None
    """Half of them are between `lower` and `upper`."""


class Figures(Value):
    n: int
    """Items that are open, or were ended within the period."""
    on_time: Share
    """Done by their date, of those that were done or are overdue."""
    overdue: Share
    """Of the open ones."""
    age: Ages
    snoozed: Share
    """At least once, of all."""
    snoozes: int
    wont_do: Share
    """Of those that were ended."""
    accepted: Share
    """Risks that were accepted, of those that were ended."""
    did_not_hold: Share
    """Of those of which somebody said whether they held."""


class Group(Value):
    name: str
    """Empty: those that belong to none."""
    figures: Figures


class Age(Value):
    """Open items of one age."""

    since: int
    """Days, this included."""
    until: int | None
    """Days, this excluded; None: and older."""
    overdue: int
    in_time: int


class Week(Value):
    """All that was noted and all that was ended until the end of a day; the difference was open."""

    day: date
    noted: int
    ended: int


class FollowThrough(Value):
    since: date
    until: date
    all: Figures
    by: dict[str, tuple[Group, ...]]
    """By team, service, factor (its class), severity and kind."""
    ages: tuple[Age, ...]
    burn_up: tuple[Week, ...]


def follow_through(facts: Iterable[Fact], policies: Policies, now: datetime, zone: str) -> FollowThrough:
    """`now` is in UTC; days are those of `zone`."""
    since, today = now - PERIOD, local_date(now, zone)
    counted = [one for one in facts if one.ended is None or one.ended > since]
    local = [_local(one, zone) for one in counted]
    return FollowThrough(
        since=local_date(since, zone), until=today, all=_figures(local, today), by=_groups(local, policies, today),
        ages=_ages(local, today), burn_up=_burn_up(counted, now, zone),
    )  # fmt: skip


class _Local(NamedTuple):
    """A fact with its days as they were where the organisation is."""

    fact: Fact
    made: date
    ended: date | None


def _local(fact: Fact, zone: str) -> _Local:
    return _Local(fact, local_date(fact.made, zone), local_date(fact.ended, zone) if fact.ended else None)


def team_of(service: str, policies: Policies) -> str:
    """The name of the team that owns a service; empty: none does."""
    found = policies.team_of(service)
    return found.name if found else ""


def services_of(team: str, policies: Policies) -> tuple[str, ...]:
    return tuple(row.name for row in policies.services if row.team == team)


def of_services(facts: Iterable[Fact], services: Sequence[str] | None, severity: int) -> list[Fact]:
    """Those of a team or service, and of a severity. Of nothing smaller: the figures of an owner would be theirs."""
    return [one for one in facts if (services is None or one.service in services) and severity in (0, one.severity)]


# -- figures


def _figures(facts: Sequence[_Local], today: date) -> Figures:
    still = [one for one in facts if one.fact.status == OPEN]
    late = sum(one.fact.due < today for one in still)
    done = [one for one in facts if one.fact.status == DONE]
    ended = len(facts) - len(still)
    said = [one.fact.held for one in facts if one.fact.held is not None]
    by_date = sum(one.ended is not None and one.ended <= one.fact.due for one in done)
    return Figures(
        n=len(facts),
        on_time=Share(part=by_date, of=len(done) + late),
        overdue=Share(part=late, of=len(still)),
        age=_spread([(today - one.made).days for one in still]),
        snoozed=Share(part=sum(one.fact.snoozes > 0 for one in facts), of=len(facts)),
        snoozes=sum(one.fact.snoozes for one in facts),
        wont_do=Share(part=_having(facts, ItemStatus.WONT_DO), of=ended),
        accepted=Share(part=_having(facts, ItemStatus.ACCEPTED_RISK), of=ended),
        did_not_hold=Share(part=said.count(False), of=len(said)),
    )


def _having(facts: Sequence[_Local], status: ItemStatus) -> int:
    wanted = status.value
    return sum(one.fact.status == wanted for one in facts)


def _spread(days: Sequence[int]) -> Ages:
    if not days:
        return Ages(n=0)
    lower, middle, upper = quantiles(days, n=4, method="inclusive") if len(days) > 1 else (days[0],) * 3
    return Ages(n=len(days), median=round(middle), lower=round(lower), upper=round(upper))


def _groups(facts: Sequence[_Local], policies: Policies, today: date) -> dict[str, tuple[Group, ...]]:
    teams = {row.name: team_of(row.name, policies) for row in policies.services}
    keys: dict[str, Callable[[Fact], str]] = {
        "team": lambda one: teams.get(one.service, ""),
        "service": lambda one: one.service,
        "factor": lambda one: one.factor,
        "severity": lambda one: str(one.severity),
        "kind": lambda one: one.kind,
    }
    return {name: _grouped(facts, key, today) for name, key in keys.items()}


def _grouped(facts: Sequence[_Local], key: Callable[[Fact], str], today: date) -> tuple[Group, ...]:
    """By name, those that belong to none last: an order that says nothing of who is better."""
    found: dict[str, list[_Local]] = {}
    for one in facts:
        found.setdefault(key(one.fact), []).append(one)
    names = sorted(found, key=lambda name: (not name, name.casefold(), name))
    return tuple(Group(name=name, figures=_figures(found[name], today)) for name in names)


# -- charts


def _ages(facts: Sequence[_Local], today: date) -> tuple[Age, ...]:
    counts = [[0, 0] for _ in range(len(AGES) + 1)]
    for one in facts:
        if one.fact.status == OPEN:
            counts[bisect_right(AGES, (today - one.made).days)][one.fact.due >= today] += 1
    edges = (0, *AGES)
    ends = (*AGES, None)
    return tuple(
        Age(since=since, until=until, overdue=late, in_time=in_time)
        for since, until, (late, in_time) in zip(edges, ends, counts, strict=True)
    )


def _burn_up(facts: Sequence[Fact], now: datetime, zone: str) -> tuple[Week, ...]:
    """A point a week, the last one now. Whatever was open when the period began counts as noted by then."""
    noted = sorted(one.made for one in facts)
    ended = sorted(one.ended for one in facts if one.ended is not None)
    times = [now - timedelta(weeks=weeks) for weeks in range(WEEKS, -1, -1)]
    return tuple(
        Week(day=local_date(at, zone), noted=bisect_right(noted, at), ended=bisect_right(ended, at)) for at in times
    )
