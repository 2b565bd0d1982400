"""The one HTTP client that integrations share.

Law: it follows no redirect, takes no proxy or credentials from the environment, and waits for nobody for ever.
"""

from __future__ import annotations

import httpx


def client(*, timeout: float = 10.0) -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False)
