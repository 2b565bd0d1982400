"""What platforms tell of people: who installed, who somebody is, who came into a channel and who left.

Law: two accounts are one person only where a platform vouches for the same address, or an admin says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot import membership
from bot.change import called, entry, incident_of
from bot.command import Command, Needs, Origin, Receipt
from bot.effects import LearnProfile, ReadMembers
from bot.errors import NotFound, Refused
from bot.model import Entry, EntryKind, Incident, Person
from bot.people import as_one, can_be_one
from bot.permissions import OPERATORS, is_admin
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Called, Reply
from bot.words import channel as words
from bot.words import for_admins
from bot.words import people as people_words
from bot.zones import valid_zone

__all__ = ["membership"]
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
    name: Called = ""
    zone: str = ""
    email: str = ""
    """The address in the platform's own roster: Slack confirmed it by a message to it, or by the company's sign-in;
    in Teams it stands in the tenant's directory. Never one that somebody typed to Debrief."""
    person_kind: str = ""

    @property
    def address(self) -> str:
        return self.email.strip()[:254]

    def alike(self) -> tuple[str, ...]:
        local, _, domain = self.address.casefold().rpartition("@")
        return (f"{local}@{domain}",) if local and domain else ()


@decides(ProfileLearned)
def profile_learned(state: State, command: ProfileLearned, _now: datetime) -> Decision:
    """Only what was told is taken over; a zone that is none is no news."""
    person = _person(state, command.account)
    if person is None:
        return Decision(state=state)
    told = {
        "name": command.name.strip()[:100],
        "zone": command.zone if valid_zone(command.zone) else "",
        "email": command.address,
        "kind": command.person_kind if command.person_kind in KINDS else "",
    }
    person = _as_told(person, command.account, {name: value for name, value in told.items() if value})
    if (same := _same_person(state, person)) is not None:
        return _united(state, same, person)
    return Decision(state=_as_guest_of(_with(state, person), person, command))


def _as_told(person: Person, account: str, told: dict[str, str]) -> Person:
    """Of several accounts the first that is not closed says who a person is; the others fill in what is missing."""
    closed = {"gone": told.get("kind") == "gone"} if "kind" in told else {}
    accounts = tuple(one.model_copy(update=closed) if one.key == account else one for one in person.accounts)
    still = [one.key for one in accounts if not one.gone]
    if account != (still or [account])[0]:
        told = {name: value for name, value in told.items() if not getattr(person, name)}
    return person.model_copy(update={**told, "accounts": accounts})


def _same_person(state: State, person: Person) -> Person | None:
    """The only other one of the address that was told. Guests see what their account was invited to, and stay apart."""
    others = [one for one in state.alike if one.id != person.id]
    if len(others) != 1 or (person.kind, others[0].kind) != ("human", "human"):
        return None
    return others[0] if can_be_one(person, others[0]) else None


def _united(state: State, kept: Person, gone: Person) -> Decision:
    """Whoever was known by the address first stays."""
    others = {id_: one for id_, one in state.people.items() if id_ != gone.id}
    state = state.model_copy(update={"people": {**others, kept.id: as_one(kept, gone)}})
    return Decision(state=state, united=((gone.id, kept.id),))


class LinkPeople(Command, kind="link_people"):
    """Two that are one person: `kept` stays, and what the other had and did becomes theirs."""

    kept: str = ""
    """A person's id, like `other`."""
    other: str = ""

    def mentions(self) -> tuple[str, ...]:
        return ()

    def alike(self) -> tuple[str, ...]:
        return tuple(one for one in (self.kept, self.other) if one)


@decides(LinkPeople, may="admin")
def link_people(state: State, command: LinkPeople, _now: datetime) -> Decision:
    _check_admin(state, command)
    kept, other = (_found(state, said) for said in (command.kept, command.other))
    if kept.id == other.id:
        raise Refused(people_words.not_linked_same(kept.name))
    for one in (kept, other):
        if one.kind != "human":
            raise Refused(people_words.not_linked_kind(one.name))
    if not can_be_one(kept, other):
        raise Refused(people_words.not_linked_tenant(kept.name, other.name))
    decision = _united(state, kept, other)
    accounts = len(decision.state.people[kept.id].accounts)
    reply = Reply.of(people_words.linked(kept.name, other.name, accounts))
    return decision.model_copy(update={"reply": reply})


class NameAdmin(Command, kind="name_admin"):
    """Makes somebody an admin, or no longer one."""

    who: str = ""
    """A person's id."""
    off: str = ""
    """"yes": no longer."""

    def mentions(self) -> tuple[str, ...]:
        return ()

    def alike(self) -> tuple[str, ...]:
        return (self.who,) if self.who else ()


@decides(NameAdmin, may="admin")
def name_admin(state: State, command: NameAdmin, _now: datetime) -> Decision:
    """Somebody is always left: without an admin whoever sets up first would become one."""
    _check_admin(state, command)
    person, policies = _found(state, command.who), state.organisation.policies
    if person.kind != "human":
        raise Refused(people_words.no_admin_kind(person.name))
    others = policies.admins - {person.id}
    if command.off and not others:
        raise Refused(people_words.last_admin(person.name))
    policies = policies.model_copy(update={"admins": others if command.off else others | {person.id}})
    organisation = state.organisation.model_copy(update={"policies": policies})
    state = _with(state, person.model_copy(update={"admin": not command.off}))
    said = people_words.no_longer_admin(person.name) if command.off else people_words.is_admin(person.name)
    return Decision(state=state.model_copy(update={"organisation": organisation}), reply=Reply.of(said))


def _check_admin(state: State, command: Command) -> None:
    """Nobody names an admin or links people only because nobody is an admin yet."""
    if command.origin.platform != OPERATORS and not is_admin(state, state.actor.id):
        raise Refused(for_admins())


def _found(state: State, said: str) -> Person:
    found = next((one for one in state.alike if one.id == said), None)
    if found is None:
        raise NotFound(people_words.not_linked_unknown())
    return found


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

    needs = Needs(neighbours=True)


class MemberLeft(OfAccount, kind="member_left"):
    """Somebody left an incident's channel, or was taken out."""

    needs = Needs(neighbours=True)


@decides(MemberJoined)
def member_joined(state: State, command: MemberJoined, now: datetime) -> Decision:
    person, incident = _person(state, command.account), state.incident
    if person is None or incident is None or person.kind in ("bot", "integration"):
        return Decision(state=state)
    state, lines = _came_or_went(state, command, now, person, incident)
    learning = _learning(person, command.account, command, incident.id)
    if person.id == incident.declared_by:
        # Brought in by the opening itself, which may be heard of before or after it.
        return Decision(state=state, entries=lines, effects=learning)
    line = entry(state, command, now, EntryKind.PEOPLE, words.joined_line(called(person)), noted=False)
    return Decision(state=state, entries=(line, *lines), effects=learning)


def _learning(person: Person, account: str, command: Receipt, incident: str) -> tuple[LearnProfile, ...]:
    if person.zone:
        return ()
    platform, tenant = command.origin.platform, command.origin.tenant
    key = f"profile:{account}:{incident}"
    return (LearnProfile(key=key, platform=platform, tenant=tenant, account=account, incident=incident),)


@decides(MemberLeft)
def member_left(state: State, command: MemberLeft, now: datetime) -> Decision:
    person, incident = _person(state, command.account), state.incident
    if person is None or incident is None:
        return Decision(state=state)
    state, lines = _came_or_went(state, command, now, person, incident)
    line = entry(state, command, now, EntryKind.PEOPLE, words.left_line(called(person)), noted=False)
    return Decision(state=state, entries=(line, *lines))


def _came_or_went(
    state: State, command: MemberJoined | MemberLeft, now: datetime, person: Person, incident: Incident
) -> tuple[State, tuple[Entry, ...]]:
    """Whatever lives in the channel, ended or not, is told; the lines are those of the others that change by it."""
    here = isinstance(command, MemberJoined)
    neighbours = tuple(_with_or_without(one, person, here=here) for one in state.neighbours)
    text = _passage(person, here=here)
    lines = tuple(
        entry(state.model_copy(update={"incident": one}), command, now, EntryKind.PEOPLE, text, noted=False)
        for one in neighbours
        if one not in state.neighbours
    )
    incident = _with_or_without(incident, person, here=here)
    return state.model_copy(update={"incident": incident, "neighbours": neighbours}), lines


def _passage(person: Person, *, here: bool) -> str:
    return (words.joined_line if here else words.left_line)(called(person))


def _with_or_without(incident: Incident, person: Person, *, here: bool) -> Incident:
    """Being in the channel of a private incident is being a member of it; a guest who is there was invited."""
    if not incident.private and person.kind != "guest":
        return incident
    responders = incident.responders | {person.id} if here else incident.responders - {person.id}
    return incident.model_copy(update={"responders": responders})


# -- what nobody told of


class MembersRead(Receipt, kind="members_read"):
    """Who is in a private incident's place, as the platform told when it was asked.

    `members` and `known`, those of the time before, are account keys; `known` None: it was never asked before.
    """

    members: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None

    def mentions(self) -> tuple[str, ...]:
        """Those who came or went since."""
        return tuple(sorted(set(self.members) ^ set(self.members if self.known is None else self.known)))


def members_told(effect: ReadMembers, accounts: Iterable[str]) -> MembersRead | None:
    """What a platform's answer becomes; None where the same are there as before. Nobody at all is not believed."""
    members = tuple(sorted(set(accounts)))
    if not members or members == effect.known:
        return None
    origin = Origin(id=effect.key, platform=effect.platform, tenant=effect.tenant)
    return MembersRead(origin=origin, incident_id=effect.incident, members=members, known=effect.known)


@decides(MembersRead)
def members_read(state: State, command: MembersRead, now: datetime) -> Decision:
    """Whoever came since is a member of the private incident, and whoever went is none. The first answer changes
    nothing: whoever was let in or taken out by a verb stays so until they come or go."""
    incident = state.incident
    if incident is None or not incident.private:
        return Decision(state=state)
    before, after = set(command.members if incident.present is None else incident.present), set(command.members)
    state = state.model_copy(update={"incident": incident.model_copy(update={"present": tuple(sorted(after))})})
    entries: list[Entry] = []
    effects: list[LearnProfile] = []
    for account in sorted(before ^ after):
        state, lines, learning = _seen(state, command, now, account, here=account in after)
        entries += lines
        effects += learning
    return Decision(state=state, entries=tuple(entries), effects=tuple(effects))


def _seen(
    state: State, command: MembersRead, now: datetime, account: str, *, here: bool
) -> tuple[State, tuple[Entry, ...], tuple[LearnProfile, ...]]:
    person, incident = _person(state, account), incident_of(state)
    if person is None or person.kind in ("bot", "integration"):
        return state, (), ()
    changed = _with_or_without(incident, person, here=here)
    if changed == incident:
        return state, (), ()
    text = _passage(person, here=here)
    line = entry(state, command, now, EntryKind.PEOPLE, text, noted=False, part=account)
    learning = _learning(person, account, command, incident.id) if here else ()
    return state.model_copy(update={"incident": changed}), (line,), learning
