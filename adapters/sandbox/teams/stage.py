"""Turns a script's neutral steps into what people do in this Teams.

Law: a mark is given from a message's menu, because Teams tells a bot of reactions to its own posts only; a reaction
that means nothing there stays a reaction. Nobody joins or leaves a thread: whoever is in the team is there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from adapters.emoji import with_signs
from adapters.sandbox.people import Denied
from adapters.sandbox.script import INCIDENT, Script, Step
from adapters.sandbox.stage import BUTTONS, Spot, Stage
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.seen import Seen
from adapters.sandbox.teams.world import Conversation, Json, Message
from adapters.sandbox.transcript import PUSHPIN

if TYPE_CHECKING:
    from adapters.sandbox.teams.teams import SimulatedTeams

MARK, AWAY = "mark_message", "-"
"""The message action by which marks are given, and what stands before a mark that is taken away."""
ANSWERED = 5.0
"""Seconds for which a person waits for the answer to a command."""
_LABELLED = re.compile(r"<(https?://[^<>|\s]+)\|([^<>]+)>")
_EVERYBODY = re.compile(r"<!(\w+)>")
_REACTIONS = {"+1": "like", "heart": "heart", "joy": "laugh", "exploding_head": "surprised"}
"""The first ones of Teams have names of their own."""


class TeamsStage(Stage):
    sim: SimulatedTeams

    def __init__(self, sim: SimulatedTeams, script: Script) -> None:
        super().__init__(sim, script)
        self._before = {(place, ts) for place, ts, _ in self._threads()}
        self._since = 0
        self._asked: dict[str, int] = {}
        """By person: how much had been written to them alone before their last command."""

    # -- where things are

    def _threads(self) -> Iterator[tuple[str, str, Message]]:
        """Threads that the bot began, oldest first: channel, root, and the root itself."""
        for place in self.sim.world.conversations.values():
            if place.kind == "channel":
                own = (m for m in place.in_order() if m.author == self.sim.bot["id"])
                yield from ((place.id, m.id, m) for m in own if not (m.root or m.only or m.deleted))

    def incident(self) -> tuple[Conversation, Message] | None:
        """The newest thread that the bot began since the story did."""
        fresh = [(place, root) for place, ts, root in self._threads() if (place, ts) not in self._before]
        newest = max(fresh, key=lambda one: int(one[1].id), default=None)
        return (self.sim.world.conversations[newest[0]], newest[1]) if newest else None

    def home(self) -> str | None:
        found = self.incident()
        return found[0].full_id(found[1]) if found else None

    def opened(self) -> bool:
        """The message with which the thread began has become the status card."""
        found = self.incident()
        return found is not None and found[1].edited

    def direct(self, nick: str) -> str | None:
        found = self.sim.world.personal(self.user(nick).id)
        return found.id if found else None

    def newest(self, conversation: str) -> str | None:
        said = self.sim.messages(conversation)
        return said[-1]["ts"] if said else None

    def place(self, where: str) -> str:
        if where == INCIDENT:
            home = self.home()
            if home is None:
                raise Denied("there is no incident's thread yet")
            return home
        return next(p.name for p in self.script.places if p.nick == where)

    def names(self) -> dict[str, str]:
        """People are mentioned by what the client offers; a channel is spoken of by its name."""
        names = {f"@{p.nick}": f"@{p.nick}" for p in self.script.cast}
        return names | {f"#{p.nick}": f"#{p.name}" for p in self.script.places} | {f"#{INCIDENT}": "the incident"}

    def text(self, step: Step, text: str | None = None) -> str:
        """What the script has in Slack's markup is entered as Teams has it: labelled links, everybody, and emoji."""
        typed = with_signs(_LABELLED.sub(r"[\2](\1)", super().text(step, text)))
        return _EVERYBODY.sub(r"@\1", typed)

    def spot(self, seen: Seen | None) -> Spot | None:
        return (seen.conversation, seen.ts) if seen and seen.conversation and seen.ts else None

    def bot_wrote(self, conversation: str | None, words: tuple[str, ...]) -> bool:
        own = [m for m in self.sim.messages(conversation) if m["bot"]] if conversation else []
        fresh = (m for m in own if int(m["ts"]) > self._since)
        said = [f"{m['text']}\n{cards.words(m['card'])}".lower() for m in fresh]
        return any(word in text for text in said for word in words)

    # -- what people write

    async def do_say(self, step: Step) -> Seen:
        return await self.sim.say(step.who, self.place(step.where), self.text(step))

    async def do_reply(self, step: Step) -> Seen:
        return await self._answer(step)

    async def do_broadcast(self, step: Step) -> Seen:
        """Everybody in a thread reads everything of it."""
        return await self._answer(step)

    async def do_mention(self, step: Step) -> Seen:
        if step.ref:
            return await self._answer(step, mention=True)
        return await self.sim.say(step.who, self.place(step.where), self.text(step), mention=True)

    async def _answer(self, step: Step, *, mention: bool = False) -> Seen:
        """In the incident's thread an answer quotes what it answers; elsewhere it goes into that message's thread."""
        where, ts = self.ref(step)
        quoted = ts if step.where == INCIDENT else ""
        return await self.sim.say(step.who, where, self.text(step), mention=mention, reply=quoted)

    async def do_upload(self, step: Step) -> Seen:
        if step.file is None:
            raise Denied("there is no file")
        where = self.ref(step)[0] if step.ref else self.place(step.where)
        return await self.sim.upload(step.who, where, step.file.name, self.text(step), mimetype=step.file.mimetype)

    async def do_edit(self, step: Step) -> Seen:
        return await self.sim.edit(step.who, *self.ref(step), self.text(step))

    async def do_delete(self, step: Step) -> Seen:
        return await self.sim.delete(step.who, *self.ref(step))

    # -- marks

    async def do_react(self, step: Step) -> Seen:
        return await self._mark(step, step.emoji)

    async def do_unreact(self, step: Step) -> Seen:
        return await self._mark(step, AWAY + step.emoji)

    async def do_pin(self, step: Step) -> Seen:
        return await self._mark(step, PUSHPIN)

    async def do_unpin(self, step: Step) -> Seen:
        return await self._mark(step, AWAY + PUSHPIN)

    async def _mark(self, step: Step, mark: str) -> Seen:
        """Looks into the message's menu; what is not offered there is given as a reaction."""
        where, ts = self.ref(step)
        seen = await self.sim.message_action(step.who, MARK, where, ts)
        if seen.dialog is None:
            raise Denied(f"the message cannot be marked: {seen.text or seen.error}")
        offered = {one["value"] for field in cards.inputs(seen.dialog["card"]) for one in field["choices"]}
        if mark in offered:
            done = await self.sim.submit_dialog(step.who, {"mark": mark})
            return _well(done).model_copy(update={"conversation": where, "ts": ts})
        await self.sim.close_dialog(step.who)
        name = mark.removeprefix(AWAY)
        change = self.sim.unreact if mark.startswith(AWAY) else self.sim.react
        return await change(step.who, where, ts, _REACTIONS.get(name, name))

    # -- what people ask of the bot

    async def do_command(self, step: Step) -> Seen:
        where = self.place(step.where)
        everything = (m for c in self.sim.world.conversations.values() for m in c.messages.values())
        self._since = max((int(m.id) for m in everything), default=0)
        self._asked[step.who] = len(self.sim.targeted(step.who))
        seen = await self.sim.slash(step.who, where, self.text(step))
        await self._wait(lambda: len(self.sim.targeted(step.who)) > self._asked[step.who])
        return seen

    async def do_shortcut(self, step: Step) -> Seen:
        seen = await self.sim.message_action(step.who, step.shortcut, *self.ref(step))
        return _well(seen)

    async def do_submit(self, step: Step) -> Seen:
        """A dialog, or a form that came as a message for this person alone."""
        if (dialog := self.sim.dialog(step.who)) is not None:
            return _well(await self.sim.submit_dialog(step.who, self._entered(dialog["card"], step)))
        await self._wait(lambda: self._form(step.who) is not None)
        form = self._form(step.who)
        if form is None:
            raise Denied("no form is open")
        submits = next(one for one in cards.buttons(form["card"]) if one.get("associatedInputs") != "none")
        entered = self._entered(form["card"], step)
        return _well(await self.sim.press(step.who, form["conversation"], form["ts"], submits["title"], entered))

    def _form(self, who: str) -> Json | None:
        fresh = self.sim.targeted(who)[self._asked.get(who, 0) :]
        return next((one for one in reversed(fresh) if cards.inputs(one["card"])), None)

    def _entered(self, card: Json, step: Step) -> Json:
        known = {field["id"]: field for field in cards.inputs(card)}
        for name in step.fields:
            if name not in known:
                raise Denied(f"the form asks for nothing called {name}")
        return {name: self._value(known[name], self.text(step, text)) for name, text in step.fields.items()}

    def _value(self, field: Json, entered: str) -> str:
        """People are picked from the directory, by their object ids."""
        return self.sim.user(entered).object_id if "choices.data" in field else entered

    async def do_click(self, step: Step) -> Seen:
        message, title, nth = self._button(step)
        seen = await self.sim.press(step.who, message["conversation"], message["ts"], title, nth=nth)
        if step.fields and self.sim.dialog(step.who) is not None:
            seen = await self.do_submit(step)
        return _well(seen).model_copy(update={"conversation": message["conversation"], "ts": message["ts"]})

    def _button(self, step: Step) -> tuple[Json, str, int]:
        """The button below the item's own words, in the newest message from the bot that has one."""
        item = self.item(step).lower()
        for place in filter(None, (self.direct(step.who), self.home())):
            for message in reversed(self.sim.seen_by(step.who, place)):
                for title, nth in _below(message["card"], item) if message["bot"] else ():
                    if BUTTONS[step.button] in title.lower().replace("\u2019", "'"):
                        return message, title, nth
        raise Denied(f"no button {step.button} for {item!r}")

    async def _wait(self, came: Callable[[], bool]) -> None:
        for _ in range(int(ANSWERED / 0.01)):
            if came():
                return
            await asyncio.sleep(0.01)

    async def do_join(self, step: Step) -> None:
        """Nobody joins a thread; only whoever is not in the team at all is let into it first."""
        person = self.user(step.who)
        if person.id not in self.sim.team.members:
            await self.sim.join_team(step.who)

    async def do_leave(self, step: Step) -> None:
        """Nobody leaves a thread."""


def _well(seen: Seen) -> Seen:
    if not seen.ok or seen.errors:
        raise Denied(f"it was refused: {seen.errors or seen.error}")
    return seen


def _below(card: Json | None, item: str) -> Iterator[tuple[str, int]]:
    """Buttons that belong to the item: the first ones after its words. With which of its name each one is."""
    near = False
    passed: list[str] = []
    for part in (card or {}).get("body", []):
        inside = {"type": "AdaptiveCard", "body": [part]}
        own = cards.buttons(inside)
        if not own:
            near = item in cards.words(inside).lower() or (near and not part.get("separator"))
        for action in own:
            title = str(action.get("title", ""))
            if near:
                yield title, passed.count(title)
            passed.append(title)
