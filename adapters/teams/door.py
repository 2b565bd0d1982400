"""The verified door of `POST /api/messages`: a raw ASGI application in front of everything else.

Law: a body is read with limits, parsed, and believed only once its token is right; garbage is 4xx at once, and nothing
of a body or a token is logged. What to do with an activity that cannot be stored just now is for `take` to answer.
"""

from __future__ import annotations

import json
import math
import re
from typing import Protocol

from adapters.teams.tokens import bearer
from adapters.wire import (
    READ_SECONDS,
    Json,
    Message,
    Receive,
    Rejected,
    Send,
    Take,
    checked,
    mended,
    read_body,
    respond,
)
from bot.counts import Counts
from bot.text import whole_characters

POST_ONLY = ((b"allow", b"POST"),)


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
            await respond(send, rejected.status, b"", POST_ONLY if rejected.status == 405 else ())
            return
        status, body = await self._take(activity)
        await respond(send, status, b"" if body is None else json.dumps(body).encode())

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
        activity = read(await read_body(headers.get(b"content-length", b""), receive, self._read_seconds))
        if self._checks is not None:
            await self._checks.verify(authorization, activity)
        return activity


def read(body: bytes) -> Json:
    """The object in a body, of duplicate keys the last, without NULs. Raises `Rejected`."""
    try:
        text = body.decode("utf-8").replace("\x00", "")
        found = json.loads(text, parse_constant=_no_number, parse_float=_number)
    except (ValueError, RecursionError):
        raise Rejected(400, "garbage") from None
    activity = checked(found, text)
    return mended(activity, _storable) if _UNCLEAN.search(text) else activity


def _no_number(name: str) -> float:
    raise ValueError(name)


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


_UNCLEAN = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def _storable(text: str) -> str:
    """Without NULs and half characters: nothing can store either."""
    return whole_characters(text.replace("\x00", ""))
