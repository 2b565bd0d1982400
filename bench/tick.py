"""One beat of the clock with many open items of which few are due."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime, timedelta

from bench import filling
from bench.figures import Figure
from bench.world import memory
from bot.model import Incident, Person
from bot.tick import PAGE, tick
from storage.keys import stub
from storage.people import make
from storage.store import SqlStore

FEW, DUE = 10_000, 1_000


def measure(full: bool) -> list[Figure]:
    many = 1_000_000 if full else 200_000
    (small, _), (large, more) = _beat(FEW), _beat(many)
    return [
        Figure(f"a beat with {FEW:,} open items, {DUE:,} of them due", small, "s"),
        Figure(f"a beat with {many:,} open items, {DUE:,} of them due", large, "s"),
        Figure(f"{many:,} open items / {FEW:,}", large / small, "times", 1.5),
        Figure(f"memory that the beats over {many:,} needed besides", more, "MB", 20),
    ]


def _beat(number: int) -> tuple[float, float]:
    """The median of three beats, in seconds of processor time: the first of them opens what is needed. And by how many
    megabytes the later ones made the program grow."""
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as folder:
        store, organisation = filling.new_store(f"sqlite:///{folder}/tick.db")
        now = _at_work(store)
        about = filling.incident(organisation, 1)
        owners = _people(store, about)
        items = filling.put_items(store, about, owners, number, (now + timedelta(days=2)).date())
        later = ((one, now + timedelta(days=30, seconds=n)) for n, one in enumerate(items[DUE * 3 :]))
        filling.put_plans(store, organisation, later)
        found, sizes = [], []
        for round_ in range(3):
            some = items[round_ * DUE : (round_ + 1) * DUE]
            filling.put_plans(store, organisation, ((one, now - timedelta(minutes=1)) for one in some))
            began = time.thread_time()
            while _ticked(store) == PAGE:
                pass
            found.append(time.thread_time() - began)
            sizes.append(memory(os.getpid()))
        _said_once_each(store)
        store.close()
    return sorted(found)[1], sizes[-1] - sizes[0]


def _at_work(store: SqlStore) -> datetime:
    """Moves the clock to a Tuesday at ten, when people may be reminded."""
    now = datetime.now(UTC)
    tuesday = (now + timedelta(days=(1 - now.weekday()) % 7 or 7)).replace(hour=10, minute=0, second=0, microsecond=0)
    store.set_clock_offset((tuesday - now).total_seconds())
    return tuesday


def _people(store: SqlStore, about: Incident) -> list[str]:
    people: list[Person] = [stub(about.organisation, f"slack:T1:U{number}") for number in range(200)]
    with store.transaction() as tx:
        filling.put_incidents(tx, [about])
        for person in people:
            make(tx, person)
    return [person.id for person in people]


def _ticked(store: SqlStore) -> int:
    with store.transaction() as tx:
        return tick(tx)


def _said_once_each(store: SqlStore) -> None:
    with store.reading() as tx:
        tx.cursor.execute("SELECT count(*) FROM outbox WHERE kind = 'direct'")
        sent = tx.cursor.fetchone()[0]
    if sent != DUE * 3:
        raise RuntimeError(f"{sent} words were said about {DUE * 3} items: the figure would be of something else")
