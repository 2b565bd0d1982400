"""The version for readers outside: what happened, what it meant for you, what we changed.

Law: every word of it was written or confirmed by a person, for these readers; what is proposed is never given out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.draft_blocks import Block, Case, Draft, DraftSection, Made, Paragraph, Points, plain
from bot.errors import Refused
from bot.model import ItemStatus, Person
from bot.text import with_names
from bot.words import external as words

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|\bwww\.|\bmailto:|[\w.+-]+@[\w-]+\.\w", re.IGNORECASE)
_KEY = re.compile(r"(?<![\w-])(?:INC|ACT)-[A-Z0-9]+(?!\w)", re.IGNORECASE)
_AT = re.compile(r"(?<!\w)@[\w.\-]+")


def _anonymous(text: str) -> str:
    return with_names(text, lambda _: words.COLLEAGUE).replace(f"@{words.COLLEAGUE}", words.COLLEAGUE)


def _proposed(*texts: str) -> Made:
    told = next((text.strip() for text in texts if text.strip()), "")
    return (Paragraph(text=_anonymous(told) or words.NOTHING_YET),), ()


def what(case: Case) -> Made:
    return _proposed(case.incident.summary, case.incident.title)


def impact(case: Case) -> Made:
    by_hand = case.postmortem.edited.get("impact")
    return _proposed(by_hand.text if by_hand else "", case.incident.impact)


def changes(case: Case) -> Made:
    done = tuple(_anonymous(item.text) for item in case.items if item.status is ItemStatus.DONE)
    return ((Points(points=done),), ()) if done else _proposed()


OUTSIDE: dict[str, Callable[[Case], Made]] = {
    "external_what": what,
    "external_impact": impact,
    "external_changes": changes,
}
"""In their order: each a proposal until a person writes or confirms it."""


def for_outside(made: Draft, people: dict[str, Person]) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    """Headings and bodies. Raises `Refused` naming everything that is missing or internal."""
    missing = tuple(section.name for section in made.outside if not section.edited)
    if missing:
        raise Refused(words.not_written(missing))
    names = {name for name, _ in made.cast} | {person.name for person in people.values()}
    problems = [problem for section in made.outside for problem in _internal(section, names)]
    if problems:
        raise Refused(" ".join(problems))
    return tuple((words.SHOWN[section.name], section.body) for section in made.outside)


def _internal(section: DraftSection, names: set[str]) -> list[str]:
    """A name of one word (Will) is one only after an `@`: it may be a word of the language."""
    text, name = plain(section.body), section.name
    named = [one for one in sorted(names) if " " in one and one.casefold() in text.casefold()]
    named += [found for found in _AT.findall(text) if not named]
    problems = [words.names_somebody(name, who) for who in dict.fromkeys(named)]
    problems += [words.has_link(name)] if _ADDRESS.search(text) else []
    return problems + [words.has_key(name, key) for key in dict.fromkeys(_KEY.findall(text))]
