"""What a language model suggested for a postmortem: sentences, each with the entries that it rests on.

Law: a suggestion is a part of nothing until a person accepts it. It is shown while everything that it rests on stands
in the log, and nobody wrote its section.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.text import Typed, Value

if TYPE_CHECKING:
    from bot.model import Entry, Postmortem


class Sentence(Value):
    text: Typed
    entries: tuple[str, ...]
    """Ids of those that it rests on."""


class Suggestion(Value):
    id: str
    section: Literal["learning", "impact"]
    sentences: tuple[Sentence, ...]
    at: datetime

    @property
    def text(self) -> str:
        return " ".join(one.text for one in self.sentences)

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(id_ for one in self.sentences for id_ in one.entries))


def standing(postmortem: Postmortem, log: Iterable[Entry]) -> tuple[Suggestion, ...]:
    there = {one.id for one in log if not one.deleted}
    return tuple(
        one for one in postmortem.suggestions if one.section not in postmortem.edited and there.issuperset(one.entries)
    )
