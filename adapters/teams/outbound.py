"""Carries effects out in Teams: each kind of effect with its call, and its receipt.

Law: Teams gives no way to look whether something was posted. What may have been carried out is done once more, and says
so; a reminder is not: it stays "maybe delivered". What replaces something may be repeated without harm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from adapters.teams.activities import said_micros
from adapters.teams.chats import GroupChats
from adapters.teams.connector import Connector
from adapters.teams.marking import Menu
from adapters.teams.people import profile_learned, reference_of
from adapters.teams.references import Reference, References, root_of
from adapters.teams.refusals import Failed
from adapters.teams.rooms import BotId, Rooms
from adapters.teams.showing import Showing
from bot.command import Command, Origin
from bot.commands.accounts import members_told
from bot.commands.delivery import ChannelOpened, MessagePosted, MessageRead
from bot.effects import (
    REMINDER,
    Direct,
    Edit,
    Effect,
    Invite,
    LearnProfile,
    OpenChannel,
    Post,
    ReadMembers,
    ReadMessage,
    Remove,
    SetTopic,
    Whisper,
)
from bot.errors import GiveUp, Maybe, MessageGone, Retry, Unsure
from bot.failpoint import failpoint
from bot.model import Account, MessageRef, Place
from bot.text import Card, Section, Text
from bot.words import chat
from bot.words import teams as words

Json = dict[str, Any]
GONE = "ActivityNotFoundInConversation"
"""What Teams answers where a message was deleted."""


class Outbound:
    def __init__(
        self,
        connector: Connector,
        references: References,
        rooms: Rooms,
        showing: Showing,
        chats: GroupChats,
        menu: Menu,
        bot_id: BotId,
    ) -> None:
        self._connector = connector
        self._references = references
        self._rooms = rooms
        self._showing = showing
        self._chats = chats
        self._menu = menu
        self._bot_id = bot_id
        self._invited: set[tuple[str, str]] = set()
        """Who was told already, where telling the next one did not get through."""
        self._by_kind: dict[str, Callable[[Any, bool], Awaitable[Command | None]]] = {
            Post.kind: self._post,
            Direct.kind: self._direct,
            OpenChannel.kind: self._open,
            Edit.kind: self._edit,
            Whisper.kind: self._whisper,
            Invite.kind: self._invite,
            Remove.kind: self._remove,
            SetTopic.kind: self._rename,
            ReadMessage.kind: self._read,
            LearnProfile.kind: self._profile,
            ReadMembers.kind: self._members,
        }

    async def deliver(self, effect: Effect, _attempt: int, unsure: bool) -> Command | None:
        """Raises `Retry`, `Unsure`, `Maybe` or `GiveUp`."""
        deliver = self._by_kind.get(effect.kind)
        if deliver is None:
            raise GiveUp(words.not_possible(chat.DOING.get(effect.kind, effect.kind)), "not_in_teams")
        try:
            return await deliver(effect, unsure)
        except Unsure as unknown:
            if unsure:
                raise Maybe(unknown.why) from unknown
            raise
        except Failed as failed:
            reason = words.reason(failed.code, chat.DOING.get(effect.kind, effect.kind))
            given_up = MessageGone if effect.kind == Edit.kind and failed.code == GONE else GiveUp
            raise given_up(reason, failed.code) from failed

    # -- messages

    async def _post(self, effect: Post, unsure: bool) -> Command | None:
        tenant = effect.tenant
        place = await self._rooms.called(tenant, effect.place.channel)
        service = await self._rooms.service(tenant, place)
        card = _said_again(effect.card) if unsure else effect.card
        if effect.pin and (root := await self._opening(effect, service, place)):
            return _posted(effect, effect.purpose, place, root)
        if _is_bare_channel(place):
            thread, ts = await self._showing.begin(service, tenant, place, card)
            return _posted(effect, effect.purpose, thread, ts)
        return _posted(effect, effect.purpose, place, await self._showing.say(service, tenant, place, card))

    async def _opening(self, effect: Post, service: str, place: str) -> str:
        """What is pinned elsewhere stands first here: the message that opened the thread becomes it. Its id; empty
        where there is none (any more)."""
        if not (root := _root(place)):
            return ""
        try:
            await self._showing.replace(service, effect.tenant, place, root, effect.card)
        except Failed as failed:
            if failed.code != GONE:
                raise
            return ""
        return root

    async def _edit(self, effect: Edit, _unsure: bool) -> None:
        message = effect.message
        service = await self._rooms.service(effect.tenant, message.channel)
        await self._showing.replace(service, effect.tenant, message.channel, message.ts, effect.card)

    async def _direct(self, effect: Direct, unsure: bool) -> Command | None:
        if unsure and effect.priority == REMINDER:
            raise Maybe("a reminder is not repeated")
        conversation, ts = await self._privately(
            effect, effect.account, _said_again(effect.card) if unsure else effect.card
        )
        return _posted(effect, effect.purpose, conversation, ts)

    async def _privately(self, effect: Effect, account: str, card: Card) -> tuple[str, str]:
        """(conversation, message id) of what somebody is told in their own chat."""

        async def say(service: str, conversation: str) -> tuple[str, str]:
            return conversation, await self._showing.say(service, effect.tenant, conversation, card, account)

        return await self._rooms.in_private(account, say)

    async def _whisper(self, effect: Whisper, _unsure: bool) -> None:
        """Where a message for one person alone is not possible, it is a private one."""
        service = await self._rooms.service(effect.tenant, effect.place.channel)
        try:
            await self._showing.whisper(service, effect.tenant, effect.place.channel, effect.card, effect.account)
        except Failed:
            await self._privately(effect, effect.account, effect.card)

    # -- places

    async def _open(self, effect: OpenChannel, unsure: bool) -> Command | None:
        if effect.private:
            return await self._in_group(effect, unsure)
        service, channel = await self._rooms.for_incident(effect)
        card = Card(title=effect.topic, sections=(Section(text=Text(parts=(words.OPENING,)), quiet=True),))
        card = _said_again(card) if unsure else card
        thread, root = await self._showing.begin(service, effect.tenant, channel, card)
        failpoint("after create")
        await self._tell_where(effect, channel, thread, root)
        heard = await self._rooms.hears(effect.tenant, thread)
        await self._references.met(
            Reference(tenant=effect.tenant, id=thread, kind="thread", service_url=service, heard="yes" if heard else "")
        )
        return ChannelOpened(
            origin=_origin(effect),
            incident_id=effect.incident,
            place=Place(platform="teams", tenant=effect.tenant, channel=thread),
            name=effect.name,
            limited="" if heard else words.MENTIONS_ONLY,
        )

    async def _in_group(self, effect: OpenChannel, unsure: bool) -> ChannelOpened:
        """A private incident lives in the group chat where it was declared; whoever is in it knows of it anyway."""
        declared = effect.declared_in.channel if effect.declared_in else ""
        room = await self._references.find(effect.tenant, declared)
        if room is None or room.kind != "group":
            return await self._chats.open(effect, unsure)
        service = await self._rooms.service(effect.tenant, declared)
        members = await self._connector.members(service, declared)
        accounts = (f"teams:{effect.tenant}:{one['id']}" for one in members if one.get("id"))
        return ChannelOpened(
            origin=_origin(effect),
            incident_id=effect.incident,
            place=Place(platform="teams", tenant=effect.tenant, channel=declared),
            name=effect.name,
            members=tuple(one for one in accounts if not one.endswith(f":{self._bot_id()}")),
            limited="" if await self._rooms.hears(effect.tenant, declared) else words.MENTIONS_ONLY_CHAT,
        )

    async def _tell_where(self, effect: OpenChannel, channel: str, thread: str, root: str) -> None:
        """Whoever declared elsewhere gets a link to the thread. It is a courtesy: nothing depends on it."""
        declared = root_of(effect.declared_in.channel) if effect.declared_in else ""
        if declared == channel:
            return
        for account in effect.invite:
            try:
                card = words.lives_here(effect.topic, self._showing.link(effect.tenant, thread, root))
                await self._privately(effect, account, card)
            except (Failed, GiveUp, Retry, Unsure):
                continue

    async def _invite(self, effect: Invite, _unsure: bool) -> None:
        """Nobody has to be let into a channel's thread: they are told where it is."""
        place = effect.place.channel
        if not (root := _root(place)):
            await self._chats.invite(effect)
            return
        link, refused = self._showing.link(effect.tenant, place, root), None
        for account in effect.accounts:
            if (effect.key, account) in self._invited:
                continue
            try:
                await self._privately(effect, account, words.brought_in(effect.topic, link))
            except Failed as failed:
                refused = failed  # whoever cannot be reached keeps nobody else from being told
            else:
                self._invited.add((effect.key, account))
        if refused is not None:
            raise refused

    async def _remove(self, effect: Remove, _unsure: bool) -> None:
        if not _root(effect.place.channel):
            await self._chats.remove(effect)

    async def _rename(self, effect: SetTopic, _unsure: bool) -> None:
        """A thread has no topic of its own; its first message is the status card."""
        if not _root(effect.place.channel):
            await self._chats.rename(effect)

    async def _read(self, effect: ReadMessage, _unsure: bool) -> Command | None:
        """Bots read nothing again: what the message's menu told a moment ago is all there is."""
        told = self._menu.recall(effect.message)
        if told is None:
            raise GiveUp(words.not_possible(chat.DOING[effect.kind]), "not_in_teams")
        stamp = said_micros(effect.message.ts) or 1
        known = {name: value for name, value in told.items() if name in MessageRead.model_fields}
        return MessageRead(
            origin=_origin(effect), incident_id=effect.incident, message=effect.message, stamp=stamp, **known
        )

    # -- people

    async def _profile(self, effect: LearnProfile, _unsure: bool) -> Command | None:
        who = Account.of(effect.account)
        known = await self._references.find(who.tenant, who.user)
        where = (known.chat or known.seen_in) if known is not None else ""
        if known is None or not where or who.user == self._bot_id():
            return None
        member = await self._connector.member(known.service_url, where, who.user)
        if (told := reference_of({**member, "id": who.user}, who.tenant)) is not None:
            await self._references.met(told)
        return profile_learned(member, effect)

    async def _members(self, effect: ReadMembers, _unsure: bool) -> Command | None:
        """Who is in a group chat; None where they are the same as before, or Teams does not tell. Other places hide
        nothing."""
        known = await self._references.find(effect.tenant, effect.place.channel)
        if known is None or known.kind != "group":
            return None
        try:
            members = await self._connector.members(known.service_url, effect.place.channel)
        except Failed:
            return None
        told = (reference_of(member, effect.tenant) for member in members)
        return members_told(effect, [f"teams:{effect.tenant}:{one.id}" for one in told if one is not None])


def _origin(effect: Effect) -> Origin:
    return Origin(id=effect.key, platform="teams", tenant=effect.tenant)


def _posted(effect: Effect, purpose: str, conversation: str, ts: str) -> MessagePosted | None:
    """A message that nobody will speak of again needs no receipt: its row says that it was sent."""
    if not purpose:
        return None
    ref = MessageRef(platform="teams", tenant=effect.tenant, channel=conversation, ts=ts)
    return MessagePosted(origin=_origin(effect), incident_id=effect.incident, purpose=purpose, ref=ref)


def _root(conversation: str) -> str:
    """The id of the message that a channel's thread began with; empty for chats."""
    return conversation.partition(";messageid=")[2]


def _is_bare_channel(conversation: str) -> bool:
    return conversation.endswith(("@thread.tacv2", "@thread.skype"))


def _said_again(card: Card) -> Card:
    again = Section(text=Text(parts=(words.MAYBE_TWICE,)), quiet=True)
    return card.model_copy(update={"sections": (*card.sections, again)})
