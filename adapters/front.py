"""What stands before the web application: chat traffic goes straight to its platform's door.

Law: a captured message pays for nothing it does not use.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class Front:
    """`doors` are routes below `prefix`; what none of them takes is the web application's."""

    def __init__(self, web: ASGIApp, doors: Sequence[BaseRoute], prefix: str = "/slack/") -> None:
        self._web = web
        self._doors = Router(list(doors), default=web)
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chat = scope["type"] == "http" and scope["path"].startswith(self._prefix)
        await (self._doors if chat else self._web)(scope, receive, send)
