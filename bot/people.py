"""Who is meant: from what somebody typed to a person, and from a person to an account in a place."""

from __future__ import annotations

import re

from bot.command import Command, Origin
from bot.errors import Refused
from bot.model import Person, Place
from bot.state import State
from bot.text import mentioned
from bot.words import people as words
from bot.words.incident import said as as_said

_NAME = re.compile(r"@[\w.\-]{1,80}")


class Naming(Command):
    """A command that names a person in `person`: a mention, `@name`, or a bare name."""

    person: str = ""

    def mentions(self) -> tuple[str, ...]:
        bare = self.person.strip()[:80]
        more = (f"@{bare}",) if bare and not mentioned(bare) and not bare.startswith("@") else ()
        return tuple(dict.fromkeys((*super().mentions(), *more)))


def person_named(state: State, command: Naming, example: str) -> Person:
    """The one person that the command names; nobody named means whoever says it. Raises `Refused`."""
    said = command.person.strip()
    if not said or said.casefold() in ("me", "@me"):
        return state.actor
    one_alone(said, "person")
    for name in (*mentioned(said), *_NAME.findall(said), f"@{said[:80]}"):
        if (found := state.people.get(state.named.get(name, ""))) is not None:
            return found
    raise Refused(words.no_such_person(as_said(state, said), example), "person")


def one_alone(said: str, field: str) -> None:
    """Raises `Refused` where several people are mentioned: none of them is left out in silence."""
    if len(set(mentioned(said))) > 1:
        raise Refused(words.one_at_a_time(), field)


def here(person: Person) -> Person:
    """Raises `Refused` unless it is a person who can take something on."""
    if person.kind in ("bot", "integration", "gone"):
        raise Refused(words.not_a_person(person.name), "person")
    return person


def can_be_one(one: Person, other: Person) -> bool:
    """Nobody has two accounts on the same tenant."""
    tenants = [{(account.platform, account.tenant) for account in each.accounts} for each in (one, other)]
    return one.id != other.id and not tenants[0] & tenants[1]


def as_one(kept: Person, gone: Person) -> Person:
    """The one who stays, with the other's accounts; what they set or were called is kept, what was missing filled."""
    nameless = kept.name in {account.user for account in kept.accounts}
    return kept.model_copy(
        update={
            "name": gone.name if nameless else kept.name,
            "email": kept.email or gone.email,
            "zone": kept.zone or gone.zone,
            "accounts": (*kept.accounts, *gone.accounts),
            "admin": kept.admin or gone.admin,
            "unreachable": kept.unreachable and gone.unreachable,
        }
    )


def account_in(person: Person, place: Place, origin: Origin | None = None) -> str:
    """The account (key) by which a person is known where the place is; empty if they have none there."""
    same = origin is not None and (origin.platform, origin.tenant) == (place.platform, place.tenant)
    if origin is not None and same and any(one.key == origin.account for one in person.accounts):
        return origin.account
    found = person.account_on(place.platform, place.tenant)
    return found.key if found else ""
