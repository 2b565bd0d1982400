"""Action items whose owner cannot be written to any more: left, blocked the bot, was removed, or may not know of them.

Law: such an item never falls silent. One person who can be reached is asked once to find it another owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from bot.item_cards import IN_DIGEST, item_buttons, worst_first
from bot.membership import may_know, shut_out_of
from bot.model import ActionItem, Incident, Person
from bot.reminders import changed_items, counts, over, planned, reachable, rule, word
from bot.state import Look, Planned, Reminded, State
from bot.text import Card, Section
from bot.words import actions as words

NAME = "owner_unreachable"


def _plan(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    """Of a person who was lost just now, all items; of the others, an item that was given to somebody out of reach, and
    what somebody owned of a private incident that they may not know of any more."""
    lost = [one.id for one in after.people.values() if _lost(before.people.get(one.id), one)]
    given = {item.incident for item in changed_items(before, after) if counts(item) and _out_of_reach(item, after)}
    given |= set(shut_out_of(before, after))
    return tuple(planned(NAME, subject, now) for subject in (*lost, *sorted(given)))


def _lost(before: Person | None, after: Person) -> bool:
    return before is not None and reachable(before) is not None and reachable(after) is None


def _out_of_reach(item: ActionItem, seen: State | Look) -> bool:
    owner, incident = seen.people.get(item.owner), seen.incident
    if owner is None:
        return False
    shut_out = incident is not None and incident.id == item.incident and not may_know(incident, owner.id)
    return shut_out or reachable(owner) is None


def _left(look: Look) -> list[ActionItem]:
    return worst_first([item for item in look.items if counts(item) and _out_of_reach(item, look)])


def _asked(look: Look, incident: Incident) -> str:
    """The postmortem's owner; where they are out of reach, the lead, who declared it, an admin; of a private incident
    any member. Empty: nobody."""
    owner = look.postmortem.owner if look.postmortem else ""
    others = incident.responders if incident.private else look.organisation.policies.admins
    ids = (owner, incident.lead, incident.declared_by, *sorted(others))
    return next((one.id for one in in_line(look, incident, ids)), "")


def in_line(look: Look, incident: Incident, ids: Iterable[str]) -> Iterator[Person]:
    """Those who can be written to, each once; of a private incident, its responders only."""
    known = (look.people[one] for one in dict.fromkeys(ids) if one in look.people)
    return (one for one in known if reachable(one) and may_know(incident, one.id))


def _card(look: Look, _now: datetime) -> Card | None:
    """What is left without an owner who can be reached, while the reader is the one who is asked."""
    left, incident, person = _left(look), look.incident, look.person
    if incident is None or person is None or not left or _asked(look, incident) != person.id:
        return None
    sections = [_section(item, look) for item in left[:IN_DIGEST]]
    if len(left) > IN_DIGEST:
        sections.append(Section(text=words.and_more_of(incident, len(left) - IN_DIGEST), quiet=True))
    return Card(title=words.owners_lost(incident), sections=tuple(sections))


def _section(item: ActionItem, look: Look) -> Section:
    buttons = tuple(each for each in item_buttons(item, "") if each.does in ("reassign", "wont_do"))
    return Section(text=words.owner_lost(item, look.people[item.owner].name), buttons=buttons)


@rule(
    _plan,
    hears="the owner of the incident's postmortem, by a direct message; where they cannot be reached either, its lead, "
    "who declared it, or an admin",
    when="the owner of an open action item left, blocks the bot, cannot be written to, or is no member of its private "
    "incident any more; in working hours",
    stops="after one word for the same items and owners, or when somebody who can be reached owns them, or they end",
    shown=_card,
)
def owner_unreachable(look: Look, plan: Planned, now: datetime) -> Reminded:
    """From the person lost to the incidents of their items, from an incident to who is asked, and then the word."""
    if look.incident is None:
        subjects = sorted({item.incident for item in _left(look)})
    elif ":" not in plan.subject:
        asked = _asked(look, look.incident) if _left(look) else ""
        subjects = [f"{look.incident.id}:{asked}"] if asked else []
    else:
        return word(look, plan, now, _card(look, now), f"{look.incident.id}:{_mark(look)}")
    return Reminded(plans=(*over(plan).plans, *(planned(NAME, subject, now) for subject in subjects)))


def _mark(look: Look) -> str:
    """The same items of the same owners are the same occasion."""
    told = ",".join(sorted(f"{item.id}:{item.owner}" for item in _left(look)))
    return sha256(told.encode()).hexdigest()[:16]
