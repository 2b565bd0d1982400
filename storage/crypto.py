"""Secrets at rest: platform tokens are encrypted with keys that are derived from the operator's own."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LABEL = b"debrief platform tokens 1"
SHORTEST = 32


class WrongKey(Exception):
    """What is stored was encrypted with another DEBRIEF_SECRET_KEY."""


class Vault:
    """Several keys, separated by commas, allow a change of key: the first encrypts, all decrypt."""

    def __init__(self, secret_key: str) -> None:
        keys = [key.strip() for key in secret_key.split(",") if key.strip()]
        if not keys or min(map(len, keys)) < SHORTEST:
            raise ValueError(f"DEBRIEF_SECRET_KEY needs at least {SHORTEST} characters.")
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode() if text else ""

    def decrypt(self, stored: str) -> str:
        try:
            return self._fernet.decrypt(stored.encode()).decode() if stored else ""
        except InvalidToken as wrong:
            raise WrongKey("DEBRIEF_SECRET_KEY is not the one that platform tokens were stored with.") from wrong


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=LABEL).derive(key.encode()))
