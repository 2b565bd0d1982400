"""The beat: what is due is decided by rows and the database's clock, and claimed by unique keys.

Law: a reminder counts as sent in the transaction that writes its outbox row; replicas, restarts and stepped clocks
cannot send it twice, because its key can be used once.
"""

from __future__ import annotations

from bot.model import Person
from bot.ports import Transaction
from bot.reminders import RULES
from bot.state import Due, Look, Planned, Reminded

PAGE = 5
"""Reminders looked at in one transaction, so that a great many due at once hold up nobody: as long as it lasts, SQLite
writes nothing else."""


def tick(tx: Transaction) -> int:
    """Looks at the reminders that are due now, at most a page; returns how many there were."""
    page = tx.due(PAGE)
    for due in page:
        tx.remind(due, _decided(due, tx.look(due), tx))
    return len(page)


def _decided(due: Due, look: Look | None, tx: Transaction) -> Reminded:
    if look is None or not _human(look.person):
        return Reminded(plans=(_over(due),))
    return RULES[due.plan.rule](look, due.plan, tx.now())


def _human(person: Person | None) -> bool:
    return person is None or person.kind in ("human", "guest", "gone")


def _over(due: Due) -> Planned:
    return due.plan.model_copy(update={"at": None})
