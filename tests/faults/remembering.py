"""Overdue action items, and a database clock moved to a Wednesday in everybody's working hours."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg

from tests.faults.rig import Rig, until

WEEKS = timedelta(weeks=4)


def offset() -> int:
    """Seconds from now to a Wednesday some weeks ahead, 15:00 in London and a working hour in New York and Berlin."""
    now = datetime.now(UTC)
    day = now + WEEKS
    day += timedelta(days=(2 - day.weekday()) % 7)
    return round((day.replace(hour=15, minute=0, second=0) - now).total_seconds())


def execute(url: str, words: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)) as connection, connection:
            connection.execute(words)
        return
    with psycopg.connect(url) as server:
        server.execute(words.encode())


async def items_for(rig: Rig, people: list[str]) -> str:
    """An action item for each, due in a week; the incident's channel. Everybody was told of theirs."""
    room = await rig.declare()
    for who in people:
        seen = await rig.sim.slash("maya", room, f"/incident action @{who} by 1w: Look after {who}")
        assert seen.ok, seen
    await until(lambda: rig.value("SELECT count(*) FROM plan WHERE rule = 'digest' AND wall <> ''") == len(people), 60)
    await rig.sim.slash("maya", room, "/incident resolve done")
    await rig.quiet(90)
    return room


def reminded(rig: Rig, who: str) -> list[float]:
    """When a person was reminded of something overdue, in seconds since 1970."""
    channel = rig.sim.team.direct(rig.sim.team.bot_user, rig.sim.user(who).id)
    if channel is None:
        return []
    lag = time.time() - time.monotonic()
    return [one.at + lag for one in rig.sim.ledger.posted if one.channel == channel.id and "digest:" in (one.key or "")]


async def asleep(rig: Rig) -> None:
    await asyncio.gather(*(bot.kill() for bot in rig.bots))


def person_of(rig: Rig, who: str) -> str:
    """The id of a person by the name on the platform."""
    ids: dict[str, str] = dict(rig.rows("SELECT key, person FROM account"))
    return next(person for account, person in ids.items() if account.endswith(rig.sim.user(who).id))


def subjects(rig: Rig, who: str) -> str:
    """Of the person's plans: themselves and their items, as SQL."""
    person = person_of(rig, who)
    return f"'{person}', " + ", ".join(
        f"'{one}'" for (one,) in rig.rows(f"SELECT id FROM item WHERE owner = '{person}'")
    )


def step(rig: Rig, seconds: float) -> None:
    """The database's clock jumps, for programs that run."""
    execute(rig.url, f"UPDATE setting SET value = '{round(seconds * 1_000_000)}' WHERE name = 'clock_offset'")


async def a_beat(rig: Rig) -> None:
    """Everything that is due by the database's clock was looked at, and what follows from it was sent."""
    organisation = rig.value("SELECT id FROM organisation")
    moved = rig.value("SELECT value FROM setting WHERE name = 'clock_offset'")
    row = f"'{organisation}', 'canary', 'digest', 'nobody', {round(time.time() * 1_000_000) + int(moved)}, ''"
    execute(rig.url, f"INSERT INTO plan (organisation, key, rule, subject, due_at, wall) VALUES ({row})")
    await until(lambda: not rig.rows("SELECT 1 FROM plan WHERE subject = 'nobody'"), 20)
    await rig.quiet()
