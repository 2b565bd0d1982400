"""The tables that rules and verbs enter themselves into: kind of command → its rule, word → its verb.

Law: a rule is pure and total: `(state, command, now) -> Decision`. It reads no clock and never fails on what a person
typed: it raises `Refused`, in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypeVar

from bot.command import Command
from bot.state import Decision, State
from bot.text import Value

C = TypeVar("C", bound=Command)
RuleOf = Callable[[State, C, datetime], Decision]
RULES: dict[str, Callable[[State, Any, datetime], Decision]] = {}

Who = Literal["anyone", "invited", "responder", "commander", "admin"]
"""anyone: every account of the organisation · invited: guests too, where they were invited · responder: every
full member, of a private incident those invited · commander: the incident commander, the postmortem's owner or an
admin (every responder while nobody leads) · admin."""


class Verb(Value):
    word: str
    synonyms: tuple[str, ...]
    kind: str
    usage: str
    example: str
    help: str


VERBS: dict[str, Verb] = {}
"""In the order in which help shows them."""
MAY: dict[str, Who] = {}


def decides(kind: type[C], *, may: Who = "responder") -> Callable[[RuleOf[C]], RuleOf[C]]:
    """Makes a function the rule of a kind of command, and says who may give that command."""

    def register(rule: RuleOf[C]) -> RuleOf[C]:
        RULES[kind.kind] = rule
        MAY[kind.kind] = may
        return rule

    return register


def verb(word: str, *synonyms: str, usage: str, example: str, help: str) -> Callable[[type[C]], type[C]]:  # noqa: A002
    """Gives a kind of command a word, so that it can be typed on every platform; `kind.read` parses the rest."""

    def register(kind: type[C]) -> type[C]:
        VERBS[word] = Verb(word=word, synonyms=synonyms, kind=kind.kind, usage=usage, example=example, help=help)
        return kind

    return register
