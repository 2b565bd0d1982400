"""Many reminders that are due at once: all are said, each once, and what an incident has to say goes before them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.tick import PAGE, tick
from storage.store import SqlStore
from tests.faults.crowds import due_at_once
from tests.faults.sending import World, sender


def beaten(store: SqlStore) -> int:
    """A beat of the clock: everything that is due, a page to a transaction; how many pages."""
    pages = 0
    while True:
        with store.transaction() as tx:
            found = tick(tx)
        pages += found > 0
        if found < PAGE:
            return pages


async def many_at_once(world: World, number: int, seconds: float) -> None:
    organisation = world.store.join("slack", world.sim.team.id, "Acme")
    wanted = await asyncio.to_thread(due_at_once, world.store, world.sim, organisation, number)
    assert await asyncio.to_thread(beaten, world.store) >= number // PAGE
    urgent = world.post()
    await asyncio.to_thread(world.enqueue, [urgent])
    await world.emptied(seconds)
    await asyncio.to_thread(beaten, world.store)
    await world.emptied(seconds)
    assert world.standing() == {urgent.key: 1, **dict.fromkeys(wanted, 1)}
    order = [(one.key or "").removeprefix("debrief_effect:") for one in world.sim.ledger.posted]
    assert order.index(urgent.key) < 40, "only what was under way already went before it"


async def test_three_hundred_at_once_are_all_said_once_and_hold_up_no_incident(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db", http_timeout=10) as world:
        await many_at_once(world, 300, 100)
