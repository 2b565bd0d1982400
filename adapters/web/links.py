"""Links to pages. A private one signs its reader in: signed, for a single use, for a quarter of an hour of real time.

Law: nothing is stored until such a link is used, and it leads nowhere but to a page of this host.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bot.text import Value

VALID_FOR = 15 * 60
"""Seconds."""
LONGEST = 2_000
FRONT, LONGEST_PATH = "/now", 1_000


class Ticket(Value):
    """What a link that is still good says."""

    account: str
    path: str
    once: str
    until: datetime


class Links:
    """`public_url` is empty where pages cannot be reached from outside: then there are no links."""

    def __init__(self, secret: str, public_url: str, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.sha256(b"debrief sign-in link\x00" + secret.encode()).digest()
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    def private(self, account: str, path: str) -> str:
        """The address of a page for the owner of an account (key), which signs them in. Nobody else may see it.

        Without an account the bare address: whoever opens it has to be signed in already.
        """
        if not self._public_url or not local(path):
            return ""
        if not account:
            return self._public_url + path
        return f"{self._public_url}/sign-in/{self._token(account, path)}"

    def read(self, token: str) -> Ticket | None:
        """What a link says, without using it up. None: forged, or too old."""
        found = self.led(token)
        return found if found and found.until.timestamp() >= self._clock() else None

    def led(self, token: str) -> Ticket | None:
        """What a link said, however old it is: it still leads whoever is signed in already. None: forged."""
        if len(token) > LONGEST:
            return None
        body, _, seal = token.partition(".")
        if not hmac.compare_digest(self._seal(body).encode(), seal.encode()):
            return None
        account, path, until, once = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return Ticket(account=account, path=path, once=once, until=datetime.fromtimestamp(until, UTC))

    def _token(self, account: str, path: str) -> str:
        until = int(self._clock()) + VALID_FOR
        said = json.dumps([account, path, until, secrets.token_urlsafe(12)], separators=(",", ":"))
        body = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
        return f"{body}.{self._seal(body)}"

    def _seal(self, body: str) -> str:
        seal = hmac.new(self._key, body.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(seal).decode().rstrip("=")


def local(path: str) -> bool:
    """Whether a path stays on this host, whatever a browser makes of it."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return plain and path.startswith("/") and not path.startswith("//")


def wanted(path: str) -> str:
    """Where a reader is led who wanted to go to `path`: there, if that is a page of ours."""
    return path if local(path) and len(path) <= LONGEST_PATH else FRONT
