"""A stage on which a story is told in prose: people by name, whichever platform and database carry it.

Law: a story never looks past what people can see, except into the record (`timeline`, `draft`, `items`), which is what
the story is about.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from adapters.sandbox.clock import MovedClock
from adapters.sandbox.faults import Faults
from adapters.web.drafts import markdown_of
from bot.command import Command
from bot.errors import Unavailable
from bot.model import ActionItem, Entry, Incident, Person
from bot.outbox import Outbox
from bot.ports import Record
from bot.text import Reply
from bot.tick import PAGE, tick
from bot.writer import Writer
from storage.people import integration
from storage.reports import SqlReports
from storage.store import SqlStore

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""10:00 in Berlin: a working hour of a working week, four weeks before the clocks change there."""
A_WEEK = {"days": 7, "hours": 2}
"""And into the hours in which everybody gets the week's digest."""
PATIENCE = 20.0


@contextmanager
def unheard(faults: Faults) -> Iterator[None]:
    """What happens meanwhile, the platform tells nobody."""
    faults.on_delivery("drop")
    yield
    faults.clear()


@dataclass(frozen=True)
class Told:
    """What a person gets to see, privately, of something they did."""

    text: str = ""
    form: str = ""
    """The title of the form that opened, or stays open."""
    errors: dict[str, str] = field(default_factory=dict)

    def __contains__(self, words: str) -> bool:
        return words in self.text


@dataclass(frozen=True)
class Message:
    """Something that was said: where, and the platform's own id of it."""

    channel: str
    ts: str


class Chat(Protocol):
    """One platform, as people use it."""

    name: str
    tenant: str

    async def deliver(self, effect: Any, attempt: int, unsure: bool) -> Command | None: ...
    async def verb(self, who: str, where: str, words: str) -> Told: ...
    async def say(self, who: str, where: str, text: str, thread: str) -> Message: ...
    async def edit(self, who: str, message: Message, text: str) -> None: ...
    async def delete(self, who: str, message: Message) -> None: ...
    async def undelete(self, who: str, message: Message) -> None: ...
    async def pin(self, who: str, message: Message, *, added: bool) -> None: ...
    async def react(self, who: str, message: Message, emoji: str, *, added: bool) -> None: ...
    async def shortcut(self, who: str, message: Message, name: str) -> Told: ...
    async def press(self, who: str, label: str, near: str) -> Told: ...
    async def press_at_once(self, who: str, label: str, near: str, times: int) -> None: ...
    async def fill(self, who: str, values: dict[str, str]) -> Told: ...
    async def fill_at_once(self, who: str, values: dict[str, str], times: int) -> None:
        """The same form, submitted several times before the first answer has come."""

    async def home(self, who: str) -> str: ...
    def at_home(self, who: str) -> str:
        """What stands on the person's own page, without opening it again."""

    async def settled(self) -> None: ...
    def news(self, who: str) -> str:
        """What only they were told since the last time."""

    async def private_place(self, *who: str) -> str:
        """Where these people can declare something that is not for others to know."""

    async def closed_circle(self, *who: str) -> str:
        """A conversation that nobody else reads, and into which the bot was not invited by them."""

    async def bring_in(self, who: str, whom: str, where: str) -> None:
        """Somebody who is there lets somebody else in, as it is done on this platform."""

    async def take_out(self, who: str, whom: str, where: str) -> None: ...
    async def comes_unheard(self, who: str, where: str) -> None:
        """Somebody comes into a place, and the platform fails to tell."""

    async def goes_unheard(self, who: str, where: str) -> None: ...
    def members(self, where: str) -> set[str]: ...
    async def guest_comes(self, who: str, host: str, where: str) -> None: ...
    async def leaves(self, who: str) -> None:
        """They are no longer with the organisation."""

    def readable(self, who: str) -> list[str]:
        """Everything that stands where this person can look."""

    def pinged(self) -> set[str]:
        """Whom the bot's messages pinged, by name; what is nobody's name stands as it is."""

    def broken(self) -> list[Any]:
        """Rules of the platform that the bot broke."""

    def links(self) -> list[str]:
        """Everything that can be followed in what the bot said."""

    def announcing(self) -> str:
        """A channel in which no incident of the story lives."""

    def account(self, who: str) -> str: ...
    def shown(self, where: str) -> list[str]: ...
    def posts(self, where: str) -> list[str]:
        """What the bot posted into a channel; the platform's own lines are not its posts."""

    def directs(self, who: str) -> list[str]: ...
    def channel(self, name: str) -> str: ...


@dataclass
class Actor:
    """Somebody in the story. Without a place they are in the incident's channel if there is one, else in #general."""

    story: Story
    name: str

    def _where(self, where: str) -> str:
        return where or self.story.channel or self.story.chat.channel("general")

    async def incident(self, words: str, where: str = "") -> Told:
        return await self._answered(await self.story.chat.verb(self.name, self._where(where), words))

    async def say(self, text: str, where: str = "", thread: Message | None = None) -> Message:
        said = await self.story.chat.say(self.name, self._where(where), text, thread.ts if thread else "")
        await self.story.settle()
        return said

    async def edit(self, message: Message, text: str) -> None:
        await self.story.chat.edit(self.name, message, text)
        await self.story.settle()

    async def delete(self, message: Message) -> None:
        await self.story.chat.delete(self.name, message)
        await self.story.settle()

    async def undelete(self, message: Message) -> None:
        await self.story.chat.undelete(self.name, message)
        await self.story.settle()

    async def pin(self, message: Message) -> None:
        await self.story.chat.pin(self.name, message, added=True)
        await self.story.settle()

    async def unpin(self, message: Message) -> None:
        await self.story.chat.pin(self.name, message, added=False)
        await self.story.settle()

    async def react(self, message: Message, emoji: str) -> None:
        await self.story.chat.react(self.name, message, emoji, added=True)
        await self.story.settle()

    async def unreact(self, message: Message, emoji: str) -> None:
        await self.story.chat.react(self.name, message, emoji, added=False)
        await self.story.settle()

    async def shortcut(self, message: Message, name: str) -> Told:
        return await self._answered(await self.story.chat.shortcut(self.name, message, name))

    async def press(self, label: str, near: str = "") -> Told:
        """The button with that label in the newest message that this person sees and that says `near`."""
        return await self._answered(await self.story.chat.press(self.name, label, near))

    async def fill(self, **values: str) -> Told:
        """Fills the form that is open and submits it; `@tom` names a person."""
        return await self._answered(await self.story.chat.fill(self.name, values))

    async def press_at_once(self, label: str, near: str = "", times: int = 2) -> None:
        await self.story.chat.press_at_once(self.name, label, near, times)
        await self.story.settle()

    async def fill_at_once(self, times: int, **values: str) -> None:
        await self.story.chat.fill_at_once(self.name, values, times)
        await self.story.settle()

    async def bring_in(self, name: str, where: str) -> None:
        await self.story.chat.bring_in(self.name, name, where)
        await self.story.settle()

    async def take_out(self, name: str, where: str) -> None:
        await self.story.chat.take_out(self.name, name, where)
        await self.story.settle()

    async def leave(self) -> None:
        await self.story.chat.leaves(self.name)
        await self.story.settle()

    async def home(self) -> str:
        return await self.story.chat.home(self.name)

    @property
    def page(self) -> str:
        """Their own page as it stands."""
        return self.story.chat.at_home(self.name)

    async def _answered(self, told: Told) -> Told:
        """What they see once the bot has come to rest: an answer may follow as a message of its own."""
        await self.story.settle()
        for _ in range(25):
            news = self.story.chat.news(self.name)
            if news or told.text or told.form:
                return Told("\n".join(filter(None, (told.text, news))), told.form, told.errors)
            await asyncio.sleep(0.02)
        return told

    @property
    def inbox(self) -> list[str]:
        """What the bot wrote to them privately, oldest first."""
        return self.story.chat.directs(self.name)

    @property
    def person(self) -> Person:
        found = self.story.reports.people(self.story.organisation, accounts=[self.story.chat.account(self.name)])
        return next(iter(found.values()))


@dataclass
class Story:
    chat: Chat
    store: SqlStore
    writer: Writer
    outbox: Outbox
    clock: MovedClock
    organisation: str
    more: Any = None
    """The simulated platform, for stories about what only it can do."""

    @property
    def reports(self) -> SqlReports:
        return SqlReports(self.store)

    def cast(self, *names: str) -> tuple[Actor, ...]:
        return tuple(Actor(self, name) for name in names)

    @property
    def reader(self) -> Person:
        return integration(self.organisation, "story")

    # -- the record

    def incidents(self, reader: Person | None = None) -> tuple[Incident, ...]:
        return self.reports.incidents(reader or self.reader)[0]

    def incident(self, key: str = "INC-1", reader: Person | None = None) -> Incident:
        found = self.reports.incident(reader or self.reader, key)
        assert found is not None, f"there is no {key}"
        return found

    def record(self, key: str = "INC-1", reader: Person | None = None) -> Record:
        found = self.reports.record(reader or self.reader, key)
        assert found is not None, f"there is no {key}"
        return found

    def timeline(self, key: str = "INC-1", *, everything: bool = False) -> list[Entry]:
        return [entry for entry in self.record(key).entries if everything or entry.is_key]

    def texts(self, key: str = "INC-1", *, everything: bool = False) -> list[str]:
        return [entry.text for entry in self.timeline(key, everything=everything)]

    def draft(self, key: str = "INC-1") -> str:
        return markdown_of(self.record(key))

    def items(self) -> dict[str, ActionItem]:
        return {item.key: item for item in self.reports.items(self.reader)}

    # -- the scene

    @property
    def channel(self) -> str:
        """The channel of the newest incident that has one; empty before."""
        placed = [one.place.channel for one in self.incidents() if one.place and one.place.channel]
        return placed[0] if placed else ""

    def shown(self, where: str = "") -> list[str]:
        """What stands in a channel, oldest first."""
        return self.chat.shown(where or self.channel)

    # -- time

    async def later(self, **by: float) -> None:
        """Time passes, and what has become due is done."""
        await self.beat()
        await self.clock.advance(timedelta(**by))
        await self.beat()

    async def beat(self) -> None:
        while await self.writer.call(tick) == PAGE:
            pass
        self.outbox.wake()
        await self.settle()

    async def settle(self) -> None:
        """Until the platform has delivered everything and the bot has carried everything out."""
        quiet = 0
        for _ in range(int(PATIENCE / 0.02)):
            await self.chat.settled()
            quiet = 0 if await asyncio.to_thread(self.reports.oldest_undelivered) else quiet + 1
            if quiet == 2:
                return
            self.outbox.wake()
            await asyncio.sleep(0.02)
        raise TimeoutError("the bot did not come to rest")


ChatFor = Callable[[Writer, MovedClock, Outbox], AbstractAsyncContextManager[tuple[Any, Any]]]
"""Opens a chat for a bot; gives it, and the platform that it simulates."""


@asynccontextmanager
async def told_together(store: SqlStore, *chats_for: ChatFor, start: datetime = MONDAY) -> AsyncIterator[list[Story]]:
    """A whole bot of one organisation: its story as it is told on each of its platforms."""
    clock = MovedClock(store.set_clock_offset, start)
    writer = Writer(store, deadline=25)  # speed is not what is tested
    routes: dict[str, Any] = {}
    outbox = Outbox(writer, routes)
    writer.on_commit = outbox.wake
    writer.start()
    try:
        async with AsyncExitStack() as stack:
            stories = []
            for chat_for in chats_for:
                chat, simulated = await stack.enter_async_context(chat_for(writer, clock, outbox))
                platform = chat.name.split("-")[0]
                routes[platform] = chat.deliver
                organisation = await joined(store, platform, chat.tenant)
                stories.append(Story(chat, store, writer, outbox, clock, organisation, simulated))
            outbox.start()
            try:
                yield stories
            finally:
                await outbox.stop()
    finally:
        await writer.stop()


async def joined(store: SqlStore, platform: str, tenant: str) -> str:
    """The writer is at work already, and SQLite lets nobody queue: whoever waited too long asks again."""
    while True:
        with suppress(Unavailable):
            return await asyncio.to_thread(store.join_beside, platform, tenant, "Acme")


@asynccontextmanager
async def told(store: SqlStore, chat_for: ChatFor, start: datetime = MONDAY) -> AsyncIterator[Story]:
    """A whole bot with one platform."""
    async with told_together(store, chat_for, start=start) as (story,):
        yield story


def followed(shown: Any) -> Iterator[str]:
    """Addresses anywhere in what a platform was given to show."""
    if isinstance(shown, list):
        for one in shown:
            yield from followed(one)
    elif isinstance(shown, dict):
        if url := shown.get("url"):
            yield str(url)
        for one in shown.values():
            yield from followed(one)


def buttons_in(reply: Reply) -> Iterator[tuple[str, Any]]:
    for section in reply.card.sections:
        yield from ((button.label, button) for button in section.buttons)
