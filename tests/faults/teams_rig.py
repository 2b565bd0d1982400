"""A simulated Teams that outlives the bot's processes, and people who talk in a thread of it while things go wrong.

Teams gives no way to look whether something was posted: what may have been carried out is done once more, and says so.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.sandbox.serving import serving
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.ledger import Stored
from adapters.sandbox.teams.teams import SimulatedTeams
from bot.words import teams as words
from tests.faults.processes import Bot, Nursery
from tests.faults.relay import Relay
from tests.faults.rig import SECRET, Machines, until
from tests.faults.story import NOTED, NUMBERS, People
from tests.postgres import free_port


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


class TeamsStory(People):
    """In Teams."""

    commands, every = 0.05, 0.03

    async def mention(self, room: str) -> None:
        text = f"noted {next(NUMBERS)}"
        await self.rig.sim.say("tom", room, f"note {text}", mention=True)
        self.notes[text] = self._event()

    async def command(self) -> None:
        room, text = self.random.choice(self.rig.rooms), f"noted {next(NUMBERS)}"
        verb = self.random.choice(("note", "update"))
        seen = await self.rig.sim.slash("tom", room, f"{verb} {text}")
        if seen.ok:
            self.accepted.add(text)


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
