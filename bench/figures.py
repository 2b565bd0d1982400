"""What was measured, and what it is to be held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """`goal` is the most that is wanted, with `at_least` the least; None: the figure is told for its own sake."""

    name: str
    value: float
    unit: str = ""
    goal: float | None = None
    at_least: bool = False
    among: int = 1
    """How many measurements the value is the median of."""

    @property
    def passed(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    @property
    def verdict(self) -> str:
        return {None: "", True: "pass", False: "MISSED"}[self.passed]

    @property
    def wanted(self) -> str:
        return "" if self.goal is None else f"{'≥' if self.at_least else '≤'} {shown(self.goal, self.unit)}"

    @property
    def measured(self) -> str:
        return shown(self.value, self.unit)


def shown(value: float, unit: str = "") -> str:
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def percentile(values: Sequence[float], part: float) -> float:
    """`part` 0.99 is the 99th percentile; of nothing, 0."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def middle(name: str, values: Sequence[float], unit: str = "", goal: float | None = None, **more: bool) -> Figure:
    """The median of several measurements."""
    return Figure(name, median(values), unit, goal, among=len(values), **more)


def answer_times(what: str, seconds: Sequence[float], p50: float, p99: float, most: float) -> list[Figure]:
    """Half, nearly all and the slowest of the answers, in milliseconds, with their goals."""
    return [
        Figure(f"{what}, p50", percentile(seconds, 0.5) * 1000, "ms", p50),
        Figure(f"{what}, p99", percentile(seconds, 0.99) * 1000, "ms", p99),
        Figure(f"{what}, slowest", max(seconds, default=0.0) * 1000, "ms", most),
    ]


def told(title: str, figures: Sequence[Figure]) -> str:
    width = max(len(one.name) for one in figures)
    lines = [f"  {one.name:<{width}}  {one.measured:>14}  {one.wanted:>14}  {one.verdict}" for one in figures]
    return "\n".join([title, *lines, ""])
