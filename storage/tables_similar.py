"""What past incidents are found by, and which of them were shown beside another one.

The index over `search.words` (an FTS5 table with triggers on SQLite, a GIN index on PostgreSQL) is made by its
migration: SQLAlchemy has no words for it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.fields import NUMBER, inside, key, text_column, when


class SearchRow(SQLModel, table=True):
    """A row an incident, written again with whatever it is found by (`storage.likeness`)."""

    __tablename__ = "search"
    __table_args__ = (inside("incident", "incident"), UniqueConstraint("organisation", "incident"))
    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    organisation: str = text_column(...)
    incident: str = text_column(...)
    words: str = text_column()


class ShownRow(SQLModel, table=True):
    """`past` was shown beside `incident`, to a person or (`person` empty) on its card."""

    __tablename__ = "shown"
    __table_args__ = (
        inside("incident", "incident"),
        ForeignKeyConstraint(["organisation", "past"], ["incident.organisation", "incident.id"]),
        Index("shown_past", "organisation", "past"),
    )
    organisation: str = key()
    incident: str = key()
    person: str = key()
    past: str = key()
    why: str = text_column()
    place: int = 0
    useful: bool | None = None
    at: datetime = when()
