"""After an outage: it is known how long nobody listened, and what was said meanwhile is asked for until it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.slack.outages import SPARE, Outages
from bot.errors import Unavailable

NOON = 1_800_000_000.0


class Paper:
    """What all replicas write down in one place."""

    def __init__(self, last: float = 0.0) -> None:
        self.at = last
        self.torn = 0

    async def last(self) -> float:
        if self.torn:
            self.torn -= 1
            raise Unavailable
        return self.at

    async def write(self, at: float) -> None:
        self.at = at


class Hours:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self, paper: Paper, *, replica: bool = False) -> None:
        self.now = NOON
        self.paper, self.replica = paper, replica
        self.listening = True
        self.asleep = asyncio.Event()
        self.told: list[tuple[float, float]] = []
        self.refusals = 0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.now += seconds
        if self.replica:
            self.paper.at = self.now

    async def missed(self, since: float, until: float) -> bool:
        if self.refusals:
            self.refusals -= 1
            return False
        self.told.append((since, until))
        return True


@asynccontextmanager
async def watched(hours: Hours, repeated: float = 60.0) -> AsyncIterator[Hours]:
    outages = Outages(
        hours.paper, hours.missed, lambda: hours.listening, lambda: hours.now, repeated=repeated, sleep=hours.sleep
    )
    outages.start()
    yield hours
    outages.stop()


async def some_time() -> None:
    for _ in range(60):
        await asyncio.sleep(0)


async def test_a_first_start_misses_nothing() -> None:
    async with watched(Hours(Paper())) as hours:
        await some_time()
        assert hours.told == []
        assert hours.paper.at > NOON


async def test_what_was_said_while_nobody_listened_is_missing_from_then_on_with_some_seconds_to_spare() -> None:
    async with watched(Hours(Paper(NOON - 1200))) as hours:
        await some_time()
        assert hours.told == [(NOON - 1200 - SPARE, NOON)]


async def test_what_slack_repeats_by_itself_is_not_missing() -> None:
    async with watched(Hours(Paper(NOON - 50))) as hours:
        await some_time()
        assert hours.told == []


async def test_a_socket_repeats_nothing() -> None:
    async with watched(Hours(Paper(NOON - 5)), repeated=2.0) as hours:
        await some_time()
        assert [since for since, _ in hours.told] == [NOON - 5 - SPARE]


async def test_while_another_replica_listens_nothing_is_missing() -> None:
    async with watched(Hours(Paper(NOON - 1200), replica=True)) as hours:
        await some_time()
        assert hours.told == []


async def test_it_is_told_again_until_it_is_taken_and_only_then_written_off() -> None:
    hours = Hours(Paper(NOON - 1200))
    hours.refusals = 3
    async with watched(hours):
        await some_time()
        assert [since for since, _ in hours.told] == [NOON - 1200 - SPARE]
        assert hours.paper.at > NOON


async def test_until_it_is_connected_it_does_not_listen() -> None:
    hours = Hours(Paper(NOON - 1200))
    hours.listening = False
    async with watched(hours):
        await some_time()
        assert hours.told == []
        hours.listening = True
        await some_time()
        ((since, until),) = hours.told
        assert since == NOON - 1200 - SPARE
        assert until > NOON + 60


async def test_a_program_that_was_stopped_or_cut_off_for_long_has_missed_something_too() -> None:
    async with watched(Hours(Paper())) as hours:
        await some_time()
        stopped = hours.now
        hours.now += 600
        await some_time()
        ((since, _),) = hours.told
        assert stopped - 60 < since < stopped


async def test_a_database_that_is_away_is_asked_again() -> None:
    paper = Paper(NOON - 1200)
    paper.torn = 2
    async with watched(Hours(paper)) as hours:
        await some_time()
        assert len(hours.told) == 1
