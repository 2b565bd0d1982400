"""`bot.ports.Reports`: what the web and the command line read.

Law: every path to an incident, its entries, items or postmortem goes through `seen_by`, and through nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_, select, true, tuple_

from bot.follow_through import Fact
from bot.item_lists import Dated, Listed, Which
from bot.model import ActionItem, Entry, Incident, Organisation, Person, Policies, Postmortem, PostmortemStatus
from bot.ports import Parked, PolicyRevision, Record, Revision
from bot.similar import Found
from storage import item_list, likeness, parking, people, policies
from storage.columns import micros, moment
from storage.concerned import Loaded, concerned
from storage.entries import ORDER, entry, from_typed
from storage.fields import table
from storage.loading import (
    item_table,
    items_of,
    log_of,
    organisation_table,
    postmortem_of,
    postmortem_table,
    same_incident,
)
from storage.marks import mark, place
from storage.outbox import TRIED, UNFINISHED, outbox
from storage.searching import holds, sought, words_of
from storage.store import SqlStore
from storage.tables import EntryRow, PostmortemRevisionRow
from storage.visible import incident, seen_by
from storage.work import Work

UNFINISHED_MOST, KNOWN_MOST = 500, 1000


class SqlReports:
    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def incidents(
        self,
        principal: Person,
        *,
        status: str = "",
        severity: int = 0,
        text: str = "",
        limit: int = 50,
        after: str = "",
    ) -> tuple[tuple[Incident, ...], str]:
        t = incident
        where = [seen_by(principal), sought(status, severity, text)]
        if after:
            created, id_, *_ = place(after, int, str)
            where.append(tuple_(t.c.created, t.c.id) < tuple_(_literal(t.c.created, moment(created)), id_))
        newest = select(t.c.body, t.c.created, t.c.id).where(*where).order_by(t.c.created.desc(), t.c.id.desc())
        with self._store.reading() as work:
            rows = work.rows(newest.limit(limit + 1))
        page = rows[:limit]
        following = mark(micros(page[-1].created), page[-1].id) if page and len(rows) > limit else ""
        return tuple(Incident.model_validate_json(row.body) for row in page), following

    def count(self, principal: Person, *, status: str = "", severity: int = 0, text: str = "") -> int:
        fitting = select(func.count()).select_from(incident).where(seen_by(principal), sought(status, severity, text))
        with self._store.reading() as work:
            return int(work.scalar(fitting))

    def mentions(self, principal: Person, keys: Sequence[str], text: str) -> dict[str, Entry]:
        words = words_of(text)
        if not words or not keys:
            return {}
        about = select(incident.c.id, incident.c.key).where(seen_by(principal), incident.c.key.in_(keys))
        found: dict[str, Entry] = {}
        with self._store.reading() as work:
            known = {row.id: row.key for row in work.rows(about)}
            spoken = or_(*(holds(entry.c.text, word) for word in words))
            where = and_(entry.c.organisation == principal.organisation, entry.c.incident.in_(known), entry.c.is_key)
            for row in work.rows(select(entry).where(where, spoken).order_by(*ORDER)):
                found.setdefault(known[row.incident], from_typed(row))
        return found

    def unfinished(self, principal: Person) -> tuple[tuple[Incident, Postmortem], ...]:
        t = postmortem_table
        same = and_(t.c.organisation == incident.c.organisation, t.c.incident == incident.c.id)
        mine = or_(t.c.owner == principal.id, t.c.status == PostmortemStatus.IN_REVIEW.value)
        open_ones = and_(seen_by(principal), t.c.status != PostmortemStatus.PUBLISHED.value, mine)
        both = select(incident.c.body, t.c.body.label("draft")).join(incident, same).where(open_ones)
        with self._store.reading() as work:
            rows = work.rows(both.order_by(t.c.due, t.c.id).limit(UNFINISHED_MOST))
        return tuple(
            (Incident.model_validate_json(row.body), Postmortem.model_validate_json(row.draft)) for row in rows
        )

    def incident(self, principal: Person, key: str) -> Incident | None:
        with self._store.reading() as work:
            return _incident(work, principal, key)

    def entries(
        self, principal: Person, key: str, *, everything: bool = False, limit: int = 200, after: str = ""
    ) -> tuple[tuple[Entry, ...], str] | None:
        where: list[ColumnElement[bool]] = [true() if everything else entry.c.is_key]
        if after:
            occurred, *rest = place(after, int, str, str, str)
            where.append(tuple_(*ORDER) > tuple_(_literal(entry.c.occurred, moment(occurred)), *rest))
        with self._store.reading() as work:
            about = _incident(work, principal, key)
            if about is None:
                return None
            where += (entry.c.organisation == about.organisation, entry.c.incident == about.id)
            rows = work.rows(select(entry).where(*where).order_by(*ORDER).limit(limit + 1))
        page = rows[:limit]
        following = mark(*_order_of(page[-1])) if page and len(rows) > limit else ""
        return tuple(from_typed(row) for row in page), following

    def record(self, principal: Person, key: str) -> Record | None:
        with self._store.reading() as work:
            about = _incident(work, principal, key)
            if about is None:
                return None
            found: Loaded = {"incident": about, "item": None, "named": {}}
            found |= {"items": items_of(work, about), "log": log_of(work, about)}
            found["postmortem"] = postmortem_of(work, about)
            organisation = _organisation(work, about.organisation)
            if organisation is None:
                return None
            ids = concerned(work, organisation.id, found)
            return Record(
                organisation=organisation, incident=about, entries=found["log"], postmortem=found["postmortem"],
                items=found["items"], people=people.by_ids(work, organisation.id, ids),
                now=work.now(),
            )  # fmt: skip

    def revisions(self, principal: Person, key: str) -> tuple[Revision, ...]:
        of, t = postmortem_table, table(PostmortemRevisionRow)
        with self._store.reading() as work:
            about = _incident(work, principal, key)
            if about is None:
                return ()
            same = and_(of.c.organisation == t.c.organisation, of.c.id == t.c.postmortem)
            mine = select(t).join(of, same).where(of.c.organisation == about.organisation, of.c.incident == about.id)
            rows = work.rows(mine.order_by(t.c.at, t.c.section))
        return tuple(
            Revision(section=row.section, version=row.version, at=row.at, by=row.by, text=row.text) for row in rows
        )

    def similar(self, principal: Person, key: str) -> Found | None:
        with self._store.reading() as work:
            about = _incident(work, principal, key)
            if about is None:
                return None
            found = likeness.found(work, seen_by(principal), about, reader=principal.id)
            return likeness.with_ended(work, about.organisation, found)

    def known(self, principal: Person) -> tuple[tuple[Incident, Postmortem], ...]:
        t = postmortem_table
        same = and_(t.c.organisation == incident.c.organisation, t.c.incident == incident.c.id)
        answered = and_(seen_by(principal), not_(incident.c.drill), t.c.known != "")
        both = select(incident.c.body, t.c.body.label("draft")).join(incident, same).where(answered)
        with self._store.reading() as work:
            rows = work.rows(both.order_by(incident.c.created.desc(), incident.c.id.desc()).limit(KNOWN_MOST))
        return tuple(
            (Incident.model_validate_json(row.body), Postmortem.model_validate_json(row.draft)) for row in rows
        )

    def items(self, principal: Person, *, owner: str = "", status: str = "") -> tuple[ActionItem, ...]:
        t = item_table
        where = [seen_by(principal)]
        where += [t.c.owner == owner] if owner else []
        where += [t.c.status == status] if status else []
        with self._store.reading() as work:
            rows = work.rows(select(t.c.body).join(incident, same_incident()).where(*where).order_by(t.c.due, t.c.id))
        return tuple(ActionItem.model_validate_json(row.body) for row in rows)

    def by_date(
        self, principal: Person, asked: Dated, *, limit: int = 50, after: str = ""
    ) -> tuple[tuple[ActionItem, ...], str]:
        with self._store.reading() as work:
            return item_list.by_date(work, principal, asked, limit, after)

    def item(self, principal: Person, key: str) -> ActionItem | None:
        t = item_table
        one = select(t.c.body).join(incident, same_incident()).where(seen_by(principal), t.c.key == key.upper())
        with self._store.reading() as work:
            body = work.scalar(one)
        return ActionItem.model_validate_json(body) if body else None

    def open_items(
        self, principal: Person, which: Which, *, limit: int = 50, after: str = ""
    ) -> tuple[tuple[ActionItem, ...], str]:
        with self._store.reading() as work:
            return item_list.page(work, principal, which, limit, after)

    def count_open_items(self, principal: Person, which: Which) -> int:
        with self._store.reading() as work:
            return item_list.count(work, principal, which)

    def listed(self, principal: Person, keys: Sequence[str]) -> dict[str, Listed]:
        with self._store.reading() as work:
            return item_list.listed(work, principal, keys)

    def item_facts(self, principal: Person, since: datetime) -> list[Fact]:
        with self._store.reading() as work:
            return item_list.facts(work, principal, since)

    def called(self, organisation: str, said: str) -> Person | None:
        with self._store.reading() as work:
            return people.found_by(work, organisation, said)

    def people(self, organisation: str, ids: Iterable[str] = (), accounts: Iterable[str] = ()) -> dict[str, Person]:
        with self._store.reading() as work:
            of_accounts = people.by_accounts(work, organisation, accounts).values()
            return people.by_ids(work, organisation, {*ids, *of_accounts})

    def now(self) -> datetime:
        with self._store.reading() as work:
            return work.now()

    def organisation(self, organisation: str) -> Organisation | None:
        with self._store.reading() as work:
            return _organisation(work, organisation)

    def policy(self, organisation: str) -> tuple[Organisation, dict[str, Person]]:
        """With who leads its teams. Raises `LookupError`."""
        with self._store.reading() as work:
            found = _organisation(work, organisation)
            if found is None:
                raise LookupError(organisation)
            return found, people.by_ids(work, organisation, {team.lead for team in found.policies.teams})

    def policy_history(self, organisation: str, limit: int = 50) -> tuple[PolicyRevision, ...]:
        with self._store.reading() as work:
            return policies.history(work, organisation, limit)

    # -- for operators

    def organisations(self) -> list[Organisation]:
        """All, the oldest name first: the command line takes the only one."""
        with self._store.reading() as work:
            rows = work.rows(select(organisation_table).order_by(organisation_table.c.name, organisation_table.c.id))
        return [_read_organisation(row) for row in rows]

    def everybody(self, organisation: str) -> list[Person]:
        """Whom the organisation's chats told of, by name."""
        with self._store.reading() as work:
            return people.everybody(work, organisation)

    def parked(self, limit: int = 100) -> list[Parked]:
        with self._store.reading() as work:
            return parking.listed(work, limit)

    def oldest_undelivered(self) -> float:
        """A row that was tried counts from its creation, one that waits for its hour from when that has come."""
        t = outbox
        with self._store.reading() as work:
            due = and_(UNFINISHED, TRIED | (t.c.ready <= work.now()))
            since = func.min(case((TRIED, t.c.created), else_=t.c.ready))
            oldest: datetime | None = work.scalar(select(since).where(due))
            return max(0.0, (work.now() - oldest).total_seconds()) if oldest is not None else 0.0

    def figures(self) -> dict[str, dict[str, int]]:
        with self._store.reading() as work:
            number = func.count().label("number")
            rows = work.rows(select(outbox.c.state, number).group_by(outbox.c.state))
            entries = work.scalar(select(func.count()).select_from(table(EntryRow)))
            return {
                "entries": {"": entries},
                "parked": {"": parking.count(work)},
                "outbox": {row.state: row.number for row in rows},
            }

    def unreachable_people(self) -> dict[str, list[Person]]:
        """Who cannot be written to, by organisation id."""
        found: dict[str, list[Person]] = {}
        with self._store.reading() as work:
            for one in people.unreachable(work):
                found.setdefault(one.organisation, []).append(one)
        return found


def _incident(work: Work, principal: Person, key: str) -> Incident | None:
    body = work.scalar(select(incident.c.body).where(seen_by(principal), incident.c.key == key.upper()))
    return Incident.model_validate_json(body) if body else None


def _organisation(work: Work, organisation: str) -> Organisation | None:
    row = work.row(select(organisation_table).where(organisation_table.c.id == organisation))
    return _read_organisation(row) if row else None


def _read_organisation(row: Any) -> Organisation:
    return Organisation(id=row.id, name=row.name, policies=Policies.model_validate_json(row.policies))


# -- pages


def _literal(column: Any, value: Any) -> Any:
    return literal(value, column.type)


def _order_of(row: Any) -> tuple[int, str, str, str]:
    return micros(row.occurred), row.channel, row.ts, row.id
