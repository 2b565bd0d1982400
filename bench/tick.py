"""One beat of the clock with many plans of which few are due, and drafts of long incidents."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.web.drafts import markdown_of
from bench import filling
from bench.figures import Figure
from bot.model import Incident, Person
from bot.tick import PAGE, tick
from storage.keys import stub
from storage.people import debrief, make
from storage.reports import SqlReports
from storage.store import SqlStore
from tests.faults.processes import ROOT

FEW, DUE = 10_000, 1_000


def measure(full: bool) -> list[Figure]:
    many = 1_000_000 if full else 200_000
    small, large = _beat(FEW), _beat(many)
    found = [
        Figure(f"a beat with {FEW:,} plans, {DUE:,} of them due", small, "s"),
        Figure(f"a beat with {many:,} plans, {DUE:,} of them due", large, "s"),
        Figure(f"{many:,} plans / {FEW:,}", large / small, "times", 1.5),
    ]
    found += _draft(2_000, 5.0)
    return found + _draft(50_000, 30.0, 300.0)


def _beat(plans: int) -> float:
    """The median of three beats, in seconds of processor time: the first of them opens what is needed."""
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as folder:
        store, organisation = filling.new_store(f"sqlite:///{folder}/tick.db")
        now = _at_work(store)
        about = filling.incident(organisation, 1)
        owners = _people(store, about)
        items = filling.put_items(store, about, owners, DUE * 3, (now + timedelta(days=2)).date())
        later = ((f"later{n}", now + timedelta(days=30, seconds=n)) for n in range(plans - DUE))
        filling.put_plans(store, organisation, later)
        found = []
        for round_ in range(3):
            some = items[round_ * DUE : (round_ + 1) * DUE]
            filling.put_plans(store, organisation, ((item.id, now - timedelta(minutes=1)) for item in some))
            began = time.thread_time()
            while _ticked(store) == PAGE:
                pass
            found.append(time.thread_time() - began)
        _said_once_each(store)
        store.close()
    return sorted(found)[1]


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


def _draft(entries: int, seconds: float, megabytes: float | None = None) -> list[Figure]:
    """What a program that runs needs for it; its memory is that of a program that does nothing else."""
    name = f"the draft of {entries:,} entries"
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as folder:
        url = f"sqlite:///{folder}/draft.db"
        store, organisation = filling.new_store(url)
        about = filling.incident(organisation, 1)
        with store.transaction() as tx:
            filling.put_incidents(tx, [about])
        filling.put_messages(store, [about], entries)
        filling.put_postmortem(store, about)
        began = time.perf_counter()
        record = SqlReports(store).record(debrief(organisation), about.key)
        if record is None or len(markdown_of(record)) < entries * 50:
            raise RuntimeError("the draft does not tell every entry")
        found = [Figure(f"{name}, from the database to Markdown", time.perf_counter() - began, "s", seconds)]
        store.close()
        if megabytes is not None:
            used = _exported(url, Path(folder))
            found.append(Figure(f"{name}: memory of `debrief export` at its peak", used, "MB", megabytes))
    return found


def _exported(url: str, folder: Path) -> float:
    """Megabytes at the peak."""
    env = {"PATH": os.defpath, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    with (folder / "out.md").open("wb") as out:
        command = [sys.executable, "-m", "debrief", "export", "INC-1"]
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or (folder / "out.md").stat().st_size < 1000:
        raise RuntimeError("the draft was not written")
    return usage.ru_maxrss / 1000
