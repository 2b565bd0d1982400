"""What trackers send, as far as it can be read. Law: garbage is refused with 400, and is no error of ours."""

from __future__ import annotations

import json
from typing import Any

from adapters.wire import Rejected, checked


def object_of(body: bytes) -> dict[str, Any]:
    """Raises `Rejected`."""
    try:
        text = body.decode()
        return checked(json.loads(text), text)
    except (ValueError, RecursionError):
        raise Rejected(400, "garbage") from None


def inner(told: Any, *names: str) -> dict[str, Any]:
    """The object at the end of these names; an empty one where there is none."""
    for name in names:
        told = told.get(name) if isinstance(told, dict) else None
    return told if isinstance(told, dict) else {}
