"""What a draft is made of: plain values that a page, Markdown or JSON can show without knowing an incident.

Law: every text in a block is literal. Nothing in it is markup, whoever wrote it; only `Link.url` may lead somewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from bot.key_entries import SAID
from bot.model import ActionItem, Entry, EntryKind, Incident, Postmortem
from bot.sayings import Saying
from bot.text import MENTION_OPEN, Link, Value, with_names
from bot.words import draft as words
from bot.zones import echo

ITEM_KEY = re.compile(r"\bACT-\w+")
Cell = str | Link


class Source(Value):
    """What one computed line rests on."""

    ids: tuple[str, ...] = ()
    """Of entries."""
    urls: tuple[str, ...] = ()
    """Where those entries stand in chat."""


NOTHING = Source()


class Paragraph(Value):
    t: Literal["paragraph"] = "paragraph"
    text: str
    source: Source = NOTHING


class Points(Value):
    t: Literal["points"] = "points"
    points: tuple[str, ...]
    sources: tuple[Source, ...] = ()
    """Of each point, in their order; empty where none has any."""


class Facts(Value):
    t: Literal["facts"] = "facts"
    rows: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...] = ()
    """Of each row, as with points."""


class Table(Value):
    t: Literal["table"] = "table"
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sources: tuple[Source, ...] = ()
    """Of each row, as with points."""


class Line(Value):
    """One entry of the log as it is read."""

    id: str
    kind: EntryKind
    at: datetime
    shown: str
    """Date, time and zone."""
    who: str
    role: str = ""
    text: str
    url: str = ""
    files: tuple[Cell, ...] = ()
    proposed: bool = False
    edited: bool = False
    deleted: bool = False


class Lines(Value):
    t: Literal["lines"] = "lines"
    lines: tuple[Line, ...]
    folded: str = ""
    """The line under which they are folded away; empty: they are all shown."""


Block = Annotated[Paragraph | Points | Facts | Table | Lines, Field(discriminator="t")]
Made = tuple[tuple[Block, ...], tuple[str, ...]]
"""The body of a section, and the ids of the entries it rests on."""


class DraftSection(Value):
    name: str
    heading: str
    body: tuple[Block, ...]
    edited: bool = False
    """A person wrote it: `by_hand` says who and when."""
    by_hand: str = ""
    evidence: tuple[str, ...] = ()


class Draft(Value):
    key: str
    title: str
    """Of the incident."""
    severity: int
    status: str
    """Of the postmortem: draft, in review, published."""
    private: bool
    drill: bool
    version: int
    owner: str
    due: date
    sections: tuple[DraftSection, ...]
    cast: tuple[tuple[str, str], ...] = ()
    """Name to role of everybody in it, for published copies."""
    outside: tuple[DraftSection, ...] = ()
    """The version for readers outside: not a part of the postmortem itself."""

    def section(self, name: str) -> DraftSection:
        return next(section for section in (*self.sections, *self.outside) if section.name == name)


@dataclass(frozen=True)
class Case:
    """Everything that a draft is made from, in its one order."""

    incident: Incident
    items: tuple[ActionItem, ...]
    postmortem: Postmortem
    log: tuple[Entry, ...]
    timeline: tuple[Entry, ...]
    proposed: frozenset[str]
    reflected: Mapping[str, tuple[Entry, ...]]
    name: Callable[[str], str]
    """Account key or person id to name."""
    roles: Mapping[str, str]
    zone: str
    told: Mapping[EntryKind, tuple[Entry, ...]]
    """What was not said but happened, by its kind: alerts and changes of state."""
    about: Mapping[str, tuple[Entry, ...]]
    """The lines about an action item, by its key."""

    def text(self, typed: str) -> str:
        """A typed text with the people in it by name."""
        return with_names(typed, self.name) if MENTION_OPEN in typed else typed

    def when(self, at: datetime) -> str:
        return echo(at, self.zone)

    def who(self, entry: Entry) -> str:
        return self.name(entry.author) if entry.author else entry.author_name or words.BOT

    def said(self, entry: Entry) -> str:
        """What an entry says in one line, with who and when."""
        return words.said_by(self.one_line(entry), self.who(entry), self.when(entry.occurred))

    def one_line(self, entry: Entry) -> str:
        return " ".join(self.text(entry.text).split()) or words.WITHOUT_TEXT

    def saying(self, one: Saying) -> tuple[str, Source]:
        text = words.said_by(self.text(one.text), self.name(one.by), self.when(one.at))
        return text, Source(ids=(one.entry,))


def source(entries: Iterable[Entry]) -> Source:
    entries = tuple(entries)
    return Source(ids=tuple(one.id for one in entries), urls=tuple(one.permalink for one in entries if one.permalink))


def pointed(points: Iterable[tuple[str, Source]]) -> Points:
    points = tuple(points)
    sources = tuple(rests_on for _, rests_on in points)
    return Points(points=tuple(text for text, _ in points), sources=sources if any(one.ids for one in sources) else ())


def happenings(log: Iterable[Entry]) -> dict[EntryKind, tuple[Entry, ...]]:
    """All kinds that nobody says, in the log's order, without what was deleted."""
    found: dict[EntryKind, list[Entry]] = {kind: [] for kind in EntryKind if kind not in SAID}
    for entry in log:
        if entry.kind not in SAID and not entry.deleted:
            found[entry.kind].append(entry)
    return {kind: tuple(entries) for kind, entries in found.items()}


def by_item(lines: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for entry in lines:
        for key in dict.fromkeys(ITEM_KEY.findall(entry.text)):
            found.setdefault(key, []).append(entry)
    return {key: tuple(entries) for key, entries in found.items()}


def written(text: str) -> tuple[Block, ...]:
    """What a person wrote as blocks: empty lines part paragraphs, lines that begin with a dash are points."""
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        blocks += _written_part([line for line in part.split("\n") if line.strip()])
    return tuple(blocks)


def _written_part(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    while lines:
        pointed = _is_point(lines[0])
        n = next((n for n, line in enumerate(lines) if _is_point(line) != pointed), len(lines))
        run, lines = lines[:n], lines[n:]
        if pointed:
            blocks.append(Points(points=tuple(line.strip()[2:].strip() for line in run)))
        else:
            blocks.append(Paragraph(text="\n".join(run)))
    return blocks


def _is_point(line: str) -> bool:
    return line.strip().startswith(("- ", "* ", "• "))


def plain(body: tuple[Block, ...]) -> str:
    """A body as text that a form can hold, and that `written` reads back."""
    return "\n\n".join(_plain(block) for block in body)


def _plain(block: Block) -> str:
    match block:
        case Paragraph():
            return block.text
        case Points():
            return "\n".join(f"- {point}" for point in block.points)
        case Facts():
            return "\n".join(f"- {label}: {text}" for label, text in block.rows)
        case Table():
            return "\n".join(f"- {' · '.join(map(label, row))}" for row in block.rows)
        case Lines():
            return "\n".join(f"- {line.shown} · {line.who}: {line.text}" for line in block.lines)


def label(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.label
