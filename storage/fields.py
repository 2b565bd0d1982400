"""The kinds of column and constraint that the tables are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, MetaData, String, Table, text
from sqlmodel import Field, SQLModel

from storage.columns import Utc

metadata: MetaData = SQLModel.metadata
NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def key(**more: Any) -> Any:
    return Field(primary_key=True, sa_type=String, **more)


def of_organisation() -> Any:
    return Field(primary_key=True, sa_type=String, foreign_key="organisation.id")


def text_column(default: Any = "") -> Any:
    return Field(default=default, sa_type=String)


def long(default: int = 0) -> Any:
    return Field(default=default, sa_type=BigInteger)


def when(default: Any = ..., *, index: bool = False) -> Any:
    return Field(default=default, sa_type=Utc, index=index, nullable=default is None)


def inside(table: str, column: str) -> ForeignKeyConstraint:
    """A reference that cannot leave the organisation."""
    return ForeignKeyConstraint(["organisation", column], [f"{table}.organisation", f"{table}.id"])


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def table(row: type[SQLModel]) -> Table:
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found
