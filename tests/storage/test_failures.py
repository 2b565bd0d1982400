"""A database that is silent, full, cut off or unsafe: `Unavailable` in time, nothing half done, and back again."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from bot.errors import Unavailable
from storage.connect import UnsafeDatabase, check, parsed
from storage.files import AlreadyRunning, locked, on_network
from storage.store import SqlStore, lock_for_run
from tests.postgres import Postgres
from tests.storage.worlds import World, post

Opener = Callable[[str], SqlStore]
IN_TIME = 6.0
"""Generous: the machine may be busy. Without limits these tests would wait for ever."""


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@contextmanager
def held(url: str) -> Iterator[None]:
    """Somebody else holds the SQLite file."""
    with closing(sqlite3.connect(path_of(url), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_a_locked_file_is_unavailable_in_time_and_available_again(sqlite_url: str, open_store: Opener) -> None:
    store = open_store(sqlite_url)
    store.probe()
    with held(sqlite_url):
        began = time.monotonic()
        with pytest.raises(Unavailable):
            store.probe()
        assert time.monotonic() - began < IN_TIME
        with pytest.raises(Unavailable):
            store.set_clock_offset(1)
    store.probe()


def test_a_full_disk_is_unavailable_and_resumes_without_a_restart(sqlite_url: str, open_store: Opener) -> None:
    store = SqlStore(sqlite_url, connections=1)
    world = World(store)
    with store.transaction() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = [post(f"k{n}", incident="x" * 500) for n in range(300)]
    with pytest.raises(Unavailable), store.transaction() as tx:
        tx.enqueue(world.organisation, many)
    assert world.value("SELECT count(*) FROM outbox") == 0
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    with store.transaction() as tx:
        tx.enqueue(world.organisation, many)
    assert world.value("SELECT count(*) FROM outbox") == 300
    store.close()


def test_mistakes_of_ours_are_not_called_unavailable(world: World) -> None:
    with pytest.raises((OperationalError, ProgrammingError)):
        world.rows("SELECT nothing FROM nowhere")
    with pytest.raises(IntegrityError):
        world.rows("INSERT INTO tenant VALUES ('slack', 'T9', 'no organisation', '', 0, NULL) RETURNING 1")
    world.store.probe()


def test_errors_carry_none_of_what_people_typed(world: World) -> None:
    with pytest.raises(IntegrityError) as wrong:
        world.rows("INSERT INTO tenant VALUES ('slack', 'T9', 'nobody', :said, 0, NULL) RETURNING 1", said="canary")
    assert "canary" not in str(wrong.value)


def test_reading_changes_nothing(world: World) -> None:
    with suppress(Unavailable), world.store.reading() as tx:
        tx.enqueue(world.organisation, [post("never")])
    assert world.value("SELECT count(*) FROM outbox") == 0


def test_a_server_that_is_not_there_is_unavailable(open_store: Opener) -> None:
    store = open_store("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable):
        store.probe()


def test_a_connection_that_went_stale_is_replaced_at_once(pg_url: str, open_store: Opener) -> None:
    store = open_store(pg_url)
    store.probe()
    end_all(pg_url)
    store.probe()


def end_all(url: str) -> None:
    name = urlsplit(url).path[1:]
    words = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(words, (name,))


def test_a_connection_cut_in_the_middle_undoes_everything(pg_url: str, open_store: Opener) -> None:
    world = World(open_store(pg_url))

    def cut_off() -> None:
        with world.store.transaction() as tx:
            tx.enqueue(world.organisation, [post("never")])
            end_all(pg_url)
            tx.enqueue(world.organisation, [post("nor this")])

    with pytest.raises(Unavailable):
        cut_off()
    assert world.value("SELECT count(*) FROM outbox") == 0


def test_a_row_that_somebody_holds_is_unavailable_in_time(pg_url: str, open_store: Opener) -> None:
    world = World(open_store(pg_url))
    made = world.declare()
    with psycopg.connect(pg_url) as other:
        other.execute("SELECT 1 FROM incident WHERE id = %s FOR UPDATE", (made.id,))
        began = time.monotonic()
        with pytest.raises(Unavailable):
            world.poke(incident=made.key)
        assert time.monotonic() - began < IN_TIME
    assert world.poke(incident=made.key).incident == made


class Tap:
    """Passes bytes on to a server until it is closed: then it keeps every connection and answers nothing."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._open = threading.Event()
        self._open.set()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        self._open.clear()

    def resume(self) -> None:
        self._open.set()

    def close(self) -> None:
        self._open.set()
        for each in [self._listener, *self._sockets]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._sockets += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while received := source.recv(65536):
                self._open.wait()
                sink.sendall(received)
            sink.shutdown(socket.SHUT_WR)


def test_a_server_that_falls_silent_holds_no_thread(pg_url: str, open_store: Opener) -> None:
    parts = urlsplit(pg_url)
    tap = Tap(parts.port or 0)
    store = open_store(pg_url.replace(f":{parts.port}/", f":{tap.port}/"))
    store.probe()
    tap.stall()
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(Unavailable):
            store.probe()
        assert time.monotonic() - began < IN_TIME
    tap.resume()
    store.probe()
    store.close()
    tap.close()


def test_whoever_waits_at_a_command_line_is_not_cut_short(pg_url: str) -> None:
    with closing(SqlStore(pg_url, within=None)) as store, store.reading() as work:
        assert work.scalar(select(text("1")).select_from(text("pg_sleep(3.5)"))) == 1


# -- unsafe settings


def test_a_safe_database_is_accepted(url: str) -> None:
    assert check(url) == []


def test_sqlite_below_full_is_refused_unless_allowed_by_name(sqlite_url: str) -> None:
    with pytest.raises(UnsafeDatabase, match=r"synchronous is below FULL(.|\n)*DEBRIEF_ALLOW_UNSAFE_DB"):
        check(f"{sqlite_url}?synchronous=NORMAL")
    assert len(check(f"{sqlite_url}?synchronous=NORMAL", allow_unsafe=True)) == 1


def test_every_connection_of_the_store_syncs_fully(sqlite_url: str, open_store: Opener) -> None:
    with open_store(sqlite_url).transaction() as tx:
        ask = tx.connection.exec_driver_sql
        assert ask("PRAGMA synchronous").scalar() == 2
        assert ask("PRAGMA journal_mode").scalar() == "wal"
        assert ask("PRAGMA foreign_keys").scalar() == 1
        assert ask("PRAGMA secure_delete").scalar() == 1


def test_postgresql_without_synchronous_commit_is_refused(postgres: Postgres) -> None:
    url = postgres.create()
    name = sql.Identifier(url.rsplit("/", 1)[-1])
    postgres.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    with pytest.raises(UnsafeDatabase, match="synchronous_commit=off"):
        check(url)
    assert check(url, allow_unsafe=True)
    postgres.drop(url)


def test_a_database_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnsafeDatabase, match="cannot be opened"):
        check("postgresql://nobody@127.0.0.1:1/nothing")
    (tmp_path / "text.db").write_text("this is no database, however long one reads it" * 100)
    with pytest.raises(UnsafeDatabase, match="cannot be opened"):
        check(f"sqlite:///{tmp_path}/text.db")


@pytest.mark.parametrize("address", ["mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused_with_the_remedy(address: str) -> None:
    with pytest.raises(UnsafeDatabase, match="DATABASE_URL"):
        parsed(address)


# -- one running program, on a local disk


def test_a_second_run_on_the_same_file_is_refused_until_the_first_ends(sqlite_url: str) -> None:
    with lock_for_run(sqlite_url):
        with pytest.raises(AlreadyRunning, match="in use by process"), lock_for_run(sqlite_url):
            raise AssertionError("two at once")
        SqlStore(sqlite_url).probe()
    with lock_for_run(sqlite_url):
        pass


def test_several_may_run_on_a_server() -> None:
    url = "postgresql://host/name"
    with lock_for_run(url), lock_for_run(url):
        pass


def test_a_lock_can_be_waited_for(tmp_path: Path) -> None:
    path, free = tmp_path / "lock", threading.Event()

    def hold() -> None:
        with locked(path):
            free.set()
            time.sleep(0.2)

    threading.Thread(target=hold).start()
    free.wait()
    with locked(path, wait=10):
        pass


def test_a_network_file_system_is_recognised_by_its_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path.resolve()}/far nfs4 rw 0 0\n")
    assert on_network(tmp_path / "far" / "debrief.db", mounts) == "nfs4"
    assert on_network(tmp_path / "farther.db", mounts) == ""
    assert on_network(tmp_path / "debrief.db", tmp_path / "no such list") == ""
