"""How a postmortem came to be: who did what, when, and which words changed by it.

Law: it is read from what is stored, the lines of the log and the texts as they were saved, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.draft_names import Names
from bot.model import EntryKind
from bot.ports import Record, Revision
from bot.record import naming
from bot.text import Value, with_names


class Happening(Value):
    """One thing that was done about a postmortem; the newest stands first."""

    at: datetime
    who: str
    what: str
    version: int | None = None
    """Where a text was saved by it."""
    section: str = ""
    """Name of the section that was written; empty: none was, or the whole was published."""
    before: str = ""
    after: str = ""
    published: bool = False


def history(record: Record, revisions: Iterable[Revision]) -> tuple[Happening, ...]:
    names = naming(record.people)
    saved = _with_older(revisions)
    lines = [one for one in record.entries if one.kind is EntryKind.POSTMORTEM and not one.deleted]
    found: list[Happening] = []
    for line in lines:
        told: dict[str, Any] = {
            "at": line.recorded,
            "who": names(line.author) if line.author else line.author_name,
            "what": with_names(line.text, names),
        }
        texts = saved.pop(line.recorded, [])
        found += [_written(told, one, older, names) for one, older in texts] or [Happening(**told)]
    for at, texts in saved.items():
        for one, older in texts:
            found.append(_written({"at": at, "who": names(one.by), "what": one.section}, one, older, names))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _with_older(revisions: Iterable[Revision]) -> dict[datetime, list[tuple[Revision, str]]]:
    """By moment: what was saved, with what stood there before."""
    saved: dict[datetime, list[tuple[Revision, str]]] = {}
    stood: dict[str, str] = {}
    for one in sorted(revisions, key=lambda one: (one.at, one.section)):
        saved.setdefault(one.at, []).append((one, stood.get(one.section, "")))
        stood[one.section] = one.text
    return saved


def _written(told: dict[str, Any], one: Revision, older: str, names: Names) -> Happening:
    return Happening(
        **told, version=one.version, section=one.section, before=with_names(older, names),
        after=with_names(one.text, names), published=not one.section,
    )  # fmt: skip
