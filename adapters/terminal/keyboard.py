"""`debrief chat`: the whole engine in this terminal, with nothing but a keyboard.

`@maya hello` speaks as Maya, `/incident declare checkout errors` gives a verb, `1` presses a button, and
`#name` goes to a channel.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from adapters.terminal.chat import PLATFORM, Terminal
from bot.errors import Refused
from bot.outbox import Outbox
from bot.ports import Store
from bot.text import Button, Form, Reply
from bot.words import terminal as words
from bot.writer import Writer

PEOPLE = ["maya", "tom", "ines"]
_AS = re.compile(r"^@(\w+)\s+(.*)$", re.DOTALL)


class Keyboard:
    """What the person types, line by line; `ask` reads one more line."""

    def __init__(self, chat: Terminal, show: Callable[[str], None], ask: Callable[[str], str]) -> None:
        self._chat = chat
        self._show = show
        self._ask = ask
        self._who = PEOPLE[0]
        self._channel = "general"
        self._buttons: list[Button] = []

    async def run(self) -> None:
        self._show(words.hello(PEOPLE))
        while True:
            try:
                line = await asyncio.to_thread(self._ask, f"{self._who} #{self._channel}> ")
            except EOFError:
                return
            if line.strip() in ("/quit", "/exit"):
                return
            try:
                await self.typed(line.strip())
            except EOFError:
                # The input ended within a form: nothing of it was given.
                return

    async def typed(self, line: str) -> None:
        if (spoken := _AS.match(line)) and spoken[1] in PEOPLE:
            self._who, line = spoken[1], spoken[2]
        if line.startswith("#"):
            self._go(line[1:])
        elif line.startswith("/incident"):
            await self._answered(
                await self._chat.command(self._who, self._channel, line.removeprefix("/incident").strip())
            )
        elif line.isdigit() and 0 < int(line) <= len(self._buttons):
            await self._answered(await self._chat.click(self._who, self._channel, self._buttons[int(line) - 1]))
        elif line:
            await self._chat.say(self._who, self._channel, line)

    def _go(self, channel: str) -> None:
        if channel not in self._chat.channels:
            self._show(words.no_channel(channel, list(self._chat.channels)))
            return
        self._channel = channel
        for one in self._chat.channels[channel]:
            self._show(f"{one.user}: {one.text}")

    async def _answered(self, reply: Reply) -> None:
        self._buttons = [button for section in reply.card.sections for button in section.buttons]
        if reply.form is not None:
            await self._fill(reply.form)

    async def _fill(self, form: Form) -> None:
        values = await asyncio.to_thread(self._filled, form)
        try:
            await self._answered(await self._chat.fill(self._who, self._channel, form, values))
        except Refused as refused:
            self._show(str(refused))

    def _filled(self, form: Form) -> Mapping[str, str]:
        return {one.name: self._ask(f"  {one.label} [{one.initial}]: ").strip() or one.initial for one in form.inputs}


def run(store: Store) -> int:
    """The whole engine over `store`, until the person leaves."""
    return asyncio.run(_run(store))


async def _run(store: Store) -> int:
    writer = Writer(store)
    chat = Terminal(writer.submit, "here", PEOPLE, lambda: datetime.now(UTC), print)
    outbox = Outbox(writer, {PLATFORM: chat.deliver})
    writer.on_commit = outbox.wake
    writer.start()
    outbox.start()
    try:
        await Keyboard(chat, print, input).run()
    finally:
        await outbox.stop()
        await writer.stop()
    return 0
