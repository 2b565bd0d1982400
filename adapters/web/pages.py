"""Pages to read: incidents, one incident, its postmortem, each with its twins for programs.

Law: whoever is not signed in gets one and the same page everywhere; whoever is, sees what chat would show them.
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from adapters.web import drafts
from adapters.web.answers import NotSignedIn, Told
from adapters.web.api import After, Asked, Reading, markdown_answer
from adapters.web.doors import Sessions, vary_by_reader
from adapters.web.look import Look, Reader, by_day, reader_of, told_in
from adapters.web.shapes import incident_shape, item_shape
from bot.calendar_file import calendar_file
from bot.draft import readiness
from bot.errors import NotFound
from bot.key_entries import in_order, story
from bot.model import FIVE_TIMES, Entry
from bot.ports import Record, Reports
from bot.record import naming
from bot.review_meeting import meeting
from bot.words import review as review_words
from bot.words import web as words
from bot.zones import zone_of

_NAME = re.compile(r"(?P<key>[^.]{1,40})(?P<twin>\.json|\.md)?")
LOG_PAGE = 500
LIST_PAGE = 50


class Pages:
    """Everything here blocks, and runs in the thread pool."""

    def __init__(self, reports: Reports, sessions: Sessions, look: Look, sandbox: str, public_url: str = "") -> None:
        self._reports = reports
        self._reading = Reading(reports)
        self._sessions = sessions
        self._look = look
        self._sandbox = sandbox
        self._public_url = public_url.rstrip("/")

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/", self.front)
        routes.add_api_route("/incidents", self.incidents)
        routes.add_api_route("/incidents.json", self.incidents_json)
        routes.add_api_route("/incidents/{name}", self.incident)
        for twin in ("", ".json"):
            routes.add_api_route(f"/incidents/{{key}}/postmortem{twin}", self.postmortem, name=f"postmortem{twin}")
        routes.add_api_route("/incidents/{key}/review.ics", self.review)
        return routes

    def reader(self, request: Request) -> Reader:
        caller = self._sessions.caller(request)
        if caller is None:
            raise NotSignedIn
        organisation = self._reports.organisation(caller.organisation)
        return reader_of(caller, organisation, seal=self._sessions.seal(request), told=told_in(request))

    # -- the list

    def front(self, request: Request) -> Response:
        if self._sandbox:
            return RedirectResponse(self._sandbox, 307)
        return self.incidents(request)

    def incidents(self, request: Request, status: Asked = "", q: str = "", after: After = "") -> Response:
        """Open ones stand first, on the first page."""
        reader = self.reader(request)
        first = not (status or q or after)
        open_ones = self._reading.incidents(reader.caller, "open", "", LIST_PAGE, "").incidents if first else ()
        page = self._reading.incidents(reader.caller, status, q, LIST_PAGE, after)
        first_shown = {one.key for one in open_ones}
        others = [one for one in page.incidents if one.key not in first_shown]
        shown = self._look.page(
            "incidents", reader=reader, open_ones=open_ones, others=others, next=page.next, status=status, q=q
        )
        return vary_by_reader(shown)

    def incidents_json(
        self,
        request: Request,
        status: Asked = "",
        q: str = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: After = "",
    ) -> Response:
        found = self._reading.incidents(self.reader(request).caller, status, q, limit, after)
        return vary_by_reader(JSONResponse(found.model_dump(mode="json")))

    # -- one incident

    def incident(
        self, request: Request, name: str, everything: Annotated[bool, Query(alias="all")] = False, after: After = ""
    ) -> Response:
        reader = self.reader(request)
        key, twin = _parted(name)
        if twin == ".json":
            shape = self._reading.incident(reader.caller, key)
            return vary_by_reader(JSONResponse({"incident": shape.model_dump(mode="json")}))
        record = self._reading.record(reader.caller, key)
        if twin == ".md":
            return vary_by_reader(markdown_answer(drafts.incident_markdown(record)))
        return vary_by_reader(self._incident_page(reader, record, everything, after))

    def _incident_page(self, reader: Reader, record: Record, everything: bool, after: str) -> Response:
        names = naming(record.people)
        entries, proposed = story(in_order(record.entries))
        following = ""
        if everything:
            entries, following, proposed = *self._log(reader, record.incident.key, after), frozenset()
        today = record.now.astimezone(zone_of(drafts.house_zone(record))).date()
        return self._look.page(
            "incident",
            reader=reader,
            incident=incident_shape(record.incident, names),
            times=[(name, getattr(record.incident.times, name)) for name in FIVE_TIMES],
            days=by_day(entries, reader.zone),
            proposed=proposed,
            names=names,
            everything=everything,
            next=following,
            items=[item_shape(item, names, today) for item in record.items],
            postmortem=record.postmortem,
        )

    def _log(self, reader: Reader, key: str, after: str) -> tuple[tuple[Entry, ...], str]:
        try:
            page = self._reports.entries(reader.principal, key, everything=True, limit=LOG_PAGE, after=after)
        except ValueError:
            raise Told(422, words.BAD_AFTER) from None
        return page or ((), "")

    # -- its postmortem

    def postmortem(self, request: Request, key: str) -> Response:
        reader = self.reader(request)
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
        reader = self.reader(request)
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


def _parted(name: str) -> tuple[str, str]:
    """Key and twin of the last part of an address. Raises `NotFound`."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFound(words.NOT_FOUND)
    return found["key"], found["twin"] or ""
