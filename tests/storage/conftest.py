"""Every contract test runs over both databases. PostgreSQL's are copies of one that is migrated once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from psycopg import sql

from storage.migrate import migrate
from storage.store import SqlStore
from tests.postgres import Postgres
from tests.storage.worlds import World

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    url = postgres.create()
    migrate(url)
    return url.rsplit("/", 1)[-1]


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with tables and nothing in them."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path}/debrief.db"
        migrate(address)
        yield address
        return
    yield from _copied(request.getfixturevalue("postgres"), request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def pg_url(postgres: Postgres, migrated_postgres: str) -> Iterator[str]:
    yield from _copied(postgres, migrated_postgres)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/debrief.db"
    migrate(address)
    return address


def _copied(server: Postgres, template: str) -> Iterator[str]:
    name = f"{template}_copy"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    server.execute(copy)
    yield server.url(name)
    server.drop(server.url(name))


@pytest.fixture
def open_store() -> Iterator[Callable[[str], SqlStore]]:
    """Stores that are closed at the end."""
    with ExitStack() as opened:

        def made(url: str) -> SqlStore:
            store = SqlStore(url)
            opened.callback(store.close)
            return store

        yield made


@pytest.fixture
def world(url: str, open_store: Callable[[str], SqlStore]) -> World:
    return World(open_store(url))
