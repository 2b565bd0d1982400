"""Taking back one's own last change, of the incident or of one of its action items.

Law: only for ten minutes, and only while nobody has changed the same thing since. Where the last one cannot be taken
back, no older one is.
"""

from __future__ import annotations

import json
from datetime import datetime

from bot import cards
from bot.change import UNDO_FOR, entry, incident_of, posted, snapshot
from bot.command import Command, Needs, build
from bot.errors import Refused
from bot.model import ActionItem, Change, Entry, EntryKind, Incident
from bot.rules import RULES, decides, verb
from bot.state import Decision, State
from bot.text import Reply
from bot.words import timeline as words

PUBLIC = ("the severity", "the lead", "the update")
"""Changes that were told in public, so that taking them back is, too."""


@verb("undo", usage="undo [ACT-7]", example="undo",
      help="Takes back your last change here, or of an action item, for ten minutes.")  # fmt: skip
class Undo(Command, kind="undo"):
    needs = Needs(log=True, items=True)
    wants_incident = True
    of_item = "undo_item"


@decides(Undo, may="invited")
def undo(state: State, command: Undo, now: datetime) -> Decision:
    incident, since = incident_of(state), now - UNDO_FOR
    change, touched = _my_last(incident, state.actor.id, since), _my_last_item(state, since)
    if touched and (change is None or touched[0] >= change.at):
        return _of_item(state, command, now, touched[1])
    if change is None:
        raise Refused(words.nothing_to_undo())
    before = _before(incident, change)
    after = incident.model_copy(update={"changes": tuple(one for one in incident.changes if one is not change)})
    after = Incident.model_validate({**after.model_dump(), **before})
    state = state.model_copy(update={"incident": after})
    taken = tuple(_taken_back(one, change) for one in state.log if one.id in change.entries)
    line = entry(state, command, now, EntryKind.NOTE, words.undone_line(change.what), noted=False)
    told = posted(state, command, words.undone_public(state, change.what) if change.what in PUBLIC else None)
    effects = (*told, *cards.refreshed(state, command.origin.id))
    return Decision(state=state, entries=(*taken, line), effects=effects, reply=Reply.of(words.undone(change.what)))


def _my_last(incident: Incident, person: str, since: datetime) -> Change | None:
    return next((one for one in reversed(incident.changes) if one.by == person and one.at >= since), None)


def _my_last_item(state: State, since: datetime) -> tuple[datetime, ActionItem] | None:
    """The item that the actor did something to last, and when."""
    mine = [(at, item) for item in state.items if (at := _touched(item, state.actor.id)) and at >= since]
    return max(mine, key=lambda one: one[0], default=None)


def _touched(item: ActionItem, person: str) -> datetime | None:
    """When somebody did something to an item last, as far as it keeps that: or else when they noted it."""
    if item.last_change is not None and item.last_change.by == person:
        return item.last_change.at
    return item.created_at if item.created_by == person else None


def _of_item(state: State, command: Undo, now: datetime, item: ActionItem) -> Decision:
    """As the button below the item does it."""
    if item.last_change is None or item.last_change.by != state.actor.id:
        raise Refused(words.cannot_undo_noting(item))
    asked = build("undo_item", {"item": item.key}, command.origin)
    return RULES[asked.kind](state.model_copy(update={"item": item}), asked, now)


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
