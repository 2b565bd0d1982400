"""Rows handed to a statement as a table, in the form that costs the driver least.

Law: SQLite gets a parameter for each value, which it binds at once; PostgreSQL gets one JSON text, a list for each row,
so that its statement stays the same, and is prepared, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

Columns = tuple[tuple[str, str], ...]
"""Names, and types as PostgreSQL calls them."""


def texts(names: str) -> Columns:
    return tuple((name, "VARCHAR") for name in names.split())


@lru_cache(maxsize=512)
def for_sqlite(columns: Columns, rows: int, statement: str) -> str:
    names, one = ", ".join(name for name, _ in columns), f"({', '.join('?' * len(columns))})"
    return f"WITH given ({names}) AS (VALUES {', '.join([one] * rows)}) {statement}"


@lru_cache(maxsize=64)
def for_postgresql(columns: Columns, statement: str) -> str:
    typed = ", ".join(f"(given->>{number})::{kind} AS {name}" for number, (name, kind) in enumerate(columns))
    return f"WITH given AS (SELECT {typed} FROM jsonb_array_elements(%s) AS given) {statement}"  # noqa: S608


def flat(rows: Sequence[Sequence[Any]]) -> list[Any]:
    return list(chain.from_iterable(rows))
