"""The JSON API's reading half.

Law: what a token's person may not know of is answered exactly like what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from adapters.web import drafts
from adapters.web.answers import Told
from adapters.web.doors import caller_of
from adapters.web.known import KnownAnswer, known_shape
from adapters.web.shapes import (
    EntriesPage,
    IncidentAnswer,
    IncidentShape,
    IncidentsPage,
    ItemShape,
    ItemsPage,
    entry_shape,
    incident_shape,
    item_shape,
    spoken_of,
    spoken_of_items,
)
from adapters.web.similar import SimilarAnswer, similar_shape, spoken_texts
from bot import words as common
from bot.draft_names import Names
from bot.errors import NotFound
from bot.follow_through import PERIOD, FollowThrough, follow_through, of_services
from bot.grammar import incident_key
from bot.item_lists import Dated
from bot.known import figures
from bot.model import ActionItem, Entry, Incident, Policies
from bot.ports import Caller, Record, Reports
from bot.record import naming
from bot.similar import similar
from bot.text import mentioned
from bot.words import web as words
from bot.zones import local_date, valid_zone

Who = Annotated[Caller, Depends(caller_of)]
After = Annotated[str, Query(max_length=500, description="`next` of the page before")]
Asked = Literal["open", "active", "mitigated", "resolved", "closed", "all", ""]
Of = Callable[[Policies], tuple[str, ...] | None]
AskedItems = Literal["open", "done", "won't do", "accepted risk", "all", ""]


class Reading:
    """What both the API and the twins of the pages answer. All calls block."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def incidents(
        self, who: Caller, status: str, text: str, limit: int, after: str, severity: int = 0
    ) -> IncidentsPage:
        status, text = "" if status == "all" else status, searched(text)
        try:
            found, following = self._reports.incidents(
                who.principal, status=status, severity=severity, text=text, limit=limit, after=after
            )
        except ValueError:
            raise Told(422, words.BAD_AFTER) from None
        names = self.names(who, found)
        return IncidentsPage(incidents=tuple(incident_shape(one, names) for one in found), next=following or None)

    def incident(self, who: Caller, key: str) -> IncidentShape:
        found = self._reports.incident(who.principal, known_key(key))
        if found is None:
            raise NotFound(common.no_such_incident(key))
        return incident_shape(found, self.names(who, (found,)))

    def timeline(self, who: Caller, key: str, everything: bool, limit: int, after: str) -> EntriesPage:
        try:
            page = self._reports.entries(who.principal, known_key(key), everything=everything, limit=limit, after=after)
        except ValueError:
            raise Told(422, words.BAD_AFTER) from None
        if page is None:
            raise NotFound(common.no_such_incident(key))
        names = self.names(who, (), page[0])
        return EntriesPage(entries=tuple(entry_shape(entry, names) for entry in page[0]), next=page[1] or None)

    def similar(self, who: Caller, key: str) -> SimilarAnswer:
        """Nothing is recorded as shown: no person is known to have read it."""
        found = self._reports.similar(who.principal, known_key(key))
        if found is None:
            raise NotFound(common.no_such_incident(key))
        matches = similar(found, self._reports.now())
        ids, accounts = spoken_of_items([item for match in matches for item in match.past.items])
        accounts |= {account for match in matches for text in spoken_texts(match) for account in mentioned(text)}
        names = naming(self._reports.people(who.organisation, ids, accounts))
        today = self.today(who)
        return SimilarAnswer(similar=tuple(similar_shape(match, names, today) for match in matches))

    def record(self, who: Caller, key: str, deed: str = "") -> Record:
        """For the form of a `deed` that offers something of past incidents, those come with it."""
        found = self._reports.record(who.principal, known_key(key))
        if found is None:
            raise NotFound(common.no_such_incident(key))
        past = self._reports.similar(who.principal, known_key(key)) if deed == "known" else None
        return found.model_copy(update={"past": past}) if past else found

    def known(self, who: Caller) -> KnownAnswer:
        pairs = self._reports.known(who.principal)
        accounts = {account for _, of in pairs for one in of.known.items for account in mentioned(one.text)}
        accounts |= {account for incident, _ in pairs for account in mentioned(incident.title)}
        names = naming(self._reports.people(who.organisation, (), accounts))
        return KnownAnswer(figures=figures(pairs), incidents=tuple(known_shape(*pair, names) for pair in pairs))

    def items(self, who: Caller, asked: Dated, limit: int, after: str) -> ItemsPage:
        try:
            found, following = self._reports.by_date(who.principal, asked, limit=limit, after=after)
        except ValueError:
            raise Told(422, words.BAD_AFTER) from None
        return ItemsPage(actions=self.item_shapes(who, found), next=following or None)

    def follow_through(self, who: Caller, services: Of, severity: int) -> FollowThrough:
        """How much gets done, of what the reader may see; `services` finds those that are asked for."""
        organisation = self._reports.organisation(who.organisation)
        policies = organisation.policies if organisation else Policies()
        now = self._reports.now()
        facts = of_services(self._reports.item_facts(who.principal, now - PERIOD), services(policies), severity)
        return follow_through(facts, policies, now, self.zone(who))

    def item(self, who: Caller, key: str) -> ItemShape | None:
        found = self._reports.item(who.principal, key)
        return self.item_shapes(who, (found,))[0] if found else None

    def item_shapes(self, who: Caller, items: Sequence[ActionItem]) -> tuple[ItemShape, ...]:
        ids, accounts = spoken_of_items(items)
        names = naming(self._reports.people(who.organisation, ids, accounts))
        today = self.today(who)
        return tuple(item_shape(item, names, today) for item in items)

    def today(self, who: Caller) -> date:
        """Where the organisation is."""
        return local_date(self._reports.now(), self.zone(who))

    def zone(self, who: Caller) -> str:
        """The organisation's."""
        organisation = self._reports.organisation(who.organisation)
        zone = organisation.policies.zone if organisation else ""
        return zone if valid_zone(zone) else "UTC"

    def names(self, who: Caller, incidents: Sequence[Incident], entries: Sequence[Entry] = ()) -> Names:
        ids, accounts = spoken_of(incidents, entries)
        return naming(self._reports.people(who.organisation, ids, accounts))


def known_key(key: str) -> str:
    """As keys are written; what is none cannot be found. Raises `NotFound`."""
    found = incident_key(key)
    if found is None:
        raise NotFound(common.no_such_incident(key))
    return found


def searched(text: str) -> str:
    return text.replace("\x00", "").strip()[:200]


def api(reading: Reading) -> APIRouter:
    routes = APIRouter(tags=["reading"])

    @routes.get("/incidents", summary="Incidents, newest first")
    def incidents(
        who: Who,
        status: Asked = "",
        severity: Annotated[int, Query(ge=0, le=5, description="0: any")] = 0,
        q: Annotated[str, Query(description="words in key, title, impact, summary or key entries")] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: After = "",
    ) -> IncidentsPage:
        return reading.incidents(who, status, q, limit, after, severity)

    @routes.get("/incidents/{key}", summary="One incident")
    def incident(who: Who, key: str) -> IncidentAnswer:
        return IncidentAnswer(incident=reading.incident(who, key))

    @routes.get("/incidents/{key}/timeline", summary="Its key entries; with all=1 its whole log")
    def timeline(
        who: Who,
        key: str,
        everything: Annotated[bool, Query(alias="all")] = False,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
        after: After = "",
    ) -> EntriesPage:
        return reading.timeline(who, key, everything, limit, after)

    @routes.get("/incidents/{key}/similar", summary="Past incidents like it, what fixed them, what is still open")
    def similar_to(who: Who, key: str) -> SimilarAnswer:
        return reading.similar(who, key)

    @routes.get("/known", summary="Incidents that were known before, as their reviews said")
    def known(who: Who) -> KnownAnswer:
        return reading.known(who)

    @routes.get("/actions", summary="Action items, by due date")
    def actions(
        who: Who,
        owner: Annotated[str, Query(max_length=200, description="`me`, a person's id or name")] = "",
        status: AskedItems = "",
        overdue: bool = False,
        limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
        after: After = "",
    ) -> ItemsPage:
        asked = Dated(
            owner=who.principal.id if owner.casefold() == "me" else owner.removeprefix("@"),
            status="" if status == "all" else status,
            overdue_on=reading.today(who) if overdue else None,
        )
        return reading.items(who, asked, limit, after)

    @routes.get("/actions/follow-through", summary="How much of what was agreed gets done, and how old the rest is")
    def followed(who: Who, severity: Annotated[int, Query(ge=0, le=5, description="0: any")] = 0) -> FollowThrough:
        return reading.follow_through(who, lambda _: None, severity)

    routes.include_router(_postmortems(reading))
    return routes


def _postmortems(reading: Reading) -> APIRouter:
    routes = APIRouter()

    @routes.get("/incidents/{key}/postmortem", summary="Its postmortem")
    @routes.get("/incidents/{key}/postmortem.json", summary="As JSON")
    def as_json(who: Who, key: str) -> dict[str, Any]:
        return drafts.json_of(reading.record(who, key))

    return routes


def markdown_answer(text: str) -> Response:
    return Response(text, media_type="text/markdown; charset=utf-8")
