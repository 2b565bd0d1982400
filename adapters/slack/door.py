"""The verified door of `POST /slack/events`: a raw ASGI application in front of everything else.

Law: nothing is parsed before its signature is right, garbage is 4xx at once, and nothing of a body or a signature is
logged. A retry is taken like a first attempt: if that one died, the event would be lost.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from adapters.slack.counts import Counts
from adapters.slack.signing import genuine, timely

MAX_BODY = 1 << 20
READ_SECONDS = 5.0
MAX_DEPTH = 60
PERMANENT = (400, 413, 415)
"""Asking again cannot help: Slack is told so. (A wrong clock can be mended: 401 is asked again.)"""

Json = dict[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Answer(NamedTuple):
    """What Slack gets. `body` is JSON unless empty."""

    status: int = 200
    body: Json | None = None


Take = Callable[[Json], Awaitable[Answer]]
"""Carries a verified payload out, durably, before it answers."""


class Rejected(Exception):
    """The request is no genuine request of Slack's. `status` is 4xx; `why` is a word of ours, for the counters."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(why)


class Door:
    """`clock` is real time, whatever the program's own clock says: it is what Slack signs with."""

    def __init__(
        self, secret: str, take: Take, counts: Counts, *, clock: Callable[[], float] = time.time,
        read_seconds: float = READ_SECONDS,
    ) -> None:  # fmt: skip
        self._secret = secret.encode()
        self._take = take
        self._counts = counts
        self._clock = clock
        self._read_seconds = read_seconds

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            payload = await self._payload(scope, receive)
        except Rejected as rejected:
            self._counts.add("slack_rejected", rejected.why)
            await _send(send, rejected.status, b"", final=rejected.status in PERMANENT)
            return
        status, body = await self._answer(payload)
        await _send(send, status, b"" if body is None else json.dumps(body).encode())

    async def _answer(self, payload: Json) -> Answer:
        if payload.get("type") == "url_verification":
            return Answer(200, {"challenge": str(payload.get("challenge", ""))})
        if "ssl_check" in payload:
            return Answer()
        return await self._take(payload)

    async def _payload(self, scope: Message, receive: Receive) -> Json:
        if scope["method"] != "POST":
            raise Rejected(405, "method")
        headers = dict(scope["headers"])
        form = _is_form(headers.get(b"content-type", b""))
        timestamp, given = (
            headers.get(b"x-slack-request-timestamp", b""),
            headers.get(b"x-slack-signature", b""),
        )
        if not timely(timestamp, self._clock()):
            raise Rejected(401, "timestamp")
        if len(given) != 67 or not given.startswith(b"v0="):
            raise Rejected(401, "signature")
        body = await self._body(headers.get(b"content-length", b""), receive)
        if not genuine(self._secret, timestamp, body, given):
            raise Rejected(401, "signature")
        return read(body, form=form)

    async def _body(self, length: bytes, receive: Receive) -> bytes:
        if length.isdigit() and int(length[:12]) > MAX_BODY:
            raise Rejected(413, "size")
        message = await self._next(receive, self._read_seconds)
        if not message.get("more_body"):
            return _sized(message.get("body", b""))
        ends = asyncio.get_running_loop().time() + self._read_seconds
        parts = bytearray(message.get("body", b""))
        while message.get("more_body"):
            message = await self._next(receive, ends - asyncio.get_running_loop().time())
            parts += message.get("body", b"")
            _sized(parts)
        return bytes(parts)

    async def _next(self, receive: Receive, seconds: float) -> Message:
        try:
            async with asyncio.timeout(seconds):
                message = await receive()
        except TimeoutError:
            raise Rejected(408, "slow") from None
        if message["type"] == "http.disconnect":
            raise Rejected(400, "gone")
        return message


def _is_form(content_type: bytes) -> bool:
    kind = content_type.split(b";", 1)[0].strip().lower()
    if kind not in (b"application/json", b"application/x-www-form-urlencoded"):
        raise Rejected(415, "content type")
    return kind != b"application/json"


def _sized(body: bytes | bytearray) -> bytes:
    if len(body) > MAX_BODY:
        raise Rejected(413, "size")
    return bytes(body)


def read(body: bytes, *, form: bool) -> Json:
    """The object in a request: JSON, a form whose `payload` is JSON, or a plain form. Raises `Rejected`."""
    try:
        text = body.decode("utf-8")
        if not form:
            return whole(json.loads(text), text)
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200, errors="strict"))
        if "payload" in fields:
            return whole(json.loads(fields["payload"]), fields["payload"])
    except (ValueError, RecursionError):
        raise Rejected(400, "garbage") from None
    return whole(fields, "")


_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD]")


def whole(found: Any, text: str) -> Json:
    """Refuses what is no object or too deep; half characters, which nothing can store, become U+FFFD."""
    if not isinstance(found, dict):
        raise Rejected(400, "no object")
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(found) > MAX_DEPTH:
        raise Rejected(400, "depth")
    if _ESCAPED_HALF.search(text):
        mended: Json = _mended(found)
        return mended
    return found


def _depth(found: Any) -> int:
    deepest, waiting = 0, [(found, 1)]
    while waiting:
        value, level = waiting.pop()
        deepest = max(deepest, level)
        if isinstance(value, dict | list) and level <= MAX_DEPTH:
            waiting += [(inner, level + 1) for inner in (value.values() if isinstance(value, dict) else value)]
    return deepest


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_mended(key): _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list) else value


async def _send(send: Send, status: int, body: bytes, *, final: bool = False) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if final:
        headers.append((b"x-slack-no-retry", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
