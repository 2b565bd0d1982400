"""How much of what was agreed gets done, as a page of its own and as a part that the list of action items brings in.

Law: counting takes longer than a page of the list, so nobody waits for it; and it asks for no owner, whatever is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from adapters.web.action_question import Question, Wanted
from adapters.web.api import markdown_answer
from adapters.web.doors import vary_by_reader
from adapters.web.follow_chart import age_chart, burn_up_chart
from adapters.web.readers import Page
from adapters.web.tables import csv_answer
from bot.follow_through import Figures, FollowThrough, Group
from bot.markdown import literal
from bot.ports import Caller
from bot.words import follow_through as words

SHOWN = ("on_time", "overdue", "age", "snoozed", "wont_do", "accepted", "did_not_hold")


class FollowPage(Page):
    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/actions/follow-through", self.page)
        routes.add_api_route("/actions/follow-through.json", self.json)
        routes.add_api_route("/actions/follow-through.csv", self.table)
        routes.add_api_route("/actions/follow-through.md", self.markdown)
        routes.add_api_route("/actions/ages.csv", self.ages)
        routes.add_api_route("/actions/burn-up.csv", self.burn_up)
        return routes

    def page(self, request: Request, asked: Question) -> Response:
        """The part alone where a page asks for it by itself."""
        reader, asked = self._readers.of(request), asked.of_all()
        found = self._counted(reader.caller, asked)
        told: dict[str, Any] = {
            "found": found, "asked": asked, "ages": age_chart(found.ages), "burn_up": burn_up_chart(found.burn_up),
            "shown": [(name, getattr(found.all, name)) for name in SHOWN], "groups": _groups(found),
        }  # fmt: skip
        if "hx-request" in request.headers:
            return vary_by_reader(HTMLResponse(self._look.part("follow_through", alone=False, **told)))
        return vary_by_reader(self._look.page("follow", reader=reader, alone=True, **told))

    def json(self, request: Request, asked: Question) -> Response:
        return vary_by_reader(JSONResponse(self._found(request, asked).model_dump(mode="json")))

    def table(self, request: Request, asked: Question) -> Response:
        found = self._found(request, asked)
        rows = [("", "", *_cells(found.all))]
        rows += [(by, group.name, *_cells(group.figures)) for by, groups in found.by.items() for group in groups]
        return vary_by_reader(csv_answer(words.CSV_HEAD, rows, "follow-through.csv"))

    def ages(self, request: Request, asked: Question) -> Response:
        found = self._found(request, asked).ages
        counts = [(words.between(one), one.overdue, one.in_time, one.overdue + one.in_time) for one in found]
        return vary_by_reader(csv_answer(words.AGES_HEAD, [[str(cell) for cell in row] for row in counts], "ages.csv"))

    def burn_up(self, request: Request, asked: Question) -> Response:
        found = self._found(request, asked).burn_up
        counts = [(one.day, one.noted, one.ended, one.noted - one.ended) for one in found]
        rows = [[str(cell) for cell in row] for row in counts]
        return vary_by_reader(csv_answer(words.WEEKS_HEAD, rows, "burn-up.csv"))

    def markdown(self, request: Request, asked: Question) -> Response:
        found = self._found(request, asked)
        return vary_by_reader(markdown_answer("\n".join(_markdown(found, asked.of_all())) + "\n"))

    def _found(self, request: Request, asked: Wanted) -> FollowThrough:
        return self._counted(self._readers.of(request).caller, asked.of_all())

    def _counted(self, who: Caller, asked: Wanted) -> FollowThrough:
        return self._reading.follow_through(who, asked.services, asked.severity)


def _groups(found: FollowThrough) -> list[tuple[str, tuple[Group, ...]]]:
    """By team where there are teams, else by service; and only what tells anything apart."""
    first = "team" if any(group.name for group in found.by["team"]) else "service"
    return [(by, found.by[by]) for by in (first, "factor", "severity") if any(group.name for group in found.by[by])]


def _markdown(found: FollowThrough, asked: Wanted) -> Iterator[str]:
    yield from (f"# {words.FOLLOWED}", "", words.since(found.since, words.asked_for(asked.severity, asked.of_name)), "")
    yield from (f"- {words.LABELS[name]}: {words.figure(getattr(found.all, name))}" for name in SHOWN)
    yield from ("", f"- {words.ages_told(found)}", f"- {words.burn_up_told(found)}")
    for by, groups in _groups(found):
        yield from ("", f"## {words.BY[by]}", "")
        yield from (f"- {literal(words.group_name(by, group.name))}: {_line(group.figures)}" for group in groups)
    yield from ("", words.WHAT_COUNTS)


def _line(figures: Figures) -> str:
    told = (f"{words.LABELS[name].casefold()} {words.figure(getattr(figures, name))}" for name in SHOWN)
    return "; ".join(told)


def _cells(one: Figures) -> tuple[str, ...]:
    """Numbers alone, for whoever calculates with them."""
    numbers = (
        one.n, one.on_time.part, one.on_time.of, one.overdue.part, one.overdue.of, one.age.median, one.age.lower,
        one.age.upper, one.snoozed.part, one.snoozes, one.wont_do.part, one.accepted.part, one.accepted.of,
        one.did_not_hold.part, one.did_not_hold.of,
    )  # fmt: skip
    return tuple("" if number is None else str(number) for number in numbers)
