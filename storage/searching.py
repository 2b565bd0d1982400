"""Which incidents somebody looks for: by status, severity, and words in what is written of them.

Law: conditions only; who may see what comes from `seen_by`, and whoever asks puts both together. Every word has to
stand somewhere: in key, title, impact or summary, or in one of the timeline's entries.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, true

from storage.entries import entry
from storage.loading import OPEN
from storage.visible import incident

MOST_WORDS = 8


def sought(status: str, severity: int, text: str) -> ColumnElement[bool]:
    by_severity = incident.c.severity == severity if severity else true()
    return and_(_in_status(status), by_severity, *(_written(word) for word in words_of(text)))


def words_of(text: str) -> list[str]:
    return text.split()[:MOST_WORDS]


def _in_status(status: str) -> ColumnElement[bool]:
    if not status:
        return true()
    return incident.c.status.in_(OPEN) if status == "open" else incident.c.status == status


def _written(word: str) -> ColumnElement[bool]:
    return or_(
        incident.c.folded.contains(word.casefold(), autoescape=True),
        exists().where(of_timeline(), holds(entry.c.text, word)),
    )


def of_timeline() -> ColumnElement[bool]:
    """Key entries of the row of `incident`."""
    same = and_(entry.c.organisation == incident.c.organisation, entry.c.incident == incident.c.id)
    return and_(same, entry.c.is_key)


def holds(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whatever its case. What is no ASCII is tried as people write it, for databases fold ASCII alone."""
    ways = {word} if word.isascii() else {word, word.lower(), word.upper(), word.title()}
    return or_(*(column.icontains(way, autoescape=True) for way in sorted(ways)))
