"""The swimlanes of an incident: which mark stands where, and what it says. Templates only draw it.

Law: pure, and bounded however long the log is: marks that would cover each other become one, with their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from adapters.web.axis import Axis, Cut, Tick, axis
from adapters.web.lanes import Lane, lanes_of
from bot.draft_names import Names
from bot.key_entries import in_order
from bot.model import FIVE_TIMES, Entry, Incident
from bot.ports import Record
from bot.text import Value, with_names
from bot.words import draft as draft_words
from bot.words import pages as words
from bot.zones import duration, echo, zone_of

WIDTH = 790
EDGE = 12
"""Pixels left free at both ends, so that no mark is cut."""
LANE = 38
ROW = 17
"""Height of a line of names above the lanes."""
ABOVE, FOOT = 8, 40
APART = 20.0
"""Marks nearer to each other than this become one."""
LETTER = 6.4
"""About how wide a letter is."""
ENDS = ("mitigated", "resolved")
"""What ends the impact, the first that is known."""


class Dot(Value):
    x: float
    y: float
    label: str
    count: int
    kind: str
    proposed: bool
    entry: str
    """Id of the first entry of it."""
    url: str
    """Where it was said, where it is one entry."""


class Mark(Value):
    """One of the five times, or now."""

    x: float
    y: float
    name: str
    label: str
    ends: bool
    """Its name stands to the left of its line."""


class Span(Value):
    left: float
    width: float
    label: str
    kind: str


class Chart(Value):
    lanes: tuple[Lane, ...]
    rows: int
    """Lines of names above the lanes."""
    dots: tuple[Dot, ...]
    faint: tuple[str, ...]
    """Of each lane, the path of all that is no key entry."""
    marks: tuple[Mark, ...]
    impact: Span | None
    states: tuple[Span, ...]
    ticks: tuple[Tick, ...]
    days: tuple[Tick, ...]
    midnights: tuple[float, ...]
    cuts: tuple[Cut, ...]

    @property
    def top(self) -> int:
        return self.rows * ROW + ABOVE

    @property
    def bottom(self) -> int:
        return self.top + len(self.lanes) * LANE

    @property
    def height(self) -> int:
        return self.bottom + FOOT

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def lane_height(self) -> int:
        return LANE


def chart(record: Record, timeline: Sequence[Entry], proposed: frozenset[str], names: Names, zone: str) -> Chart | None:
    """`timeline` are the entries that are dots, all others are faint. None: there is nothing to draw.

    Now is a whole minute, so that a chart that is drawn again a second later is the same.
    """
    record = record.model_copy(update={"now": record.now.replace(second=0, microsecond=0)})
    log = [entry for entry in in_order(record.entries) if not (entry.deleted or entry.retracted)]
    known = [(name, moment.at) for name in FIVE_TIMES if (moment := getattr(record.incident.times, name))]
    moments = [entry.occurred for entry in log] + [at for _, at in known]
    if not moments:
        return None
    along = _moved(axis(moments + ([record.now] if record.incident.is_open else []), WIDTH - 2 * EDGE, zone))
    lanes = lanes_of(log, record.incident, record.people, names)
    marks, rows = _marks(known, record, along)
    placed = tuple(_placed(lane, n, rows, log, lanes.places) for n, lane in enumerate(lanes.lanes))
    shown = {entry.id for entry in timeline}
    return Chart(
        lanes=lanes.lanes, rows=rows, marks=marks, impact=_impact(record, along),
        dots=tuple(dot for one in placed for dot in _dots(one, shown, proposed, names, along)),
        faint=tuple(_faint(one, shown, along) for one in placed),
        states=tuple(_states(record, along)) if lanes.lanes and lanes.lanes[0].name == words.STATE else (),
        ticks=along.ticks, days=along.days, midnights=along.midnights, cuts=along.cuts,
    )  # fmt: skip


def _moved(along: Axis) -> Axis:
    pieces = (
        piece.model_copy(update={"left": piece.left + EDGE, "right": piece.right + EDGE}) for piece in along.pieces
    )
    return along.model_copy(update={"pieces": tuple(pieces)})


# -- what happened


class _Placed(NamedTuple):
    """A lane with what stands in it."""

    name: str
    y: float
    entries: list[Entry]


def _placed(lane: Lane, n: int, rows: int, log: Sequence[Entry], places: Sequence[int]) -> _Placed:
    here = [entry for entry, place in zip(log, places, strict=True) if place == n]
    return _Placed(lane.name, rows * ROW + ABOVE + LANE * n + LANE / 2, here)


def _dots(lane: _Placed, shown: set[str], proposed: frozenset[str], names: Names, along: Axis) -> Iterator[Dot]:
    for together in _together([one for one in lane.entries if one.id in shown], along):
        yield _dot(together, lane, proposed, names, along)


def _together(entries: list[Entry], along: Axis) -> Iterator[list[Entry]]:
    """Entries of one lane in groups that have room beside each other."""
    group: list[Entry] = []
    for entry in entries:
        if group and along.x(entry.occurred) - along.x(group[0].occurred) >= APART:
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _dot(entries: list[Entry], lane: _Placed, proposed: frozenset[str], names: Names, along: Axis) -> Dot:
    first, last = entries[0], entries[-1]
    offered = all(one.id in proposed for one in entries)
    label = words.marks(len(entries), _clock(first.occurred, along), _clock(last.occurred, along), lane.name)
    if len(entries) == 1:
        who = names(first.author) if first.author else first.author_name or draft_words.BOT
        text = with_names(first.text, names) or ", ".join(file.name for file in first.files)
        label = words.mark(_clock(first.occurred, along), who, text or draft_words.WITHOUT_TEXT, offered)
    kind = first.kind.value if len({one.kind for one in entries}) == 1 else "several"
    return Dot(
        x=along.x(first.occurred), y=lane.y, label=label, count=len(entries), kind=kind, proposed=offered,
        entry=first.id, url=first.permalink if len(entries) == 1 else "",
    )  # fmt: skip


def _faint(lane: _Placed, shown: set[str], along: Axis) -> str:
    places = sorted({round(along.x(one.occurred)) for one in lane.entries if one.id not in shown})
    return "".join(f"M{x} {lane.y - 6:g}v12" for x in places)


def _clock(at: datetime, along: Axis) -> str:
    return at.astimezone(zone_of(along.zone)).strftime("%H:%M:%S")


# -- the five times


def _marks(known: list[tuple[str, datetime]], record: Record, along: Axis) -> tuple[tuple[Mark, ...], int]:
    """In their order, each name on the first line that has room for it; and how many lines there are."""
    told = [(name, at, words.time_mark(draft_words.TIMES[name], echo(at, along.zone))) for name, at in known]
    if record.incident.is_open:
        told.append((words.NOW, record.now, words.time_mark(words.NOW, echo(record.now, along.zone))))
    free: list[float] = []
    made = []
    for name, at, label in sorted(told, key=lambda one: one[1]):
        x, length = along.x(at), len(name) * LETTER + 10
        ends = x + length > WIDTH
        begins = x - length if ends else x
        row = next((n for n, taken in enumerate(free) if taken <= begins), len(free))
        free[row : row + 1] = [begins + length + 4]
        made.append(Mark(x=x, y=(row + 1) * ROW - 3, name=name, label=label, ends=ends))
    return tuple(made), len(free)


def _impact(record: Record, along: Axis) -> Span | None:
    """From the beginning until it was mitigated, else resolved, else now; nothing where either is not known."""
    incident = record.incident
    began, end = incident.times.began, _ended(incident)
    until = end or (record.now if incident.is_open else None)
    if began is None or until is None or until < began.at:
        return None
    label = words.impact_span(duration(until - began.at), end is None)
    return _span(began.at, until, label, "impact", along)


def _ended(incident: Incident) -> datetime | None:
    found = (getattr(incident.times, name) for name in ENDS)
    return next((moment.at for moment in found if moment), None)


def _states(record: Record, along: Axis) -> Iterator[Span]:
    """What the incident was from one time to the next."""
    times = record.incident.times
    over = times.resolved.at if times.resolved else record.now if record.incident.is_open else None
    if times.declared is None or over is None:
        return
    calmer = times.mitigated.at if times.mitigated else over
    for kind, start, end in (("active", times.declared.at, calmer), ("mitigated", calmer, over)):
        if start < end:
            yield _span(start, end, f"{kind}: {duration(end - start)}", kind, along)


def _span(start: datetime, end: datetime, label: str, kind: str, along: Axis) -> Span:
    left = along.x(start)
    return Span(left=left, width=round(max(2.0, along.x(end) - left), 1), label=label, kind=kind)
