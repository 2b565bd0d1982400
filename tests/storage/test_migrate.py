"""Migrations end at the tables that the code has, run once, and survive dying in the middle."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.connect import open_engine
from storage.fields import metadata
from storage.migrate import current, migrate, pending
from storage.store import SqlStore


def test_an_empty_database_gets_all_tables_once(empty_url: str) -> None:
    assert current(empty_url) is None
    waiting = pending(empty_url)
    assert migrate(empty_url) == waiting != []
    assert migrate(empty_url) == pending(empty_url) == []
    assert current(empty_url) == waiting[-1]
    store = SqlStore(empty_url)
    store.probe()
    store.close()


def test_the_migrations_make_exactly_the_tables_of_the_code(url: str) -> None:
    engine = open_engine(url, patient=True)
    with engine.connect() as connection:
        told = {"compare_type": True, "compare_server_default": True, "include_name": not_of_the_full_text}
        context = MigrationContext.configure(connection, opts=told)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def not_of_the_full_text(name: str | None, *_: object) -> bool:
    """What SQLAlchemy has no words for: FTS5's own tables, and PostgreSQL's index of an expression."""
    return not (name or "").startswith("search_words")


def test_programs_that_start_together_migrate_once(empty_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(migrate, [empty_url] * 2))
    assert sorted(map(len, done)) == [0, len(max(done))]
    assert pending(empty_url) == []


def test_a_program_that_dies_in_a_migration_leaves_it_undone(empty_url: str) -> None:
    dying = (
        "from bot.failpoint import arm; from storage.migrate import migrate; import sys; "
        "arm('during migration step'); migrate(sys.argv[1])"
    )
    died = subprocess.run([sys.executable, "-c", dying, empty_url], check=False)
    assert died.returncode == 137
    assert current(empty_url) is None
    assert migrate(empty_url) != []
