"""How well the rules on wording do on labelled sentences: what they find, and what they leave alone."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.item_language import item_hints
from bot.language import Hint, hints

HERE = Path(__file__).parent
MAIN, HELD_OUT = HERE / "language_corpus.toml", HERE / "language_held_out.toml"


@dataclass(frozen=True)
class Scores:
    right: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + len(self.missed))


def sentences(path: Path, *labels: str) -> list[str]:
    lists = tomllib.loads(path.read_text(encoding="utf-8"))
    return [one for label in labels for named in lists[label].values() for one in named]


def scores(path: Path, bad: str = "blameful", good: str = "blameless") -> Scores:
    find: Callable[[str], tuple[Hint, ...]] = item_hints if bad == "vague" else hints
    wanted = sentences(path, bad)
    missed = tuple(one for one in wanted if not find(one))
    wrong = tuple(one for one in sentences(path, good) if find(one))
    return Scores(len(wanted) - len(missed), missed, wrong)


def item_scores(path: Path) -> Scores:
    return scores(path, "vague", "bounded")
