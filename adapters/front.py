"""What stands before the web application: chat traffic goes straight to its platform's door.

Law: a captured message pays for nothing it does not use.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class Front:
    """`doors` are routes below `prefixes`; what none of them takes is the web application's.

    A route that is an application at a fixed path is looked up by it. It gets every method, as it would anyway.
    """

    def __init__(self, web: ASGIApp, doors: Sequence[BaseRoute], prefixes: tuple[str, ...] = ("/slack/",)) -> None:
        self._web = web
        self._fixed = {door.path: door.app for door in doors if isinstance(door, Route) and _is_fixed(door)}
        self._doors = Router(list(doors), default=web)
        self._prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._web
        if scope["type"] == "http":
            app = self._fixed.get(scope["path"]) or self._below(scope["path"])
        await app(scope, receive, send)

    def _below(self, path: str) -> ASGIApp:
        return self._doors if path.startswith(self._prefixes) else self._web


def _is_fixed(door: Route) -> bool:
    return door.methods is None and not door.param_convertors
