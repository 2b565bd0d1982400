"""Carries effects out in Slack: each kind of effect with its method, its look, and its receipt.

Law: whatever may have happened is looked for before it is done again. What is already so is a success.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.slack import blocks
from adapters.slack.calls import Calls, Failed
from adapters.slack.captures import Captures
from adapters.slack.channels import Channels
from adapters.slack.looking import Looking, Sleep, metadata
from adapters.slack.reading import Reading
from adapters.slack.receipts import origin_of
from bot.command import Command
from bot.commands.delivery import MessagePosted
from bot.effects import (
    Backfill,
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
from bot.errors import GiveUp, MessageGone, Retry, Unsure
from bot.model import Account, MessageRef
from bot.pages import PageUrl, with_links
from bot.ports import Submit
from bot.text import Card
from bot.words import chat

Json = dict[str, Any]
GONE = frozenset({"message_not_found", "cant_update_message"})
"""What Slack answers to an edit of a message that was deleted; where it began a thread, what is left is not ours."""


class Outbound:
    """`submit` takes the messages of a history before their page's receipt; `own` tells who we are."""

    def __init__(
        self,
        calls: Calls,
        captures: Captures,
        submit: Submit,
        own: Callable[[str], Json],
        page_url: PageUrl,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._calls = calls
        self._page_url = page_url
        self._looking = Looking(calls, sleep)
        self._channels = Channels(calls, self._looking, own)
        self._reading = Reading(calls, captures, submit, own)
        self._direct_channels: dict[str, str] = {}
        self._by_kind: dict[str, Callable[[Any, bool], Awaitable[Command | None]]] = {
            Post.kind: self._post,
            Direct.kind: self._direct,
            OpenChannel.kind: self._channels.open,
            Edit.kind: _repeatable(self._edit),
            Whisper.kind: _repeatable(self._whisper),
            Invite.kind: _repeatable(self._channels.bring_in),
            Remove.kind: _repeatable(self._channels.remove),
            SetTopic.kind: _repeatable(self._channels.set_topic),
            ReadMessage.kind: _repeatable(self._reading.message),
            Backfill.kind: _repeatable(self._reading.history),
            LearnProfile.kind: _repeatable(self._reading.profile),
            ReadMembers.kind: _repeatable(self._reading.members),
        }

    async def deliver(self, effect: Effect, _attempt: int, unsure: bool) -> Command | None:
        """Raises `Retry`, `Unsure` or `GiveUp`. A later attempt of an unsure effect looks first."""
        deliver = self._by_kind.get(effect.kind)
        if deliver is None:
            raise GiveUp(chat.reason("unknown_effect", effect.kind), "unknown_effect")
        try:
            return await deliver(effect, unsure)
        except Failed as failed:
            given_up = MessageGone if effect.kind == Edit.kind and failed.code in GONE else GiveUp
            raise given_up(chat.reason(failed.code, chat.DOING.get(effect.kind, effect.kind)), failed.code) from failed

    async def _post(self, effect: Post, unsure: bool) -> Command | None:
        channel, thread = await self._looking.called(effect.tenant, effect.place.channel), effect.place.thread
        card = await with_links(effect.card, self._page_url)
        ts = await self._message(effect, card, channel, thread, unsure)
        if effect.pin:
            await self._pin(effect, channel, ts)
        return _posted(effect, effect.purpose, channel, ts)

    async def _pin(self, effect: Post, channel: str, ts: str) -> None:
        """The message stands already: whatever goes wrong here must not post it again; next time it is looked for."""
        try:
            await self._calls(effect.tenant, "pins.add", channel=channel, timestamp=ts)
        except Retry as later:
            raise Unsure(f"posted, not yet pinned: {later.why}") from later
        except Failed:
            return

    async def _direct(self, effect: Direct, unsure: bool) -> Command | None:
        channel = await self._direct_channel(effect)
        card = await with_links(effect.card, self._page_url, effect.account)
        ts = await self._message(effect, card, channel, "", unsure)
        return _posted(effect, effect.purpose, channel, ts)

    async def _direct_channel(self, effect: Direct) -> str:
        if effect.account not in self._direct_channels:
            user = Account.of(effect.account).user
            opened = await self._calls(effect.tenant, "conversations.open", users=user)
            if len(self._direct_channels) > 10_000:
                self._direct_channels.clear()
            self._direct_channels[effect.account] = opened["channel"]["id"]
        return self._direct_channels[effect.account]

    async def _message(self, effect: Effect, card: Card, channel: str, thread: str, unsure: bool) -> str:
        """Timestamp of the message: of the one that stands already, else of a new one."""
        if unsure and (found := await self._looking.message(effect, channel, thread)):
            return found
        arguments: Json = {"channel": channel, **blocks.message(card, effect.tenant), **blocks.QUIET}
        if thread:
            arguments["thread_ts"] = thread
        arguments["metadata"] = metadata(effect)
        try:
            answer = await self._calls(effect.tenant, "chat.postMessage", paced_by=channel, **arguments)
        except Failed as failed:
            if failed.code != "not_in_channel":
                raise
            # A public channel that somebody chose for announcements, say, is joined.
            await self._calls(effect.tenant, "conversations.join", channel=channel)
            answer = await self._calls(effect.tenant, "chat.postMessage", paced_by=channel, **arguments)
        return _ts(answer)

    async def _edit(self, effect: Edit) -> None:
        message, card = effect.message, await with_links(effect.card, self._page_url)
        await self._calls(
            effect.tenant,
            "chat.update",
            channel=message.channel,
            ts=message.ts,
            parse="none",
            link_names=False,
            **blocks.message(card, effect.tenant),
        )

    async def _whisper(self, effect: Whisper) -> None:
        thread: Json = {"thread_ts": effect.place.thread} if effect.place.thread else {}
        card = await with_links(effect.card, self._page_url, effect.account)
        await self._calls(
            effect.tenant,
            "chat.postEphemeral",
            channel=effect.place.channel,
            user=Account.of(effect.account).user,
            parse="none",
            link_names=False,
            **thread,
            **blocks.message(card, effect.tenant),
        )


def _repeatable(
    deliver: Callable[[Any], Awaitable[Command | None]],
) -> Callable[[Any, bool], Awaitable[Command | None]]:
    """What may be done again without harm needs no look."""

    async def delivered(effect: Any, _unsure: bool) -> Command | None:
        return await deliver(effect)

    return delivered


def _ts(answer: Json) -> str:
    ts = answer.get("ts")
    if not isinstance(ts, str):
        raise Unsure("chat.postMessage: no timestamp in the answer")
    return ts


def _posted(effect: Effect, purpose: str, channel: str, ts: str) -> MessagePosted | None:
    """A message that nobody will speak of again needs no receipt: its row says that it was sent."""
    if not purpose:
        return None
    return MessagePosted(
        origin=origin_of(effect),
        incident_id=effect.incident,
        purpose=purpose,
        ref=MessageRef(platform="slack", tenant=effect.tenant, channel=channel, ts=ts),
    )
