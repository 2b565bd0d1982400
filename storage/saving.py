"""What a decision changed, and all that follows from it, in the transaction of its command.

Law: a value is written when it differs from what was loaded; origin id, effects, plans and audit row go with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import and_, delete, select, tuple_, update

from bot.command import Command
from bot.known import mark
from bot.masking import mask
from bot.model import ActionItem, Entry, Incident, Postmortem
from bot.state import Decision, Planned, State
from bot.text import Card, Reply
from storage import audit, likeness, policies, shown, tickets
from storage.captures import put_entries
from storage.fields import table
from storage.keys import HOUSE, key_of_place, person_id
from storage.outbox import enqueue
from storage.people import by_accounts, save_people
from storage.tables import (
    IncidentRow,
    ItemRow,
    MemberRow,
    OrganisationRow,
    PlanRow,
    PostmortemRevisionRow,
    PostmortemRow,
    SeenRow,
)
from storage.uniting import unite
from storage.work import Values, Work

FOUND_BY = ("title", "impact", "summary", "service", "update", "status")
WORDLESS = Reply().model_dump_json().split(',"public"')[0]
"""How the JSON of an answer without words begins."""
organisation_table, member, plan, seen_table = table(OrganisationRow), table(MemberRow), table(PlanRow), table(SeenRow)
incident_table, item_table = table(IncidentRow), table(ItemRow)


def seen(work: Work, command: Command) -> Reply | None:
    """A second delivery of the same gesture waits here for the first one, on whichever replica that runs."""
    origin, t = command.origin, seen_table
    work.hold([f"seen {origin.platform} {origin.tenant} {origin.id}"])
    where = and_(t.c.platform == origin.platform, t.c.tenant == origin.tenant, t.c.origin == origin.id)
    row = work.row(select(t.c.reply).where(where))
    if row is None:
        return None
    return Reply.model_validate_json(row.reply) if row.reply else Reply()


def remember(work: Work, command: Command, reply: Reply) -> None:
    origin = command.origin
    answer = reply.model_dump_json()
    row = {"platform": origin.platform, "tenant": origin.tenant, "origin": origin.id, "at": work.now(), "reply": answer}
    work.put(SeenRow, [row])


def forget_seen(work: Work, older_than: timedelta, limit: int) -> int:
    """Programs choose their own ids, and may say one again any day: those are kept, without the words of the answer."""
    t = seen_table
    ended = t.c.at < work.now() - older_than
    wordy = and_(ended, t.c.platform == "api", t.c.reply.not_like(f"{WORDLESS}%"))
    kept = work.rows(select(t.c.tenant, t.c.origin, t.c.reply).where(wordy).limit(limit))
    for row in kept:
        bare = Reply.model_validate_json(row.reply).model_copy(update={"card": Card(), "form": None})
        same = and_(t.c.platform == "api", t.c.tenant == row.tenant, t.c.origin == row.origin)
        work.run(update(t).where(same).values(reply=bare.model_dump_json()))
    old = select(t.c.platform, t.c.tenant, t.c.origin).where(ended, t.c.platform != "api").limit(limit)
    return work.run(delete(t).where(tuple_(t.c.platform, t.c.tenant, t.c.origin).in_(old)))


def save(work: Work, command: Command, before: State, decision: Decision) -> None:
    after, organisation = decision.state, before.organisation.id
    save_people(work, before.people, after.people)
    policies.save(work, before.actor.id, command, before.organisation, after.organisation)
    for one in (after.incident, *after.neighbours):
        _save_incident(work, before, one)
    _save_items(work, before, after)
    _save_postmortem(work, before.actor.id, before.postmortem, after.postmortem)
    _save_entries(work, organisation, decision.entries)
    if after.incident is not None and told_anew(before, after):
        likeness.refresh(work, [(organisation, after.incident.id)])
    shown.save(work, before, after)
    enqueue(work, organisation, decision.effects)
    save_plans(work, organisation, decision.plans)
    for gone, kept in decision.united:
        unite(work, organisation, gone, kept)
    remember(work, command, decision.reply)
    about = after.incident.id if after.incident else ""
    audit.append(
        work, organisation, audit.Link(before.actor.id, command.kind, about, "done"), command.model_dump_json()
    )


def refuse(work: Work, organisation: str, command: Command, reply: Reply) -> None:
    remember(work, command, reply)
    origin = command.origin
    actor = origin.actor
    if actor and origin.platform not in HOUSE:
        actor = by_accounts(work, organisation, [origin.account]).get(origin.account, "") or person_id(origin.account)
    audit.append(work, organisation, audit.Link(actor, command.kind, "", "refused"), command.model_dump_json())


def told_anew(before: State, after: State) -> bool:
    """Whether an incident is found by other words than before."""
    old, now = before.incident, after.incident
    if old is None or now is None or old.id != now.id or before.postmortem != after.postmortem:
        return True
    return any(getattr(old, name) != getattr(now, name) for name in FOUND_BY)


def _take_number(work: Work, organisation: str, counter: str, key: str, prefix: str) -> None:
    """A key with a number of its own takes that number from the organisation."""
    digits = key.removeprefix(prefix)
    if not (key.startswith(prefix) and digits.isdecimal()):
        return
    column = organisation_table.c[counter]
    where = and_(organisation_table.c.id == organisation, column <= int(digits))
    work.run(update(organisation_table).where(where).values({counter: int(digits) + 1}))


# -- incident, items, postmortem


def _save_incident(work: Work, before: State, now: Incident | None) -> None:
    if now is None:
        return
    known = (one for one in (before.incident, *before.neighbours) if one is not None)
    old = next((one for one in known if one.id == now.id), None)
    if now == old:
        return
    values = incident_columns(work, now)
    if old is None:
        _take_number(work, now.organisation, "next_incident", now.key, "INC-")
        work.put(IncidentRow, [values], keep=("created",))
    else:
        where = and_(incident_table.c.organisation == now.organisation, incident_table.c.id == now.id)
        del values["created"]
        work.run(update(incident_table).where(where).values(values))
    _save_members(work, old.responders if old else frozenset(), now)


def incident_columns(work: Work, now: Incident) -> Values:
    return {
        "organisation": now.organisation, "id": now.id, "key": now.key, "severity": now.severity,
        "status": now.status.value, "private": now.private, "drill": now.drill, "declared_by": now.declared_by,
        "place": key_of_place(now.place), "place_thread": now.place.thread if now.place else "",
        "folded": _folded(now), "created": work.now(), "body": now.model_dump_json(),
    }  # fmt: skip


def _folded(now: Incident) -> str:
    return f"{now.key} {now.title} {now.impact} {now.summary}".casefold()


def _save_members(work: Work, old: frozenset[str], now: Incident) -> None:
    gone = old - now.responders
    if gone:
        where = and_(member.c.organisation == now.organisation, member.c.incident == now.id, member.c.person.in_(gone))
        work.run(delete(member).where(where))
    new = sorted(now.responders - old)
    work.put(MemberRow, [{"organisation": now.organisation, "incident": now.id, "person": who} for who in new])


def _save_items(work: Work, before: State, after: State) -> None:
    old = {item.id: item for item in _items(before)}
    changed = {item.id: item for item in _items(after) if old.get(item.id) != item}
    for item in changed.values():
        if item.id not in old:
            _take_number(work, item.organisation, "next_item", item.key, "ACT-")
    work.put(ItemRow, [item_columns(item) for item in changed.values()])
    tickets.save(work, old, changed.values())


def _items(state: State) -> Iterable[ActionItem]:
    return (*state.my_items, *state.items, *((state.item,) if state.item else ()))


def item_columns(item: ActionItem) -> Values:
    return {
        "organisation": item.organisation, "id": item.id, "key": item.key, "incident": item.incident,
        "owner": item.owner,
        "status": item.status.value, "due": item.due.isoformat(), "severity": item.severity, "drill": item.drill,
        "created": item.created_at, "body": item.model_dump_json(),
    }  # fmt: skip


def _save_postmortem(work: Work, actor: str, old: Postmortem | None, now: Postmortem | None) -> None:
    if now is None or now == old:
        return
    columns = {
        "organisation": now.organisation, "id": now.id, "incident": now.incident, "owner": now.owner,
        "status": now.status.value, "due": now.due.isoformat(), "known": mark(now.known),
        "body": now.model_dump_json(),
    }  # fmt: skip
    work.put(PostmortemRow, [columns])
    work.put(PostmortemRevisionRow, [*_revisions(old, now), *_freed(work, actor, old, now)])


def _revisions(old: Postmortem | None, now: Postmortem) -> list[Values]:
    """Sections that a person wrote, and the published version as a whole, under an empty name."""
    common = {"organisation": now.organisation, "postmortem": now.id, "version": now.version}
    before = old.edited if old else {}
    rows = [
        {**common, "section": name, "at": section.at, "by": section.by, "text": section.text}
        for name, section in now.edited.items()
        if before.get(name) != section
    ]
    if now.published_at and (old is None or old.published_at != now.published_at):
        by = now.published_by or now.owner
        rows.append({**common, "section": "", "at": now.published_at, "by": by, "text": now.published_markdown})
    return rows


def _freed(work: Work, actor: str, old: Postmortem | None, now: Postmortem) -> list[Values]:
    """Sections that show again what is recorded."""
    common = {"organisation": now.organisation, "postmortem": now.id, "version": now.version}
    names = old.edited.keys() - now.edited.keys() if old else ()
    return [{**common, "section": name, "at": work.now(), "by": actor, "text": ""} for name in sorted(names)]


# -- what goes with it


def _save_entries(work: Work, organisation: str, entries: Sequence[Entry]) -> None:
    put_entries(work, {entry.incident: organisation for entry in entries}, entries)


def save_plans(work: Work, organisation: str, plans: Sequence[Planned]) -> None:
    for one in plans:
        if one.at is None:
            work.run(delete(plan).where(plan.c.organisation == organisation, plan.c.key == one.key))
            continue
        row = {
            "organisation": organisation, "key": one.key, "rule": one.rule, "subject": one.subject, "due_at": one.at,
            "wall": one.wall,
        }  # fmt: skip
        if one.keep:
            work.add(PlanRow, row)
        else:
            work.put(PlanRow, [row])


def masked_json(command: Command) -> str:
    """A command as it may be kept: what people typed without secrets, wherever it stands."""
    update = {name: mask(value) for name, value in command.__dict__.items() if isinstance(value, str)}
    return command.model_copy(update=update).model_dump_json()
