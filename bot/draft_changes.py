"""What is different between two versions of a postmortem: lines that are new, and lines that are gone, by section.

Law: only what is read counts. The log is left out: it grows by itself, and its entries keep their own revisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from bot.draft_blocks import Block, Draft, Lines, plain
from bot.model import EntryKind
from bot.text import Value
from bot.words.draft import HEADINGS, OWN


class SectionChange(Value):
    name: str
    heading: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def sections_of(made: Draft) -> dict[str, str]:
    """The text of each section but the log, by name; that the postmortem was opened or published is no change of it."""
    return {section.name: plain(_told(section.body)) for section in made.sections if section.name != "log"}


def _told(body: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(_without_its_own(block) if isinstance(block, Lines) else block for block in body)


def _without_its_own(block: Lines) -> Lines:
    return Lines(lines=tuple(line for line in block.lines if line.kind is not EntryKind.POSTMORTEM))


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[SectionChange, ...]:
    """In the order of the newer version; what is no longer a section comes last."""
    found = (_changed(name, before.get(name, ""), after.get(name, "")) for name in dict.fromkeys((*after, *before)))
    return tuple(one for one in found if one.added or one.removed)


def _changed(name: str, before: str, after: str) -> SectionChange:
    old, new = _lines(before), _lines(after)
    removed, added = list[str](), list[str]()
    start = _alike(old, new)
    end = _alike(reversed(old[start:]), reversed(new[start:]))
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    for step, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if step != "equal":
            removed += old[a:b]
            added += new[c:d]
    heading = HEADINGS.get(name, name.removeprefix(OWN).capitalize())
    return SectionChange(name=name, heading=heading, added=tuple(added), removed=tuple(removed))


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """How many lines are the same from the first on."""
    n = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        n += 1
    return n
