"""`debrief people …`: who is known, an admin's word that two of them are one person, and who is an admin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from adapters.cli.verbs import Show, here
from bot.command import Command
from bot.commands.accounts import LinkPeople, NameAdmin
from bot.engine import handle
from bot.model import Person
from bot.ports import Store
from bot.words import terminal as words

Find = Callable[[str], Person | None]


def listed(people: Sequence[Person], admins: Collection[str], show: Show) -> int:
    for one in people:
        accounts = ", ".join(account.key for account in one.accounts)
        kind = words.ADMIN if one.admin or one.id in admins else one.kind
        show("  ".join(part for part in (one.id, one.name, kind, accounts, one.email) if part))
    if not people:
        show(words.nobody_known())
    return 0


def linked(store: Store, organisation: str, kept: str, other: str, find: Find, show: Show, complain: Show) -> int:
    """Exit code 0, 1 where they cannot be one person, or 2 where it is not clear who is meant."""
    ids = _meant((kept, other), find, complain)
    if ids is None:
        return 2
    return _told(store, LinkPeople(origin=here(organisation), kept=ids[0], other=ids[1]), show)


def named(store: Store, organisation: str, who: str, off: bool, find: Find, show: Show, complain: Show) -> int:
    """Exit code 0, 1 where that cannot be, or 2 where it is not clear who is meant."""
    ids = _meant((who,), find, complain)
    if ids is None:
        return 2
    return _told(store, NameAdmin(origin=here(organisation), who=ids[0], off="yes" if off else ""), show)


def _meant(said: Sequence[str], find: Find, complain: Show) -> list[str] | None:
    """Ids; None where somebody is unclear, and that was said."""
    found = {one: find(one) for one in said}
    for one in (one for one, person in found.items() if person is None):
        complain(words.unclear(one))
    ids = [person.id for one in said if (person := found[one]) is not None]
    return ids if len(ids) == len(said) else None


def _told(store: Store, command: Command, show: Show) -> int:
    with store.transaction() as tx:
        reply = handle(tx, command)
    show(reply.plain())
    return 0 if reply.outcome == "done" else 1
