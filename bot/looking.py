"""What a reader of a record may do with it, and with which form: asked of the rules themselves, and nothing is done.

Law: a page offers nothing of its own. The same rule decides again, over what is stored by then, when the form is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.command import Command
from bot.item_lists import Listed
from bot.model import Organisation, Person
from bot.permissions import check, permitted
from bot.ports import Record
from bot.rules import RULES
from bot.state import Decision, State
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
    return decided(state_of(record, reader), command, record.now).reply.form


# -- action items of many incidents


def state_around(listed: Listed, organisation: Organisation, reader: Person, people: Mapping[str, Person]) -> State:
    """What a rule about the item would see. `people` are those who own it, or are to, by id."""
    known = {**people, reader.id: reader}
    return State(
        organisation=organisation,
        actor=reader,
        people=known,
        named={account.key: one.id for one in known.values() for account in one.accounts},
        incident=listed.incident,
        item=listed.item,
        postmortem=listed.postmortem,
    )


def decided(state: State, command: Command, now: datetime) -> Decision:
    """What its rule would decide. Raises `Refused` where it would refuse."""
    check(state, command)
    return RULES[command.kind](state, command, now)
