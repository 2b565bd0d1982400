"""Slack's limits and refusals: told to wait, flooded with changes, and refused for good."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.effects import Edit
from bot.model import MessageRef
from bot.text import Card
from tests.faults.conftest import Rigged
from tests.faults.rig import until
from tests.faults.sending import World, sender

PERMANENT = ("is_archived", "channel_not_found")


async def test_told_to_wait_one_method_waits_and_the_others_go_on(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db") as world:
        limited = world.sim.faults.add("ratelimit", "chat.postMessage", times=1, seconds=3)
        posts, directs = [world.post() for _ in range(5)], [world.direct()]
        world.wanted = [effect.key for effect in (*posts, *directs)]
        world.enqueue(posts[:1])
        await until(lambda: limited.hits == 1, 5)
        told, before = time.monotonic(), world.sim.ledger.calls["chat.postMessage"]
        world.enqueue([*posts[1:], *directs])
        await until(lambda: world.sim.ledger.calls["conversations.open"] == 1, 2)
        await asyncio.sleep(1.5)
        assert world.sim.ledger.calls["chat.postMessage"] == before
        await world.emptied(20)
        assert min(one.at for one in world.sim.ledger.posted) - told > 2.5
        assert world.missing() == world.doubled() == []


def change(world: World, ts: str, number: int) -> Edit:
    """The newest state of one message, which older ones need not be shown before."""
    ref = MessageRef(platform="slack", tenant=world.sim.team.id, channel=world.place.channel, ts=ts)
    return Edit(
        key=f"edit {number}", platform="slack", tenant=world.sim.team.id, message=ref, incident="i1",
        supersedes="card of i1", card=Card(title=f"state {number}"),
    )  # fmt: skip


async def test_of_a_hundred_changes_the_last_one_is_shown_soon_and_most_are_left_out(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db", lease=30.0, paced=True, rate_limits=True, pauses=1.0) as world:
        world.enqueue([world.post()])
        await world.emptied(10)
        ts = world.sim.ledger.posted[0].ts
        for number in range(100):
            world.enqueue([change(world, ts, number)])
        began = time.monotonic()
        await world.emptied(30)
        assert time.monotonic() - began < 10
        shown = [m for m in world.sim.messages(world.sim.ledger.posted[0].channel) if m["ts"] == ts]
        assert "state 99" in str(shown)
        assert world.sim.ledger.calls["chat.update"] < 50
        assert world.states()["superseded"] > 50
        assert world.sim.ledger.rate_limited == 0


async def test_a_flood_of_posts_into_one_channel_keeps_to_one_a_second(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db", lease=30.0, paced=True, rate_limits=True, pauses=1.0) as world:
        posts = [world.post() for _ in range(8)]
        world.wanted = [post.key for post in posts]
        world.enqueue(posts)
        await world.emptied(40)
        moments = [one.at for one in world.sim.ledger.posted]
        assert world.missing() == world.doubled() == []
        assert moments[-1] - moments[0] > 4.5
        assert world.sim.ledger.rate_limited == 0


@pytest.mark.parametrize("code", PERMANENT)
async def test_what_can_never_succeed_is_given_up_at_once(tmp_path: Path, code: str) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db") as world:
        team, place = world.sim.team, world.place
        if code == "channel_not_found":
            place = place.model_copy(update={"channel": "C0NOWHERE0"})
        else:
            team.channels[place.channel].archived = True
        world.enqueue([world.post().model_copy(update={"place": place})])
        await world.emptied(10)
        assert world.states() == {"given_up": 1}
        assert world.sim.ledger.calls["chat.postMessage"] == 1
        assert Counter(code for _, code in world.sim.ledger.errors) == {code: 1}


async def test_of_a_channel_that_was_archived_somebody_is_told_elsewhere(rig: Rigged, sqlite_url: str) -> None:
    async with rig(sqlite_url) as running:
        await running.start()
        room = await running.declare()
        await running.quiet()
        running.sim.team.channels[room].archived = True
        assert (await running.sim.slash("maya", "general", "/incident INC-1 update nobody sees this there")).ok
        await running.quiet()
        told = [message["text"] for message in running.sim.direct_messages("maya")]
        assert any("archived" in text for text in told), told
