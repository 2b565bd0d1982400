"""The Bot Framework's side of a token, in small: it signs, and publishes its keys on loopback, faults included."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.keys import Key, Keys, read
from adapters.sandbox.serving import serving
from adapters.teams.hosts import Hosts
from adapters.teams.tokens import ISSUER, Checks, KeyRing
from bot.counts import Counts

APP_ID = "5c3e1b0a-9c1e-4f0e-8d5a-0a4f6f0b7c11"
TENANT = "b2a7c6de-0f6c-4b53-9d8b-7d2f6c1e9a00"
SERVICE_URL = f"https://smba.trafficmanager.net/emea/{TENANT}/"
NOW = 1_700_000_000.0
Json = dict[str, Any]


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """One key for each name; making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if name == "short" else 2048)


def published(kid: str, *, endorsements: Iterable[str] = ("msteams",), **changed: Any) -> Json:
    """The entry of a key in a key set. The kid is the key's name as well."""
    entry: Json = RSAAlgorithm.to_jwk(private_key(kid).public_key(), as_dict=True)
    del entry["key_ops"]
    return {**entry, "kid": kid, "use": "sig", "x5t": kid, "endorsements": list(endorsements), **changed}


def public_pem(kid: str) -> bytes:
    kind, shape = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key(kid).public_key().public_bytes(kind, shape)


def activity(**changed: Any) -> Json:
    made = {
        "type": "message", "id": "1700000000001", "channelId": "msteams", "serviceUrl": SERVICE_URL, "text": "hello",
        "from": {"id": "29:ann"}, "recipient": {"id": f"28:{APP_ID}"},
        "conversation": {"id": "19:x@thread.tacv2;messageid=1700000000000", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
    }  # fmt: skip
    return without_none({**made, **changed})


def claims(now: float = NOW, **changed: Any) -> Json:
    made = {"iss": ISSUER, "aud": APP_ID, "nbf": int(now) - 10, "exp": int(now) + 3600, "serviceurl": SERVICE_URL}
    return without_none({**made, **changed})


def without_none(made: Json) -> Json:
    return {name: value for name, value in made.items() if value is not None}


def signed(of: Json | None = None, *, kid: str | None = "first", by: str = "first", algorithm: str = "RS256") -> str:
    """The Authorization header of a token."""
    head = {} if kid is None else {"kid": kid, "x5t": kid}
    return "Bearer " + jwt.encode(of or claims(), private_key(by), algorithm, headers=head)


@dataclass
class Issuer:
    """`fault` is what the endpoint suffers from. `fetches` counts how often somebody came for its keys."""

    keys: list[Any] = field(default_factory=lambda: [published("first")])
    fault: str = ""
    fetches: int = 0
    asked: int = 0
    jwks_uri: str | None = None

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[Route("/metadata", self.metadata), Route("/moved", self.moved), Route("/keys", self.key_set)]
        )

    async def metadata(self, request: Request) -> Response:
        self.fetches += 1
        return await self.failed(request) or await self.moved(request)

    async def moved(self, request: Request) -> Response:
        return JSONResponse({"issuer": ISSUER, "jwks_uri": self.jwks_uri or str(request.url_for("key_set"))})

    async def key_set(self, _request: Request) -> Response:
        self.asked += 1
        return JSONResponse({"keys": self.keys})

    async def failed(self, request: Request) -> Response | None:
        if self.fault == "hangs":
            await asyncio.sleep(30)
        answers = {
            "500": Response("oh no", 500), "garbage": Response(b"\xff\xfe{{{"), "deep": Response(b"[" * 200_000),
            "an array": JSONResponse([1]), "nothing": JSONResponse({}), "a number": JSONResponse({"jwks_uri": 7}),
            "elsewhere": RedirectResponse("/moved"), "a file": JSONResponse({"jwks_uri": "file:///etc/passwd"}),
            "huge": Response(bytes((await self.moved(request)).body) + b" " * (1 << 20)),
        }  # fmt: skip
        return answers.get(self.fault)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def keys_of(
    issuer: Issuer, clock: Clock | None = None, *, simulators: bool = True, fetch_seconds: float = 3.0,
    counts: Counts | None = None,
) -> AsyncIterator[Keys]:  # fmt: skip
    async with serving(issuer.app) as url:
        keys = Keys(
            counts or Counts(), "teams_keys", f"{url}/metadata", simulators=simulators, clock=clock or time.monotonic,
            fetch_seconds=fetch_seconds,
        )  # fmt: skip
        try:
            yield keys
        finally:
            await keys.stop()


@asynccontextmanager
async def checks_of(issuer: Issuer, clock: Clock | None = None, *, fetch_seconds: float = 3.0) -> AsyncIterator[Checks]:
    async with keys_of(issuer, clock, fetch_seconds=fetch_seconds) as keys:
        yield checks_with(keys)


def checks_with(keys: KeyRing) -> Checks:
    return Checks(keys, Hosts(), app_id=APP_ID, tenant=TENANT, clock=lambda: NOW)


class Ring:
    """The keys of a key set, without any fetching. `asked` counts how often a key was wanted."""

    def __init__(self, *entries: Json) -> None:
        self.known = read({"keys": list(entries) or [published("first")]})
        self.asked = 0

    async def find(self, kid: str, /) -> Key | None:
        self.asked += 1
        return self.known.get(kid)
