"""What a log tells by its gaps and its authors: the longest silences, and who was there.

Law: only what lies between the declaration and the resolution counts as the incident; whoever writes about it later was
not there for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import pairwise

from bot.draft_blocks import NOTHING, Block, Case, Cell, Made, Paragraph, Source, Table, pointed, source
from bot.model import Entry, EntryKind
from bot.text import Link
from bot.words import draft as words
from bot.words.people import role_name
from bot.zones import duration

MOST_SILENCES = 3
SILENT = timedelta(minutes=5)
"""What is shorter is nobody's silence."""
MOST_PEOPLE = 40
MOST_SAID = 120
"""Characters of what was said before and after a silence."""

Edge = tuple[datetime, Entry | None]
"""A moment, and what stands in the log there; the declaration and the resolution may have no line."""


def silences(case: Case) -> Made:
    found = longest(case)
    if not found:
        return (Paragraph(text=words.NO_SILENCE),), ()
    points = pointed((_silence(case, *edges), source(_entries(edges))) for edges in found)
    return (points,), tuple(dict.fromkeys(one for rests_on in points.sources for one in rests_on.ids))


def longest(case: Case) -> list[tuple[Edge, Edge]]:
    """The longest gaps in the order in which they were; of two of one length the earlier one counts."""
    gaps = ((after[0] - before[0], -n, before, after) for n, (before, after) in enumerate(pairwise(_edges(case))))
    kept = nlargest(MOST_SILENCES, (gap for gap in gaps if gap[0] >= SILENT), key=lambda gap: gap[:2])
    return [(before, after) for _, _, before, after in sorted(kept, key=lambda gap: -gap[1])]


def _edges(case: Case) -> Iterator[Edge]:
    start, end = case.incident.times.declared, case.incident.times.resolved
    last = None
    for entry in case.log:
        if _happened(entry) and (not start or entry.occurred >= start.at) and (not end or entry.occurred <= end.at):
            if last is None and start and entry.occurred > start.at:
                yield start.at, None
            last = entry.occurred
            yield last, entry
    if last is None and start:
        last = start.at
        yield last, None
    if last is not None and end and end.at > last:
        yield end.at, None


def _happened(entry: Entry) -> bool:
    return entry.kind is not EntryKind.POSTMORTEM and not (entry.deleted or entry.retracted)


def _entries(edges: Iterable[Edge]) -> tuple[Entry, ...]:
    return tuple(entry for _, entry in edges if entry is not None)


def _silence(case: Case, before: Edge, after: Edge) -> str:
    return words.silence(duration(after[0] - before[0]), _edge(case, before), _edge(case, after))


def _edge(case: Case, edge: Edge) -> str:
    at, entry = edge
    if entry is not None:
        text = case.one_line(entry)
        text = f"{text[: MOST_SAID - 1]}…" if len(text) > MOST_SAID else text
        return words.said_by(words.quoted(text), case.who(entry), case.when(at))
    declared = case.incident.times.declared
    name = "declared" if declared and at == declared.at else "resolved"
    return words.at_that_time(name, case.when(at))


# -- who was there


class _Seen:
    """The first and the last line of somebody, and how many there are."""

    def __init__(self, first: Entry) -> None:
        self.first = self.last = first
        self.lines = 0


def present(case: Case) -> Made:
    """By role, then in the order in which they came. People of one name share a line, as readers know no more."""
    seen, roles = _seen(case), _roles(case)
    responders = {case.name(person) for person in case.incident.responders}
    order = [*roles, *sorted(seen, key=lambda name: (seen[name].first.occurred, name)), *sorted(responders)]
    names = [name for name in dict.fromkeys(order) if name != words.SOMEBODY]
    if not names:
        return (Paragraph(text=words.NOBODY_THERE),), ()
    shown = names[:MOST_PEOPLE]
    sources = tuple(_source(seen.get(name)) for name in shown)
    rows = tuple(_row(case, name, roles.get(name, ()), seen.get(name)) for name in shown)
    body: tuple[Block, ...] = (Table(head=words.PEOPLE_HEAD, rows=rows, sources=sources),)
    if more := len(names) - len(shown):
        body += (Paragraph(text=words.more_people(more)),)
    return body, tuple(dict.fromkeys(one for rests_on in sources for one in rests_on.ids))


def _seen(case: Case) -> dict[str, _Seen]:
    """By name; machines are nobody."""
    end, found = case.incident.times.resolved, dict[str, _Seen]()
    for entry in case.log:
        if entry.author and _happened(entry) and (end is None or entry.occurred <= end.at):
            name = case.name(entry.author)
            if case.roles.get(entry.author) != name:
                one = found.get(name) or found.setdefault(name, _Seen(entry))
                one.last = entry
                one.lines += 1
    return found


def _roles(case: Case) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for role, person in sorted(case.incident.roles.items(), key=lambda one: (one[0] != "lead", one[0])):
        held.setdefault(case.name(person), []).append(role_name(role))
    return held


def _source(seen: _Seen | None) -> Source:
    return source(_ends(seen)) if seen else NOTHING


def _ends(seen: _Seen) -> tuple[Entry, ...]:
    return (seen.first,) if seen.first is seen.last else (seen.first, seen.last)


def _row(case: Case, name: str, roles: Iterable[str], seen: _Seen | None) -> tuple[Cell, ...]:
    role = ", ".join(roles) or words.NO_ROLE
    if seen is None:
        return role, name, words.NOT_IN_LOG, words.NOT_IN_LOG, "0"
    return role, name, _at(case, seen.first), _at(case, seen.last), f"{seen.lines:,}"


def _at(case: Case, entry: Entry) -> Cell:
    shown = case.when(entry.occurred)
    return Link(url=entry.permalink, label=shown) if entry.permalink else shown
