"""The hot path: what is said in chat becomes entries, in few statements that are text and prepared by the driver.

Law: a batch runs at most four statements beside its commit, however many captures are in it; revisions, deletions and
people never heard of cost one more where there are any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import chain
from typing import Any

from bot.command import Capture
from bot.model import Entry, MessageRef
from storage import entries as lines
from storage.entries import NAMES, from_row, to_row, values
from storage.keys import place_key, ref_key
from storage.people import meet
from storage.work import Work

SEEN_FOR = timedelta(days=7)
"""Longer than any platform repeats a delivery."""
MOST_ROWS = 200
Found = tuple[str, str]
SHARED = ("text", "files", "text_stamp", "edits", "deleted_stamp", "restored_stamp")
"""What belongs to the message, not to the timeline that it stands in."""


@lru_cache(maxsize=512)
def _unseen_sql(mark: str, clock: str, rows: int) -> str:
    return (
        f"WITH asked (a, b, c) AS (VALUES {values(mark, 3, rows)}), clock (n) AS (SELECT {clock}) "  # noqa: S608
        "INSERT INTO seen (platform, tenant, origin, at) SELECT a, b, c, n FROM asked, clock WHERE true "
        "ON CONFLICT DO NOTHING RETURNING platform, tenant, origin, at"
    )


def unseen(work: Work, commands: Sequence[Capture]) -> list[Capture]:
    if not commands:
        return []
    work.hold(ref_key(command.message) for command in commands)
    keys = sorted({_origin(command) for command in commands})
    parameters = [part for key in keys for part in key]
    work.cursor.execute(_unseen_sql(work.mark, work.clock, len(keys)), parameters)
    found = work.cursor.fetchall()
    if found:
        work.stored_now = int(found[0][3])
    new = {tuple(row[:3]) for row in found}
    fresh = []
    for command in commands:
        key = _origin(command)
        if key in new:
            new.discard(key)
            fresh.append(command)
    return fresh


def _origin(command: Capture) -> tuple[str, str, str]:
    return command.origin.platform, command.origin.tenant, command.origin.id


_ENTRY = ", ".join(f"e.{name}" for name in lines.COLUMNS)


@lru_cache(maxsize=512)
def _where_sql(mark: str, rows: int) -> str:
    """An incident takes all messages of its channel, unless it lives in a thread of it."""
    return (
        f"WITH asked (ref, place, platform, tenant) AS (VALUES {values(mark, 4, rows)}) "  # noqa: S608
        "SELECT a.ref, t.organisation, i.id, i.status, i.created, "
        f"{_ENTRY} FROM asked a "
        "JOIN tenant t ON t.platform = a.platform AND t.tenant = a.tenant AND t.left_at IS NULL "
        "LEFT JOIN incident i ON i.place = a.place AND i.organisation = t.organisation AND i.place_thread = '' "
        "LEFT JOIN entry e ON e.ref = a.ref AND e.organisation = t.organisation"
    )


def captured_in(work: Work, messages: Sequence[MessageRef]) -> dict[MessageRef, Found]:
    """The incident of the channel comes first: the open one, else the newest; then the one that has an entry."""
    refs = {ref_key(message): message for message in messages}
    if not refs:
        return {}
    parameters: list[str] = []
    for key, m in refs.items():
        parameters += (key, place_key(m.platform, m.tenant, m.channel), m.platform, m.tenant)
    work.cursor.execute(_where_sql(work.mark, len(refs)), parameters)
    found: dict[MessageRef, list[Sequence[Any]]] = {}
    for row in work.cursor.fetchall():
        found.setdefault(refs[row[0]], []).append(row)
    work.looked.update(messages)
    return {message: place for message, rows in found.items() if (place := _best(work, message, rows))}


def _best(work: Work, message: MessageRef, rows: list[Sequence[Any]]) -> Found | None:
    """Chooses, and keeps the entries that were read by the way."""
    _, incident = max(candidate for row in rows for candidate in _candidates(row))
    if not incident:
        return None
    written = {row[7]: row for row in rows if row[7] is not None}
    others = [(row[1], from_row(row[5:])) for of, row in written.items() if of != incident]
    if others:
        work.twins[message] = others
        work.old.update((entry.id, entry) for _, entry in others)
    if incident in written:
        _remember(work, message, from_row(written[incident][5:]))
    return rows[0][1], incident


def _remember(work: Work, message: MessageRef, entry: Entry) -> None:
    work.before[message] = work.old[entry.id] = entry


def _candidates(row: Sequence[Any]) -> list[tuple[tuple[int, bool, int], str]]:
    """(rank, incident id): open before ended, newer before older, one that has an entry only last."""
    found: list[tuple[tuple[int, bool, int], str]] = []
    if row[2] is not None:
        found.append(((2, row[3] in ("active", "mitigated"), row[4]), row[2]))
    if row[7] is not None:
        found.append(((1, False, -row[13]), row[7]))
    return found or [((0, False, 0), "")]


@lru_cache(maxsize=512)
def _entries_sql(mark: str, rows: int) -> str:
    return f"SELECT {NAMES} FROM entry WHERE ref IN {values(mark, rows, 1)} ORDER BY recorded DESC, id"  # noqa: S608


def entries(work: Work, messages: Sequence[MessageRef]) -> dict[MessageRef, Entry]:
    """Those whose place was looked up were read together with it: only the others are asked for."""
    missing = {ref_key(message): message for message in messages if message not in work.looked}
    if missing:
        work.cursor.execute(_entries_sql(work.mark, len(missing)), list(missing))
        for row in work.cursor.fetchall():
            _remember(work, missing[row[9]], from_row(row))
        work.looked.update(missing.values())
    return {message: work.before[message] for message in messages if message in work.before}


def put_entries(work: Work, organisations: dict[str, str], changed: Sequence[Entry]) -> None:
    if not changed:
        return
    pairs = [(organisations[entry.incident], entry) for entry in changed]
    pairs += _twins(work, changed)
    rows = {(organisation, entry.id): to_row(organisation, entry) for organisation, entry in pairs}
    for some in _pieces(list(rows.values())):
        work.cursor.execute(lines.upsert(work.mark, len(some)), list(chain.from_iterable(some)))
    _keep_revisions(work, pairs)
    _erase(work, [(organisation, entry.id) for organisation, entry in pairs if entry.deleted])
    meet(work, {(organisation, entry.author) for organisation, entry in pairs if entry.author})


def _pieces(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """So many as one statement can have parameters for."""
    for start in range(0, len(rows), MOST_ROWS):
        yield rows[start : start + MOST_ROWS]


def _twins(work: Work, changed: Sequence[Entry]) -> list[tuple[str, Entry]]:
    """The same message in the timelines of other incidents: what was edited or deleted in chat is so there too."""
    found = []
    for entry in changed:
        for organisation, twin in work.twins.get(entry.ref, ()) if entry.ref else ():
            if entry.deleted or (entry.text_stamp > twin.text_stamp and not twin.corrected):
                update = {name: getattr(entry, name) for name in SHARED}
                found.append((organisation, twin.model_copy(update=update)))
    return found


def _keep_revisions(work: Work, pairs: Sequence[tuple[str, Entry]]) -> None:
    """The text that an edit replaced."""
    replaced = []
    for organisation, now in pairs:
        old = work.old.get(now.id)
        if old is not None and old.text and old.text != now.text and not now.deleted:
            replaced.append((organisation, now.id, old.text_stamp, old.text))
    if replaced:
        marks = values(work.mark, 4, 1)
        work.cursor.executemany(
            f"INSERT INTO revision (organisation, entry, stamp, text) VALUES {marks} ON CONFLICT DO NOTHING",  # noqa: S608
            replaced,
        )


def _erase(work: Work, deleted: Sequence[tuple[str, str]]) -> None:
    """A deleted message leaves no text, not even in its revisions."""
    if deleted:
        where = f"organisation = {work.mark} AND entry = {work.mark}"
        work.cursor.executemany(f"UPDATE revision SET text = '' WHERE {where}", deleted)  # noqa: S608
