"""Socket Mode: the same payloads over a WebSocket that we open, for machines without a public address.

Law: an envelope is acknowledged after its commit, never before. A new connection is opened before an announced end, and
at the latest 5 s after an unannounced one; after a gap the missing messages are asked for. (The SDK's own client queues
without bound, and repeats a connection address that works only once.)
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import UNREADABLE
from adapters.slack.door import whole
from adapters.wire import Rejected, Take
from bot.counts import Counts

Json = dict[str, Any]
log = logging.getLogger("debrief.slack")
PING_SECONDS = 5.0
AT_ONCE = 200
"""Envelopes under way at the same time; more wait unread in the socket."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 4.0
GAP_SECONDS = 2.0
"""A connection away for longer is a gap: what was said meanwhile is fetched."""
TAKEN = ("events_api", "interactive", "slash_commands")


class Sockets:
    """`on_gap` is told since when (seconds since 1970) payloads may be missing, once the connection is back."""

    def __init__(
        self,
        client: Callable[[], AsyncWebClient],
        app_token: str,
        take: Take,
        counts: Counts,
        *,
        on_gap: Callable[[float], Awaitable[None]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._app_token = app_token
        self._take = take
        self._counts = counts
        self._on_gap = on_gap
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)
        self._links: set[asyncio.Task[None]] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None
        self._renew = asyncio.Event()
        self._connected = 0
        self._away_since: float | None = None
        self.disabled = False
        """Somebody switched Socket Mode off in the app's settings; it is tried again, slowly."""

    @property
    def connected(self) -> bool:
        return self._connected > 0

    def start(self) -> None:
        self._runner = asyncio.create_task(self._run(), name="slack sockets")

    async def stop(self, patience: float = 5.0) -> None:
        """No new envelopes are read; those under way are finished and acknowledged."""
        if self._runner is not None:
            self._runner.cancel()
        if self._work:
            await asyncio.wait(set(self._work), timeout=patience)
        for task in self._links:
            task.cancel()
        await asyncio.gather(*self._links, *filter(None, [self._runner]), return_exceptions=True)

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            self._renew.clear()
            try:
                socket = await self._opened()
            except _Cannot as why:
                self._counts.add("slack_socket_failed", why.word)
                await asyncio.sleep(why.seconds or pause * random.uniform(0.75, 1.0))  # noqa: S311
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            link = asyncio.create_task(self._serve(socket))
            self._links.add(link)
            link.add_done_callback(self._links.discard)
            await self._renew.wait()

    async def _opened(self) -> aiohttp.ClientWebSocketResponse:
        """A new connection, by an address of its own: addresses work once."""
        client = self._client()
        try:
            answer: Any = await client.apps_connections_open(app_token=self._app_token)
            session = client.session
            return await session.ws_connect(  # type: ignore[union-attr]
                answer["url"], heartbeat=PING_SECONDS, max_msg_size=1 << 23, autoping=True
            )
        except SlackApiError as refused:
            raise self._refused(refused) from None
        except (aiohttp.ClientError, OSError, KeyError, *UNREADABLE) as cut:
            raise _Cannot(type(cut).__name__) from None

    def _refused(self, refused: SlackApiError) -> _Cannot:
        data = getattr(refused.response, "data", None)
        code = str(data.get("error") or "") if isinstance(data, dict) else ""
        headers = getattr(refused.response, "headers", None) or {}
        if str(getattr(refused.response, "status_code", "")) == "429" or code == "ratelimited":
            return _Cannot("ratelimited", min(60.0, float(headers.get("Retry-After") or 30)))
        if code and code not in ("internal_error", "fatal_error", "service_unavailable", "request_timeout"):
            if not self.disabled:
                log.error(
                    "Socket Mode is refused (%s): switch it on in the app's settings, and check SLACK_APP_TOKEN", code
                )
            self.disabled = True
            return _Cannot(code, LONGEST_PAUSE)
        return _Cannot(code or "http")

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._connected += 1
        try:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                await self._received(socket, message.data)
        except (aiohttp.ClientError, OSError):
            self._counts.add("slack_socket_failed", "cut")
        finally:
            self._connected -= 1
            if not self.connected:
                self._away_since = self._away_since or self._clock()
                self._renew.set()
            await socket.close()

    async def _received(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        try:
            message = whole(json.loads(text), text)
        except (ValueError, RecursionError, Rejected):
            self._counts.add("slack_socket_garbage")
            return
        kind = message.get("type")
        if kind == "hello":
            await self._greeted()
        elif kind == "disconnect":
            self._told_to_go(str(message.get("reason") or ""))
        elif "envelope_id" in message:
            await self._room.acquire()
            task = asyncio.create_task(self._carried_out(socket, message))
            self._work.add(task)
            task.add_done_callback(self._finished)
        else:
            self._counts.add("slack_socket_ignored", str(kind)[:40])

    async def _greeted(self) -> None:
        self.disabled = False
        since, self._away_since = self._away_since, None
        if since is not None and self._clock() - since > GAP_SECONDS:
            self._counts.add("slack_socket_gaps")
            await self._on_gap(since)

    def _told_to_go(self, reason: str) -> None:
        """A new connection takes over at once; the old one is read until Slack closes it."""
        self._counts.add("slack_socket_disconnect", reason)
        if reason == "link_disabled":
            self.disabled = True
            log.error(
                "Socket Mode was switched off in the app's settings: nothing arrives until it is switched on again"
            )
        self._renew.set()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        self._room.release()
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("an envelope failed: %s", type(bug).__name__)

    async def _carried_out(self, socket: aiohttp.ClientWebSocketResponse, message: Json) -> None:
        payload = message.get("payload")
        if message.get("type") not in TAKEN or not isinstance(payload, dict):
            self._counts.add("slack_socket_ignored", str(message.get("type"))[:40])
            status, body = 200, None
        else:
            status, body = await self._take(payload)
        if status != 200:
            return
        shown = body if message.get("accepts_response_payload") else None
        answer = SocketModeResponse(envelope_id=str(message["envelope_id"]), payload=shown)
        try:
            await socket.send_str(json.dumps(answer.to_dict()))
        except (ConnectionError, aiohttp.ClientError, RuntimeError):
            self._counts.add("slack_socket_unacknowledged")


class _Cannot(Exception):
    """No connection for now; `seconds` where it is known how long."""

    def __init__(self, word: str, seconds: float = 0.0) -> None:
        self.word = word
        self.seconds = seconds
        super().__init__(word)
