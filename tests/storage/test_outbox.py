"""The outbox over both databases: what cannot be delivered holds up nobody for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import bot.commands  # noqa: F401  # fills the tables of rules
from bot.command import Command
from bot.effects import Effect
from bot.errors import Retry
from bot.outbox import LEAST_ATTEMPTS, Outbox
from bot.writer import Writer
from tests.storage.worlds import World, post


async def until(fits: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not fits():  # noqa: ASYNC110 -- what happens in threads tells nobody
            await asyncio.sleep(0.01)


async def test_what_does_not_get_through_for_a_day_is_given_up_in_words_and_its_lane_goes_on(world: World) -> None:
    about = world.declare()
    world.save(effects=[post("stuck", incident=about.id), post("behind", incident=about.id)])
    tried: Counter[str] = Counter()

    async def deliver(effect: Effect, _attempt: int, _unsure: bool) -> Command | None:
        tried[effect.key] += 1
        if effect.key == "stuck":
            raise Retry(timedelta(), "internal_error")
        return None

    writer = Writer(world.store)
    outbox = Outbox(writer, {"slack": deliver})
    writer.start()
    outbox.start()
    try:
        await until(lambda: tried["stuck"] > LEAST_ATTEMPTS + 2)
        assert tried["behind"] == 0
        await asyncio.to_thread(world.store.set_clock_offset, 90_000)
        await until(lambda: tried["behind"] == 1)
    finally:
        await outbox.stop()
        await writer.stop()
    assert world.value("SELECT state FROM outbox WHERE key = 'stuck'") == "given_up"
    assert world.value("SELECT count(*) FROM outbox WHERE key LIKE 'told:%'") == 1


async def test_it_is_quiet_once_everything_that_was_due_is_carried_out(world: World) -> None:
    about = world.declare()
    world.save(effects=[post("first", incident=about.id)])
    going = asyncio.Event()

    async def deliver(_effect: Effect, _attempt: int, _unsure: bool) -> Command | None:
        await going.wait()
        return None

    writer = Writer(world.store)
    outbox = Outbox(writer, {"slack": deliver})
    assert not outbox.quiet
    writer.start()
    outbox.start()
    try:
        await until(lambda: world.value("SELECT state FROM outbox WHERE key = 'first'") == "sending")
        assert not outbox.quiet
        going.set()
        await until(lambda: outbox.quiet)
        assert world.value("SELECT state FROM outbox WHERE key = 'first'") == "sent"
        outbox.wake()
        assert not outbox.quiet
        await until(lambda: outbox.quiet)
    finally:
        await outbox.stop()
        await writer.stop()
