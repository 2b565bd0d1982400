"""The two charts of follow-through: places of bars and lines. Law: pure; colours are classes, in the style."""

from __future__ import annotations

from collections.abc import Sequence

from bot.follow_through import Age, Week
from bot.text import Value
from bot.words import follow_through as words
from bot.zones import MONTHS

WIDTH = 340
LABEL = 106
"""Left of the bars."""
NUMBER = 30
"""Right of the longest bar."""
ROW, BAR = 27, 17
TOP, BOTTOM, RIGHT, LEFT = 12, 24, 70, 34
TALL = 190


class Bar(Value):
    label: str
    y: float
    overdue: float
    """Width of the part that is overdue; the other follows it."""
    in_time: float
    n: int
    told: str


class AgeChart(Value):
    bars: tuple[Bar, ...]
    width: int = WIDTH
    left: int = LABEL
    bar: int = BAR

    @property
    def height(self) -> int:
        return len(self.bars) * ROW + 4


class Mark(Value):
    at: float
    label: str


class End(Value):
    """What a line is called, beside its end."""

    y: float
    label: str
    name: str


class BurnUp(Value):
    noted: str
    ended: str
    between: str
    """Paths: two lines, and what lies between them."""
    ends: tuple[End, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    width: int = WIDTH
    height: int = TALL
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = TALL - BOTTOM


def age_chart(ages: Sequence[Age]) -> AgeChart:
    most = max((one.overdue + one.in_time for one in ages), default=0) or 1
    scale = (WIDTH - LABEL - NUMBER) / most
    bars = tuple(
        Bar(
            label=words.between(one), y=n * ROW + 4, overdue=round(one.overdue * scale, 1),
            in_time=round(one.in_time * scale, 1), n=one.overdue + one.in_time, told=words.bar_told(one),
        )
        for n, one in enumerate(ages)
    )  # fmt: skip
    return AgeChart(bars=bars)


def burn_up_chart(weeks: Sequence[Week]) -> BurnUp:
    """`weeks` has at least two."""
    most = max(one.noted for one in weeks) or 1
    step = (WIDTH - LEFT - RIGHT) / (len(weeks) - 1)
    xs = [round(LEFT + n * step, 1) for n in range(len(weeks))]
    noted = [(x, _y(one.noted, most)) for x, one in zip(xs, weeks, strict=True)]
    ended = [(x, _y(one.ended, most)) for x, one in zip(xs, weeks, strict=True)]
    return BurnUp(
        noted=_path(noted), ended=_path(ended), between=f"{_path(noted)}{_path(ended[::-1], 'L')}Z",
        ends=_ends(weeks[-1], noted[-1][1], ended[-1][1]), across=_across(weeks, xs),
        up=tuple(Mark(at=_y(n, most), label=f"{n:,}") for n in sorted({0, most // 2, most})),
    )  # fmt: skip


def _y(n: int, most: int) -> float:
    return round(TALL - BOTTOM - n / most * (TALL - BOTTOM - TOP), 1)


def _path(points: Sequence[tuple[float, float]], first: str = "M") -> str:
    (x, y), *rest = points
    return f"{first}{x:g} {y:g}" + "".join(f"L{x:g} {y:g}" for x, y in rest)


def _ends(last: Week, noted: float, ended: float) -> tuple[End, ...]:
    """Two names that would cover each other are moved apart."""
    apart = max(0.0, 14 - (ended - noted)) / 2
    return (
        End(y=round(noted - apart + 4, 1), label=f"{last.noted:,} {words.NOTED}", name="noted"),
        End(y=round(ended + apart + 4, 1), label=f"{last.ended:,} {words.ENDED}", name="ended"),
    )


def _across(weeks: Sequence[Week], xs: Sequence[float]) -> tuple[Mark, ...]:
    """A few days along the line, the first and the last among them."""
    places = sorted({round(n * (len(weeks) - 1) / 3) for n in range(4)})
    return tuple(Mark(at=xs[n], label=f"{MONTHS[weeks[n].day.month - 1]} {weeks[n].day.year % 100:02}") for n in places)
