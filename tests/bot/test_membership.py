"""Who is in a private incident's chat is who may know of it, also where the platform failed to tell of a change."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.commands.accounts import MembersRead
from bot.effects import LearnProfile, ReadMembers
from bot.membership import OFTEN, SELDOM, membership
from bot.model import Incident, Place, Status
from bot.reminders import plans_for
from bot.state import Decision, Look, Planned, Reminded, State
from tests.bot.worlds import NOW, PEOPLE, incident, organisation, someone, the, told, world

U_TOM, U_MAYA, U_ROBO = "slack:T1:UTOM", "slack:T1:UMAYA", "slack:T1:UROBO"
TERMINAL = Place(platform="terminal", tenant="here", channel="general")


def private(**fields: Any) -> Incident:
    return incident(**{"private": True, **fields})


def planned(before: State, after: State) -> list[Planned]:
    return [one for one in plans_for(before, after, NOW) if one.rule == "membership"]


def asked(about: Incident) -> Reminded:
    seen = Look(organisation=organisation(), person=None, incident=about, people={one.id: one for one in PEOPLE})
    return membership(seen, Planned(key="membership:inc", rule="membership", subject="inc", at=NOW), NOW)


def read(about: Incident, *members: str, known: tuple[str, ...] | None = None) -> Decision:
    return told(world(about=about), MembersRead, members=members, known=known)


def at(decided: Reminded) -> list[datetime | None]:
    return [one.at for one in decided.plans]


# -- when the platform is asked


def test_it_is_asked_about_private_incidents_that_live_where_members_come_and_go() -> None:
    (plan,) = planned(world(), world(about=private()))
    assert (plan.at, plan.keep) == (NOW + OFTEN, True)
    for other in (incident(), private(place=None), private(place=TERMINAL)):
        assert not planned(world(), world(about=other))
        assert at(asked(other)) == [None]
    assert not planned(world(), world())


def test_it_is_asked_every_quarter_of_an_hour_and_once_a_day_after_the_end() -> None:
    decided = asked(private(present=(U_TOM,)))
    (question,) = decided.effects
    assert isinstance(question, ReadMembers)
    assert question.known == (U_TOM,)
    assert at(decided) == [NOW + timedelta(minutes=15)]
    closed = asked(private(status=Status.CLOSED))
    assert closed.effects
    assert at(closed) == [NOW + SELDOM]


def test_who_opens_it_again_does_not_wait_for_a_day() -> None:
    (plan,) = planned(world(about=private(status=Status.CLOSED)), world(about=private()))
    assert (plan.at, plan.keep) == (NOW + OFTEN, False)


# -- what follows from the answer


def test_the_first_answer_is_remembered_and_changes_nothing() -> None:
    decision = read(private(), U_MAYA)
    assert the(decision).present == (U_MAYA,)
    assert the(decision).responders == {"tom"}
    assert not decision.entries


def test_who_went_knows_of_it_no_more_and_who_came_does() -> None:
    decision = read(private(present=(U_TOM, U_ROBO)), U_MAYA, known=(U_TOM, U_ROBO))
    assert the(decision).responders == {"maya"}
    came, went = (line.text for line in decision.entries)
    assert U_MAYA in came
    assert "joined" in came
    assert U_TOM in went
    assert "left" in went
    assert len({line.id for line in decision.entries}) == 2
    assert the(decision).present == (U_MAYA,)


def test_whom_a_verb_let_in_or_took_out_stays_so_until_they_come_or_go() -> None:
    let_in = private(responders=frozenset({"tom", "maya"}), present=(U_TOM,))
    assert the(read(let_in, U_TOM, U_ROBO, known=(U_TOM,))).responders == {"tom", "maya"}
    taken_out = private(present=(U_TOM, U_MAYA))
    assert the(read(taken_out, U_TOM, U_MAYA, U_ROBO, known=(U_TOM, U_MAYA))).responders == {"tom"}


def test_what_an_event_told_before_is_not_told_again() -> None:
    decision = read(private(present=(U_TOM, U_MAYA)), U_TOM, known=(U_TOM, U_MAYA))
    assert the(decision).responders == {"tom"}
    assert not decision.entries


def test_a_program_that_comes_is_no_member_and_nobody_is_asked_about_twice() -> None:
    decision = read(private(present=()), U_ROBO, known=())
    assert the(decision).responders == {"tom"}
    assert not decision.effects


def test_about_a_newcomer_without_a_zone_the_platform_is_asked() -> None:
    ava = someone("Ava", zone="")
    state = world(actor=ava, about=private(present=()))
    decision = told(state, MembersRead, members=("slack:T1:UAVA",), known=())
    assert [effect.account for effect in decision.effects if isinstance(effect, LearnProfile)] == ["slack:T1:UAVA"]
    assert "ava" in the(decision).responders


def test_of_a_public_incident_nothing_is_learned_from_it() -> None:
    assert the(read(incident(), U_MAYA)).present is None
