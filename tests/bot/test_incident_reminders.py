"""What is forgotten while an incident runs: a promised update, and the commander whom nobody has named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.effects import INCIDENT, Direct
from bot.errors import Refused
from bot.incident_reminders import roles_unclaimed, update_overdue
from bot.model import Incident, Person, Status, Update
from bot.reminders import as_of_now, plans_for
from bot.state import Look, Planned, Reminded, State
from tests.bot.worlds import (
    ADMIN,
    GUEST,
    INES,
    MAYA,
    NOW,
    PEOPLE,
    ROBOT,
    TOM,
    clicked,
    incident,
    organisation,
    posts,
    said,
    the,
    world,
)

PROMISED = NOW + timedelta(minutes=30)
NIGHT = NOW + timedelta(hours=12)


def about(**fields: Any) -> Incident:
    made = Update(text="looking", by="tom", at=NOW, next_due=PROMISED)
    return incident(**{"severity": 1, "update": made, "roles": {"lead": "maya"}, **fields})


def look(seen: Incident, person: Person | None = None, **fields: Any) -> Look:
    known = {one.id: one for one in PEOPLE} | fields.pop("known", {})
    return Look(organisation=organisation(), person=person, incident=seen, people=known).model_copy(update=fields)


def planned(rule: str, before: State, after: State, now: datetime = NOW) -> list[datetime | None]:
    return [one.at for one in plans_for(before, after, now) if one.rule == rule]


def due(rule: str, subject: str, at: datetime) -> Planned:
    return Planned(key=f"{rule}:{subject}", rule=rule, subject=subject, at=at)


def overdue(seen: Look, at: datetime = PROMISED) -> Reminded:
    assert seen.incident
    subject = f"{seen.incident.id}:{seen.person.id}" if seen.person else seen.incident.id
    return update_overdue(seen, due("update_overdue", subject, at), at)


def asked(seen: Look) -> list[str]:
    return [one.subject.partition(":")[2] for one in overdue(seen).plans if one.at]


# -- the update


def test_an_update_that_promises_the_next_one_is_looked_at_then() -> None:
    state = world(TOM, about(update=None))
    after = said(state, "update identified: the pool is full next 30m").state
    assert planned("update_overdue", state, after) == [NOW + timedelta(minutes=30)]
    again = after.model_copy(update={"actor": MAYA})
    assert planned("update_overdue", after, said(again, "note the graph is flat").state) == []


@pytest.mark.parametrize(
    "words", ["update monitoring: it drains", "mitigate traffic moved", "resolve the pool is larger now"]
)
def test_an_update_a_mitigation_that_says_something_and_the_end_keep_the_promise(words: str) -> None:
    state = world(MAYA, about())
    assert planned("update_overdue", state, said(state, words).state) == [None]


def test_a_mitigation_without_a_word_keeps_nobody_informed() -> None:
    state = world(MAYA, about())
    after = said(state, "mitigate").state
    assert planned("update_overdue", state, after) == []
    assert the(said(state, "mitigate traffic moved")).update == about().update.model_copy(update={"next_due": None})  # type: ignore[union-attr]


def test_who_takes_the_update_back_has_promised_nothing() -> None:
    state = world(TOM, about(update=None))
    promised = said(state, "update identified: the pool is full next 30m").state
    taken_back = said(promised, "undo").state
    assert planned("update_overdue", promised, taken_back) == [None]


def test_the_commander_hears_of_a_missed_update_once_also_at_night() -> None:
    assert asked(look(about())) == ["maya"]
    decided = overdue(look(about(), MAYA, busy=True), NIGHT)
    (message,) = decided.effects
    assert isinstance(message, Direct)
    assert (message.account, message.priority) == (MAYA.accounts[0].key, INCIDENT)
    assert "Mon 23 Nov 2026 14:30 CET" in message.card.plain()
    assert overdue(look(about(), MAYA), NIGHT + timedelta(hours=1)).once == decided.once
    later = about(update=Update(text="more", by="tom", at=NOW, next_due=PROMISED + timedelta(hours=1)))
    assert overdue(look(later, MAYA), NIGHT).once != decided.once


def test_without_a_commander_who_can_be_reached_it_is_who_spoke_last_and_then_who_declared() -> None:
    lost = MAYA.model_copy(update={"unreachable": True})
    assert asked(look(about(), known={"maya": lost})) == ["tom"]
    assert asked(look(about(roles={}))) == ["tom"]
    robot = Update(text="deployed", by=ROBOT.id, at=NOW, next_due=PROMISED)
    assert asked(look(about(roles={}, update=robot, declared_by="ines"))) == ["ines"]
    nobody = {one.id: one.model_copy(update={"kind": "gone"}) for one in PEOPLE}
    assert asked(look(about(), known=nobody)) == []


@pytest.mark.parametrize(
    "fields",
    [{"status": Status.RESOLVED}, {"drill": True}, {"update": None}, {"update": Update(text="x", by="tom", at=NOW)}],
)
def test_nothing_is_said_where_nothing_is_waited_for_any_more(fields: dict[str, Any]) -> None:
    (message,) = overdue(look(about(), MAYA)).effects
    assert isinstance(message, Direct)
    settled = look(about(**fields), MAYA)
    assert not overdue(settled).effects
    assert as_of_now(message, settled, PROMISED) is None
    assert as_of_now(message, look(about(), MAYA), PROMISED) is not None


def test_a_word_that_waits_to_be_sent_is_dropped_once_there_is_a_new_promise() -> None:
    (message,) = overdue(look(about(), MAYA)).effects
    assert isinstance(message, Direct)
    newer = about(update=Update(text="more", by="tom", at=PROMISED, next_due=PROMISED + timedelta(minutes=30)))
    assert as_of_now(message, look(newer, MAYA), PROMISED + timedelta(minutes=1)) is None
    moved = overdue(look(newer, MAYA), PROMISED)
    assert not moved.effects
    assert [one.at for one in moved.plans if one.at] == [PROMISED + timedelta(minutes=30)]


def test_who_took_the_lead_meanwhile_hears_of_it_instead() -> None:
    seen = look(about(roles={"lead": "ines"}), MAYA)
    assert not overdue(seen).effects
    assert asked(seen) == ["ines"]


def test_of_a_private_incident_nobody_hears_who_may_not_know_of_it() -> None:
    private = about(private=True, responders=frozenset({"tom"}))
    assert asked(look(private)) == ["tom"]


# -- the commander


def unclaimed(**fields: Any) -> Incident:
    return about(**{"roles": {}, "responders": frozenset({"tom", "ines", "gus", "robo"}), **fields})


def told_of(seen: Incident, **fields: Any) -> list[str]:
    decided = roles_unclaimed(look(seen, **fields), due("roles_unclaimed", seen.id, NOW), NOW)
    return [effect.account for effect in decided.effects if isinstance(effect, Direct)]


@pytest.mark.parametrize(("words", "at"), [("declare sev2 It burns", 10), ("declare sev3 It smokes", None)])
def test_an_incident_that_needs_a_commander_is_looked_at_after_ten_minutes(words: str, at: int | None) -> None:
    state = world(TOM)
    due_at = [NOW + timedelta(minutes=at)] if at else []
    assert planned("roles_unclaimed", state, said(state, words).state) == due_at
    assert planned("roles_unclaimed", state, said(state, f"{words} --drill").state) == []


@pytest.mark.parametrize("words", ["lead @maya", "mitigate", "sev 3 it is less", "resolve it is over"])
def test_it_is_not_looked_at_once_somebody_leads_or_it_is_not_needed(words: str) -> None:
    state = world(TOM, unclaimed())
    assert planned("roles_unclaimed", state, said(state, words).state) == [None]


def test_one_that_becomes_severe_later_has_ten_minutes_from_then_on() -> None:
    state = world(TOM, unclaimed(severity=4))
    assert planned("roles_unclaimed", state, said(state, "sev 1 worse").state) == [NOW + timedelta(minutes=10)]


def test_who_declared_it_and_the_responders_hear_it_privately_once_and_no_guest_or_machine() -> None:
    assert told_of(unclaimed()) == [one.accounts[0].key for one in (TOM, INES)]
    first, again = (roles_unclaimed(look(unclaimed()), due("roles_unclaimed", "inc", NOW), NOW) for _ in range(2))
    assert first.once == again.once == "roles_unclaimed:inc"
    assert {GUEST.id, ROBOT.id} <= unclaimed().responders
    lost = INES.model_copy(update={"unreachable": True})
    assert told_of(unclaimed(), known={"ines": lost}) == [TOM.accounts[0].key]


@pytest.mark.parametrize(
    "fields", [{"roles": {"lead": "maya"}}, {"severity": 3}, {"status": Status.MITIGATED}, {"drill": True}]
)
def test_nobody_hears_it_where_somebody_leads_or_nobody_has_to(fields: dict[str, Any]) -> None:
    (message, _) = roles_unclaimed(look(unclaimed()), due("roles_unclaimed", "inc", NOW), NOW).effects
    assert isinstance(message, Direct)
    assert told_of(unclaimed(**fields)) == []
    assert as_of_now(message, look(unclaimed(**fields), TOM), NOW) is None


def test_of_a_private_incident_its_responders_hear_it_only() -> None:
    private = unclaimed(private=True, declared_by="ada", responders=frozenset({"ines"}))
    assert told_of(private) == [INES.accounts[0].key]
    assert ADMIN.accounts[0].key not in told_of(private)


def test_the_button_makes_its_reader_the_commander_and_a_late_click_takes_the_lead_from_nobody() -> None:
    decided = clicked(world(INES, unclaimed()), "take_lead", incident="INC-42")
    assert the(decided).lead == "ines"
    assert decided.reply.replaces
    assert any("is now the incident commander" in text for text in posts(decided))
    with pytest.raises(Refused, match="incident commander by now"):
        clicked(world(INES, about()), "take_lead", incident="INC-42")
