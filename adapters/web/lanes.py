"""Whose lane of the chart a line of the log stands in.

Law: what changed the incident, alerts, and what comes after it have lanes by kind; what people said has a lane for each
of those who said most, the commander first, and one for all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from bot.draft_names import Names
from bot.key_entries import SAID
from bot.model import Account, Entry, EntryKind, Incident, Person
from bot.text import Value
from bot.words import pages as words
from bot.words.draft import BOT, SOMEBODY
from bot.words.people import role_name

SPEAKERS = 5
MACHINE = "named "
"""How the key of whoever has no account begins, so that a name is never taken for a lane of ours."""
OWN = {
    EntryKind.ALERT: words.ALERTS,
    EntryKind.ACTION: words.ACTIONS,
    EntryKind.POSTMORTEM: words.POSTMORTEM,
}
FIRST, LAST = (words.STATE, words.ALERTS), (words.OTHERS, words.ACTIONS, words.POSTMORTEM)


class Lane(Value):
    name: str
    role: str = ""


class Lanes(Value):
    lanes: tuple[Lane, ...]
    places: tuple[int, ...]
    """The lane of each entry, in the order of the entries."""


def lanes_of(log: Iterable[Entry], incident: Incident, people: Mapping[str, Person], names: Names) -> Lanes:
    """Only lanes in which something stands."""
    who = speaker(people)
    keys = [_kind(entry) or who(entry) for entry in log]
    counts = Counter(key for key in keys if key not in (*FIRST, *LAST))
    roles = {person: role for role, person in sorted(incident.roles.items(), reverse=True)}
    roles |= {incident.lead: "lead"} if incident.lead else {}
    first = sorted(counts, key=lambda key: (key != incident.lead, -counts[key], key))[:SPEAKERS]
    keys = [words.OTHERS if key in counts and key not in first else key for key in keys]
    there = set(keys)
    shown = [key for key in (*FIRST, *first, *LAST) if key in there]
    place = {key: n for n, key in enumerate(shown)}
    lanes = tuple(Lane(name=_name(key, people, names), role=role_name(roles.get(key, ""))) for key in shown)
    return Lanes(lanes=lanes, places=tuple(place[key] for key in keys))


def _kind(entry: Entry) -> str:
    return "" if entry.kind in SAID else OWN.get(entry.kind, words.STATE)


def _name(key: str, people: Mapping[str, Person], names: Names) -> str:
    return names(key) if key in people else key.removeprefix(MACHINE)


def speaker(people: Mapping[str, Person]) -> Callable[[Entry], str]:
    """The person of an entry, whatever account it was said with; else a name."""
    known = {account.key: person.id for person in people.values() for account in person.accounts}

    def of(entry: Entry) -> str:
        if not entry.author:
            return MACHINE + (entry.author_name or BOT)
        user = Account.of(entry.author).user if entry.author.count(":") >= 2 else entry.author
        return known.get(entry.author) or (user if user in people else MACHINE + SOMEBODY)

    return of
