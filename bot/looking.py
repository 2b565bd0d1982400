"""What a reader of a record may do with it, and with which form: asked of the rules themselves, and nothing is done.

Law: a page offers nothing of its own. The same rule decides again, over what is stored by then, when the form is sent.
"""

from __future__ import annotations

from bot.command import Command
from bot.model import Person
from bot.permissions import check, permitted
from bot.ports import Record, State
from bot.rules import RULES
from bot.text import Form


def state_of(record: Record, reader: Person) -> State:
    """What a rule would see if the reader gave a command now."""
    return State(
        organisation=record.organisation,
        actor=reader,
        people={**record.people, reader.id: reader},
        incident=record.incident,
        items=record.items,
        postmortem=record.postmortem,
        log=record.entries,
        past=record.past,
    )


def may(record: Record, reader: Person, kind: str) -> bool:
    return reader.kind in ("human", "guest") and permitted(state_of(record, reader), kind)


def form_for(record: Record, reader: Person, command: Command) -> Form | None:
    """The form with which the rule would answer. Raises `Refused` where it would refuse."""
    state = state_of(record, reader)
    check(state, command)
    return RULES[command.kind](state, command, record.now).reply.form
