"""What needs somebody at this moment: incidents that are open, and what waits for the reader.

Law: the page and its twins show the same, the worst and the latest first, and of others' work only what waits for you.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from adapters.web.api import markdown_answer
from adapters.web.doors import vary_by_reader
from adapters.web.look import Reader
from adapters.web.readers import Page
from adapters.web.shapes import IncidentShape, Instant, ItemShape, incident_shape, spoken_of
from bot.draft_names import Names
from bot.markdown import literal
from bot.model import Incident, ItemStatus, Person, Postmortem
from bot.record import naming
from bot.text import Value, with_names
from bot.words import pages as words
from bot.zones import duration, late, local_date

MOST = 100
"""Open incidents that are shown."""
MOST_ITEMS = 25


class Running(Value):
    """An incident that is open."""

    incident: IncidentShape
    running: str
    """For how long."""
    update_due: Instant | None
    update_late: str
    """By how much the next update is late; empty: it is not."""


class Waiting(Value):
    """A postmortem that waits for the reader."""

    incident: str
    title: str
    severity: int
    status: str
    part: str
    """What the reader is to it: its owner, or asked to review it."""
    due: date
    days_late: int


class Now(Value):
    at: Instant
    incidents: tuple[Running, ...]
    unled: tuple[str, ...]
    """Keys of open incidents without a commander."""
    actions: tuple[ItemShape, ...]
    postmortems: tuple[Waiting, ...]


class NowPage(Page):
    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/now", self.page)
        routes.add_api_route("/now.json", self.json)
        routes.add_api_route("/now.md", self.markdown)
        return routes

    def page(self, request: Request) -> Response:
        reader = self._readers.of(request)
        now = self._now(reader)
        shown = self._look.page(
            "now", reader=reader, now=now, today=local_date(now.at, reader.zone), most_items=MOST_ITEMS
        )
        return vary_by_reader(shown)

    def json(self, request: Request) -> Response:
        return vary_by_reader(JSONResponse(self._now(self._readers.of(request)).model_dump(mode="json")))

    def markdown(self, request: Request) -> Response:
        reader = self._readers.of(request)
        return vary_by_reader(markdown_answer(_markdown(self._now(reader), reader.zone)))

    def _now(self, reader: Reader) -> Now:
        now, me = self._reports.now(), reader.principal
        found, _ = self._reports.incidents(me, status="open", limit=MOST)
        ids, accounts = spoken_of(found)
        names = naming(self._reports.people(me.organisation, ids, accounts))
        worst_first = sorted(found, key=lambda one: (one.severity, _since(one) or now, one.id))
        items = self._reports.items(me, owner=me.id, status=ItemStatus.OPEN.value)
        return Now(
            at=now,
            incidents=tuple(_running(one, names, now) for one in worst_first),
            unled=tuple(one.key for one in worst_first if not one.lead),
            actions=self._reading.item_shapes(reader.caller, items),
            postmortems=self._waiting(me, local_date(now, reader.zone)),
        )

    def _waiting(self, me: Person, today: date) -> tuple[Waiting, ...]:
        mine = [(one, of, part) for one, of in self._reports.unfinished(me) if (part := _part(of, me.id))]
        ids, accounts = spoken_of([one for one, *_ in mine])
        names = naming(self._reports.people(me.organisation, ids, accounts))
        return tuple(
            Waiting(
                incident=one.key, title=with_names(one.title, names), severity=one.severity, status=of.status.value,
                part=part, due=of.due, days_late=(today - of.due).days,
            )
            for one, of, part in mine
        )  # fmt: skip


def _since(incident: Incident) -> datetime | None:
    return incident.times.declared.at if incident.times.declared else None


def _running(incident: Incident, names: Names, now: datetime) -> Running:
    since, due = _since(incident), incident.update.next_due if incident.update else None
    return Running(
        incident=incident_shape(incident, names),
        running=duration(now - since) if since else "",
        update_due=due,
        update_late=duration(now - due) if due and now - due >= timedelta(minutes=1) else "",
    )


def _part(postmortem: Postmortem, me: str) -> str:
    if postmortem.owner == me:
        return words.OWNER
    review = postmortem.review
    asked = review is not None and review.version == postmortem.version and me in review.silent
    return words.REVIEWER if asked else ""


def _markdown(now: Now, zone: str) -> str:
    today = local_date(now.at, zone)
    out = [f"# {words.NOW_TITLE}", "", words.as_of_now(now.at, zone), "", f"## {words.OPEN_TITLE}", ""]
    out += [_incident_line(one) for one in now.incidents] or [words.NOTHING_BURNS]
    out += ["", f"## {words.MY_ITEMS}", ""]
    out += [
        f"- **{item.key}** {literal(item.text)} · {item.incident}, {late((today - item.due).days)}"
        for item in now.actions
    ] or [words.NO_ITEMS]
    out += ["", f"## {words.MY_POSTMORTEMS}", ""]
    out += [
        f"- **{one.incident}** {literal(one.title)} · {one.status}, {one.part}, {late(one.days_late)}"
        for one in now.postmortems
    ] or [words.NO_POSTMORTEMS]
    return "\n".join(out) + "\n"


def _incident_line(one: Running) -> str:
    incident = one.incident
    state = f"{incident.status}, {incident.phase}" if incident.phase else incident.status
    led = words.led_by(incident.lead)
    line = f"- **{incident.key}** SEV{incident.severity} {literal(incident.title)} · {state} · {literal(led)}"
    line += f" · {words.running_for(one.running)}" if one.running else ""
    return line + (f" · {words.update_late(one.update_late)}" if one.update_late else "")
