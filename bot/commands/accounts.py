"""What platforms tell of people: who installed, who somebody is, who came into a channel and who left."""

from __future__ import annotations

from datetime import datetime

from bot.change import called, entry
from bot.command import Needs, Receipt
from bot.effects import LearnProfile
from bot.model import EntryKind, Person
from bot.permissions import is_admin
from bot.ports import Decision, State
from bot.rules import decides
from bot.words import channel as words
from bot.zones import valid_zone

KINDS = ("human", "guest", "bot", "integration", "gone")


class OfAccount(Receipt):
    account: str
    """Account key `platform:tenant:user`."""

    def mentions(self) -> tuple[str, ...]:
        return (self.account,)


def _person(state: State, account: str) -> Person | None:
    return state.people.get(state.named.get(account, ""))


def _with(state: State, person: Person) -> State:
    return state.model_copy(update={"people": {**state.people, person.id: person}})


class Installed(OfAccount, kind="installed"):
    """Somebody installed the app: the first who does is an admin of the organisation. Installing it once more is
    something that a workspace may let everybody do."""

    needs = Needs(announcing=True)


@decides(Installed)
def installed(state: State, command: Installed, _now: datetime) -> Decision:
    person = _person(state, command.account)
    policies = state.organisation.policies
    if person is None or (policies.admins and not is_admin(state, person.id)):
        return Decision(state=state)
    policies = policies.model_copy(update={"admins": policies.admins | {person.id}})
    organisation = state.organisation.model_copy(update={"policies": policies})
    state = _with(state, person.model_copy(update={"admin": True}))
    return Decision(state=state.model_copy(update={"organisation": organisation}))


class ProfileLearned(OfAccount, kind="profile_learned"):
    name: str = ""
    zone: str = ""
    email: str = ""
    person_kind: str = ""


@decides(ProfileLearned)
def profile_learned(state: State, command: ProfileLearned, _now: datetime) -> Decision:
    """Only what was told is taken over; a zone that is none is no news."""
    person = _person(state, command.account)
    if person is None:
        return Decision(state=state)
    told = {
        "name": command.name.replace("\x00", "").strip()[:100],
        "zone": command.zone if valid_zone(command.zone) else "",
        "email": command.email.strip()[:254],
        "kind": command.person_kind if command.person_kind in KINDS else "",
    }
    person = person.model_copy(update={name: value for name, value in told.items() if value})
    return Decision(state=_as_guest_of(_with(state, person), person, command))


def _as_guest_of(state: State, person: Person, command: ProfileLearned) -> State:
    """Whoever turns out to be a guest, asked about because they came into a public incident's channel, was invited."""
    incident = state.incident
    if incident is None or not command.incident_id or incident.private or person.kind != "guest":
        return state
    return state.model_copy(
        update={"incident": incident.model_copy(update={"responders": incident.responders | {person.id}})}
    )


class MemberJoined(OfAccount, kind="member_joined"):
    """Somebody is in an incident's channel now, by whatever way."""


class MemberLeft(OfAccount, kind="member_left"):
    """Somebody left an incident's channel, or was taken out."""


@decides(MemberJoined)
def member_joined(state: State, command: MemberJoined, now: datetime) -> Decision:
    """Being in the channel of a private incident is being a member of it; a guest who is there was invited."""
    person, incident = _person(state, command.account), state.incident
    if person is None or incident is None or person.kind in ("bot", "integration"):
        return Decision(state=state)
    if incident.private or person.kind == "guest":
        state = state.model_copy(
            update={"incident": incident.model_copy(update={"responders": incident.responders | {person.id}})}
        )
    line = entry(state, command, now, EntryKind.PEOPLE, words.joined_line(called(person)), noted=False)
    return Decision(state=state, entries=(line,), effects=_learning(person, command, incident.id))


def _learning(person: Person, command: OfAccount, incident: str) -> tuple[LearnProfile, ...]:
    if person.zone:
        return ()
    account, platform, tenant = command.account, command.origin.platform, command.origin.tenant
    key = f"profile:{account}:{incident}"
    return (LearnProfile(key=key, platform=platform, tenant=tenant, account=account, incident=incident),)


@decides(MemberLeft)
def member_left(state: State, command: MemberLeft, now: datetime) -> Decision:
    person, incident = _person(state, command.account), state.incident
    if person is None or incident is None:
        return Decision(state=state)
    if incident.private or person.kind == "guest":
        state = state.model_copy(
            update={"incident": incident.model_copy(update={"responders": incident.responders - {person.id}})}
        )
    line = entry(state, command, now, EntryKind.PEOPLE, words.left_line(called(person)), noted=False)
    return Decision(state=state, entries=(line,))
