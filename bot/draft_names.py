"""Whom a draft names: people by their names, or, in published copies, by the roles they held.

Law: a published copy names nobody who holds no role. Inside what people typed, `@name` and full names are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.draft_blocks import Block, Case, Cell, Draft, Facts, Line, Lines, Paragraph, Points, Table
from bot.key_entries import SAID
from bot.model import Account, Incident, Person, Postmortem
from bot.words import draft as words
from bot.words.people import role_name

Names = Callable[[str], str]
"""Account key or person id to the name that is shown."""
BARE = frozenset({"times", "noticed"})
"""Sections whose sentences are the bot's own, so that a name in them is always a person."""


def names_of(people: Mapping[str, Person]) -> Names:
    """Names by account key or person id; whoever is not known is somebody."""
    known = {person.id: person.name for person in people.values()}
    known |= {account.key: person.name for person in people.values() for account in person.accounts}

    def name(key: str) -> str:
        return known.get(key) or known.get(_user(key), words.SOMEBODY)

    return name


def _user(key: str) -> str:
    """Accounts of our own programs carry the person's id."""
    return Account.of(key).user if key.count(":") >= 2 else key


def roles_of(incident: Incident, people: Mapping[str, Person]) -> dict[str, str]:
    """Role, as it is read, by person id and by account key; machines keep their names."""
    held: dict[str, str] = {}
    for role, person in sorted(incident.roles.items(), key=lambda one: (one[0] != "lead", one[0])):
        held.setdefault(person, role_name(role))
    held |= {person.id: person.name for person in people.values() if person.kind in ("bot", "integration")}
    accounts = {a.key: held[person.id] for person in people.values() if person.id in held for a in person.accounts}
    return held | accounts


def cast_of(case: Case) -> tuple[tuple[str, str], ...]:
    """Who may be named in the draft; where a name could mean two roles, it means none of them."""
    keys = {entry.author for entry in case.log} | {item.owner for item in case.items} | set(case.roles)
    keys |= {*case.incident.responders, case.postmortem.owner, case.incident.declared_by}
    keys |= {written.by for written in case.postmortem.edited.values()} | set(_speakers(case.postmortem))
    cast: dict[str, str] = {}
    for key in sorted(keys - {""}):
        name, role = case.name(key), case.roles.get(key, words.RESPONDER)
        cast[name] = role if cast.get(name, role) == role else words.RESPONDER
    cast.pop(words.SOMEBODY, None)
    return tuple(sorted(cast.items()))


def _speakers(postmortem: Postmortem) -> Iterator[str]:
    said = (postmortem.trigger, *postmortem.decisions, *postmortem.questions)
    return (one.by for one in said if one is not None)


def published(made: Draft) -> Draft:
    """The draft with roles in place of people's names."""
    renamed = _Renamed(made.cast)
    sections = tuple(
        section.model_copy(
            update={
                "body": tuple(renamed.block(block, bare=section.name in BARE) for block in section.body),
                "by_hand": renamed.text(section.by_hand, bare=True),
            }
        )
        for section in made.sections
    )
    return made.model_copy(
        update={"title": renamed.text(made.title), "owner": renamed.text(made.owner), "sections": sections, "cast": ()}
    )


class _Renamed:
    """Replaces names by roles. A name of one word (Will) counts only after an `@` or where a name must be."""

    def __init__(self, cast: tuple[tuple[str, str], ...]) -> None:
        self.roles = {name: role for name, role in cast if name}
        everybody = _either(self.roles)
        full = _either(name for name in self.roles if " " in name)
        self.typed = re.compile(rf"@({everybody})(?!\w)|(?<!\w)({full})(?!\w)|(?<=\()({everybody})(?=, )")
        self.worth = re.compile(rf"[@(]|{full}")
        """Far quicker than `typed`, and most lines name nobody."""
        self.own = re.compile(rf"(?<!\w)@?({everybody})(?!\w)")

    def text(self, text: str, *, bare: bool = False) -> str:
        if text in self.roles:
            return self.roles[text]
        if bare:
            return self.own.sub(self._role, text)
        return self.typed.sub(self._role, text) if self.worth.search(text) else text

    def _role(self, found: re.Match[str]) -> str:
        return self.roles[next(name for name in found.groups() if name is not None)]

    def block(self, block: Block, *, bare: bool) -> Block:
        match block:
            case Paragraph():
                return Paragraph(text=self.text(block.text, bare=bare), source=block.source)
            case Points():
                return Points(points=tuple(map(self.text, block.points)), sources=block.sources)
            case Facts():
                rows = tuple((label, self.text(text)) for label, text in block.rows)
                return Facts(rows=rows, sources=block.sources)
            case Table():
                cells = tuple(tuple(map(self.cell, row)) for row in block.rows)
                return Table(head=block.head, rows=cells, sources=block.sources)
            case Lines():
                return Lines(lines=tuple(map(self.line, block.lines)), folded=block.folded)

    def cell(self, cell: Cell) -> Cell:
        return self.text(cell) if isinstance(cell, str) else cell

    def line(self, line: Line) -> Line:
        text = self.text(line.text, bare=line.kind not in SAID)
        return line.model_copy(update={"who": self.roles.get(line.who, line.who), "role": "", "text": text})


def _either(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name)))) or r"(?!)"


def renaming(cast: tuple[tuple[str, str], ...]) -> Callable[[str], str]:
    """Roles in place of people's names, for a text that is no part of a draft."""
    return _Renamed(cast).text
