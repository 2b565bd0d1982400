"""The front page: the sandbox where there is one, else what happens now."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from adapters.web.readers import Readers


class Pages:
    """Everything here blocks, and runs in the thread pool."""

    def __init__(self, readers: Readers, sandbox: str) -> None:
        self._readers = readers
        self._sandbox = sandbox

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/", self.front)
        return routes

    def front(self, request: Request) -> Response:
        """Whoever is not signed in is told so here already."""
        if self._sandbox:
            return RedirectResponse(self._sandbox, 307)
        self._readers.of(request)
        return RedirectResponse("/now", 307)
