"""Taking a line off the timeline again: it stays in the log, where it was said.

Law: what changed the incident stays in its timeline; only what people or alerts said can be taken off.
"""

from __future__ import annotations

from datetime import datetime

from bot.change import changed, happened, incident_of
from bot.command import Command, Needs
from bot.commands.added import stamp_of
from bot.errors import Refused
from bot.key_entries import SAID
from bot.model import Entry, EntryKind
from bot.ports import Decision, State
from bot.rules import decides
from bot.words import timeline as words


class TakeOff(Command, kind="take_off_timeline"):
    """`entry` is the id of a line."""

    needs = Needs(log=True)
    wants_incident = True

    entry: str = ""


@decides(TakeOff)
def take_off(state: State, command: TakeOff, now: datetime) -> Decision:
    incident = incident_of(state)
    line = next((one for one in state.log if one.id == command.entry), None)
    if line is None or not line.is_key:
        raise Refused(words.not_in_timeline(incident))
    if line.kind not in (*SAID, EntryKind.ALERT):
        raise Refused(words.change_stays())
    off = _unmarked(line, stamp_of(happened(command, now)))
    reply = words.taken_off(incident)
    return changed(state, command, now, off, what=words.AN_ENTRY, reply=reply, undo=False)


def _unmarked(line: Entry, stamp: int) -> Entry:
    """As if every pin had been taken away now: a later one counts again."""
    marks = {who: -max(stamp, mark) if mark > 0 else mark for who, mark in line.marks.items()}
    return line.model_copy(update={"noted": False, "corrected": False, "marks": marks})
