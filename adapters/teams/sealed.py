"""What a card carries, signed: card data comes back from people's own programs, and is believed only with our seal.

Law: opening raises `Refused` or gives exactly what was sealed, whatever came. Inputs that Teams merges beside it are no
part of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

from pydantic import ValidationError

from adapters.teams.lengths import mended
from bot.errors import Refused
from bot.text import Value
from bot.words import teams as words

Json = dict[str, Any]
NAME = "debrief"
"""The one key of ours in an action's data."""
VERSION = 1
_LABEL = b"debrief teams card data v1"
_SIGNATURE = 18
"""Bytes of the signature that are kept: 144 bits, for there are many buttons on a card."""
_LONGEST = 100_000


class Sealed(Value):
    """What a click or a submission means. Empty fields bind nothing."""

    does: str
    args: dict[str, str] = {}
    channel: str = ""
    """The conversation in which it counts."""
    account: str = ""
    """The only person it is meant for, by account key or as `in_short` tells it; empty: everybody."""
    once: str = ""
    """Nonce of one rendered form: submitting it twice is submitting it once."""
    turn: str = ""
    kinds: dict[str, str] = {}
    """The inputs of a form by name, with their kinds: only these come back as fields."""
    form: str = ""
    """The form itself, where it fits, so that it can be shown again with an error at a field."""


_SHORT = {
    "does": "d", "args": "a", "channel": "c", "account": "w", "once": "o", "turn": "t", "kinds": "k", "form": "f",
}  # fmt: skip
_LONG = {short: name for name, short in _SHORT.items()}


def in_short(account: str) -> str:
    """An account in 16 characters, for it stands in each of the many buttons of a card."""
    return urlsafe_b64encode(hashlib.sha256(account.encode("utf-8", "surrogatepass")).digest()[:12]).decode("ascii")


class Seal:
    """Signs and checks with a key of its own, derived from the instance's secret."""

    def __init__(self, secret: str) -> None:
        if not secret:
            raise ValueError("a seal needs a secret")
        self._key = _derived(secret.encode("utf-8", "surrogatepass"))

    def shut(self, sealed: Sealed) -> Json:
        """The data of an action, as short as it can be: empty fields are left out."""
        told = {short: _whole(getattr(sealed, name)) for name, short in _SHORT.items()}
        inside: Json = {"v": VERSION, **{short: value for short, value in told.items() if value or short == "d"}}
        return {NAME: {**inside, "sig": self._signature(_canonical(inside))}}

    def open(self, data: Any) -> Sealed:
        """Raises `Refused` for whatever was altered, is foreign, or of another version or shape."""
        shut = data.get(NAME) if isinstance(data, dict) else None
        if not isinstance(shut, dict) or not _flat(shut):
            raise Refused(words.CARD_CHANGED)
        inside = {name: value for name, value in shut.items() if name != "sig"}
        told = _canonical(inside)
        signature = str(shut.get("sig")).encode("utf-8", "surrogatepass")
        if len(told) > _LONGEST or not hmac.compare_digest(signature, self._signature(told).encode()):
            raise Refused(words.CARD_CHANGED)
        if inside.pop("v") != VERSION:
            raise Refused(words.CARD_CHANGED)
        try:
            return Sealed.model_validate({_LONG.get(short, short): value for short, value in inside.items()})
        except ValidationError:
            raise Refused(words.CARD_CHANGED) from None

    def _signature(self, told: bytes) -> str:
        digest = hmac.digest(self._key, told, "sha256")[:_SIGNATURE]
        return urlsafe_b64encode(digest).decode("ascii")


def _whole(value: Any) -> Any:
    """Half characters would not survive the way."""
    if isinstance(value, dict):
        return {mended(name): mended(one) for name, one in value.items()}
    return mended(value)


def _derived(secret: bytes) -> bytes:
    """A key for this purpose alone (RFC 5869, one block): the secret serves others too."""
    extracted = hmac.digest(_LABEL, secret, "sha256")
    return hmac.new(extracted, _LABEL + b"\x01", hashlib.sha256).digest()


def _flat(shut: Json) -> bool:
    """Only the shapes that we seal: deeper ones need not be looked at."""
    return len(shut) <= len(_SHORT) + 2 and all(_short(value) for value in shut.values())


def _short(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and isinstance(one, str) for name, one in value.items())
    return isinstance(value, str) or (type(value) is int and value == VERSION)


def _canonical(inside: Json) -> bytes:
    """Keys in order, no spaces, ASCII: platforms may reorder and re-escape what they carry."""
    return json.dumps(inside, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
