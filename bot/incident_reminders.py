"""What is forgotten while an incident runs: an update that was promised, and the commander whom nobody has named.

Law: one word each, privately and at once: the incident is not over at night. Of a drill nobody is reminded.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.effects import Direct
from bot.model import Account, Incident, Person, Status
from bot.policy import Policy
from bot.reminders import house, over, planned, reachable, rule, working_time
from bot.review_cards import button
from bot.state import Look, Planned, Reminded, State
from bot.text import Card, Section
from bot.unreachable_owners import in_line
from bot.words import reminded as words

NAMED_WITHIN = timedelta(minutes=10)
WORST = (1, 2)
"""Severities that need a commander."""


def _message(key: str, account: Account, card: Card, plan: str) -> Direct:
    return Direct(
        key=key, platform=account.platform, tenant=account.tenant, account=account.key, card=card, plan=plan
    )  # fmt: skip


# -- an update that was promised


def _expected(incident: Incident | None, policy: Policy) -> datetime | None:
    """When the next update is due, as promised or else by the organisation's policy, as long as it is waited for."""
    if incident is None or incident.drill or not incident.is_open:
        return None
    if incident.update is not None and incident.update.next_due is not None:
        return incident.update.next_due
    minutes, since = policy.update_minutes.get(incident.severity), _last_said(incident)
    return since + timedelta(minutes=minutes) if minutes and since else None


def _last_said(incident: Incident) -> datetime | None:
    said = [moment.at for moment in (incident.times.declared, incident.times.mitigated) if moment is not None]
    return max([*said, *((incident.update.at,) if incident.update else ())], default=None)


def _plan_update(before: State, after: State, _now: datetime) -> tuple[Planned, ...]:
    if after.incident is None:
        return ()
    was, due = (_expected(one.incident, one.organisation.policies) for one in (before, after))
    return (planned("update_overdue", after.incident.id, due),) if was != due else ()


def _update_overdue(look: Look, now: datetime) -> Card | None:
    expected, incident = _expected(look.incident, look.organisation.policies), look.incident
    if incident is None or expected is None or expected > now:
        return None
    posts = button(incident, words.POST_UPDATE, "update", "primary")
    promised = incident.update is not None and incident.update.next_due is not None
    text = (words.update_overdue if promised else words.update_expected)(incident, expected, _zone(look))
    return Card(sections=(Section(text=text, buttons=(posts,)),))


def _zone(look: Look) -> str:
    return (working_time(look.person, look.organisation) if look.person else house(look.organisation)).zone


@rule(
    _plan_update,
    hears="the incident commander, by a direct message; where there is none, or they cannot be reached, whoever posted "
    "the last update, or declared the incident",
    when="at the time for which the next update was promised, or else is due by the organisation's policy, at any hour "
    "of the day",
    stops="after one word a promise or a time that is due, or when an update, a mitigation with a text or the end of "
    "the incident came first",
    shown=_update_overdue,
)
def update_overdue(look: Look, plan: Planned, now: datetime) -> Reminded:
    """From the incident to who is to hear of it, and at once the word."""
    incident, person = look.incident, look.person
    expected = _expected(incident, look.organisation.policies)
    if incident is None or expected is None:
        return over(plan)
    if expected > now:
        return Reminded(plans=(*over(plan).plans, planned(plan.rule, incident.id, expected)))
    ids = (incident.lead, incident.update.by if incident.update else "", incident.declared_by)
    asked = next((one for one in in_line(look, incident, ids) if one.kind == "human"), None)
    if asked is None:
        return over(plan)
    if person is None or person.id != asked.id:
        return Reminded(plans=(*over(plan).plans, planned(plan.rule, f"{incident.id}:{asked.id}", now)))
    card, account = _update_overdue(look, now), reachable(person)
    if card is None or account is None:
        return over(plan)
    once = f"update_overdue:{incident.id}:{expected.isoformat()}"
    return Reminded(once=once, effects=(_message(once, account, card, plan.key),), plans=over(plan).plans)


# -- a commander whom nobody has named


def _waits(incident: Incident | None) -> bool:
    if incident is None or incident.drill or incident.status is not Status.ACTIVE:
        return False
    return incident.severity in WORST and not incident.lead


def _plan_roles(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    incident, was = after.incident, _waits(before.incident)
    if incident is None or was == _waits(incident):
        return ()
    return (planned("roles_unclaimed", incident.id, None if was else now + NAMED_WITHIN),)


def _roles_unclaimed(look: Look, _now: datetime) -> Card | None:
    incident = look.incident
    if incident is None or not _waits(incident):
        return None
    leads = button(incident, words.I_LEAD, "take_lead", "primary")
    return Card(sections=(Section(text=words.nobody_leads(incident), buttons=(leads,)),))


@rule(
    _plan_roles,
    hears="whoever declared an incident of SEV1 or SEV2, and its responders, each by a direct message",
    when="10 minutes after it became active or that severe, at any hour of the day",
    stops="after one word each, or when somebody leads, or it is mitigated or less severe",
    shown=_roles_unclaimed,
)
def roles_unclaimed(look: Look, plan: Planned, now: datetime) -> Reminded:
    incident, card = look.incident, _roles_unclaimed(look, now)
    if incident is None or card is None:
        return over(plan)
    ids = (incident.declared_by, *sorted(incident.responders))
    told = [one for one in in_line(look, incident, ids) if one.kind == "human"]
    effects = tuple(message for one in told if (message := _to_lead(one, incident, card)))
    return Reminded(once=f"roles_unclaimed:{incident.id}", effects=effects, plans=over(plan).plans)


def _to_lead(person: Person, incident: Incident, card: Card) -> Direct | None:
    key, account = f"roles_unclaimed:{incident.id}:{person.id}", reachable(person)
    return _message(key, account, card, key) if account else None
