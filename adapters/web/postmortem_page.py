"""The page of a postmortem, its twin for programs, and the file for the calendar.

Law: whoever is not signed in gets one and the same page everywhere; whoever is, sees what chat would show them.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from adapters.web import drafts
from adapters.web.api import Reading
from adapters.web.doors import vary_by_reader
from adapters.web.look import Look
from adapters.web.readers import Readers
from bot.calendar_file import calendar_file
from bot.ports import Reports
from bot.readiness import readiness
from bot.record import naming
from bot.review_meeting import meeting
from bot.words import review as review_words
from bot.words import web as words


class PostmortemPage:
    """Everything here blocks, and runs in the thread pool."""

    def __init__(self, reports: Reports, readers: Readers, look: Look, public_url: str = "") -> None:
        self._reading = Reading(reports)
        self._readers = readers
        self._look = look
        self._public_url = public_url.rstrip("/")

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        for twin in ("", ".json"):
            routes.add_api_route(f"/incidents/{{key}}/postmortem{twin}", self.postmortem, name=f"postmortem{twin}")
        routes.add_api_route("/incidents/{key}/review.ics", self.review)
        return routes

    def postmortem(self, request: Request, key: str) -> Response:
        reader = self._readers.of(request)
        record = self._reading.record(reader.caller, key)
        if request.url.path.endswith(".json"):
            return vary_by_reader(JSONResponse(drafts.json_of(record)))
        if record.postmortem is None:
            text = words.no_postmortem(record.incident.key)
            return self._look.message(404, words.NOT_FOUND_TITLE, text, reader=reader)
        made = drafts.draft_of(record, reader.zone)
        missing = readiness(record.incident, record.items, record.postmortem, made)
        return vary_by_reader(self._look.page("postmortem", reader=reader, draft=made, missing=missing))

    def review(self, request: Request, key: str) -> Response:
        """The meeting in which it is reviewed, for the reader's calendar."""
        reader = self._readers.of(request)
        record = self._reading.record(reader.caller, key)
        found = meeting(record, naming(record.people), drafts.house_zone(record), self._page_of(record.incident.key))
        if found is None:
            text = review_words.no_meeting(record.incident.key)
            return self._look.message(404, words.NOT_FOUND_TITLE, text, reader=reader)
        name = f'attachment; filename="{record.incident.key}-review.ics"'
        told = {"content-disposition": name}
        return vary_by_reader(Response(calendar_file(found), media_type="text/calendar; charset=utf-8", headers=told))

    def _page_of(self, key: str) -> str:
        return f"{self._public_url}/incidents/{key}/postmortem" if self._public_url else ""
