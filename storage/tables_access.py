"""The tables beside an incident: settings, parked commands, the audit chain, who may come in, and installations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String
from sqlmodel import Field, SQLModel

from storage.fields import NUMBER, key, of_organisation, text_column, when


class SettingRow(SQLModel, table=True):
    __tablename__ = "setting"
    name: str = key()
    value: str = text_column()


class ParkedRow(SQLModel, table=True):
    __tablename__ = "parked"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    organisation: str = Field(sa_type=String, foreign_key="organisation.id", index=True)
    incident: str = text_column()
    kind: str = text_column(...)
    command: str = text_column(...)
    error: str = text_column(...)
    at: datetime = when()
    replayed: datetime | None = when(None)


class AuditHeadRow(SQLModel, table=True):
    """The last link of an organisation's chain: who appends holds this row."""

    __tablename__ = "audit_head"
    organisation: str = of_organisation()
    seq: int = Field(default=0, sa_type=BigInteger)
    hash: str = text_column()


class AuditRow(SQLModel, table=True):
    """What was done or refused; of its content only a salted commitment, so that erasing a person breaks no link."""

    __tablename__ = "audit"
    organisation: str = of_organisation()
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = when()
    actor: str = text_column()
    what: str = text_column(...)
    incident: str = text_column()
    outcome: str = text_column(...)
    salt: str = text_column()
    commitment: str = text_column()
    prev: str = text_column()
    hash: str = text_column(...)


class TokenRow(SQLModel, table=True):
    """A token of the HTTP API: only its SHA-256 is kept. `person` empty: it acts as an integration of that name."""

    __tablename__ = "api_token"
    __table_args__ = (Index("api_token_by_hash", "hash", unique=True),)
    organisation: str = of_organisation()
    id: str = key()
    hash: str = text_column(...)
    name: str = text_column(...)
    person: str = text_column()
    scope: str = text_column("write")
    created: datetime = when()
    expires: datetime | None = when(None)
    revoked: datetime | None = when(None)


class SignInRow(SQLModel, table=True):
    """A session of a person, hashed like a token, or (without a person) a word that was used once."""

    __tablename__ = "sign_in"
    __table_args__ = (
        ForeignKeyConstraint(["organisation", "person"], ["person.organisation", "person.id"]),
        Index("sign_in_by_hash", "hash", unique=True),
        Index("sign_in_by_end", "expires"),
    )
    organisation: str = key()
    hash: str = key()
    person: str | None = text_column(None)
    expires: datetime = when()


class InstallationRow(SQLModel, table=True):
    """A tenant's OAuth installation. Tokens are encrypted; what is no secret stands in `body`."""

    __tablename__ = "installation"
    platform: str = key()
    tenant: str = key()
    organisation: str = Field(sa_type=String, foreign_key="organisation.id", index=True)
    token: str = text_column(...)
    refresh: str = text_column()
    leased_until: datetime | None = when(None)
    """Somebody is refreshing the token."""
    updated: datetime = when()
    body: str = text_column(...)


class ReferenceRow(SQLModel, table=True):
    """A person or a conversation that a platform's adapter can write to; what it is stands in `body`."""

    __tablename__ = "reference"
    __table_args__ = (
        Index("reference_by_kind", "platform", "tenant", "kind"),
        Index("reference_by_entra", "platform", "tenant", "entra"),
    )
    platform: str = key()
    tenant: str = key()
    id: str = key()
    organisation: str = Field(sa_type=String, foreign_key="organisation.id", index=True)
    kind: str = text_column(...)
    entra: str = text_column()
    updated: datetime = when()
    body: str = text_column(...)


class OAuthStateRow(SQLModel, table=True):
    """A state that one OAuth callback may use once, from the browser it was issued to."""

    __tablename__ = "oauth_state"
    hash: str = key()
    browser: str = text_column(...)
    expires: datetime = when()
