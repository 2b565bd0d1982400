"""Turns a script's neutral steps into what people do in this Slack.

Forms and buttons are found the way a person finds them: by reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.sandbox import views
from adapters.sandbox.mrkdwn import typed
from adapters.sandbox.people import Denied
from adapters.sandbox.script import INCIDENT, Script, Step
from adapters.sandbox.seen import Seen
from adapters.sandbox.stage import BUTTONS, Spot, Stage
from adapters.sandbox.world import Channel, Json

if TYPE_CHECKING:
    from adapters.sandbox.slack import SimulatedSlack


class SlackStage(Stage):
    sim: SimulatedSlack

    def __init__(self, sim: SimulatedSlack, script: Script) -> None:
        super().__init__(sim, script)
        self._before = set(sim.team.channels) if sim.teams else set()
        self._since = ""

    def incident(self) -> Channel | None:
        """The newest channel that the bot made since the story began."""
        team = self.sim.team
        made = [
            c
            for c in team.channels.values()
            if c.id not in self._before and c.creator == team.bot_user and c.kind in ("public", "private")
        ]
        return made[-1] if made else None

    def place(self, where: str) -> str:
        if where == INCIDENT:
            channel = self.incident()
            if channel is None:
                raise Denied("there is no incident's channel yet")
            return channel.id
        name = next(p.name for p in self.script.places if p.nick == where)
        channel = self.sim.team.named(name)
        return channel.id if channel else name

    def names(self) -> dict[str, str]:
        """Slack's own tokens."""
        names = {f"@{p.nick}": f"<@{self.user(p.nick).id}>" for p in self.script.cast}
        for place in [p.nick for p in self.script.places] + ([INCIDENT] if self.incident() else []):
            channel = self.sim.team.channels.get(self.place(place))
            names[f"#{place}"] = f"<#{channel.id}|{channel.name}>" if channel else f"#{place}"
        return names

    def spot(self, seen: Seen | None) -> Spot | None:
        return (seen.channel, seen.ts) if seen and seen.channel and seen.ts else None

    async def do_say(self, step: Step) -> Seen:
        return await self.sim.say(step.who, self.place(step.where), self.text(step))

    async def do_reply(self, step: Step, *, broadcast: bool = False) -> Seen:
        channel, ts = self.ref(step)
        return await self.sim.say(step.who, channel, self.text(step), thread_ts=ts, broadcast=broadcast)

    async def do_broadcast(self, step: Step) -> Seen:
        return await self.do_reply(step, broadcast=True)

    async def do_mention(self, step: Step) -> Seen:
        text = f"<@{self.sim.team.bot_user}> {self.text(step)}"
        if not step.ref:
            return await self.sim.say(step.who, self.place(step.where), text)
        channel, ts = self.ref(step)
        return await self.sim.say(step.who, channel, text, thread_ts=ts)

    async def do_upload(self, step: Step) -> Seen:
        if step.file is None:
            raise Denied("there is no file")
        thread = self.ref(step)[1] if step.ref else None
        return await self.sim.upload(
            step.who,
            self.place(step.where),
            step.file.name,
            self.text(step),
            mimetype=step.file.mimetype,
            thread_ts=thread,
        )

    async def do_edit(self, step: Step) -> Seen:
        """An edit that changes nothing is what Slack makes of a message whose language it has found out."""
        channel, ts = self.ref(step)
        message = self.sim.message_in(self.sim.team.channels[channel], ts)
        text = self.text(step)
        if typed(self.sim.team, text) == message.text:
            await self.sim.detect_language(channel, ts)
            return Seen(ts=ts, channel=channel)
        return await self.sim.edit(step.who, channel, ts, text)

    async def do_delete(self, step: Step) -> Seen:
        return await self.sim.delete(step.who, *self.ref(step))

    async def do_react(self, step: Step) -> Seen:
        return await self.sim.react(step.who, *self.ref(step), step.emoji)

    async def do_unreact(self, step: Step) -> Seen:
        return await self.sim.unreact(step.who, *self.ref(step), step.emoji)

    async def do_pin(self, step: Step) -> Seen:
        return await self.sim.pin(step.who, *self.ref(step))

    async def do_unpin(self, step: Step) -> Seen:
        return await self.sim.unpin(step.who, *self.ref(step))

    async def do_command(self, step: Step) -> Seen:
        self._since = max((m["ts"] for c in self.sim.team.channels for m in self.sim.messages(c)), default="")
        word = self.sim.manifest.commands[0]["command"]
        return await self.sim.slash(step.who, self.place(step.where), f"{word} {self.text(step)}")

    async def do_shortcut(self, step: Step) -> Seen:
        return await self.sim.message_shortcut(step.who, step.shortcut, *self.ref(step))

    async def do_submit(self, step: Step) -> Seen:
        view = self.sim.modal(step.who)
        if view is None:
            raise Denied("no form is open")
        seen = await self.sim.submit(step.who, self._filled(view, step), view_id=view["id"])
        if not seen.ok:
            raise Denied(f"the form was refused: {seen.errors or seen.error}")
        return seen

    def _filled(self, view: Json, step: Step) -> Json:
        values: Json = {}
        for name, text in step.fields.items():
            found = [(b, e) for b, e in views.elements(view) if name in (b["block_id"], e["action_id"])]
            if not found:
                raise Denied(f"the form asks for nothing called {name}")
            block, element = found[0]
            entered = self.text(step, text)
            if element["type"] in ("users_select", "conversations_select"):
                entered = entered.strip("<@>")
            values.setdefault(block["block_id"], {})[element["action_id"]] = entered
        return values

    async def do_click(self, step: Step) -> Seen:
        channel, message, element, block = self._button(step)
        seen = await self.sim.click(step.who, channel, message["ts"], element["action_id"], block_id=block["block_id"])
        if step.fields and self.sim.modal(step.who):
            seen = await self.do_submit(step)
        return Seen(**(seen.model_dump() | {"ts": message["ts"], "channel": channel}))

    def _button(self, step: Step) -> tuple[str, Json, Json, Json]:
        """The button below the item's own words, in the newest message from the bot that has one."""
        item = self.item(step).lower()
        team = self.sim.team
        user = self.user(step.who)
        direct = team.direct(team.bot_user, user.id)
        places = ([direct] if direct else []) + ([c] if (c := self.incident()) else [])
        for channel in places:
            for message in reversed(self.sim.messages(channel.id)):
                for block, element in _below(message.get("blocks", []), item):
                    word = str(element.get("text", {}).get("text", "")).lower().replace("\u2019", "'")
                    if BUTTONS[step.button] in word or step.button in element["action_id"]:
                        return channel.id, message, element, block
        raise Denied(f"no button {step.button} for {item!r}")

    async def do_join(self, step: Step) -> Seen | None:
        """Guests cannot come by themselves: somebody who is there already asks them in."""
        channel = self.sim.team.channels[self.place(step.where)]
        user = self.user(step.who)
        if user.id in channel.members:
            return None
        if channel.kind == "public" and not user.guest:
            return await self.sim.join(step.who, channel.id)
        host = next(m for m in channel.members if not self.sim.team.users[m].is_bot)
        return await self.sim.invite(host, channel.id, user.id)

    async def do_leave(self, step: Step) -> Seen:
        return await self.sim.leave(step.who, self.place(step.where))

    def opened(self) -> bool:
        channel = self.incident()
        return channel is not None and any(m.get("bot_id") for m in self.sim.messages(channel.id))

    def home(self) -> str | None:
        channel = self.incident()
        return channel.id if channel else None

    def direct(self, nick: str) -> str | None:
        found = self.sim.team.direct(self.sim.team.bot_user, self.user(nick).id)
        return found.id if found else None

    def newest(self, conversation: str) -> str | None:
        return max(self.sim.team.channels[conversation].messages, default=None)

    def bot_wrote(self, conversation: str | None, words: tuple[str, ...]) -> bool:
        fresh = [m for m in self.sim.messages(conversation) if m["ts"] > self._since] if conversation else []
        own = [str(m).lower() for m in fresh if m.get("bot_id") == self.sim.team.bot_id]
        return any(word in text for text in own for word in words)


def _below(blocks: list[Json], item: str) -> Iterator[tuple[Json, Json]]:
    """Buttons that belong to the item: in the block that holds its words, or in the first actions after it."""
    near = False
    for block in blocks:
        if block["type"] != "actions":
            near = (
                item in str(block).lower() if block["type"] in ("section", "rich_text", "context", "header") else near
            )
        parts = [block.get("accessory"), *(block.get("elements") or [])]
        if near:
            yield from ((block, part) for part in parts if isinstance(part, dict) and part.get("type") == "button")
