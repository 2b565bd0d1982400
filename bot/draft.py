"""The postmortem's draft: what is recorded, arranged so that it can be read.

Law: a draft is a pure function of the recorded facts. The same facts give the same bytes, in whatever order they
come; a section that a person wrote is never computed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from bot.draft_blocks import Case, Draft, DraftSection, Lines, by_item, happenings, written
from bot.draft_json import saying_json, section_json, suggestions_json, version_json
from bot.draft_names import Names, cast_of, names_of, published, roles_of
from bot.draft_sections import SECTIONS, Section, own_reflections
from bot.external import OUTSIDE
from bot.key_entries import in_order, reflected, story
from bot.known import known_json
from bot.model import FIVE_TIMES, ActionItem, Entry, EntryKind, Incident, Moment, Policies, Postmortem
from bot.readiness import pages_of, readiness
from bot.review import comments_json, review_json
from bot.text import with_names
from bot.words import draft as words
from bot.zones import valid_zone

__all__ = [
    "Draft", "DraftSection", "draft", "names_of", "postmortem_json", "proposed_ids", "published", "roles_of",
]  # fmt: skip

REFLECTIONS: dict[str, str] = Policies.model_fields["reflections"].default


def draft(
    incident: Incident,
    items: Iterable[ActionItem],
    postmortem: Postmortem,
    log: Iterable[Entry],
    names: Names,
    zone: str,
    *,
    reflections: Mapping[str, str] = REFLECTIONS,
    roles: Mapping[str, str] | None = None,
) -> Draft:
    """`roles` (see `roles_of`) says who holds a role; log and items may come in any order."""
    name = lru_cache(maxsize=None)(names)
    case = _case(incident, items, postmortem, log, name, zone, reflections, roles or {})
    makers = {**SECTIONS, **own_reflections(case)}
    return Draft(
        key=incident.key,
        title=case.text(incident.title),
        severity=incident.severity,
        status=postmortem.status.value,
        private=incident.private,
        drill=incident.drill,
        version=postmortem.version,
        owner=name(postmortem.owner) if postmortem.owner else words.NOBODY,
        due=postmortem.due,
        sections=tuple(_section(case, made, maker) for made, maker in makers.items()),
        cast=cast_of(case),
        outside=tuple(_section(case, made, maker) for made, maker in OUTSIDE.items()),
    )


def _case(
    incident: Incident,
    items: Iterable[ActionItem],
    postmortem: Postmortem,
    log: Iterable[Entry],
    name: Names,
    zone: str,
    reflections: Mapping[str, str],
    roles: Mapping[str, str],
) -> Case:
    ordered = in_order(log)
    timeline, proposed = story(ordered)
    told = happenings(ordered)
    return Case(
        incident=incident,
        items=tuple(sorted(items, key=lambda item: (item.created_at, item.key))),
        postmortem=postmortem,
        log=ordered,
        timeline=timeline,
        proposed=proposed,
        reflected=reflected(ordered, reflections),
        name=name,
        roles=roles,
        zone=zone if valid_zone(zone) else "UTC",
        told=told,
        about=by_item(told[EntryKind.ACTION]),
    )


def _section(case: Case, name: str, maker: Section) -> DraftSection:
    """The log is never replaced: what was said stays readable, whatever is written about it."""
    heading = words.CALLED.get(name, name.removeprefix(words.OWN).capitalize())
    by_hand = case.postmortem.edited.get(name)
    if by_hand is None or name == "log":
        body, evidence = maker(case)
        return DraftSection(name=name, heading=heading, body=body, evidence=evidence)
    return DraftSection(
        name=name,
        heading=heading,
        body=written(case.text(by_hand.text)),
        edited=True,
        by_hand=words.by_hand(case.name(by_hand.by), case.when(by_hand.at)),
    )


# -- the twin for programs


def postmortem_json(
    incident: Incident,
    items: Iterable[ActionItem],
    postmortem: Postmortem,
    log: Iterable[Entry],
    names: Names,
    zone: str,
    *,
    reflections: Mapping[str, str] = REFLECTIONS,
    roles: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The postmortem for programs: JSON values only, moments in UTC, people by name, entries by id."""
    items, log = tuple(sorted(items, key=lambda item: (item.created_at, item.key))), tuple(log)
    made = draft(incident, items, postmortem, log, names, zone, reflections=reflections, roles=roles)
    times = {name: getattr(incident.times, name) for name in FIVE_TIMES}
    return {
        "key": made.key,
        "title": made.title,
        "severity": made.severity,
        "status": made.status,
        "incident_status": incident.status.value,
        "private": made.private,
        "drill": made.drill,
        "version": made.version,
        "owner": made.owner,
        "due": made.due.isoformat(),
        "opened_at": postmortem.opened_at.isoformat(),
        "published_at": postmortem.published_at.isoformat() if postmortem.published_at else None,
        "readiness": list(readiness(incident, items, postmortem, made)),
        "pages": pages_of(made),
        "review": review_json(postmortem, names),
        "comments": comments_json(postmortem, names),
        "times": {name: _moment_json(at, names) for name, at in times.items()},
        "factors": [{"id": f.id, "kind": f.kind, "text": with_names(f.text, names)} for f in postmortem.factors],
        "items": [_item_json(item, names) for item in items],
        "sections": [section_json(section) for section in made.sections],
        "entries": {"timeline": list(_ids(made, "timeline")), "log": list(_ids(made, "log"))},
        "trigger": saying_json(postmortem.trigger, names) if postmortem.trigger else None,
        "decisions": [saying_json(one, names) for one in postmortem.decisions],
        "questions": [saying_json(one, names) for one in postmortem.questions],
        "proposed": list(proposed_ids(made)),
        "changes": version_json(postmortem, made),
        "suggestions": suggestions_json(postmortem, log),
        "known": known_json(postmortem.known, names),
    }


def proposed_ids(made: Draft) -> tuple[str, ...]:
    """Of the entries in the timeline that nobody has marked; none where the timeline was made by hand."""
    blocks = made.section("timeline").body
    return tuple(line.id for block in blocks if isinstance(block, Lines) for line in block.lines if line.proposed)


def _ids(made: Draft, name: str) -> tuple[str, ...]:
    return made.section(name).evidence


def _moment_json(moment: Moment | None, names: Names) -> dict[str, str] | None:
    return {"at": moment.at.isoformat(), "source": with_names(moment.source, names)} if moment else None


def _item_json(item: ActionItem, names: Names) -> dict[str, Any]:
    return {
        "key": item.key,
        "text": with_names(item.text, names),
        "owner": names(item.owner) if item.owner else None,
        "due": item.due.isoformat(),
        "kind": item.kind,
        "factor": item.factor,
        "status": item.status.value,
        "reason": with_names(item.reason, names),
        "link": item.link,
    }
