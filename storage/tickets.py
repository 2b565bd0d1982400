"""Tickets as they are looked up: by what their tracker calls them.

Law: a ticket belongs to one item of an organisation. Who links it second is undone, and finds it taken the next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import and_, delete, select

from bot.errors import Collided
from bot.model import ActionItem
from bot.ticket import Where, ref_of
from storage.fields import table
from storage.tables import ItemRow
from storage.tables_tickets import TicketRow
from storage.work import Work

ticket, item_table = table(TicketRow), table(ItemRow)


def save(work: Work, old: Mapping[str, ActionItem], changed: Iterable[ActionItem]) -> None:
    """After the items themselves."""
    for item in changed:
        was, now = _ref(old.get(item.id)), _ref(item)
        if was == now:
            continue
        work.run(delete(ticket).where(ticket.c.organisation == item.organisation, ticket.c.item == item.id))
        row = {"ref": now, "organisation": item.organisation, "item": item.id}
        if now and not work.add(TicketRow, row):
            raise Collided


def _ref(item: ActionItem | None) -> str:
    of = item.ticket if item else None
    return ref_of(of.tracker, of.id) if of and of.id else ""


def linked(work: Work, tracker: str, named: str) -> list[Where]:
    """Of all organisations: whoever runs the tracker runs it for all of them."""
    same = and_(ticket.c.organisation == item_table.c.organisation, ticket.c.item == item_table.c.id)
    wanted = select(ticket.c.organisation, ticket.c.item, item_table.c.incident).join(item_table, same)
    rows = work.rows(wanted.where(ticket.c.ref == ref_of(tracker, named)).order_by(ticket.c.organisation))
    return [Where(organisation=row.organisation, incident=row.incident, item=row.item) for row in rows]
