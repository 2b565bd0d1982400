"""Reads what the bot did not see: one message, a page of history, a person's profile, who is in a channel.

Law: a history page's messages are captured before its receipt asks for the next page; a message read twice is one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from adapters.slack.calls import SHORTLY, Calls, Failed
from adapters.slack.captures import Captures, micros
from adapters.slack.profiles import NOBODY, NOT_FOUND, profile_learned, profile_of
from adapters.slack.receipts import origin_of
from bot.command import Command
from bot.commands.accounts import members_told
from bot.commands.delivery import HistoryRead, MessageRead
from bot.effects import Backfill, LearnProfile, ReadMembers, ReadMessage
from bot.errors import Retry, Unavailable, UnknownTenant
from bot.model import Account
from bot.ports import Submit

Json = dict[str, Any]
PAGE = 100
MEMBERS, MEMBER_PAGES = 999, 20
REMEMBERED = 10_000


class Reading:
    """`own` tells which app and which user we are in a workspace."""

    def __init__(self, calls: Calls, captures: Captures, submit: Submit, own: Callable[[str], Json]) -> None:
        self._calls = calls
        self._captures = captures
        self._submit = submit
        self._own = own
        self._threads: OrderedDict[tuple[str, str], str | None] = OrderedDict()
        """(effect key, thread) to the cursor of its next page; None: read to its end."""

    async def message(self, effect: ReadMessage) -> Command | None:
        """The message where it stands; replies are no part of a channel's history and are asked for by their own id."""
        ref = effect.message
        at: Json = {"latest": ref.ts, "oldest": ref.ts, "inclusive": True}
        found = await self._one(effect, "conversations.history", limit=1, **at)
        found = found or await self._one(effect, "conversations.replies", ts=ref.ts, limit=10, **at)
        if found is None:
            raise Failed("message_not_found", {})
        said = self._captures.said(found, effect.tenant, ref.channel, effect.key)
        return MessageRead(
            origin=origin_of(effect),
            incident_id=effect.incident,
            message=ref,
            stamp=max(said.stamp, micros(str((found.get("edited") or {}).get("ts") or "0"))),
            text=said.text,
            author=said.origin.account,
            author_name=said.author_name,
            thread=said.thread,
            permalink=said.permalink,
            files=said.files,
        )

    async def _one(self, effect: ReadMessage, method: str, **arguments: Any) -> Json | None:
        ref = effect.message
        try:
            answer = await self._joining(effect.tenant, method, ref.channel, arguments)
        except Failed as failed:
            if failed.code in ("thread_not_found", "message_not_found"):
                return None
            raise
        fitting = (message for message in answer.get("messages") or () if message.get("ts") == ref.ts)
        return next(fitting, None)

    async def _joining(self, tenant: str, method: str, channel: str, arguments: Json) -> Json:
        """A public channel that the bot is not in is joined first: somebody pointed at a message there."""
        try:
            return await self._calls(tenant, method, channel=channel, **arguments)
        except Failed as failed:
            if failed.code != "not_in_channel":
                raise
            await self._calls(tenant, "conversations.join", channel=channel)
            return await self._calls(tenant, method, channel=channel, **arguments)

    async def history(self, effect: Backfill) -> Command:
        """One page, threads included. Slack may hand out as few as fifteen messages a minute.

        Of what is older than wanted only that counts which was edited since, or has replies since: a thread tells when
        its last one was said, and its edits are found where it has any.
        """
        more: Json = {"cursor": effect.cursor} if effect.cursor else {}
        oldest = min(effect.oldest or effect.since, effect.since, key=micros)
        answer = await self._calls(
            effect.tenant, "conversations.history", channel=effect.place.channel, oldest=oldest, limit=PAGE, **more
        )
        since = micros(effect.since)
        for message in answer.get("messages") or ():
            edited = micros(str((message.get("edited") or {}).get("ts") or "0"))
            if max(micros(str(message.get("ts") or "0")), edited) >= since:
                await self._capture(effect, message)
            if message.get("reply_count") and micros(str(message.get("latest_reply") or effect.since)) >= since:
                await self._thread(effect, str(message["ts"]))
        return HistoryRead(
            origin=origin_of(effect),
            incident_id=effect.incident,
            place=effect.place,
            since=effect.since,
            oldest=effect.oldest,
            cursor=str((answer.get("response_metadata") or {}).get("next_cursor") or ""),
            page=effect.page,
        )

    async def _thread(self, effect: Backfill, ts: str) -> None:
        """Goes on where an attempt that had to wait ended: beginning anew, a page of many threads would never end."""
        cursor = self._threads.get((effect.key, ts), "")
        while cursor is not None:
            more: Json = {"cursor": cursor} if cursor else {}
            answer = await self._calls(
                effect.tenant, "conversations.replies", channel=effect.place.channel, ts=ts, limit=PAGE, **more
            )
            for message in answer.get("messages") or ():
                if message.get("ts") != ts:
                    await self._capture(effect, message)
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "") or None
            self._threads[effect.key, ts] = cursor
            while len(self._threads) > REMEMBERED:
                self._threads.popitem(last=False)

    async def _capture(self, effect: Backfill, message: Json) -> None:
        for command in self._captures.of_history(
            message, effect.tenant, effect.place.channel, self._own(effect.tenant)
        ):
            try:
                await self._submit(command)
            except Unavailable:
                raise Retry(SHORTLY, "the database does not answer") from None
            except UnknownTenant:
                return

    async def members(self, effect: ReadMembers) -> Command | None:
        """Who is in a channel; None where they are the same as before, or Slack does not tell them (to the end)."""
        found: list[str] = []
        more: Json = {}
        for _ in range(MEMBER_PAGES):
            try:
                page = await self._calls(
                    effect.tenant, "conversations.members", channel=effect.place.channel, limit=MEMBERS, **more
                )
            except Failed:
                return None
            found += [f"slack:{effect.tenant}:{user}" for user in page.get("members") or ()]
            if not (cursor := str((page.get("response_metadata") or {}).get("next_cursor") or "")):
                return members_told(effect, found)
            more = {"cursor": cursor}
        return None

    async def profile(self, effect: LearnProfile) -> Command:
        user = Account.of(effect.account).user
        try:
            answer = await self._calls(effect.tenant, "users.info", user=user, include_locale=True)
        except Failed as failed:
            if failed.code != NOT_FOUND:
                raise
            return profile_learned(NOBODY, effect)
        return profile_learned(profile_of(answer["user"], effect.tenant), effect)
