"""What SQLite needs from the file system: one running program for a file, and a disk of this machine."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "afs", "ncpfs", "fuse.sshfs", "ceph", "fuse.glusterfs", "lustre"}
)
MOUNTS = Path("/proc/mounts")


class AlreadyRunning(Exception):
    """Another `debrief run` uses the same SQLite file."""


@contextmanager
def locked(path: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Holds a lock file; it is free again when the process ends, however it ends. Raises `AlreadyRunning`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(number, path, time.monotonic() + wait)
        os.ftruncate(number, 0)
        os.write(number, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(number)


def _take(number: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            if time.monotonic() >= deadline:
                raise AlreadyRunning(_who(path)) from busy
            time.sleep(0.05)
        else:
            return


def _who(path: Path) -> str:
    holder = path.read_text(errors="replace").strip()[:20] or "another process"
    return (
        f"The database file is in use by process {holder} (lock {path}). Stop that one first; "
        "for several at once use PostgreSQL."
    )


def on_network(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of network file system that a path lies on; empty for a local disk or where it cannot be known."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    where = path.resolve()
    fitting = [(len(point), kind) for point, kind in map(_mount, lines) if where.is_relative_to(point)]
    kind = max(fitting, default=(0, ""))[1]
    return kind if kind in NETWORK else ""


def _mount(line: str) -> tuple[str, str]:
    _, point, kind, *_ = line.split(" ")
    return point.replace("\\040", " "), kind
