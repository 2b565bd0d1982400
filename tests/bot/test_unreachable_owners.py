"""Action items of an owner who cannot be written to: one person who can be reached is asked, once, in their hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.effects import Direct
from bot.model import ActionItem, Incident, Person
from bot.reminders import as_of_now, plans_for
from bot.state import Look, Planned, Reminded
from bot.unreachable_owners import NAME, owner_unreachable
from tests.bot.drafts import postmortem, told_incident
from tests.bot.test_reminders import item
from tests.bot.worlds import GUEST, INES, MAYA, NOW, PEOPLE, TOM, organisation, world

LOST = TOM.model_copy(update={"unreachable": True})
MAYAS = postmortem(owner="maya")


def toms(number: int = 1, **fields: Any) -> ActionItem:
    return item(number, owner="tom", incident=told_incident().id, **fields)


def look(*items: ActionItem, person: Person | None = MAYA, about: Incident | None = None, **fields: Any) -> Look:
    people = {one.id: one for one in (*PEOPLE, LOST)} | fields.pop("known", {})
    told = {"organisation": organisation(), "person": person, "people": people, "items": items, "postmortem": MAYAS}
    return Look.model_validate({**told, "incident": about or told_incident(status="resolved"), **fields})


def plan(subject: str) -> Planned:
    return Planned(key=f"{NAME}:{subject}", rule=NAME, subject=subject, at=NOW)


def asked_of(seen: Look) -> list[str]:
    """Who is asked, after the first look at the incident."""
    assert seen.incident
    decided = owner_unreachable(seen, plan(seen.incident.id), NOW)
    assert not decided.effects
    return [one.subject.partition(":")[2] for one in decided.plans if one.at]


def word(seen: Look, **later: float) -> Reminded:
    assert seen.incident
    assert seen.person
    return owner_unreachable(seen, plan(f"{seen.incident.id}:{seen.person.id}"), NOW + timedelta(**later))


def planned(before: Any, after: Any) -> set[str]:
    return {one.subject for one in plans_for(before, after, NOW) if one.rule == NAME}


def test_a_person_who_is_lost_is_looked_at_and_not_again_while_they_stay_lost() -> None:
    was = world(MAYA, told_incident())
    lost = was.model_copy(update={"people": {**was.people, "tom": LOST}})
    assert planned(was, lost) == {"tom"}
    assert planned(lost, lost) == set()
    assert planned(lost, was) == set()


def test_a_person_whose_account_was_closed_is_lost_too() -> None:
    was = world(MAYA, told_incident())
    closed = TOM.model_copy(update={"kind": "gone"})
    assert planned(was, was.model_copy(update={"people": {**was.people, "tom": closed}})) == {"tom"}


def test_an_item_given_to_somebody_out_of_reach_is_looked_at_and_one_of_a_drill_is_not() -> None:
    was = world(MAYA, told_incident())
    was = was.model_copy(update={"people": {**was.people, "tom": LOST}})
    given = was.model_copy(update={"item": toms()})
    assert planned(was, given) == {told_incident().id}
    assert planned(was, was.model_copy(update={"item": toms(drill=True)})) == set()
    assert planned(was, was.model_copy(update={"item": item(owner="maya")})) == set()


def test_a_lost_persons_incidents_are_each_looked_at_once() -> None:
    seen = look(toms(1), toms(2), item(3, owner="tom", incident="other"), person=LOST)
    seen = seen.model_copy(update={"incident": None, "postmortem": None})
    decided = owner_unreachable(seen, plan("tom"), NOW)
    assert [one.subject for one in decided.plans if one.at] == sorted({told_incident().id, "other"})


def test_the_postmortems_owner_is_asked_with_buttons_that_help() -> None:
    assert asked_of(look(toms())) == ["maya"]
    (message,) = word(look(toms(1), toms(2))).effects
    assert isinstance(message, Direct)
    assert message.account == MAYA.accounts[0].key
    said = message.card.plain()
    assert "ACT-1 Fix 1" in said
    assert "ACT-2 Fix 2" in said
    assert f"{TOM.name} owns it and hears nothing of it from me any more" in said
    does = {button.does for section in message.card.sections for button in section.buttons}
    assert does == {"reassign", "wont_do"}


def test_where_the_postmortems_owner_is_lost_too_somebody_else_of_the_incident_is_asked() -> None:
    lost_owner = look(toms(), postmortem=postmortem(owner="tom"), about=told_incident(roles={"lead": "ines"}))
    assert asked_of(lost_owner) == ["ines"]


def test_where_nobody_can_be_reached_nobody_is_asked_and_nothing_is_used_up() -> None:
    everybody = {one.id: one.model_copy(update={"unreachable": True}) for one in PEOPLE}
    assert asked_of(look(toms(), known=everybody)) == []


def test_of_a_private_incident_only_its_responders_are_asked() -> None:
    private = told_incident(private=True, responders=frozenset({"tom"}), roles={}, declared_by="maya")
    assert asked_of(look(toms(private=True), about=private)) == []
    private = private.model_copy(update={"responders": frozenset({"tom", "maya"})})
    assert asked_of(look(toms(private=True), about=private)) == ["maya"]


def test_an_owner_who_is_no_member_of_a_private_incident_any_more_counts_as_out_of_reach() -> None:
    before = told_incident(private=True, responders=frozenset({"ines", "maya"}))
    without = before.model_copy(update={"responders": frozenset({"maya"})})
    assert planned(world(MAYA, before), world(MAYA, without)) == {before.id}
    assert planned(world(MAYA, without), world(MAYA, before)) == set()
    owned = item(1, owner="ines", incident=before.id, private=True)
    assert asked_of(look(owned, about=without)) == ["maya"]
    assert asked_of(look(owned, about=before)) == []


def test_the_same_items_are_asked_about_under_one_key_and_another_item_under_another() -> None:
    first, again, more = word(look(toms())), word(look(toms()), days=1), word(look(toms(1), toms(2)))
    assert first.once
    assert first.once == again.once
    assert first.once != more.once


def test_outside_working_hours_and_in_an_active_incident_the_word_waits() -> None:
    night = word(look(toms()), hours=14)
    busy = word(look(toms(), busy=True))
    for decided in (night, busy):
        assert not decided.effects
        assert decided.plans[0].at
        assert decided.plans[0].at > NOW


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "done", "ended_at": NOW},
        {"owner": "ines"},
        {"drill": True},
    ],
)
def test_what_was_settled_before_the_word_is_sent_is_not_asked_about(changed: dict[str, Any]) -> None:
    seen = look(toms())
    (message,) = word(seen).effects
    assert isinstance(message, Direct)
    settled = look(ActionItem.model_validate({**toms().model_dump(), **changed}))
    assert not word(settled).effects
    assert as_of_now(message, seen, NOW) is not None
    assert as_of_now(message, settled, NOW) is None


def test_a_new_owner_of_the_postmortem_takes_the_place_of_the_one_who_would_have_been_asked() -> None:
    seen = look(toms(), postmortem=postmortem(owner="ines"))
    assert not word(seen).effects
    assert asked_of(seen) == ["ines"]


def test_of_many_items_five_are_shown_and_the_rest_is_counted() -> None:
    (message,) = word(look(*(toms(number) for number in range(1, 9)))).effects
    assert isinstance(message, Direct)
    assert "and 3 more: /incident actions INC-" in message.card.plain()


def test_a_guest_who_left_counts_like_anybody() -> None:
    gone = GUEST.model_copy(update={"unreachable": True})
    seen = look(item(1, owner=gone.id, incident=told_incident().id), known={gone.id: gone, INES.id: INES})
    assert asked_of(seen) == ["maya"]
