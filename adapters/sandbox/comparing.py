"""Whether two platforms gave the same record of one incident: its timeline and its draft.

Law: only links that the platforms and the bot themselves made, and ids, count as equal. Every address, word, name and
time that comes from people has to be the same.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import unquote

Json = dict[str, Any]
LINK, ID = "<link>", "<id>"
_TARGET = re.compile(r"\]\((https?://[^\s()]+)\)")
"""Where a link of a draft leads to. What people typed is never one: the draft makes no links of it."""
_MADE_ID = re.compile(r"\b[0-9a-f]{24}\b")
"""What the engine names its own things by (`bot.ids`)."""
_MOST_LINES = 80


class Record(NamedTuple):
    timeline: tuple[str, ...]
    draft: tuple[str, ...]

    @classmethod
    def of(cls, timeline: list[Json], log: list[Json], draft: str) -> Record:
        """The timeline and the whole log as the API gives them, and the draft as Markdown."""
        made = {_bare(link) for entry in log for link in _links(entry)}
        return cls(tuple(_lines(timeline)), tuple(normalised(draft, made).splitlines()))


def normalised(draft: str, made: Collection[str]) -> str:
    """The draft with its links to what `made` holds, and its ids, as placeholders."""

    def target(found: re.Match[str]) -> str:
        return f"]({LINK})" if _bare(html.unescape(found[1].replace("\\", ""))) in made else found[0]

    return _MADE_ID.sub(ID, _TARGET.sub(target, draft))


def _bare(link: str) -> str:
    """A link however it is written: Markdown writes some of its characters as numbers."""
    return unquote(link)


def _links(entry: Json) -> Iterator[str]:
    if entry["permalink"]:
        yield entry["permalink"]
    yield from (file["url"] for file in entry["files"] if file["url"])


def _lines(timeline: list[Json]) -> Iterator[str]:
    """What happened in one and the same moment is ordered by ids in a timeline, and by its words here."""
    for _, entries in groupby(timeline, key=lambda entry: entry["occurred_at"]):
        yield from sorted(_line(entry) for entry in entries)


def _moment(entry: Json) -> str:
    """Of a message to the second; of what the engine dates itself to the minute, as it is shown to people: its clock
    goes on while the one of the platform stands still between two steps of the story."""
    at = str(entry["occurred_at"])
    return at[:19] if entry["kind"] == "message" else at[:16]


def _line(entry: Json) -> str:
    """One entry, without its id, its author's account and its links."""
    told = [_moment(entry), entry["kind"], entry["author"], "key" if entry["is_key"] else "proposed"]
    told += [f"edits {entry['edits']}", *(["deleted"] if entry["deleted"] else [])]
    told += [f"file {file['name']} {file['mimetype']}" for file in entry["files"]]
    return " | ".join([*told, entry["text"]])


def differences(one: Record, other: Record, name: str, other_name: str) -> list[str]:
    """Nothing where they are the same, else what to read."""
    found: list[str] = []
    for what, here, there in (("timeline", one.timeline, other.timeline), ("draft", one.draft, other.draft)):
        lines = list(
            difflib.unified_diff(here, there, f"{what} in {name}", f"{what} in {other_name}", lineterm="", n=1)
        )
        found += lines[:_MOST_LINES]
        if len(lines) > _MOST_LINES:
            found.append(f"… and {len(lines) - _MOST_LINES} more lines")
    return found
