"""Turns a script's neutral steps into what people do in this Slack.

Forms and buttons are found the way a person finds them: by reading.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from adapters.sandbox import views
from adapters.sandbox.mrkdwn import typed
from adapters.sandbox.people import Denied
from adapters.sandbox.script import INCIDENT, Script, Step
from adapters.sandbox.seen import Seen
from adapters.sandbox.transcript import spoken, zone_of
from adapters.sandbox.world import Channel, Json, User

if TYPE_CHECKING:
    from adapters.sandbox.slack import SimulatedSlack

_WORDS = {
    "done": "done",
    "snooze": "snooze",
    "reassign": "reassign",
    "not_mine": "not mine",
    "wont_do": "won't do",
    "accept": "accept",
}


class Stage:
    """Who is who and what stands where, in one performance."""

    def __init__(self, sim: "SimulatedSlack", script: Script) -> None:
        self.sim = sim
        self.script = script
        self.said: dict[str, tuple[str, str]] = {}
        self.seen: Seen = Seen()
        self._before = set(sim.team.channels) if sim.teams else set()
        self._since = ""

    def user(self, nick: str) -> User:
        return self.sim.user(nick)

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

    def text(self, step: Step, text: str | None = None) -> str:
        """A step's text as it is typed now; people and places become Slack's own tokens."""
        zone = zone_of(self.script, step)
        return spoken(step.text if text is None else text, self.sim.now(), zone, self._names())

    def _names(self) -> dict[str, str]:
        names = {f"@{p.nick}": f"<@{self.user(p.nick).id}>" for p in self.script.cast}
        for place in [p.nick for p in self.script.places] + ([INCIDENT] if self.incident() else []):
            channel = self.sim.team.channels.get(self.place(place))
            names[f"#{place}"] = f"<#{channel.id}|{channel.name}>" if channel else f"#{place}"
        return names

    async def perform(self, step: Step) -> None:
        doing: Callable[[Step], Awaitable[Any]] = getattr(self, f"_{step.do}")
        seen = await doing(step)
        if isinstance(seen, Seen):
            self.seen = seen
            if step.id and seen.ts and seen.channel:
                self.said[step.id] = (seen.channel, seen.ts)

    async def _say(self, step: Step) -> Seen:
        return await self.sim.say(step.who, self.place(step.where), self.text(step))

    async def _reply(self, step: Step, *, broadcast: bool = False) -> Seen:
        channel, ts = self._ref(step)
        return await self.sim.say(step.who, channel, self.text(step), thread_ts=ts, broadcast=broadcast)

    async def _broadcast(self, step: Step) -> Seen:
        return await self._reply(step, broadcast=True)

    async def _mention(self, step: Step) -> Seen:
        text = f"<@{self.sim.team.bot_user}> {self.text(step)}"
        if not step.ref:
            return await self.sim.say(step.who, self.place(step.where), text)
        channel, ts = self._ref(step)
        return await self.sim.say(step.who, channel, text, thread_ts=ts)

    async def _upload(self, step: Step) -> Seen:
        if step.file is None:
            raise Denied("there is no file")
        thread = self._ref(step)[1] if step.ref else None
        return await self.sim.upload(
            step.who,
            self.place(step.where),
            step.file.name,
            self.text(step),
            mimetype=step.file.mimetype,
            thread_ts=thread,
        )

    async def _edit(self, step: Step) -> Seen:
        """An edit that changes nothing is what Slack makes of a message whose language it has found out."""
        channel, ts = self._ref(step)
        message = self.sim.message_in(self.sim.team.channels[channel], ts)
        text = self.text(step)
        if typed(self.sim.team, text) == message.text:
            await self.sim.detect_language(channel, ts)
            return Seen(ts=ts, channel=channel)
        return await self.sim.edit(step.who, channel, ts, text)

    async def _delete(self, step: Step) -> Seen:
        return await self.sim.delete(step.who, *self._ref(step))

    async def _react(self, step: Step) -> Seen:
        return await self.sim.react(step.who, *self._ref(step), step.emoji)

    async def _unreact(self, step: Step) -> Seen:
        return await self.sim.unreact(step.who, *self._ref(step), step.emoji)

    async def _pin(self, step: Step) -> Seen:
        return await self.sim.pin(step.who, *self._ref(step))

    async def _unpin(self, step: Step) -> Seen:
        return await self.sim.unpin(step.who, *self._ref(step))

    async def _command(self, step: Step) -> Seen:
        self._since = max((m["ts"] for c in self.sim.team.channels for m in self.sim.messages(c)), default="")
        word = self.sim.manifest.commands[0]["command"]
        return await self.sim.slash(step.who, self.place(step.where), f"{word} {self.text(step)}")

    async def _shortcut(self, step: Step) -> Seen:
        return await self.sim.message_shortcut(step.who, step.shortcut, *self._ref(step))

    async def _submit(self, step: Step) -> Seen:
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

    async def _click(self, step: Step) -> Seen:
        channel, message, element, block = self._button(step)
        seen = await self.sim.click(step.who, channel, message["ts"], element["action_id"], block_id=block["block_id"])
        if step.fields and self.sim.modal(step.who):
            seen = await self._submit(step)
        return Seen(**(seen.model_dump() | {"ts": message["ts"], "channel": channel}))

    def _button(self, step: Step) -> tuple[str, Json, Json, Json]:
        """The button below the item's own words, in the newest message from the bot that has one."""
        item = self._what(self.script.step(step.item)).lower()
        team = self.sim.team
        user = self.user(step.who)
        direct = team.direct(team.bot_user, user.id)
        places = ([direct] if direct else []) + ([c] if (c := self.incident()) else [])
        for channel in places:
            for message in reversed(self.sim.messages(channel.id)):
                for block, element in _below(message.get("blocks", []), item):
                    word = str(element.get("text", {}).get("text", "")).lower().replace("\u2019", "'")
                    if _WORDS[step.button] in word or step.button in element["action_id"]:
                        return channel.id, message, element, block
        raise Denied(f"no button {step.button} for {item!r}")

    def _what(self, step: Step) -> str:
        """The words of an action item, from the form or the command that made it."""
        if step.fields.get("text"):
            return step.fields["text"]
        return step.text.split(" : ", 1)[-1].split(": ", 1)[-1].strip()

    async def _join(self, step: Step) -> Seen | None:
        """Guests cannot come by themselves: somebody who is there already asks them in."""
        channel = self.sim.team.channels[self.place(step.where)]
        user = self.user(step.who)
        if user.id in channel.members:
            return None
        if channel.kind == "public" and not user.guest:
            return await self.sim.join(step.who, channel.id)
        host = next(m for m in channel.members if not self.sim.team.users[m].is_bot)
        return await self.sim.invite(host, channel.id, user.id)

    async def _leave(self, step: Step) -> Seen:
        return await self.sim.leave(step.who, self.place(step.where))

    def _ref(self, step: Step) -> tuple[str, str]:
        if step.ref not in self.said:
            raise Denied(f"{step.ref} was never said")
        return self.said[step.ref]

    def came_true(self, until: str) -> bool:
        if until == "incident channel exists":
            channel = self.incident()
            return channel is not None and any(m.get("bot_id") for m in self.sim.messages(channel.id))
        if until == "draft posted":
            return self._bot_wrote(self.incident(), ("postmortem", "draft"))
        who = until.rsplit(" ", 1)[-1]
        return self._bot_wrote(self.sim.team.direct(self.sim.team.bot_user, self.user(who).id), ("overdue",))

    def _bot_wrote(self, channel: Channel | None, words: tuple[str, ...]) -> bool:
        """Whether the bot said one of the words there since the last command."""
        fresh = [m for m in self.sim.messages(channel.id) if m["ts"] > self._since] if channel else []
        own = [str(m).lower() for m in fresh if m.get("bot_id") == self.sim.team.bot_id]
        return any(word in text for text in own for word in words)

    def pointed_at(self, step: Step) -> tuple[str | None, str | None]:
        """The message that a caption speaks of: the step's own, else the one it refers to, else the place alone."""
        for name in (step.id, step.ref):
            if name in self.said:
                return self.said[name]
        if step.do == "click" and self.seen.ts:
            return self.seen.channel, self.seen.ts
        if step.until.startswith("digest received by"):
            direct = self.sim.team.direct(self.sim.team.bot_user, self.user(step.until.rsplit(" ", 1)[-1]).id)
            return (direct.id, max(direct.messages, default=None)) if direct else (None, None)
        channel = self.incident()
        return (channel.id if channel else None), None


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
