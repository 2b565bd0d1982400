"""Two persons become one: whatever named the one names the other, in the transaction of the decision that says so.

Law: the organisation is held alone meanwhile (`storage.loading`), so that no command knows somebody who is no more. The
audit chain stays as it was written, and so do the ids of gestures, which are forgotten after a week.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlmodel import SQLModel

from storage.fields import table
from storage.outbox import UNFINISHED, outbox
from storage.tables import (
    IncidentRow,
    ItemRow,
    MemberRow,
    OrganisationRow,
    PersonRow,
    PlanRow,
    PostmortemRevisionRow,
    PostmortemRow,
    RemindedRow,
)
from storage.tables_access import ParkedRow, SignInRow, TokenRow
from storage.tables_policy import PolicyRow
from storage.tables_similar import ShownRow
from storage.work import Work

organisation_table, person = table(OrganisationRow), table(PersonRow)
member, plan, reminded, shown = table(MemberRow), table(PlanRow), table(RemindedRow), table(ShownRow)
NAMED: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (IncidentRow, ("declared_by", "body")),
    (ItemRow, ("owner", "body")),
    (PostmortemRow, ("owner", "body")),
    (PostmortemRevisionRow, ("by",)),
    (ParkedRow, ("command",)),
    (PolicyRow, ("by", "policies")),
    (TokenRow, ("person",)),
    (SignInRow, ("person",)),
)
"""Where a person's id stands beside keys. An id is a long random word, so it is replaced wherever it stands in a body,
also in the states that an undo goes back to, which are JSON inside of JSON."""


def unite(work: Work, organisation: str, gone: str, kept: str) -> None:
    """The accounts are the other's already: they were saved with that person."""
    for row, columns in NAMED:
        _rename(work, row, table(row).c.organisation == organisation, columns, gone, kept)
    _rename(work, OrganisationRow, organisation_table.c.id == organisation, ("policies",), gone, kept)
    _unite_members(work, organisation, gone, kept)
    _unite_shown(work, organisation, gone, kept)
    _unite_plans(work, organisation, gone, kept)
    _unite_outbox(work, organisation, gone, kept, _unite_reminded(work, organisation, gone, kept))
    work.run(delete(person).where(person.c.organisation == organisation, person.c.id == gone))


def _names(column: Any, gone: str) -> Any:
    return column.contains(gone, autoescape=True)


def _rename(work: Work, row: type[SQLModel], where: Any, columns: tuple[str, ...], gone: str, kept: str) -> None:
    t = table(row)
    values = {name: func.replace(t.c[name], gone, kept) for name in columns}
    work.run(update(t).where(where, or_(*(_names(t.c[name], gone) for name in columns))).values(values))


def _unite_members(work: Work, organisation: str, gone: str, kept: str) -> None:
    theirs = and_(member.c.organisation == organisation, member.c.person == gone)
    incidents = [row.incident for row in work.rows(select(member.c.incident).where(theirs))]
    work.put(MemberRow, [{"organisation": organisation, "incident": one, "person": kept} for one in incidents])
    work.run(delete(member).where(theirs))


def _unite_shown(work: Work, organisation: str, gone: str, kept: str) -> None:
    """What either said of a past incident stays said; where both did, the last word counts."""
    theirs = and_(shown.c.organisation == organisation, shown.c.person == gone)
    rows = work.rows(select(shown).where(theirs))
    ours = work.rows(select(shown).where(shown.c.organisation == organisation, shown.c.person == kept))
    said = {(row.incident, row.past): row for row in ours}
    better = [row for row in rows if _says_more(row, said.get((row.incident, row.past)))]
    work.put(ShownRow, [{**row._asdict(), "person": kept} for row in better])
    work.run(delete(shown).where(theirs))


def _says_more(row: Any, other: Any) -> bool:
    return other is None or (row.useful is not None, row.at) > (other.useful is not None, other.at)


def _unite_plans(work: Work, organisation: str, gone: str, kept: str) -> None:
    """Of two digests that are planned the earlier one stays: it lists everything, and moves itself on."""
    theirs = and_(plan.c.organisation == organisation, _names(plan.c.key, gone))
    for row in work.rows(select(plan).where(theirs)):
        key = row.key.replace(gone, kept)
        same = and_(plan.c.organisation == organisation, plan.c.key == key)
        planned = work.scalar(select(plan.c.due_at).where(same))
        if planned is None or row.due_at < planned:
            work.put(PlanRow, [{**row._asdict(), "key": key, "subject": row.subject.replace(gone, kept)}])
    work.run(delete(plan).where(theirs))


def _unite_reminded(work: Work, organisation: str, gone: str, kept: str) -> list[str]:
    """What either was reminded of counts for both. The keys that were the other's, which effects carry as well."""
    theirs = and_(reminded.c.organisation == organisation, _names(reminded.c.once, gone))
    rows = work.rows(select(reminded).where(theirs))
    work.put(RemindedRow, [{**row._asdict(), "once": row.once.replace(gone, kept)} for row in rows], keep=("at",))
    work.run(delete(reminded).where(theirs))
    return [row.once for row in rows]


def _unite_outbox(work: Work, organisation: str, gone: str, kept: str, keys: list[str]) -> None:
    ours = outbox.c.organisation == organisation
    theirs = or_(outbox.c.key.in_(keys), and_(UNFINISHED, _names(outbox.c.body, gone)))
    wanted = select(outbox.c.id, outbox.c.key, outbox.c.state, outbox.c.body).where(ours, theirs)
    for row in work.rows(wanted.order_by(outbox.c.id)):
        key = row.key.replace(gone, kept)
        same = and_(ours, outbox.c.key == key, outbox.c.id != row.id)
        twin = work.row(select(outbox.c.id, outbox.c.state).where(same))
        if twin is not None:
            # One of two reminders of the same week goes: the one that nobody has begun to send.
            spare = twin if twin.state == "queued" and row.state != "queued" else row
            work.run(delete(outbox).where(outbox.c.id == spare.id))
        if twin is None or spare is twin:
            work.run(update(outbox).where(outbox.c.id == row.id).values(key=key, body=_body(row, key, gone, kept)))


def _body(row: Any, key: str, gone: str, kept: str) -> str:
    """What may have been sent is looked for by the key that it was sent with."""
    body: str = row.body.replace(gone, kept)
    return body if row.state == "queued" else body.replace(f'"key":"{key}"', f'"key":"{row.key}"', 1)
