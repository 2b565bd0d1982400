"""Migrations end at the tables that the code has, run once, and survive dying in the middle."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from alembic import command as alembic_commands
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.connect import open_engine
from storage.fields import metadata
from storage.migrate import _config, _connected, current, migrate, pending
from storage.store import SqlStore
from tests.storage.worlds import World


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


def _moved(url: str, *, to: str) -> None:
    """Up or down to a revision."""
    with _connected(url) as connection:
        config = _config()
        config.attributes["connection"] = connection
        if to == "head":
            alembic_commands.upgrade(config, to)
        else:
            alembic_commands.downgrade(config, to)


def test_incidents_that_are_there_can_be_found_after_the_migration_and_it_can_be_taken_back(url: str) -> None:
    store = SqlStore(url)
    world = World(store)
    old = world.declare("INC-1", title="Connection pool exhausted", service="payments")
    world.note(old, "the zirconium cluster melted")
    world.declare("INC-2", channel="C2", title="Mail is late")
    words = world.rows("SELECT incident, words FROM search ORDER BY incident")
    store.close()
    _moved(url, to="0003")
    assert current(url) == "0003"
    assert pending(url)[0] == "0004"
    _moved(url, to="head")
    again = World.__new__(World)
    again.store = SqlStore(url)
    filled = again.rows("SELECT incident, words FROM search ORDER BY incident")
    again.store.close()
    assert [one for one, _ in filled] == [one for one, _ in words]
    assert "zirconium" in filled[0][1]
    assert filled[1] == words[1]
