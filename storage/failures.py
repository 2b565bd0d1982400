"""Which errors mean "the database does not answer" (try again), and which mean that we made a mistake (they pass)."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

SQLITE_OURS = frozenset(
    {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE}
)
"""Everything else (busy, full, input/output, read-only, corrupt, cannot open) is the database's trouble."""
PG_THEIRS = ("08", "40", "53", "55", "57", "58", "25P03", "25006", "XX")
"""Connection, rollback, resources, state, intervention, system error, idle too long, read-only, internal error."""
DATABASE_ERRORS = (DBAPIError, PoolExhausted, sqlite3.Error, psycopg.Error)


def not_answering(error: Exception) -> bool:
    if isinstance(error, PoolExhausted):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _sqlite(cause)
    if isinstance(cause, psycopg.Error):
        return isinstance(cause, psycopg.OperationalError) or (cause.sqlstate or "").startswith(PG_THEIRS)
    return False


def collided(error: Exception) -> bool:
    """A deadlock or a serialization failure: the other transaction went on, and this one may be tried again."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith("40")


def _sqlite(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return False
    primary: int = code & 0xFF
    return primary not in SQLITE_OURS
