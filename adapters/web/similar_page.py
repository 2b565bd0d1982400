"""Past incidents that are like one, as a page of their own and as a part that the incident's page brings in.

Law: looking for them takes longer than everything else on the incident's page, so nobody waits for it: it comes after.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from adapters.web.api import known_key, markdown_answer
from adapters.web.doors import vary_by_reader
from adapters.web.readers import Page
from adapters.web.similar import SimilarShape
from bot.markdown import literal
from bot.words import pages as words
from bot.zones import due_echo


class SimilarPage(Page):
    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{key}/similar", self.page)
        routes.add_api_route("/incidents/{key}/similar.json", self.json)
        routes.add_api_route("/incidents/{key}/similar.md", self.markdown)
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

    def markdown(self, request: Request, key: str) -> Response:
        caller, key = self._readers.of(request).caller, known_key(key)
        told = [line for one in self._reading.similar(caller, key).similar for line in _lines(one)]
        head = [f"# {words.similar_to(key)}", ""]
        return vary_by_reader(markdown_answer("\n".join(head + (told or [words.NOTHING_SIMILAR])) + "\n"))


def _lines(one: SimilarShape) -> list[str]:
    fixed = [f"  - {words.FIXED_BY} {literal(one.fixed_by)}"] if one.fixed_by else []
    items = [f"  - {item.key} {literal(item.text)} ({words.due_on(due_echo(item.due))})" for item in one.open_actions]
    return [f"- **{one.key}** {literal(one.title)} · {one.reason}", *fixed, *items]
