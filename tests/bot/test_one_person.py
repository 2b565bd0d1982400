"""Who is one person with several accounts: by a verified address, or by an admin's word, and otherwise nobody."""

from __future__ import annotations

from typing import Any

import pytest

from bot.command import Origin
from bot.commands.accounts import LinkPeople, NameAdmin, ProfileLearned
from bot.errors import NotFound, Refused
from bot.model import Account, Person
from bot.reminders import reachable
from bot.state import Decision, State
from tests.bot.worlds import ADMIN, MAYA, TOM, decided, origin, someone, told, world

ON_TEAMS = Account(platform="teams", tenant="M1", user="maya@acme")
ADDRESS = "Maya@Example.com"
KNOWN = MAYA.model_copy(update={"email": "maya@example.com"})
NEW = someone("Maya L", id="new", accounts=(ON_TEAMS,), zone="")


def between(*people: Person, **fields: Any) -> State:
    """A world in which the command may mean these."""
    state = world(**fields)
    everybody = {**state.people, **{one.id: one for one in people}}
    named = {**state.named, **{account.key: one.id for one in people for account in one.accounts}}
    return state.model_copy(update={"alike": people, "people": everybody, "named": named})


def profile(*people: Person, account: str = ON_TEAMS.key, **fields: Any) -> Decision:
    """`NEW`'s profile is told, where `people` have its address."""
    state = between(NEW, *people).model_copy(update={"alike": people})
    fields = {"email": ADDRESS, "person_kind": "human", **fields}
    return told(state, ProfileLearned, account=account, **fields)


def test_the_same_verified_address_is_the_same_person_and_whoever_had_it_first_stays() -> None:
    decision = profile(KNOWN, name="Maya from Teams", zone="Asia/Tokyo")
    assert decision.united == (("new", "maya"),)
    assert "new" not in decision.state.people
    maya = decision.state.people["maya"]
    assert maya.accounts == (*MAYA.accounts, ON_TEAMS)
    assert (maya.name, maya.zone, maya.email) == (MAYA.name, MAYA.zone, "maya@example.com")


def test_what_the_one_who_stays_never_said_comes_from_the_other() -> None:
    blank = KNOWN.model_copy(update={"zone": "", "name": "UMAYA", "unreachable": True})
    maya = profile(blank, name="Maya Lind", zone="Asia/Tokyo").state.people["maya"]
    assert (maya.name, maya.zone, maya.unreachable) == ("Maya Lind", "Asia/Tokyo", False)


def test_who_was_an_admin_under_either_account_is_one() -> None:
    decision = profile(KNOWN.model_copy(update={"admin": True}))
    assert decision.state.people["maya"].admin
    state = between(ADMIN, MAYA, actor=ADMIN)
    assert by_admin(state, MAYA.id, NEW.id, ADMIN.model_copy(update={"id": "new", "accounts": (ON_TEAMS,)})).admin


def by_admin(state: State, kept: str, other: str, *more: Person) -> Person:
    everybody = {**state.people, **{one.id: one for one in more}}
    state = state.model_copy(update={"alike": (*state.alike, *more), "people": everybody})
    return decided(state, LinkPeople(origin=origin(ADMIN), kept=kept, other=other)).state.people[kept]


@pytest.mark.parametrize("kind", ["guest", "bot", "integration", "gone"])
def test_only_members_are_linked_by_an_address(kind: str) -> None:
    assert profile(KNOWN.model_copy(update={"kind": kind})).united == ()
    assert profile(KNOWN, person_kind=kind).united == ()


def test_two_who_have_the_address_already_leave_everything_as_it_is() -> None:
    decision = profile(KNOWN, TOM.model_copy(update={"email": "maya@example.com"}))
    assert decision.united == ()
    assert decision.state.people["new"].email == ADDRESS
    assert decision.state.people["maya"] == KNOWN


def test_two_accounts_on_one_tenant_are_two_people_whatever_their_address() -> None:
    twin = KNOWN.model_copy(update={"accounts": (ON_TEAMS.model_copy(update={"user": "other"}),)})
    assert profile(twin).united == ()


@pytest.mark.parametrize("email", ["", "  ", "maya", "@example.com", "maya@"])
def test_what_is_no_address_is_nobodys(email: str) -> None:
    command = ProfileLearned(origin=origin(), account=ON_TEAMS.key, email=email)
    assert command.alike() == ()


def test_an_address_is_compared_without_its_case() -> None:
    assert ProfileLearned(origin=origin(), account="a:b:c", email=" MAYA@Example.COM ").alike() == ("maya@example.com",)


# -- what is told afterwards

BOTH = KNOWN.model_copy(update={"accounts": (*MAYA.accounts, ON_TEAMS)})


def later(person: Person, account: Account, **fields: Any) -> Person:
    state = between(person)
    learned = told(state, ProfileLearned, account=account.key, **fields)
    assert learned.united == ()
    return learned.state.people[person.id]


def test_a_second_account_fills_in_what_is_missing_and_changes_nothing_else() -> None:
    fields = {"name": "M. Lind (external)", "zone": "Asia/Tokyo", "email": "other@example.com", "person_kind": "guest"}
    assert later(BOTH, ON_TEAMS, **fields) == BOTH
    assert later(BOTH.model_copy(update={"zone": ""}), ON_TEAMS, **fields).zone == "Asia/Tokyo"
    assert later(BOTH, MAYA.accounts[0], name="Maya Lind").name == "Maya Lind"


def test_a_person_is_here_while_one_account_is() -> None:
    left_slack = later(BOTH, MAYA.accounts[0], person_kind="gone")
    assert left_slack.kind == "human"
    assert reachable(left_slack) == ON_TEAMS
    nowhere = later(left_slack, ON_TEAMS, person_kind="gone")
    assert nowhere.kind == "gone"
    back = later(nowhere, ON_TEAMS, person_kind="human")
    assert (back.kind, reachable(back)) == ("human", ON_TEAMS)


# -- an admin's word

MACHINE = Person(id="integration:root", organisation="org", name="root", kind="integration")
OPERATOR = Origin(id="x", platform="cli", tenant="org", actor="integration:root")


def linked(kept: str, other: str, *people: Person, by: Origin | None = None, actor: Person = ADMIN) -> Decision:
    return decided(between(*people, actor=actor), LinkPeople(origin=by or origin(actor), kept=kept, other=other))


def test_an_admin_says_who_stays() -> None:
    decision = linked("new", "maya", MAYA, NEW)
    assert decision.united == (("maya", "new"),)
    assert decision.state.people["new"].accounts == (ON_TEAMS, *MAYA.accounts)
    assert decision.reply.plain() == "Maya is Maya L from now on, with 2 accounts."


def test_whoever_has_the_command_line_is_an_admin() -> None:
    assert linked("maya", "new", MAYA, NEW, by=OPERATOR, actor=MACHINE).united == (("new", "maya"),)
    program = OPERATOR.model_copy(update={"platform": "api"})
    with pytest.raises(Refused, match="Only an admin"):
        linked("maya", "new", MAYA, NEW, by=program, actor=MACHINE)


def test_nobody_else_may_link_also_while_nobody_is_an_admin() -> None:
    with pytest.raises(Refused, match="Only an admin"):
        linked("maya", "new", MAYA, NEW, actor=TOM)
    state = between(MAYA, NEW, actor=TOM)
    policies = state.organisation.policies.model_copy(update={"admins": frozenset()})
    nobody = state.model_copy(update={"organisation": state.organisation.model_copy(update={"policies": policies})})
    with pytest.raises(Refused, match="Only an admin"):
        decided(nobody, LinkPeople(origin=origin(TOM), kept="maya", other="new"))


def test_what_cannot_be_linked_is_said_in_words() -> None:
    with pytest.raises(Refused, match="one person already"):
        linked("maya", "maya", MAYA)
    with pytest.raises(Refused, match="accounts on the same tenant"):
        linked("maya", "tom", MAYA, TOM)
    with pytest.raises(Refused, match="guest"):
        linked("maya", "new", MAYA, NEW.model_copy(update={"kind": "guest"}))
    with pytest.raises(NotFound, match="nobody here"):
        linked("maya", "new", MAYA)


@pytest.mark.parametrize("kind", ["guest", "bot", "gone"])
def test_only_a_member_can_be_an_admin(kind: str) -> None:
    state = between(KNOWN.model_copy(update={"kind": kind}), actor=MACHINE)
    with pytest.raises(Refused, match="cannot be an admin"):
        decided(state, NameAdmin(origin=OPERATOR, who=KNOWN.id))


def test_nobody_names_an_admin_only_because_nobody_is_one_yet() -> None:
    with pytest.raises(Refused, match="Only an admin"):
        decided(between(KNOWN), NameAdmin(origin=origin(MAYA), who=KNOWN.id))


def test_whoever_is_named_an_admin_may_set_up_and_others_may_no_longer() -> None:
    state = decided(between(KNOWN, actor=MACHINE), NameAdmin(origin=OPERATOR, who=KNOWN.id)).state
    assert state.people[KNOWN.id].admin
    assert KNOWN.id in state.organisation.policies.admins
