"""Looks whether an effect was carried out although nobody heard of it: messages and channels carry its key.

Law: a look comes before a repetition. A history may be some seconds old, so "nothing" is believed at the second look.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.slack.calls import Calls, Failed
from bot.effects import Effect
from bot.errors import Unsure
from bot.failpoint import failpoint

Json = dict[str, Any]
EVENT_TYPE = "debrief_effect"
STALE = 5.5
"""Seconds by which a history may lag behind what was posted."""
PAGES, THREAD_PAGES, PAGE = 8, 15, 999
"""How far back a look goes: a busy channel has seen thousands of messages when an outage is over."""
LOOK_SECONDS = 4.0
LISTED = 30
"""Pages of channels in which a name is looked for."""
_IDENT = re.compile(r"[CDG][A-Z0-9]{2,30}")
Sleep = Callable[[float], Awaitable[None]]


def metadata(effect: Effect) -> Json:
    return {"event_type": EVENT_TYPE, "event_payload": {"effect_key": effect.key}}


def mark(effect: Effect) -> str:
    """The effect's key as it stands in a channel's purpose: short, and it tells nobody anything."""
    return "ref " + hashlib.sha256(effect.key.encode()).hexdigest()[:16]


class Looking:
    def __init__(self, calls: Calls, sleep: Sleep = asyncio.sleep) -> None:
        self._calls = calls
        self._sleep = sleep

    async def twice(self, look: Callable[[], Awaitable[str]]) -> str:
        """What `look` finds, if need be at a second look after a history had time to catch up."""
        failpoint("during look")
        if found := await look():
            return found
        await self._sleep(STALE)
        return await look()

    async def message(self, effect: Effect, channel: str, thread: str = "") -> str:
        """The timestamp of the message that an effect became; empty if there is none."""
        return await self.twice(lambda: self._message(effect, channel, thread))

    async def _message(self, effect: Effect, channel: str, thread: str) -> str:
        cursor = ""
        for _ in range(THREAD_PAGES if thread else PAGES):
            page = await self._page(effect.tenant, channel, thread, cursor)
            for message in page.get("messages") or ():
                if _carries(message, effect.key):
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return ""

    async def _page(self, tenant: str, channel: str, thread: str, cursor: str) -> Json:
        more: Json = {"cursor": cursor} if cursor else {}
        method = "conversations.history"
        if thread:
            method, more = "conversations.replies", {**more, "ts": thread}
        try:
            return await self._calls(
                tenant, method, seconds=LOOK_SECONDS, channel=channel, include_all_metadata=True, limit=PAGE, **more
            )
        except Failed as failed:
            if failed.code in ("thread_not_found", "channel_not_found", "not_in_channel", "is_archived"):
                return {}
            raise Unsure(f"looking: {failed.code}") from failed

    async def channel(self, effect: Effect, name: str, bot_user: str) -> Json | None:
        """Our channel of that effect: one that says so, or one of ours by that name in which nothing is said yet."""
        cursor = ""
        for _ in range(20):
            more: Json = {"cursor": cursor} if cursor else {}
            page = await self._calls(
                effect.tenant, "users.conversations", types="public_channel,private_channel",
                exclude_archived=True, limit=200, **more,
            )  # fmt: skip
            for channel in page.get("channels") or ():
                if _is_ours(channel, mark(effect), name, bot_user):
                    found: Json = channel
                    return found
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return None

    async def called(self, tenant: str, channel: str) -> str:
        """The id of a channel of which only the name may be known. Raises `Failed` where there is none."""
        if _IDENT.fullmatch(channel):
            return channel
        name, cursor = channel.removeprefix("#").casefold(), ""
        for _ in range(LISTED):
            more: Json = {"cursor": cursor} if cursor else {}
            kinds = "public_channel,private_channel"
            page = await self._calls(
                tenant, "conversations.list", types=kinds, exclude_archived=True, limit=PAGE, **more
            )
            found = next((one for one in page.get("channels") or () if one.get("name") == name), None)
            if found is not None:
                return str(found["id"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        raise Failed("channel_not_found", {})


def _carries(message: Json, key: str) -> bool:
    found = message.get("metadata")
    if not isinstance(found, dict) or found.get("event_type") != EVENT_TYPE:
        return False
    payload = found.get("event_payload")
    payload = json.loads(payload) if isinstance(payload, str) else payload
    return isinstance(payload, dict) and payload.get("effect_key") == key


def _is_ours(channel: Json, wanted: str, name: str, bot_user: str) -> bool:
    """A channel made just before a crash carries no purpose yet: then its name and its maker must do."""
    purpose = str((channel.get("purpose") or {}).get("value") or "")
    if wanted in purpose:
        return True
    return not purpose and channel.get("name") == name and bool(bot_user) and channel.get("creator") == bot_user
