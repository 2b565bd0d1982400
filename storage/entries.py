"""Timeline entries to rows and back. Reading trusts what is stored: it was masked when it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from sys import intern
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql

from bot.model import Entry, EntryKind, FileLink, MessageRef
from storage.columns import micros, moment
from storage.fields import table
from storage.keys import ref_key, ref_of
from storage.tables import EntryRow

entry = table(EntryRow)
POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
COLUMNS = tuple(column.name for column in entry.columns)
GIVEN = tuple((column.name, str(column.type.compile(dialect=POSTGRESQL))) for column in entry.columns)
UPSERT = (
    f"INSERT INTO entry ({', '.join(COLUMNS)}) SELECT * FROM given WHERE true "  # noqa: S608
    f"ON CONFLICT (organisation, id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in COLUMNS[2:])}"
)
ORDER = (entry.c.occurred, entry.c.channel, entry.c.ts, entry.c.id)
TIMES = (COLUMNS.index("occurred"), COLUMNS.index("recorded"))
_EMPTY: tuple[FileLink, ...] = ()
FIELDS = set(Entry.model_fields)
"""One for all entries: a set of its own would be larger than the rest of the entry."""


def to_row(organisation: str, e: Entry) -> tuple[Any, ...]:
    """The values in the order of `COLUMNS`. Of a deleted entry no text goes out, whatever it holds."""
    gone, ref = e.deleted, e.ref
    return (
        organisation, e.id, e.incident, e.kind.value, "" if gone else e.text, e.author, e.author_name,
        micros(e.occurred), micros(e.recorded),
        ref_key(ref) if ref else None, ref.channel if ref else "", ref.ts if ref else "",
        e.thread, e.permalink, "[]" if gone or not e.files else _files(e.files),
        e.text_stamp, e.edits, e.deleted_stamp, e.restored_stamp, e.noted,
        json.dumps(e.marks) if e.marks else "{}", json.dumps(e.reactions) if e.reactions else "{}",
        e.retracted, e.corrected, e.is_key,
    )  # fmt: skip


def _files(files: Sequence[FileLink]) -> str:
    return json.dumps([file.model_dump() for file in files])


def from_row(row: Sequence[Any]) -> Entry:
    """From the raw values in the order of `COLUMNS`."""
    (_, id_, incident, kind, text, author, author_name, occurred, recorded, ref, channel, ts, thread, permalink, files,
     text_stamp, edits, deleted, restored, noted, marks, reactions, retracted, corrected, _) = row  # fmt: skip
    return Entry.model_construct(
        _fields_set=FIELDS, id=id_, incident=intern(incident), kind=EntryKind(kind), text=text,
        author=intern(author), author_name=author_name, occurred=moment(occurred), recorded=moment(recorded),
        ref=_ref(ref, channel, ts), thread=thread, permalink=permalink,
        files=_EMPTY if files == "[]" else tuple(FileLink.model_construct(**file) for file in json.loads(files)),
        text_stamp=text_stamp, edits=edits, deleted_stamp=deleted, restored_stamp=restored, noted=bool(noted),
        marks={} if marks == "{}" else json.loads(marks), reactions={} if reactions == "{}" else json.loads(reactions),
        retracted=bool(retracted), corrected=bool(corrected),
    )  # fmt: skip


def from_typed(row: Sequence[Any]) -> Entry:
    """From a row of the table, whose moments are datetimes already."""
    raw = list(row)
    for at in TIMES:
        raw[at] = micros(raw[at])
    return from_row(raw)


def _ref(key: str | None, channel: str, ts: str) -> MessageRef | None:
    return ref_of(key, channel, ts) if key else None


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By when it happened, then place, timestamp and id, so that every reader sees one order."""
    return sorted(entries, key=lambda e: (e.occurred, e.ref.channel if e.ref else "", e.ref.ts if e.ref else "", e.id))
