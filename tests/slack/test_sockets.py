"""Socket Mode: acknowledged after the commit, back within seconds, and what was missed is asked for."""

from __future__ import annotations

import asyncio

from bot.commands.captures import Said
from bot.commands.channel import CaptureGap
from bot.errors import Unavailable
from bot.text import Reply
from tests.slack.harness import World, running, until

Seconds = float


async def connected(world: World, seconds: Seconds = 5.0) -> None:
    await until(lambda: world.slack.sockets.connected and world.adapter.connected, seconds)


async def test_messages_and_commands_come_over_the_socket() -> None:
    async with running(socket=True) as world:
        await connected(world)
        channel = await world.channel("kitchen", "tom")
        await world.slack.say("tom", channel, "hello")
        await world.slack.settled()
        world.engine.replies["list"] = Reply.of("No open incidents.")
        seen = await world.slack.slash("maya", channel, "/incident list")
        assert [one.text for one in world.engine.of(Said)] == ["hello"]
        assert "No open incidents." in str(seen.ephemerals)
        assert not world.slack.ledger.lost()


async def test_an_envelope_is_acknowledged_only_after_the_commit() -> None:
    async with running(socket=True, ack_seconds=0.5) as world:
        await connected(world)
        channel = await world.channel("kitchen", "tom")
        world.engine.always = Unavailable()
        await world.slack.say("tom", channel, "hello")
        await until(lambda: len(world.engine.got) >= 1)
        assert not [
            one for one in world.slack.ledger.events.values() if one.id == world.engine.got[0].origin.id and one.acked
        ]
        world.engine.always = None
        await world.slack.settled()
        assert not world.slack.ledger.lost()
        assert len({one.origin.id for one in world.engine.of(Said)}) == 1


async def test_a_cut_connection_is_back_at_once_and_nothing_is_lost() -> None:
    async with running(socket=True, retry_delays=(0.5, 1.0, 2.0)) as world:
        await connected(world)
        channel = await world.channel("kitchen", "tom")
        world.engine.pause = 0.1
        await world.slack.say("tom", channel, "before the cut")
        await asyncio.sleep(0.02)
        await world.slack.sockets.cut()
        await connected(world)
        await world.slack.say("tom", channel, "after the cut")
        await world.slack.settled()
        assert {one.text for one in world.engine.of(Said)} == {"before the cut", "after the cut"}
        assert not world.slack.ledger.lost()


async def test_an_announced_end_is_overtaken_by_a_new_connection() -> None:
    async with running(socket=True) as world:
        await connected(world)
        channel = await world.channel("kitchen", "tom")
        opened = world.slack.sockets.opened
        await world.slack.sockets.warn(after=0.3)
        await until(lambda: world.slack.sockets.opened == opened + 1)
        await world.slack.sockets.ask_to_refresh(after=0.1)
        await until(lambda: world.slack.sockets.opened >= opened + 2)
        for number in range(5):
            await world.slack.say("tom", channel, f"message {number}")
            await asyncio.sleep(0.1)
        await world.slack.settled()
        assert len(world.engine.of(Said)) == 5
        assert not world.slack.ledger.lost()


async def test_after_an_outage_the_missing_messages_are_asked_for() -> None:
    async with running(socket=True) as world:
        await connected(world)
        channel = await world.channel("kitchen", "tom")
        world.slack.sockets.refusing = True
        await world.slack.sockets.cut()
        await asyncio.sleep(2.2)
        world.slack.sockets.refusing = False
        await connected(world, 6)
        await until(lambda: any(one.origin.channel == channel for one in world.engine.of(CaptureGap)))
        gap = next(one for one in world.engine.of(CaptureGap) if one.origin.channel == channel)
        assert gap.since
        assert "away" in gap.why


async def test_a_switched_off_socket_is_said_plainly_and_tried_again() -> None:
    async with running(socket=True) as world:
        await connected(world)
        await world.slack.sockets.disable()
        await until(lambda: not world.adapter.connected)
        assert world.adapter.counts.get("slack_socket_disconnect", "link_disabled") == 1
        world.slack.sockets.enable()
        await connected(world, 8)
