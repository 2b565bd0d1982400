"""What stands in front of every page and API route: size, headers, and a limit on failures.

Law: a body is never read beyond a mebibyte; no page runs a script that is not a file of ours, or loads anything from
elsewhere. A good token is let in from any address, however many bad ones came from there: behind a proxy all share
one address.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.words import web as words

MAX_BODY = 1024 * 1024
ADDRESSES = 10_000
"""Remembered for their failures."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
}


class TooLarge(HTTPException):
    """The body went on beyond what is read. The framework lets exceptions of this family through as they are."""

    def __init__(self) -> None:
        super().__init__(413, words.TOO_LARGE, {"connection": "close"})


class Guard:
    """`spared` are the path prefixes of what is mounted: it has doors of its own."""

    def __init__(self, app: ASGIApp, spared: Sequence[str] = ()) -> None:
        self._app = app
        self._spared = tuple(spared)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_spared(scope["path"]):
            await self._app(scope, receive, send)
            return
        if _announced(scope) > MAX_BODY:
            answer = JSONResponse({"error": words.TOO_LARGE}, 413, {"connection": "close"})
            await answer(scope, receive, _with_headers(send))
            return
        await self._app(scope, _capped(receive), _with_headers(send))

    def _is_spared(self, path: str) -> bool:
        return any(path == prefix or path.startswith(f"{prefix}/") for prefix in self._spared)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _announced(scope: Scope) -> int:
    said = Headers(scope=scope).get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def _capped(receive: Receive) -> Receive:
    read = 0

    async def capped() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MAX_BODY:
            raise TooLarge
        return message

    return capped


class Failures:
    """Counts failures by address. `per_minute` are answered as what they are, further ones are told to wait."""

    def __init__(self, per_minute: int = 10, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def add(self, address: str) -> float:
        """Counts one more failure; seconds to wait, 0 while there were few."""
        now = self._clock()
        since, count = self._seen.get(address, (now, 0))
        if now - since >= 60:
            since, count = now, 0
        self._seen[address] = (since, count + 1)
        self._seen.move_to_end(address)
        while len(self._seen) > ADDRESSES:
            self._seen.popitem(last=False)
        return max(0.0, 60 - (now - since)) if count >= self._per_minute else 0.0
