"""A language model's suggestions for a postmortem: asked for, answered, accepted or thrown away by a person.

Law: without a model everything is as it is with one. An answer changes no section, and only its receipt can bring it; a
text is accepted by the same saving as one that a person typed.
"""

from __future__ import annotations

from datetime import datetime

from bot.change import entry
from bot.command import Command, Needs, Receipt
from bot.commands.postmortem_writing import (
    EDITING,
    WHOLE,
    WRITTEN,
    EditSection,
    edit,
    postmortem_of,
    saved,
    section_text,
    writable,
)
from bot.effects import Effect
from bot.errors import Refused
from bot.ids import stable_id
from bot.model import Entry, EntryKind, Incident, Postmortem
from bot.postmortems import read_button, tell, zone_of_organisation
from bot.rules import decides
from bot.state import Decision, State
from bot.suggesting import SECTIONS, Answer, asking, kept, may_ask
from bot.suggestions import Suggestion, standing
from bot.text import Button, Card, Link, Reply, Section, Text, say
from bot.words import suggestions as words
from bot.words.draft import CARD
from bot.words.incident import when

SHOWN_ENTRIES = 8


# -- asking


class Suggest(Command, kind="postmortem_suggest"):
    needs = WRITTEN
    wants_incident = True


@decides(Suggest)
def suggest(state: State, command: Suggest, now: datetime) -> Decision:
    incident, postmortem = writable(state)
    if not may_ask(state, incident):
        raise Refused(words.not_private(incident) if state.language_model else words.off())
    if all(section in postmortem.edited for section in SECTIONS):
        raise Refused(words.all_written())
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.ASKED_LINE, noted=False)
    effects = asking(state, postmortem, command.origin.id, by=state.actor.id)
    reply = words.asked(incident)
    return saved(state, command, now, postmortem, (line,), what=words.THE_ASKING, reply=reply, effects=effects)


class ModelAnswered(Receipt, kind="model_answered"):
    """What the model said, as it said it; `failed`: nothing that can be used."""

    needs = Needs(postmortem=True, log=True)

    answers: tuple[Answer, ...] = ()
    failed: bool = False
    asked_by: str = ""


@decides(ModelAnswered)
def model_answered(state: State, command: ModelAnswered, now: datetime) -> Decision:
    """The newest answer takes the place of earlier ones. Whoever asked hears of it, and nobody else."""
    incident, postmortem = state.incident, state.postmortem
    if incident is None or postmortem is None or postmortem.status not in EDITING:
        return Decision(state=state)
    made = _made(state, postmortem, command, now)
    text = words.here_they_are(incident, len(made)) if made else words.nothing_usable(incident)
    told = _told(state, incident, command, words.no_answer(incident) if command.failed else text)
    after = postmortem.model_copy(update={"suggestions": made}) if made else postmortem
    return Decision(state=state.model_copy(update={"postmortem": after}), effects=told)


def _made(state: State, postmortem: Postmortem, command: ModelAnswered, now: datetime) -> tuple[Suggestion, ...]:
    found = kept(command.answers, state.log, zone_of_organisation(state))
    return tuple(
        Suggestion(id=stable_id("suggestion", command.origin.id, name), section=name, sentences=those, at=now)
        for name, those in found.items()
        if name not in postmortem.edited
    )


def _told(state: State, incident: Incident, command: ModelAnswered, text: Text) -> tuple[Effect, ...]:
    if not command.asked_by:
        return ()
    card = Card(sections=(Section(text=text, buttons=(read_button(incident),)),))
    return tell(state, command.asked_by, f"told:{command.origin.id}", card)


class ForgetSuggestions(Receipt, kind="forget_suggestions"):
    """Entries (ids, with commas) were deleted in chat: what was written from them goes too."""

    needs = Needs(postmortem=True)

    entries: str


@decides(ForgetSuggestions)
def forget_suggestions(state: State, command: ForgetSuggestions, now: datetime) -> Decision:  # noqa: ARG001
    postmortem, gone = state.postmortem, frozenset(command.entries.split(","))
    if postmortem is None:
        return Decision(state=state)
    left = tuple(one for one in postmortem.suggestions if gone.isdisjoint(one.entries))
    return _with(state, postmortem, left, Reply())


def _with(state: State, postmortem: Postmortem, left: tuple[Suggestion, ...], reply: Reply) -> Decision:
    after = postmortem.model_copy(update={"suggestions": left})
    return Decision(state=state.model_copy(update={"postmortem": after}), reply=reply)


# -- what a person makes of it


class _OfSuggestion(Command):
    needs = WHOLE
    wants_incident = True

    suggestion: str = ""


class AcceptSuggestion(_OfSuggestion, kind="accept_suggestion"):
    """From now on it is the accepting person's text."""


class DiscardSuggestion(_OfSuggestion, kind="discard_suggestion"):
    pass


def _named(state: State, command: _OfSuggestion) -> Suggestion:
    """Raises `Refused` where it does not stand any more."""
    _, postmortem = writable(state)
    found = next((one for one in standing(postmortem, state.log) if one.id == command.suggestion), None)
    if found is None:
        raise Refused(words.gone())
    return found


@decides(AcceptSuggestion)
def accept_suggestion(state: State, command: AcceptSuggestion, now: datetime) -> Decision:
    chosen = _named(state, command)
    text = _whole_section(section_text(state, chosen.section), chosen)
    told = {"incident": command.incident, "section": chosen.section, "text": text, "saving": "yes"}
    decision = edit(state, EditSection.model_validate({"origin": command.origin, **told}), now)
    lines = tuple(_accepted(line, chosen) for line in decision.entries)
    _, postmortem = postmortem_of(decision.state)
    left = tuple(one for one in postmortem.suggestions if one != chosen)
    return _with(decision.state, postmortem, left, decision.reply).model_copy(
        update={"entries": lines, "effects": decision.effects}
    )


def _whole_section(stands: str, chosen: Suggestion) -> str:
    """Of the learning card it is one answer, and the other four stay as they are computed."""
    if chosen.section != "learning":
        return chosen.text
    answer = f"- {CARD[0]}: "
    return "\n".join(f"{answer}{chosen.text}" if line.startswith(answer) else line for line in stands.split("\n"))


def _accepted(line: Entry, chosen: Suggestion) -> Entry:
    return line.model_copy(update={"text": words.accepted_line(chosen.section)})


@decides(DiscardSuggestion)
def discard_suggestion(state: State, command: DiscardSuggestion, now: datetime) -> Decision:  # noqa: ARG001
    chosen = _named(state, command)
    _, postmortem = postmortem_of(state)
    left = tuple(one for one in postmortem.suggestions if one != chosen)
    return _with(state, postmortem, left, Reply.of(words.discarded(chosen.section)))


# -- how they are shown


def suggestion_sections(state: State, incident: Incident, postmortem: Postmortem) -> tuple[Section, ...]:
    return tuple(_section(state, incident, one) for one in standing(postmortem, state.log))


def _section(state: State, incident: Incident, one: Suggestion) -> Section:
    cited = [_where(state, found) for found in state.log if found.id in one.entries]
    args = {"incident": incident.key, "suggestion": one.id}
    buttons = (
        Button(label=words.ACCEPT, does="accept_suggestion", args=args),
        Button(label=words.DISCARD, does="discard_suggestion", args=args),
    )
    return Section(text=words.suggested(one.section, one.text, cited[:SHOWN_ENTRIES]), buttons=buttons)


def _where(state: State, cited: Entry) -> Text:
    """When it was said, leading to where it was."""
    at = when(state, cited.occurred)
    if not cited.permalink:
        return say("{at}", at=at)
    return say("{at} ({chat})", at=at, chat=Link(url=cited.permalink, label=words.IN_CHAT))
