"""Channels: opened once, adopted where one of ours stands already, and brought to the state that is wanted.

Law: a channel made by a crashed attempt is found by the mark in its purpose (or by name and maker before it has one).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from adapters.slack.calls import Calls, Failed
from adapters.slack.limits import CHANNEL_NAME, TOPIC
from adapters.slack.looking import Looking, mark
from adapters.slack.receipts import origin_of
from adapters.slack.richtext import plain, shortened
from adapters.slack.tenants import bot_user_of
from bot.commands.delivery import ChannelOpened
from bot.effects import Invite, OpenChannel, Remove, SetTopic
from bot.failpoint import failpoint
from bot.model import Account, Place
from bot.words import chat

Json = dict[str, Any]
SUFFIXES = 20
INVITED = 100
"""People per call."""
THERE = frozenset({"already_in_channel", "cant_invite_self"})
NOT_ALL = frozenset({"user_not_found", "no_user", "cant_invite", "user_is_restricted", "org_user_not_in_team"})
"""One person of several cannot be invited: the others are."""


class Channels:
    def __init__(self, calls: Calls, looking: Looking, own: Callable[[str], Json]) -> None:
        self._calls = calls
        self._looking = looking
        self._own = own

    async def open(self, effect: OpenChannel, unsure: bool) -> ChannelOpened:
        """Creates or adopts the channel, then tells it its purpose, topic and people: each step may be repeated."""
        channel = await self._adopted(effect, channel_name(effect.name)) if unsure else None
        channel = channel or await self._created(effect)
        ident = channel["id"]
        await self._set(effect.tenant, "conversations.setPurpose", ident, purpose=purpose(effect))
        await self._set(effect.tenant, "conversations.setTopic", ident, topic=_short(effect.topic))
        await self.invite(effect.tenant, ident, [Account.of(account).user for account in effect.invite])
        return ChannelOpened(
            origin=origin_of(effect),
            incident_id=effect.incident,
            place=Place(platform="slack", tenant=effect.tenant, channel=ident),
            name=str(channel.get("name") or effect.name),
        )

    async def _adopted(self, effect: OpenChannel, name: str) -> Json | None:
        return await self._looking.channel(effect, name, bot_user_of(self._own(effect.tenant)))

    async def _created(self, effect: OpenChannel) -> Json:
        wanted = channel_name(effect.name)
        for number in range(1, SUFFIXES):
            name = wanted if number == 1 else f"{wanted[: CHANNEL_NAME - 4]}-{number}"
            try:
                answer = await self._calls(effect.tenant, "conversations.create", name=name, is_private=effect.private)
            except Failed as failed:
                if failed.code != "name_taken":
                    raise
                if (ours := await self._adopted(effect, name)) is not None:
                    return ours
            else:
                failpoint("after create")
                created: Json = answer["channel"]
                return created
        raise Failed("name_taken", {})

    async def _set(self, tenant: str, method: str, channel: str, **value: Any) -> None:
        try:
            await self._calls(tenant, method, channel=channel, **value)
        except Failed as failed:
            if failed.code not in ("is_archived", "too_long", "user_is_restricted"):
                raise

    async def set_topic(self, effect: SetTopic) -> None:
        channel = effect.place.channel
        await self._calls(effect.tenant, "conversations.setTopic", channel=channel, topic=_short(effect.topic))

    async def bring_in(self, effect: Invite) -> None:
        users = [Account.of(account).user for account in effect.accounts]
        await self.invite(effect.tenant, effect.place.channel, users)

    async def invite(self, tenant: str, channel: str, users: Sequence[str]) -> None:
        for start in range(0, len(users), INVITED):
            some = users[start : start + INVITED]
            try:
                await self._calls(tenant, "conversations.invite", channel=channel, users=",".join(some))
            except Failed as failed:
                if len(some) > 1 and failed.code in THERE | NOT_ALL:
                    await self._invite_each(tenant, channel, some)
                elif failed.code not in THERE | NOT_ALL:
                    raise

    async def _invite_each(self, tenant: str, channel: str, users: Sequence[str]) -> None:
        for user in users:
            try:
                await self._calls(tenant, "conversations.invite", channel=channel, users=user)
            except Failed as failed:
                if failed.code not in THERE | NOT_ALL:
                    raise

    async def remove(self, effect: Remove) -> None:
        try:
            await self._calls(
                effect.tenant,
                "conversations.kick",
                channel=effect.place.channel,
                user=Account.of(effect.account).user,
            )
        except Failed as failed:
            if failed.code not in ("not_in_channel", "user_not_found"):
                raise


def channel_name(name: str) -> str:
    """At most 80 of a-z, 0-9, hyphen and underscore, with a letter or figure at both ends."""
    plain_name = re.sub(r"[^a-z0-9_-]+", "-", name.lower())
    return re.sub(r"-{2,}", "-", plain_name).strip("-_")[:CHANNEL_NAME].strip("-_") or "incident"


def purpose(effect: OpenChannel) -> str:
    return f"{chat.CHANNEL_PURPOSE} ({mark(effect)})"


def _short(topic: str) -> str:
    return shortened(" ".join(plain(topic).split()), TOPIC)
