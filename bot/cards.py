"""The incident's cards in neutral words: the status card, its panel, the announcement and lists of incidents.

Law: a card is a function of the state alone, so that an edit can always replace it. Only what
members of the incident may read stands on it, and an announcement says nothing of a private incident.
"""

from __future__ import annotations

from datetime import datetime

from bot import words
from bot.effects import Edit, Effect
from bot.model import FIVE_TIMES, Incident, Status
from bot.people import account_in
from bot.permissions import permitted
from bot.similar_cards import card_sections
from bot.state import State
from bot.text import Button, Card, Link, Section, Strong, Text, View, joined, say
from bot.words import cards as labels
from bot.words import incident as say_incident
from bot.words import people as say_people

BUTTONS: dict[Status, tuple[str, ...]] = {
    Status.ACTIVE: ("update", "sev", "lead", "action", "timeline", "mitigate", "resolve"),
    Status.MITIGATED: ("update", "lead", "action", "timeline", "reopen", "resolve"),
    Status.RESOLVED: ("action", "timeline", "reopen", "close"),
    Status.CLOSED: ("timeline", "reopen"),
}
AHEAD: dict[Status, tuple[str, ...]] = {
    Status.ACTIVE: ("mitigated", "resolved"),
    Status.MITIGATED: ("resolved",),
    Status.RESOLVED: (),
    Status.CLOSED: (),
}
"""Of the five times, those that cannot be known yet."""


def status_card(state: State, incident: Incident, *, keeps: bool = True, mine: bool = False) -> Card:
    """The living card; `keeps` adds the small print for the channel, that messages are kept. `mine`: as the actor sees
    it, without the buttons that are not for them."""
    facts = Section(text=_headline(incident), facts=_facts(state, incident))
    offered = tuple(one for one in buttons(incident) if not mine or permitted(state, one.does))
    sections = [facts, Section(facts=_times(state, incident)), Section(buttons=offered)]
    sections[2:2] = card_sections(state, incident)
    if incident.capture_gap:
        sections.insert(1, Section(text=say_incident.capture_gap(incident.capture_gap)))
    if keeps:
        sections.append(Section(text=say_incident.keeps(incident), quiet=True))
    title = say_incident.said(state, say_incident.title(incident))
    return Card(title=title, sections=tuple(sections), view=_views(state, incident))


def _views(state: State, incident: Incident) -> View | None:
    """Whoever has a part in it sees the buttons that are for them; the commander comes first."""
    place = incident.place
    first = [incident.lead, *sorted(set(incident.roles.values()) | incident.responders)]
    known = [state.people[one] for one in dict.fromkeys(first) if one in state.people]
    accounts = tuple(account for one in known if place and (account := account_in(one, place)))
    return View(does="glance", args={"incident": incident.key}, accounts=accounts) if accounts else None


def _headline(incident: Incident) -> Text:
    return say(
        "{dot} {severity} · {status}{private}",
        dot=labels.DOTS[incident.status],
        severity=Strong(text=say_incident.severity(incident.severity)),
        status=Strong(text=say_incident.short_state(incident)),
        private=labels.PRIVATE if incident.private else "",
    )


def _facts(state: State, incident: Incident) -> tuple[tuple[str, Text], ...]:
    lead = words.person(state, incident.lead) if incident.lead else labels.NOBODY
    facts = [(labels.COMMANDER, say("{lead}", lead=lead))]
    if others := {role: who for role, who in incident.roles.items() if role != "lead"}:
        facts.append((labels.ROLES, say_people.roles(state, incident.model_copy(update={"roles": others}))))
    if incident.service:
        facts.append((labels.SERVICE, say("{service}", service=incident.service)))
    facts.append((labels.IMPACT, say("{impact}", impact=say_incident.said(state, incident.impact) or labels.NOT_YET)))
    if incident.update:
        facts.append((labels.LAST_UPDATE, say_incident.last_update(state, incident)))
    if incident.summary and not incident.is_open:
        facts.append((labels.SUMMARY, say("{text}", text=say_incident.said(state, incident.summary))))
    if link := state.organisation.policies.call_link:
        facts.append((labels.CALL, say("{link}", link=Link(url=link, label=link))))
    return tuple(facts)


def _times(state: State, incident: Incident) -> tuple[tuple[str, Text], ...]:
    """Those that are known, then by name those that nobody knows; what has not happened yet is not unknown."""
    moments = {name: getattr(incident.times, name) for name in FIVE_TIMES}
    told = [say("{name} {at}", name=name, at=say_incident.when(state, at.at)) for name, at in moments.items() if at]
    unknown = [name for name, at in moments.items() if not at and name not in AHEAD[incident.status]]
    told += [say("{unknown}: {names}", unknown=labels.UNKNOWN, names=", ".join(unknown))] if unknown else []
    return ((labels.TIMES, joined(told, " · ")),)


def buttons(incident: Incident) -> tuple[Button, ...]:
    return tuple(_button(incident, verb) for verb in BUTTONS[incident.status] if verb != "lead" or not incident.lead)


def _button(incident: Incident, verb: str) -> Button:
    return Button(
        label=labels.BUTTONS[verb],
        does=verb,
        args={"incident": incident.key},
        style="primary" if verb == "update" else "plain",
        confirm=labels.CONFIRM.get(verb, ""),
    )


def announcement(state: State, incident: Incident) -> Card:
    """What everybody sees. An incident that turned private leaves an empty shell behind."""
    if incident.private:
        return Card(title=say_incident.no_longer_public())
    facts = [
        (label, text)
        for label, text in _facts(state, incident)
        if label in (labels.COMMANDER, labels.IMPACT, labels.LAST_UPDATE)
    ]
    join = (Button(label=labels.JOIN, does="join", args={"incident": incident.key}),) if incident.is_open else ()
    return Card(
        title=say_incident.said(state, say_incident.title(incident)),
        sections=(Section(text=_headline(incident), facts=tuple(facts), buttons=join),),
    )


def refreshed(state: State, origin: str) -> tuple[Effect, ...]:
    """Edits of the cards that stand somewhere. Only the newest of them is worth sending."""
    incident = state.incident
    if incident is None:
        return ()
    edits: list[Effect] = []
    for name, ref in (("status", incident.status_card), ("announcement", incident.announcement)):
        if ref is None:
            continue
        # A card is not written in the zone of whoever changed it last.
        reader = state.model_copy(update={"actor": state.actor.model_copy(update={"zone": ""})})
        card = status_card(reader, incident) if name == "status" else announcement(reader, incident)
        edits.append(
            Edit(
                key=f"card:{incident.id}:{name}:{origin}",
                platform=ref.platform,
                tenant=ref.tenant,
                incident=incident.id,
                supersedes=f"card:{incident.id}:{name}",
                message=ref,
                card=card,
            )
        )
    return tuple(edits)


def listed(state: State, incidents: tuple[Incident, ...], now: datetime) -> tuple[Section, ...]:
    return tuple(Section(text=say_incident.listed(state, incident, now)) for incident in incidents)
