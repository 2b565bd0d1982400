"""One program of somebody else's, spoken to over HTTPS: where a call may go, and what its outcome means.

Law: an address is resolved once, every answer has to be public, and the connection goes to exactly the address that was
looked at. *Refused*, *not carried out* and *nobody knows* are three outcomes.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta
from typing import Any

import httpx

from adapters.wire import TOTAL, quiet_client
from bot.errors import GiveUp, Retry, Unsure
from bot.lease import still_held
from bot.text import Value
from bot.words import publishing as words

Resolve = Callable[[str, int], Awaitable[list[str]]]
MOST = 8 * 1024 * 1024
"""Bytes of an answer that are read."""
SHORTLY, MINUTES, LATER = timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=15)
REDIRECTS = frozenset({301, 302, 304, 307, 308})
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Answer(Value):
    status: int
    body: Any = None
    version: str = ""
    """The ETag."""
    elsewhere: str = ""
    """Where it says that this is now, as a path here; empty: that is no place of the same program's."""
    wait: timedelta | None = None
    """How long it asks to be left alone, where it says so."""

    @property
    def fields(self) -> dict[str, Any]:
        return self.body if isinstance(self.body, dict) else {}

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [one for one in self.body if isinstance(one, dict)] if isinstance(self.body, list) else []


async def system_resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(where[4][0]) for where in found]


def is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


class Reach:
    """`name` is how people call the program; `base` its address, checked when the settings were read. Each
    read of an answer may take `seconds`, and all of it have `most` bytes. `missed` says what does not happen then."""

    def __init__(
        self,
        name: str,
        base: str,
        headers: Mapping[str, str],
        *,
        simulators: bool = False,
        resolve: Resolve = system_resolve,
        seconds: float = TOTAL,
        most: int = MOST,
        missed: str = "",
    ) -> None:
        self.name = name
        self._base = httpx.URL(base.rstrip("/") + "/")
        self._headers = dict(headers)
        self._simulators = simulators
        self._resolve = resolve
        self._seconds, self._most = seconds, most
        self._missed = missed or words.not_there(name)

    async def get(self, path: str, **params: str) -> Answer:
        return await self._call("GET", path, params, None)

    async def look(self, path: str, known: str = "") -> Answer:
        """Like `get`, where that it is unchanged since a known version (304), or is elsewhere now, are answers too."""
        headers = {"If-None-Match": known} if known else {}
        return self._told(await self._called("GET", path, {}, None, headers), reads=True, passes=REDIRECTS)

    async def send(self, method: str, path: str, body: Mapping[str, Any], **params: str) -> Answer:
        """Something that changes things there. Raises `Unsure` where nobody knows whether it did."""
        still_held()
        return await self._call(method, path, params, body)

    async def send_signed(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The same, of bytes (JSON) for which the headers vouch."""
        still_held()
        typed = {"Content-Type": "application/json", **headers}
        return self._told(await self._called("POST", path, {}, body, typed), reads=False)

    async def _call(self, method: str, path: str, params: Mapping[str, str], body: Any) -> Answer:
        return self._told(await self._called(method, path, params, body, {}), reads=method == "GET")

    async def _called(
        self, method: str, path: str, params: Mapping[str, str], body: Any, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, bytes]:
        try:
            async with await quiet_client(self._seconds) as http:
                request = await self._request(http, method, path, params, body, headers)
                return await _read(http, request, self._most)
        except NEVER_SENT as problem:
            raise Retry(SHORTLY, words.not_reached(self.name)) from problem
        except httpx.HTTPError as problem:
            raise self._lost(method == "GET") from problem

    def _lost(self, reads: bool) -> Exception:
        """Nobody knows what became of it; what only reads is asked again."""
        return Retry(SHORTLY, words.not_reached(self.name)) if reads else Unsure(words.unknown(self.name))

    async def _request(
        self,
        http: httpx.AsyncClient,
        method: str,
        path: str,
        params: Mapping[str, str],
        body: Any,
        more: Mapping[str, str],
    ) -> httpx.Request:
        url = self._base.copy_with(raw_path=self._base.raw_path + path.encode("ascii"))
        url = url.copy_merge_params(dict(params)) if params else url
        headers, extensions = {**self._headers, **more}, {}
        if not self._simulators:
            address = await self._address(url)
            headers["Host"], extensions["sni_hostname"] = url.netloc.decode("ascii"), url.host
            url = url.copy_with(host=address)
        told: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        request = http.build_request(method, url, headers=headers, **told)
        request.extensions.update(extensions)
        return request

    async def _address(self, url: httpx.URL) -> str:
        """The one that is connected to. A name with any address inside is not used at all."""
        if url.scheme != "https":
            raise GiveUp(words.not_public(self._missed))
        found = await self._resolve(url.host, url.port or 443)
        if not found:
            raise Retry(SHORTLY, words.not_reached(self.name))
        if not all(map(is_public, found)):
            raise GiveUp(words.not_public(self._missed))
        return found[0]

    def _told(self, answer: tuple[httpx.Response, bytes], reads: bool, passes: Collection[int] = ()) -> Answer:
        response, content = answer
        status, wait = response.status_code, _wait(response, content)
        if status == 429 or (status == 403 and wait is not None):
            raise Retry(wait or SHORTLY, words.busy(self.name))
        if status >= 500:
            raise self._lost(reads)
        if status in (401, 403):
            raise GiveUp(words.not_allowed(self._missed))
        if 300 <= status < 400 and status not in passes:
            raise GiveUp(words.moved(self._missed))
        version, elsewhere = response.headers.get("etag", ""), self._path_of(response.headers.get("location", ""))
        try:
            body = json.loads(content) if content and status not in passes else None
            return Answer(status=status, body=body, version=version[:200], elsewhere=elsewhere, wait=wait)
        except (ValueError, RecursionError):
            raise Retry(LATER, words.strange(self.name)) from None

    def _path_of(self, address: str) -> str:
        base = str(self._base)
        return address.removeprefix(base) if address.startswith(base) and address.isascii() else ""

    def refused(self, answer: Answer) -> GiveUp:
        return GiveUp(words.refused(self._missed, answer.status))


def _wait(response: httpx.Response, content: bytes) -> timedelta | None:
    """How long it asks to be left alone, an hour at most.

    GitHub's secondary limits may say so in words alone, and then want a minute or more (docs.github.com, "Best
    practices for using the REST API").
    """
    told = response.headers.get("retry-after", "")
    if not told.isascii() or not told.isdecimal():
        if response.headers.get("x-ratelimit-requests-remaining") == "0":
            return _until(response.headers.get("x-ratelimit-requests-reset", ""))
        spent = response.headers.get("x-ratelimit-remaining") == "0"
        limited = response.status_code == 403 and b"secondary rate limit" in content[:2000]
        return LATER if spent else MINUTES if limited else None
    return _bounded(int(told[:6]))


def _until(moment: str) -> timedelta:
    """Linear says in milliseconds since 1970 when (linear.app/developers, "Rate limiting")."""
    if not moment.isascii() or not moment.isdecimal() or len(moment) > 15:
        return LATER
    return _bounded(int(moment) // 1000 - int(time.time()))


def _bounded(seconds: int) -> timedelta:
    return timedelta(seconds=max(1, min(seconds, 3600)))


async def _read(http: httpx.AsyncClient, request: httpx.Request, most: int) -> tuple[httpx.Response, bytes]:
    response = await http.send(request, stream=True)
    try:
        content = bytearray()
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > most:
                raise httpx.ReadError("the answer is too long", request=request)
    finally:
        await response.aclose()
    return response, bytes(content)
