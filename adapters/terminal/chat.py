"""A small chat in a terminal: channels, direct messages, forms and buttons as lines of text.

Law: it keeps nothing back from the engine that a bigger platform would send, and shows all that the engine says. It is
the example of how little a platform needs: `listen` (say, command, click, …) and `deliver`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot import grammar
from bot.command import Command, Origin, build
from bot.commands.captures import Deleted, Edited, Pinned, Said
from bot.commands.delivery import ChannelOpened, MessagePosted
from bot.effects import Direct, Edit, Effect, OpenChannel, Post, Whisper
from bot.errors import GiveUp, Refused
from bot.model import MessageRef, Place
from bot.ports import Submit
from bot.text import Button, Card, Form, Reply, mention_token, with_pages
from bot.words import chat as words

PLATFORM = "terminal"
_AT = re.compile(r"(?<![\w@])@([\w.\-]{1,80})")


@dataclass
class Line:
    """A message in a channel; the bot's have a card, and the key of the effect that they came from."""

    ts: str
    user: str
    text: str
    card: Card = field(default_factory=Card)
    key: str = ""


class Terminal:
    """`people` are the user names that exist; `show` prints a line to the person at the keyboard."""

    def __init__(
        self, submit: Submit, tenant: str, people: list[str], now: Callable[[], datetime], show: Callable[[str], None]
    ) -> None:
        self._submit = submit
        self._tenant = tenant
        self._people = people
        self._now = now
        self._show = show
        self._count = 0
        self.channels: dict[str, list[Line]] = {}

    # -- listen

    async def say(self, user: str, channel: str, text: str, thread: str = "") -> str:
        """Says something; returns the message's id."""
        ts = self._stamp()
        self.channels.setdefault(channel, []).append(Line(ts, user, text))
        said = Said(
            origin=self._origin(user, channel, f"said:{ts}"), message=self._ref(channel, ts), stamp=_micros(ts),
            text=self._with_mentions(text), thread=thread,
        )  # fmt: skip
        await self._submit(said)
        return ts

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        self._line(channel, ts).text = text
        at = self._stamp()
        origin = self._origin(user, channel, f"edited:{at}")
        await self._submit(
            Edited(origin=origin, message=self._ref(channel, ts), stamp=_micros(at), text=self._with_mentions(text))
        )

    async def delete(self, user: str, channel: str, ts: str) -> None:
        self.channels[channel].remove(self._line(channel, ts))
        at = self._stamp()
        origin = self._origin(user, channel, f"deleted:{at}")
        await self._submit(Deleted(origin=origin, message=self._ref(channel, ts), stamp=_micros(at)))

    async def pin(self, user: str, channel: str, ts: str, *, added: bool = True) -> None:
        at = self._stamp()
        origin = self._origin(user, channel, f"pin:{at}")
        await self._submit(Pinned(origin=origin, message=self._ref(channel, ts), stamp=_micros(at), added=added))

    async def command(self, user: str, channel: str, text: str) -> Reply:
        """A verb with its words, as after `/incident`."""
        origin = self._origin(user, channel, f"command:{self._stamp()}")
        try:
            return await self._asked(grammar.read(self._with_mentions(text), origin))
        except Refused as refused:
            return self._answered(Reply.of(refused.text))

    async def click(self, user: str, channel: str, button: Button) -> Reply:
        origin = self._origin(user, channel, f"click:{self._stamp()}")
        return await self._asked(build(button.does, dict(button.args), origin))

    async def fill(self, user: str, channel: str, form: Form, values: Mapping[str, str]) -> Reply:
        """Submits a form. Raises `Refused` with the field at fault; the form then stays open."""
        known = {one.name: one.initial for one in form.inputs if one.initial}
        given = {name: self._with_mentions(value) for name, value in values.items()}
        origin = self._origin(user, channel, f"form:{self._stamp()}")
        return await self._asked(build(form.does, {**form.args, **known, **given}, origin))

    async def _asked(self, command: Command) -> Reply:
        return self._answered(await self._submit(command))

    def _answered(self, reply: Reply) -> Reply:
        if text := shown(reply.card):
            self._show(text)
        for number, button in enumerate(_buttons(reply.card), 1):
            self._show(f"  [{number}] {button.label}")
        if reply.form is not None:
            self._show(f"{words.FORM}: {reply.form.title}")
        return reply

    # -- deliver

    async def deliver(self, effect: Effect, _attempt: int, _unsure: bool) -> Command | None:
        """The look comes for free: a message whose key stands already is adopted."""
        match effect:
            case OpenChannel():
                return self._opened(effect)
            case Post():
                return self._posted(effect.place.channel, effect.card, effect, effect.purpose)
            case Direct():
                return self._posted(f"@{_user(effect.account)}", effect.card, effect, effect.purpose)
            case Whisper():
                self._show(f"({_user(effect.account)}) {shown(effect.card)}")
            case Edit():
                self._line(effect.message.channel, effect.message.ts).card = effect.card
        return None

    def _opened(self, effect: OpenChannel) -> Command:
        self.channels.setdefault(effect.name, [])
        self._show(f"-- #{effect.name} --")
        place = Place(platform=PLATFORM, tenant=self._tenant, channel=effect.name)
        return ChannelOpened(origin=self._receipt(effect), incident_id=effect.incident, place=place, name=effect.name)

    def _posted(self, channel: str, card: Card, effect: Effect, purpose: str) -> Command | None:
        lines = self.channels.setdefault(channel, [])
        line = next((one for one in lines if one.key == effect.key), None)
        if line is None:
            line = Line(self._stamp(), "debrief", shown(card), card, effect.key)
            lines.append(line)
            self._show(f"{channel if channel.startswith('@') else f'#{channel}'} debrief: {line.text}")
        ref = self._ref(channel, line.ts)
        receipt = self._receipt(effect)
        return MessagePosted(origin=receipt, incident_id=effect.incident, purpose=purpose, ref=ref) if purpose else None

    # -- what both share

    def _origin(self, user: str, channel: str, gesture: str) -> Origin:
        return Origin(
            id=gesture, platform=PLATFORM, tenant=self._tenant, actor=user, channel=channel, occurred=self._now()
        )

    def _receipt(self, effect: Effect) -> Origin:
        return Origin(id=f"receipt:{effect.key}", platform=PLATFORM, tenant=self._tenant)

    def _ref(self, channel: str, ts: str) -> MessageRef:
        return MessageRef(platform=PLATFORM, tenant=self._tenant, channel=channel, ts=ts)

    def _line(self, channel: str, ts: str) -> Line:
        for line in self.channels.get(channel, []):
            if line.ts == ts:
                return line
        raise GiveUp(words.reason("message_not_found", "find the message"), "message_not_found")

    def _stamp(self) -> str:
        """Unlike any other of this chat, in seconds with six decimals."""
        self._count += 1
        whole = int(self._now().timestamp())
        return f"{whole}.{self._count % 1_000_000:06}"

    def _with_mentions(self, text: str) -> str:
        return _AT.sub(lambda found: self._token(found.group(1)) or found.group(0), text)

    def _token(self, name: str) -> str:
        return mention_token(f"{PLATFORM}:{self._tenant}:{name}") if name in self._people else ""


def shown(card: Card) -> str:
    """A card as text; there are no pages here that a link could open."""
    return with_pages(card, lambda _path: "").plain()


def _user(account: str) -> str:
    return account.rsplit(":", 1)[-1]


def _micros(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction)


def _buttons(card: Card) -> list[Button]:
    return [button for section in card.sections for button in section.buttons]
