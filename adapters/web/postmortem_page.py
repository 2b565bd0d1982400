"""The page of a postmortem: read in two minutes, written in place, section by section.

Law: whoever is not signed in gets one and the same page everywhere; whoever is, sees what chat would show them.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from adapters.web import drafts
from adapters.web.doors import vary_by_reader
from adapters.web.look import Look, Reader
from adapters.web.postmortem_deeds import COMMENTS, REVIEW, offered
from adapters.web.postmortem_forms import opened
from adapters.web.postmortem_view import Opened, View, view_of
from adapters.web.readers import Page, Readers
from bot.calendar_file import calendar_file
from bot.errors import NotFound
from bot.ports import Record, Reports
from bot.record import naming
from bot.review_meeting import meeting
from bot.words import postmortem_page as page_words
from bot.words import review as review_words
from bot.words import web as words

Do = Annotated[str, Query(max_length=40)]
Of = Annotated[str, Query(max_length=100)]
At = Annotated[str, Query(max_length=100)]


class PostmortemPage(Page):
    def __init__(self, reports: Reports, readers: Readers, look: Look, public_url: str = "") -> None:
        super().__init__(reports, readers, look)
        self._public_url = public_url.rstrip("/")

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{key}/postmortem", self.postmortem)
        routes.add_api_route("/incidents/{key}/postmortem.json", self.postmortem_json)
        routes.add_api_route("/incidents/{key}/postmortem/part/{part}", self.part)
        routes.add_api_route("/incidents/{key}/review.ics", self.review)
        return routes

    def postmortem(self, request: Request, key: str, do: Do = "", of: Of = "", at: At = "") -> Response:
        """`do` and `of` open a form in its place; `at` is where what was just done is told."""
        reader = self._readers.of(request)
        record = self._reading.record(reader.caller, key, do)
        if record.postmortem is None:
            return vary_by_reader(self._not_there(record, reader))
        return self.shown(record, reader, opened(record, reader, do, of) if do else None, at)

    def _not_there(self, record: Record, reader: Reader) -> Response:
        text, may = page_words.no_postmortem(record.incident.key), offered(record, reader.principal)
        return self._look.page("no_postmortem", 404, reader=reader, text=text, key=record.incident.key, may=may)

    def shown(
        self, record: Record, reader: Reader, form: Opened | None = None, at: str = "", code: int = 200
    ) -> Response:
        """The whole page, with one form open at most."""
        view = view_of(record, reader)
        return vary_by_reader(
            self._look.page("postmortem", code, reader=reader, view=view, opened=form, at=at, back="")
        )

    def postmortem_json(self, request: Request, key: str) -> Response:
        record = self._reading.record(self._readers.of(request).caller, key)
        return vary_by_reader(JSONResponse(drafts.json_of(record)))

    # -- one part of it, to be put in its place

    def part(self, request: Request, key: str, part: str, do: Do = "", of: Of = "", back: Do = "") -> Response:
        """`back` is what was closed: the focus goes back to where it was opened."""
        reader = self._readers.of(request)
        record = self._reading.record(reader.caller, key, do)
        return self.part_shown(record, reader, part, opened(record, reader, do, of) if do else None, back=back)

    def part_shown(
        self, record: Record, reader: Reader, name: str, form: Opened | None, code: int = 200, back: str = ""
    ) -> Response:
        """Raises `NotFound` for a part that the page does not have."""
        view = view_of(record, reader)
        if name not in _parts(view):
            raise NotFound(words.NOT_FOUND)
        return vary_by_reader(
            self._look.page("postmortem_part", code, reader=reader, view=view, opened=form, part=name, at="", back=back)
        )

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


def _parts(view: View) -> frozenset[str]:
    return frozenset((REVIEW, COMMENTS, *(one.section.name for one in view.parts)))
