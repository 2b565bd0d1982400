"""The hot path: what is said in chat becomes entries, in few statements that are text and prepared by the driver.

Law: a batch runs at most four statements beside its commit, however many captures are in it; revisions, deletions and
people never heard of cost one more where there are any, and what leaves a timeline three for its incident.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from bot.command import Capture
from bot.model import Entry, MessageRef
from storage import entries as lines
from storage import suggested
from storage.entries import from_row, to_row
from storage.given import texts
from storage.keys import place_key, ref_key
from storage.likeness import refresh
from storage.people import meet
from storage.work import Work

SEEN_FOR = timedelta(days=7)
"""Longer than any platform repeats a delivery."""
MOST_ROWS = 200
Found = tuple[str, str]
SHARED = ("text", "files", "text_stamp", "edits", "deleted_stamp", "restored_stamp")
"""What belongs to the message, not to the timeline that it stands in."""


ASKED = texts("ref place platform tenant origin")
SEEN = (*texts("platform tenant origin"), ("at", "BIGINT"))
_SEE = "INSERT INTO seen (platform, tenant, origin, at) SELECT * FROM given WHERE true ON CONFLICT DO NOTHING"
_SEE_AT_ONCE = (
    ", noted AS (INSERT INTO seen (platform, tenant, origin, at) SELECT g.*, {clock} FROM (SELECT DISTINCT platform, "
    "tenant, origin FROM given WHERE origin <> '' ORDER BY 1, 2, 3) g ON CONFLICT DO NOTHING) "
)
"""PostgreSQL notes ids in the statement that looks for them: what the statement itself writes, it does not see."""
_ENTRY = ", ".join(f"e.{name}" for name in lines.COLUMNS)
_TELLS = {True: ("json_group_array", "json_array", "json"), False: ("json_agg", "json_build_array", "")}
"""What makes JSON, on SQLite or not: of rows, of values, and of JSON itself."""


@lru_cache(maxsize=4)
def _look_sql(clock: str, for_sqlite: bool, noting: bool) -> str:
    """An incident takes all messages of its channel, unless it lives in a thread of it.

    Each is a question of its own, and `|| ''` spoils the index by organisation: so PostgreSQL looks up one row at a
    time in the right index, whatever it thought of the tables when it made its plan.
    """
    rows, values, whole = _TELLS[for_sqlite]
    incidents = (
        f"SELECT {rows}({values}(i.id, i.status, i.created)) FROM incident i "  # noqa: S608
        "WHERE i.place = a.place AND i.organisation || '' = t.organisation AND i.place_thread = ''"
    )
    written = (
        f"SELECT {rows}({values}({_ENTRY})) FROM entry e "  # noqa: S608
        "WHERE e.ref = a.ref AND e.organisation || '' = t.organisation"
    )
    seen = "SELECT s.origin FROM seen s WHERE s.platform = a.platform AND s.tenant = a.tenant AND s.origin = a.origin"
    one = f"a.ref, ({seen}), t.organisation, {whole}(({incidents})), {whole}(({written}))"
    first = _SEE_AT_ONCE.format(clock=clock) if noting and not for_sqlite else ""
    return (
        f"{first}SELECT CAST({rows}({values}({one})) AS TEXT), {clock} FROM given a "  # noqa: S608
        "LEFT JOIN tenant t ON t.platform = a.platform AND t.tenant = a.tenant AND t.left_at IS NULL"
    )


def _look(work: Work, asked: dict[tuple[str, str], MessageRef], *, noting: bool = False) -> set[tuple[str, str]]:
    """Finds where messages belong, by key and the id of an origin, and what is known of them, and keeps it for the
    questions that follow; returns what of it was seen. All comes in one row: the thread gives way to others at each."""
    rows = [(key, place_key(m.platform, m.tenant, m.channel), m.platform, m.tenant, origin)
            for (key, origin), m in asked.items()]  # fmt: skip
    work.give(ASKED, rows, _look_sql(work.clock, work.sqlite, noting))
    told, now = work.cursor.fetchall()[0]
    work.stored_now = work.stored_now or int(now)
    answers = json.loads(told)
    found = {answer[0]: answer for answer in answers}
    for (key, _), message in asked.items():
        work.looked[message] = _best(work, message, *found[key][2:])
    return {(answer[0], answer[1]) for answer in answers}


def unseen(work: Work, commands: Sequence[Capture]) -> list[Capture]:
    """Whoever asks holds the messages, so that two replicas that are told the same at once do not both find it new."""
    if not commands:
        return []
    told: dict[tuple[str, str], Capture] = {}
    for command in commands:
        told.setdefault((ref_key(command.message), command.origin.id), command)
    work.hold(key for key, _ in told)
    seen = _look(work, {key: command.message for key, command in told.items()}, noting=True)
    fresh = [command for key, command in told.items() if key not in seen]
    if work.sqlite:
        now = work.micros()
        work.give(SEEN, [(*key, now) for key in sorted({_origin(command) for command in fresh})], _SEE)
    return fresh


def _origin(command: Capture) -> tuple[str, str, str]:
    return command.origin.platform, command.origin.tenant, command.origin.id


def captured_in(work: Work, messages: Sequence[MessageRef]) -> dict[MessageRef, Found]:
    """The incident of the channel comes first: the open one, else the newest; then the one that has an entry."""
    _look_for(work, messages)
    return {message: place for message in messages if (place := work.looked[message])}


def _look_for(work: Work, messages: Sequence[MessageRef]) -> None:
    if missing := [message for message in messages if message not in work.looked]:
        _look(work, {(ref_key(message), ""): message for message in missing})


def _best(
    work: Work, message: MessageRef, organisation: str | None, incidents: list[Any] | None, entries: list[Any] | None
) -> Found | None:
    """Chooses, and keeps the entries that were read by the way: open before ended, newer before older, one that has an
    entry only last."""
    if organisation is None or not (incidents or entries):
        return None
    written = {row[2]: from_row(row) for row in entries or ()}
    if incidents:
        incident = max(incidents, key=lambda one: (one[1] in ("active", "mitigated"), one[2], one[0]))[0]
    else:
        incident = min(written.values(), key=lambda entry: entry.recorded).incident
    if known := written.pop(incident, None):
        work.before[message] = work.old[known.id] = known
    if written:
        work.twins[message] = [(organisation, entry) for entry in written.values()]
        work.old.update((entry.id, entry) for entry in written.values())
    return organisation, incident


def entries(work: Work, messages: Sequence[MessageRef]) -> dict[MessageRef, Entry]:
    """They are read together with their places."""
    _look_for(work, messages)
    return {message: work.before[message] for message in messages if message in work.before}


def put_entries(work: Work, organisations: dict[str, str], changed: Sequence[Entry]) -> None:
    if not changed:
        return
    pairs = [(organisations[entry.incident], entry) for entry in changed]
    pairs += _twins(work, changed)
    rows = {(organisation, entry.id): to_row(organisation, entry) for organisation, entry in pairs}
    for some in _pieces(list(rows.values())):
        work.give(lines.GIVEN, some, lines.UPSERT)
    _keep_revisions(work, pairs)
    erased = [(organisation, entry) for organisation, entry in pairs if entry.deleted]
    _erase(work, [(organisation, entry.id) for organisation, entry in erased])
    suggested.forget(work, erased)
    refresh(work, _not_found_any_more(work, pairs))
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
        marks = ", ".join([work.mark] * 4)
        work.cursor.executemany(
            f"INSERT INTO revision (organisation, entry, stamp, text) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
            replaced,
        )


def _not_found_any_more(work: Work, pairs: Sequence[tuple[str, Entry]]) -> Iterator[tuple[str, str]]:
    """Incidents that lose words by which they are found: of an entry that left the timeline, or reads otherwise."""
    for organisation, now in pairs:
        old = work.old.get(now.id)
        if old is not None and old.is_key and old.text and (not now.is_key or now.text != old.text):
            yield organisation, now.incident


def _erase(work: Work, deleted: Sequence[tuple[str, str]]) -> None:
    """A deleted message leaves no text, not even in its revisions."""
    if deleted:
        where = f"organisation = {work.mark} AND entry = {work.mark}"
        work.cursor.executemany(f"UPDATE revision SET text = '' WHERE {where}", deleted)  # noqa: S608
