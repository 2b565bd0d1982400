"""The terminal's chat as people use it: each keeps the last answer in sight, with its buttons and its form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.sandbox.clock import MovedClock
from adapters.terminal.chat import Line, Terminal
from bot.errors import Refused
from bot.outbox import Outbox
from bot.text import Button, Card, Form, Reply
from bot.writer import Writer
from storage.store import SqlStore
from tests.story.stage import ChatFor, Message, Told, buttons_in

PEOPLE = ("maya", "tom", "ines", "kenji", "gary")


class Console:
    """The terminal's chat; each person keeps the last answer in sight, with its buttons and its form."""

    name = "terminal"
    tenant = "here"

    def __init__(self, writer: Writer, clock: MovedClock) -> None:
        self.lines: list[str] = []
        self.terminal = Terminal(writer.submit, self.tenant, list(PEOPLE), clock.now, self.lines.append)
        self.terminal.channels["general"] = []
        self.deliver = self.terminal.deliver
        self._last: dict[str, Reply] = {}

    def account(self, who: str) -> str:
        return f"terminal:{self.tenant}:{who}"

    def channel(self, name: str) -> str:
        return name

    def pinged(self) -> set[str]:
        return set()

    def broken(self) -> list[object]:
        return []

    def links(self) -> list[str]:
        return []

    def announcing(self) -> str:
        return "news"

    async def private_place(self, *who: str) -> str:
        return "general"

    async def closed_circle(self, *who: str) -> str:
        raise NotImplementedError("members")

    async def bring_in(self, who: str, whom: str, where: str) -> None:
        raise NotImplementedError("members")

    async def take_out(self, who: str, whom: str, where: str) -> None:
        raise NotImplementedError("members")

    async def comes_unheard(self, who: str, where: str) -> None:
        raise NotImplementedError("members")

    async def goes_unheard(self, who: str, where: str) -> None:
        raise NotImplementedError("members")

    def members(self, where: str) -> set[str]:
        return set(PEOPLE)

    async def guest_comes(self, who: str, host: str, where: str) -> None:
        raise NotImplementedError("members")

    async def leaves(self, who: str) -> None:
        raise NotImplementedError("members")

    def readable(self, who: str) -> list[str]:
        return [line for where in self.terminal.channels if where[0] != "@" for line in self.shown(where)]

    async def settled(self) -> None:
        """What is typed is submitted before the cursor comes back."""

    def news(self, who: str) -> str:
        return ""

    def _told(self, who: str, reply: Reply) -> Told:
        self._last[who] = reply
        text = "\n".join([reply.plain(), *(label for label, _ in buttons_in(reply))])
        return Told(text, reply.form.title if reply.form else "")

    async def verb(self, who: str, where: str, words: str) -> Told:
        return self._told(who, await self.terminal.command(who, where, words))

    async def say(self, who: str, where: str, text: str, thread: str) -> Message:
        return Message(where, await self.terminal.say(who, where, text, thread))

    async def edit(self, who: str, message: Message, text: str) -> None:
        await self.terminal.edit(who, message.channel, message.ts, text)

    async def delete(self, who: str, message: Message) -> None:
        await self.terminal.delete(who, message.channel, message.ts)

    async def undelete(self, who: str, message: Message) -> None:
        raise NotImplementedError("undeletion")

    async def pin(self, who: str, message: Message, *, added: bool) -> None:
        await self.terminal.pin(who, message.channel, message.ts, added=added)

    async def react(self, who: str, message: Message, emoji: str, *, added: bool) -> None:
        raise NotImplementedError("reactions")

    async def shortcut(self, who: str, message: Message, name: str) -> Told:
        raise NotImplementedError("shortcuts")

    async def press(self, who: str, label: str, near: str) -> Told:
        where, button, line = self._button(who, label, near)
        reply = await self.terminal.click(who, where, button)
        if reply.replaces and line is not None:
            line.card = reply.card
        return self._told(who, reply)

    async def press_at_once(self, who: str, label: str, near: str, times: int) -> None:
        where, button, _ = self._button(who, label, near)
        await asyncio.gather(*(self.terminal.click(who, where, button) for _ in range(times)))

    def _button(self, who: str, label: str, near: str) -> tuple[str, Button, Line | None]:
        last = self._last.get(who, Reply())
        cards: list[tuple[str, Card, Line | None]] = [("general", last.card, None)]
        for where, lines in reversed(self.terminal.channels.items()):
            if not where.startswith("@") or where == f"@{who}":
                cards += [(where, line.card, line) for line in reversed(lines)]
        for where, card, line in cards:
            for section in card.sections:
                for button in section.buttons:
                    if button.label == label and near in section.text.plain() + card.title:
                        return where, button, line
        raise AssertionError(f"{who} sees no button {label!r} near {near!r}")

    async def fill(self, who: str, values: dict[str, str]) -> Told:
        form = self._last[who].form
        assert isinstance(form, Form), f"{who} has no form open"
        assert values.keys() <= {one.name for one in form.inputs}, f"the form asks for {form.inputs}"
        try:
            return self._told(who, await self.terminal.fill(who, "general", form, values))
        except Refused as refused:
            return Told(str(refused), form.title, {refused.field: str(refused)})

    async def fill_at_once(self, who: str, values: dict[str, str], times: int) -> None:
        """At one keyboard a form is submitted once."""
        await self.fill(who, values)

    async def home(self, who: str) -> str:
        raise NotImplementedError("home")

    def at_home(self, who: str) -> str:
        raise NotImplementedError("home")

    def shown(self, where: str) -> list[str]:
        return [line.card.plain() or line.text for line in self.terminal.channels.get(where, [])]

    def posts(self, where: str) -> list[str]:
        return [line.card.plain() for line in self.terminal.channels.get(where, []) if line.user == "debrief"]

    def directs(self, who: str) -> list[str]:
        return self.shown(f"@{who}")


def console(_store: SqlStore) -> ChatFor:
    @asynccontextmanager
    async def chat(writer: Writer, clock: MovedClock, _outbox: Outbox) -> AsyncIterator[tuple[Console, None]]:
        yield Console(writer, clock), None

    return chat
