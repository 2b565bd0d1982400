"""A time axis: moments to places along a line, with ticks and days of the reader's zone.

Law: pure, and bounded whatever the span. A silence much longer than everything else is cut out, and marked as cut.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from bot.text import Value
from bot.zones import DAYS, MONTHS, duration, local_date, local_to_utc, zone_of

MARGIN = timedelta(seconds=30)
"""Drawn before the first moment and after the last, so that the shortest axis is a minute long."""
LEAST_CUT = timedelta(hours=2)
MOST_CUTS = 6
CUT_WIDTH = 40.0
CUT_AWAY = 52.0
"""So near to where a silence was cut out, a label would cover how long it was."""
CUT_OFF = 6.0
"""So near to either end, a label would be cut off."""
TICK_EVERY = 64.0
"""At least so far apart, in pixels; dates need more."""
DATE_EVERY = 92.0
NAME_WIDTH = 68.0
"""Of the name of a day, which begins at its midnight."""
MOST_DAYS = 60
"""Midnights that are drawn; over a longer time ticks are days already."""
SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
DAY = 86_400
LONG = tuple(days * DAY for days in (1, 2, 7, 14, 30, 90, 182, 365, 1825, 3650, 18_250))


class Piece(Value):
    """A stretch of time that is drawn to scale."""

    start: datetime
    end: datetime
    left: float
    right: float


class Tick(Value):
    x: float
    label: str


class Cut(Value):
    """Where a silence was left out."""

    x: float
    label: str


class Axis(Value):
    pieces: tuple[Piece, ...]
    zone: str

    def x(self, at: datetime) -> float:
        """What lies outside is drawn at the nearest end."""
        n = max(0, bisect_right(self.pieces, at, key=lambda piece: piece.start) - 1)
        piece = self.pieces[n]
        share = (at - piece.start) / (piece.end - piece.start)
        return round(piece.left + min(1.0, max(0.0, share)) * (piece.right - piece.left), 1)

    @property
    def cuts(self) -> tuple[Cut, ...]:
        return tuple(
            Cut(x=round((one.right + other.left) / 2, 1), label=duration(other.start - one.end))
            for one, other in pairwise(self.pieces)
        )

    @property
    def ticks(self) -> tuple[Tick, ...]:
        step = self._step()
        found = (
            Tick(x=self.x(at), label=_label(at.astimezone(zone_of(self.zone)), step))
            for piece in self.pieces
            for at in _steps(piece, step, self.zone)
        )
        seen = (tick for tick in found if self._has_room(tick.x))
        return _apart(seen, TICK_EVERY * 0.7 if step < DAY else DATE_EVERY * 0.7)

    @property
    def midnights(self) -> tuple[float, ...]:
        if sum((piece.end - piece.start).days for piece in self.pieces) > MOST_DAYS:
            return ()
        return tuple(self.x(at) for piece in self.pieces for at in _steps(piece, DAY, self.zone))

    @property
    def days(self) -> tuple[Tick, ...]:
        """Where each stretch begins, and each day in it, as long as there is room for its name."""
        if self._step() >= DAY:
            return ()
        tz = zone_of(self.zone)
        found: list[Tick] = []
        for piece in self.pieces:
            for at in (piece.start, *_steps(piece, DAY, self.zone)):
                local = at.astimezone(tz)
                name = f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"
                if not (found and found[-1].label == name):
                    found.append(Tick(x=min(self.x(at), self.pieces[-1].right - NAME_WIDTH), label=name))
        return _apart(found, NAME_WIDTH + 8)

    def _has_room(self, x: float) -> bool:
        inside = self.pieces[0].left + CUT_OFF <= x <= self.pieces[-1].right - CUT_OFF
        return inside and all(abs(x - cut.x) > CUT_AWAY for cut in self.cuts)

    def _step(self) -> int:
        """Seconds between ticks."""
        first = self.pieces[0]
        scale = (first.right - first.left) / (first.end - first.start).total_seconds()
        fits = [one for one in SECONDS if one * scale >= TICK_EVERY]
        fits += [one for one in LONG if one * scale >= DATE_EVERY]
        return fits[0] if fits else LONG[-1]


def axis(moments: Sequence[datetime], width: float, zone: str) -> Axis:
    """Over all the moments, of which there is at least one."""
    stretches = _stretches(sorted(set(moments)))
    seconds = sum((end - start).total_seconds() for start, end in stretches)
    scale = (width - CUT_WIDTH * (len(stretches) - 1)) / seconds
    pieces, left = [], 0.0
    for start, end in stretches:
        right = left + (end - start).total_seconds() * scale
        pieces.append(Piece(start=start, end=end, left=left, right=right))
        left = right + CUT_WIDTH
    return Axis(pieces=tuple(pieces), zone=zone)


def _stretches(moments: list[datetime]) -> list[tuple[datetime, datetime]]:
    gaps = [(later - earlier, earlier, later) for earlier, later in pairwise(moments)]
    busy = sum((gap for gap, *_ in gaps if gap < LEAST_CUT), timedelta())
    long = sorted((one for one in gaps if busy and one[0] >= max(LEAST_CUT, 2 * busy)), reverse=True)[:MOST_CUTS]
    edges = [moments[0], *(edge for _, *both in sorted(long, key=lambda one: one[1]) for edge in both), moments[-1]]
    margin = max(MARGIN, (moments[-1] - moments[0] - sum((gap for gap, *_ in long), timedelta())) / 50)
    return [(start - margin, end + margin) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _steps(piece: Piece, step: int, zone: str) -> Iterator[datetime]:
    """Round local times inside the piece."""
    tz = zone_of(zone)
    if step >= DAY:
        day = local_date(piece.start, zone)
        while (at := local_to_utc(datetime.combine(day, time()), zone)) <= piece.end:
            if at >= piece.start:
                yield at
            day += timedelta(days=1 if at < piece.start else step // DAY)
        return
    offset = (piece.start.astimezone(tz).utcoffset() or timedelta()) // timedelta(seconds=1)
    second = -(-(int(piece.start.timestamp()) + offset) // step) * step - offset
    while (at := datetime.fromtimestamp(second, UTC)) <= piece.end:
        if at >= piece.start:
            yield at
        second += step


def _label(local: datetime, step: int) -> str:
    if step < 60:
        return local.strftime("%H:%M:%S")
    if step < DAY:
        return local.strftime("%H:%M")
    day = f"{local.day} {MONTHS[local.month - 1]}"
    return day if step < 90 * DAY else f"{MONTHS[local.month - 1]} {local.year}"


def _apart(ticks: Sequence[Tick] | Iterator[Tick], least: float) -> tuple[Tick, ...]:
    kept: list[Tick] = []
    for tick in ticks:
        if not kept or tick.x - kept[-1].x >= least:
            kept.append(tick)
    return tuple(kept)
