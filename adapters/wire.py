"""The one HTTP client with which integrations call out.

Law: a call ends in time, follows no redirect, and takes neither proxy nor credentials from its surroundings.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

TOTAL, CONNECT = 10.0, 5.0


def client() -> httpx.AsyncClient:
    """Whoever makes it closes it."""
    timeout = httpx.Timeout(TOTAL, connect=CONNECT)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False)


async def ask(http: httpx.AsyncClient, method: str, url: str, *, seconds: float = TOTAL, **more: Any) -> httpx.Response:
    """One request. httpx times each read by itself: an answer that trickles is cut here. Raises `httpx.HTTPError`."""
    try:
        async with asyncio.timeout(seconds):
            return await http.request(method, url, **more)
    except TimeoutError:
        raise httpx.ReadTimeout("no answer in time") from None
