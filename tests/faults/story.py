"""People talk in an incident's channel while things go wrong; afterwards what they said is compared with what is kept.

What Slack was told to be accepted has to be there, once. What it was not told may be there, once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random

from adapters.sandbox.seen import Seen
from tests.faults.rig import Rig

NUMBERS = count(1)


@dataclass(eq=False)
class Deed:
    """A message as it has to stand in the end, and the events that tell of it."""

    room: str
    ts: str
    text: str
    events: list[str]
    deleted: bool = False


@dataclass
class Story:
    rig: Rig
    random: Random = field(default_factory=lambda: Random(7))
    deeds: list[Deed] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    """Text of a note to the event that asks for it; empty where it was a command that Slack gives once."""
    accepted: set[str] = field(default_factory=set)
    """Notes typed as commands that were answered."""

    # -- what people do

    async def talk(self, seconds: float, *, every: float = 0.02) -> None:
        """Messages, edits, deletions, reactions, notes and updates, at random."""
        loop = asyncio.get_running_loop()
        ends, asked = loop.time() + seconds, set[asyncio.Task[None]]()
        while loop.time() < ends:
            if self.random.random() < 0.04:
                asked.add(asyncio.create_task(self.command()))
            else:
                await self.speak()
            await asyncio.sleep(every)
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

    async def mention(self, room: str) -> None:
        """A command that comes as an event, which Slack repeats."""
        text = f"noted {next(NUMBERS)}"
        await self.rig.sim.say("tom", room, f"<@{self.rig.sim.team.bot_user}> note {text}")
        self.notes[text] = self._event()

    async def command(self) -> None:
        """A command that Slack sends once."""
        room, text = self.random.choice(self.rig.rooms), f"noted {next(NUMBERS)}"
        self.notes[text] = ""
        verb = self.random.choice(("note", "update"))
        seen: Seen = await self.rig.sim.slash("tom", room, f"/incident {verb} {text}")
        if seen.ok and "nothing was changed" not in str(seen.ephemerals):
            self.accepted.add(text)

    def _event(self) -> str:
        """The last one that Slack began to deliver."""
        return next(reversed(self.rig.sim.ledger.events))

    # -- what came of it

    def acknowledged(self) -> int:
        return sum(event.acked for event in self.rig.sim.ledger.events.values()) + len(self.accepted)

    def _accepted(self, *events: str) -> bool:
        return all(self.rig.sim.ledger.events[event].acked for event in events)

    def lost(self) -> list[str]:
        """What was accepted and does not stand in the database as it has to."""
        rows = self.rig.rows("SELECT channel, ts, text, deleted_stamp FROM entry WHERE ref IS NOT NULL")
        stored = {(channel, ts): (text, deleted > 0) for channel, ts, text, deleted in rows}
        wanted = {d: ("" if d.deleted else d.text, d.deleted) for d in self._certain()}
        wrong = [
            f"{d} is {stored.get((d.room, d.ts))}" for d, want in wanted.items() if stored.get((d.room, d.ts)) != want
        ]
        counted = self._counted()
        return wrong + [text for text in self._certain_notes() if not counted[text]]

    def _certain(self) -> list[Deed]:
        return [deed for deed in self.deeds if self._accepted(*deed.events)]

    def _certain_notes(self) -> list[str]:
        return [t for t, event in self.notes.items() if (self._accepted(event) if event else t in self.accepted)]

    def _counted(self) -> Counter[str]:
        """Notes and updates by their text."""
        rows = self.rig.rows("SELECT text FROM entry WHERE kind IN ('note', 'update')")
        return Counter(text[text.index("noted ") :] for (text,) in rows if "noted " in text)

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


FINE: dict[str, list[str]] = {"lost": [], "stored twice": [], "posted twice": [], "never posted": []}
