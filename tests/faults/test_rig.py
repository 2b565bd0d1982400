"""The rig itself: a program that is forked is the program, and it costs nothing while nothing happens."""

from __future__ import annotations

import asyncio

from tests.faults.conftest import Rigged


async def test_a_declared_incident_gets_its_channel_and_its_card(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        await running.start()
        room = await running.declare()
        await running.sim.say("tom", room, "hello")
        await running.quiet()
        assert running.value("SELECT count(*) FROM entry WHERE text = 'hello'") == 1
        assert running.posted_twice() == []
        assert running.never_posted() == []


async def test_an_idle_program_costs_next_to_nothing(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        await running.start()
        await running.declare()
        await running.quiet()
        before = running.bot.cpu()
        await asyncio.sleep(3)
        assert running.bot.cpu() - before < 0.6
