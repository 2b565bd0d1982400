"""People talk in an incident's channel while things go wrong; afterwards what they said is compared with what is kept.

What the platform was told to be accepted has to be there, once. What it was not told may be there, once.
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, ClassVar

from adapters.sandbox.seen import Seen

NUMBERS = count(1)
NOTED = re.compile(r"noted \d+")


@dataclass(eq=False)
class Deed:
    """A message as it has to stand in the end, and the events that tell of it."""

    room: str
    ts: str
    text: str
    events: list[str]
    deleted: bool = False


@dataclass
class People(ABC):
    """Those who talk, on either platform. What an instance of a platform does its own way is abstract."""

    rig: Any
    random: Random = field(default_factory=lambda: Random(7))
    deeds: list[Deed] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    """Text of a note to the event that asks for it."""
    accepted: set[str] = field(default_factory=set)
    """Notes given as commands, which come once, that were answered."""
    commands: ClassVar[float]
    """How often a command is given, of all that is done."""
    every: ClassVar[float]
    """Seconds between two things that are done."""

    # -- what people do

    async def talk(self, seconds: float, *, every: float = 0.0) -> None:
        """Messages, edits, deletions, reactions, notes and updates, at random."""
        loop = asyncio.get_running_loop()
        ends, asked = loop.time() + seconds, set[asyncio.Task[None]]()
        while loop.time() < ends:
            if self.random.random() < self.commands:
                asked.add(asyncio.create_task(self.command()))
            else:
                await self.speak()
            await asyncio.sleep(every or self.every)
        await asyncio.gather(*asked)

    async def speak(self) -> None:
        chance, room = self.random.random(), self.random.choice(self.rig.rooms)
        old = [deed for deed in self.deeds[-30:] if not deed.deleted]
        if chance < 0.1 and old:
            await self.edit(self.random.choice(old))
        elif chance < 0.15 and old:
            await self.delete(self.random.choice(old))
        elif chance < 0.25:
            await self.mention(room)
        else:
            await self.say(room, f"message {next(NUMBERS)}")

    async def say(self, room: str, text: str) -> Deed:
        seen = await self.rig.sim.say("tom", room, text)
        deed = Deed(room, str(seen.ts), text, [self._event()])
        self.deeds.append(deed)
        return deed

    async def edit(self, deed: Deed) -> None:
        deed.text = f"edited {next(NUMBERS)}"
        await self.rig.sim.edit("tom", deed.room, deed.ts, deed.text)
        deed.events.append(self._event())

    async def delete(self, deed: Deed) -> None:
        await self.rig.sim.delete("tom", deed.room, deed.ts)
        deed.deleted = True
        deed.events.append(self._event())

    @abstractmethod
    async def mention(self, room: str) -> None:
        """A command that comes as an event, which the platform repeats."""

    @abstractmethod
    async def command(self) -> None:
        """A command that the platform sends once."""

    def _event(self) -> str:
        """The last one that the platform began to deliver."""
        return str(next(reversed(self.rig.sim.ledger.events)))

    # -- what came of it

    def acknowledged(self) -> int:
        return sum(event.acked for event in self.rig.sim.ledger.events.values())

    def _accepted(self, *events: str) -> bool:
        return all(self.rig.sim.ledger.events[event].acked for event in events)

    def lost(self) -> list[str]:
        """What was accepted and does not stand in the database as it has to."""
        rows = self.rig.rows("SELECT channel, ts, text, deleted_stamp FROM entry WHERE ref IS NOT NULL")
        stored = {(channel, ts): (text, deleted > 0) for channel, ts, text, deleted in rows}
        certain = [deed for deed in self.deeds if self._accepted(*deed.events)]
        wanted = {d: ("" if d.deleted else d.text, d.deleted) for d in certain}
        wrong = [
            f"{d} is {stored.get((d.room, d.ts))}" for d, want in wanted.items() if stored.get((d.room, d.ts)) != want
        ]
        notes = [text for text, event in self.notes.items() if self._accepted(event)]
        counted = self._counted()
        return wrong + [text for text in (*notes, *self.accepted) if not counted[text]]

    def _counted(self) -> Counter[str]:
        """Notes and updates by their text."""
        rows = self.rig.rows("SELECT text FROM entry WHERE kind IN ('note', 'update')")
        return Counter(found for (text,) in rows for found in NOTED.findall(text))

    def doubled(self) -> list[str]:
        rows = self.rig.rows("SELECT ref FROM entry WHERE ref IS NOT NULL")
        refs = Counter(ref for (ref,) in rows)
        return [key for key, n in (refs + self._counted()).items() if n > 1]

    def verdict(self) -> dict[str, list[str]]:
        """Everything that must be empty."""
        return {
            "lost": self.lost(),
            "stored twice": self.doubled(),
            "posted twice": self.rig.posted_twice(),
            "never posted": self.rig.never_posted(),
        }


class Story(People):
    """In Slack."""

    commands, every = 0.04, 0.02

    async def mention(self, room: str) -> None:
        text = f"noted {next(NUMBERS)}"
        await self.rig.sim.say("tom", room, f"<@{self.rig.sim.team.bot_user}> note {text}")
        self.notes[text] = self._event()

    async def command(self) -> None:
        room, text = self.random.choice(self.rig.rooms), f"noted {next(NUMBERS)}"
        verb = self.random.choice(("note", "update"))
        seen: Seen = await self.rig.sim.slash("tom", room, f"/incident {verb} {text}")
        if seen.ok and "nothing was changed" not in str(seen.ephemerals):
            self.accepted.add(text)

    def acknowledged(self) -> int:
        """Slack's commands are no events."""
        return super().acknowledged() + len(self.accepted)


FINE: dict[str, list[str]] = {"lost": [], "stored twice": [], "posted twice": [], "never posted": []}
