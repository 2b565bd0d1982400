"""Open action items as lists and as what counts of them: found by columns, with nothing read but what is shown.

Law: who may see what comes from `seen_by`; the documents of a list are those of its page, whatever else fits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Select, String, and_, cast, func, literal, or_, select, tuple_

from bot.follow_through import Fact
from bot.item_lists import Dated, Listed, Which
from bot.model import ActionItem, Incident, ItemStatus, Person, Postmortem
from storage.columns import micros
from storage.loading import item_table, postmortem_table, same_incident
from storage.marks import mark, place
from storage.people import ids_of
from storage.searching import holds, words_of
from storage.visible import incident, seen_by
from storage.work import Work

item, postmortem = item_table, postmortem_table
OPEN = ItemStatus.OPEN.value
WORST_FIRST = (item.c.severity, item.c.due, item.c.created, item.c.id)
BY_DATE = (item.c.due, item.c.created, item.c.id)
KINDS = {"severity": int, "due": str, "created": int, "id": str}
Page = tuple[tuple[ActionItem, ...], str]


def page(work: Work, who: Person, which: Which, limit: int, after: str) -> Page:
    """Raises `ValueError` for an `after` that never was one."""
    return _page(work, [_wanted(work, who, which)], WORST_FIRST, limit, after)


def by_date(work: Work, who: Person, asked: Dated, limit: int, after: str) -> Page:
    """Raises `ValueError` for an `after` that never was one."""
    where = [seen_by(who)]
    where += [item.c.owner.in_(ids_of(who.organisation, asked.owner))] if asked.owner else []
    where += [item.c.status == asked.status] if asked.status else []
    if asked.overdue_on is not None:
        where += [item.c.status == OPEN, item.c.due < asked.overdue_on.isoformat()]
    return _page(work, where, BY_DATE, limit, after)


def _page(work: Work, where: Iterable[Any], order: tuple[Any, ...], limit: int, after: str) -> Page:
    """What is equal in all else stands in the order in which it was noted."""
    wanted = select(item.c.body, *order).join(incident, same_incident()).where(*where).order_by(*order)
    if after:
        wanted = wanted.where(tuple_(*order) > tuple_(*map(literal, place(after, *(KINDS[one.name] for one in order)))))
    rows = work.rows(wanted.limit(limit + 1))
    following = mark(*map(_told, rows[limit - 1][1:])) if len(rows) > limit else ""
    return tuple(ActionItem.model_validate_json(row.body) for row in rows[:limit]), following


def _told(value: Any) -> Any:
    return micros(value) if isinstance(value, datetime) else value


def count(work: Work, who: Person, which: Which) -> int:
    fitting = select(func.count()).select_from(item).join(incident, same_incident()).where(_wanted(work, who, which))
    return int(work.scalar(fitting))


def listed(work: Work, who: Person, keys: Sequence[str]) -> dict[str, Listed]:
    """By key, open or not."""
    if not keys:
        return {}
    around = select(item.c.body, incident.c.body.label("incident"), postmortem.c.body.label("postmortem"))
    around = around.select_from(item.join(incident, same_incident()).outerjoin(postmortem, _its_postmortem()))
    rows = work.rows(around.where(seen_by(who), item.c.key.in_([key.upper() for key in keys])))
    found = [
        Listed(
            item=ActionItem.model_validate_json(row.body), incident=Incident.model_validate_json(row.incident),
            postmortem=Postmortem.model_validate_json(row.postmortem) if row.postmortem else None,
        )
        for row in rows
    ]  # fmt: skip
    return {one.item.key: one for one in found}


def _its_postmortem() -> ColumnElement[bool]:
    return and_(postmortem.c.organisation == incident.c.organisation, postmortem.c.incident == incident.c.id)


def _wanted(work: Work, who: Person, which: Which) -> ColumnElement[bool]:
    where = [seen_by(who), item.c.status == OPEN]
    where += [item.c.owner == which.owner] if which.owner is not None else []
    where += [item.c.severity == which.severity] if which.severity else []
    where += [item.c.due < which.before.isoformat()] if which.before is not None else []
    if which.services is not None:
        where.append(_inside(work, incident.c.body, "service").in_(which.services))
    return and_(*where, *(_written(work, word) for word in words_of(which.text)))


def _written(work: Work, word: str) -> ColumnElement[bool]:
    return or_(
        item.c.key == word.upper(),
        incident.c.folded.contains(word.casefold(), autoescape=True),
        holds(_inside(work, item.c.body, "text"), word),
    )


def _inside(work: Work, column: Column[str], name: str) -> ColumnElement[str]:
    """A field of the JSON in a column, as text."""
    if work.sqlite:
        return func.json_extract(column, f"$.{name}", type_=String)
    return func.json_extract_path_text(cast(column, JSON), name, type_=String)


# -- what counts


def facts(work: Work, who: Person, since: datetime) -> list[Fact]:
    """Of every item that is open, or was ended since then; drills left out."""
    kinds: dict[str, str] | None = None
    found = []
    for row in work.rows(_counted(work, who, since)):
        if row.factor and kinds is None:
            kinds = _factor_kinds(work, who)
        found.append(_fact(row, (kinds or {}).get(row.factor, "")))
    return found


def _counted(work: Work, who: Person, since: datetime) -> Select[Any]:
    names = ("ended_at", "snoozes", "kind", "factor", "checks", "again")
    within = {name: _inside(work, item.c.body, name).label(name) for name in names}
    recent = or_(item.c.status == OPEN, within["ended_at"] >= since.date().isoformat())
    service = _inside(work, incident.c.body, "service").label("service")
    columns = (item.c.severity, item.c.status, item.c.due, item.c.created, *within.values(), service)
    where = and_(seen_by(who), item.c.drill.is_(False), recent)
    return select(*columns).select_from(item.join(incident, same_incident())).where(where)


def _fact(row: Any, factor: str) -> Fact:
    said = [one["answer"] for one in _json(row.checks) if one["answer"] != "later"]
    if row.ended_at and any(one.get("done_at") == row.ended_at for one in _json(row.again)):
        said.append("did not hold")
    return Fact(
        severity=row.severity, service=row.service or "", kind=row.kind or "", factor=factor, status=row.status,
        made=row.created, due=datetime.fromisoformat(row.due).date(),
        ended=datetime.fromisoformat(row.ended_at) if row.ended_at else None, snoozes=int(row.snoozes or 0),
        held=said[-1] == "held" if said else None,
    )  # fmt: skip


def _factor_kinds(work: Work, who: Person) -> dict[str, str]:
    """The class of each contributing factor by its id."""
    factors = _inside(work, postmortem.c.body, "factors")
    rows = work.rows(select(factors.label("factors")).join(incident, _its_postmortem()).where(seen_by(who)))
    return {one["id"]: one["kind"] for row in rows for one in _json(row.factors)}


def _json(text: str | None) -> Iterable[Any]:
    found: list[Any] = json.loads(text) if text and text != "[]" else []
    return found
