"""What a signed token (JWT, RS256) says: the checks that every issuer's tokens share.

Law: the token chooses neither its algorithm nor its key's meaning, and claims that are not yet proven can only refuse.
"""

from __future__ import annotations

import math
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from adapters.wire import Rejected

ALGORITHM = "RS256"
SKEW = 300
"""Seconds by which clocks may differ."""
UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, RecursionError)

Json = dict[str, Any]


def kid_of(token: str) -> str:
    """The name of the key with which a token claims to be signed. Raises `Rejected`."""
    try:
        head = jwt.get_unverified_header(token)
    except UNREADABLE:
        raise Rejected(401, "token") from None
    kid = head.get("kid")
    if head.get("alg") != ALGORITHM:
        raise Rejected(401, "algorithm")
    if not isinstance(kid, str) or not kid:
        raise Rejected(401, "key")
    return kid


def unproven(token: str) -> Json:
    """The claims as anybody could have written them: they can only refuse. Raises `Rejected`."""
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except UNREADABLE:
        raise Rejected(401, "token") from None


_SIGNATURE_ONLY: Any = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
"""What they mean is checked by whoever asked, against a clock of theirs and with figures that no number can upset."""


def proven(token: str, key: RSAPublicKey) -> Json:
    """The claims that whoever has the key has signed. Raises `Rejected`."""
    try:
        return dict(jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY))
    except UNREADABLE:
        raise Rejected(401, "signature") from None


def timely(claims: Json, now: float) -> bool:
    """Whether a token has begun and not ended; one without an end is none."""
    ends, begins = claims.get("exp"), claims.get("nbf", now)
    if ends is None or not (_is_time(ends) and _is_time(begins)):
        return False
    return bool(ends > now - SKEW and begins <= now + SKEW)


def _is_time(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)
