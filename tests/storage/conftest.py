"""Every contract test runs over both databases. Each is migrated once, and then emptied or copied."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bot.command import Command, Needs
from storage.fields import metadata
from storage.migrate import migrate
from storage.store import SqlStore
from tests.postgres import Postgres
from tests.storage.linked import on_teams
from tests.storage.worlds import World

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def shared_postgres(postgres: Postgres) -> str:
    url = postgres.create()
    migrate(url)
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "debrief.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def pg_url(shared_postgres: str) -> str:
    """A database with tables and nothing in them."""
    tables = (name for name in reversed([table.name for table in metadata.sorted_tables]))
    with psycopg.connect(shared_postgres) as connection:
        for name in tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
    return shared_postgres


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The same, as a file."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}"


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
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "pg_url")
    return found


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
def world(url: str) -> Iterator[World]:
    """Speed is not what is tested: a busy machine may hold a commit up."""
    store = SqlStore(url, within=30)
    yield World(store)
    store.close()


@pytest.fixture
def both(world: World) -> World:
    """An organisation with a Slack workspace and a Teams tenant, where Maya was heard of on each."""
    world.store.join("teams", "M1", "Acme", world.organisation)
    world.poke("maya")
    with world.store.transaction() as tx:
        tx.load(world.organisation, Command(origin=on_teams()), Needs())
    return world
