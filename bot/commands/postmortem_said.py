"""What people say for a postmortem beside its sections: the trigger, decisions not to act, open questions.

Law: each is kept with who said it and has its line in the log. A form that somebody overtook saves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.change import entry
from bot.command import Command
from bot.commands.postmortem_writing import FORM_MOST, WRITTEN, saved, writable
from bot.draft import names_of
from bot.errors import Refused
from bot.model import Entry, EntryKind, Postmortem
from bot.rules import decides
from bot.sayings import Saying
from bot.state import Decision, State
from bot.text import Reply, Text, Typed, with_names
from bot.words import postmortem_said as words


class SayTrigger(Command, kind="postmortem_trigger"):
    """Without `saving` and without a text: the form. `seen` is when the trigger was said that the form showed."""

    needs = WRITTEN
    wants_incident = True
    asks = True

    text: Typed = ""
    saving: str = ""
    seen: str = ""


@decides(SayTrigger)
def say_trigger(state: State, command: SayTrigger, now: datetime) -> Decision:
    incident, postmortem = writable(state)
    text, known = command.text.strip()[:FORM_MOST], postmortem.trigger
    stands, stamp = (_shown(state, known), known.at.isoformat()) if known else ("", "")
    if not (text or command.saving):
        return Decision(state=state, reply=Reply(form=words.trigger_form(incident.key, stands, stamp)))
    if command.saving and command.seen != stamp:
        form = words.trigger_form(incident.key, text, stamp)
        return Decision(state=state, reply=Reply(form=form.model_copy(update={"intro": words.overtaken(stands)})))
    if text in (stands, known.text if known else ""):
        return Decision(state=state, reply=Reply.of(words.trigger_same()))
    line = _line(state, command, now, words.trigger_line(text))
    after = postmortem.model_copy(update={"trigger": _saying(state, text, line, now) if text else None})
    return saved(state, command, now, after, (line,), what=words.THE_TRIGGER, reply=words.trigger_said(text, stands))


def _shown(state: State, said: Saying) -> str:
    return with_names(said.text, names_of(state.people))


def _line(state: State, command: Command, now: datetime, text: str, part: str = "") -> Entry:
    return entry(state, command, now, EntryKind.POSTMORTEM, text, noted=False, part=part)


def _saying(state: State, text: str, line: Entry, now: datetime) -> Saying:
    return Saying(text=text, by=state.actor.id, at=now, entry=line.id)


# -- decisions and questions


class _SayOne(Command):
    """Adds what is said, and takes out those whose ids are in `gone`. Without either: the form."""

    needs = WRITTEN
    wants_incident = True
    asks = True

    text: Typed = ""
    gone: str = ""
    saving: str = ""


class SayDecision(_SayOne, kind="postmortem_decision"):
    pass


class AskQuestion(_SayOne, kind="postmortem_question"):
    pass


@decides(SayDecision)
def say_decision(state: State, command: SayDecision, now: datetime) -> Decision:
    return _say(state, command, now, "decisions")


@decides(AskQuestion)
def ask_question(state: State, command: AskQuestion, now: datetime) -> Decision:
    return _say(state, command, now, "questions")


def _say(state: State, command: _SayOne, now: datetime, name: str) -> Decision:
    incident, postmortem = writable(state)
    standing: tuple[Saying, ...] = getattr(postmortem, name)
    text, ids = command.text.strip()[:FORM_MOST], frozenset(command.gone.split(","))
    gone = tuple(one for one in standing if one.entry in ids)
    if not (text or gone):
        if command.saving:
            return Decision(state=state, reply=Reply.of(words.nothing_said()))
        offered = tuple((one.entry, _shown(state, one)) for one in standing)
        return Decision(state=state, reply=Reply(form=words.said_form(incident.key, name, offered)))
    if any(one.text == text for one in standing):
        raise Refused(words.said_already(), "text")
    lines = _lines(state, command, now, name, text, gone)
    kept = tuple(one for one in standing if one not in gone)
    added = (_saying(state, text, lines[0], now),) if text else ()
    after = postmortem.model_copy(update={name: (*kept, *added)})
    return saved(state, command, now, after, lines, what=words.THE[name], reply=_told(postmortem, name, text, gone))


def _lines(
    state: State, command: Command, now: datetime, name: str, text: str, gone: Iterable[Saying]
) -> tuple[Entry, ...]:
    added = (_line(state, command, now, words.said_line(name, text)),) if text else ()
    return (*added, *(_line(state, command, now, words.gone_line(name, one.text), one.entry) for one in gone))


def _told(postmortem: Postmortem, name: str, text: str, gone: tuple[Saying, ...]) -> Text:
    """Where the section was written by hand, what is said beside it does not show there by itself."""
    told = words.said(name, bool(text), len(gone))
    return told + words.by_hand(name) if name in postmortem.edited else told
