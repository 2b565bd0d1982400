"""What a performance of a script has to do on every platform: who is who, what stands where, and what is said now.

Law: a step is carried out by the method of its verb, as a person would do it there; nothing here knows a platform.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.sandbox.people import Denied
from adapters.sandbox.script import Script, Step
from adapters.sandbox.transcript import spoken, zone_of

Spot = tuple[str, str]
"""Where a message stands: the conversation, and its id in there."""
BUTTONS = {
    "done": "done",
    "snooze": "snooze",
    "reassign": "reassign",
    "not_mine": "not mine",
    "wont_do": "won't do",
    "accept": "accept",
}
DRAFT, DIGEST = ("postmortem", "draft"), ("overdue",)
"""Words by which people know a draft, and a digest."""


class Stage(ABC):
    """One performance."""

    def __init__(self, sim: Any, script: Script) -> None:
        self.sim = sim
        self.script = script
        self.said: dict[str, Spot] = {}
        self.last: Spot | None = None
        """The message that the last step was about."""

    def user(self, nick: str) -> Any:
        return self.sim.user(nick)

    @abstractmethod
    def names(self) -> dict[str, str]:
        """How people (`@nick`) and places (`#nick`) are written when they are spoken of."""

    @abstractmethod
    def spot(self, seen: Any) -> Spot | None:
        """The message of which somebody was shown something."""

    @abstractmethod
    def opened(self) -> bool:
        """The incident has its place, and the bot has spoken there."""

    @abstractmethod
    def home(self) -> str | None:
        """The conversation in which the incident lives."""

    @abstractmethod
    def direct(self, nick: str) -> str | None:
        """The conversation between the bot and somebody."""

    @abstractmethod
    def newest(self, conversation: str) -> str | None:
        """The last message of a conversation."""

    @abstractmethod
    def bot_wrote(self, conversation: str | None, words: tuple[str, ...]) -> bool:
        """Whether the bot said one of the words there since the last command."""

    def text(self, step: Step, text: str | None = None) -> str:
        """A step's text as it is typed now."""
        said = step.text if text is None else text
        return spoken(said, self.sim.now(), zone_of(self.script, step), self.names())

    async def perform(self, step: Step) -> None:
        doing: Callable[[Step], Awaitable[Any]] = getattr(self, f"do_{step.do}")
        self.last = self.spot(await doing(step))
        if step.id and self.last is not None:
            self.said[step.id] = self.last

    def ref(self, step: Step) -> Spot:
        if step.ref not in self.said:
            raise Denied(f"{step.ref} was never said")
        return self.said[step.ref]

    def item(self, step: Step) -> str:
        """The words of the action item that a step is about, from the form or the command that made it."""
        made = self.script.step(step.item)
        if made.fields.get("text"):
            return made.fields["text"]
        return made.text.split(" : ", 1)[-1].split(": ", 1)[-1].strip()

    def came_true(self, until: str) -> bool:
        if until == "incident channel exists":
            return self.opened()
        if until == "draft posted":
            return self.bot_wrote(self.home(), DRAFT)
        return self.bot_wrote(self.direct(until.rsplit(" ", 1)[-1]), DIGEST)

    def pointed_at(self, step: Step) -> tuple[str | None, str | None]:
        """The message that a caption speaks of: the step's own, else the one it refers to, else the place alone."""
        for name in (step.id, step.ref):
            if name in self.said:
                return self.said[name]
        if step.do == "click" and self.last is not None:
            return self.last
        if step.until.startswith("digest received by"):
            direct = self.direct(step.until.rsplit(" ", 1)[-1])
            return (direct, self.newest(direct)) if direct else (None, None)
        return self.home(), None
