"""Reminders: plans whose time has come, what their rules see, and the keys under which they count as sent, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, delete, exists, select

from bot.failpoint import failpoint
from bot.model import ActionItem, EntryKind, Incident, ItemStatus, Organisation, Person, Policies, Postmortem
from bot.review import involved
from bot.state import Due, Look, Planned, Reminded
from storage import people
from storage.fields import table
from storage.loading import item_table, items_of, open_items, organisation_table, postmortem_of, postmortem_table
from storage.outbox import enqueue
from storage.saving import save_plans
from storage.tables import EntryRow, PlanRow, RemindedRow
from storage.visible import incident, is_member
from storage.work import Work

plan, entry = table(PlanRow), table(EntryRow)
Subject = Person | ActionItem | Postmortem | Incident


def due(work: Work, limit: int) -> list[Due]:
    _stay(work)
    ready = select(plan).where(plan.c.due_at <= work.now()).order_by(plan.c.due_at, plan.c.organisation, plan.c.key)
    rows = work.rows(ready.limit(limit).with_for_update(skip_locked=True, of=plan))
    if rows:
        failpoint("during reminder claim")
    return [
        Due(
            organisation=row.organisation,
            plan=Planned(key=row.key, rule=row.rule, subject=row.subject, at=row.due_at, wall=row.wall),
        )
        for row in rows
    ]


def _stay(work: Work) -> None:
    """Holds the organisations before their plans, in the order in which commands do."""
    waiting = select(plan.c.organisation).where(plan.c.due_at <= work.now())
    held = select(organisation_table.c.id).where(organisation_table.c.id.in_(waiting)).order_by(organisation_table.c.id)
    work.rows(held.with_for_update(read=True, key_share=True))


def look(work: Work, one: Due) -> Look | None:
    row = work.row(select(organisation_table).where(organisation_table.c.id == one.organisation))
    if row is None:
        return None
    organisation = Organisation(id=row.id, name=row.name, policies=Policies.model_validate_json(row.policies))
    about_id, _, addressee = one.plan.subject.partition(":")
    subject = _subject(work, one.organisation, about_id)
    if subject is None:
        return None
    items, draft, about = _facts(work, subject)
    if isinstance(subject, ActionItem | Postmortem) and about is None:
        return None
    person_id = addressee or _addressee(subject)
    whole = isinstance(subject, Postmortem | Incident) and not addressee
    if not whole and about and about.private and person_id not in about.responders:
        return None
    authors = _authors(work, about) if about and whole and isinstance(subject, Postmortem) else ()
    concerned = _concerned(organisation, subject, items, draft, about) | {person_id, *authors}
    everybody = people.by_ids(work, organisation.id, concerned)
    person = everybody.get(person_id)
    return Look(
        organisation=organisation, person=person, items=items, incident=about, postmortem=draft, people=everybody,
        authors=authors, busy=person is not None and _busy(work, person),
        holidays=work.off_days(organisation.policies.country),
    )  # fmt: skip


def _authors(work: Work, about: Incident) -> tuple[str, ...]:
    """What is said about the postmortem itself makes nobody part of the story."""
    same = and_(entry.c.organisation == about.organisation, entry.c.incident == about.id)
    told = and_(same, entry.c.is_key, entry.c.kind != EntryKind.POSTMORTEM.value)
    accounts = [row.author for row in work.rows(select(entry.c.author).where(told).distinct())]
    return tuple(sorted(people.by_accounts(work, about.organisation, accounts).values()))


def _addressee(subject: Subject) -> str:
    return subject.id if isinstance(subject, Person) else "" if isinstance(subject, Incident) else subject.owner


def _subject(work: Work, organisation: str, subject: str) -> Subject | None:
    """Ids of the four kinds never meet; an item is held, so that it cannot be done while it is reminded of."""
    item = _body(work, item_table, organisation, subject, hold=True)
    if item is not None:
        return ActionItem.model_validate_json(item)
    draft = _body(work, postmortem_table, organisation, subject)
    if draft is not None:
        return Postmortem.model_validate_json(draft)
    about = _body(work, incident, organisation, subject)
    if about is not None:
        return Incident.model_validate_json(about)
    return people.by_ids(work, organisation, [subject]).get(subject)


def _body(work: Work, t: Any, organisation: str, subject: str, *, hold: bool = False) -> str | None:
    wanted = select(t.c.body).where(t.c.organisation == organisation, t.c.id == subject)
    body: str | None = work.scalar(wanted.with_for_update(key_share=True) if hold else wanted)
    return body


def _facts(work: Work, subject: Subject) -> tuple[tuple[ActionItem, ...], Postmortem | None, Incident | None]:
    if isinstance(subject, Person):
        return open_items(work, subject.organisation, subject.id), None, None
    if isinstance(subject, Incident):
        still = tuple(item for item in items_of(work, subject) if item.status is ItemStatus.OPEN)
        return still, postmortem_of(work, subject), subject
    where = and_(incident.c.organisation == subject.organisation, incident.c.id == subject.incident)
    body = work.scalar(select(incident.c.body).where(where))
    about = Incident.model_validate_json(body) if body else None
    if isinstance(subject, Postmortem):
        return (items_of(work, about) if about else ()), subject, about
    return (subject,), postmortem_of(work, about) if about else None, about


def _concerned(
    organisation: Organisation,
    subject: Subject,
    items: Sequence[ActionItem],
    draft: Postmortem | None,
    about: Incident | None,
) -> set[str]:
    ids = {_addressee(subject)} | {team.lead for team in organisation.policies.teams} | organisation.policies.admins
    ids |= {item.owner for item in items} | {item.created_by for item in items}
    ids |= involved(draft) if draft else set()
    return ids | ({about.declared_by, *about.roles.values(), *about.responders} if about else set())


def _busy(work: Work, person: Person) -> bool:
    real = and_(incident.c.status == "active", ~incident.c.drill)
    active = and_(incident.c.organisation == person.organisation, real, is_member(person.id))
    return bool(work.scalar(select(exists().where(active))))


def remind(work: Work, one: Due, decided: Reminded) -> bool:
    """The plan is used up, or moved as the rule says; a key that was used before sends nothing."""
    work.run(delete(plan).where(plan.c.organisation == one.organisation, plan.c.key == one.plan.key))
    save_plans(work, one.organisation, decided.plans)
    row = {"organisation": one.organisation, "once": decided.once, "at": work.now()}
    if decided.once and not work.add(RemindedRow, row):
        return False
    enqueue(work, one.organisation, decided.effects)
    return True
