"""What an adapter saw and could not or need not use: figures for /metrics, never contents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

MAX_LABELS = 200
OTHER = "other"


class Counts:
    """Counters by name and label. Labels come from outside, so there is a cap: beyond it they count as "other"."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str]] = Counter()

    def add(self, name: str, label: str = "") -> None:
        key = (name, label[:60])
        if key not in self._seen and len(self._seen) >= MAX_LABELS:
            key = (name, OTHER)
        self._seen[key] += 1

    def get(self, name: str, label: str | None = None) -> int:
        """The count of one label, or of all labels of a name."""
        return sum(n for (a, b), n in self._seen.items() if a == name and label in (None, b))

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        """(name, label, count), in a stable order."""
        return iter(sorted((name, label, count) for (name, label), count in self._seen.items()))
