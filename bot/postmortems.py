"""How a postmortem begins and who owns it.

Law: a postmortem is never without an owner, and always due. Both follow from what is recorded: the same
incident always proposes the same person and date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from bot import words as common
from bot.change import called
from bot.command import Origin
from bot.effects import DRAFT, Direct, Effect, Post
from bot.errors import Refused
from bot.ids import stable_id
from bot.membership import may_know
from bot.model import FIVE_TIMES, Account, Entry, EntryKind, Incident, Person, Postmortem
from bot.readiness import readiness
from bot.reminders import reachable
from bot.review import Ownership
from bot.review_cards import proposal_card
from bot.state import State
from bot.suggesting import asking
from bot.text import Button, Card, Section
from bot.words import factors
from bot.words import postmortem as words
from bot.words import postmortem_said as said
from bot.words.draft import CALLED
from bot.words.suggestions import ASKED_LINE
from bot.workdays import add_working_days
from bot.zones import local_date, valid_zone


def open_postmortem(
    state: State, now: datetime, origin: Origin
) -> tuple[Postmortem, tuple[Entry, ...], tuple[Effect, ...]]:
    """The draft of `state.incident`, its line in the timeline, one public post and a word to the proposed owner.

    One that exists already comes back as it is, and causes nothing.
    """
    incident = state.incident
    if incident is None:
        raise Refused(common.which_incident_none())
    if state.postmortem is not None:
        return state.postmortem, (), ()
    owner = proposed_owner(state, incident)
    postmortem = Postmortem(
        id=stable_id("postmortem", incident.id),
        organisation=incident.organisation,
        incident=incident.id,
        owner=owner,
        opened_at=now,
        due=due_date(state, incident, now),
        ownership=Ownership(asked=(owner,), told_at=now if owner in candidates(state, incident) else None),
    )
    asked = asking(state, postmortem, "opened")
    lines = (_opened_line(state, postmortem, now, origin), *((_asked_line(postmortem, now),) if asked else ()))
    return postmortem, lines, (*_opened_post(state, postmortem), *propose(state, postmortem), *asked)


def zone_of_organisation(state: State) -> str:
    zone = state.organisation.policies.zone
    return zone if valid_zone(zone) else "UTC"


def due_date(state: State, incident: Incident, now: datetime) -> date:
    """By the organisation's policy: for SEV1 by the calendar, for others in working days."""
    today = local_date(now, zone_of_organisation(state))
    known = state.organisation.policies.postmortem_days
    days = known.get(incident.severity, max(known.values(), default=10))
    return today + timedelta(days=days) if incident.severity == 1 else add_working_days(today, days)


def proposed_owner(state: State, incident: Incident) -> str:
    """The scribe, else another responder than the commander, else the commander, who declared, or an admin."""
    return next_owner(state, incident, ()) or incident.declared_by


def next_owner(state: State, incident: Incident, asked: Iterable[str]) -> str:
    """The first who was not asked yet; empty: nobody is left."""
    last = (incident.lead, incident.declared_by, state.actor.id, *sorted(state.organisation.policies.admins))
    left = (one for one in (*candidates(state, incident), *last) if one not in asked)
    return next((one for one in left if _can_own(state, incident, one)), "")


def candidates(state: State, incident: Incident) -> tuple[str, ...]:
    """Who is proposed and may say no: responders other than the commander, the scribe first."""
    scribe = incident.roles.get("scribe", "")
    others = sorted(incident.responders - {scribe})
    return tuple(one for one in (scribe, *others) if one != incident.lead and _can_own(state, incident, one))


def _can_own(state: State, incident: Incident, person: str) -> bool:
    found = state.people.get(person)
    return found is not None and may_own(found) and may_know(incident, person)


def may_own(person: Person) -> bool:
    """Guests may not edit, so they cannot own."""
    return person.kind == "human"


def _opened_line(state: State, postmortem: Postmortem, now: datetime, origin: Origin) -> Entry:
    owner = state.people.get(postmortem.owner)
    return Entry(
        id=stable_id("line", postmortem.incident, origin.platform, origin.tenant, origin.id, "postmortem"),
        incident=postmortem.incident,
        kind=EntryKind.POSTMORTEM,
        text=words.opened_line(called(owner) if owner else "", postmortem.due),
        author=origin.account,
        author_name="" if origin.actor else state.actor.name,
        occurred=now,
        recorded=now,
        noted=True,
    )


def _asked_line(postmortem: Postmortem, now: datetime) -> Entry:
    """Nobody asked: it goes with the opening."""
    return Entry(
        id=stable_id("line", postmortem.id, "asked"), incident=postmortem.incident, kind=EntryKind.POSTMORTEM,
        text=ASKED_LINE, occurred=now, recorded=now,
    )  # fmt: skip


def _opened_post(state: State, postmortem: Postmortem) -> tuple[Effect, ...]:
    incident = state.incident
    if incident is None or incident.place is None:
        return ()
    owner = common.person(state, postmortem.owner)
    missing = readiness(incident, state.items, postmortem)
    card = Card(
        sections=(
            Section(
                text=words.opened_public(incident, owner, postmortem.due),
                buttons=(read_button(incident), factor_button(incident, postmortem), card_button(incident)),
            ),
            Section(text=words.missing_list(missing), quiet=True),
        )
    )
    return (
        Post(
            key=f"postmortem:{postmortem.id}:opened",
            platform=incident.place.platform,
            tenant=incident.place.tenant,
            incident=incident.id,
            place=incident.place,
            card=card,
            priority=DRAFT,
        ),
    )


def propose(state: State, postmortem: Postmortem, part: str = "opened", **more: Any) -> tuple[Effect, ...]:
    """Asks the proposed owner, who may say no; whoever is left over is told that they own it."""
    if postmortem.ownership.told_at is None or state.incident is None:
        return tell_owner(state, postmortem, words.PROPOSED if part == "opened" else words.LAST, part)
    card = proposal_card(state.incident, postmortem)
    return tell(state, postmortem.owner, f"{_owner_key(postmortem)}:{part}", card, **more)


def tell_owner(state: State, postmortem: Postmortem, asked: str, part: str = "opened") -> tuple[Effect, ...]:
    """A private word to the owner, where the incident is if they have an account there."""
    incident = state.incident
    if incident is None:
        return ()
    buttons = (read_button(incident), card_button(incident), owner_button(incident))
    card = Card(sections=(Section(text=words.you_own(incident, postmortem.due, asked), buttons=buttons),))
    return tell(state, postmortem.owner, f"{_owner_key(postmortem)}:{part}", card)


def _owner_key(postmortem: Postmortem) -> str:
    return f"postmortem:{postmortem.id}:owner:{postmortem.owner}"


def tell(state: State, person: str, key: str, card: Card, **more: Any) -> tuple[Effect, ...]:
    """A private word to somebody, where the incident is if they have an account there; nothing if nowhere, or if they
    may not know of it (any more)."""
    found, incident = state.people.get(person), state.incident
    account = account_for(found, incident) if found and incident and may_know(incident, person) else None
    if account is None:
        return ()
    to = account.key
    told = Direct(
        key=key, platform=account.platform, tenant=account.tenant, account=to, card=card, priority=DRAFT, **more
    )
    return (told,)


def account_for(person: Person, incident: Incident) -> Account | None:
    place = incident.place
    there = person.account_on(place.platform, place.tenant) if place and not person.unreachable else None
    return there or reachable(person)


# -- buttons


def _button(incident: Incident, label: str, does: str, **args: str) -> Button:
    return Button(label=label, does=does, args={"incident": incident.key, **args})


def read_button(incident: Incident) -> Button:
    return _button(incident, words.READ, "postmortem")


def open_button(incident: Incident) -> Button:
    return _button(incident, words.OPEN, "postmortem_open")


def factor_button(incident: Incident, postmortem: Postmortem) -> Button:
    return _button(incident, factors.CHANGE if postmortem.factors else factors.ADD, "postmortem_factor")


def card_button(incident: Incident) -> Button:
    return _button(incident, words.WRITE_CARD, "postmortem_edit", section="learning")


def section_button(incident: Incident, section: str) -> Button:
    return _button(incident, CALLED[section], "postmortem_edit", section=section)


def edit_button(incident: Incident) -> Button:
    return _button(incident, words.WRITE_OTHER, "postmortem_edit")


def owner_button(incident: Incident) -> Button:
    return _button(incident, words.OTHER_OWNER, "postmortem_owner")


def revise_button(incident: Incident) -> Button:
    return _button(incident, words.REVISE, "postmortem_revise")


def said_buttons(incident: Incident) -> tuple[Button, ...]:
    kinds = {"trigger": said.TRIGGER, "decision": said.DECISION, "question": said.QUESTION}
    unknown = any(getattr(incident.times, name) is None for name in FIVE_TIMES)
    asked = (_button(incident, said.SET_TIME, "time"),) if unknown else ()
    return asked + tuple(_button(incident, label, f"postmortem_{kind}") for kind, label in kinds.items())


def changes_button(incident: Incident) -> Button:
    return _button(incident, said.CHANGES, "postmortem_changes")


def publish_button(incident: Incident) -> Button:
    return _button(incident, words.PUBLISH, "postmortem_publish")


def publish_anyway_button(incident: Incident) -> Button:
    args = {"incident": incident.key, "sure": "yes"}
    confirm = words.PUBLISH_SURE
    return Button(label=words.PUBLISH_ANYWAY, does="postmortem_publish", args=args, style="danger", confirm=confirm)
