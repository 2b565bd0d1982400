"""What the simulated Teams saw of a performance. Law: nothing here asks the bot."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.player import Player
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.ledger import Ledger
from adapters.sandbox.teams.stage import TeamsStage
from adapters.sandbox.teams.teams import SimulatedTeams
from adapters.sandbox.witness import story_of

Json = dict[str, Any]


class TeamsWitness:
    name = "teams"

    def __init__(self, sim: SimulatedTeams) -> None:
        self.sim = sim

    @property
    def tenant(self) -> str:
        return self.sim.tenant

    @property
    def ledger(self) -> Ledger:
        return self.sim.ledger

    @property
    def player(self) -> Player:
        return story_of(self.sim)

    async def ready(self) -> None:
        await self.sim.settled()

    async def settled(self) -> None:
        await self.sim.settled()

    def missing(self, entries: list[Json]) -> set[str]:
        """Of people alone: what other apps post is delivered to no bot (Microsoft Learn, "Conversation basics")."""
        stage = self.player.stage
        found = stage.incident() if isinstance(stage, TeamsStage) else None
        if found is None:
            return {"the incident's thread"}
        place, root = found
        known = {entry["permalink"].split("?")[0].rsplit("/", 1)[-1] for entry in entries if entry["permalink"]}
        people = {person.id for person in self.sim.world.people.values() if not person.other_bot}
        said = (m for m in place.thread(root.id) if m.author in people and not (m.only or m.deleted))
        return {m.id for m in said if m.id not in known}

    def reminders(self) -> int:
        chats = {place.id for place in self.sim.world.conversations.values() if place.kind == "personal"}
        posts = (one for one in self.ledger.stored if one.channel in chats)
        return sum("overdue" in f"{one.text}\n{cards.words(one.card)}" for one in posts)
