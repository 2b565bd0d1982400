"""A great many reminders that are due at the same moment, of as many people as are wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adapters.sandbox.slack import SimulatedSlack
from bench import filling
from storage.keys import stub
from storage.people import make
from storage.store import SqlStore

NO_TIME = timedelta()
AHEAD = timedelta(seconds=20)
"""So long after now the first becomes due where they do so one by one: the programs have to start first."""
EACH = 20
"""Action items of one person."""


def due_at_once(
    store: SqlStore, sim: SimulatedSlack, organisation: str, number: int, *, over: timedelta = NO_TIME
) -> dict[str, datetime]:
    """On a Tuesday at ten: words before the date of that many items are due, or become so one by one. When each is, by
    the key that counts as sent."""
    now = datetime.now(UTC)
    tuesday = (now + timedelta(days=(1 - now.weekday()) % 7 or 7)).replace(hour=10, minute=0, second=0, microsecond=0)
    store.set_clock_offset((tuesday - now).total_seconds())
    about, team, due = filling.incident(organisation, 90_000, sim.team.id), sim.team, tuesday.date() + timedelta(days=2)
    users = [
        sim.add_person(team, f"owner{n:04d}", f"Owner {n:04d}", tz="Etc/UTC").id for n in range(-(-number // EACH))
    ]
    people = [stub(organisation, f"slack:{team.id}:{user}") for user in users]
    with store.transaction() as tx:
        filling.put_incidents(tx, [about])
        for person in people:
            make(tx, person)
    owners = [person.id for person in people]
    items = filling.put_items(store, about, owners, number, due)
    first = store_time(store) + AHEAD if over else tuesday - timedelta(minutes=1)
    at = [first + over * n / number for n in range(number)]
    filling.put_plans(store, organisation, zip(items, at, strict=True))
    return {f"due_soon:{one}:{due}:{owners[n % len(owners)]}": at[n] for n, one in enumerate(items)}


def store_time(store: SqlStore) -> datetime:
    with store.reading() as work:
        return work.now()
