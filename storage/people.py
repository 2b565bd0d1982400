"""Persons and their accounts. Whoever is heard of becomes a person at once; the platform is asked later who it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select

from bot.effects import Effect, LearnProfile
from bot.model import Account, Person
from storage.fields import table
from storage.keys import DEBRIEF, HOUSE, INTEGRATION, first_name, local_part, spoken, stub
from storage.outbox import enqueue
from storage.tables import AccountRow, OrganisationRow, PersonRow, TenantRow
from storage.work import Values, Work

person, account, tenant = table(PersonRow), table(AccountRow), table(TenantRow)
organisation_table = table(OrganisationRow)
_ACCOUNT = re.compile(r"[^:\s]+:[^:\s]+:\S+")


def debrief(organisation: str) -> Person:
    """The bot itself."""
    return Person(id=DEBRIEF, organisation=organisation, name="Debrief", kind="integration")


def integration(organisation: str, name: str) -> Person:
    """What acts without being anybody: a program with a token. Whatever its name, it is never the bot itself."""
    return Person(id=INTEGRATION + name, organisation=organisation, name=name, kind="integration")


def by_ids(work: Work, organisation: str, ids: Iterable[str]) -> dict[str, Person]:
    wanted = set(ids) - {""}
    if not wanted:
        return {}
    where = and_(person.c.organisation == organisation, person.c.id.in_(sorted(wanted)))
    people = [Person.model_validate_json(row.body) for row in work.rows(select(person.c.body).where(where))]
    return {found.id: found for found in people}


def by_accounts(work: Work, organisation: str, keys: Iterable[str]) -> dict[str, str]:
    """Person ids by account key, of those that are known."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    where = and_(account.c.organisation == organisation, account.c.key.in_(wanted))
    return {row.key: row.person for row in work.rows(select(account.c.key, account.c.person).where(where))}


def alike(work: Work, organisation: str, said: Iterable[str]) -> tuple[Person, ...]:
    """Those of some ids and casefolded e-mail addresses; an address is found by the index of its first part."""
    words = set(said)
    if not words:
        return ()
    addresses = {word for word in words if "@" in word}
    first = {local_part(address) for address in addresses}
    fits = [and_(person.c.local.in_(first), person.c.email.in_(addresses))] if addresses else []
    fits += [person.c.id.in_(words - addresses)] if words - addresses else []
    wanted = select(person.c.body).where(person.c.organisation == organisation, or_(*fits)).order_by(person.c.id)
    return tuple(Person.model_validate_json(row.body) for row in work.rows(wanted))


def stay(work: Work, organisation: str) -> None:
    """Nobody becomes somebody else until this transaction ends: linking holds the organisation alone."""
    id_ = organisation_table.c.id
    work.row(select(id_).where(id_ == organisation).with_for_update(read=True, key_share=True))


def meet(work: Work, heard: set[tuple[str, str]]) -> None:
    """Makes accounts persons that were never heard of. The usual case, that all are known, costs nothing."""
    unknown = heard - work.known - work.met
    for organisation in {organisation for organisation, _ in unknown}:
        keys = {key for of, key in unknown if of == organisation and _chat(key)}
        known = by_accounts(work, organisation, keys)
        for key in sorted(keys - set(known)):
            make(work, stub(organisation, key))
        work.met.update((organisation, key) for key in keys)


def _chat(key: str) -> bool:
    return _ACCOUNT.fullmatch(key) is not None and key.split(":", 1)[0] not in HOUSE


def make(work: Work, new: Person) -> None:
    """A person of one account, and the question who it is."""
    work.add(PersonRow, _columns(new))
    for one in new.accounts:
        work.add(AccountRow, {"organisation": new.organisation, "key": one.key, "person": new.id})
    enqueue(work, new.organisation, [question for one in new.accounts if (question := _question(one))])


def _question(one: Account) -> Effect | None:
    if one.platform not in ("slack", "teams"):
        return None
    return LearnProfile(key=f"profile:{one.key}", platform=one.platform, tenant=one.tenant, account=one.key)


def save_people(work: Work, before: dict[str, Person], after: dict[str, Person]) -> None:
    changed = [p for p in after.values() if before.get(p.id) != p and p.kind != "integration"]
    work.put(PersonRow, [_columns(p) for p in changed])
    for p in changed:
        keys = [one.key for one in p.accounts]
        where = and_(account.c.organisation == p.organisation, account.c.person == p.id, account.c.key.not_in(keys))
        work.run(delete(account).where(where))
        work.put(AccountRow, [{"organisation": p.organisation, "key": key, "person": p.id} for key in keys])


def _columns(p: Person) -> Values:
    return {
        "organisation": p.organisation, "id": p.id, "kind": p.kind, "email": p.email.casefold(),
        "full": spoken(p.name), "first": first_name(p.name), "local": local_part(p.email),
        "unreachable": p.unreachable, "body": p.model_dump_json(),
    }  # fmt: skip


def named(work: Work, organisation: str, mentions: Iterable[str]) -> dict[str, str]:
    """What a command calls people to person id. Accounts of tenants of the organisation become persons."""
    said = list(mentions)
    keys = {word for word in said if not word.startswith("@")}
    met = keys & _ours(work, organisation, keys)
    meet(work, {(organisation, key) for key in met})
    found = by_accounts(work, organisation, keys)
    names = {word for word in said if word.startswith("@")}
    found |= _addressed(work, organisation, (word for word in keys if "@" in word and not _chat(word)))
    return found | {word: id_ for word in names if (id_ := _called(work, organisation, word))}


def _addressed(work: Work, organisation: str, addresses: Iterable[str]) -> dict[str, str]:
    """Who has an e-mail address, where nobody else has it too."""
    told = list(addresses)
    known = alike(work, organisation, {word.casefold() for word in told}) if told else ()
    fits = {word: [one.id for one in known if one.email.casefold() == word.casefold()] for word in told}
    return {word: ids[0] for word, ids in fits.items() if len(ids) == 1}


def _ours(work: Work, organisation: str, keys: set[str]) -> set[str]:
    """Keys on tenants that belong to the organisation: nobody can make persons of anybody else's."""
    chat = {key: tuple(key.split(":", 2)[:2]) for key in keys if _chat(key)}
    if not chat:
        return set()
    where = and_(tenant.c.organisation == organisation, tenant.c.left_at.is_(None))
    joined = {tuple(row) for row in work.rows(select(tenant.c.platform, tenant.c.tenant).where(where))}
    return {key for key, place in chat.items() if place in joined}


def _called(work: Work, organisation: str, word: str) -> str:
    """The one person of that full name, first name or e-mail's local part; empty where it fits nobody, or several."""
    name = spoken(word)
    if not name:
        return ""
    fits = or_(person.c.full == name, person.c.first == name, person.c.local == name)
    where = and_(person.c.organisation == organisation, person.c.kind.in_(("human", "guest")), fits)
    found = [row.id for row in work.rows(select(person.c.id).where(where).limit(2))]
    return found[0] if len(found) == 1 else ""


def found_by(work: Work, organisation: str, said: str) -> Person | None:
    """The one person of that id, e-mail address or name; None where it fits nobody, or several."""
    where = and_(person.c.organisation == organisation, or_(person.c.id == said, person.c.email == said.casefold()))
    found = [row.id for row in work.rows(select(person.c.id).where(where).limit(2))]
    id_ = found[0] if len(found) == 1 else _called(work, organisation, said)
    return by_ids(work, organisation, [id_]).get(id_)


def ids_of(organisation: str, said: str) -> Select[Any]:
    """Of everybody with that id or full name, whoever they are by now."""
    named = or_(person.c.id == said, person.c.full == spoken(said))
    return select(person.c.id).where(person.c.organisation == organisation, named)


def make_admin(work: Work, organisation: str, key: str) -> None:
    """The person of an account, who may set the organisation up."""
    stay(work, organisation)
    meet(work, {(organisation, key)})
    for one in by_ids(work, organisation, by_accounts(work, organisation, [key]).values()).values():
        save_people(work, {}, {one.id: one.model_copy(update={"admin": True})})


def everybody(work: Work, organisation: str) -> list[Person]:
    """By name."""
    wanted = select(person.c.body).where(person.c.organisation == organisation).order_by(person.c.full, person.c.id)
    return [Person.model_validate_json(row.body) for row in work.rows(wanted)]


def unreachable(work: Work) -> list[Person]:
    rows = work.rows(select(person.c.body).where(person.c.unreachable).order_by(person.c.organisation, person.c.id))
    return [Person.model_validate_json(row.body) for row in rows]
