"""Cuts a connection that gives no answer, so that a black-holed database holds no thread for ever.

Law: a thread that talks to the database is watched from the connection's first byte; at its deadline the socket is
shut down, which every waiting call sees as a lost connection.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LIMIT = 3.0
"""Seconds for a whole transaction, connecting included. Longer than every timeout that the server itself keeps."""


BEAT = 0.25


class _Watched:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.connection: Any = None


class Watchdog:
    """One thread for all connections of a store; it sleeps while nothing is watched."""

    def __init__(self, limit: float = LIMIT) -> None:
        self.limit = limit
        self._watched: dict[int, _Watched] = {}
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Everything that this thread does with the database inside the block ends in time."""
        me = threading.get_ident()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="database-watchdog", daemon=True)
                self._thread.start()
            self._watched[me] = _Watched(time.monotonic() + self.limit)
        self._something.set()
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(me, None)

    def adopt(self, connection: Any) -> None:
        """The psycopg connection that the current thread is waiting on from now on."""
        with self._lock:
            watched = self._watched.get(threading.get_ident())
            if watched is not None:
                watched.connection = connection

    def close(self) -> None:
        self._closed.set()
        self._something.set()
        if self._thread is not None:
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._closed.is_set():
            self._something.wait()
            self._closed.wait(BEAT)
            with self._lock:
                self._cut_late(time.monotonic())

    def _cut_late(self, now: float) -> None:
        if not self._watched:
            self._something.clear()
        for watched in self._watched.values():
            if watched.deadline <= now:
                cut(watched.connection)
                watched.deadline = now + self.limit


def cut(connection: Any) -> None:
    """Shuts the socket down, leaving its closing to its owner."""
    if connection is None or connection.closed:
        return
    try:
        twin = socket.socket(fileno=os.dup(connection.fileno()))
    except (OSError, ValueError):
        return
    with twin:
        try:
            twin.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
