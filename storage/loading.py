"""The state that a rule sees, read for one command: its organisation, who asks, the incident, and what it needs."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, not_, or_, select, tuple_

from bot.command import Command, Needs, Origin, Receipt
from bot.item_cards import listed_in
from bot.model import (
    ActionItem,
    Entry,
    Incident,
    ItemStatus,
    MessageRef,
    Organisation,
    Person,
    Place,
    Policies,
    Postmortem,
)
from bot.similar import Found
from bot.state import State
from storage import likeness, people, shown
from storage.concerned import Loaded, concerned
from storage.entries import COLUMNS, ORDER, entry, from_row, from_typed, in_order
from storage.fields import table
from storage.keys import HOUSE, INTEGRATION, place_key, ref_key
from storage.tables import ItemRow, OrganisationRow, PostmortemRow, TenantRow
from storage.tables_tickets import TicketRow
from storage.visible import incident, is_member, public, seen_by
from storage.work import Work

organisation_table, tenant = table(OrganisationRow), table(TenantRow)
item_table, postmortem_table, ticket = table(ItemRow), table(PostmortemRow), table(TicketRow)
OPEN = ("active", "mitigated")
LISTED = 200
NAMED = (
    incident.c.key, incident.c.id, item_table.c.key, item_table.c.id, postmortem_table.c.id, entry.c.id, ticket.c.ref,
)  # fmt: skip
CLAIMED = 5_000
"""Keys and ids that are looked up in one statement."""
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no word comes of it."""


def load(work: Work, organisation: str, command: Command, needs: Needs) -> State:
    alike = _alike(work, organisation, command)
    row = _organisation(work, organisation, announcing=needs.announcing, alone=bool(alike))
    alike = people.alike(work, organisation, command.alike()) if alike else ()
    actor = _actor(work, organisation, command.origin)
    if needs.message and command.message:
        work.hold([ref_key(command.message)])
    housed = _housed(work, organisation, command) if needs.neighbours else ()
    found = _about(work, actor, command)
    about = found["incident"]
    found["neighbours"] = tuple(one for one in housed if about is None or one.id != about.id)
    found |= _beside(work, actor, command, needs, about)
    found["named"] = people.named(work, organisation, command.mentions())
    found["taken"] = taken(work, organisation, command.claims())
    ids = concerned(work, organisation, found) | {one.id for one in alike}
    everybody = people.by_ids(work, organisation, ids)
    policies = Policies.model_validate_json(row.policies)
    found["holidays"] = work.off_days(policies.country) if needs.holidays else frozenset()
    return State(
        organisation=Organisation(id=organisation, name=row.name, policies=policies),
        actor=actor, people=everybody | {actor.id: actor}, alike=alike,
        next_incident=row.next_incident, next_item=row.next_item,
        nonce="".join(secrets.choice(LETTERS) for _ in range(5)),
        bot_place=_bot_place(work, organisation, command.origin), language_model=work.language_model,
        trackers=work.trackers, **found,
    )  # fmt: skip


def _alike(work: Work, organisation: str, command: Command) -> tuple[Person, ...]:
    """Whom the command may make one; none where it is only the one whom it speaks of. Of two who are told the same
    address at once, the second waits here and sees the first."""
    said = command.alike()
    work.hold(f"alike {organisation} {one}" for one in said)
    found = people.alike(work, organisation, said)
    known = set(command.mentions())
    return found if any(known.isdisjoint(account.key for account in one.accounts) for one in found) else ()


def _organisation(work: Work, organisation: str, *, announcing: bool, alone: bool) -> Any:
    """Held together with other commands, or alone: before anybody is read, so that nobody who was read becomes somebody
    else. It costs no more than the foreign keys that hold it later."""
    wanted = select(organisation_table).where(organisation_table.c.id == organisation)
    row = work.row(wanted.with_for_update(key_share=not alone, read=not (alone or announcing)))
    if row is None:
        raise LookupError(f"organisation {organisation} does not exist")
    return row


def _actor(work: Work, organisation: str, origin: Origin) -> Person:
    if not origin.actor:
        return people.debrief(organisation)
    if origin.platform in HOUSE:
        return _house_actor(work, organisation, origin.actor)
    people.meet(work, {(organisation, origin.account)})
    ids = people.by_accounts(work, organisation, [origin.account])
    found = people.by_ids(work, organisation, ids.values())
    return next(
        iter(found.values()), Person(id=origin.account, organisation=organisation, name=origin.actor, kind="gone")
    )


def _house_actor(work: Work, organisation: str, actor: str) -> Person:
    if actor.startswith(INTEGRATION):
        return people.integration(organisation, actor.removeprefix(INTEGRATION))
    gone = Person(id=actor, organisation=organisation, name=actor, kind="gone")
    return people.by_ids(work, organisation, [actor]).get(actor, gone)


# -- what the command is about


def _about(work: Work, actor: Person, command: Command) -> Loaded:
    """The incident named, else the one of the named item, else the one of the channel."""
    here = in_channel(actor.organisation, command.origin)
    may_see = or_(seen_by(actor), here) if here is not None else seen_by(actor)
    item = _item(work, may_see, command.item) if command.item else None
    where = meant(actor, command, here, may_see, item)
    found = _locked_incident(work, where) if where is not None else None
    if item is not None:
        # As it is now that its incident is held; under another incident's name nobody reaches it.
        item = _item(work, may_see, command.item) if found and found.id == item.incident else None
    return {"item": item, "incident": found}


def meant(
    actor: Person,
    command: Command,
    here: ColumnElement[bool] | None,
    may_see: ColumnElement[bool],
    item: ActionItem | None,
) -> ColumnElement[bool] | None:
    if isinstance(command, Receipt) and command.incident_id:
        return and_(seen_by(actor), incident.c.id == command.incident_id)
    ours = incident.c.organisation == actor.organisation
    if command.incident:
        return and_(may_see, ours, incident.c.key == command.incident.upper())
    return here if item is None else and_(ours, incident.c.id == item.incident)


def in_channel(organisation: str, origin: Origin) -> ColumnElement[bool] | None:
    """Who can speak in an incident's own channel is one of those who may see it."""
    if not origin.channel:
        return None
    return and_(
        incident.c.organisation == organisation,
        incident.c.place == place_key(origin.platform, origin.tenant, origin.channel),
        incident.c.place_thread.in_(("", origin.thread)),
    )


def _housed(work: Work, organisation: str, command: Command) -> tuple[Incident, ...]:
    """All that lives in the channel or where the named incident does, held in one order and before any one of them, so
    that nobody waits for each other."""
    here = in_channel(organisation, command.origin)
    beside = _beside_the_named(organisation, command.incident) if command.incident else None
    where = [one for one in (here, beside) if one is not None]
    if not where:
        return ()
    held = select(incident.c.body).where(or_(*where)).order_by(incident.c.id).with_for_update(key_share=True)
    return tuple(Incident.model_validate_json(row.body) for row in work.rows(held))


def _beside_the_named(organisation: str, key: str) -> ColumnElement[bool]:
    named = incident.alias()
    there = select(named.c.place, named.c.place_thread).where(
        named.c.organisation == organisation, named.c.key == key.upper()
    )
    return and_(incident.c.organisation == organisation, tuple_(incident.c.place, incident.c.place_thread).in_(there))


def _locked_incident(work: Work, where: ColumnElement[bool]) -> Incident | None:
    """Held until the transaction ends."""
    row = work.row(best_of(where).with_for_update(key_share=True, of=incident))
    return Incident.model_validate_json(row.body) if row else None


def best_of(where: ColumnElement[bool]) -> Select[Any]:
    """The thread's before the channel's, open before ended, newest first."""
    is_open = case((incident.c.status.in_(OPEN), 0), else_=1)
    ordered = select(incident.c.body).where(where)
    return ordered.order_by(incident.c.place_thread.desc(), is_open, incident.c.created.desc()).limit(1)


def _item(work: Work, may_see: ColumnElement[bool], key: str) -> ActionItem | None:
    row = work.row(
        select(item_table.c.body).join(incident, same_incident()).where(may_see, item_table.c.key == key.upper())
    )
    return ActionItem.model_validate_json(row.body) if row else None


def same_incident() -> ColumnElement[bool]:
    return and_(item_table.c.organisation == incident.c.organisation, item_table.c.incident == incident.c.id)


# -- what its rule needs beside


def _beside(work: Work, actor: Person, command: Command, needs: Needs, about: Incident | None) -> Loaded:
    found: Loaded = {}
    if about is not None:
        found |= _of_incident(work, about, needs)
        found |= {"shown": shown.of(work, actor, about), "past": past_of(work, actor, about, command, needs)}
    elif command.wants_incident:
        found["mine"] = _mine(work, actor)
    if key := command.elsewhere():
        found["elsewhere"] = _item(work, public(actor.organisation), key)
    if told_of := command.told_of():
        found["items"] = _held_items(work, actor.organisation, told_of)
    if needs.open_items:
        found |= _everybodys(work, actor)
    if needs.my_items:
        found["my_items"] = _of_reader(work, actor, command.listed)
    if needs.listing:
        found["listing"] = _incidents(work, seen_by(actor), LISTED)
    if needs.message and command.message:
        found["entry"] = _entry(work, actor, command.message, about)
    return found


def past_of(work: Work, actor: Person, about: Incident, command: Command, needs: Needs) -> Found | None:
    """The words of the command itself are looked for, too: the incident may be about to have them."""
    if not needs.similar:
        return None
    may_see = public(about.organisation) if needs.similar == "public" else seen_by(actor)
    reader = "" if needs.similar == "public" else actor.id
    ahead = work.foreseen
    if ahead is not None and (ahead.about, ahead.reader) == (about.id, reader):
        return likeness.still_seen(work, may_see, ahead.found)
    found = likeness.found(work, may_see, about, getattr(command, "text", ""), reader)
    return likeness.with_ended(work, about.organisation, found) if needs.ended_items else found


def _of_incident(work: Work, about: Incident, needs: Needs) -> Loaded:
    found: Loaded = {}
    if needs.items:
        found["items"] = items_of(work, about)
    if needs.postmortem:
        found["postmortem"] = postmortem_of(work, about)
    if needs.log:
        found["log"] = log_of(work, about)
    return found


def items_of(work: Work, about: Incident) -> tuple[ActionItem, ...]:
    t = item_table
    mine = select(t.c.body).where(t.c.organisation == about.organisation, t.c.incident == about.id)
    return _read_items(work, mine.order_by(t.c.created, t.c.id))


def _held_items(work: Work, organisation: str, ids: tuple[str, ...]) -> tuple[ActionItem, ...]:
    """None of them is done, moved or handed on meanwhile; in one order, so that nobody waits for each other."""
    t = item_table
    named = select(t.c.body).where(t.c.organisation == organisation, t.c.id.in_(ids)).order_by(t.c.id)
    return _read_items(work, named.with_for_update(key_share=True))


def _of_reader(work: Work, actor: Person, listing: str) -> tuple[ActionItem, ...]:
    """Their own open ones, and what else stood in the list that they see before them."""
    mine = open_items(work, actor.organisation, actor.id)
    keys = set(listed_in(listing)[1]) - {item.key for item in mine} if listing else set()
    if not keys:
        return mine
    wanted = select(item_table.c.body).join(incident, same_incident()).where(seen_by(actor), item_table.c.key.in_(keys))
    return (*mine, *_read_items(work, wanted))


def _everybodys(work: Work, actor: Person) -> Loaded:
    t = item_table
    mine = and_(t.c.organisation == actor.organisation, t.c.status == ItemStatus.OPEN.value)
    held = select(t.c.body).where(mine).order_by(t.c.id).with_for_update(key_share=True)
    items = _read_items(work, held)

    def beyond(who: ColumnElement[bool]) -> frozenset[str]:
        known = select(t.c.id).join(incident, same_incident()).where(mine, who)
        return frozenset(item.id for item in items) - {row.id for row in work.rows(known)}

    owners = or_(not_(incident.c.private), is_member(t.c.owner))
    return {"items": items, "hidden": beyond(seen_by(actor)), "not_the_owners": beyond(owners)}


def open_items(work: Work, organisation: str, owner: str) -> tuple[ActionItem, ...]:
    """Without those of private incidents that their owner is no member of any more."""
    t = item_table
    where = and_(t.c.organisation == organisation, t.c.owner == owner, t.c.status == ItemStatus.OPEN.value)
    known = or_(not_(incident.c.private), is_member(owner))
    mine = select(t.c.body).join(incident, same_incident()).where(where, known)
    return _read_items(work, mine.order_by(t.c.due, t.c.created, t.c.id))


def _read_items(work: Work, wanted: Any) -> tuple[ActionItem, ...]:
    return tuple(ActionItem.model_validate_json(row.body) for row in work.rows(wanted))


def postmortem_of(work: Work, about: Incident) -> Postmortem | None:
    t = postmortem_table
    row = work.row(select(t.c.body).where(t.c.organisation == about.organisation, t.c.incident == about.id))
    return Postmortem.model_validate_json(row.body) if row else None


def log_of(work: Work, about: Incident) -> tuple[Entry, ...]:
    names = ", ".join(COLUMNS)
    where = f"organisation = {work.mark} AND incident = {work.mark}"
    work.cursor.execute(f"SELECT {names} FROM entry WHERE {where}", (about.organisation, about.id))  # noqa: S608
    found = [from_row(row) for row in work.cursor]
    work.old.update((one.id, one) for one in found)
    return tuple(in_order(found))


def _incidents(work: Work, where: ColumnElement[bool], limit: int) -> tuple[Incident, ...]:
    newest = select(incident.c.body).where(where).order_by(incident.c.created.desc(), incident.c.id.desc()).limit(limit)
    return tuple(Incident.model_validate_json(row.body) for row in work.rows(newest))


def _mine(work: Work, actor: Person) -> tuple[Incident, ...]:
    part = or_(is_member(actor.id), incident.c.declared_by == actor.id)
    return _incidents(work, and_(seen_by(actor), incident.c.status.in_(OPEN), part), LISTED)


def _entry(work: Work, actor: Person, message: MessageRef, about: Incident | None) -> Entry | None:
    """Of the incident in question; without one, the first that the actor may see."""
    same = and_(entry.c.organisation == incident.c.organisation, entry.c.incident == incident.c.id)
    where = and_(entry.c.organisation == actor.organisation, entry.c.ref == ref_key(message))
    where = and_(where, entry.c.incident == about.id) if about else and_(where, seen_by(actor))
    row = work.row(select(entry).join(incident, same).where(where).order_by(*ORDER).limit(1))
    if row is None:
        return None
    found = from_typed(row)
    work.old[found.id] = found
    return found


# -- what a command brings along


def taken(work: Work, organisation: str, claimed: tuple[str, ...]) -> frozenset[str]:
    """Which keys and ids stand for something already, whoever may know of it."""
    found: set[str] = set()
    for start in range(0, len(claimed), CLAIMED):
        some = claimed[start : start + CLAIMED]
        for column in NAMED:
            where = and_(column.table.c.organisation == organisation, column.in_(some))
            found.update(work.connection.execute(select(column).where(where)).scalars())
    return frozenset(found)


def _bot_place(work: Work, organisation: str, origin: Origin) -> Place | None:
    """The tenant of the chat that the command comes from; for the others the chat that joined first."""
    if origin.platform not in HOUSE:
        return Place(platform=origin.platform, tenant=origin.tenant, channel="")
    chats = tenant.c.platform.not_in(HOUSE)
    where = and_(tenant.c.organisation == organisation, tenant.c.left_at.is_(None), chats)
    row = work.row(select(tenant.c.platform, tenant.c.tenant).where(where).order_by(tenant.c.joined_at).limit(1))
    return Place(platform=row.platform, tenant=row.tenant, channel="") if row else None
