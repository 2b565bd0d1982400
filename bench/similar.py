"""How well past incidents are found, on queries by which it was tuned and on others; and how quick among many."""

from __future__ import annotations

import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from statistics import median

from bench import filling
from bench.figures import Figure
from bot.model import Incident, Moment, Times
from bot.similar import indexed, similar
from storage import likeness
from storage.store import SqlStore
from storage.visible import public
from tests.bot.similar_scores import NOW, corpus, found_for_nothing, put_corpus, scores
from tests.postgres import Postgres
from tests.storage.filled import put_incident

MANY, FEW = 10_000, 1_000
PIECE = 250
ASKED = 25
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def measure(full: bool, kind: str = "sqlite") -> list[Figure]:  # noqa: ARG001
    """The same loads whether in short or at length."""
    with database(kind) as made:
        good = _good(made("good")) if kind == "sqlite" else []
        return [*good, *_quick(NAMES[kind], made)]


@contextmanager
def database(kind: str) -> Iterator[Callable[[str], str]]:
    """Addresses of fresh databases, by name."""
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as folder:
        if kind == "sqlite":
            yield lambda name: f"sqlite:///{folder}/{name}.db"
            return
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder))
        server.initialise()
        server.start()
        try:
            yield lambda _name: server.create()
        finally:
            server.stop()


def _good(url: str) -> list[Figure]:
    store, organisation = filling.new_store(url)
    put_corpus(store, organisation)
    names = ("tuned", "elsewhere", "held_out", "fresh")
    tuned, elsewhere, held_out, fresh = (scores(store, organisation, name) for name in names)
    nothing = found_for_nothing(store, organisation)
    store.close()
    told = f"queries over {len(corpus()['incidents'])} incidents"
    return [
        Figure(f"{tuned.count} {told}, tuned on: one of three", tuned.recall, "", 0.8, at_least=True),
        Figure(f"{elsewhere.count} {told}, of others' outages: one of three", elsewhere.recall, "", 0.8, at_least=True),
        Figure(f"{held_out.count} {told}, held out: one of three", held_out.recall, "", 0.75, at_least=True),
        Figure(f"{fresh.count} {told}, never tuned on: one of three", fresh.recall, "", 0.8, at_least=True),
        Figure(f"{nothing.count} queries like nothing: nothing shown", nothing.recall, "", 0.8, at_least=True),
    ]


def _quick(name: str, made: Callable[[str], str]) -> list[Figure]:
    store, organisation = filling.new_store(made("quick"))
    chance = random.Random(1)
    figures: list[Figure] = []
    memory: dict[int, float] = {}
    there = 0
    for size in (FEW, MANY):
        _filled(store, organisation, chance, there, size)
        there = size
        asked = [_incident(organisation, 10**6 + n, chance) for n in range(ASKED)]
        took, worked = zip(*(_seconds(store, one) for one in asked), strict=True)
        memory[size] = _kilobytes(store, asked[0])
        goal = 200 if size == MANY else None
        figures += [
            Figure(f"{name}: looking among {size:,} incidents", median(took) * 1000, "ms", goal, among=ASKED),
            Figure(f"{name}: processor time of Debrief for it", median(worked) * 1000, "ms", among=ASKED),
        ]
    store.close()
    return [*figures, Figure(f"{name}: memory at {MANY:,} / {FEW:,}", memory[MANY] / memory[FEW], "times", 2)]


def _filled(store: SqlStore, organisation: str, chance: random.Random, first: int, last: int) -> None:
    for start in range(first, last, PIECE):
        some = [_incident(organisation, number, chance) for number in range(start, start + PIECE)]
        with store.transaction() as work:
            for one in some:
                put_incident(work, one)
            rows = [{"organisation": organisation, "incident": one.id, "words": indexed(one, None, ())} for one in some]
            work.connection.execute(likeness.search.insert(), rows)
    if not store.sqlite:
        with store.transaction() as work:
            work.cursor.execute("ANALYZE search, incident")


def _incident(organisation: str, number: int, chance: random.Random) -> Incident:
    """Put together from three invented ones, with names that hardly repeat: as many words as a long postmortem's."""
    told = [chance.choice(corpus_rows()) for _ in range(3)]
    odd = " ".join(f"host{chance.randrange(5000)} zone{chance.randrange(500)}" for _ in range(15))
    return Incident(
        id=f"i{number}", organisation=organisation, key=f"INC-{number}", title=told[0][2], severity=2,
        impact=told[1][3], service=told[0][1], declared_by="p_nobody",
        summary=" ".join([*(part for one in told for part in one[2:]), odd]),
        times=Times(declared=Moment(at=NOW - timedelta(hours=number % 9000), source="somebody")),
    )  # fmt: skip


@cache
def corpus_rows() -> list[list[str]]:
    rows: list[list[str]] = corpus()["incidents"]
    return rows


def _seconds(store: SqlStore, about: Incident) -> tuple[float, float]:
    """By the clock, and of this thread: with SQLite that is all there is to do."""
    began, worked = time.perf_counter(), time.thread_time()
    with store.reading() as work:
        similar(likeness.found(work, public(about.organisation), about), NOW)
    return time.perf_counter() - began, time.thread_time() - worked


def _kilobytes(store: SqlStore, about: Incident) -> float:
    """What Python holds at the peak of one question."""
    tracemalloc.start()
    _seconds(store, about)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1024
