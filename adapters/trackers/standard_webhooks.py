"""Signatures as Standard Webhooks writes them (github.com/standard-webhooks/standard-webhooks, the specification).

Law: what is signed is the id, the moment and the raw bytes, joined by dots; what is older than five minutes is nothing.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping

from adapters.wire import Rejected

WINDOW = 300
"""Seconds, of real time."""
LONGEST = 200


def signed(key: bytes, id_: str, now: float, body: bytes) -> dict[str, str]:
    """The three headers."""
    moment = str(int(now))
    return {"webhook-id": id_, "webhook-timestamp": moment, "webhook-signature": _signature(key, id_, moment, body)}


def genuine(key: bytes, headers: Mapping[str, str], now: float, body: bytes) -> str:
    """The id of what was sent. Several signatures may stand there, while a secret is replaced. Raises `Rejected`."""
    id_, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not (0 < len(id_) <= LONGEST and id_.isascii() and len(given) <= 10 * LONGEST and given.isascii()):
        raise Rejected(401, "signature")
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= 12 and abs(now - int(moment)) <= WINDOW):
        raise Rejected(401, "timestamp")
    right = _signature(key, id_, moment, body)
    matches = [hmac.compare_digest(right, one) for one in given.split(" ")]
    if not any(matches):
        raise Rejected(401, "signature")
    return id_


def _signature(key: bytes, id_: str, moment: str, body: bytes) -> str:
    digest = hmac.digest(key, f"{id_}.{moment}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode('ascii')}"
