"""Databases filled in bulk, through the tables of the store itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from bot.ids import message_id
from bot.model import ActionItem, Entry, EntryKind, Incident, MessageRef, Place, Postmortem, Status
from storage import entries
from storage.columns import micros
from storage.keys import place_key, ref_key
from storage.migrate import migrate
from storage.store import SqlStore
from storage.tables import IncidentRow, PostmortemRow
from storage.transaction import SqlTransaction

PIECE = 20_000
SEEN = ("platform", "tenant", "origin", "at")
SAID = "The error rate of checkout is at 7 % and rising; the pool of database connections is exhausted ({number})."
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def new_store(url: str, team: str = "T1") -> tuple[SqlStore, str]:
    """Migrated and joined by one workspace; with the organisation's id."""
    migrate(url)
    store = SqlStore(url)
    return store, store.join("slack", team, "Bench")


def incident(organisation: str, number: int, team: str = "T1") -> Incident:
    return Incident(
        id=f"i{number}", organisation=organisation, key=f"INC-{number}", title=f"Checkout errors {number}", severity=2,
        status=Status.ACTIVE, declared_by="p_nobody", place=Place(platform="slack", tenant=team, channel=f"C{number}"),
    )  # fmt: skip


def put_incidents(tx: SqlTransaction, found: Sequence[Incident]) -> None:
    rows = [
        {
            "organisation": one.organisation, "id": one.id, "key": one.key, "severity": one.severity,
            "status": one.status.value, "private": False, "drill": False, "declared_by": one.declared_by,
            "place": place_key(one.place.platform, one.place.tenant, one.place.channel) if one.place else None,
            "place_thread": "", "folded": f"{one.key} {one.title}".casefold(),
            "created": START + timedelta(minutes=number), "body": one.model_dump_json(),
        }
        for number, one in enumerate(found)
    ]  # fmt: skip
    tx.put(IncidentRow, rows)


def message(about: Incident, number: int) -> Entry:
    """The entry of a message that was said in an incident's channel; every twentieth is pinned."""
    at = START + timedelta(seconds=number)
    place = about.place
    ref = MessageRef(
        platform="slack", tenant=place.tenant if place else "", channel=place.channel if place else "",
        ts=f"{int(at.timestamp())}.{number % 10**6:06d}",
    )  # fmt: skip
    return Entry.model_construct(
        id=message_id(about.id, ref), incident=about.id, kind=EntryKind.MESSAGE, text=SAID.format(number=number),
        author=f"slack:{ref.tenant}:U{number % 7}", author_name="", occurred=at, recorded=at, ref=ref, thread="",
        permalink="", files=(), text_stamp=number + 1, edits=0, deleted_stamp=0, restored_stamp=0, noted=False,
        marks={f"slack:{ref.tenant}:U1": number + 1} if number % 20 == 0 else {}, reactions={}, retracted=False,
        corrected=False,
    )  # fmt: skip


def put_messages(store: SqlStore, about: Sequence[Incident], count: int, first: int = 0) -> None:
    """Spread evenly over the incidents, each with the id of the event that brought it."""
    made = ((about[n % len(about)], message(about[n % len(about)], n)) for n in range(first, first + count))
    into_entry, into_seen = _insert("entry", entries.COLUMNS, store), _insert("seen", SEEN, store)
    for piece in _pieces(made):
        with store.transaction() as tx:
            rows = [entries.to_row(one.organisation, entry) for one, entry in piece]
            tx.cursor.executemany(into_entry, rows)
            seen = [("slack", one.place.tenant, f"Ev {ref_key(e.ref)}", tx.micros()) for one, e in piece
                    if one.place and e.ref]  # fmt: skip
            tx.cursor.executemany(into_seen, seen)


def _insert(into: str, columns: Sequence[str], store: SqlStore) -> str:
    marks = ["?" if store.sqlite else "%s"] * len(columns)
    return f"INSERT INTO {into} ({', '.join(columns)}) VALUES ({', '.join(marks)})"


ITEM = ("organisation", "id", "key", "incident", "owner", "status", "due", "severity", "drill", "created", "body")


def put_items(store: SqlStore, about: Incident, owners: Sequence[str], count: int, due: date) -> list[str]:
    """Open items of the owners in turn; their ids. One is made with care, the others are like it."""
    example = ActionItem(
        id="ID", organisation=about.organisation, key="KEY", incident=about.id, incident_key=about.key,
        incident_title=about.title, severity=2, text="Alert on the pool", owner="OWNER", due=due,
        created_by=owners[0], created_at=START,
    ).model_dump_json()  # fmt: skip
    into = _insert("item", ITEM, store)

    def row(n: int) -> tuple[Any, ...]:
        owner = owners[n % len(owners)]
        body = example.replace('"ID"', f'"a{n}"').replace('"KEY"', f'"ACT-{n}"').replace('"OWNER"', f'"{owner}"')
        named = (about.organisation, f"a{n}", f"ACT-{n}", about.id, owner)
        return (*named, "open", due.isoformat(), 2, False, micros(START), body)

    for piece in _pieces(row(n) for n in range(count)):
        with store.transaction() as tx:
            tx.cursor.executemany(into, piece)
    return [f"a{n}" for n in range(count)]


def put_plans(store: SqlStore, organisation: str, subjects: Iterator[tuple[str, datetime]]) -> None:
    """Words about items, each at its time."""
    words = _insert("plan", ("organisation", "key", "rule", "subject", "due_at", "wall"), store)
    made = ((organisation, f"due_soon:{subject}", "due_soon", subject, micros(at), "") for subject, at in subjects)
    for piece in _pieces(made):
        with store.transaction() as tx:
            tx.cursor.executemany(words, piece)


def put_postmortem(store: SqlStore, about: Incident) -> None:
    one = Postmortem(
        id=f"m_{about.id}", organisation=about.organisation, incident=about.id, opened_at=START, due=date(2026, 3, 9)
    )
    row = {
        "organisation": one.organisation, "id": one.id, "incident": one.incident, "owner": "", "status": "draft",
        "due": one.due.isoformat(), "body": one.model_dump_json(),
    }  # fmt: skip
    with store.transaction() as tx:
        tx.put(PostmortemRow, [row])


def _pieces(made: Iterator[Any]) -> Iterator[list[Any]]:
    while piece := list(islice(made, PIECE)):
        yield piece
