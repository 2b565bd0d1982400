"""Opens databases, and only such that keep what they acknowledged.

Law: a commit that returned is on disk. SQLite runs in WAL mode with full syncing, PostgreSQL with fsync and synchronous
commit; anything less is refused at start unless the operator allowed it by name.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool

from storage.failures import DATABASE_ERRORS, not_answering
from storage.files import on_network
from storage.watchdog import LIMIT, Watchdog

BUSY = 2.0
"""Seconds to wait for a lock of SQLite, a lock or a statement of PostgreSQL, or a connection."""
LEVELS = {"OFF": 0, "NORMAL": 1, "FULL": 2, "EXTRA": 3}
PG_PATIENT = "-c timezone=UTC -c client_encoding=UTF8"
PG_OPTIONS = f"{PG_PATIENT} -c statement_timeout=2000 -c lock_timeout=2000 -c enable_seqscan=off -c jit=off"
"""A plan made while a table was empty is kept when it has grown: so it takes the index from the beginning."""


class UnsafeDatabase(Exception):
    """The database may forget what it acknowledged, or cannot be used at all; its text names the remedy."""


def parsed(url: str) -> URL:
    """The address with its driver. `postgres://` is understood; a SQLite file gets its directory."""
    found = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    backend = found.get_backend_name()
    if backend == "postgresql":
        return found.set(drivername="postgresql+psycopg")
    if backend != "sqlite" or not found.database or found.database == ":memory:":
        raise UnsafeDatabase("DATABASE_URL: use sqlite:///path/to/file.db or postgresql://user:password@host/name.")
    return found


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite database; None for a server."""
    found = parsed(url)
    return Path(found.database or "") if found.get_backend_name() == "sqlite" else None


def is_there(url: str) -> bool:
    """False: its file was never made."""
    path = sqlite_path(url)
    return path is None or path.exists()


def open_engine(url: str, watchdog: Watchdog | None = None, *, patient: bool = False, connections: int = 8) -> Engine:
    """`patient` engines are for migrations and long reading: no statement timeout, and no pool."""
    found = parsed(url)
    if found.get_backend_name() == "sqlite":
        return _sqlite(found, patient, connections)
    return _postgresql(found, watchdog, patient, connections)


def _sqlite(url: URL, patient: bool, connections: int) -> Engine:
    level = LEVELS.get(str(url.query.get("synchronous", "FULL")).upper(), 2)
    path = Path(url.database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    wait = 30.0 if patient else BUSY

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False, cached_statements=256)
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={level}",
            "foreign_keys=ON",
            "secure_delete=ON",
            "cache_size=-32000",
            "temp_store=MEMORY",
        ):
            raw.execute(f"PRAGMA {pragma}").fetchone()
        return raw

    pool: dict[str, Any] = {"poolclass": NullPool} if patient else {"pool_size": connections, "pool_timeout": BUSY}
    return create_engine(
        "sqlite://", creator=connect, hide_parameters=True, skip_autocommit_rollback=False, **_quick(pool)
    )


def _quick(pool: dict[str, Any]) -> dict[str, Any]:
    if "poolclass" in pool:
        return pool
    from sqlalchemy.pool import QueuePool

    return {"poolclass": QueuePool, "max_overflow": 0, **pool}


def _postgresql(url: URL, watchdog: Watchdog | None, patient: bool, connections: int) -> Engine:
    idle = round((BUSY + (watchdog.limit if watchdog else LIMIT)) * 1000)  # later than the watchdog, which says why
    arguments = {
        "connect_timeout": 2,
        "options": PG_PATIENT if patient else f"{PG_OPTIONS} -c idle_in_transaction_session_timeout={idle}",
        "application_name": "debrief",
    }
    pool: dict[str, Any] = {"poolclass": NullPool} if patient else {"pool_size": connections, "pool_timeout": BUSY}
    engine = create_engine(
        url, isolation_level="AUTOCOMMIT", hide_parameters=True, connect_args=arguments, **_quick(pool)
    )
    if watchdog is not None:
        _watch(engine, watchdog)
    return engine


def _watch(engine: Engine, watchdog: Watchdog) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, _arguments: Any, named: dict[str, Any]) -> Any:
        raw = psycopg.connect(**named)
        watchdog.adopt(raw)
        return raw

    @event.listens_for(engine, "checkout")
    def taken(raw: Any, _record: Any, _proxy: Any) -> None:
        watchdog.adopt(raw)


def problems(url: str) -> list[str]:
    """What makes the database unsafe, each with its remedy. Raises `UnsafeDatabase` where it cannot be opened."""
    path = sqlite_path(url)
    kind = on_network(path) if path is not None else ""
    if kind:
        return [
            f"{path} lies on a network file system ({kind}), where SQLite loses data. Use a local disk or PostgreSQL."
        ]
    engine = open_engine(url, patient=True)
    try:
        with engine.connect() as connection:
            ask = connection.exec_driver_sql
            if path is not None:
                return _sqlite_problems(ask)
            return _postgresql_problems(ask)
    except DATABASE_ERRORS as error:
        if not not_answering(error):
            raise
        cause = getattr(error, "orig", None) or error
        raise UnsafeDatabase(
            f"The database cannot be opened: {str(cause).strip()}. Check DATABASE_URL and that it runs."
        ) from error
    finally:
        engine.dispose()


def _sqlite_problems(ask: Any) -> list[str]:
    found = []
    if ask("PRAGMA synchronous").scalar() < LEVELS["FULL"]:
        found.append("SQLite's synchronous is below FULL: remove it from DATABASE_URL.")
    if ask("PRAGMA journal_mode").scalar() != "wal":
        found.append("SQLite cannot use WAL here: put the file on a local disk.")
    if ask("PRAGMA quick_check(1)").scalar() != "ok":
        found.append("The SQLite file is damaged: restore a backup.")
    return found


def _postgresql_problems(ask: Any) -> list[str]:
    remedy = "set it to on in postgresql.conf, and for this role and database."
    names = ("fsync", "synchronous_commit", "full_page_writes")
    return [f"PostgreSQL runs with {name}=off: {remedy}" for name in names if ask(f"SHOW {name}").scalar() == "off"]


def check(url: str, *, allow_unsafe: bool = False) -> list[str]:
    """Refuses an unsafe database with all its problems; where it is allowed, returns them to be logged."""
    found = problems(url)
    if found and not allow_unsafe:
        raise UnsafeDatabase("\n".join([*found, "To start nevertheless: DEBRIEF_ALLOW_UNSAFE_DB=1."]))
    return found
