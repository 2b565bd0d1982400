"""Teams as people use it: the real adapter over loopback, and a simulated Teams that they read, type and press in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette

from adapters.sandbox.clock import MovedClock
from adapters.sandbox.serving import serving
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.seen import Seen
from adapters.sandbox.teams.teams import SimulatedTeams
from adapters.teams.app import TeamsAdapter, TeamsSettings
from adapters.teams.limits import Limits
from adapters.teams.references import Reference
from bot.outbox import Outbox
from bot.writer import Writer
from storage.references import SqlReferences
from storage.store import SqlStore
from tests.story.stage import ChatFor, Message, Told

Json = dict[str, Any]
AT = re.compile(r"<at>([^<]*)</at>")
UNMARKED = re.compile(r"\\([^\w\s])|\*\*|`")
ANSWERED = 3.0
"""Seconds within which an answer follows a command, or none comes."""


class Teams:
    """The real adapter over loopback, and a simulated Teams on the other side."""

    name = "teams"

    def __init__(self, sim: SimulatedTeams, adapter: TeamsAdapter) -> None:
        self.sim = sim
        self.deliver = adapter.deliver
        self._told: dict[str, int] = {}
        self._forms: dict[str, tuple[str, str]] = {}
        """By person: where the card with the form stands that was shown to them last."""

    @property
    def tenant(self) -> str:
        return self.sim.tenant

    def account(self, who: str) -> str:
        return f"teams:{self.tenant}:{self.sim.user(who).id}"

    def channel(self, name: str) -> str:
        place = self.sim.world.named(name.capitalize()) or self.sim.world.named(name)
        assert place is not None, f"no channel {name}"
        return place.id

    async def private_place(self, *who: str) -> str:
        """A group chat, in which a private incident can be declared."""
        seen = await self.sim.add_group_chat(list(who))
        await self.sim.settled()
        assert seen.conversation
        return seen.conversation

    async def settled(self) -> None:
        await self.sim.settled()

    def news(self, who: str) -> str:
        fresh = self._private(who)[self._told.get(who, 0) :]
        self._told[who] = len(self._private(who))
        return "\n".join(read(one) for one in fresh)

    def _private(self, who: str) -> list[Json]:
        return self.sim.targeted(who)

    async def verb(self, who: str, where: str, words: str) -> Told:
        before = self._count(who, where)
        await self.sim.slash(who, where, words)
        for _ in range(int(ANSWERED / 0.02)):
            if self._count(who, where) > before:
                break
            await asyncio.sleep(0.02)
        self._told[who] = len(self._private(who))
        newest = self._newest(who)
        if newest is None:
            return Told()
        self._see_form(who, newest)
        return _told_of(newest)

    def _count(self, who: str, where: str) -> int:
        return len(self._private(who)) + len(self.sim.direct_messages(who)) + len(self.sim.messages(where))

    def _newest(self, who: str) -> Json | None:
        private = self._private(who)
        return private[-1] if private else None

    def _see_form(self, who: str, message: Json) -> None:
        if cards.inputs(message["card"]):
            self._forms[who] = (message["conversation"], message["ts"])

    async def say(self, who: str, where: str, text: str, thread: str) -> Message:
        seen = await self.sim.say(who, where, text, reply=thread)
        assert seen.conversation
        assert seen.ts
        return Message(seen.conversation, seen.ts)

    async def edit(self, who: str, message: Message, text: str) -> None:
        await self.sim.edit(who, message.channel, message.ts, text)

    async def delete(self, who: str, message: Message) -> None:
        await self.sim.delete(who, message.channel, message.ts)

    async def undelete(self, who: str, message: Message) -> None:
        await self.sim.undelete(who, message.channel, message.ts)

    async def pin(self, who: str, message: Message, *, added: bool) -> None:
        await self._mark(who, message, "pushpin", added=added)

    async def react(self, who: str, message: Message, emoji: str, *, added: bool) -> None:
        await self._mark(who, message, emoji, added=added)

    async def _mark(self, who: str, message: Message, emoji: str, *, added: bool) -> None:
        """Reactions mean something here by the message's menu alone; what it does not offer is only a reaction."""
        seen = await self.sim.message_action(who, "mark_message", message.channel, message.ts)
        offered = {one["value"] for field in cards.inputs(seen.dialog["card"]) for one in field["choices"]}
        mark = emoji if added else f"-{emoji}"
        if mark in offered:
            await self.sim.submit_dialog(who, {"mark": mark})
        else:
            await self.sim.close_dialog(who)

    async def shortcut(self, who: str, message: Message, name: str) -> Told:
        return self._seen(who, await self.sim.message_action(who, name, message.channel, message.ts))

    async def press(self, who: str, label: str, near: str) -> Told:
        if (dialog := self.sim.dialog(who)) is not None and found(dialog["card"], label, near) is not None:
            return self._seen(who, await self.sim.submit_dialog(who, button=label))
        for message in self._before(who):
            nth = found(message["card"], label, near)
            if nth is not None:
                seen = await self.sim.press(who, message["conversation"], message["ts"], label, nth=nth)
                self._told[who] = len(self._private(who)) - len(seen.targeted)
                return self._seen(who, seen)
        raise AssertionError(f"{who} sees no button {label!r} near {near!r}")

    def _before(self, who: str) -> Iterator[Json]:
        """The bot's messages that somebody sees: those for them alone, then those in channels; newest first."""
        alone = [*self._private(who), *self.sim.direct_messages(who)]
        yield from sorted(alone, key=lambda one: int(one["ts"]), reverse=True)
        person = self.sim.user(who)
        for place in reversed(self.sim.world.conversations.values()):
            if place.kind != "personal" and person.id in self.sim.world.members(place):
                yield from reversed([one for one in self.sim.seen_by(who, place.id) if one["bot"]])

    async def fill(self, who: str, values: dict[str, str]) -> Told:
        dialog = self.sim.dialog(who)
        if dialog is not None:
            entered = self._entered(dialog["card"], values)
            return self._seen(who, await self.sim.submit_dialog(who, entered))
        where, ts = self._forms[who]
        card = next(one["card"] for one in self.sim.seen_by(who, where) if one["ts"] == ts)
        submit = next(one for one in cards.buttons(card) if one.get("associatedInputs") != "none")
        seen = await self.sim.press(who, where, ts, submit["title"], self._entered(card, values))
        return self._seen(who, seen)

    def _entered(self, card: Json, values: dict[str, str]) -> Json:
        known = {field["id"]: field for field in cards.inputs(card)}
        assert values.keys() <= known.keys(), f"the form asks for {sorted(known)}"
        return {name: self._value(known[name], value) for name, value in values.items()}

    def _value(self, field: Json, value: str) -> str:
        """People are picked from the directory, by their object ids."""
        if "choices.data" not in field:
            return value
        return ",".join(self.sim.user(name.removeprefix("@")).object_id for name in value.split())

    async def home(self, who: str) -> str:
        before = len(self.sim.direct_messages(who))
        await self.sim.say(who, "bot", "home")
        for _ in range(int(ANSWERED / 0.02)):
            if len(self.sim.direct_messages(who)) > before + 1:
                break
            await asyncio.sleep(0.02)
        return read(self.sim.direct_messages(who)[-1])

    def shown(self, where: str) -> list[str]:
        return [read(one) for one in self.sim.messages(where)]

    def posts(self, where: str) -> list[str]:
        """Of a channel those that begin a thread: what stands in a thread is asked for by the thread."""
        whole = ";messageid=" not in where and where.endswith("@thread.tacv2")
        return [read(one) for one in self.sim.messages(where) if one["bot"] and not (whole and one["root"])]

    def directs(self, who: str) -> list[str]:
        return [read(one) for one in self.sim.direct_messages(who) if one["bot"]]

    def _seen(self, who: str, seen: Seen) -> Told:
        if seen.dialog is not None:
            card = seen.dialog["card"]
            form = seen.dialog["title"] if cards.inputs(card) else ""
            return Told(_words(card), form, errors_in(card))
        text = [seen.text or seen.error or "", *seen.errors.values()]
        if seen.card is not None and cards.inputs(seen.card) and seen.conversation and seen.ts:
            self._forms[who] = (seen.conversation, seen.ts)
            return Told(_words(seen.card), _title(seen.card), errors_in(seen.card))
        if not any(text) and seen.card is not None:
            text.append(_words(seen.card))
        return Told("\n".join(filter(None, text)), "", dict(seen.errors))


def read(message: Json) -> str:
    return "\n".join(filter(None, [message["text"], *words_in(message["card"])]))


def words_in(card: Json | None) -> list[str]:
    """What a card says, a line each: pieces of one sentence stay together, and marks are no words."""
    said: list[str] = []
    for part in cards.parts(card or {}):
        if part.get("inlines"):
            said.append("".join(run if isinstance(run, str) else run["text"] for run in part["inlines"]))
        elif part.get("text"):
            said.append(UNMARKED.sub(lambda found: found.group(1) or "", AT.sub(r"@\1", part["text"])))
        said += [
            str(part[name]) for name in ("title", "label", "placeholder", "value") if isinstance(part.get(name), str)
        ]
    return said


def _words(card: Json | None) -> str:
    return "\n".join(words_in(card))


def _told_of(message: Json) -> Told:
    card = message["card"]
    return Told(read(message), _title(card) if cards.inputs(card) else "")


def _title(card: Json) -> str:
    first = card["body"][0]
    return "".join(run if isinstance(run, str) else run["text"] for run in first.get("inlines", [])) or first["text"]


def errors_in(card: Json) -> dict[str, str]:
    """What a form says in red, by the field above which it stands."""
    errors: dict[str, str] = {}
    wrong = ""
    for part in card["body"]:
        runs = part.get("inlines") or [part]
        red = [run for run in runs if isinstance(run, dict) and run.get("color") == "attention"]
        if red and part["type"] in ("RichTextBlock", "TextBlock"):
            wrong = "".join(str(run.get("text", "")) for run in red)
        elif wrong and str(part["type"]).startswith("Input."):
            errors[part["id"]], wrong = wrong, ""
    return errors | ({"": wrong} if wrong else {})


def found(card: Json | None, label: str, near: str) -> int | None:
    """Which of the buttons of that name is meant: one that can be pressed, below the words `near`."""
    number, reached = -1, not near
    for part in (card or {}).get("body", []):
        if part["type"] != "ActionSet":
            reached = not near or near in _words({"type": "AdaptiveCard", "body": [part]}) or _continues(part, reached)
            continue
        for action in cards.buttons({"type": "AdaptiveCard", "body": [part]}):
            if action.get("title") == label:
                number += 1
                if reached and action["type"] != "Action.ShowCard":
                    return number
    return None


def _continues(part: Json, reached: bool) -> bool:
    """Facts and further lines of the same section."""
    return reached and not part.get("separator")


def teams(**options: Any) -> Callable[[SqlStore], ChatFor]:
    def for_store(store: SqlStore) -> ChatFor:
        @asynccontextmanager
        async def chat(writer: Writer, clock: MovedClock, _outbox: Outbox) -> AsyncIterator[tuple[Teams, Any]]:
            sim = SimulatedTeams(clock.now, advance=clock.advance, **{"rate_limits": False, **options})
            async with serving(sim.app) as base:
                sim.base_url = base
                adapter = _adapter(sim, writer, store)
                await asyncio.to_thread(store.join, "teams", sim.tenant, "Acme")
                async with serving(Starlette(routes=adapter.routes)) as bot:
                    sim.bot_url = f"{bot}/api/messages"
                    await adapter.start()
                    await sim.introduce()
                    await sim.settled()
                    try:
                        yield Teams(sim, adapter), sim
                    finally:
                        await adapter.stop()
                        await sim.aclose()

        return chat

    return for_store


def _adapter(sim: SimulatedTeams, writer: Writer, store: SqlStore) -> TeamsAdapter:
    async def write(work: Callable[[Any], None]) -> None:
        await writer.call(work, rank=0)

    told = TeamsSettings(
        app_id=sim.app_id,
        password=sim.app_password,
        tenant=sim.tenant,
        login_url=sim.login_url,
        openid_url=sim.openid_url,
        allowed_hosts="127.0.0.1",
        simulators=True,
        secret="a secret that all replicas share",
    )
    kept = SqlReferences(store, write, Reference, "teams")
    return TeamsAdapter(told, writer.submit, kept, limits=Limits(paced=False))
