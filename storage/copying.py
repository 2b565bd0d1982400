"""A copy of all that reminders follow from, in a database of its own, where time can be moved on.

Law: nothing is written where it comes from. What people said stays there too: only who said it comes along.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory

from sqlalchemy import delete, func, select

from bot.membership import membership
from bot.simulation import Sent, Simulation
from bot.tickets import look_at_ticket
from storage.fields import table
from storage.migrate import migrate
from storage.outbox import UNFINISHED, outbox
from storage.reports import SqlReports
from storage.store import SqlStore
from storage.tables import (
    AccountRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    MemberRow,
    OrganisationRow,
    PersonRow,
    PlanRow,
    PostmortemRow,
    RemindedRow,
    TenantRow,
)

COPIED = (
    OrganisationRow, TenantRow, PersonRow, AccountRow, IncidentRow, MemberRow, ItemRow, PostmortemRow, PlanRow,
    RemindedRow,
)  # fmt: skip
"""In the order in which they lean on each other."""
plan, entry = table(PlanRow), table(EntryRow)
OUTSIDE = (look_at_ticket.__name__, membership.__name__)
OF_ENTRIES = ("organisation", "id", "incident", "kind", "author", "occurred", "recorded", "is_key")


def copy(source: SqlStore, into: SqlStore) -> None:
    """`into` has its tables, and nothing in them; its clock shows what the other's does."""
    with source.reading() as work, into.transaction() as made:
        for row in COPIED:
            made.put(row, [found._asdict() for found in work.rows(select(table(row)))])
        authors = select(*(entry.c[name] for name in OF_ENTRIES)).where(entry.c.is_key)
        made.put(EntryRow, [EntryRow(**found._asdict()).model_dump() for found in work.rows(authors)])
        made.run(delete(plan).where(plan.c.rule.in_(OUTSIDE)))  # nothing outside is looked at
        now = work.now()
    move(into, now)


def move(store: SqlStore, to: datetime) -> None:
    """Sets the clock of a copy."""
    store.set_clock_offset((to - datetime.now(UTC)).total_seconds())


def upcoming(store: SqlStore) -> datetime | None:
    """When the next reminder is looked at, or something is sent."""
    with store.reading() as work:
        planned = work.scalar(select(func.min(plan.c.due_at)))
        ready = work.scalar(select(func.min(outbox.c.ready)).where(UNFINISHED))
    return min((at for at in (planned, ready) if at is not None), default=None)


async def simulated(source: SqlStore, ahead: timedelta) -> tuple[list[Sent], Callable[[str], str], str]:
    """What would be sent, what accounts are called, and the zone of the organisation. The source is closed."""
    with TemporaryDirectory(prefix="debrief-") as folder, closing(source):
        url = f"sqlite:///{folder}/copy.db"
        migrate(url)
        with closing(SqlStore(url, holidays=source.holidays)) as made:
            copy(source, made)
            return await _run(made, ahead)


async def _run(made: SqlStore, ahead: timedelta) -> tuple[list[Sent], Callable[[str], str], str]:
    reports = SqlReports(made)
    simulation = Simulation(made, lambda: upcoming(made), lambda at: move(made, at))
    sent = await simulation.run(reports.now() + ahead)
    houses = reports.organisations()
    everybody = [person for house in houses for person in reports.everybody(house.id)]
    names = {account.key: person.name for person in everybody for account in person.accounts}
    return sent, lambda account: names.get(account, account), houses[0].policies.zone if houses else "UTC"
