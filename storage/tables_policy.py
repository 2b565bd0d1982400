"""What an organisation's policy was: a row a change, never written again."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.fields import of_organisation, text_column, when


class PolicyRow(SQLModel, table=True):
    """`policies` is what held from `at` on; `kind` is the command that brought it."""

    __tablename__ = "policy"
    organisation: str = of_organisation()
    number: int = Field(primary_key=True)
    at: datetime = when()
    by: str = text_column()
    kind: str = text_column(...)
    policies: str = text_column(...)
