"""The verified door of `POST /slack/events`: a raw ASGI application in front of everything else.

Law: nothing is parsed before its signature is right, garbage is 4xx at once, and nothing of a body or a signature is
logged. A retry is taken like a first attempt: if that one died, the event would be lost.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from adapters.slack.signing import genuine, timely
from adapters.wire import (
    READ_SECONDS,
    Answer,
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

PERMANENT, NO_RETRY = (400, 413, 415), ((b"x-slack-no-retry", b"1"),)
"""Asking again cannot help: Slack is told so. (A wrong clock can be mended: 401 is asked again.)"""


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
            await respond(send, rejected.status, b"", NO_RETRY if rejected.status in PERMANENT else ())
            return
        status, body = await self._answer(payload)
        await respond(send, status, b"" if body is None else json.dumps(body).encode())

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
        body = await read_body(headers.get(b"content-length", b""), receive, self._read_seconds)
        if not genuine(self._secret, timestamp, body, given):
            raise Rejected(401, "signature")
        return read(body, form=form)


def _is_form(content_type: bytes) -> bool:
    kind = content_type.split(b";", 1)[0].strip().lower()
    if kind not in (b"application/json", b"application/x-www-form-urlencoded"):
        raise Rejected(415, "content type")
    return kind != b"application/json"


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


_ESCAPED_HALF = re.compile(r"\\u[dD]")


def whole(found: Any, text: str) -> Json:
    """Refuses what is no object or too deep; half characters, which nothing can store, become U+FFFD."""
    payload = checked(found, text)
    if _ESCAPED_HALF.search(text):
        whole_payload: Json = mended(payload, whole_characters)
        return whole_payload
    return payload
