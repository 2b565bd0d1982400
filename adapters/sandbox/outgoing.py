"""One signed HTTP request to the bot, judged as Slack judges it: a 2xx within 3 s after at most two redirects.

Signatures cover the raw body and carry the real time, whatever the simulated clock shows.
"""

import asyncio
import hashlib
import hmac
import json
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from adapters.sandbox.world import Json

MOST_REDIRECTS = 2


@dataclass(frozen=True)
class Answer:
    """How one attempt went. `reason` is Slack's word for the failure, None when the bot acknowledged."""

    status: int
    reason: str | None
    ms: float
    body: bytes = b""
    content_type: str = ""
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.reason is None

    def parsed(self) -> Any:
        """The body as JSON, as text, or None when it is empty."""
        text = self.body.decode("utf-8", "replace").strip()
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError:
            return text


def sign(secret: str, timestamp: str, body: bytes) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def as_form(fields: Json) -> bytes:
    return urlencode({k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}).encode()


class Outgoing:
    """The way to the bot's web server. The session is shared and opened in the loop that first needs it."""

    def __init__(self, base: str | None, secret: str, seconds: float) -> None:
        self.base = base
        self.secret = secret
        self.seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, path: str, body: bytes, content_type: str, headers: dict[str, str]) -> Answer:
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.seconds):
                return await self._follow(path, body, content_type, headers, started)
        except TimeoutError:
            return Answer(0, "http_timeout", _ms(started))
        except (aiohttp.ClientSSLError, ssl.SSLError):
            return Answer(0, "ssl_error", _ms(started))
        except (aiohttp.ClientConnectionError, OSError):
            return Answer(0, "connection_failed", _ms(started))
        except aiohttp.ClientError:
            return Answer(0, "unknown_error", _ms(started))

    async def _follow(
        self, path: str, body: bytes, content_type: str, headers: dict[str, str], started: float
    ) -> Answer:
        url = f"{(self.base or '').rstrip('/')}{path}"
        for _ in range(MOST_REDIRECTS + 1):
            signed = headers | self._signature(body) | {"Content-Type": content_type}
            async with self._open().post(url, data=body, headers=signed, allow_redirects=False) as reply:
                if reply.status not in (301, 302) or "location" not in reply.headers:
                    return await _judge(reply, started)
                url = str(reply.url.join(URL(reply.headers["location"])))
        return Answer(reply.status, "too_many_redirects", _ms(started))

    def _signature(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "*/*",
        }

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return self._session


async def _judge(reply: aiohttp.ClientResponse, started: float) -> Answer:
    body = await reply.read()
    good = 200 <= reply.status < 300
    return Answer(
        reply.status,
        None if good else "http_error",
        _ms(started),
        body,
        reply.headers.get("content-type", ""),
        no_retry=reply.headers.get("x-slack-no-retry") == "1",
    )


def _ms(started: float) -> float:
    return (time.monotonic() - started) * 1000
