"""Teams as people use it: the real adapter over loopback, and a simulated Teams that they read, type and press in."""

from __future__ import annotations

import asyncio
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
from tests.story.cards_of_teams import errors_in, found, read, title_of, words_of
from tests.story.stage import ChatFor, Message, Told, followed, unheard

Json = dict[str, Any]
VERB = "debrief"
"""What is typed by somebody who says no more than the bot's name."""
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

    def pinged(self) -> set[str]:
        people = self.sim.world.people
        targets = [ping.target for ping in self.sim.ledger.pings]
        return {people[target].name if target in people else target for target in targets}

    def broken(self) -> list[Any]:
        return list(self.sim.ledger.limit_violations)

    def links(self) -> list[str]:
        return [url for one in self.sim.ledger.stored for url in followed(one.activity.get("attachments"))]

    def announcing(self) -> str:
        return self.channel("incidents")

    async def private_place(self, *who: str) -> str:
        seen = await self.sim.add_group_chat(list(who))
        await self.sim.settled()
        assert seen.conversation
        return seen.conversation

    async def closed_circle(self, *who: str) -> str:
        return await self.private_place(*who)

    async def bring_in(self, who: str, whom: str, where: str) -> None:
        await self.sim.join_chat(whom, where)

    async def take_out(self, who: str, whom: str, where: str) -> None:
        await self.sim.leave_chat(whom, where)

    async def comes_unheard(self, who: str, where: str) -> None:
        with unheard(self.sim.faults):
            await self.sim.join_chat(who, where)
            await self.sim.settled()

    async def goes_unheard(self, who: str, where: str) -> None:
        with unheard(self.sim.faults):
            await self.sim.leave_chat(who, where)
            await self.sim.settled()

    def members(self, where: str) -> set[str]:
        place, _ = self.sim.place(self.sim.world.people[self.sim.world.conversations[where].members[0]], where)
        return {self.sim.world.people[one].name for one in self.sim.world.members(place)}

    async def guest_comes(self, who: str, host: str, where: str) -> None:
        """A guest of a team sees all of its channels, and works on an incident when somebody there says so."""
        if self.sim.user(who).id not in self.sim.team.members:
            await self.sim.join_team(who)
        await self.verb(host, where, f"invite @{who}")

    async def leaves(self, who: str) -> None:
        await self.sim.leave_team(who)
        await self.sim.uninstall(who)

    def readable(self, who: str) -> list[str]:
        person = self.sim.user(who)
        places = [one for one in self.sim.world.conversations.values() if person.id in self.sim.world.members(one)]
        return [read(message) for place in places for message in self.sim.seen_by(who, place.id)]

    async def settled(self) -> None:
        await self.sim.settled()

    def news(self, who: str) -> str:
        fresh = self._private(who)[self._told.get(who, 0) :]
        self._told[who] = len(self._private(who))
        return "\n".join(read(one) for one in fresh)

    def _private(self, who: str) -> list[Json]:
        """What is for them alone: in their own chat where nothing can be said to one person in a channel."""
        return self.sim.targeted(who) if self.sim.options.targeted else self.sim.direct_messages(who)

    async def verb(self, who: str, where: str, words: str) -> Told:
        before = self._count(who, where)
        if self.sim.options.targeted:
            await self.sim.slash(who, where, words or VERB)
        else:
            await self.sim.say(who, where, words, mention=True)
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
        return len(self._private(who)) + len([one for one in self.sim.messages(where) if one["bot"]])

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
        message, nth = self._button(who, label, near)
        seen = await self.sim.press(who, message["conversation"], message["ts"], label, nth=nth)
        self._told[who] = len(self._private(who)) - len(seen.targeted)
        return self._seen(who, seen)

    async def press_at_once(self, who: str, label: str, near: str, times: int) -> None:
        message, nth = self._button(who, label, near)
        where = message["conversation"], message["ts"]
        await asyncio.gather(*(self.sim.press(who, *where, label, nth=nth) for _ in range(times)))

    def _button(self, who: str, label: str, near: str) -> tuple[Json, int]:
        for message in self._before(who):
            nth = found(message["card"], label, near)
            if nth is not None:
                return message, nth
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
        return self._seen(who, await self._submitted(who, values))

    async def fill_at_once(self, who: str, values: dict[str, str], times: int) -> None:
        await asyncio.gather(*(self._submitted(who, values) for _ in range(times)))

    async def _submitted(self, who: str, values: dict[str, str]) -> Seen:
        """The form on a card."""
        where, ts = self._forms[who]
        card = next(one["card"] for one in self.sim.seen_by(who, where) if one["ts"] == ts)
        submit = next(one for one in cards.buttons(card) if one.get("associatedInputs") != "none")
        return await self.sim.press(who, where, ts, submit["title"], self._entered(card, values))

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
        return self.at_home(who)

    def at_home(self, who: str) -> str:
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
            return Told(words_of(card), form, errors_in(card))
        text = [seen.text or seen.error or "", *seen.errors.values()]
        if seen.card is not None and cards.inputs(seen.card) and seen.conversation and seen.ts:
            self._forms[who] = (seen.conversation, seen.ts)
            return Told(words_of(seen.card), title_of(seen.card), errors_in(seen.card))
        if not any(text) and seen.card is not None:
            text.append(words_of(seen.card))
        return Told("\n".join(filter(None, text)), "", dict(seen.errors))


def _told_of(message: Json) -> Told:
    card = message["card"]
    return Told(read(message), title_of(card) if cards.inputs(card) else "")


def teams(**options: Any) -> Callable[[SqlStore], ChatFor]:
    def for_store(store: SqlStore) -> ChatFor:
        @asynccontextmanager
        async def chat(writer: Writer, clock: MovedClock, _outbox: Outbox) -> AsyncIterator[tuple[Teams, Any]]:
            sim = SimulatedTeams(clock.now, advance=clock.advance, **{"rate_limits": False, **options})
            async with serving(sim.app) as base:
                sim.base_url = base
                adapter = _adapter(sim, writer, store)
                await asyncio.to_thread(store.join_beside, "teams", sim.tenant, "Acme")
                async with serving(Starlette(routes=adapter.routes)) as bot:
                    sim.bot_url = f"{bot}/api/messages"
                    await adapter.start()
                    await sim.introduce()
                    await _greeted(sim)
                    try:
                        yield Teams(sim, adapter), sim
                    finally:
                        await adapter.stop()
                        await sim.aclose()

        return chat

    return for_store


async def _greeted(sim: SimulatedTeams) -> None:
    """Everybody who has the app finds their own page in the chat with it."""
    await sim.settled()
    having = [one.name for one in sim.world.people.values() if one.personal and not one.other_bot]
    while not all(sim.direct_messages(name) for name in having):  # noqa: ASYNC110 -- the simulator has no event for it
        await asyncio.sleep(0.01)


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
