"""A simulated Teams that outlives the bot's processes, and people who talk in a thread of it while things go wrong.

Teams gives no way to look whether something was posted: what may have been carried out is done once more, and says so.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from adapters.sandbox.serving import serving
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.ledger import Stored
from adapters.sandbox.teams.teams import SimulatedTeams
from bot.words import teams as words
from tests.faults.processes import Bot, Nursery
from tests.faults.relay import Relay
from tests.faults.rig import SECRET, Machines, until
from tests.faults.story import NUMBERS, Deed
from tests.postgres import free_port

NOTED = re.compile(r"noted \d+")


@dataclass
class TeamsRig(Machines):
    sim: SimulatedTeams

    async def start(self, **more: str) -> None:
        known = self.bots[0].starts > 0
        await super().start(**more)
        if not known:
            await self.sim.introduce()
            await self.sim.settled()

    async def declare(self, title: str = "Checkout errors", who: str = "maya") -> str:
        """An incident with its thread begun; the thread's conversation id."""
        known = set(self.rooms)
        seen = await self.sim.slash(who, "General", f"declare sev2 {title}")
        assert seen.ok, seen
        room: str = await until(lambda: next(iter(self._opened() - known), None), 30)
        self.rooms.append(room)
        return room

    def _opened(self) -> set[str]:
        found = self.rows("SELECT place, body FROM incident WHERE place IS NOT NULL")
        return {place.split(" ")[2] for place, body in found if '"status_card":{' in body}

    # -- what stands

    def posted(self) -> list[str]:
        """What the bot posted for everybody, edits aside."""
        return [cards.words(one.card) for one in self.sim.ledger.stored if not one.targeted]

    def posted_twice(self) -> list[str]:
        """Repeated without a word, or more than once."""
        unmarked, all_of_them = Counter[str](), Counter[str]()
        for text in self.posted():
            told = NOTED.findall(text)
            all_of_them.update(told)
            unmarked.update([] if words.MAYBE_TWICE in text else told)
        silent = [key for key, number in unmarked.items() if number > 1]
        often = [key for key, number in all_of_them.items() if number > 2]
        return [f"{one.channel} {cards.words(one.card)}" for one in self._doubles] + silent + often

    @property
    def _doubles(self) -> list[Stored]:
        return [one for one in self.sim.ledger.duplicates if isinstance(one, Stored)]

    def never_posted(self) -> list[str]:
        """Messages that the outbox holds for sent and that stand nowhere."""
        sent = self.rows("SELECT body FROM outbox WHERE state = 'sent' AND kind IN ('post', 'direct')")
        wanted = {found for (body,) in sent for found in NOTED.findall(body)}
        return sorted(wanted - {found for text in self.posted() for found in NOTED.findall(text)})


@dataclass
class TeamsStory:
    """Like `Story`, as people do it in Teams."""

    rig: TeamsRig
    random: Random = field(default_factory=lambda: Random(7))
    deeds: list[Deed] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    """Text of a note to the event that asks for it."""
    accepted: set[str] = field(default_factory=set)
    """Notes given as slash commands that were acknowledged."""

    async def talk(self, seconds: float, *, every: float = 0.03) -> None:
        loop = asyncio.get_running_loop()
        ends, asked = loop.time() + seconds, set[asyncio.Task[None]]()
        while loop.time() < ends:
            if self.random.random() < 0.05:
                asked.add(asyncio.create_task(self.command()))
            else:
                await self.speak()
            await asyncio.sleep(every)
        await asyncio.gather(*asked)

    async def speak(self) -> None:
        chance, room = self.random.random(), self.random.choice(self.rig.rooms)
        old = [deed for deed in self.deeds[-30:] if not deed.deleted]
        if chance < 0.1 and old:
            await self._edit(self.random.choice(old))
        elif chance < 0.15 and old:
            await self._delete(self.random.choice(old))
        elif chance < 0.25:
            await self._mention(room)
        else:
            seen = await self.rig.sim.say("tom", room, text := f"message {next(NUMBERS)}")
            self.deeds.append(Deed(room, str(seen.ts), text, [self._event()]))

    async def _edit(self, deed: Deed) -> None:
        deed.text = f"edited {next(NUMBERS)}"
        await self.rig.sim.edit("tom", deed.room, deed.ts, deed.text)
        deed.events.append(self._event())

    async def _delete(self, deed: Deed) -> None:
        await self.rig.sim.delete("tom", deed.room, deed.ts)
        deed.deleted = True
        deed.events.append(self._event())

    async def _mention(self, room: str) -> None:
        text = f"noted {next(NUMBERS)}"
        await self.rig.sim.say("tom", room, f"note {text}", mention=True)
        self.notes[text] = self._event()

    async def command(self) -> None:
        """A slash command, after whose answer it is known whether it was taken."""
        room, text = self.random.choice(self.rig.rooms), f"noted {next(NUMBERS)}"
        verb = self.random.choice(("note", "update"))
        seen = await self.rig.sim.slash("tom", room, f"{verb} {text}")
        if seen.ok:
            self.accepted.add(text)

    def _event(self) -> str:
        return next(reversed(self.rig.sim.ledger.events))

    # -- what came of it

    def acknowledged(self) -> int:
        return sum(event.acked for event in self.rig.sim.ledger.events.values())

    def lost(self) -> list[str]:
        events = self.rig.sim.ledger.events
        rows = self.rig.rows("SELECT channel, ts, text, deleted_stamp FROM entry WHERE ref IS NOT NULL")
        stored = {(channel, ts): (text, deleted > 0) for channel, ts, text, deleted in rows}
        certain = [deed for deed in self.deeds if all(events[one].acked for one in deed.events)]
        wanted = {deed: ("" if deed.deleted else deed.text, deed.deleted) for deed in certain}
        found = {deed: stored.get((deed.room, deed.ts)) for deed in wanted}
        wrong = [f"{deed} is {found[deed]}" for deed, want in wanted.items() if found[deed] != want]
        notes = [text for text, event in self.notes.items() if events[event].acked]
        return wrong + [text for text in (*notes, *self.accepted) if not self._counted()[text]]

    def _counted(self) -> Counter[str]:
        rows = self.rig.rows("SELECT text FROM entry WHERE kind IN ('note', 'update')")
        return Counter(found for (text,) in rows for found in NOTED.findall(text))

    def doubled(self) -> list[str]:
        refs = Counter(ref for (ref,) in self.rig.rows("SELECT ref FROM entry WHERE ref IS NOT NULL"))
        return [key for key, n in (refs + self._counted()).items() if n > 1]

    def verdict(self) -> dict[str, list[str]]:
        return {
            "lost": self.lost(),
            "stored twice": self.doubled(),
            "posted twice": self.rig.posted_twice(),
            "never posted": self.rig.never_posted(),
        }


def environment(sim: SimulatedTeams, url: str, port: int) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": url,
        "TEAMS_APP_ID": sim.app_id,
        "TEAMS_APP_PASSWORD": sim.app_password,
        "TEAMS_TENANT_ID": sim.tenant,
        "TEAMS_LOGIN_URL": sim.login_url,
        "TEAMS_OPENID_METADATA_URL": sim.openid_url,
        "TEAMS_ALLOWED_SERVICE_HOSTS": "127.0.0.1",
        "DEBRIEF_ALLOW_SIMULATORS": "1",
        "DEBRIEF_PORT": str(port),
        "DEBRIEF_SECRET_KEY": SECRET,
    }


@asynccontextmanager
async def teams_rigged(
    folder: Path,
    url: str,
    *,
    nursery: Nursery | None = None,
    replicas: int = 1,
    bot_url: str = "",
) -> AsyncIterator[TeamsRig]:
    """Nothing is started yet. `bot_url` is the way to the database that the bots take, if it is another."""
    sim = SimulatedTeams(rate_limits=False)
    async with AsyncExitStack() as stack:
        sim.base_url = await stack.enter_async_context(serving(sim.app))
        ports = [free_port() for _ in range(replicas)]
        bots = [
            Bot(folder / f"bot{number}", environment(sim, bot_url or url, port), nursery)
            for number, port in enumerate(ports)
        ]
        front = Relay(*(("127.0.0.1", port) for port in ports))
        stack.callback(front.close)
        sim.bot_url = f"http://127.0.0.1:{front.port}/api/messages"
        try:
            yield TeamsRig(sim, sim.base, url, bots, front)
        finally:
            await asyncio.gather(*(bot.kill() for bot in bots))
            await sim.aclose()
