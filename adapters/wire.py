"""The HTTP that adapters share: the one client with which they call out, and what a door reads before it believes.

Law: a call ends in time, follows no redirect, and takes neither proxy nor credentials from its surroundings. A body is
read within limits, and garbage is refused with 4xx at once.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from typing import Any, NamedTuple

import httpx

TOTAL, CONNECT = 10.0, 5.0
MAX_BODY = 1 << 20
"""Bytes."""
READ_SECONDS = 5.0
MAX_DEPTH = 60

Json = dict[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


# -- calling out


def client(seconds: float = TOTAL) -> httpx.AsyncClient:
    """Whoever makes it closes it. Each read may take `seconds`."""
    timeout = httpx.Timeout(seconds, connect=CONNECT)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False, verify=_authorities())


@cache
def _authorities() -> ssl.SSLContext:
    """The certificates of all authorities, read once: it takes longer than many a call."""
    return httpx.create_ssl_context(trust_env=False)


async def quiet_client(seconds: float = TOTAL) -> httpx.AsyncClient:
    """The same, made in a thread: reading the certificates of all authorities would hold up whoever waits in chat."""
    return await asyncio.to_thread(client, seconds)


async def ask(http: httpx.AsyncClient, method: str, url: str, *, seconds: float = TOTAL, **more: Any) -> httpx.Response:
    """One request. httpx times each read by itself: an answer that trickles is cut here. Raises `httpx.HTTPError`."""
    try:
        async with asyncio.timeout(seconds):
            return await http.request(method, url, **more)
    except TimeoutError:
        raise httpx.ReadTimeout("no answer in time") from None


# -- being called


class Answer(NamedTuple):
    """What the platform gets. `body` is JSON unless empty."""

    status: int = 200
    body: Json | None = None


Take = Callable[[Json], Awaitable[Answer]]
"""Carries what was verified out, durably, before it answers."""


class Rejected(Exception):
    """This is no genuine request of the platform's. `status` is 4xx; `why` is a word of ours, for the counters."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(why)


async def read_body(length: bytes, receive: Receive, seconds: float) -> bytes:
    """`length` is the header; `seconds` are for the whole body. Raises `Rejected`."""
    if length.isdigit() and int(length[:12]) > MAX_BODY:
        raise Rejected(413, "size")
    message = await _next(receive, seconds)
    if not message.get("more_body"):
        return _sized(message.get("body", b""))
    ends = asyncio.get_running_loop().time() + seconds
    parts = bytearray(message.get("body", b""))
    while message.get("more_body"):
        message = await _next(receive, ends - asyncio.get_running_loop().time())
        parts += message.get("body", b"")
        _sized(parts)
    return bytes(parts)


async def _next(receive: Receive, seconds: float) -> Message:
    try:
        async with asyncio.timeout(seconds):
            message = await receive()
    except TimeoutError:
        raise Rejected(408, "slow") from None
    if message["type"] == "http.disconnect":
        raise Rejected(400, "gone")
    return message


def _sized(body: bytes | bytearray) -> bytes:
    if len(body) > MAX_BODY:
        raise Rejected(413, "size")
    return bytes(body)


def checked(found: Any, text: str) -> Json:
    """What was read from `text`: an object that is not too deep. Raises `Rejected`."""
    if not isinstance(found, dict):
        raise Rejected(400, "no object")
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(found) > MAX_DEPTH:
        raise Rejected(400, "depth")
    return found


def _depth(found: Any) -> int:
    deepest, waiting = 0, [(found, 1)]
    while waiting:
        value, level = waiting.pop()
        deepest = max(deepest, level)
        if isinstance(value, dict | list) and level <= MAX_DEPTH:
            waiting += [(inner, level + 1) for inner in (value.values() if isinstance(value, dict) else value)]
    return deepest


def mended(value: Any, mend: Callable[[str], str]) -> Any:
    """With every text in it mended, names of fields too."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, dict):
        return {mended(key, mend): mended(inner, mend) for key, inner in value.items()}
    return [mended(inner, mend) for inner in value] if isinstance(value, list) else value


async def respond(send: Send, status: int, body: bytes, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """`more`: headers beside those of JSON."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
