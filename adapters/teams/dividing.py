"""A card that is too long for one message, as two.

Law: nothing of it is lost, and it is divided near its middle: by sections, by what a section holds, by lines, by words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.teams import lengths
from adapters.teams.lengths import size
from bot.text import MENTION_CLOSE, MENTION_OPEN, Card, Code, Section, Strong, Text

LEAST = 500
"""Half a text that is worth a message of its own."""


def halved(card: Card) -> tuple[Card, ...]:
    """The card as two, for Teams' answer that it is too long; as itself where there is nothing to divide."""
    if size(card.title) > lengths.QUESTION:
        return halved(Card(sections=(Section(text=Text(parts=(Strong(text=card.title),))), *card.sections)))
    sections = card.sections if len(card.sections) > 1 else tuple(_sections(card.sections))
    if len(sections) < 2:
        return (card,)
    middle = len(sections) // 2
    return Card(title=card.title, sections=sections[:middle]), Card(sections=sections[middle:])


def _sections(sections: tuple[Section, ...]) -> Iterator[Section]:
    """A section as several: its text, its facts, its buttons; what is alone already, in halves."""
    for section in sections:
        base = Section(quiet=section.quiet)
        if section.text.parts and (section.facts or section.buttons):
            yield base.model_copy(update={"text": section.text})
            yield section.model_copy(update={"text": Text()})
        elif section.facts and section.buttons:
            yield base.model_copy(update={"facts": section.facts})
            yield base.model_copy(update={"buttons": section.buttons})
        elif section.facts:
            yield from (base.model_copy(update={"facts": half}) for half in _fact_halves(section.facts))
        elif section.buttons:
            yield from (base.model_copy(update={"buttons": half}) for half in _halves(section.buttons))
        else:
            yield from (base.model_copy(update={"text": half}) for half in _text_halves(section.text))


def _halves(several: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    middle = len(several) // 2
    return [half for half in (several[:middle], several[middle:]) if half]


def _fact_halves(facts: tuple[tuple[str, Text], ...]) -> list[tuple[tuple[str, Text], ...]]:
    if len(facts) > 1:
        return _halves(facts)
    (name, text), *_ = facts
    return [((name if number == 0 else "…", half),) for number, half in enumerate(_text_halves(text))]


def _text_halves(text: Text) -> list[Text]:
    """Two texts of about one size, divided at a line, a word or a part; a short one stays whole, for no fragment of it
    says anything."""
    weights = [size(str(part)) for part in text.parts]
    left = sum(weights) // 2
    if left < LEAST:
        return [text]
    at = 0
    while weights[at] <= left:
        left -= weights[at]
        at += 1
    part, before, after = text.parts[at], text.parts[:at], text.parts[at + 1 :]
    if not isinstance(part, str | Strong | Code) or (before and left < LEAST // 5):
        return [Text(parts=half) for half in ((before, (part, *after)) if before else ((part,), after)) if half]
    first, second = (_with_words(part, words) for words in _parted(_words(part), left / weights[at]))
    return [Text(parts=half) for half in ((*before, first), (second, *after))]


def _parted(typed: str, share: float) -> tuple[str, str]:
    """Words in two, near that share of them."""
    goal = min(max(round(len(typed) * share), 1), len(typed) - 1)
    ends = [typed.rfind(mark, goal // 2, goal) + 1 for mark in ("\n", " ")]
    middle = next((end for end in ends if end), goal)
    if (token := typed.rfind(MENTION_OPEN, 0, middle)) > typed.rfind(MENTION_CLOSE, 0, middle):
        middle = token or typed.find(MENTION_CLOSE) + 1 or middle
    middle = middle if middle < len(typed) else goal
    return typed[:middle], typed[middle:]


def _words(part: str | Strong | Code) -> str:
    return part if isinstance(part, str) else part.text


def _with_words(part: str | Strong | Code, words: str) -> str | Strong | Code:
    return words if isinstance(part, str) else part.model_copy(update={"text": words})
