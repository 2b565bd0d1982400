"""The tables. The organisation's id is in every key and foreign key: no row can point into another organisation.

What is queried has columns; the rest of a value stands in `body`, as the JSON of its model.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import Utc
from storage.fields import NUMBER, inside, key, long, of_organisation, text_column, when, where


class OrganisationRow(SQLModel, table=True):
    __tablename__ = "organisation"
    id: str = key()
    name: str = text_column()
    policies: str = text_column("{}")
    next_incident: int = 1
    next_item: int = 1


class TenantRow(SQLModel, table=True):
    __tablename__ = "tenant"
    platform: str = key()
    tenant: str = key()
    organisation: str = Field(sa_type=String, foreign_key="organisation.id", index=True)
    name: str = text_column()
    joined_at: datetime = when()
    left_at: datetime | None = when(None)


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = (
        Index("person_by_full", "organisation", "full"),
        Index("person_by_first", "organisation", "first"),
        Index("person_by_local", "organisation", "local"),
    )
    organisation: str = of_organisation()
    id: str = key()
    kind: str = text_column("human")
    email: str = text_column()
    full: str = text_column()
    first: str = text_column()
    local: str = text_column()
    unreachable: bool = False
    body: str = text_column()


class AccountRow(SQLModel, table=True):
    __tablename__ = "account"
    __table_args__ = (inside("person", "person"), Index("account_of", "organisation", "person"))
    organisation: str = key()
    key: str = key()
    person: str = text_column(...)


class IncidentRow(SQLModel, table=True):
    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("organisation", "key"),
        Index("incident_by_place", "place"),
        Index("incident_by_age", "organisation", "created"),
    )
    organisation: str = of_organisation()
    id: str = key()
    key: str = text_column(...)
    severity: int
    status: str = text_column(...)
    private: bool = False
    drill: bool = False
    declared_by: str = text_column()
    place: str | None = text_column(None)
    place_thread: str = text_column()
    folded: str = text_column()
    """Key, title, impact and summary without their case, to be searched."""
    created: datetime = when()
    body: str = text_column(...)


class MemberRow(SQLModel, table=True):
    """Who may know of a private incident, and whose incident it is."""

    __tablename__ = "incident_member"
    __table_args__ = (inside("incident", "incident"), Index("member_of", "organisation", "person"))
    organisation: str = key()
    incident: str = key()
    person: str = key()


class EntryRow(SQLModel, table=True):
    __tablename__ = "entry"
    __table_args__ = (
        inside("incident", "incident"),
        Index("entry_by_message", "ref", "organisation", "incident", unique=True),
        Index("entry_in_order", "organisation", "incident", "occurred"),
        Index(
            "entry_keys",
            "organisation",
            "incident",
            sqlite_where=text("is_key = 1"),
            postgresql_where=text("is_key"),
        ),
    )
    organisation: str = key()
    id: str = key()
    incident: str = text_column(...)
    kind: str = text_column(...)
    text: str = text_column()
    author: str = text_column()
    author_name: str = text_column()
    occurred: datetime = when()
    recorded: datetime = when()
    ref: str | None = text_column(None)
    """Platform, tenant, channel and timestamp of the message."""
    channel: str = text_column()
    ts: str = text_column()
    thread: str = text_column()
    permalink: str = text_column()
    files: str = text_column("[]")
    text_stamp: int = long()
    edits: int = 0
    deleted_stamp: int = long()
    restored_stamp: int = long()
    noted: bool = False
    marks: str = text_column("{}")
    reactions: str = text_column("{}")
    retracted: bool = False
    corrected: bool = False
    is_key: bool = False
    """Computed when written, so that a timeline can be read without its log."""


class RevisionRow(SQLModel, table=True):
    """A text that an entry had before an edit."""

    __tablename__ = "revision"
    __table_args__ = (inside("entry", "entry"),)
    organisation: str = key()
    entry: str = key()
    stamp: int = Field(primary_key=True, sa_type=BigInteger)
    text: str = text_column()


class ItemRow(SQLModel, table=True):
    __tablename__ = "item"
    __table_args__ = (
        inside("incident", "incident"),
        UniqueConstraint("organisation", "key"),
        Index("item_by_owner", "organisation", "owner", "status"),
        Index("item_by_incident", "organisation", "incident"),
        Index("item_by_due", "organisation", "status", "due"),
    )
    organisation: str = key()
    id: str = key()
    key: str = text_column(...)
    incident: str = text_column(...)
    owner: str = text_column()
    status: str = text_column(...)
    due: str = text_column(...)
    """An ISO date."""
    severity: int
    drill: bool = False
    created: datetime = when()
    body: str = text_column(...)


class PostmortemRow(SQLModel, table=True):
    __tablename__ = "postmortem"
    __table_args__ = (inside("incident", "incident"), UniqueConstraint("organisation", "incident"))
    organisation: str = key()
    id: str = key()
    incident: str = text_column(...)
    owner: str = text_column()
    status: str = text_column(...)
    due: str = text_column(...)
    known: str = Field(default="", sa_type=String, sa_column_kwargs={"server_default": text("''")})
    """What its review said of what was known before (`bot.known.mark`)."""
    body: str = text_column(...)


class PostmortemRevisionRow(SQLModel, table=True):
    """A section that a person wrote, or a published version (`section` empty), as it stood at `at`."""

    __tablename__ = "postmortem_revision"
    __table_args__ = (inside("postmortem", "postmortem"),)
    organisation: str = key()
    postmortem: str = key()
    section: str = key()
    at: datetime = Field(primary_key=True, sa_type=Utc)
    version: int
    by: str = text_column()
    text: str = text_column()


class SeenRow(SQLModel, table=True):
    """An origin id with the first answer. The organisation follows from the tenant."""

    __tablename__ = "seen"
    __table_args__ = (Index("seen_by_age", "at"), {"sqlite_with_rowid": False})
    platform: str = key()
    tenant: str = key()
    origin: str = key()
    at: datetime = when()
    reply: str | None = text_column(None)


class OutboxRow(SQLModel, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("organisation", "key"),
        Index("outbox_in_order", "priority", "created", "id", **where("finished IS NULL")),
        Index("outbox_lanes", "lane", "id", **where("finished IS NULL")),
        Index("outbox_superseding", "organisation", "supersedes", **where("finished IS NULL")),
        Index("outbox_finished", "finished", **where("finished IS NOT NULL AND body <> '{}'")),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    organisation: str = Field(sa_type=String, foreign_key="organisation.id")
    key: str = text_column(...)
    kind: str = text_column(...)
    platform: str = text_column(...)
    tenant: str = text_column(...)
    incident: str = text_column()
    lane: str = text_column(...)
    priority: int
    supersedes: str = text_column()
    state: str = text_column("queued")
    """queued, put_off, sending, unsure; finished: sent, maybe, given_up, superseded, held."""
    attempt: int = 0
    ready: datetime = when()
    """Not before this; while it is being sent, the end of the lease."""
    created: datetime = when()
    finished: datetime | None = when(None)
    reason: str = text_column()
    body: str = text_column(...)


class PlanRow(SQLModel, table=True):
    __tablename__ = "plan"
    __table_args__ = (Index("plan_by_time", "due_at"),)
    organisation: str = of_organisation()
    key: str = key()
    rule: str = text_column(...)
    subject: str = text_column(...)
    due_at: datetime = when()
    wall: str = text_column()


class RemindedRow(SQLModel, table=True):
    __tablename__ = "reminded"
    organisation: str = of_organisation()
    once: str = key()
    at: datetime = when()
