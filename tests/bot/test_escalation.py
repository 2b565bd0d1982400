"""Items that are ignored: who hears of it after two, four and six weeks, and how it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.heard import HeardOf, heard_of
from bot.effects import Direct, Post, Turn
from bot.errors import Refused
from bot.escalation import ignored_weeks, unheard
from bot.item_past import ItemChange
from bot.model import ActionItem, Incident, ItemStatus, Person
from bot.policy import ServiceRow, Team
from bot.reminders import RULES, as_of_now, digest, plans_for
from bot.state import Look, Planned, Reminded
from tests.bot.drafts import postmortem, told_incident
from tests.bot.test_reminders import due_plan, item
from tests.bot.test_reminders import look as of_person
from tests.bot.worlds import ADMIN, INES, MAYA, NOW, PEOPLE, TOM, clicked, organisation, said, told, world

FRIDAY = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
"""Noon in Berlin, in the week of `NOW`."""
TEAM = organisation(
    services=(ServiceRow(name="checkout", team="Payments"),), teams=(Team(name="Payments", lead="ines", channel="C7"),)
)
MAYAS = postmortem(owner="maya")


def about(**fields: Any) -> Incident:
    return told_incident(**{"status": "resolved", "roles": {"lead": "ines"}, **fields})


def ignored(digests: int, number: int = 1, **fields: Any) -> ActionItem:
    return item(number, **{"owner": "tom", "incident": about().id, "heard": digests, **fields})


def look(*items: ActionItem, person: Person | None = None, **fields: Any) -> Look:
    known = {one.id: one for one in PEOPLE} | fields.pop("known", {})
    usual = {"organisation": organisation(), "people": known, "incident": about(), "postmortem": MAYAS}
    return Look.model_validate({**usual, "person": person, "items": items, **fields})


def fired(name: str, seen: Look, at: datetime = FRIDAY) -> Reminded:
    assert seen.incident
    subject = f"{seen.incident.id}:{seen.person.id}" if seen.person else seen.incident.id
    return RULES[name](seen, Planned(key=f"{name}:{subject}", rule=name, subject=subject, at=at), at)


def asked(name: str, seen: Look) -> list[str]:
    return [one.subject.partition(":")[2] for one in fired(name, seen).plans if one.at]


def word(name: str, seen: Look, at: datetime = FRIDAY) -> Direct:
    (message,) = fired(name, seen, at).effects
    assert isinstance(message, Direct)
    return message


# -- what counts as a week


def test_a_digest_that_was_delivered_counts_on_the_items_that_it_shows_and_not_on_those_that_it_counts() -> None:
    many = [item(number) for number in range(1, 8)]
    (message,) = digest(of_person(*many), due_plan(NOW), NOW).effects
    assert isinstance(message, Direct)
    assert message.items == ("i1", "i2", "i3", "i4", "i5")
    counted = heard_of(message, NOW)
    assert counted is not None
    assert counted.told_of() == message.items
    assert heard_of(message.model_copy(update={"items": ()}), NOW) is None


def test_two_digests_without_a_click_between_them_are_one_ignored_week() -> None:
    state = world(items=(ignored(0), ignored(1, 2)))
    after = told(state, HeardOf, items="i1,i2").state.items
    assert [one.heard for one in after] == [1, 2]
    assert [ignored_weeks(one) for one in after] == [0, 1]


@pytest.mark.parametrize("fields", [{"status": ItemStatus.DONE}, {"drill": True}])
def test_what_ended_meanwhile_or_belongs_to_a_drill_is_not_counted(fields: dict[str, Any]) -> None:
    state = world(items=(ignored(4, **fields),))
    assert told(state, HeardOf, items="i1").state.items == state.items


def test_who_clicked_before_it_was_known_that_the_digest_had_arrived_has_not_ignored_it() -> None:
    clicked_at = ItemChange(by="tom", at=NOW, what="snooze", before="{}")
    state = world(items=(ignored(0, last_change=clicked_at),))
    early, late = NOW - timedelta(seconds=5), NOW + timedelta(days=7)
    assert told(state, HeardOf, items="i1", since=early.isoformat()).state.items[0].heard == 0
    assert told(state, HeardOf, items="i1", since=late.isoformat()).state.items[0].heard == 1


@pytest.mark.parametrize(
    ("kind", "args"),
    [("done", {}), ("snooze", {"until": "2026-12-20"}), ("reassign", {"owner": "@ines"}), ("not_mine", {})],
)
def test_whatever_is_done_about_an_item_begins_its_count_anew(kind: str, args: dict[str, str]) -> None:
    state = world(TOM, about(), item=ignored(5), my_items=(ignored(5),))
    after = clicked(state, kind, item="ACT-1", **args).state
    assert after.item
    assert after.item.heard == 0
    back = clicked(after, "undo_item", item="ACT-1").state.item
    assert back
    assert (back.heard, back.status, back.owner) == (0, ItemStatus.OPEN, "tom")


@pytest.mark.parametrize(
    ("digests", "rules"),
    [(2, []), (3, ["ignored_two_weeks"]), (4, []), (5, ["ignored_four_weeks"]), (6, []), (7, ["ignored_six_weeks"])],
)
def test_each_step_is_looked_at_on_the_friday_after_it_is_reached(digests: int, rules: list[str]) -> None:
    before = world(items=(ignored(digests - 1),))
    after = told(before, HeardOf, items="i1").state
    planned = [one for one in plans_for(before, after, NOW) if one.rule.startswith("ignored")]
    assert [(one.rule, one.at, one.keep) for one in planned] == [(name, FRIDAY, True) for name in rules]


@given(st.integers(0, 3 * 365 * 24 * 60), st.sampled_from(["Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe"]))
def test_whenever_a_step_is_reached_its_friday_comes_within_a_week(minutes: int, zone: str) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    before = world(items=(ignored(2),), organisation=organisation(zone=zone))
    after = before.model_copy(update={"items": (ignored(3),)})
    (planned,) = [one for one in plans_for(before, after, at) if one.rule == "ignored_two_weeks"]
    assert planned.at
    assert timedelta() < planned.at - at <= timedelta(days=7, hours=1)


# -- two weeks


def test_after_two_weeks_the_postmortems_owner_hears_of_it_once() -> None:
    seen = look(ignored(3))
    assert asked("ignored_two_weeks", seen) == ["maya"]
    message = word("ignored_two_weeks", look(ignored(3), person=MAYA))
    assert message.account == MAYA.accounts[0].key
    assert "Tom owns it and has not reacted for 2 weeks" in message.card.plain()
    again = fired("ignored_two_weeks", look(ignored(3), person=MAYA), FRIDAY + timedelta(hours=1))
    assert again.once == fired("ignored_two_weeks", look(ignored(3), person=MAYA)).once


def test_nobody_is_told_of_their_own_silence_and_who_cannot_be_reached_is_passed_over() -> None:
    assert asked("ignored_two_weeks", look(ignored(3, owner="maya"))) == ["ines"]
    lost = MAYA.model_copy(update={"unreachable": True})
    assert asked("ignored_two_weeks", look(ignored(3), known={"maya": lost})) == ["ines"]
    gone = {one.id: one.model_copy(update={"kind": "gone"}) for one in PEOPLE}
    assert asked("ignored_two_weeks", look(ignored(3), known=gone)) == []


def test_somebody_else_who_owns_the_postmortem_by_now_is_told_instead() -> None:
    seen = look(ignored(3), person=MAYA, postmortem=postmortem(owner="ines"))
    assert not fired("ignored_two_weeks", seen).effects
    assert asked("ignored_two_weeks", seen) == ["ines"]


@pytest.mark.parametrize("fields", [{"heard": 0}, {"status": ItemStatus.DONE}, {"drill": True}, {"heard": 4}])
def test_what_was_answered_before_friday_is_not_spoken_of(fields: dict[str, Any]) -> None:
    settled = ActionItem.model_validate({**ignored(3).model_dump(), **fields})
    assert not fired("ignored_two_weeks", look(settled, person=MAYA)).effects
    message = word("ignored_two_weeks", look(ignored(3), person=MAYA))
    assert as_of_now(message, look(ignored(3), person=MAYA), FRIDAY) is not None
    assert as_of_now(message, look(settled, person=MAYA), FRIDAY) is None


def test_of_a_private_incident_only_those_who_may_know_are_told() -> None:
    private = about(private=True, responders=frozenset({"tom", "ada"}), roles={"lead": "ines"})
    assert asked("ignored_two_weeks", look(ignored(3, private=True), incident=private)) == ["ada"]
    private = private.model_copy(update={"responders": frozenset({"tom"})})
    assert asked("ignored_two_weeks", look(ignored(3, private=True), incident=private)) == []


def test_the_word_waits_for_a_working_hour_and_for_the_end_of_an_incident() -> None:
    night, busy = FRIDAY + timedelta(hours=10), look(ignored(3), person=MAYA, busy=True)
    for decided in (fired("ignored_two_weeks", look(ignored(3), person=MAYA), night), fired("ignored_two_weeks", busy)):
        assert not decided.effects
        assert decided.plans[0].at


# -- four weeks


def test_after_four_weeks_the_teams_channel_gets_a_number_and_its_lead_the_names() -> None:
    seen = look(ignored(5), organisation=TEAM, incident=about(service="checkout"))
    (post,) = fired("ignored_four_weeks", seen).effects
    assert isinstance(post, Post)
    assert post.place.channel == "C7"
    assert "1 action item of" in post.card.plain()
    assert "Tom" not in post.card.plain()
    assert asked("ignored_four_weeks", seen) == ["ines"]
    message = word("ignored_four_weeks", seen.model_copy(update={"person": INES}))
    assert "Tom owns it" in message.card.plain()


def test_a_channel_hears_nothing_of_a_private_incident_nor_where_no_team_has_one() -> None:
    members = frozenset({"tom", "ines"})
    private = about(service="checkout", private=True, responders=members)
    assert not fired("ignored_four_weeks", look(ignored(5), organisation=TEAM, incident=private)).effects
    assert asked("ignored_four_weeks", look(ignored(5), organisation=TEAM, incident=private)) == ["ines"]
    assert not fired("ignored_four_weeks", look(ignored(5), organisation=TEAM)).effects


def test_on_a_public_holiday_the_channel_is_left_alone_until_the_next_working_day() -> None:
    off = frozenset({"2026-11-27"})
    seen = look(ignored(5), organisation=TEAM, incident=about(service="checkout"), holidays=off)
    decided = fired("ignored_four_weeks", seen)
    assert not decided.effects
    assert decided.plans[0].at == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


# -- six weeks


def test_after_six_weeks_somebody_named_must_decide_and_after_two_more_somebody_else() -> None:
    asked_in = {digests: asked("ignored_six_weeks", look(ignored(digests))) for digests in (7, 8, 9, 10, 11, 30)}
    assert asked_in == {7: ["maya"], 8: ["maya"], 9: ["ines"], 10: ["ines"], 11: ["ada"], 30: ["ada"]}
    message = word("ignored_six_weeks", look(ignored(7), person=MAYA))
    does = [button.does for section in message.card.sections for button in section.buttons]
    assert does == ["snooze", "reassign", "accept_risk"]


def test_nobody_is_asked_twice_to_decide_about_the_same_items() -> None:
    first, later = (fired("ignored_six_weeks", look(ignored(n), person=MAYA)).once for n in (7, 8))
    assert first
    assert first == later
    both = fired("ignored_six_weeks", look(ignored(8), ignored(7, 2), person=MAYA)).once
    assert both != first


def test_who_owns_the_item_decides_about_it_only_where_nobody_else_can() -> None:
    assert asked("ignored_six_weeks", look(ignored(7, owner="maya"))) == ["ines"]
    alone = look(ignored(7, owner="maya"), incident=about(roles={}), organisation=organisation(admins=frozenset()))
    assert asked("ignored_six_weeks", alone) == ["maya"]


def test_accepting_a_risk_takes_a_reason_and_stands_with_it() -> None:
    state = world(MAYA, about(), item=ignored(7), postmortem=MAYAS)
    form = clicked(state, "accept_risk", item="ACT-1").reply.form
    assert form
    assert form.title == "Accept the risk of ACT-1"
    decided = clicked(state, "accept_risk", item="ACT-1", reason="the service is retired in March")
    assert decided.state.item
    assert decided.state.item.status is ItemStatus.ACCEPTED_RISK
    assert decided.state.item.reason == "the service is retired in March"
    assert "ACT-1: the risk is accepted (the service is retired in March)" in decided.entries[0].text
    typed = said(state, "accept-risk ACT-1 the service is retired in March")
    assert typed.state.item == decided.state.item.model_copy(update={"last_change": typed.state.item.last_change})  # type: ignore[union-attr]


def test_a_risk_is_accepted_by_the_commander_the_postmortems_owner_or_an_admin() -> None:
    for who in (MAYA, INES, ADMIN):
        state = world(who, about(), item=ignored(7), postmortem=MAYAS)
        assert clicked(state, "accept_risk", item="ACT-1", reason="so be it").state.item.status == "accepted risk"  # type: ignore[union-attr]
    with pytest.raises(Refused):
        clicked(world(TOM, about(), item=ignored(7), postmortem=MAYAS), "accept_risk", item="ACT-1", reason="so be it")


# -- whom nobody can remind


def test_an_item_that_nobody_owns_is_looked_at_a_week_later_and_counts_as_ignored() -> None:
    before = world(TOM, about(), item=ignored(3), my_items=(ignored(3),))
    after = clicked(before, "not_mine", item="ACT-1").state
    (planned,) = [one for one in plans_for(before, after, NOW) if one.rule == "unheard"]
    assert planned.at == NOW + timedelta(weeks=1)
    (effect,) = unheard(look(ignored(0, owner="")), planned, NOW).effects
    assert isinstance(effect, Turn)
    assert (effect.command, effect.fields) == ("heard_of", {"items": "i1"})
    assert unheard(look(ignored(0)), planned, NOW).plans[0].at is None


def test_the_card_says_that_nobody_owns_it() -> None:
    message = word("ignored_two_weeks", look(ignored(3, owner=""), person=MAYA))
    assert "Nobody owns it for 2 weeks" in message.card.plain()


def test_six_items_and_more_are_counted_below_five() -> None:
    many = [ignored(3, number) for number in range(1, 9)]
    text = word("ignored_two_weeks", look(*many, person=MAYA)).card.plain()
    assert text.count("ACT-") == 5
    assert "and 3 more" in text
