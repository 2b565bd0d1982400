"""A sender that is frozen past its lease: another one sends, and the first one finds out before it does too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.outbox import Outbox
from bot.writer import Writer
from tests.faults.rig import until
from tests.faults.sending import World, sender


@asynccontextmanager
async def another_worker(world: World) -> AsyncIterator[Outbox]:
    """On the same rows, with the same short lease."""
    writer = Writer(world.store)
    first = world.outbox
    second = Outbox(writer, first.deliver, lease=first.lease, look_after=first.look_after)
    writer.start()
    second.start()
    try:
        yield second
    finally:
        await second.stop()
        await writer.stop()


async def test_a_sender_held_up_past_its_lease_does_not_send_what_another_sent(postgres_url: str) -> None:
    async with sender(postgres_url, lease=2.0, http_timeout=10.0) as world:
        held_up = world.sim.faults.add("delay", "conversations.open", times=1, seconds=4.0)
        effect = world.direct()
        await asyncio.to_thread(world.enqueue, [effect])
        await until(lambda: held_up.hits == 1, 5)
        async with another_worker(world) as second:

            def standing() -> bool:
                second.wake()
                return bool(world.standing()[effect.key])

            await until(standing, 10)
            await asyncio.sleep(3.0)
        await world.emptied(10)
        assert world.standing() == {effect.key: 1}
        assert world.states() == {"sent": 1}


async def test_a_lease_is_longer_than_a_call_and_a_look_comes_later_than_one() -> None:
    from bot import outbox

    assert outbox.LEASE * (1 - outbox.BEGIN_WITHIN) >= outbox.HTTP_TIMEOUT
    assert outbox.HTTP_TIMEOUT + timedelta(seconds=1) < outbox.LOOK_AFTER
