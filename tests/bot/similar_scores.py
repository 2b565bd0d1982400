"""How well past incidents are found: labelled queries over invented incidents, on a real database."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.model import Factor, Incident, Moment, Postmortem, Status, Times
from bot.similar import Match, similar
from storage import likeness
from storage.store import SqlStore
from storage.tables import PostmortemRow
from storage.transaction import SqlTransaction
from storage.visible import public
from tests.storage.filled import put_incident

CORPUS = Path(__file__).parent / "similar_corpus.toml"
ELSEWHERE = Path(__file__).parent / "similar_elsewhere.toml"
FRESH = Path(__file__).parent / "similar_fresh.toml"
NOW = datetime(2026, 11, 23, 13, tzinfo=UTC)


@dataclass(frozen=True)
class Scores:
    count: int
    missed: tuple[str, ...]

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.count


def corpus() -> dict[str, Any]:
    """The invented incidents, with those of others behind them, and all queries."""
    told = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (CORPUS, ELSEWHERE, FRESH)]
    ours, others, fresh = told
    queries = {"elsewhere": others["queries"], "fresh": fresh["queries"] + fresh["last"]}
    return ours | queries | {"incidents": [one for each in told for one in each["incidents"]]}


def put_corpus(store: SqlStore, organisation: str) -> None:
    for number, told in enumerate(corpus()["incidents"]):
        with store.transaction() as work:
            _put(work, organisation, number, told)


def _put(work: SqlTransaction, organisation: str, number: int, told: list[str]) -> None:
    name, service, title, impact, fixed, factor = told
    at = NOW - timedelta(days=(number * 37) % 900 + 1)
    put_incident(
        work,
        Incident(
            id=name, organisation=organisation, key=f"INC-{number + 1}", title=title, severity=2, impact=impact,
            summary=fixed, service=service, status=Status.CLOSED, declared_by="p_nobody",
            times=Times(declared=Moment(at=at, source="somebody")),
        ),
    )  # fmt: skip
    of = Postmortem(
        id=f"p-{name}", organisation=organisation, incident=name, opened_at=at, due=at.date(),
        factors=(Factor(id="f", kind="other", text=factor, by="p_nobody"),),
    )  # fmt: skip
    row = {
        "organisation": organisation, "id": of.id, "incident": name, "owner": "", "status": "published",
        "due": of.due.isoformat(), "body": of.model_dump_json(),
    }  # fmt: skip
    work.put(PostmortemRow, [row])
    likeness.refresh(work, [(organisation, name)])


def looked_up(store: SqlStore, organisation: str, title: str, service: str = "") -> tuple[Match, ...]:
    about = Incident(
        id="now", organisation=organisation, key="INC-9999", title=title, severity=2, service=service,
        declared_by="p_nobody",
    )  # fmt: skip
    with store.reading() as work:
        return similar(likeness.found(work, public(organisation), about), NOW)


def scores(store: SqlStore, organisation: str, which: str) -> Scores:
    queries = corpus()[which]
    missed = [
        title
        for right, title, *service in queries
        if not set(right.split()) & {one.past.incident.id for one in looked_up(store, organisation, title, *service)}
    ]
    return Scores(len(queries), tuple(missed))


def found_for_nothing(store: SqlStore, organisation: str) -> Scores:
    queries = corpus()["nothing"]
    return Scores(len(queries), tuple(title for title in queries if looked_up(store, organisation, title)))
