"""Slack's request signature: over the raw bytes, compared in constant time, before anything is parsed."""

from __future__ import annotations

import hmac

WINDOW = 300
"""Seconds by which a request's timestamp may differ from the real time, in both directions."""


def signature(secret: bytes, timestamp: bytes, body: bytes) -> bytes:
    """What Slack sends in `X-Slack-Signature`."""
    return b"v0=" + hmac.digest(secret, b"v0:" + timestamp + b":" + body, "sha256").hex().encode()


def genuine(secret: bytes, timestamp: bytes, body: bytes, given: bytes) -> bool:
    return hmac.compare_digest(signature(secret, timestamp, body), given)


def timely(timestamp: bytes, now: float) -> bool:
    """Whether the header is a plain number of seconds within the window. Never raises."""
    return len(timestamp) <= 12 and timestamp.isdigit() and abs(now - int(timestamp)) <= WINDOW
