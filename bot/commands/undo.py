"""Taking back one's own last change: only for ten minutes, and only while nobody has changed the same thing since."""

from __future__ import annotations

import json
from datetime import datetime

from bot import cards
from bot.change import UNDO_FOR, entry, incident_of, posted, snapshot
from bot.command import Command, Needs
from bot.errors import Refused
from bot.model import Change, Entry, EntryKind, Incident
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Reply
from bot.words import timeline as words

PUBLIC = ("the severity", "the lead", "the update")
"""Changes that were told in public, so that taking them back is, too."""


@verb("undo", usage="undo", example="undo", help="Takes back your last change here, for ten minutes.")
class Undo(Command, kind="undo"):
    needs = Needs(log=True)
    wants_incident = True


@decides(Undo, may="invited")
def undo(state: State, command: Undo, now: datetime) -> Decision:
    incident = incident_of(state)
    change = _my_last(incident, state.actor.id, now)
    before = _before(incident, change)
    after = incident.model_copy(update={"changes": tuple(one for one in incident.changes if one is not change)})
    after = Incident.model_validate({**after.model_dump(), **before})
    state = state.model_copy(update={"incident": after})
    taken = tuple(_taken_back(one, change) for one in state.log if one.id in change.entries)
    line = entry(state, command, now, EntryKind.NOTE, words.undone_line(change.what), noted=False)
    told = posted(state, command, words.undone_public(state, change.what) if change.what in PUBLIC else None)
    effects = (*told, *cards.refreshed(state, command.origin.id))
    return Decision(state=state, entries=(*taken, line), effects=effects, reply=Reply.of(words.undone(change.what)))


def _my_last(incident: Incident, person: str, now: datetime) -> Change:
    mine = [one for one in incident.changes if one.by == person and one.at >= now - UNDO_FOR]
    if not mine:
        raise Refused(words.nothing_to_undo())
    return mine[-1]


def _before(incident: Incident, change: Change) -> dict[str, object]:
    """The fields as they were. Raises `Refused` where that cannot be, or somebody changed them since."""
    if not change.after:
        raise Refused(words.cannot_undo(change.what))
    after: dict[str, object] = json.loads(change.after)
    if snapshot(incident, after) != change.after:
        raise Refused(words.changed_since(change.what))
    before: dict[str, object] = json.loads(change.before)
    return before


def _taken_back(line: Entry, change: Change) -> Entry:
    """What was there before, as a message is, stays in the log and is only taken out of the timeline; what the change
    itself wrote is retracted."""
    if line.kind is EntryKind.MESSAGE or line.recorded < change.at:
        return line.model_copy(update={"noted": False})
    return line.model_copy(update={"retracted": True})
