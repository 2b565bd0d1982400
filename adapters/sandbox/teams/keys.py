"""The keys with which the service signs what it sends to a bot, and how they are published.

Law: tokens carry the real time, whatever the simulated clock shows; a key in a process is made once.
"""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.sandbox.teams.world import Json

ISSUER = "https://api.botframework.com"
ENDORSEMENTS = ("msteams", "agents", "skype")
LIVES = 3600
FRESH = 300.0


@cache
def _made(number: int) -> RSAPrivateKey:  # noqa: ARG001 -- the number tells one key of a process from another
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Key:
    private: RSAPrivateKey
    kid: str
    endorsements: tuple[str, ...] = ENDORSEMENTS
    published: bool = True

    def public(self) -> Json:
        """As a JSON web key with what Microsoft adds: `x5t` equals `kid`, `endorsements` names the channels."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": _number(numbers.n),
            "e": _number(numbers.e),
            "endorsements": list(self.endorsements),
        }


def new_key(number: int, endorsements: tuple[str, ...] = ENDORSEMENTS) -> Key:
    private = _made(number)
    raw = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    kid = base64.urlsafe_b64encode(hashlib.sha1(raw, usedforsecurity=False).digest()).decode().rstrip("=")
    return Key(private, kid, endorsements)


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Keys:
    """The last key signs. A forgotten key is no longer published, and signs no more where another is left."""

    keys: list[Key] = field(default_factory=lambda: [new_key(0)])
    _minted: tuple[tuple[str, ...], str, float] = ((), "", 0.0)

    @property
    def signing(self) -> Key:
        return self.keys[-1]

    def published(self) -> Json:
        return {"keys": [key.public() for key in self.keys if key.published]}

    def rotate(self, *, endorsements: tuple[str, ...] = ENDORSEMENTS) -> Key:
        """A further key is published, and signs from now on; the older ones stay published."""
        self.keys.append(new_key(len(self.keys), endorsements))
        return self.signing

    def forget(self, kid: str | None = None) -> Key:
        """The key is no longer published: the oldest one, unless another is named."""
        gone = next(key for key in self.keys if kid in (None, key.kid) and key.published)
        gone.published = False
        if len(self.keys) > 1:
            self.keys.remove(gone)
        return gone

    def bearer(self, audience: str, service_url: str) -> str:
        """What goes into the Authorization header; one token serves for minutes, as the real service reuses them."""
        wanted = (self.signing.kid, audience, service_url)
        made_for, token, at = self._minted
        if made_for != wanted or time.monotonic() - at > FRESH:
            token = self.token(audience, service_url)
            self._minted = (wanted, token, time.monotonic())
        return token

    def token(self, audience: str, service_url: str, *, key: Key | None = None, **claims: Any) -> str:
        """One signed token. A claim given here replaces the true one; None leaves it out."""
        moment, key = int(time.time()), key or self.signing
        content: Json = {
            "serviceurl": service_url, "iss": ISSUER, "aud": audience, "nbf": moment, "iat": moment,
            "exp": moment + LIVES,
        }  # fmt: skip
        content = {name: value for name, value in (content | claims).items() if value is not None}
        return jwt.encode(content, key.private, algorithm="RS256", headers={"kid": key.kid, "x5t": key.kid})
