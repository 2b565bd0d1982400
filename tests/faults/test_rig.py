"""The rig itself: a program that is forked is the program, and it costs nothing while nothing happens."""

from __future__ import annotations

import asyncio
import gc
import socket

from tests.faults.conftest import Rigged
from tests.faults.relay import Relay


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


def test_a_relay_that_closes_while_somebody_comes_in_leaves_no_connection_open() -> None:
    for _ in range(20):
        relay = Relay(("127.0.0.1", 1))
        callers = [socket.create_connection(("127.0.0.1", relay.port)) for _ in range(4)]
        relay.close()
        for caller in callers:
            caller.close()
    gc.collect()  # pytest fails whoever left one
