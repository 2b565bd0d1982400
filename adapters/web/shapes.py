"""Incidents, entries and action items as programs read them: the JSON of the API and of every page's twin.

Law: times are RFC 3339 in UTC with microseconds, and people stand by name, with their id beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import PlainSerializer

from bot.draft_names import Names
from bot.model import Account, ActionItem, Entry, Incident, Moment
from bot.text import Value, mentioned, with_names
from bot.words.draft import BOT
from bot.words.people import role_name


def rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(rfc3339, return_type=str)]


class MomentShape(Value):
    at: Instant
    source: str
    """Who or what said so."""


class UpdateShape(Value):
    text: str
    phase: str
    by: str
    at: Instant
    next_due: Instant | None


class RoleShape(Value):
    role: str
    name: str
    person: str


class IncidentShape(Value):
    key: str
    title: str
    severity: int
    status: str
    phase: str | None
    """Of the last update: investigating, identified or monitoring."""
    private: bool
    drill: bool
    service: str | None
    lead: str | None
    lead_id: str | None
    roles: tuple[RoleShape, ...]
    impact: str | None
    summary: str | None
    update: UpdateShape | None
    began_at: Instant | None
    detected_at: Instant | None
    declared_at: Instant | None
    mitigated_at: Instant | None
    resolved_at: Instant | None
    times: dict[str, MomentShape | None]
    capture_gap: str | None
    """Why capture is incomplete at the moment."""


class FileShape(Value):
    name: str
    url: str
    mimetype: str


class EntryShape(Value):
    id: str
    kind: str
    text: str
    author: str
    author_account: str | None
    occurred_at: Instant
    recorded_at: Instant
    is_key: bool
    deleted: bool
    permalink: str | None
    thread: str | None
    files: tuple[FileShape, ...]
    edits: int


class ItemShape(Value):
    key: str
    text: str
    incident: str
    incident_title: str
    severity: int
    owner: str | None
    owner_id: str | None
    due: date
    overdue: bool
    status: str
    kind: str | None
    reason: str | None
    link: str | None
    snoozes: int
    private: bool
    drill: bool
    created_at: Instant
    ended_at: Instant | None
    later_incidents: tuple[str, ...]
    """Keys of those in which it would have helped, as their reviews said."""
    did_not_hold: bool
    """It was done, and came back in one of them."""


class IncidentsPage(Value):
    incidents: tuple[IncidentShape, ...]
    next: str | None


class EntriesPage(Value):
    entries: tuple[EntryShape, ...]
    next: str | None


class ItemsPage(Value):
    actions: tuple[ItemShape, ...]
    next: str | None


class IncidentAnswer(Value):
    incident: IncidentShape


class Declared(Value):
    incident: IncidentShape
    reply: str


class ItemAnswer(Value):
    action: ItemShape
    reply: str


class CommandAnswer(Value):
    reply: str
    incident: str | None


class ErrorAnswer(Value):
    error: str


def incident_shape(incident: Incident, names: Names) -> IncidentShape:
    times = incident.times
    update = incident.update
    return IncidentShape(
        key=incident.key,
        title=with_names(incident.title, names),
        severity=incident.severity,
        status=incident.status.value,
        phase=(update.phase or None) if update else None,
        private=incident.private,
        drill=incident.drill,
        service=incident.service or None,
        lead=names(incident.lead) if incident.lead else None,
        lead_id=incident.lead or None,
        roles=roles_of(incident, names),
        impact=with_names(incident.impact, names) or None,
        summary=with_names(incident.summary, names) or None,
        update=_update(incident, names),
        began_at=_at(times.began),
        detected_at=_at(times.detected),
        declared_at=_at(times.declared),
        mitigated_at=_at(times.mitigated),
        resolved_at=_at(times.resolved),
        times={name: _moment(moment, names) for name, moment in times},
        capture_gap=incident.capture_gap or None,
    )


def roles_of(incident: Incident, names: Names) -> tuple[RoleShape, ...]:
    return tuple(
        RoleShape(role=role_name(role), name=names(person), person=person)
        for role, person in sorted(incident.roles.items())
    )


def _at(moment: Moment | None) -> datetime | None:
    return moment.at if moment else None


def _moment(moment: Moment | None, names: Names) -> MomentShape | None:
    return MomentShape(at=moment.at, source=source_of(moment, names)) if moment else None


def source_of(moment: Moment, names: Names) -> str:
    """Who or what said so; a person stands there by name."""
    return with_names(moment.source, names).removeprefix("@")


def _update(incident: Incident, names: Names) -> UpdateShape | None:
    update = incident.update
    if update is None:
        return None
    text, by = with_names(update.text, names), names(update.by)
    return UpdateShape(text=text, phase=update.phase, by=by, at=update.at, next_due=update.next_due)


def entry_shape(entry: Entry, names: Names) -> EntryShape:
    return EntryShape(
        id=entry.id,
        kind=entry.kind.value,
        text="" if entry.deleted else with_names(entry.text, names),
        author=author_of(entry, names),
        author_account=entry.author or None,
        occurred_at=entry.occurred,
        recorded_at=entry.recorded,
        is_key=entry.is_key,
        deleted=entry.deleted,
        permalink=entry.permalink or None,
        thread=entry.thread or None,
        files=() if entry.deleted else tuple(FileShape(**file.model_dump()) for file in entry.files),
        edits=entry.edits,
    )


def author_of(entry: Entry, names: Names) -> str:
    return names(entry.author) if entry.author else entry.author_name or BOT


def item_shape(item: ActionItem, names: Names, today: date) -> ItemShape:
    return ItemShape(
        key=item.key,
        text=with_names(item.text, names),
        incident=item.incident_key,
        incident_title=with_names(item.incident_title, names),
        severity=item.severity,
        owner=names(item.owner) if item.owner else None,
        owner_id=item.owner or None,
        due=item.due,
        overdue=item.status.value == "open" and item.due < today,
        status=item.status.value,
        kind=item.kind or None,
        reason=item.reason or None,
        link=item.link or None,
        snoozes=item.snoozes,
        private=item.private,
        drill=item.drill,
        created_at=item.created_at,
        ended_at=item.ended_at,
        later_incidents=tuple(one.key for one in item.again),
        did_not_hold=any(one.done_at for one in item.again),
    )


def spoken_of(incidents: Sequence[Incident], entries: Sequence[Entry] = ()) -> tuple[set[str], set[str]]:
    """Person ids and account keys that have to be known to write these."""
    keys = {person for one in incidents for person in one.roles.values()}
    keys |= {one.update.by for one in incidents if one.update} | {entry.author for entry in entries}
    texts = [text for one in incidents for text in (one.title, one.impact, one.summary)]
    texts += [one.update.text for one in incidents if one.update] + [entry.text for entry in entries]
    texts += [moment.source for one in incidents for _, moment in one.times if moment]
    return _parted(keys, texts)


def spoken_of_items(items: Sequence[ActionItem]) -> tuple[set[str], set[str]]:
    return _parted(
        {item.owner for item in items}, [text for item in items for text in (item.text, item.incident_title)]
    )


def _parted(keys: set[str], texts: list[str]) -> tuple[set[str], set[str]]:
    """Accounts of our own programs carry the person's id."""
    accounts = {key for key in keys if key.count(":") >= 2} | {account for text in texts for account in mentioned(text)}
    ids = {key for key in keys if key.count(":") < 2} | {
        Account.of(key).user for key in accounts if key.count(":") >= 2
    }
    return ids - {""}, accounts
