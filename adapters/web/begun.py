"""A sign-in that was begun: what its browser keeps until it comes back.

Law: it is sealed, holds for ten minutes of real time, and belongs to the browser that began it. Nothing is stored here.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken
from pydantic import ValidationError

from bot.text import Value

VALID_FOR = 600
"""Seconds."""
LONGEST = 3_500
"""Characters of a cookie."""


class Begun(Value):
    provider: str
    path: str
    """Where the reader wanted to go."""
    state: str
    nonce: str
    verifier: str
    """Of PKCE (RFC 7636)."""

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def begin(provider: str, path: str) -> Begun:
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Begun(provider=provider, path=path, state=state, nonce=nonce, verifier=verifier)


class Sealed:
    """The cookie's value. `secret` is what all replicas have in common."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        key = hashlib.sha256(b"debrief sign-in begun\x00" + secret.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))
        self._clock = clock

    def sealed(self, begun: Begun) -> str:
        return self._fernet.encrypt_at_time(begun.model_dump_json().encode(), int(self._clock())).decode()

    def opened(self, cookie: str) -> Begun | None:
        """None: forged, too old, or of another secret."""
        if not cookie or len(cookie) > LONGEST or not cookie.isascii():
            return None
        try:
            told = self._fernet.decrypt_at_time(cookie.encode(), VALID_FOR, int(self._clock()))
            return Begun.model_validate_json(told)
        except (InvalidToken, ValidationError):
            return None
