"""Plays a script against a simulated platform: each step is what a person would do, one after the other.

Story time passes by moving the clock; real time passes at `pace` (0: as fast as the bot answers). What could not be
done is kept in `problems` and the story goes on.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from adapters.sandbox.people import Denied
from adapters.sandbox.script import Script, Step
from adapters.sandbox.stage import Stage
from adapters.sandbox.transcript import beginning
from adapters.sandbox.world import Json

PATIENCE = 30.0
READING = 2.5


class Simulated(Protocol):
    name: Literal["slack", "teams"]
    advance: Callable[[timedelta], Any] | None
    now: Callable[[], datetime]

    def changed(self) -> None: ...

    async def settled(self, seconds: float = ..., /) -> bool: ...


class Player:
    """`staged` begins a performance: it gives the platform's own stage."""

    def __init__(
        self, sim: Simulated, script: Script, staged: Callable[[], Stage], *, pace: float = 0.0, align: bool = False
    ) -> None:
        self.sim = sim
        self.script = script
        self.pace = pace
        self.align = align
        self.waits = False
        self.caption: Json | None = None
        self.problems: list[str] = []
        self.quiet: Callable[[], Awaitable[None]] = _nothing
        """Waits until the bot has done what it was told: story time passes a thousand times faster than real time."""
        self.finished = False
        self._staged = staged
        self.stage = staged()
        self._told = 0
        self._hurry = False
        self._going = asyncio.Event()
        self._going.set()
        self._task: asyncio.Task[None] | None = None

    @property
    def playing(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def paused(self) -> bool:
        return not self._going.is_set()

    async def command(self, word: str) -> bool:
        """What the page's buttons ask for; False when it is none of them."""
        if word == "play":
            self._going.set()
            self.start()
        elif word == "pause":
            self._going.clear()
        elif word == "resume":
            self._going.set()
        elif word == "skip":
            self._hurry = True
            self._going.set()
        elif word == "restart":
            await self.stop()
            self.start()
        else:
            return False
        self.sim.changed()
        return True

    def visited(self) -> None:
        """Somebody looks at the page: a story that waits for its first onlooker begins."""
        if self.waits:
            self.start()

    def start(self) -> None:
        self.waits = False
        if self.playing:
            return
        self.stage = self._staged()
        self.problems, self._told, self.finished, self._hurry = [], 0, False, False
        self._going.set()
        self._task = asyncio.create_task(self.play())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def play(self) -> None:
        """Plays to the end; tests and demonstrations await this."""
        if self.align:
            await self._advance(beginning(self.script, self.sim.now()) - self.sim.now())
        for step in self.script.steps:
            await self._going.wait()
            await self._pause(step)
            await self._going.wait()
            try:
                await self._do(step)
            except Denied as denied:
                self.problems.append(f"{step.who} {step.do} {step.id or step.ref}: {denied}")
            await self.sim.settled(PATIENCE)
            await self.quiet()
            await self._tell(step)
        self.finished, self.caption = True, None
        self.sim.changed()

    async def _pause(self, step: Step) -> None:
        slept = 0.0 if self._hurry else step.after * self.pace
        await asyncio.sleep(slept)
        await self._advance(timedelta(seconds=step.after) - timedelta(seconds=slept))

    async def _advance(self, by: timedelta) -> None:
        if self.sim.advance is None or by <= timedelta():
            return
        moved = self.sim.advance(by)
        if inspect.isawaitable(moved):
            await moved
        self.sim.changed()

    async def _do(self, step: Step) -> None:
        if step.do == "advance":
            await self._advance(timedelta(days=step.days))
        elif step.do == "await":
            await self._await(step)
        elif step.do != "caption":
            await self.stage.perform(step)

    async def _await(self, step: Step) -> None:
        """Waits for the bot, in real time."""
        for _ in range(int(PATIENCE / 0.05)):
            if self.stage.came_true(step.until):
                return
            await asyncio.sleep(0.05)
        raise Denied(f"waited in vain until {step.until}")

    async def _tell(self, step: Step) -> None:
        if not step.caption:
            return
        self._told += 1
        channel, ts = self.stage.pointed_at(step)
        steps = sum(bool(s.caption) for s in self.script.steps)
        self.caption = {
            "id": f"caption-{self._told}",
            "text": step.caption_in.get(self.sim.name, step.caption),
            "channel": channel,
            "ts": ts,
            "step": self._told,
            "steps": steps,
            "as": self.stage.user(step.who).id,
        }
        self.sim.changed()
        await asyncio.sleep(0 if self._hurry else READING * min(self.pace, 1))


async def _nothing() -> None:
    pass
