"""Drafts and files of ever longer incidents: from `resolve` to what can be read, and what a program needs for it.

Law: every figure is of the whole way, from the database. Run with `--full` it draws `docs/pictures/drafts.svg`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from adapters.export.formats import FORMATS
from adapters.web.drafts import markdown_of
from bench import filling
from bench.chart import drawn
from bench.figures import Figure
from bot.command import Origin
from bot.engine import handle
from bot.grammar import read
from bot.model import Incident
from bot.ports import Record
from bot.sayings import SectionText
from storage.people import debrief
from storage.reports import SqlReports
from storage.store import SqlStore
from tests.faults.processes import ROOT

SIZES = (100, 500, 2_000, 10_000, 50_000)
GOALS = {2_000: 5.0, 50_000: 30.0}
"""Seconds, by entries."""
MEGABYTES = 300.0
DRAFT = "the draft, from the database to Markdown"
CHARTED = (DRAFT, "the file html", "the file pdf", "the file json")
OUTSIDE = ("external_what", "external_impact", "external_changes")
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "drafts.svg"
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
Seconds = dict[str, dict[int, float]]


def measure(full: bool) -> list[Figure]:
    seconds: Seconds = {}
    memory: list[Figure] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="debrief-bench-") as folder:
            found = _of(Path(folder), size)
            memory = _memory(Path(folder), size) if size == max(SIZES) else []
        for what, value in found.items():
            seconds.setdefault(what, {})[size] = value
    if full:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(drawn("Seconds of processor time, by entries of one incident", _drawn_of(seconds)))
    return [*_figures(seconds), *memory]


def _drawn_of(seconds: Seconds) -> Seconds:
    """Without what would lie on another line: Markdown is the draft, and `resolve` waits for the disk alone."""
    return {what: found for what, found in seconds.items() if what in CHARTED}


def _figures(seconds: Seconds) -> list[Figure]:
    return [
        Figure(f"{what}, {size:,} entries", value, "s", GOALS.get(size))
        for what, found in seconds.items()
        for size, value in found.items()
    ]


def _of(folder: Path, size: int) -> dict[str, float]:
    store, about = _filled(folder, size)
    found = {
        "resolve, to the draft and its word in the outbox": _seconds(lambda: _resolved(store, about), time.perf_counter)
    }
    record = _record(store, about)
    if len(markdown_of(record)) < size * 50:
        raise RuntimeError("the draft does not tell every entry")
    found[DRAFT] = _seconds(lambda: markdown_of(_record(store, about)))
    for name in FORMATS:
        found[f"the file {name}"] = _seconds(lambda name=name: _exported_here(store, about, name))  # type: ignore[misc]
    store.close()
    return found


def _filled(folder: Path, size: int) -> tuple[SqlStore, Incident]:
    """A SQLite database with one incident, of which everything was said already."""
    store, organisation = filling.new_store(f"sqlite:///{folder}/drafts.db")
    about = filling.incident(organisation, 1)
    with store.transaction() as tx:
        filling.put_incidents(tx, [about])
    filling.put_messages(store, [about], size)
    return store, about


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Of processor time, of all threads: other programs on the machine do not count."""
    began = clock()
    work()
    return clock() - began


def _resolved(store: SqlStore, about: Incident) -> None:
    """One command in one transaction, until it is on disk: the draft is open, and the word about it is to be sent."""
    origin = Origin(id="resolve", platform="slack", tenant="T1", actor="U1", channel="C1")
    with store.transaction() as tx:
        reply = handle(tx, read("resolve the pool is larger", origin, about.key))
    with store.reading() as tx:
        tx.cursor.execute("SELECT count(*) FROM outbox WHERE kind = 'post'")
        waiting = tx.cursor.fetchone()[0]
    if reply.outcome != "done" or not waiting:
        raise RuntimeError("there is no draft, or no word of it")


def _record(store: SqlStore, about: Incident) -> Record:
    record = SqlReports(store).record(debrief(about.organisation), about.key)
    if record is None or record.postmortem is None:
        raise RuntimeError("there is no draft")
    return record


def _written(record: Record) -> Record:
    """With the version for readers outside, which people write."""
    if record.postmortem is None:
        raise RuntimeError("there is no draft")
    text = SectionText(text="For an hour no order could be placed.", by="p_nobody", at=filling.START)
    of = record.postmortem.model_copy(update={"edited": dict.fromkeys(OUTSIDE, text)})
    return record.model_copy(update={"postmortem": of})


def _exported_here(store: SqlStore, about: Incident, name: str) -> bytes:
    return FORMATS[name](_written(_record(store, about)))


def _memory(folder: Path, size: int) -> list[Figure]:
    """Of a program that does nothing else, at its peak."""
    names = [name for name in FORMATS if name != "external"]
    return [
        Figure(
            f"memory of `debrief export --format {name}`, {size:,} entries", _exported(folder, name), "MB", MEGABYTES
        )
        for name in names
    ]


def _exported(folder: Path, name: str) -> float:
    """Megabytes, told by a small program in between: else those of this one would count, from which it was born."""
    env = {"PATH": os.defpath, "DATABASE_URL": f"sqlite:///{folder}/drafts.db", "PYTHONPATH": str(ROOT)}
    out = folder / f"out.{name}"
    words = [sys.executable, "-m", "debrief", "export", "INC-1", "--format", name, "--out", str(out)]
    told = subprocess.run(
        [sys.executable, "-c", PEAK, *words], cwd=folder, env=env, check=True, capture_output=True, text=True
    )
    if out.stat().st_size < 1000:
        raise RuntimeError(f"{name} was not written")
    return int(told.stdout.split()[-1]) / 1000
