"""Open action items, the worst first, with what the reader may do to each, and its twins.

Law: what does not stand on this page of the list is not read. A name leads to what its owner has to do; how many items
somebody else has is told nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from adapters.web.action_deeds import form_of, offered, undoable
from adapters.web.action_question import Question, Wanted, choices
from adapters.web.answers import Told
from adapters.web.api import After, markdown_answer
from adapters.web.doors import vary_by_reader
from adapters.web.look import Reader
from adapters.web.postmortem_view import Opened
from adapters.web.readers import Page
from adapters.web.shapes import ItemShape, rfc3339
from adapters.web.tables import csv_answer
from bot.item_lists import Listed, Which
from bot.markdown import literal
from bot.model import ActionItem, Organisation
from bot.ports import Caller
from bot.text import Value
from bot.words import follow_through as words
from bot.words import web as web_words
from bot.zones import due_echo, late

LIST_PAGE = 40
"""So many that all of them can be ticked in one form."""
AT_ONCE, MOST = 500, 10_000
"""Items that are read at a time, and that a file has."""
NAMES_OFFERED = 200
Do = Annotated[str, Query(max_length=40)]


class Row(NamedTuple):
    item: ItemShape
    may: frozenset[str]


class Offered(Value):
    """What the fields of a form offer: names of those who have to do with what is shown."""

    names: tuple[str, ...]
    people: tuple[tuple[str, str], ...] = ()


class ActionsShape(Value):
    count: int | None
    """How many fit, on all pages; None where they are those of one other person."""
    actions: tuple[ItemShape, ...]
    next: str | None


class Again(Value):
    """A page that is shown once more, because what was sent from it could not be taken."""

    form: Opened | None = None
    problem: str = ""
    typed: dict[str, str] = {}


class ActionsPage(Page):
    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/actions", self.page)
        routes.add_api_route("/actions.json", self.json)
        routes.add_api_route("/actions.csv", self.table)
        routes.add_api_route("/actions.md", self.markdown)
        return routes

    def page(
        self, request: Request, asked: Question, after: After = "", do: Do = "", item: Do = "", undo: Do = ""
    ) -> Response:
        """`do` and `item` open a form below an item; `undo` is the one that was just changed."""
        reader = self._readers.of(request)
        form = self.opened(reader, do, item) if do and item else None
        return self.shown(reader, asked, after, again=Again(form=form) if form else None, undo=undo)

    def shown(
        self, reader: Reader, asked: Wanted, after: str = "", *, again: Again | None = None, undo: str = ""
    ) -> Response:
        who, organisation = reader.caller, self.organisation(reader)
        which = self._which(who, organisation, asked)
        items, following = self._some(who, which, LIST_PAGE, after)
        around = self._reports.listed(who.principal, [one.key for one in items])
        shown = self._look.page(
            "actions", 422 if again and (again.problem or (again.form and again.form.problem)) else 200,
            reader=reader, asked=asked, after=after, next=following, today=self._reading.today(who),
            rows=self._rows(who, organisation, items, around), count=self._count(who, which),
            whose=self._whose(who, asked), services=choices(organisation.policies, asked.of), again=again or Again(),
            view=self._names(who, around), undo=self._undo(reader, undo),
        )  # fmt: skip
        return vary_by_reader(shown)

    def opened(self, reader: Reader, kind: str, key: str) -> Opened | None:
        """The form that was asked for; None: there is none, or not for this reader."""
        listed = self._reports.listed(reader.principal, [key]).get(key.upper())
        if listed is None:
            return None
        form = form_of(listed, self.organisation(reader), reader.principal, kind, self._reports.now())
        return Opened(deed=kind, about=listed.item.key, part=listed.item.key, form=form) if form else None

    def organisation(self, reader: Reader) -> Organisation:
        found = self._reports.organisation(reader.caller.organisation)
        return found or Organisation(id=reader.caller.organisation, name="")

    def _which(self, who: Caller, organisation: Organisation, asked: Wanted) -> Which:
        return asked.which(who.principal.id, organisation.policies, self._reading.today(who))

    def _count(self, who: Caller, which: Which) -> int | None:
        if which.owner not in (None, "", who.principal.id):
            return None
        return self._reports.count_open_items(who.principal, which)

    def _some(self, who: Caller, which: Which, limit: int, after: str) -> tuple[tuple[ActionItem, ...], str]:
        try:
            return self._reports.open_items(who.principal, which, limit=limit, after=after)
        except ValueError:
            raise Told(422, web_words.BAD_AFTER) from None

    def _rows(
        self, who: Caller, organisation: Organisation, items: Sequence[ActionItem], around: Mapping[str, Listed]
    ) -> list[Row]:
        now, none = self._reports.now(), frozenset[str]()
        may = {key: offered(listed, organisation, who.principal, now) for key, listed in around.items()}
        return [Row(shape, may.get(shape.key, none)) for shape in self._reading.item_shapes(who, items)]

    def _whose(self, who: Caller, asked: Wanted) -> list[tuple[str, str]]:
        """Somebody is offered by name only where their items are looked at already."""
        if asked.owner in dict(words.WHOSE):
            return list(words.WHOSE)
        found = self._reports.people(who.organisation, (asked.owner,)).get(asked.owner)
        return [*words.WHOSE, (asked.owner, found.name if found else asked.owner)]

    def _names(self, who: Caller, around: Mapping[str, Listed]) -> Offered:
        ids = {one for listed in around.values() for one in (listed.item.owner, *listed.incident.responders)}
        people = self._reports.people(who.organisation, sorted(ids - {""})[:NAMES_OFFERED]).values()
        return Offered(names=tuple(sorted({one.name for one in people if one.kind in ("human", "guest")})))

    def _undo(self, reader: Reader, key: str) -> str:
        listed = self._reports.listed(reader.principal, [key]).get(key.upper()) if key else None
        return key if listed and undoable(listed.item, reader.principal, self._reports.now()) else ""

    # -- the twins

    def json(
        self, request: Request, asked: Question, limit: Annotated[int, Query(ge=1, le=200)] = 50, after: After = ""
    ) -> Response:
        reader = self._readers.of(request)
        who = reader.caller
        which = self._which(who, self.organisation(reader), asked)
        items, following = self._some(who, which, limit, after)
        told = ActionsShape(
            count=self._count(who, which),
            actions=self._reading.item_shapes(who, items),
            next=following or None,
        )
        return vary_by_reader(JSONResponse(told.model_dump(mode="json")))

    def table(self, request: Request, asked: Question) -> Response:
        return vary_by_reader(csv_answer(words.LIST_HEAD, map(_cells, self._all(request, asked)), "actions.csv"))

    def markdown(self, request: Request, asked: Question) -> Response:
        today = self._reading.today(self._readers.of(request).caller)
        lines = [_line(one, today) for one in self._all(request, asked)]
        head = [f"# {words.TITLE}", "", words.fits(len(lines), filtered=bool(asked.address)), ""]
        return vary_by_reader(markdown_answer("\n".join([*head, *lines]) + "\n"))

    def _all(self, request: Request, asked: Wanted) -> Iterator[ItemShape]:
        reader, after, left = self._readers.of(request), "", MOST
        which = self._which(reader.caller, self.organisation(reader), asked)
        while left > 0:
            items, after = self._some(reader.caller, which, min(AT_ONCE, left), after)
            yield from self._reading.item_shapes(reader.caller, items)
            left -= AT_ONCE
            if not after:
                return


def _line(one: ItemShape, today: date) -> str:
    owner = literal(one.owner) if one.owner else words.NOBODY
    told = f"{one.incident}, {owner}, due {due_echo(one.due)}, {late((today - one.due).days)}"
    return f"- **{one.key}** SEV{one.severity} {literal(one.text)} · {told}"


def _cells(one: ItemShape) -> tuple[str, ...]:
    flags = ("yes" if one.private else "", "yes" if one.drill else "")
    due = (one.due.isoformat(), "yes" if one.overdue else "", one.kind or "", str(one.snoozes), one.link or "")
    about = (one.key, one.text, one.incident, one.incident_title, str(one.severity), one.owner or "")
    return (*about, *due, *flags, rfc3339(one.created_at))
