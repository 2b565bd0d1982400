"""Cutting a connection without an answer, the way a dying server does.

The web server's transport is reached through the `send` callable, where it has one; `Watched` keeps it in the scope.
"""

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_KEY = "sandbox.transport"


class Cut(Response):
    """A response that is none: the connection ends without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's signature
        if abort(scope):
            await asyncio.sleep(0.01)  # lets the server notice that its connection is gone
        else:
            await _break_off(send)


class Watched:
    """Wraps the simulator's app and remembers each connection's transport in its scope."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_KEY] = getattr(getattr(send, "__self__", None), "transport", None)
        await self.app(scope, receive, send)


def abort(scope: Any) -> bool:
    transport = scope.get(_KEY)
    if transport is None:
        return False
    transport.abort()
    return True


async def _break_off(send: Send) -> None:
    """Where no transport can be reached (behind other middleware): a body that ends before its announced length."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"1000"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"ok":', "more_body": True})
