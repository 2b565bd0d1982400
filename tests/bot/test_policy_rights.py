"""Who changes the policy, who cannot lead, what a file is, and who may do what by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.command import Origin
from bot.commands.policy import FreePolicy, SetPolicy
from bot.effects import Direct
from bot.errors import Refused
from bot.grammar import read
from bot.incident_reminders import update_overdue
from bot.model import Person
from bot.permissions import check, level, permitted
from bot.policy import SETTABLE, Team
from bot.postmortems import due_date
from bot.reminders import plans_for, working_time
from bot.rules import MAY, RULES
from bot.state import Look, Planned
from bot.text import mention_token
from tests.bot.policies import GONE, asks, days, mark, usual, wanted
from tests.bot.worlds import (
    ADMIN,
    DEBRIEF,
    GUEST,
    INES,
    MAYA,
    NOW,
    ROBOT,
    TOM,
    clicked,
    decided,
    incident,
    organisation,
    origin,
    said,
    world,
)

# -- who may, and what is refused


@pytest.mark.parametrize("actor", [TOM, GUEST])
def test_only_admins_change_it(actor: Person) -> None:
    with pytest.raises(Refused):
        asks(world(actor), zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("lead", "said_of_it"),
    [
        ("@nobody", "I know nobody called @nobody yet"),
        ("stranger@acme.example", "I know nobody called stranger@acme.example"),
        (mention_token("slack:T1:UGUS"), "Gus is a guest and cannot lead a team"),
        ("@robo", "Robo is a bot"),
        ("@gina", "Gina is somebody who has left"),
        ("", ""),
        ("Ines", ""),
        (mention_token("slack:T1:UINES"), ""),
    ],
)
def test_whoever_cannot_lead_is_named_and_nothing_is_changed(lead: str, said_of_it: str) -> None:
    state = world(ADMIN)
    state = state.model_copy(
        update={"people": {**state.people, "gina": GONE}, "named": {**state.named, "@gina": "gina", "@Ines": "ines"}}
    )
    teams = [{"name": "Payments", "lead": lead}]
    if said_of_it:
        with pytest.raises(Refused) as refused:
            asks(state, teams=teams)
        assert said_of_it in str(refused.value)
        assert refused.value.field == "teams.1.lead"
    else:
        shown = asks(state, teams=teams)
        made = asks(state, mark(shown), teams=teams).state.organisation.policies.teams
        assert made == (Team(name="Payments", lead="ines" if lead else ""),)


def test_what_contradicts_itself_is_refused_by_the_rule_as_well() -> None:
    with pytest.raises(Refused, match="as late as the one before"):
        asks(world(ADMIN), escalation_weeks=[6, 4, 2])
    with pytest.raises(Refused, match="nothing that can be given"):
        asks(world(ADMIN), may={"declare": "admin"})


def test_a_file_is_applied_at_once_moves_no_date_and_leaves_out_whom_nobody_has_met() -> None:
    state = world(DEBRIEF, items=(usual(),))
    written = wanted(due_days=days(90), teams=[{"name": "Payments", "lead": "new@acme.example"}])
    command = SetPolicy(origin=_clock(), wanted=written, file="policy.toml")
    done = decided(state, command)
    policies = done.state.organisation.policies
    assert (policies.given_by, policies.due_days[3], policies.teams) == ("policy.toml", 90, (Team(name="Payments"),))
    assert policies.admins == state.organisation.policies.admins
    assert done.state.items == state.items
    assert "Nobody leads yet where the file names new@acme.example" in done.reply.plain()
    assert decided(done.state, command).state == done.state


def test_while_a_file_is_given_nobody_changes_what_stands_in_it() -> None:
    state = world(ADMIN, organisation=organisation(given_by="policy.toml"))
    with pytest.raises(Refused, match=r"come from policy\.toml"):
        asks(state, zone="Europe/Berlin")
    with pytest.raises(Refused, match=r"come from policy\.toml"):
        clicked(state, "set_zone", zone="Asia/Tokyo")
    form = said(state, "setup").reply.form
    assert form is not None
    assert [one.name for one in form.inputs] == ["announcements"]
    saved = clicked(state, "set_up", announcements="C0NEWS", zone="Asia/Tokyo", teams="X").state.organisation.policies
    assert saved.announcements is not None
    assert (saved.zone, saved.teams) == ("Europe/Berlin", ())


def test_nobody_can_pass_for_the_operators_file() -> None:
    with pytest.raises(Refused):
        asks(world(ADMIN, organisation=organisation(given_by="policy.toml")), file="policy.toml", zone="Asia/Tokyo")
    assert asks(world(ADMIN), file="mine.toml", zone="Asia/Tokyo").reply.form is not None
    with pytest.raises(Refused):
        decided(world(ADMIN), FreePolicy(origin=origin(ADMIN)))


def test_without_a_file_what_it_said_stays_and_can_be_changed_again() -> None:
    state = world(DEBRIEF, organisation=organisation(given_by="policy.toml", country="DE"))
    freed = decided(state, FreePolicy(origin=_clock())).state.organisation.policies
    assert (freed.given_by, freed.country) == ("", "DE")


def _clock() -> Origin:
    return Origin(id="policy:1", platform="clock", tenant="org")


# -- who may do what


def test_what_can_be_given_to_others_is_given_as_the_table_says_by_default() -> None:
    assert all(MAY[kind] in levels for kind, levels in SETTABLE.items())
    assert set(SETTABLE) <= set(RULES)


@pytest.mark.parametrize(
    ("chosen", "who", "may"),
    [
        ("responder", TOM, True), ("commander", TOM, False), ("commander", INES, True), ("admin", INES, False),
        ("admin", ADMIN, True), ("", TOM, False), ("", INES, True), ("responder", GUEST, False),
        ("responder", ROBOT, False),
    ],
)  # fmt: skip
def test_a_verb_is_narrowed_or_widened_as_the_organisation_says(chosen: str, who: Person, may: bool) -> None:
    about = incident(roles={"lead": "ines"})
    state = world(who, about, organisation=organisation(may={"resolve": chosen} if chosen else {}))
    command = read("resolve", origin(who))
    if may:
        check(state, command)
    else:
        with pytest.raises(Refused):
            check(state, command)
    if who is not ROBOT:
        assert permitted(state, "resolve") is may


def test_what_is_not_marked_stays_as_it_is_whatever_a_stored_policy_says() -> None:
    stored = organisation().policies.model_copy(update={"may": {"setup": "responder", "resolve": "anyone"}})
    state = world(TOM, organisation=organisation().model_copy(update={"policies": stored}))
    assert (level(state, "setup"), level(state, "resolve")) == ("admin", "commander")


# -- the zone, from chat


def test_a_zone_by_which_others_hear_at_another_time_is_asked_about_once_more() -> None:
    away = MAYA.model_copy(update={"zone": ""})
    state = world(ADMIN, items=(usual(1, owner="maya"),))
    state = state.model_copy(update={"people": {**state.people, "maya": away}})
    saved = clicked(state, "set_up", zone="Asia/Tokyo", country="de")
    assert (saved.state.organisation.policies.zone, saved.state.organisation.policies.country) == (
        "Europe/Berlin",
        "DE",
    )
    assert "Maya on Monday 09:30 (Asia/Tokyo) instead of Monday 09:30 (Europe/Berlin)" in saved.reply.plain()
    (button,) = [one for section in saved.reply.card.sections for one in section.buttons]
    done = clicked(saved.state, button.does, **button.args)
    assert done.state.organisation.policies.zone == "Asia/Tokyo"
    with pytest.raises(Refused, match="Something has changed"):
        clicked(done.state.model_copy(update={"organisation": organisation(country="US")}), button.does, **button.args)
    with pytest.raises(Refused, match="no time zone"):
        clicked(saved.state, "set_zone", zone="Mars", seen=button.args["seen"])


def test_a_guest_cannot_lead_from_chat_either() -> None:
    with pytest.raises(Refused, match="Gus is a guest") as refused:
        clicked(world(ADMIN), "set_up", teams=f"Payments: {mention_token('slack:T1:UGUS')}")
    assert refused.value.field == "teams"


# -- what rules make of it


def test_without_a_promise_an_update_is_due_after_the_organisations_minutes_and_a_promise_goes_first() -> None:
    ours = organisation(update_minutes={1: 30})
    state = world(TOM, incident(severity=2), organisation=ours)
    after = said(state, "sev 1 all regions").state
    (plan,) = [one for one in plans_for(state, after, NOW) if one.rule == "update_overdue"]
    assert plan.at == NOW  # it was declared half an hour ago
    promised = said(after, "update identified: the pool next 45m").state
    (plan,) = [one for one in plans_for(after, promised, NOW) if one.rule == "update_overdue"]
    assert plan.at == NOW + timedelta(minutes=45)
    told = said(promised, "update monitoring: it drains").state
    (plan,) = [one for one in plans_for(promised, told, NOW) if one.rule == "update_overdue"]
    assert plan.at == NOW + timedelta(minutes=30)
    ended = said(told, "resolve done").state
    assert [one.at for one in plans_for(told, ended, NOW) if one.rule == "update_overdue"] == [None]


def test_the_word_about_such_an_update_promises_nothing_that_nobody_promised() -> None:
    about = incident(severity=1, roles={"lead": "maya"})
    seen = Look(organisation=organisation(update_minutes={1: 30}), incident=about, person=MAYA, people={"maya": MAYA})
    plan = Planned(key="update_overdue:inc:maya", rule="update_overdue", subject="inc:maya", at=NOW)
    (word,) = update_overdue(seen, plan, NOW).effects
    assert isinstance(word, Direct)
    assert "by your organisation's policy an update was due" in word.card.plain()
    assert update_overdue(seen.model_copy(update={"organisation": organisation()}), plan, NOW).effects == ()


def test_a_date_that_is_left_as_it_is_follows_from_severity_and_kind_and_one_that_is_chosen_does_not() -> None:
    ours = organisation(due_days_by_kind={"detect": 14})
    state = world(TOM, incident(), organisation=ours)
    form = said(state, "action").reply.form
    assert form is not None
    due = next(one for one in form.inputs if one.name == "due")
    assert "14 days to detect" in due.hint
    fields = {"text": "Alert on it", "owner": "@maya", "due": due.initial}
    kept = {kind: clicked(state, "action", **fields, purpose=kind).state.item for kind in ("detect", "learn")}
    assert kept["detect"]
    assert kept["learn"]
    assert (kept["detect"].due - NOW.date(), kept["learn"].due - NOW.date()) == (timedelta(days=14), timedelta(days=60))
    chosen = clicked(state, "action", **{**fields, "due": "2026-12-24"}, purpose="detect").state.item
    assert chosen
    assert (kept["detect"].dated, chosen.dated, chosen.due.isoformat()) == ("policy", "", "2026-12-24")


def test_a_postmortem_is_due_as_the_organisation_says() -> None:
    ours = organisation(postmortem_days={1: 7, 2: 2, 3: 10, 4: 10, 5: 10})
    days = [due_date(world(TOM, organisation=ours), incident(severity=n), NOW) - NOW.date() for n in (1, 2)]
    assert days == [timedelta(days=7), timedelta(days=2)]


def test_what_somebody_sets_for_themselves_is_their_own_from_then_on() -> None:
    state = world(TOM, organisation=organisation(digest_weekday=1, digest_time="14:00"))
    assert "Tuesday" in said(state, "reminders").reply.plain()
    after = said(state, "reminders friday").state
    own = after.people["tom"]
    assert (own.digest_weekday, own.digest_time) == (4, "14:00")
    moved = after.model_copy(update={"organisation": organisation(digest_weekday=2)})
    assert working_time(own, moved.organisation).digest_weekday == 4
