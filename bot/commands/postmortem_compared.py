"""The draft beside what people made of it: proposed entries that are accepted, and what changed since it was published.

Law: accepting takes what was shown to the person, and of that only what can still stand in the timeline.
"""

from __future__ import annotations

from datetime import datetime

from bot.change import changed, incident_of
from bot.command import Command, Needs
from bot.commands.postmortem_writing import WHOLE, drafted, postmortem_of
from bot.draft import published
from bot.draft_changes import changes, sections_of
from bot.errors import Refused
from bot.key_entries import in_order, story
from bot.model import Entry, Incident
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Button, Card, Reply, Section
from bot.words import postmortem_said as words
from bot.words import timeline as lines

SHOWN_PROPOSED = 6
CARRIED_MOST = 1_800
"""Characters of ids that a button may carry."""


class AcceptProposed(Command, kind="accept_proposed"):
    """`ids`, with commas, of the entries to accept; without any, all that are proposed now."""

    needs = Needs(log=True)
    wants_incident = True

    ids: str = ""


@decides(AcceptProposed)
def accept_proposed(state: State, command: AcceptProposed, now: datetime) -> Decision:
    incident = incident_of(state)
    wanted = frozenset(command.ids.split(",")) if command.ids else story(in_order(state.log))[1]
    fitting = (one for one in state.log if one.id in wanted and not (one.is_key or one.deleted or one.retracted))
    accepted = tuple(one.model_copy(update={"noted": True}) for one in fitting)
    if not accepted:
        raise Refused(words.none_proposed(incident))
    reply = words.accepted(incident, len(accepted))
    return changed(state, command, now, accepted, what=words.THE_PROPOSED, reply=reply)


def proposed_section(state: State, incident: Incident) -> tuple[Section, ...]:
    """The first of them, and the button that accepts all; empty where nothing is proposed."""
    timeline, offered = story(in_order(state.log))
    entries = tuple(one for one in timeline if one.id in offered)
    if not entries:
        return ()
    shown = tuple(lines.line(state, one).plain() for one in entries[:SHOWN_PROPOSED])
    text = words.are_proposed(shown, len(entries))
    return (Section(text=text, buttons=(_accept_button(incident, entries),)),)


def _accept_button(incident: Incident, entries: tuple[Entry, ...]) -> Button:
    ids = ",".join(one.id for one in entries)
    args = {"incident": incident.key, **({"ids": ids} if len(ids) <= CARRIED_MOST else {})}
    return Button(label=words.accept_label(len(entries)), does="accept_proposed", args=args)


class ShowChanges(Command, kind="postmortem_changes"):
    needs = WHOLE
    wants_incident = True


@decides(ShowChanges, may="invited")
def show_changes(state: State, command: ShowChanges, now: datetime) -> Decision:  # noqa: ARG001
    incident, postmortem = postmortem_of(state)
    if not postmortem.published_sections:
        return Decision(state=state, reply=Reply.of(words.never_published(incident)))
    version = postmortem.published_version
    found = changes(postmortem.published_sections, sections_of(published(drafted(state, incident, postmortem))))
    if not found:
        return Decision(state=state, reply=Reply.of(words.unchanged(incident, version)))
    title, sections = words.changes_title(incident, version), tuple(words.changed_section(one) for one in found)
    return Decision(state=state, reply=Reply(card=Card(title=title, sections=sections)))
