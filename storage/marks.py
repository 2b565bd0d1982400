"""Where a page of a list ends: a mark that whoever asks brings back for the next one. It tells nothing but a place."""

from __future__ import annotations

import base64
import json
from typing import Any


def mark(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place(marked: str, *kinds: type) -> list[Any]:
    """Numbers are such as a database holds. Raises `ValueError` for a mark that was not made by `mark`."""
    try:
        found = json.loads(base64.urlsafe_b64decode(marked + "=" * (-len(marked) % 4)))
    except ValueError as wrong:
        raise ValueError("not the end of a page") from wrong
    fits = isinstance(found, list) and [type(part) for part in found] == list(kinds)
    if not fits or not all(0 <= part < 1 << 57 for part in found if isinstance(part, int)):
        raise ValueError("not the end of a page")
    return list(found)
