"""Hints on wording in chat: shown to whoever asks, and dismissed one by one.

Law: a dismissal writes no line into the record, and nobody is told who dismissed what.
"""

from __future__ import annotations

from datetime import datetime

from bot.command import Command, Needs
from bot.commands.postmortem_writing import postmortem_of
from bot.errors import Refused
from bot.hints import hint_sections, hints_card, standing
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Card, Reply, Section
from bot.words import language as words


class ShowHints(Command, kind="postmortem_hints"):
    needs = Needs(postmortem=True)
    wants_incident = True


@decides(ShowHints)
def show_hints(state: State, command: ShowHints, now: datetime) -> Decision:  # noqa: ARG001
    postmortem_of(state)
    return Decision(state=state, reply=Reply(card=hints_card(state)))


class DismissHint(Command, kind="dismiss_hint"):
    needs = Needs(postmortem=True)
    wants_incident = True

    hint: str = ""
    """Its fingerprint."""
    of: str = ""
    """The section or factor whose hints the message shows; empty: all."""


@decides(DismissHint)
def dismiss_hint(state: State, command: DismissHint, now: datetime) -> Decision:  # noqa: ARG001
    """The answer takes the place of the message, with the hints that are left."""
    _, postmortem = postmortem_of(state)
    if command.hint not in {hint.fingerprint for hint in standing(postmortem)}:
        raise Refused(words.dismissed_already())
    after = postmortem.model_copy(update={"dismissed_hints": postmortem.dismissed_hints | {command.hint}})
    state = state.model_copy(update={"postmortem": after})
    card = Card(sections=(Section(text=words.dismissed()), *hint_sections(state, command.of)))
    return Decision(state=state, reply=Reply(card=card, replaces=True))
