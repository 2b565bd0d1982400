"""Slack as people use it: the real adapter over loopback, and a simulated Slack that they read, type and press in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette

from adapters.sandbox import views
from adapters.sandbox.clock import MovedClock
from adapters.sandbox.render import message_json
from adapters.sandbox.seen import Seen
from adapters.sandbox.serving import serving
from adapters.sandbox.slack import SimulatedSlack
from adapters.slack.app import SlackAdapter, SlackSettings
from adapters.slack.manifest import manifest
from bot.outbox import Outbox
from bot.writer import Writer
from storage.store import SqlStore
from tests.story.stage import ChatFor, Message, Told, followed, unheard

Json = dict[str, Any]


class Slack:
    """The real adapter over loopback, and a simulated Slack on the other side."""

    def __init__(self, name: str, sim: SimulatedSlack, adapter: SlackAdapter) -> None:
        self.name = name
        self.sim = sim
        self.deliver = adapter.deliver
        self._read_already: set[tuple[str, str]] = set()

    @property
    def tenant(self) -> str:
        return self.sim.team.id

    def account(self, who: str) -> str:
        return f"slack:{self.tenant}:{self.sim.user(who).id}"

    def channel(self, name: str) -> str:
        found = self.sim.team.named(name)
        assert found is not None, f"no channel {name}"
        return found.id

    def pinged(self) -> set[str]:
        users = self.sim.team.users
        targets = [ping.target for ping in self.sim.ledger.pings]
        return {users[target[1:]].name if target[1:] in users else target for target in targets}

    def broken(self) -> list[Any]:
        return list(self.sim.ledger.limit_violations)

    def links(self) -> list[str]:
        said = [one for place in self.sim.team.channels for one in self.sim.messages(place) if one.get("bot_id")]
        return [url for one in said for url in followed(one.get("blocks"))]

    def announcing(self) -> str:
        return self.channel("general")

    async def private_place(self, *who: str) -> str:
        return self.channel("general")

    async def closed_circle(self, *who: str) -> str:
        made = (await self.sim.create_channel(who[0], "closed-circle", private=True)).channel
        assert made
        for other in who[1:]:
            await self.sim.invite(who[0], made, other)
        return made

    async def bring_in(self, who: str, whom: str, where: str) -> None:
        await self.verb(who, where, f"invite @{whom}")

    async def take_out(self, who: str, whom: str, where: str) -> None:
        await self.verb(who, where, f"remove @{whom}")

    async def comes_unheard(self, who: str, where: str) -> None:
        with unheard(self.sim.faults):
            await self.sim.invite("maya", where, who)
            await self.sim.settled()

    async def goes_unheard(self, who: str, where: str) -> None:
        with unheard(self.sim.faults):
            await self.sim.leave(who, where)
            await self.sim.settled()

    def members(self, where: str) -> set[str]:
        return {self.sim.team.users[one].name for one in self.sim.team.channels[where].members}

    async def guest_comes(self, who: str, host: str, where: str) -> None:
        await self.sim.invite(host, where, who)

    async def leaves(self, who: str) -> None:
        await self.sim.deactivate(who)

    def readable(self, who: str) -> list[str]:
        places = list(self.sim.team.visible_to(self.sim.user(who).id))
        return [line for place in places for line in self.shown(place.id)]

    async def settled(self) -> None:
        await self.sim.settled()

    def news(self, who: str) -> str:
        user, team, fresh = self.sim.user(who).id, self.sim.team, list[str]()
        for channel in team.channels.values():
            mine = [one for one in channel.ephemerals if one.ephemeral_to == user]
            new = [one for one in mine if (channel.id, one.ts) not in self._read_already]
            self._read_already |= {(channel.id, one.ts) for one in new}
            fresh += [self._read(message_json(team, one)) for one in new]
        return "\n".join(fresh)

    def _typed(self, text: str) -> str:
        for user in self.sim.team.users.values():
            text = text.replace(f"@{user.name}", f"<@{user.id}>")
        return text

    async def verb(self, who: str, where: str, words: str) -> Told:
        await self._there(who, where)
        return self._told(await self.sim.slash(who, where, f"/incident {self._typed(words)}"))

    async def say(self, who: str, where: str, text: str, thread: str) -> Message:
        await self._there(who, where)
        seen = await self.sim.say(who, where, self._typed(text), thread_ts=thread or None)
        assert seen.channel
        assert seen.ts
        return Message(seen.channel, seen.ts)

    async def _there(self, who: str, where: str) -> None:
        """Whoever does something in a public channel has come there first."""
        channel, user = self.sim.team.channels.get(where), self.sim.user(who)
        if channel and channel.kind == "public" and user.id not in channel.members and not user.guest:
            await self.sim.join(who, where)
            await self.sim.settled()

    async def edit(self, who: str, message: Message, text: str) -> None:
        await self.sim.edit(who, message.channel, message.ts, self._typed(text))

    async def delete(self, who: str, message: Message) -> None:
        await self.sim.delete(who, message.channel, message.ts)

    async def undelete(self, who: str, message: Message) -> None:
        raise NotImplementedError("undeletion")

    async def pin(self, who: str, message: Message, *, added: bool) -> None:
        await self._there(who, message.channel)
        await (self.sim.pin if added else self.sim.unpin)(who, message.channel, message.ts)

    async def react(self, who: str, message: Message, emoji: str, *, added: bool) -> None:
        await self._there(who, message.channel)
        await (self.sim.react if added else self.sim.unreact)(who, message.channel, message.ts, emoji)

    async def shortcut(self, who: str, message: Message, name: str) -> Told:
        return self._told(await self.sim.message_shortcut(who, name, message.channel, message.ts))

    async def press(self, who: str, label: str, near: str) -> Told:
        return self._told(await self._button(who, label, near)())

    async def press_at_once(self, who: str, label: str, near: str, times: int) -> None:
        click = self._button(who, label, near)
        await asyncio.gather(*(click() for _ in range(times)))

    def _button(self, who: str, label: str, near: str) -> Callable[[], Coroutine[Any, Any, Seen]]:
        """Clicks the one that is meant, as often as it is called."""
        for channel, message in self._before(who):
            for block, element in pressable(message.get("blocks", []), near):
                if element["text"]["text"] == label:
                    about = channel, message["ts"], element["action_id"]
                    return partial(self.sim.click, who, *about, block_id=block["block_id"])
        home = self.sim.team.homes.get(self.sim.user(who).id)
        for block, element in pressable(home["blocks"] if home else [], near):
            if element["text"]["text"] == label:
                return partial(self.sim.click_view, who, "home", element["action_id"], block_id=block["block_id"])
        raise AssertionError(f"{who} sees no button {label!r} near {near!r}")

    def _before(self, who: str) -> Iterator[tuple[str, Json]]:
        """The bot's messages that somebody sees: those for them alone, then those in channels; newest first."""
        private = [(one["channel"], one) for one in self.sim.ephemerals(who)]
        direct = self.sim.team.direct(self.sim.team.bot_user, self.sim.user(who).id)
        private += [(direct.id, one) for one in self.sim.direct_messages(who)] if direct else []
        yield from sorted(private, key=lambda pair: pair[1]["ts"], reverse=True)
        for channel in reversed(self.sim.team.channels.values()):
            if self.sim.user(who).id in channel.members and channel.kind in ("public", "private"):
                yield from ((channel.id, one) for one in reversed(self.sim.messages(channel.id)))

    async def fill(self, who: str, values: dict[str, str]) -> Told:
        return self._told(await self._submission(who, values)())

    async def fill_at_once(self, who: str, values: dict[str, str], times: int) -> None:
        submit = self._submission(who, values)
        await asyncio.gather(*(submit() for _ in range(times)))

    def _submission(self, who: str, values: dict[str, str]) -> Callable[[], Coroutine[Any, Any, Seen]]:
        """Submits the form that is open now, as often as it is called."""
        view = self.sim.modal(who)
        assert view is not None, f"{who} has no form open"
        filled: Json = {}
        for block, element in views.elements(view):
            if block["block_id"] in values:
                filled.setdefault(block["block_id"], {})[element["action_id"]] = self._entered(
                    element, values[block["block_id"]]
                )
        assert filled.keys() == values.keys(), f"the form asks for {[b['block_id'] for b in view['blocks']]}"
        return partial(self.sim.submit, who, filled, view_id=view["id"])

    def _entered(self, element: Json, value: str) -> Any:
        if element["type"] == "users_select":
            return self.sim.user(value.removeprefix("@")).id
        if element["type"] == "multi_users_select":
            return [self.sim.user(name.removeprefix("@")).id for name in value.split()]
        if element["type"] == "checkboxes":
            return [element["options"][0]] if value == "true" else []
        return self._typed(value) if element["type"] == "plain_text_input" else value

    async def home(self, who: str) -> str:
        seen = await self.sim.open_home(who)
        for _ in range(200):
            if seen.home:
                break
            seen = await self.sim.open_home(who)
        return self.at_home(who) if seen.home else ""

    def at_home(self, who: str) -> str:
        return "\n".join(words_in(self.sim.team.homes[self.sim.user(who).id]["blocks"]))

    def shown(self, where: str) -> list[str]:
        return [self._read(one) for one in self.sim.messages(where)]

    def posts(self, where: str) -> list[str]:
        own = self.sim.team.bot_user
        return [
            self._read(one) for one in self.sim.messages(where) if one.get("user") == own and not one.get("subtype")
        ]

    def directs(self, who: str) -> list[str]:
        """Of those who have left, too."""
        user = self.sim.team.user(who)
        channel = self.sim.team.direct(self.sim.team.bot_user, user.id) if user else None
        return self.shown(channel.id) if channel else []

    def _read(self, message: Json) -> str:
        return "\n".join([str(message.get("text") or ""), *words_in(message.get("blocks") or [])])

    def _told(self, seen: Seen) -> Told:
        said = [str(one.get("text", "")) for one in seen.toasts]
        form = seen.modal["title"]["text"] if seen.modal else ""
        if form:
            said += words_in(seen.modal["blocks"])
        return Told("\n".join(said), form, dict(seen.errors))


def pressable(blocks: list[Json], near: str) -> Iterator[tuple[Json, Json]]:
    """Buttons of a message, or those that stand below the words `near`."""
    reached = not near
    for block in blocks:
        if near and block["type"] != "actions":
            reached = near in "\n".join(words_in([block]))
        parts = [block.get("accessory"), *(block.get("elements") or [])]
        if reached:
            yield from ((block, one) for one in parts if isinstance(one, dict) and one.get("type") == "button")


def words_in(blocks: Any) -> list[str]:
    """Everything that can be read in blocks, in its order; pieces of one sentence stay together."""
    found: list[str] = []
    for block in blocks:
        if block.get("type") == "rich_text_section":
            found.append("".join(_piece(one) for one in block["elements"]))
            continue
        for part in ("text", "label", "hint"):
            inner = block.get(part)
            if isinstance(inner, dict):
                found.append(str(inner.get("text", "")))
            elif isinstance(inner, str) and part == "text":
                found.append(inner)
        for part in ("elements", "fields", "options"):
            found += words_in([one for one in block.get(part) or [] if isinstance(one, dict)])
        for part in ("accessory", "element"):
            found += words_in([block[part]] if isinstance(block.get(part), dict) else [])
        if block.get("initial_value"):
            found.append(str(block["initial_value"]))
    return found


def _piece(one: Json) -> str:
    return str(one.get("text") or one.get("url") or (f"@{one['user_id']}" if "user_id" in one else ""))


UNHURRIED = 20.0
"""Seconds for an answer: stories are about what is said. Slack's three are kept where answers are measured and late."""


def slack(*, socket: bool = False, **options: Any) -> Callable[[SqlStore], ChatFor]:
    def for_store(store: SqlStore) -> ChatFor:
        @asynccontextmanager
        async def chat(writer: Writer, clock: MovedClock, _outbox: Outbox) -> AsyncIterator[tuple[Slack, Any]]:
            sim = SimulatedSlack(
                manifest(None if socket else "http://bot.example"),
                clock.now,
                advance=clock.advance,
                **{"rate_limits": False, "ack_seconds": UNHURRIED, **options},
            )
            async with serving(sim.app) as base:
                sim.base_url = base
                adapter = _adapter(sim, writer, base, store, socket=socket)
                async with serving(Starlette(routes=adapter.routes)) as bot:
                    sim.request_url = None if socket else bot
                    await adapter.start()
                    while socket and not sim.sockets.connected:  # noqa: ASYNC110 -- the simulator has no event for it
                        await asyncio.sleep(0.01)
                    try:
                        yield Slack("slack-socket" if socket else "slack-http", sim, adapter), sim
                    finally:
                        await adapter.stop()
                        await sim.aclose()

        return chat

    return for_store


def _adapter(sim: SimulatedSlack, writer: Writer, base: str, store: SqlStore, *, socket: bool) -> SlackAdapter:
    async def joined(workspace: Any) -> None:
        store.join_beside("slack", workspace.team, workspace.name)

    told = SlackSettings(
        bot_token=sim.bot_token(),
        app_token=sim.app_token if socket else "",
        signing_secret="" if socket else sim.credentials.signing_secret,
        api_base_url=f"{base}/slack/api/",
    )
    return SlackAdapter(told, writer.submit, joined=joined, paced=False)
