"""How good the hints on wording are, on sentences by which they were tuned and on others; and how quick."""

from __future__ import annotations

import time
from pathlib import Path

from bench.figures import Figure
from bot.language import hints
from tests.bot.language_scores import HELD_OUT, MAIN, Scores, item_scores, scores, sentences

PRECISION, RECALL = 0.9, 0.8
LONG = 1_000_000
SECTION = 3_000


def measure(full: bool) -> list[Figure]:  # noqa: ARG001
    """The same loads whether in short or at length."""
    found: list[Figure] = []
    for name, path in (("tuned on", MAIN), ("held out", HELD_OUT)):
        found += _figures(f"sentences {name}", _count(path, "blameful", "blameless"), scores(path))
        found += _figures(f"action items {name}", _count(path, "vague", "bounded"), item_scores(path))
    text = "\n".join(sentences(MAIN, "blameful", "blameless"))
    return [
        *found,
        Figure(f"a section of {SECTION:,} characters", _milliseconds(text[:SECTION]), "ms", 50),
        Figure(f"a text of {LONG:,} characters", _milliseconds((text * (LONG // len(text) + 1))[:LONG]), "ms", 10_000),
    ]


def _count(path: Path, *labels: str) -> int:
    return len(sentences(path, *labels))


def _figures(name: str, count: int, found: Scores) -> list[Figure]:
    return [
        Figure(f"{count} {name}: precision", found.precision, "", PRECISION, at_least=True),
        Figure(f"{count} {name}: recall", found.recall, "", RECALL, at_least=True),
    ]


def _milliseconds(text: str) -> float:
    """Processor time of this thread, without what was computed before."""
    hints.cache_clear()
    began = time.thread_time()
    hints(text)
    return (time.thread_time() - began) * 1000
