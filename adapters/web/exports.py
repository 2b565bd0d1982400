"""A postmortem as a file, for people who are signed in and for programs with a token.

Law: what may not be known of is answered exactly like what does not exist, in every format; what is more than text is
handed over as a download, so that nothing of it is carried out in our name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapters.web.answers import NotSignedIn
from adapters.web.api import Reading, Who
from adapters.web.doors import Sessions, vary_by_reader
from adapters.web.look import Look
from bot.commands.exporting import FILES
from bot.errors import NotFound, Refused
from bot.ports import Caller, Export
from bot.words import export as words

MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "external": "text/markdown; charset=utf-8",
    "json": "application/json",
}
SHOWN = frozenset({"md", "external"})
"""Formats that a browser shows as text; the others are downloads."""
SUMMARIES = {
    "md": "Its postmortem as Markdown",
    "html": "As one HTML file",
    "pdf": "As PDF",
    "external": "Its version for readers outside",
    "json": "The whole record, as `debrief import` reads it",
}


class Exports:
    """Everything here blocks, and runs in the thread pool."""

    def __init__(self, reading: Reading, formats: Mapping[str, Export], sessions: Sessions, look: Look) -> None:
        self._reading = reading
        self._formats = formats
        self._sessions = sessions
        self._look = look

    def pages(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        for name in self._formats:
            routes.add_api_route(f"/incidents/{{key}}/{FILES[name]}", self._page(name), name=f"export {name}")
        return routes

    def api(self) -> APIRouter:
        routes = APIRouter(tags=["reading"])
        for name in self._formats:
            path = f"/incidents/{{key}}/{FILES[name]}"
            routes.add_api_route(path, self._answer(name), summary=SUMMARIES[name], response_class=Response)
        return routes

    def _page(self, name: str) -> Callable[..., Response]:
        def page(request: Request, key: str) -> Response:
            caller = self._sessions.caller(request)
            if caller is None:
                raise NotSignedIn
            try:
                return vary_by_reader(self._file(caller, key, name))
            except NotFound:
                raise
            except Refused as refused:
                return self._look.message(422, words.NOT_YET_TITLE, str(refused))

        return page

    def _answer(self, name: str) -> Callable[..., Response]:
        def answer(who: Who, key: str) -> Response:
            return self._file(who, key, name)

        return answer

    def _file(self, who: Caller, key: str, name: str) -> Response:
        record = self._reading.record(who, key)
        saved = f'attachment; filename="{record.incident.key}-{FILES[name]}"'
        headers = {} if name in SHOWN else {"content-disposition": saved}
        return Response(self._formats[name](record), media_type=MEDIA[name], headers=headers)
