"""Who may see an incident: one predicate, used on every path that reads.

Law: to those it is hidden from, a private incident and one that does not exist are the same.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true

from bot.model import Person
from storage.fields import table
from storage.keys import DEBRIEF
from storage.tables import IncidentRow, MemberRow

incident, member = table(IncidentRow), table(MemberRow)


def is_member(person: str | ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        and_(
            member.c.organisation == incident.c.organisation,
            member.c.incident == incident.c.id,
            member.c.person == person,
        )
    )


def visible(viewer: Person) -> ColumnElement[bool]:
    """Of rows of `incident`. Debrief itself sees all, machines what is public, guests what they were invited to."""
    if viewer.kind == "integration":
        return true() if viewer.id == DEBRIEF else not_(incident.c.private)
    if viewer.kind in ("gone", "bot"):
        return false()
    mine = is_member(viewer.id)
    return mine if viewer.kind == "guest" else or_(not_(incident.c.private), mine)


def public(organisation: str) -> ColumnElement[bool]:
    """What stands where anybody may read it, whoever reads."""
    return and_(incident.c.organisation == organisation, not_(incident.c.private))


def seen_by(viewer: Person) -> ColumnElement[bool]:
    """`visible`, inside the viewer's organisation."""
    return and_(incident.c.organisation == viewer.organisation, visible(viewer))
