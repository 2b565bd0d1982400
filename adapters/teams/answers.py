"""Answers to the person who asked, now: a message for them alone, a dialog, the pressed card itself changed.

Law: invokes are answered inside 4 s whatever happens, each answer is given at most once, and what somebody typed into a
form that is refused stays in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from adapters.teams import invokes
from adapters.teams.activities import GROUP, PERSONAL
from adapters.teams.chats import GroupChats
from adapters.teams.connector import Connector
from adapters.teams.formed import For, Formed
from adapters.teams.forms import Tried
from adapters.teams.gestures import Address, Gesture
from adapters.teams.references import References, root_of
from adapters.teams.refusals import Failed
from adapters.teams.rooms import Rooms
from adapters.teams.showing import Showing
from adapters.wire import Answer
from bot import words
from bot.commands.declare import Declare
from bot.counts import Counts
from bot.errors import GiveUp, Refused, Retry, Unavailable, Unsure
from bot.ports import Submit
from bot.reading import ticked
from bot.text import Card, Reply, Text
from bot.words import chat
from bot.words import teams as say_teams

Json = dict[str, Any]
log = logging.getLogger("debrief.teams")
UNTOLD = (Failed, GiveUp, Retry, Unsure)
"""What keeps an answer from its reader; it is counted, and not tried again."""


class Answers:
    def __init__(
        self,
        submit: Submit,
        connector: Connector,
        references: References,
        rooms: Rooms,
        showing: Showing,
        formed: Formed,
        chats: GroupChats,
        counts: Counts,
    ) -> None:
        self._submit = submit
        self._connector = connector
        self._references = references
        self._rooms = rooms
        self._showing = showing
        self._formed = formed
        self._chats = chats
        self._counts = counts
        self._later: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Answers under way are given, for a few seconds."""
        if self._later:
            await asyncio.wait(set(self._later), timeout=5)

    # -- what was typed

    async def typed(self, gesture: Gesture) -> None:
        """Carried out now; the answer follows as a message. Raises `Unavailable` and `UnknownTenant`."""
        try:
            reply = await self._carried_out(gesture)
        except Refused as refused:
            reply = Reply.of(refused.text)
        # What was carried out before was answered before, perhaps by another replica.
        if not reply.repeated and not _is_empty(reply):
            self.later(self._told(reply, gesture.address))

    def refuse(self, refused: Refused, address: Address) -> None:
        """Answers what could not even be read as a command."""
        self.later(self._told(Reply.of(refused.text), address))

    # -- what was pressed

    async def pressed(self, gesture: Gesture) -> Answer:
        """A button of a card, or a form on one."""
        address = gesture.address
        try:
            reply = await self._carried_out(gesture)
        except Refused as refused:
            return await self._refused_on_card(gesture, refused)
        if reply.form is not None:
            return invokes.card_replaced(await self._formed.card(reply.form, _for(address)))
        if reply.outcome == "refused" and gesture.form is not None:
            return await self._refused_on_card(gesture, Refused(_text_of(reply.card)))
        if gesture.command.kind == "glance" or reply.replaces or (gesture.filled and not reply.public):
            return await self._in_place(reply, address)
        if reply.public or not invokes.is_short(reply.card):
            self.later(self._told(reply, address))
            return invokes.card_message(say_teams.NOTHING_MORE if address.kind == PERSONAL else say_teams.BELOW)
        return invokes.card_message(reply.plain())

    async def cancelled(self, tenant: str, conversation: str) -> Answer:
        """The form on a card goes."""
        card = Reply.of(say_teams.CANCELLED).card
        return invokes.card_replaced(await self._showing.content(card, tenant, conversation))

    async def _refused_on_card(self, gesture: Gesture, refused: Refused) -> Answer:
        """Everything that was typed into the form is kept."""
        if gesture.form is None:
            return invokes.card_message(self.plainly(refused, gesture.address.channel))
        tried = self._tried(gesture, refused)
        return invokes.card_replaced(await self._formed.card(gesture.form, _for(gesture.address), tried))

    async def _in_place(self, reply: Reply, address: Address) -> Answer:
        """The pressed card becomes another one: at once for whoever pressed it, and for good where it stands."""
        if reply.replaces and address.message:
            self.later(self._replaced(reply, address))
        return invokes.card_replaced(await self._bound(reply.card, address))

    # -- dialogs

    async def opened(self, gesture: Gesture) -> Answer:
        """A dialog that somebody asked for."""
        return await self.dialog(await self._carried_out(gesture), gesture.address)

    async def submitted(self, gesture: Gesture) -> Answer:
        """A dialog that was filled in. It stays open where something is wrong, with everything that was typed."""
        address = gesture.address
        try:
            reply = await self._carried_out(gesture)
        except Refused as refused:
            return await self._wrong(gesture, refused)
        except Unavailable:
            return await self._wrong(gesture, Refused(words.unavailable()))
        if reply.outcome == "refused" and gesture.form is not None:
            return await self._wrong(gesture, Refused(_text_of(reply.card)))
        if reply.replaces and address.message:
            self.later(self._replaced(reply, address))
            return Answer()
        if reply.public:
            self.later(self._told(reply, address))
            return Answer()
        return await self.dialog(reply, address)

    async def dialog(self, reply: Reply, address: Address) -> Answer:
        if reply.form is not None:
            return invokes.dialog(await self._formed.dialog(reply.form, _for(address)))
        if invokes.is_short(reply.card):
            return invokes.dialog_message(reply.plain())
        title = reply.card.title or chat.FORM
        return invokes.dialog_of(await self._bound(reply.card.model_copy(update={"title": ""}), address), title)

    async def _wrong(self, gesture: Gesture, refused: Refused) -> Answer:
        if gesture.form is None:
            return invokes.dialog_message(self.plainly(refused, gesture.address.channel))
        tried = self._tried(gesture, refused)
        return invokes.dialog(await self._formed.dialog(gesture.form, _for(gesture.address), tried))

    def plainly(self, refused: Refused, conversation: str) -> str:
        return self._showing.plainly(refused, conversation)

    def _tried(self, gesture: Gesture, refused: Refused) -> Tried:
        text = self.plainly(refused, gesture.address.channel)
        return Tried(values=gesture.entered, field=refused.field, text=text)

    async def _bound(self, card: Card, address: Address) -> Json:
        return await self._showing.content(card, address.tenant, address.channel, address.account, address.message)

    # -- carrying out

    async def _carried_out(self, gesture: Gesture) -> Reply:
        command, address = gesture.command, gesture.address
        if gesture.stranger:
            raise Refused(say_teams.STRANGER, gesture.stranger)
        if isinstance(command, Declare) and ticked(command.private):
            moves_in = await self._is_about_a_chat(address)
            if not moves_in and not self._chats.can_be_created():
                raise Refused(say_teams.private_in_a_group_chat())
            command = command.model_copy(update={"moves_in": "yes" if moves_in else ""})
        return await self._submit(command)

    async def _is_about_a_chat(self, address: Address) -> bool:
        """A private incident lives in a group chat: the one that it is declared in, or else a new one. A private card
        in somebody's own chat may be about a group chat."""
        if address.kind == GROUP and address.channel == address.conversation:
            return True
        room = await self._references.find(address.tenant, root_of(address.channel))
        return room is not None and room.kind == "group"

    # -- messages that follow

    async def _told(self, reply: Reply, address: Address) -> None:
        """To everybody where it is for everybody; else to one person where they asked, or in their own chat."""
        account = "" if reply.public else address.account
        try:
            for activity in await self._messages(reply, address, account):
                await self._one(activity, address, account)
        except UNTOLD as why:
            self._counts.add("teams_answers_lost", type(why).__name__)
            if account and address.kind != PERSONAL:
                await self._say_so(address)

    async def _say_so(self, address: Address) -> None:
        """Without a word of the answer, which is for one person alone: only that it could not be given."""
        card = Reply.of(say_teams.cannot_answer()).card
        with suppress(*UNTOLD):
            await self._showing.say(address.service_url, address.tenant, address.conversation, card)

    async def _one(self, activity: Json, address: Address, account: str) -> None:
        if address.kind == PERSONAL or not account:
            await self._connector.send(address.service_url, address.conversation, activity)
            return
        try:
            await self._connector.send_targeted(address.service_url, address.conversation, address.user, activity)
        except Failed:
            # Messages for one person alone may be switched off: then the person's own chat has to do.
            await self._rooms.in_private(
                account, lambda service, chat_with: self._connector.send(service, chat_with, activity)
            )

    async def _messages(self, reply: Reply, address: Address, account: str) -> list[Json]:
        if reply.form is None:
            return await self._showing.messages(reply.card, address.tenant, address.channel, account)
        return [await self._formed.message(reply.form, _for(address))]

    async def home(self, reply: Reply, address: Address) -> None:
        """A person's own page, as a card in their chat."""
        try:
            for one in await self._showing.messages(reply.card, address.tenant, address.conversation, address.account):
                await self._connector.send(address.service_url, address.conversation, one)
        except UNTOLD as why:
            self._counts.add("teams_answers_lost", type(why).__name__)

    async def _replaced(self, reply: Reply, address: Address) -> None:
        place = address.service_url, address.tenant, address.conversation
        try:
            await self._showing.replace(*place, address.message, reply.card, address.account)
        except UNTOLD as why:
            self._counts.add("teams_answers_lost", type(why).__name__)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._later.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("an answer failed: %s", type(bug).__name__)


def _is_empty(reply: Reply) -> bool:
    return reply.form is None and not reply.card.title and not reply.card.sections


def _for(address: Address) -> For:
    return For(
        tenant=address.tenant, user=address.user, conversation=address.conversation, channel=address.channel,
        kind=address.kind, message=address.message if address.way in ("card", "task") else "",
    )  # fmt: skip


def _text_of(card: Card) -> Text:
    return Text(parts=tuple(part for section in card.sections for part in section.text.parts))
