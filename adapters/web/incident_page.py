"""The page of one incident, its parts as they change while it runs, and its twins.

Law: a part is sent again only where it differs from what the reader has, so that nothing jumps under their hands.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from adapters.web import drafts
from adapters.web.answers import Told
from adapters.web.api import After, markdown_answer
from adapters.web.chart import chart
from adapters.web.doors import vary_by_reader
from adapters.web.look import Reader, by_day
from adapters.web.readers import Page
from adapters.web.shapes import incident_shape, item_shape
from adapters.web.timeline_table import timeline_csv
from bot.errors import NotFound
from bot.key_entries import in_order, story
from bot.model import FIVE_TIMES, Entry
from bot.ports import Record
from bot.record import naming
from bot.text import with_names
from bot.words import web as words
from bot.words.known import lines as known_lines
from bot.zones import local_date

_NAME = re.compile(r"(?P<key>[^.]{1,40})(?P<twin>\.json|\.md)?")
_ONCE = re.compile(r'name="_once" value="[^"]*"')
"""Differs each time, and changes nothing that is read."""
ROWS = 500
PARTS = ("head", "glance", "chart", "log", "items")
TELLING = ("head", "glance", "log", "items")
"""Parts whose change is news; the chart moves with the clock."""
Seen = Annotated[str, Query(max_length=100, pattern=r"^[0-9a-f-]*$")]


class IncidentPage(Page):
    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{name}", self.incident)
        routes.add_api_route("/incidents/{key}/live", self.live)
        routes.add_api_route("/incidents/{key}/timeline.csv", self.table)
        return routes

    def incident(
        self, request: Request, name: str, everything: Annotated[bool, Query(alias="all")] = False, after: After = ""
    ) -> Response:
        reader = self._readers.of(request)
        key, twin = _parted(name)
        if twin == ".json":
            shape = self._reading.incident(reader.caller, key)
            return vary_by_reader(JSONResponse({"incident": shape.model_dump(mode="json")}))
        record = self._reading.record(reader.caller, key)
        if twin == ".md":
            return vary_by_reader(markdown_answer(drafts.incident_markdown(record)))
        shown = self._shown(reader, record, everything, after)
        live = record.incident.is_open and not everything and not after
        parts = self._parts(shown)
        return vary_by_reader(self._look.page("incident", live=live, parts=parts, stamps=_stamps(parts), **shown))

    def live(self, request: Request, key: str, seen: Seen = "") -> Response:
        """The parts that are not those which were `seen`; nothing where all of them are."""
        reader = self._readers.of(request)
        record = self._reading.record(reader.caller, key)
        shown = self._shown(reader, record, everything=False, after="")
        parts = self._parts(shown)
        stamps = _stamps(parts)
        before = dict(zip(PARTS, seen.split("-"), strict=False))
        changed = [name for name in PARTS if before.get(name) != stamps[name]]
        if not changed and record.incident.is_open:
            return vary_by_reader(Response(status_code=204))
        news = any(name in TELLING for name in changed)
        fragment = self._look.part(
            "live", live=record.incident.is_open, parts=parts, stamps=stamps, changed=changed, news=news, **shown
        )
        return vary_by_reader(HTMLResponse(fragment))

    def table(self, request: Request, key: str) -> Response:
        """The chart as rows, and what it shows faintly too."""
        reader = self._readers.of(request)
        return vary_by_reader(timeline_csv(self._reading.record(reader.caller, key), reader.zone))

    def _shown(self, reader: Reader, record: Record, everything: bool, after: str) -> dict[str, Any]:
        names = naming(record.people)
        timeline, proposed = story(in_order(record.entries))
        rows, following = timeline[:ROWS], ""
        if everything or after or len(timeline) > ROWS:
            rows, following = self._rows(reader, record.incident.key, everything, after)
        today = local_date(record.now, drafts.house_zone(record))
        return {
            "reader": reader,
            "incident": incident_shape(record.incident, names),
            "times": [(name, getattr(record.incident.times, name)) for name in FIVE_TIMES],
            "days": by_day(rows, reader.zone),
            "rows": {entry.id for entry in rows},
            "proposed": frozenset() if everything else proposed,
            "names": names,
            "everything": everything,
            "after": after,
            "writes": reader.principal.kind != "guest",
            "next": following,
            "items": [item_shape(item, names, today) for item in record.items],
            "postmortem": record.postmortem,
            "known": [with_names(line, names) for line in known_lines(record.postmortem.known)]
            if record.postmortem
            else [],
            "chart": chart(record, timeline, proposed, names, reader.zone),
            "now": record.now,
        }

    def _rows(self, reader: Reader, key: str, everything: bool, after: str) -> tuple[tuple[Entry, ...], str]:
        try:
            page = self._reports.entries(reader.principal, key, everything=everything, limit=ROWS, after=after)
        except ValueError:
            raise Told(422, words.BAD_AFTER) from None
        return page or ((), "")

    def _parts(self, shown: dict[str, Any]) -> dict[str, Markup]:
        return {name: self._look.part(f"incident/{name}", **shown) for name in PARTS}


def _stamps(parts: dict[str, Markup]) -> dict[str, str]:
    """By which a part is known again."""
    return {name: hashlib.sha256(_ONCE.sub("", html).encode()).hexdigest()[:10] for name, html in parts.items()}


def _parted(name: str) -> tuple[str, str]:
    """Key and twin of the last part of an address. Raises `NotFound`."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFound(words.NOT_FOUND)
    return found["key"], found["twin"] or ""
