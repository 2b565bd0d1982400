"""An action item that would have helped in a later incident goes straight to somebody who decides about it.

Law: its owner hears of it once. One named person after the other, two weeks apart, is asked for a new date, a new owner
or an accepted risk, until one of them decides; whatever is done about the item ends it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.escalation import decision_buttons
from bot.item_cards import item_buttons
from bot.known import Again
from bot.model import ActionItem, Incident, ItemStatus
from bot.reminders import away, changed_items, over, planned, reachable, rule, word
from bot.state import Look, Planned, Reminded, State
from bot.text import Card, Section
from bot.unreachable_owners import in_line
from bot.words import known as words

DECIDER, OWNER = "known_unfixed", "known_unfixed_owner"
TURN = timedelta(days=14)
"""How long one person has before the next is asked."""


def unanswered(item: ActionItem) -> Again | None:
    """The newest later incident about which nothing was done yet; None for what ended, or was moved or given since."""
    if item.status is not ItemStatus.OPEN or item.drill or not item.again:
        return None
    newest = item.again[-1]
    acted = item.last_change is not None and item.last_change.at > newest.at
    return None if acted else newest


def _new(before: State, after: State) -> list[ActionItem]:
    known = {item.id: item for item in (*before.items, *before.my_items)}
    changed = [item for item in changed_items(before, after) if unanswered(item)]
    return [item for item in changed if item.id not in known or known[item.id].again != item.again]


def _plan_decision(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    return tuple(planned(DECIDER, item.id, now) for item in _new(before, after))


def _plan_owner(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    return tuple(planned(OWNER, f"{item.id}:{item.owner}", now) for item in _new(before, after) if item.owner)


def _facts(look: Look) -> tuple[ActionItem, Again, Incident] | None:
    item = look.items[0] if look.items else None
    one = unanswered(item) if item else None
    return (item, one, look.incident) if item and one and look.incident else None


# -- somebody named decides


def _turns(one: Again, now: datetime) -> int:
    return max(0, (now - one.at) // TURN)


def _line(look: Look, incident: Incident, item: ActionItem, now: datetime) -> list[str]:
    """Who may decide, in the order in which they are asked; the item's own owner comes last."""
    owner = look.postmortem.owner if look.postmortem else ""
    ids = (owner, incident.lead, incident.declared_by, *sorted(look.organisation.policies.admins))
    there = [one.id for one in in_line(look, incident, ids) if not away(one, look.organisation, now)]
    return sorted(there, key=lambda one: one == item.owner)


def _decision(look: Look, _now: datetime) -> Card | None:
    facts = _facts(look)
    if facts is None:
        return None
    item, one, _ = facts
    owner = look.people.get(item.owner)
    text = words.why(item, one, owner.name if owner else "")
    return Card(title=words.decide(item), sections=(Section(text=text, buttons=decision_buttons(item)),))


@rule(
    _plan_decision,
    hears="the owner of the postmortem of the item's incident, who must decide, by a direct message; after two weeks "
    "its commander, then who declared it, then an admin; whoever is away or cannot be reached is passed over",
    when="people said at a review that an open action item would have prevented a later incident, or shortened it; in "
    "working hours",
    stops="when somebody sets a new date, names a new owner, accepts the risk with a reason, or the item ends; when "
    "what was said is taken back; when everybody in line was asked",
    shown=_decision,
)
def known_unfixed(look: Look, plan: Planned, now: datetime) -> Reminded:
    """The first look finds whom to ask, and plans the next in line; then comes the word, in hours of theirs."""
    facts = _facts(look)
    if facts is None:
        return over(plan)
    item, one, incident = facts
    if ":" in plan.subject:
        return word(look, plan, now, _decision(look, now), f"{item.id}:{one.incident}")
    line, turn = _line(look, incident, item, now), _turns(one, now)
    if turn >= len(line):
        return over(plan)
    following = planned(DECIDER, item.id, one.at + TURN * (turn + 1))
    return Reminded(plans=(following, planned(DECIDER, f"{item.id}:{line[turn]}", now)))


# -- its owner hears of it


def _owner_card(look: Look, _now: datetime) -> Card | None:
    facts = _facts(look)
    if facts is None or look.person is None or facts[0].owner != look.person.id:
        return None
    item, one, _ = facts
    return Card(sections=(Section(text=words.to_owner(item, one), buttons=item_buttons(item, "")),))


@rule(
    _plan_owner,
    hears="the owner of an action item that would have helped in a later incident, by a direct message",
    when="people said so at the review of that incident; in working hours",
    stops="after one word an incident; not where the owner is asked to decide, or the item ended or changed hands",
    shown=_owner_card,
)
def known_unfixed_owner(look: Look, plan: Planned, now: datetime) -> Reminded:
    facts, person = _facts(look), look.person
    if facts is None or person is None or reachable(person) is None:
        return over(plan)
    item, one, incident = facts
    if _line(look, incident, item, now)[:1] == [person.id]:
        return over(plan)  # the same person hears of it once
    return word(look, plan, now, _owner_card(look, now), f"{item.id}:{one.incident}")
