"""Which action item has which ticket, so that what a tracker tells of finds it."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from storage.fields import inside, key, text_column


class TicketRow(SQLModel, table=True):
    """`ref` is the tracker's name with what it calls the ticket (`bot.ticket.ref_of`): a ticket has one item."""

    __tablename__ = "ticket"
    __table_args__ = (inside("item", "item"), UniqueConstraint("organisation", "item"))
    ref: str = key()
    organisation: str = key()
    item: str = text_column(...)
