"""Which past incidents were shown beside an incident: to whom, why, and what they said of it.

Law: only what may still be seen is read: the card's while it is public, a person's while they may see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from bot.model import Incident, ItemStatus, Person
from bot.similar import Shown
from bot.state import State
from bot.votes import Vote
from storage.fields import table
from storage.tables import ItemRow
from storage.tables_similar import ShownRow
from storage.visible import incident, public, seen_by
from storage.work import Work

shown, item = table(ShownRow), table(ItemRow)


def of(work: Work, reader: Person, about: Incident) -> tuple[Shown, ...]:
    """The card's in their order, then the reader's."""
    same = and_(shown.c.organisation == incident.c.organisation, shown.c.past == incident.c.id)
    on_card = and_(shown.c.person == "", public(about.organisation))
    mine = and_(shown.c.person == reader.id, shown.c.person != "", seen_by(reader))
    where = and_(shown.c.organisation == about.organisation, shown.c.incident == about.id, or_(on_card, mine))
    wanted = select(shown, incident.c.key, _open_items().label("open_items")).join(incident, same).where(where)
    return tuple(_read(row) for row in work.rows(wanted.order_by(shown.c.person, shown.c.place, incident.c.key)))


def votes(work: Work, may_see: ColumnElement[bool], organisation: str, past: Sequence[str]) -> list[Vote]:
    """What people said of past incidents, beside incidents that the reader may see."""
    same = and_(shown.c.organisation == incident.c.organisation, shown.c.incident == incident.c.id)
    said = and_(shown.c.organisation == organisation, shown.c.past.in_(past), shown.c.useful.is_not(None))
    wanted = select(shown.c.incident, shown.c.past, shown.c.person, shown.c.useful).join(incident, same)
    rows = work.rows(wanted.where(may_see, said, shown.c.person != ""))
    return [Vote(incident=row.incident, past=row.past, person=row.person, useful=bool(row.useful)) for row in rows]


def _open_items() -> ScalarSelect[int]:
    of_it = and_(item.c.organisation == shown.c.organisation, item.c.incident == shown.c.past)
    return select(func.count()).where(of_it, item.c.status == ItemStatus.OPEN.value).scalar_subquery()


def _read(row: Any) -> Shown:
    return Shown(
        key=row.key, incident=row.past, why=tuple(filter(None, row.why.split(","))), open_items=row.open_items,
        person=row.person, useful=row.useful, place=row.place,
    )  # fmt: skip


def save(work: Work, before: State, after: State) -> None:
    about, old = after.incident, set(before.shown)
    if about is None:
        return
    rows = [
        {
            "organisation": about.organisation, "incident": about.id, "past": one.incident, "person": one.person,
            "why": ",".join(one.why), "place": one.place, "useful": one.useful, "at": work.now(),
        }
        for one in after.shown if one not in old
    ]  # fmt: skip
    work.put(ShownRow, rows)
