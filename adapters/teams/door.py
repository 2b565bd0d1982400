"""The verified door of `POST /api/messages`: a raw ASGI application in front of everything else.

Law: a body is read with limits, parsed, and believed only once its token is right; garbage is 4xx at once, and nothing
of a body or a token is logged. What to do with an activity that cannot be stored just now is for `take` to answer.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple, Protocol

from adapters.teams.tokens import Rejected, bearer
from bot.counts import Counts

MAX_BODY = 1 << 20
READ_SECONDS = 5.0
MAX_DEPTH = 60

Json = dict[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Answer(NamedTuple):
    """What Teams gets. `body` is JSON unless empty."""

    status: int = 200
    body: Json | None = None


Take = Callable[[Json], Awaitable[Answer]]
"""Carries a verified activity out, durably, before it answers."""


class Verifier(Protocol):
    async def verify(self, authorization: str, activity: Json, /) -> None: ...


class Door:
    """Without `checks` no token is asked for, and one that is sent is not looked at: for simulators on loopback."""

    def __init__(
        self, take: Take, checks: Verifier | None, counts: Counts, *, read_seconds: float = READ_SECONDS
    ) -> None:
        self._take = take
        self._checks = checks
        self._counts = counts
        self._read_seconds = read_seconds

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            activity = await self._activity(scope, receive)
        except Rejected as rejected:
            self._counts.add("teams_rejected", rejected.why)
            await _send(send, rejected.status, b"")
            return
        status, body = await self._take(activity)
        await _send(send, status, b"" if body is None else json.dumps(body).encode())

    async def _activity(self, scope: Message, receive: Receive) -> Json:
        if scope["method"] != "POST":
            raise Rejected(405, "method")
        headers = dict(scope["headers"])
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        if self._checks is not None:
            bearer(authorization)
        # A page in a browser can send any other type to an address on loopback without asking.
        if headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower() != b"application/json":
            raise Rejected(415, "content type")
        activity = read(await self._body(headers.get(b"content-length", b""), receive))
        if self._checks is not None:
            await self._checks.verify(authorization, activity)
        return activity

    async def _body(self, length: bytes, receive: Receive) -> bytes:
        if length.isdigit() and int(length[:12]) > MAX_BODY:
            raise Rejected(413, "size")
        ends = asyncio.get_running_loop().time() + self._read_seconds
        parts, more = bytearray(), True
        while more:
            message = await self._next(receive, ends)
            parts += message.get("body", b"")
            more = bool(message.get("more_body"))
            if len(parts) > MAX_BODY:
                raise Rejected(413, "size")
        return bytes(parts)

    async def _next(self, receive: Receive, ends: float) -> Message:
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            raise Rejected(408, "slow") from None
        if message["type"] == "http.disconnect":
            raise Rejected(400, "gone")
        return message


def read(body: bytes) -> Json:
    """The object in a body, of duplicate keys the last, without NULs. Raises `Rejected`."""
    try:
        text = body.decode("utf-8").replace("\x00", "")
        found = json.loads(text, parse_constant=_no_number, parse_float=_number)
    except (ValueError, RecursionError):
        raise Rejected(400, "garbage") from None
    if not isinstance(found, dict):
        raise Rejected(400, "no object")
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(found) > MAX_DEPTH:
        raise Rejected(400, "depth")
    activity: Json = _mended(found) if _UNCLEAN.search(text) else found
    return activity


def _no_number(name: str) -> float:
    raise ValueError(name)


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _depth(found: Any) -> int:
    deepest, waiting = 0, [(found, 1)]
    while waiting:
        value, level = waiting.pop()
        deepest = max(deepest, level)
        if isinstance(value, dict | list) and level <= MAX_DEPTH:
            waiting += [(inner, level + 1) for inner in (value.values() if isinstance(value, dict) else value)]
    return deepest


_UNCLEAN = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_HALF = re.compile("[\ud800-\udfff]")


def _mended(value: Any) -> Any:
    """Without NULs, and with U+FFFD for half characters: nothing can store either."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value.replace("\x00", ""))
    if isinstance(value, dict):
        return {_mended(key): _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list) else value


async def _send(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 405:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
