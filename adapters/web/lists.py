"""The list of incidents, searched and paged, with its twins for programs, spreadsheets and notes.

Law: the page and its twins answer the same question, which stands in the address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response

from adapters.web.api import After, Asked, markdown_answer, searched
from adapters.web.doors import vary_by_reader
from adapters.web.look import Reader
from adapters.web.readers import Page
from adapters.web.shapes import IncidentShape, rfc3339
from adapters.web.tables import csv_answer
from bot.markdown import literal
from bot.ports import Caller
from bot.text import Value, with_names
from bot.words import pages as words

LIST_PAGE = 50
AT_ONCE = 500
MOST = 10_000
"""Incidents in a file."""
TIMES = ("began_at", "detected_at", "declared_at", "mitigated_at", "resolved_at")
EXCERPT = 160
MOST_WORDS = 4
"""Tried one by one where all together find nothing."""
AskedSeverity = Literal["", "0", "1", "2", "3", "4", "5"]


class Sought(Value):
    """What somebody looks for."""

    status: Asked = ""
    severity: int = 0
    q: str = ""

    @property
    def address(self) -> str:
        """The part of an address behind the `?`."""
        return str(QueryParams({name: str(value) for name, value in self.model_dump().items() if value}))

    def wider(self) -> Iterator[tuple[Sought, str]]:
        """The same question with less in it, and how that is called."""
        asked = [name for name in ("status", "severity", "q") if getattr(self, name)]
        for name in asked if len(asked) > 1 else ():
            yield self.model_copy(update={name: Sought.model_fields[name].default}), words.WITHOUT[name]
        said = self.q.split()
        for word in said if 1 < len(said) <= MOST_WORDS else ():
            yield self.model_copy(update={"q": word}), words.with_word(word)


def sought(status: Asked = "", severity: AskedSeverity = "", q: str = "") -> Sought:
    """As it stands in an address; a form sends an empty severity where any will do."""
    return Sought(status=status, severity=int(severity or 0), q=searched(q))


Question = Annotated[Sought, Depends(sought)]


class Lists(Page):
    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents", self.page)
        routes.add_api_route("/incidents.json", self.json)
        routes.add_api_route("/incidents.csv", self.table)
        routes.add_api_route("/incidents.md", self.markdown)
        return routes

    def page(self, request: Request, asked: Question, after: After = "") -> Response:
        """Open ones stand first, on the first page of all."""
        reader = self._readers.of(request)
        who, plain = reader.caller, not asked.address
        page = self._reading.incidents(who, asked.status, asked.q, LIST_PAGE, after, asked.severity)
        open_ones = self._reading.incidents(who, "open", "", LIST_PAGE, "").incidents if plain and not after else ()
        above = {one.key for one in open_ones}
        shown = self._look.page(
            "incidents", reader=reader, asked=asked, open_ones=open_ones,
            others=[one for one in page.incidents if one.key not in above], next=page.next,
            count=self._count(who, asked), excerpts=self._excerpts(reader, asked, page.incidents),
            wider=self._wider(who, asked) if not page.incidents else (),
        )  # fmt: skip
        return vary_by_reader(shown)

    def json(
        self, request: Request, asked: Question, limit: Annotated[int, Query(ge=1, le=200)] = 50, after: After = ""
    ) -> Response:
        who = self._readers.of(request).caller
        found = self._reading.incidents(who, asked.status, asked.q, limit, after, asked.severity)
        return vary_by_reader(JSONResponse(found.model_dump(mode="json")))

    def table(self, request: Request, asked: Question) -> Response:
        who = self._readers.of(request).caller
        return vary_by_reader(csv_answer(words.LIST_HEAD, map(_cells, self._all(who, asked)), "incidents.csv"))

    def markdown(self, request: Request, asked: Question) -> Response:
        who = self._readers.of(request).caller
        lines = [_line(one) for one in self._all(who, asked)]
        head = [f"# {words.LIST_TITLE}", "", words.fits(len(lines), filtered=bool(asked.address)), ""]
        return vary_by_reader(markdown_answer("\n".join([*head, *lines]) + "\n"))

    def _all(self, who: Caller, asked: Sought) -> Iterator[IncidentShape]:
        after, left = "", MOST
        while left > 0:
            page = self._reading.incidents(who, asked.status, asked.q, min(AT_ONCE, left), after, asked.severity)
            yield from page.incidents
            after, left = page.next or "", left - AT_ONCE
            if not after:
                return

    def _count(self, who: Caller, asked: Sought) -> int:
        status = "" if asked.status == "all" else asked.status
        return self._reports.count(who.principal, status=status, severity=asked.severity, text=asked.q)

    def _wider(self, who: Caller, asked: Sought) -> list[tuple[str, str]]:
        """Addresses that would find something, with what they find."""
        counted = ((one.address, self._count(who, one), how) for one, how in asked.wider())
        return [(address, words.wider(count, how)) for address, count, how in counted if count]

    def _excerpts(self, reader: Reader, asked: Sought, incidents: tuple[IncidentShape, ...]) -> dict[str, str]:
        """By key, the first line of the timeline that has one of the words, where the rest shows none of them."""
        folded = [word.casefold() for word in asked.q.split()]
        hidden = [one.key for one in incidents if not all(word in _visible(one) for word in folded)]
        found = self._reports.mentions(reader.principal, hidden, asked.q)
        names = self._reading.names(reader.caller, (), tuple(found.values()))
        return {key: _cut(with_names(entry.text, names), folded) for key, entry in found.items()}


def _line(one: IncidentShape) -> str:
    return f"- **{one.key}** SEV{one.severity} {literal(one.title)} · {one.status}"


def _visible(one: IncidentShape) -> str:
    return f"{one.key} {one.title} {one.impact or ''}".casefold()


def _cut(text: str, words_sought: list[str]) -> str:
    """The text around the first word."""
    text = " ".join(text.split())
    places = [place for word in words_sought if (place := text.casefold().find(word)) >= 0]
    start = max(0, min(places, default=0) - EXCERPT // 3)
    end = start + EXCERPT
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _cells(one: IncidentShape) -> tuple[str, ...]:
    times = (getattr(one, name) for name in TIMES)
    flags = ("yes" if one.private else "", "yes" if one.drill else "")
    told = (one.service or "", one.lead or "", one.impact or "")
    moments = (rfc3339(at) if at else "" for at in times)
    return (one.key, one.title, str(one.severity), one.status, *flags, *told, *moments)
