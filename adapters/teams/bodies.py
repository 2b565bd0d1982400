"""What an answer carries: read up to a limit, and never trusted to be what it should be."""

from __future__ import annotations

import json
import math
from typing import Any

import aiohttp

LARGEST = 4 * 1024 * 1024
"""A page of 500 members is well below this."""


async def read_json(response: aiohttp.ClientResponse, limit: int = LARGEST) -> Any:
    """The JSON of a body; None where it is none, or too long."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if len(body) > limit:
            return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def id_in(body: Any, name: str = "id") -> str:
    """An id, which may be a number; empty where there is none."""
    found = body.get(name) if isinstance(body, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def object_in(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}


def objects_in(body: Any, name: str) -> list[dict[str, Any]]:
    found = object_in(body).get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def seconds_in(retry_after: str) -> float | None:
    """`Retry-After` in seconds; None where it says nothing of the kind (a date is the same as nothing)."""
    try:
        seconds = float(retry_after)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
