"""The keys of whoever signs tokens: fetched from the metadata's `jwks_uri`, kept here, asked for seldom.

Law: after the first load there is at most one fetch in five minutes, whatever comes in; it never blocks the loop, and
while the endpoint is down, hangs or answers garbage, the keys at hand go on serving.

Rotation and floods pull in opposite directions. A kid that is unknown is a new key or a forgery, and only a fetch
tells which: so the first unknown kid fetches at once (a new key works with its first request) and closes the way for
five minutes (a thousand forgeries a second cost one fetch). The first load closes nothing if it brought the kid that
was asked for, so that a key published right after a start is found as well. During a flood the keys are therefore
never older than five minutes, and a key is published before it signs; whoever asks for a key looks at everything that
needs none before, so that only a near perfect forgery costs a fetch. Outside of floods keys are
refreshed in the background once they are six hours old: nobody waits, and a key published ahead is known before its
first use. Older than a day they are asked for first; if that fails they serve on, up to the five days that
Microsoft's own SDK keeps them (Microsoft Learn, Authentication with the Bot Connector API). Without any key at all
everything is refused, so then it is tried again after ten seconds.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import PyJWTError

from adapters.wire import quiet_client
from bot.counts import Counts

AGEING, OLD, DEAD = 6 * 3600.0, 24 * 3600.0, 5 * 24 * 3600.0
"""Seconds after which keys are refreshed in the background, asked for first, and no longer believed."""
PAUSE = 300.0
PAUSE_WITHOUT_KEYS = 10.0
FETCH_SECONDS = 3.0
MAX_DOCUMENT = 1 << 20
MAX_KEYS = 200
MAX_TEXT = 200
MIN_BITS, MAX_BITS = 2048, 8192
FAILURES = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, ValueError, RecursionError)
"""`ValueError` is garbage: what is no JSON, and what this module refuses."""


class Key(NamedTuple):
    """A public key, and (of the Bot Framework's) the channels whose messages it may sign."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class Keys:
    """`name` is that of the fetches among the counts. `clock` counts seconds and never steps."""

    def __init__(
        self, counts: Counts, name: str, metadata_url: str, *, simulators: bool = False,
        clock: Callable[[], float] = time.monotonic, fetch_seconds: float = FETCH_SECONDS,
    ) -> None:  # fmt: skip
        self._counts = counts
        self._name = name
        self._metadata_url = metadata_url
        self._schemes = ("https", "http") if simulators else ("https",)
        self._clock = clock
        self._fetch_seconds = fetch_seconds
        self._known: dict[str, Key] = {}
        self._loaded = 0.0
        self._closed_until = float("-inf")
        self._loading: asyncio.Task[None] | None = None

    @property
    def known(self) -> bool:
        """Whether there is any key that is believed."""
        return bool(self._known) and self._age() < DEAD

    async def start(self) -> None:
        """Begins the first load, and does not wait for it."""
        self._begin()

    async def stop(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)

    async def find(self, kid: str) -> Key | None:
        """The key of that name. Waits for a fetch only if the key is unknown or a day old, and a fetch may be made."""
        age = self._age()
        if kid in self._known and age < OLD:
            if age >= AGEING:
                self._begin()
            return self._known[kid]
        first = not self._known
        if self._begin() and self._loading is not None:
            await asyncio.shield(self._loading)
        if first and self._known and kid not in self._known:
            self._closed_until = max(self._closed_until, self._clock() + PAUSE)
        return self._known.get(kid) if self._age() < DEAD else None

    def _age(self) -> float:
        return self._clock() - self._loaded

    def _begin(self) -> bool:
        """Begins a fetch unless the way is closed. Whether one is under way now."""
        if self._loading is not None and not self._loading.done():
            return True
        if self._clock() < self._closed_until:
            return False
        if self._known:
            self._closed_until = self._clock() + PAUSE
        self._loading = asyncio.create_task(self._load())
        return True

    async def _load(self) -> None:
        try:
            async with await quiet_client() as http, asyncio.timeout(self._fetch_seconds):
                about = await self._document(http, self._metadata_url)
                known = read(await self._document(http, about.get("jwks_uri")))
        except FAILURES:
            self._counts.add(self._name, "failed")
            if not self._known:
                self._closed_until = self._clock() + PAUSE_WITHOUT_KEYS
            return
        self._counts.add(self._name, "fetched")
        self._known, self._loaded = known, self._clock()

    async def _document(self, http: httpx.AsyncClient, url: object) -> dict[str, Any]:
        if not isinstance(url, str) or urlsplit(url).scheme not in self._schemes:
            raise ValueError("no address to fetch from")
        async with http.stream("GET", url) as response:
            if response.status_code != 200:
                raise ValueError("no document")
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_DOCUMENT:
                    raise ValueError("too large")
        found = json.loads(body)
        if not isinstance(found, dict):
            raise ValueError("no object")  # noqa: TRY004 -- it is garbage, as what is no JSON
        return found


def read(document: dict[str, Any]) -> dict[str, Key]:
    """The usable keys of a key set by their kid. Raises `ValueError` if there are none, or absurdly many."""
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise ValueError("no list of keys")
    found = {str(entry["kid"]): key for entry in listed if (key := usable(entry)) is not None}
    if not found:
        raise ValueError("no usable key")
    return found


def usable(entry: object) -> Key | None:
    """An RSA key for RS256 signatures of a sensible size; `None` for whatever else stands in a key set."""
    if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
        return None
    kid, modulus, exponent = (entry.get(name) for name in ("kid", "n", "e"))
    if not (isinstance(kid, str) and 0 < len(kid) <= MAX_TEXT and entry.get("alg", "RS256") == "RS256"):
        return None
    if not (isinstance(modulus, str) and isinstance(exponent, str) and len(modulus) <= MAX_BITS // 4):
        return None
    try:
        public = cast(RSAPublicKey, RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": exponent}))
    except (PyJWTError, ValueError, OverflowError):
        return None
    channels = entry.get("endorsements")
    named = channels if isinstance(channels, list) else []
    endorsed = frozenset(name for name in named[:MAX_TEXT] if isinstance(name, str) and len(name) <= MAX_TEXT)
    return Key(public, endorsed) if MIN_BITS <= public.key_size <= MAX_BITS else None
