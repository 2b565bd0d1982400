"""Socket Mode: single-use tickets, up to ten connections; one of them gets an envelope and has 3 s to acknowledge."""

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from adapters.sandbox.cutting import abort
from adapters.sandbox.outgoing import Answer
from adapters.sandbox.world import Json

MOST_CONNECTIONS = 10
HOST = "applink-sandbox-1"


@dataclass(eq=False)
class Link:
    socket: WebSocket
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    closing: bool = False

    async def send(self, message: Json) -> None:
        await self.socket.send_text(json.dumps(message))


class Sockets:
    """All open connections of the app. Any of them may be given any payload."""

    def __init__(self, app_id: str, seconds: float, random: Random) -> None:
        self.app_id = app_id
        self.seconds = seconds
        self.links: list[Link] = []
        self.enabled = True
        self.refusing = False
        self.opened = 0
        self._random = random
        self._tickets: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        return any(not link.closing for link in self.links)

    def ticket(self) -> str:
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def accept(self, socket: WebSocket) -> None:
        ticket = socket.query_params.get("ticket", "")
        if self.refusing or ticket not in self._tickets:
            await socket.close(1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        if len(self.links) >= MOST_CONNECTIONS:
            await socket.send_text(json.dumps(_disconnect("too_many_websockets")))
            await socket.close(1000)
            return
        await self._serve(Link(socket))

    async def _serve(self, link: Link) -> None:
        self.links.append(link)
        self.opened += 1
        try:
            await link.send(self._hello())
            while True:
                self._acknowledged(link, await link.socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass  # the other side went away, or we cut it
        finally:
            self._drop(link)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.links),
            "connection_info": {"app_id": self.app_id},
            "debug_info": {"host": HOST, "build_number": 117, "approximate_connection_time": 18060},
        }

    def _acknowledged(self, link: Link, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        waiting = link.waiting.pop(str(message.get("envelope_id")), None) if isinstance(message, dict) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(message.get("payload"))

    def _drop(self, link: Link) -> None:
        if link in self.links:
            self.links.remove(link)
        for waiting in link.waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError())
        link.waiting.clear()

    async def deliver(self, kind: str, payload: Json, number: int, reason: str | None, answerable: bool) -> Answer:
        """Sends one envelope over one connection and waits for its acknowledgement."""
        started = time.monotonic()
        ready = [link for link in self.links if not link.closing]
        if not ready:
            return Answer(0, "connection_failed", 0.0)
        link, envelope_id = self._random.choice(ready), secrets.token_hex(16)
        message: Json = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": answerable,
        }
        if kind == "events_api":
            message |= {"retry_attempt": number, "retry_reason": reason or ""}
        link.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        answer = link.waiting[envelope_id]
        try:
            async with asyncio.timeout(self.seconds):
                await link.send(message)
                body = await answer
        except TimeoutError:
            link.waiting.pop(envelope_id, None)
            return Answer(0, "http_timeout", (time.monotonic() - started) * 1000)
        except (ConnectionResetError, RuntimeError, WebSocketDisconnect):
            answer.cancel() if not answer.done() else answer.exception()
            return Answer(0, "connection_failed", (time.monotonic() - started) * 1000)
        raw = b"" if body is None else json.dumps(body).encode()
        return Answer(200, None, (time.monotonic() - started) * 1000, raw, "application/json")

    async def warn(self, after: float = 10.0) -> None:
        """Tells all connections that they end soon, and ends them `after` seconds later."""
        await self._end("warning", after)

    async def ask_to_refresh(self, after: float = 0.5) -> None:
        await self._end("refresh_requested", after)

    async def disable(self) -> None:
        """Switches Socket Mode off, as an admin does in the app's settings."""
        self.enabled = False
        await self._end("link_disabled", 0.0)

    def enable(self) -> None:
        self.enabled = True

    async def _end(self, reason: str, after: float) -> None:
        going = list(self.links)
        for link in going:
            await link.send(_disconnect(reason))
            link.closing = reason != "warning"
        task = asyncio.create_task(self._close_later(going, after))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close_later(self, links: list[Link], after: float) -> None:
        await asyncio.sleep(after)
        for link in links:
            if link in self.links:
                await link.socket.close(1000)
                self._drop(link)

    async def cut(self) -> None:
        """Breaks every connection without a word; envelopes under way stay unacknowledged."""
        for link in list(self.links):
            link.closing = True
            self._drop(link)
            if not abort(link.socket.scope):
                await link.socket.close(1011)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.cut()


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
