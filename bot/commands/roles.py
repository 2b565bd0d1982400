"""Who does what in an incident: the commander in public, other roles by a private word; and who is brought in."""

from __future__ import annotations

from datetime import datetime

from bot.change import called, changed, entry, incident_of, not_closed
from bot.command import Command
from bot.effects import Direct, Effect, Invite, Remove
from bot.errors import Refused
from bot.membership import may_know
from bot.model import EntryKind, Incident, Person, Place
from bot.people import Naming, account_in, here, person_named
from bot.reading import role_said
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Card, Reply, Section
from bot.words import forms
from bot.words import people as words
from bot.words.incident import TAKE_A_ROLE, topic

KNOWN = {"commander": "lead", "ic": "lead", "communications": "comms", "operations": "ops"}
LONGEST_ROLE = 30


@verb(
    "lead",
    "ic",
    usage="lead @user",
    example="lead @maya",
    help="Makes somebody the incident commander; nobody named: you.",
)
class Lead(Naming, kind="lead"):
    wants_incident = True

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        return {"person": said}


@decides(Lead)
def lead(state: State, command: Lead, now: datetime) -> Decision:
    not_closed(state, "lead")
    return _given(state, command, now, "lead", person_named(state, command, "lead @maya"))


class TakeLead(Naming, kind="take_lead"):
    """The button of somebody who was told that nobody leads; a late click takes the lead from nobody."""

    wants_incident = True


@decides(TakeLead)
def take_lead(state: State, command: TakeLead, now: datetime) -> Decision:
    incident = not_closed(state, "lead")
    if incident.lead:
        raise Refused(words.leads_already(state, incident.lead))
    decision = _given(state, command, now, "lead", state.actor)
    return decision.model_copy(update={"reply": decision.reply.model_copy(update={"replaces": True})})


@verb(
    "role",
    usage="role <role> [@user]",
    example="role comms @maya",
    help="Gives a role: lead, comms, ops, scribe, liaison or your own.",
)
class Role(Naming, kind="role"):
    wants_incident = True
    asks = True

    role: str = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        return role_said(said)


@decides(Role)
def role(state: State, command: Role, now: datetime) -> Decision:
    incident = not_closed(state, TAKE_A_ROLE)
    name = " ".join(command.role.casefold().split()).rstrip(":,")
    if not name:
        return Decision(state=state, reply=Reply(form=forms.role(incident.key, "")))
    if len(name) > LONGEST_ROLE or not all(one.isalnum() or one in " -_" for one in name):
        raise Refused(words.bad_role(name), "role")
    return _given(state, command, now, KNOWN.get(name, name), person_named(state, command, "role comms @maya"))


def _given(state: State, command: Naming, now: datetime, name: str, person: Person) -> Decision:
    incident = incident_of(state)
    if incident.roles.get(name) == here(person).id:
        raise Refused(words.has_role(state, person.id, name))
    if person.kind == "guest":
        raise Refused(words.no_role_for_guests(person.name), "person")
    _must_be_in(incident, person)
    state = _knowing(state, person)
    told = words.leads(state, person.id) if name == "lead" else None
    return changed(
        state,
        command,
        now,
        entry(state, command, now, EntryKind.ROLE, words.role_line(called(person), name)),
        what="the lead" if name == "lead" else "the role",
        public=told,
        reply=words.role_set(state, person.id, name),
        effects=_brought_in(state, command, incident, person, name),
        roles={**incident.roles, name: person.id},
        responders=incident.responders | {person.id},
    )


def _must_be_in(incident: Incident, person: Person) -> None:
    """A role tells of the incident, so of a private one only members can take one."""
    if not may_know(incident, person.id):
        raise Refused(words.invite_first(person.name))


def _knowing(state: State, person: Person) -> State:
    return state.model_copy(update={"people": {**state.people, person.id: person}})


def _brought_in(state: State, command: Command, incident: Incident, person: Person, name: str) -> tuple[Effect, ...]:
    """Whoever is given a role is in the channel, and hears of it: the commander in public, others by a private word."""
    if person.id == state.actor.id or incident.place is None:
        return ()
    there = incident.private and person.id in incident.responders
    effects: tuple[Effect, ...] = () if there else _invitation(command, incident, incident.place, person)
    account = account_in(person, incident.place)
    if name == "lead" or not account:
        return effects
    card = Card(sections=(Section(text=words.you_have_role(state, incident, name)),))
    told = Direct(
        key=f"role:{incident.id}:{command.origin.id}",
        platform=incident.place.platform,
        tenant=incident.place.tenant,
        incident=incident.id,
        account=account,
        card=card,
    )
    return (*effects, told)


def _invitation(command: Command, incident: Incident, place: Place, person: Person) -> tuple[Invite, ...]:
    account = account_in(person, place)
    if not account:
        return ()
    key = f"invite:{incident.id}:{person.id}:{command.origin.id}"
    return (
        Invite(
            key=key,
            platform=place.platform,
            tenant=place.tenant,
            incident=incident.id,
            place=place,
            accounts=(account,),
            topic=topic(incident),
        ),
    )


@verb(
    "invite",
    usage="invite @user",
    example="invite @maya",
    help="Brings somebody in; into a private incident, only this does.",
)
class InviteSomebody(Naming, kind="invite"):
    wants_incident = True
    asks = True

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        return {"person": said}


@decides(InviteSomebody)
def invite(state: State, command: InviteSomebody, now: datetime) -> Decision:
    incident = incident_of(state)
    if not command.person.strip():
        return Decision(state=state, reply=Reply(form=forms.person(incident.key, "invite", words.INVITE)))
    person = here(person_named(state, command, "invite @maya"))
    if incident.place is not None and not account_in(person, incident.place):
        raise Refused(words.no_account(person.name), "person")
    state = _knowing(state, person)
    return changed(
        state,
        command,
        now,
        entry(state, command, now, EntryKind.PEOPLE, words.invited_line(called(person)), noted=False),
        what="the invitation",
        undo=False,
        reply=words.invited(state, person.id),
        effects=_invitation(command, incident, incident.place, person) if incident.place else (),
        responders=incident.responders | {person.id},
    )


@verb("remove", usage="remove @user", example="remove @maya", help="Takes somebody out of a private incident.")
class RemoveSomebody(Naming, kind="remove"):
    wants_incident = True
    asks = True

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        return {"person": said}


@decides(RemoveSomebody)
def remove(state: State, command: RemoveSomebody, now: datetime) -> Decision:
    incident = incident_of(state)
    if not incident.private:
        raise Refused(words.remove_from_public())
    if not command.person.strip():
        return Decision(state=state, reply=Reply(form=forms.person(incident.key, "remove", words.REMOVE)))
    person = person_named(state, command, "remove @maya")
    _may_go(state, incident, person)
    return changed(
        state,
        command,
        now,
        entry(state, command, now, EntryKind.PEOPLE, words.removed_line(called(person)), noted=False),
        what="the removal",
        undo=False,
        reply=words.removed(person.name),
        effects=_removal(command, incident, person),
        responders=incident.responders - {person.id},
        roles={name: who for name, who in incident.roles.items() if who != person.id},
    )


def _may_go(state: State, incident: Incident, person: Person) -> None:
    if person.id not in incident.responders:
        raise Refused(words.remove_not_in(person.name), "person")
    if person.id == state.actor.id:
        raise Refused(words.remove_yourself(), "person")
    if person.id == incident.lead:
        raise Refused(words.remove_lead(), "person")


def _removal(command: Command, incident: Incident, person: Person) -> tuple[Remove, ...]:
    place = incident.place
    account = account_in(person, place) if place else ""
    if place is None or not account:
        return ()
    key = f"remove:{incident.id}:{person.id}:{command.origin.id}"
    return (
        Remove(
            key=key, platform=place.platform, tenant=place.tenant, incident=incident.id, place=place, account=account
        ),
    )


class Join(Command, kind="join"):
    """The button under an announcement."""

    wants_incident = True


@decides(Join, may="anyone")
def join(state: State, command: Join, _now: datetime) -> Decision:
    incident = incident_of(state)
    if not may_know(incident, state.actor.id):
        raise Refused(words.is_private(incident))
    if incident.place is None:
        raise Refused(words.no_channel_yet(incident))
    if not account_in(state.actor, incident.place):
        raise Refused(words.no_account(state.actor.name))
    effects = _invitation(command, incident, incident.place, state.actor)
    return Decision(state=state, effects=effects, reply=Reply.of(words.joining(incident)))
