"""Past incidents that are like one, as a page of their own and as a part that the incident's page brings in.

Law: looking for them takes longer than everything else on the incident's page, so nobody waits for it: it comes after.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from adapters.web.api import Reading, known_key
from adapters.web.doors import vary_by_reader
from adapters.web.look import Look
from adapters.web.readers import Readers
from bot.ports import Reports


class SimilarPage:
    """Everything here blocks, and runs in the thread pool."""

    def __init__(self, reports: Reports, readers: Readers, look: Look) -> None:
        self._reading = Reading(reports)
        self._readers = readers
        self._look = look

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{key}/similar", self.page)
        routes.add_api_route("/incidents/{key}/similar.json", self.json)
        return routes

    def page(self, request: Request, key: str) -> Response:
        """The list alone where a page asks for it by itself."""
        reader, key = self._readers.of(request), known_key(key)
        found = self._reading.similar(reader.caller, key).similar
        if "hx-request" in request.headers:
            return vary_by_reader(HTMLResponse(self._look.part("similar_list", found=found)))
        return vary_by_reader(self._look.page("similar", reader=reader, key=key, found=found))

    def json(self, request: Request, key: str) -> Response:
        found = self._reading.similar(self._readers.of(request).caller, known_key(key))
        return vary_by_reader(JSONResponse(found.model_dump(mode="json")))
