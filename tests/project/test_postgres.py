"""The tests' own PostgreSQL keeps what was committed, and leaves nothing behind."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from tests.postgres import Postgres, fresh_postgres, running_postgres

ROOT = Path(__file__).resolve().parents[2]
ABANDON = """
import os, signal
from tests.postgres import running_postgres
with running_postgres() as server:
    print(server.child.pid, server.folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def ask(url: str, setting: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
    assert row is not None
    return str(row[0])


def test_a_fresh_database_is_empty_and_gone_afterwards(postgres: Postgres) -> None:
    with fresh_postgres(postgres) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT * FROM pg_tables WHERE schemaname = 'public'").fetchall() == []
    with psycopg.connect(postgres.url("postgres")) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert (url.rsplit("/", 1)[-1],) not in names


def test_it_syncs_to_disk_and_keeps_time_in_utc(postgres_url: str) -> None:
    assert ask(postgres_url, "fsync") == "on"
    assert ask(postgres_url, "synchronous_commit") == "on"
    assert ask(postgres_url, "TimeZone") == "UTC"


def test_what_was_committed_outlives_a_crash_and_what_was_not_does_not() -> None:
    with running_postgres() as server, fresh_postgres(server) as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        doubtful = psycopg.connect(url)
        doubtful.execute("INSERT INTO kept VALUES (2)")
        server.crash_and_restart()
        doubtful.close()
        assert count(url) == 1


def test_a_killed_test_run_leaves_no_server_behind() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ABANDON], cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )
    pid, folder = int(ended.stdout.split()[0]), ended.stdout.split()[1]
    deadline = time.monotonic() + 30
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    shutil.rmtree(folder)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
