"""`debrief people …`: who is known, and an admin's word that two of them are one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adapters.cli.verbs import Show, here
from bot.commands.accounts import LinkPeople
from bot.engine import handle
from bot.model import Person
from bot.ports import Store
from bot.words import terminal as words


def listed(people: Sequence[Person], show: Show) -> int:
    for one in people:
        accounts = ", ".join(account.key for account in one.accounts)
        show("  ".join(part for part in (one.id, one.name, one.kind, accounts, one.email) if part))
    if not people:
        show(words.nobody_known())
    return 0


def linked(
    store: Store,
    organisation: str,
    kept: str,
    other: str,
    find: Callable[[str], Person | None],
    show: Show,
    complain: Show,
) -> int:
    """Exit code 0, 1 where they cannot be one person, or 2 where it is not clear who is meant."""
    found = {said: find(said) for said in (kept, other)}
    unclear = [said for said, one in found.items() if one is None]
    for said in unclear:
        complain(words.unclear(said))
    ids = [one.id for said in (kept, other) if (one := found[said]) is not None]
    if unclear:
        return 2
    with store.transaction() as tx:
        reply = handle(tx, LinkPeople(origin=here(organisation), kept=ids[0], other=ids[1]))
    show(reply.plain())
    return 0 if reply.outcome == "done" else 1
