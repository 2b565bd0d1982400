"""Sends whose outcome nobody knows, by the hundred: each message stands once, whatever Slack answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.sending import MISFORTUNES, sender, sent_with_misfortune


@pytest.mark.parametrize("kind", MISFORTUNES)
async def test_a_message_with_an_unknown_outcome_is_looked_for_and_stands_once(tmp_path: Path, kind: str) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db") as world:
        world.sim.faults.add(kind, "chat.postMessage", times=4, seconds=3.0 if kind == "store_timeout" else 0.0)
        await world.send(8)
        assert world.missing() == world.doubled() == []
        assert world.sim.ledger.faults[kind] == 4


async def test_three_hundred_sends_with_misfortune_are_all_there_once(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db") as world:
        await sent_with_misfortune(world, 300)


async def test_on_postgresql_they_are_all_there_once_too(postgres_url: str) -> None:
    async with sender(postgres_url) as world:
        await sent_with_misfortune(world, 100)


async def test_a_history_that_is_behind_leads_to_no_second_message(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db", pauses=1.0, look_after=0.2) as world:
        world.sim.faults.add("store_500", "chat.postMessage", times=3)
        world.sim.faults.add("stale", "conversations.history", seconds=4.0, rate=1.0)
        await world.send(3)
        assert world.missing() == world.doubled() == []


async def test_what_is_private_to_one_moment_is_tried_once(tmp_path: Path) -> None:
    async with sender(f"sqlite:///{tmp_path}/x.db") as world:
        world.sim.faults.add("store_cut", "chat.postEphemeral", times=1)
        await world.whisper()
        assert world.sim.ledger.calls["chat.postEphemeral"] == 1
        assert world.states() == {"maybe": 1}
