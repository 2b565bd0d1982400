"""Tokens that must not be believed, each made on demand, with the status that refuses it."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable

import jwt

from adapters.teams.tokens import ISSUER, MAX_TOKEN
from tests.teams.issuer import APP_ID, NOW, SERVICE_URL, claims, private_key, public_pem, published, signed


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def handmade(head: object, body: object, signature: bytes = b"none") -> str:
    return f"Bearer {part(head)}.{part(body)}.{part(signature)}"


def hmac_with_the_public_key() -> str:
    head, body = part({"alg": "HS256", "kid": "first"}), part(claims())
    return f"Bearer {head}.{body}.{part(hmac.digest(public_pem('first'), f'{head}.{body}'.encode(), 'sha256'))}"


def other_claims() -> str:
    """The signature of one token under the claims of another."""
    head, _, signature = signed().split(".")
    return f"{head}.{part(claims(sub='somebody else'))}.{signature}"


def unsigned() -> str:
    return "Bearer " + jwt.encode(claims(), "", "none", headers={"kid": "first"})


def hashed(alg: str) -> str:
    return signed(algorithm=alg)


FORGED: dict[str, tuple[Callable[[], str], int]] = {
    "alg none": (unsigned, 401),
    "alg none with a signature": (lambda: handmade({"alg": "none", "kid": "first"}, claims()), 401),
    "alg None": (lambda: handmade({"alg": "None", "kid": "first"}, claims()), 401),
    "alg missing": (lambda: handmade({"kid": "first"}, claims()), 401),
    "alg a list": (lambda: handmade({"alg": ["RS256"], "kid": "first"}, claims()), 401),
    "hmac with the public key": (hmac_with_the_public_key, 401),
    "RS512": (lambda: hashed("RS512"), 401),
    "RS384": (lambda: hashed("RS384"), 401),
    "PS256": (lambda: hashed("PS256"), 401),
    "RS256 in the header alone": (lambda: handmade({"alg": "RS256", "kid": "first"}, claims()), 401),
    "another key": (lambda: signed(by="mallory"), 401),
    "a key in the header": (
        lambda: "Bearer " + jwt.encode(
            claims(), private_key("mallory"), "RS256", headers={"kid": "first", "jwk": published("mallory")}
        ), 401,
    ),
    "a key elsewhere": (
        lambda: "Bearer " + jwt.encode(
            claims(), private_key("mallory"), "RS256", headers={"kid": "first", "jku": "http://127.0.0.1:1/keys"}
        ), 401,
    ),
    "a critical extension": (
        lambda: "Bearer " + jwt.encode(
            claims(), private_key("first"), "RS256", headers={"kid": "first", "crit": ["x"], "x": 1}
        ), 401,
    ),
    "kid missing": (lambda: signed(kid=None), 401),
    "kid unknown": (lambda: signed(kid="unknown"), 401),
    "kid empty": (lambda: signed(kid=""), 401),
    "kid a number": (lambda: handmade({"alg": "RS256", "kid": 7}, claims()), 401),
    "kid a path": (lambda: signed(kid="../../dev/null"), 401),
    "issuer of another": (lambda: signed(claims(iss="https://api.botframework.us")), 401),
    "issuer with a slash": (lambda: signed(claims(iss="https://api.botframework.com/")), 401),
    "issuer missing": (lambda: signed(claims(iss=None)), 401),
    "issuer a list": (lambda: handmade({"alg": "RS256", "kid": "first"}, claims(iss=[ISSUER])), 401),
    "audience of another": (lambda: signed(claims(aud="another app")), 401),
    "audience missing": (lambda: signed(claims(aud=None)), 401),
    "audience empty": (lambda: signed(claims(aud="")), 401),
    "audience a list": (lambda: signed(claims(aud=[APP_ID, "another app"])), 401),
    "expired": (lambda: signed(claims(exp=int(NOW) - 300)), 401),
    "without an end": (lambda: signed(claims(exp=None)), 401),
    "end in words": (lambda: signed(claims(exp="never")), 401),
    "end without end": (lambda: handmade({"alg": "RS256", "kid": "first"}, b'{"exp": Infinity}'), 401),
    "endless end": (lambda: signed(claims(exp=float("inf"))), 401),
    "end true": (lambda: signed(claims(exp=True)), 401),
    "not yet": (lambda: signed(claims(nbf=int(NOW) + 301)), 401),
    "begin in words": (lambda: signed(claims(nbf="now")), 401),
    "service url missing": (lambda: signed(claims(serviceurl=None)), 403),
    "service url of another": (lambda: signed(claims(serviceurl="https://smba.trafficmanager.net/amer/")), 403),
    "service url empty": (lambda: signed(claims(serviceurl="")), 403),
    "service url a list": (lambda: signed(claims(serviceurl=[SERVICE_URL])), 403),
    "two service urls": (lambda: signed(claims(serviceUrl="https://smba.trafficmanager.net/amer/")), 403),
    "claims of another token": (other_claims, 401),
    "claims that are a list": (lambda: handmade({"alg": "RS256", "kid": "first"}, [claims()]), 401),
    "a header that is a list": (lambda: handmade([{"alg": "RS256"}], claims()), 401),
    "a deep header": (lambda: handmade(b"[" * 5000, claims()), 401),
    "deep claims": (lambda: handmade({"alg": "RS256", "kid": "first"}, b'{"a":' * 2000), 401),
    "bytes": (lambda: handmade(b"\xff\xfe\x00", b"\xff"), 401),
    "no token": (lambda: "", 401),
    "no scheme": (lambda: signed().removeprefix("Bearer "), 401),
    "another scheme": (lambda: signed().replace("Bearer", "Basic"), 401),
    "two tokens": (lambda: f"{signed()} {signed()}", 401),
    "two headers in one": (lambda: f"{signed()}, {signed()}", 401),
    "a cut token": (lambda: signed()[:-20], 401),
    "four parts": (lambda: f"{signed()}.x", 401),
    "two parts": (lambda: signed().rpartition(".")[0], 401),
    "an empty signature": (lambda: signed().rpartition(".")[0] + ".", 401),
    "no ascii": (lambda: signed() + "ü", 401),
    "a long token": (lambda: "Bearer " + "a" * MAX_TOKEN + ".b.c", 401),
}  # fmt: skip
