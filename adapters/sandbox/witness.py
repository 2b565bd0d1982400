"""What the simulated side saw of a performance: what it misses in the bot's record, and what the bot wrote to people.

Law: nothing here asks the bot.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from adapters.sandbox.ledger import Ledger
from adapters.sandbox.player import Player
from adapters.sandbox.slack import SimulatedSlack
from adapters.sandbox.slack_stage import SlackStage

Json = dict[str, Any]
SAID = (None, "file_share", "thread_broadcast", "bot_message", "me_message")
"""Subtypes of what people and other bots say; the others are the platform's own lines."""
CONNECTING = 20.0
"""Seconds that the bot has to come to a platform which does not go to the bot."""


class Witness(Protocol):
    """A simulated platform, as a demonstration looks at it."""

    name: str

    @property
    def tenant(self) -> str: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def player(self) -> Player: ...

    async def ready(self) -> None:
        """The platform and the bot know of each other."""

    async def settled(self) -> None: ...

    def missing(self, entries: list[Json]) -> set[str]:
        """Messages in the incident's place that the bot was told of and has no entry for."""

    def reminders(self) -> int: ...


class SlackWitness:
    name = "slack"

    def __init__(self, sim: SimulatedSlack) -> None:
        self.sim = sim

    @property
    def tenant(self) -> str:
        return self.sim.team.id

    @property
    def ledger(self) -> Ledger:
        return self.sim.ledger

    @property
    def player(self) -> Player:
        return story_of(self.sim)

    async def ready(self) -> None:
        """Over Socket Mode it is the bot that connects, in its own time."""
        for _ in range(int(CONNECTING / 0.05)):
            if self.sim.request_url is not None or self.sim.sockets.connected:
                return
            await asyncio.sleep(0.05)

    async def settled(self) -> None:
        await self.sim.settled()

    def missing(self, entries: list[Json]) -> set[str]:
        """Of people and other bots, by timestamp."""
        stage = self.player.stage
        channel = stage.incident() if isinstance(stage, SlackStage) else None
        if channel is None:
            return {"the incident's channel"}
        known = {entry["permalink"].rsplit("/p", 1)[-1].split("?")[0] for entry in entries if entry["permalink"]}
        said = (m for m in channel.messages.values() if m.user != self.sim.team.bot_user and not m.ephemeral_to)
        return {m.ts for m in said if m.subtype in SAID and m.ts.replace(".", "") not in known}

    def reminders(self) -> int:
        return sum("overdue" in post.text for post in self.ledger.posted if post.channel.startswith("D"))


def story_of(sim: Any) -> Player:
    player: Player | None = sim.player
    if player is None:
        raise ValueError("there is no story to play")
    return player
