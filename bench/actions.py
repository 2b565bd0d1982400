"""The list of open action items and what counts of them, in an organisation that has many."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from bench import filling
from bench.figures import Figure, middle
from bench.similar import NAMES, database
from bot.follow_through import PERIOD, follow_through
from bot.item_lists import Which
from bot.model import ActionItem, Factor, ItemStatus, Person, Policies, Postmortem
from storage.reports import SqlReports
from storage.saving import item_columns
from storage.store import SqlStore
from storage.tables import ItemRow, PostmortemRow

ITEMS, INCIDENTS = 10_000, 1_000
PIECE = 1_000
ASKED = 9
READ = 20 * 1024
"""Characters of a postmortem that people wrote."""
SERVICES = ("checkout", "search", "billing", "")
KINDS = ("change", "detection", "capacity", "design")


def measure(full: bool, kind: str = "sqlite") -> list[Figure]:  # noqa: ARG001
    """The same loads whether in short or at length."""
    with database(kind) as made:
        store, organisation = filling.new_store(made("actions"))
        _filled(store, organisation, random.Random(1))
        figures = [*_measured(NAMES[kind], SqlReports(store), organisation)]
        store.close()
        return figures


def _measured(name: str, reports: SqlReports, organisation: str) -> Iterator[Figure]:
    who = Person(id="p_reader", organisation=organisation, name="A Reader")
    now = reports.now()
    late, text = Which(before=now.date()), Which(text="pool", services=("checkout",))
    said = f"{name}: {ITEMS:,} items"
    yield middle(f"{said}, a page of the open ones", _took(lambda: reports.open_items(who, Which())), "ms", 100)
    yield middle(f"{said}, a page by team and words", _took(lambda: reports.open_items(who, text)), "ms", 200)
    yield middle(f"{said}, how many are overdue", _took(lambda: reports.count_open_items(who, late)), "ms", 100)
    yield middle(f"{said}, what counts of them", _took(lambda: reports.item_facts(who, now - PERIOD)), "ms", 1000)
    facts = reports.item_facts(who, now - PERIOD)
    yield middle(f"{said}, their figures", _took(lambda: follow_through(facts, Policies(), now, "UTC")), "ms", 300)


def _took(do: Callable[[], Any]) -> list[float]:
    found = []
    for _ in range(ASKED):
        began = time.perf_counter()
        do()
        found.append((time.perf_counter() - began) * 1000)
    return found


def _filled(store: SqlStore, organisation: str, chance: random.Random) -> None:
    about = [
        filling.incident(organisation, n).model_copy(update={"service": SERVICES[n % len(SERVICES)]})
        for n in range(INCIDENTS)
    ]
    with store.transaction() as work:
        filling.put_incidents(work, about)
        work.put(PostmortemRow, [_postmortem(organisation, one.id, n) for n, one in enumerate(about)])
        today = work.now().date()
    for start in range(0, ITEMS, PIECE):
        some = [_item(organisation, about[n % INCIDENTS], n, today, chance) for n in range(start, start + PIECE)]
        with store.transaction() as work:
            work.put(ItemRow, [item_columns(one) for one in some])


def _postmortem(organisation: str, incident: str, n: int) -> dict[str, Any]:
    one = Postmortem(
        id=f"m_{incident}", organisation=organisation, incident=incident, opened_at=filling.START, due=date(2026, 3, 9),
        factors=(Factor(id=f"f{n}", kind=KINDS[n % len(KINDS)], text="It was never tried", by="p_nobody"),),
        published_markdown="It was so. " * (READ // 11),
    )  # fmt: skip
    return {
        "organisation": one.organisation, "id": one.id, "incident": one.incident, "owner": "", "status": "draft",
        "due": one.due.isoformat(), "body": one.model_dump_json(),
    }  # fmt: skip


def _item(organisation: str, about: Any, n: int, today: date, chance: random.Random) -> ActionItem:
    """Two of five are open still; the others were done in the last two years."""
    due = today - timedelta(days=chance.randrange(-60, 300))
    made = filling.START + timedelta(days=(due - filling.START.date()).days - chance.randrange(15, 90))
    done = n % 5 > 1
    return ActionItem(
        id=f"a{n}", organisation=organisation, key=f"ACT-{n}", incident=about.id, incident_key=about.key,
        incident_title=about.title, severity=1 + n % 4, text=f"Alert on the pool {n}: {'say it at length ' * 10}",
        owner=f"p_{n % 300}", due=due, created_by="p_0", created_at=made, factor=f"f{n % INCIDENTS}" if n % 3 else "",
        status=ItemStatus.DONE if done else ItemStatus.OPEN,
        ended_at=made + timedelta(days=chance.randrange(1, 120)) if done else None,
    )  # fmt: skip
