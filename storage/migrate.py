"""Brings a database's tables up to date, one program at a time.

Law: each migration is one transaction together with its mark, so that a program that dies in one finds it undone.
Alembic is imported when there is something to do: most programs start with everything done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect

from bot.failpoint import failpoint
from storage import (  # noqa: F401  (their tables enter the metadata)
    tables,
    tables_access,
    tables_policy,
    tables_similar,
    tables_tickets,
)
from storage.connect import open_engine, sqlite_path
from storage.fields import metadata
from storage.files import locked

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
MARK = "alembic_version"
LOCK = 0x0DEB81EF
PATIENCE = 60.0


def migrate(url: str) -> list[str]:
    """The revisions that were carried out; none where all is up to date."""
    path = sqlite_path(url)
    alone: AbstractContextManager[None] = (
        locked(path.with_name(path.name + ".migrating"), wait=PATIENCE) if path else nullcontext()
    )
    with alone, _connected(url) as connection, _server_lock(connection):
        done = _between(_current(connection))
        if done:
            _upgrade(connection)
        return done


def _upgrade(connection: Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def current(url: str) -> str | None:
    """The revision that a database is at; None: it is empty."""
    with _connected(url) as connection:
        return _current(connection)


def pending(url: str) -> list[str]:
    """Revisions not yet carried out, oldest first."""
    return _between(current(url))


def _current(connection: Connection) -> str | None:
    found: str | None = None
    if inspect(connection).has_table(MARK):
        found = connection.exec_driver_sql(f"SELECT version_num FROM {MARK}").scalar()  # noqa: S608
    connection.rollback()
    return found


def _between(revision: str | None) -> list[str]:
    """A migration's file begins with its revision: where the last one is carried out, none has to be read."""
    if revision == max(file.name for file in (SCRIPTS / "versions").glob("[0-9]*_*.py")).split("_")[0]:
        return []
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.iterate_revisions("head", revision or "base")][::-1]


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = open_engine(url, patient=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _server_lock(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "sqlite":
        yield
        return
    connection.exec_driver_sql("SELECT pg_advisory_lock(%s)", (LOCK,))
    try:
        yield
    finally:
        connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))
        connection.commit()


def configured(context: Any) -> None:
    """What Alembic's `env.py` does. The driver commits by itself, so the transaction is begun in words."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=metadata, compare_type=True, transactional_ddl=True,
        on_version_apply=_applied, render_as_batch=connection.dialect.name == "sqlite",
    )  # fmt: skip
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN")
    try:
        context.run_migrations()
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _applied(**_: Any) -> None:
    failpoint("during migration step")
