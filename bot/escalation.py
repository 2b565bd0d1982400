"""Where action items that are ignored go, week after week, until somebody named decides.

Law: it ends. Two ignored weeks are the postmortem owner's to hear of, four the team's, six are somebody's to decide: a
new date, a new owner, or a risk accepted by name. Whatever is done about an item begins its count anew. (The weeks are
the organisation's: `Policy.escalation_weeks`.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from hashlib import sha256

from bot.commands.heard import HeardOf
from bot.effects import REMINDER, Post
from bot.item_cards import IN_DIGEST, item_buttons, worst_first
from bot.model import ActionItem, Incident, Organisation, Person, Place
from bot.policy import Team, reaches
from bot.reminders import (
    Plan,
    ages,
    away,
    changed_items,
    holidays_of,
    house,
    items_of,
    over,
    planned,
    reachable,
    rule,
    word,
)
from bot.state import Look, Planned, Reminded, State
from bot.text import Button, Card, Section
from bot.turns import turn
from bot.unreachable_owners import in_line
from bot.words import actions as item_words
from bot.words import escalation as words
from bot.workdays import next_working_minute
from bot.zones import local_date, local_to_utc

FRIDAY, NOON = 4, time(12)
A_WEEK = timedelta(weeks=1)


def ignored_weeks(item: ActionItem) -> int:
    return max(0, item.heard - 1)


# -- when it is looked at


def _plan(name: str) -> Plan:
    """On Friday: by then the digests of the week are out, and each incident is spoken of once."""

    def plan(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
        changed = [item for item in changed_or_judged_anew(before, after) if _is_at(name, item, after.organisation)]
        at = _friday(now, after.organisation)
        return tuple(planned(name, one, at, keep=True) for one in sorted({item.incident for item in changed}))

    return plan


def changed_or_judged_anew(before: State, after: State) -> Iterable[ActionItem]:
    """Where the weeks themselves changed, all that are in sight."""
    same = before.organisation.policies.escalation_weeks == after.organisation.policies.escalation_weeks
    return changed_items(before, after) if same else items_of(after).values()


def _is_at(name: str, item: ActionItem, organisation: Organisation) -> bool:
    return ages(item) and reaches(organisation.policies, item.heard) == name


def _friday(now: datetime, organisation: Organisation) -> datetime:
    """The next Friday at noon where the organisation is."""
    zone = house(organisation).zone
    today = local_date(now, zone)
    friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    at = local_to_utc(datetime.combine(friday, NOON), zone)
    return at if at > now else local_to_utc(datetime.combine(friday + A_WEEK, NOON), zone)


def _of(look: Look, name: str) -> list[ActionItem]:
    return worst_first([item for item in look.items if _is_at(name, item, look.organisation)])


def _mark(items: Iterable[ActionItem]) -> str:
    """The same items, about which nothing was done meanwhile, are the same occasion."""
    told = ",".join(sorted(f"{item.id}:{item.last_change.at if item.last_change else ''}" for item in items))
    return sha256(told.encode()).hexdigest()[:16]


def _told(look: Look, plan: Planned, now: datetime, asked: str, card: Card | None, items: list[ActionItem]) -> Reminded:
    """From the incident to who is to hear of it, and then the word, in hours of theirs."""
    incident, person = look.incident, look.person
    if incident is None or not asked:
        return over(plan)
    if person is None or person.id != asked:
        return Reminded(plans=(*over(plan).plans, planned(plan.rule, f"{incident.id}:{asked}", now)))
    return word(look, plan, now, card, f"{incident.id}:{_mark(items)}")


def _owner_of_postmortem(look: Look) -> str:
    return look.postmortem.owner if look.postmortem else ""


def _first(look: Look, incident: Incident, ids: Iterable[str], items: list[ActionItem], now: datetime) -> str:
    """The first in line who owns none of the items: nobody is told of their own silence."""
    owners = {item.owner for item in items}
    return next((one.id for one in _present(look, incident, ids, now) if one.id not in owners), "")


def _present(look: Look, incident: Incident, ids: Iterable[str], now: datetime) -> Iterator[Person]:
    """Who is away is passed over like somebody who cannot be reached."""
    return (one for one in in_line(look, incident, ids) if not away(one, look.organisation, now))


def _list(look: Look, title: str, items: list[ActionItem], buttons: Callable[[ActionItem], tuple[Button, ...]]) -> Card:
    sections = [
        Section(text=words.ignored(item, _name(look, item), ignored_weeks(item)), buttons=buttons(item))
        for item in items[:IN_DIGEST]
    ]
    if len(items) > IN_DIGEST and look.incident:
        more = item_words.and_more_of(look.incident, len(items) - IN_DIGEST)
        sections.append(Section(text=more, quiet=True))
    return Card(title=title, sections=tuple(sections))


def _weeks(look: Look, step: int) -> int:
    return look.organisation.policies.escalation_weeks[step]


def _name(look: Look, item: ActionItem) -> str:
    owner = look.people.get(item.owner)
    return owner.name if owner else ""


def _chosen(*names: str) -> Callable[[ActionItem], tuple[Button, ...]]:
    return lambda item: tuple(button for button in item_buttons(item, "") if button.does in names)


# -- two weeks: the postmortem's owner


def _two(look: Look, _now: datetime) -> Card | None:
    items, incident = _of(look, "ignored_two_weeks"), look.incident
    if not items or incident is None:
        return None
    return _list(look, words.two_weeks(incident, len(items), _weeks(look, 0)), items, _chosen("reassign", "wont_do"))


@rule(
    _plan("ignored_two_weeks"),
    hears="the owner of the incident's postmortem, by a direct message; where they own the item or cannot be reached, "
    "its commander, who declared it, or an admin",
    when="on the Friday after an item was ignored for two weeks, or as the organisation's policy says: digests with it "
    "were delivered, and nothing was done "
    "about it; in working hours",
    stops="after one word, or when anything is done about the item",
    shown=_two,
)
def ignored_two_weeks(look: Look, plan: Planned, now: datetime) -> Reminded:
    items, incident = _of(look, "ignored_two_weeks"), look.incident
    if not items or incident is None:
        return over(plan)
    ids = (_owner_of_postmortem(look), incident.lead, incident.declared_by, *_admins(look))
    return _told(look, plan, now, _first(look, incident, ids, items, now), _two(look, now), items)


def _admins(look: Look) -> list[str]:
    return sorted(look.organisation.policies.admins)


# -- four weeks: the team


def _four(look: Look, _now: datetime) -> Card | None:
    items, incident = _of(look, "ignored_four_weeks"), look.incident
    if not items or incident is None:
        return None
    return _list(look, words.four_weeks(incident, len(items), _weeks(look, 1)), items, _chosen("reassign", "wont_do"))


@rule(
    _plan("ignored_four_weeks"),
    hears="the team of the incident's service in its channel, as a count without names, never of a private "
    "incident; and the team's lead, by a direct message, or else the commander, who declared it, or an admin",
    when="on the Friday after an item was ignored for four weeks, or as the policy says; in working hours",
    stops="after one post and one word, or when anything is done about the item",
    shown=_four,
)
def ignored_four_weeks(look: Look, plan: Planned, now: datetime) -> Reminded:
    items, incident = _of(look, "ignored_four_weeks"), look.incident
    if not items or incident is None:
        return over(plan)
    team = look.organisation.policies.team_of(incident.service)
    lead = team.lead if team else ""
    ids = (lead, incident.lead, incident.declared_by, *_admins(look))
    decided = _told(look, plan, now, _first(look, incident, ids, items, now), _four(look, now), items)
    if look.person is not None:
        return decided
    opens = next_working_minute(now.replace(second=0, microsecond=0), house(look.organisation), holidays_of(look))
    if opens and opens > now:
        return Reminded(plans=(plan.model_copy(update={"at": opens}),))
    posts = _count(incident, team, items, _weeks(look, 1))
    return decided.model_copy(update={"effects": posts, "once": posts[0].key if posts else ""})


def _count(incident: Incident, team: Team | None, items: list[ActionItem], weeks: int) -> tuple[Post, ...]:
    """A number and no name. Who is in the team's channel need not know of a private incident."""
    home = incident.place
    if team is None or not team.channel or home is None or incident.private:
        return ()
    text = words.count(incident, team.name, len(items), weeks)
    return (
        Post(
            key=f"ignored_four_weeks:{incident.id}:{_mark(items)}", platform=home.platform, tenant=home.tenant,
            incident=incident.id,
            place=Place(platform=home.platform, tenant=home.tenant, channel=team.channel),
            card=Card(sections=(Section(text=text),)), priority=REMINDER,
        ),
    )  # fmt: skip


# -- six weeks: a decision


def _six(look: Look, _now: datetime) -> Card | None:
    items, incident = _of(look, "ignored_six_weeks"), look.incident
    return decide_card(look, incident, items) if items and incident else None


def decide_card(look: Look, incident: Incident, items: list[ActionItem]) -> Card:
    return _list(look, words.six_weeks(incident, len(items), _weeks(look, 2)), items, decision_buttons)


def decision_buttons(item: ActionItem) -> tuple[Button, ...]:
    args = {"item": item.key}
    return (
        Button(label=words.NEW_DATE, does="snooze", args=args),
        Button(label=words.NEW_OWNER, does="reassign", args=args),
        Button(label=words.ACCEPT, does="accept_risk", args=args),
    )


@rule(
    _plan("ignored_six_weeks"),
    hears="the owner of the incident's postmortem, who must decide, by a direct message; after two more weeks the "
    "commander, after two more an admin; whoever cannot be reached, or owns the item, comes last",
    when="on the Friday after an item was ignored for six weeks, or as the policy says; in working hours",
    stops="when somebody sets a new date, names a new owner, accepts the risk with a reason, or the item ends; nobody "
    "is asked twice about the same items",
    shown=_six,
)
def ignored_six_weeks(look: Look, plan: Planned, now: datetime) -> Reminded:
    items, incident = _of(look, "ignored_six_weeks"), look.incident
    if not items or incident is None:
        return over(plan)
    return _told(look, plan, now, _decider(look, incident, items, now), _six(look, now), items)


def _decider(look: Look, incident: Incident, items: list[ActionItem], now: datetime) -> str:
    """The next one of those who may accept a risk, where the one before was silent for two weeks more."""
    ids = (_owner_of_postmortem(look), incident.lead, *_admins(look))
    known = [one.id for one in _present(look, incident, ids, now)]
    owners = {item.owner for item in items}
    line = sorted(known, key=lambda one: one in owners)
    last = look.organisation.policies.escalation_weeks[-1] + 1
    turn_of = (max(item.heard for item in items) - last) // 2
    return line[min(turn_of, len(line) - 1)] if line else ""


# -- items that nobody can be reminded of


def _silent(item: ActionItem, seen: State | Look) -> bool:
    owner = seen.people.get(item.owner)
    return ages(item) and (not item.owner or (owner is not None and reachable(owner) is None))


def _plan_unheard(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    silent = {item.incident for item in changed_items(before, after) if _silent(item, after)}
    return tuple(planned("unheard", one, now + A_WEEK, keep=True) for one in sorted(silent))


@rule(
    _plan_unheard,
    hears="nobody",
    when="every week in which an open action item has no owner, or one who cannot be reached: it counts as ignored",
    stops="when somebody who can be reached owns it, or it ends",
)
def unheard(look: Look, plan: Planned, now: datetime) -> Reminded:
    """Such an item goes the same way as one that is ignored."""
    incident = look.incident
    ids = sorted(item.id for item in look.items if _silent(item, look))
    if incident is None or not ids:
        return over(plan)
    once = f"unheard:{incident.id}:{now:%Y-%m-%d}"
    counted = turn(once, look.organisation.id, incident.id, HeardOf, items=",".join(ids))
    return Reminded(once=once, effects=(counted,), plans=(planned("unheard", incident.id, now + A_WEEK),))
