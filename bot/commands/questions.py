"""Questions: they are answered to the one who asks, and change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot import cards
from bot.change import incident_of
from bot.command import Command, Needs
from bot.errors import NotFound
from bot.grammar import incident_key, nearest, word_of
from bot.model import EntryKind, Incident, ItemStatus
from bot.rules import VERBS, decides, verb
from bot.state import Decision, State
from bot.text import Button, Card, Reply, Section, Strong, Text, Typed, joined
from bot.words import no_such_incident
from bot.words import questions as words

LISTED = 15
TRIED = 8


def _answer(state: State, card: Card) -> Decision:
    return Decision(state=state, reply=Reply(card=card))


@verb("status", usage="status [INC-42]", example="status", help="Shows how an incident stands.")
class Status(Command, kind="status"):
    wants_incident = True

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        key = incident_key(said.split(" ", 1)[0]) if said else None
        return {"incident": key} if key else {}


@decides(Status, may="invited")
def status(state: State, _command: Status, _now: datetime) -> Decision:
    return _answer(state, cards.status_card(state, incident_of(state), keeps=False))


@verb(
    "list",
    "incidents",
    "ls",
    usage="list [open|week|mine] [text]",
    example="list week checkout",
    help="Lists incidents you can see.",
)
class ListIncidents(Command, kind="list"):
    needs = Needs(listing=True)

    which: str = ""
    text: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        first, _, rest = said.partition(" ")
        return {"which": first.casefold(), "text": rest} if first.casefold() in KINDS_OF_LIST else {"text": said}


KINDS_OF_LIST = ("open", "week", "mine", "all")


@decides(ListIncidents, may="anyone")
def list_incidents(state: State, command: ListIncidents, now: datetime) -> Decision:
    which = command.which if command.which in KINDS_OF_LIST else ("all" if command.text else "open")
    found = tuple(one for one in state.listing if _fits(state, one, which, command.text, now))
    if not found:
        return Decision(state=state, reply=Reply.of(words.none_listed(which, command.text)))
    sections = list(cards.listed(state, found[:LISTED], now))
    if len(found) > LISTED:
        sections.append(Section(text=words.more_listed(len(found) - LISTED), quiet=True))
    return _answer(state, Card(title=words.list_heading(which, len(found)), sections=tuple(sections)))


def _fits(state: State, incident: Incident, which: str, text: str, now: datetime) -> bool:
    declared = incident.times.declared
    if which == "open" and not incident.is_open:
        return False
    if which == "week" and not (declared and declared.at >= now - timedelta(days=7)):
        return False
    if which == "mine" and state.actor.id not in incident.responders:
        return False
    wanted = text.casefold().split()
    return all(word in f"{incident.key} {incident.title} {incident.service}".casefold() for word in wanted)


@verb(
    "catchup",
    "catch-up",
    usage="catchup",
    example="catchup",
    help="Tells you what happened so far, for whoever comes late.",
)
class Catchup(Command, kind="catchup"):
    needs = Needs(log=True, items=True)
    wants_incident = True


@decides(Catchup, may="invited")
def catchup(state: State, _command: Catchup, now: datetime) -> Decision:
    """State, roles, last update, what was tried, and what is still to do: from the record alone."""
    incident = incident_of(state)
    card = cards.status_card(state, incident, keeps=False)
    tried = [one for one in state.log if one.is_key and one.kind in (EntryKind.NOTE, EntryKind.MESSAGE)]
    tried.sort(key=lambda one: (one.occurred, one.id))
    tasks = [item for item in state.items if item.status is ItemStatus.OPEN]
    sections = [
        *(section for section in card.sections if not section.buttons),
        *words.tried(state, tried[-TRIED:]),
        *words.tasks(state, tasks[:TRIED]),
        Section(text=words.said_so_far(state, now), quiet=True),
    ]
    return _answer(state, card.model_copy(update={"sections": tuple(sections)}))


class Panel(Command, kind="panel"):
    """The bare command: in an incident channel its card with buttons, elsewhere the open incidents."""

    needs = Needs(listing=True)


@decides(Panel, may="anyone")
def panel(state: State, command: Panel, now: datetime) -> Decision:
    if state.incident is not None:
        return _answer(state, cards.status_card(state, state.incident, keeps=False))
    if command.incident:
        raise NotFound(no_such_incident(command.incident))
    found = tuple(one for one in state.listing if one.is_open)
    declare = Button(label=words.DECLARE, does="declare", style="primary")
    first = Section(text=words.open_now(len(found)), buttons=(declare,))
    return _answer(state, Card(title=words.PANEL, sections=(first, *cards.listed(state, found[:LISTED], now))))


class Glance(Command, kind="glance"):
    """Somebody looks at an incident's status card: it is drawn for them."""

    needs = Needs(postmortem=True)


@decides(Glance, may="anyone")
def glance(state: State, command: Glance, _now: datetime) -> Decision:
    if state.incident is None:
        raise NotFound(no_such_incident(command.incident))
    return _answer(state, cards.status_card(state, state.incident, mine=True))


@verb("help", "?", "commands", usage="help [verb]", example="help update", help="Shows what I understand.")
class Help(Command, kind="help"):
    text: str = ""


@decides(Help, may="anyone")
def help_with(state: State, command: Help, _now: datetime) -> Decision:
    asked = command.text.strip().split(" ", 1)[0]
    if not asked:
        foot = Section(text=words.help_foot(), quiet=True)
        return _answer(state, Card(title=words.HELP, sections=(*_verbs_by_group(), foot)))
    word = word_of(asked) or nearest(asked)
    if word is None:
        return Decision(state=state, reply=Reply.of(words.no_such_verb(asked)))
    return Decision(state=state, reply=Reply.of(words.verb_help(VERBS[word])))


def _verbs_by_group() -> Iterator[Section]:
    named = {word for group in words.HELP_GROUPS.values() for word in group}
    rest = tuple(word for word in VERBS if word not in named)
    for heading, group in (*words.HELP_GROUPS.items(), (words.HELP_REST, rest)):
        lines = [words.verb_line(VERBS[word]) for word in group if word in VERBS]
        if lines:
            yield Section(text=joined([Text(parts=(Strong(text=heading),)), *lines], "\n"))


class Unknown(Command, kind="unknown"):
    """Words that begin with no verb."""

    text: Typed = ""


@decides(Unknown, may="anyone")
def unknown(state: State, command: Unknown, _now: datetime) -> Decision:
    said = command.text.split()
    word = nearest(said[0]) if said else None
    reply = words.did_you_mean(said[0], VERBS[word]) if word else words.no_such_verb(said[0] if said else "")
    return Decision(state=state, reply=Reply.of(reply).model_copy(update={"outcome": "refused"}))
