"""One open transaction: its clock, and the few ways to run a statement in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Engine, PoolProxiedConnection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from bot.model import Entry, MessageRef
from bot.similar import Foreseen
from bot.ticket import TrackerHere
from storage.columns import moment
from storage.failures import DATABASE_ERRORS
from storage.fields import table
from storage.given import Columns, flat, for_postgresql, for_sqlite
from storage.keys import lock_number

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert

Holidays = Callable[[str, int], frozenset[str]]
LanguageModel = Literal["", "public", "any"]
Values = dict[str, Any]
OFFSET = "COALESCE((SELECT CAST(value AS BIGINT) FROM setting WHERE name = 'clock_offset'), 0)"
SQLITE_NOW = f"CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 1000 + {OFFSET}"
PG_NOW = f"CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) + {OFFSET}"


class Work:
    """`connection` is for statements built from the tables, `cursor` for the few that are run for every message."""

    def __init__(
        self, engine: Engine, raw: PoolProxiedConnection, known: set[tuple[str, str]], holidays: Holidays | None = None,
        language_model: LanguageModel = "", trackers: tuple[TrackerHere, ...] = (),
    ) -> None:  # fmt: skip
        self.engine, self.raw = engine, raw
        self.sqlite = engine.dialect.name == "sqlite"
        self.cursor: Any = raw.cursor()
        self.mark = "?" if self.sqlite else "%s"
        self.clock = SQLITE_NOW if self.sqlite else PG_NOW
        self.stored_now: int | None = None
        self.known = known
        """Accounts that are persons already, as (organisation, account key); shared by all transactions of a store."""
        self.met: set[tuple[str, str]] = set()
        """Accounts that this transaction made persons; they are known once it is committed."""
        self.before: dict[MessageRef, Entry] = {}
        self.old: dict[str, Entry] = {}
        """Entries as they were when this transaction read them, by message and by id."""
        self.looked: dict[MessageRef, tuple[str, str] | None] = {}
        """Organisation and incident of the messages that were looked for."""
        self.twins: dict[MessageRef, list[tuple[str, Entry]]] = {}
        """The same message in timelines of other incidents, with the organisation."""
        self.holidays, self.language_model, self.trackers = holidays, language_model, trackers
        self.foreseen: Foreseen | None = None

    @cached_property
    def connection(self) -> Connection:
        """Made when it is first asked for: messages do without."""
        return Connection(self.engine, self.raw)

    def now(self) -> datetime:
        """The database's clock plus the stored offset, read once."""
        return moment(self.micros())

    def off_days(self, country: str) -> frozenset[str]:
        """ISO dates of its public holidays, this year and the next; none where no country is set."""
        if not country or self.holidays is None:
            return frozenset()
        year = self.now().year
        return self.holidays(country, year) | self.holidays(country, year + 1)

    def micros(self) -> int:
        if self.stored_now is None:
            self.cursor.execute(f"SELECT {self.clock}")
            self.stored_now = int(self.cursor.fetchall()[0][0])
        return self.stored_now

    # -- statements

    def rows(self, statement: Any, parameters: Values | None = None) -> Sequence[Row[Any]]:
        return self.connection.execute(statement, parameters).all()

    def row(self, statement: Any) -> Row[Any] | None:
        return self.connection.execute(statement).first()

    def scalar(self, statement: Any) -> Any:
        return self.connection.execute(statement).scalar()

    def run(self, statement: Any) -> int:
        """How many rows it touched."""
        return self.connection.execute(statement).rowcount

    def add(self, row: type[SQLModel], values: Values) -> bool:
        """Inserts unless the key is taken; False: it was."""
        statement = self.insert(table(row)).values(values).on_conflict_do_nothing()
        return self.connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1

    def put(self, row: type[SQLModel], values: Iterable[Values], *, keep: Sequence[str] = ()) -> None:
        """Inserts or overwrites by primary key; columns in `keep` stay as they were first written."""
        many = list(values)
        if many:
            self.connection.execute(_upsert(table(row), self.sqlite, tuple(keep)), many)

    def give(self, columns: Columns, rows: Sequence[Sequence[Any]], statement: str) -> None:
        """Runs text that reads the rows as the table `given`: all in one statement, as the driver gives way to other
        threads at each."""
        if rows and self.sqlite:
            self.cursor.execute(for_sqlite(columns, len(rows), statement), flat(rows))
        elif rows:
            self.cursor.execute(for_postgresql(columns, statement), (json.dumps(rows),))

    def insert(self, into: Table) -> Insert:
        return _insert(into, self.sqlite)

    def hold(self, keys: Iterable[str]) -> None:
        """Holds names against other replicas until the end, whether there are rows for them yet or not."""
        if self.sqlite:
            return
        numbers = ",".join(map(str, sorted({lock_number(key) for key in keys})))
        if numbers:
            self.cursor.execute("SELECT pg_advisory_xact_lock(n) FROM unnest(%s::bigint[]) AS n", (f"{{{numbers}}}",))

    # -- ends

    def begin(self, words: str) -> None:
        self.cursor.execute(words)

    def commit(self) -> None:
        self.raw.commit()

    def undo(self) -> None:
        """A connection that cannot even roll back is thrown away, and with it what it held."""
        if not self.raw.is_valid:
            return
        try:
            self.raw.rollback()
        except DATABASE_ERRORS:
            self.raw.invalidate()

    def close(self) -> None:
        """Gives the connection back to the pool, with no statement of SQLite's left half read."""
        self.cursor.close()
        if "connection" in self.__dict__:
            self.connection.close()
        else:
            self.raw.close()


def _insert(into: Table, for_sqlite: bool) -> Insert:
    """Both databases know ON CONFLICT; each has a class of its own for it."""
    made: Any = sqlite.insert(into) if for_sqlite else postgresql.insert(into)
    return made  # type: ignore[no-any-return]


@lru_cache(maxsize=64)
def _upsert(into: Table, for_sqlite: bool, keep: tuple[str, ...]) -> Insert:
    statement = _insert(into, for_sqlite)
    keys = [column.name for column in into.primary_key]
    others = [c.name for c in into.columns if c.name not in (*keys, *keep)]
    if not others:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in others}
    )
