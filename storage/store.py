"""`bot.ports.Store` over SQLite and PostgreSQL.

Law: what a transaction wrote is on disk when its block ends, or undone altogether; a database that does not answer in
time is `Unavailable`, every time, and is used again as soon as it is back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import timedelta

from sqlalchemy import delete

from bot.command import Command
from bot.errors import Collided, Unavailable
from bot.failpoint import failpoint
from bot.similar import Foreseen
from bot.ticket import TrackerHere, Where
from storage import audit, foreseeing, likeness, outbox, saving, tickets
from storage.captures import SEEN_FOR
from storage.connect import open_engine, sqlite_path
from storage.failures import DATABASE_ERRORS, collided, not_answering
from storage.fields import table
from storage.files import locked
from storage.tables_access import OAuthStateRow, SettingRow, SignInRow
from storage.transaction import SqlTransaction
from storage.watchdog import LIMIT, Watchdog
from storage.work import Holidays, LanguageModel

NOT_WATCHED = nullcontext()
PIECE = 2_000
"""Rows that are purged or checked in one transaction."""


class SqlStore:
    """Opens nothing until it is used. `holidays` gives the ISO dates of a country's public holidays in a year."""

    def __init__(
        self, url: str, *, holidays: Holidays | None = None, connections: int = 8, within: float | None = LIMIT
    ) -> None:
        """`within` is how many seconds PostgreSQL has for a transaction, connecting included; None: as many as it
        takes, for somebody who waits at a command line."""
        self.url = url
        self.sqlite = sqlite_path(url) is not None
        self.holidays = holidays
        self._watchdog = None if self.sqlite or within is None else Watchdog(within)
        self._engine = open_engine(url, self._watchdog, patient=within is None, connections=connections)
        self._known: set[tuple[str, str]] = set()
        self._offset = 0.0
        self.language_model: LanguageModel = ""
        """What rules are told: about which incidents a language model may be asked."""
        self.trackers: tuple[TrackerHere, ...] = ()
        """What rules are told: where action items may have tickets."""

    def close(self) -> None:
        self._engine.dispose()
        if self._watchdog is not None:
            self._watchdog.close()

    @contextmanager
    def transaction(self, foreseen: Foreseen | None = None) -> Iterator[SqlTransaction]:
        with self._opened("BEGIN IMMEDIATE" if self.sqlite else "BEGIN") as work:
            work.foreseen = foreseen
            yield work
            work.commit()
        if work.met:
            self._known |= work.met

    def foresee(self, command: Command) -> Foreseen | None:
        with self.reading() as work:
            return foreseeing.foreseen(work, command)

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        """One moment of the database; holds up no writer, and nothing can be written."""
        begin = "BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with self._opened(begin) as work:
            yield work
            work.undo()

    @contextmanager
    def _opened(self, begin: str) -> Iterator[SqlTransaction]:
        watched: AbstractContextManager[None] = self._watchdog.watching() if self._watchdog else NOT_WATCHED
        try:
            with watched:
                work = self._begun(begin)
                try:
                    yield work
                except BaseException:
                    work.undo()
                    raise
                finally:
                    work.close()
        except DATABASE_ERRORS as error:
            if collided(error):
                raise Collided from error
            if not_answering(error):
                raise Unavailable from error
            raise

    def _begun(self, begin: str) -> SqlTransaction:
        """A connection that went stale in the pool is replaced, once; nothing was done on it yet."""
        work = self._connected()
        try:
            work.begin(begin)
        except DATABASE_ERRORS:
            stale = getattr(work.raw.dbapi_connection, "closed", False)
            work.undo()
            work.close()
            if not stale:
                raise
        else:
            return work
        self._engine.dispose()
        return self._begun_anew(begin)

    def _connected(self) -> SqlTransaction:
        connection = self._engine.raw_connection()
        told = (self.holidays, self.language_model, self.trackers)
        return SqlTransaction(self._engine, connection, self._known, *told)

    def _begun_anew(self, begin: str) -> SqlTransaction:
        work = self._connected()
        try:
            work.begin(begin)
        except DATABASE_ERRORS:
            work.undo()
            work.close()
            raise
        return work

    def probe(self) -> None:
        with self.transaction() as work:
            work.put(SettingRow, [{"name": "probe", "value": str(work.micros())}])

    def linked(self, tracker: str, ticket: str) -> list[Where]:
        """The items that have a ticket, whosever they are."""
        with self.reading() as work:
            return tickets.linked(work, tracker, ticket)

    # -- setting up and keeping order

    def join(self, platform: str, tenant: str, name: str, organisation: str | None = None) -> str:
        """The organisation's id; without one named, a new one is made. Joining twice is joining once."""
        with self.transaction() as work:
            return work.join(platform, tenant, name, organisation)

    def join_beside(self, platform: str, tenant: str, name: str) -> str:
        """Joins the organisation to which the tenants of the operator's settings belong."""
        with self.transaction() as work:
            return work.join_beside(platform, tenant, name)

    def leave(self, platform: str, tenant: str) -> None:
        with self.transaction() as work:
            work.leave(platform, tenant)

    def set_clock_offset(self, seconds: float) -> None:
        with self.transaction() as work:
            work.put(SettingRow, [{"name": "clock_offset", "value": str(round(seconds * 1_000_000))}])
        self._offset = seconds

    def seconds(self) -> float:
        """For measuring how long something takes; the clock's offset moves it along."""
        return time.monotonic() + self._offset

    def purge(self, *, keep: timedelta = SEEN_FOR) -> int:
        """Forgets ids that nobody repeats any more, what was sent, and links that ended; returns how many ids.

        In small transactions, so that messages are not kept waiting.
        """
        forgotten = sum(self._in_pieces(lambda work: saving.forget_seen(work, keep, PIECE)))
        sum(self._in_pieces(lambda work: outbox.forget_old(work, work.now() - keep, PIECE)))
        with self.transaction() as work:
            likeness.tidy(work)
            for row in (SignInRow, OAuthStateRow):
                ended = table(row)
                work.run(delete(ended).where(ended.c.expires < work.now()))
        self._truncate_log()
        return forgotten

    def _in_pieces(self, piece: Callable[[SqlTransaction], int]) -> Iterator[int]:
        while True:
            with self.transaction() as work:
                done = piece(work)
                failpoint("during purge")
            yield done
            if done < PIECE:
                return

    def _truncate_log(self) -> None:
        """So that erased texts do not linger in SQLite's write-ahead log; a busy log waits for the next time."""
        if self.sqlite:
            with self._engine.connect() as connection, suppress(*DATABASE_ERRORS):
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def hold_outbox(self) -> int:
        """After a restore: nothing that was waiting is sent by itself. How many rows there were."""
        with self.transaction() as work:
            return outbox.hold_all(work)

    def release_outbox(self) -> int:
        """What was held is sent after all, each after a look whether it was sent before."""
        with self.transaction() as work:
            return outbox.release_held(work)

    def verify_audit(self, organisation: str) -> int | None:
        """The first number at which the audit chain does not hold; None: it is whole."""
        checked = audit.Checked()
        while checked.bad is None and not checked.whole:
            with self.reading() as work:
                checked = audit.follow(work, organisation, checked, PIECE)
        return checked.bad


def lock_for_run(url: str) -> AbstractContextManager[None]:
    """Held while the program runs: a SQLite file is for one `debrief run` only. Raises `AlreadyRunning`."""
    path = sqlite_path(url)
    return locked(path.with_name(path.name + ".lock")) if path else nullcontext()
