"""Who changes the policy, who cannot lead, what a file is, and who may do what by it."""

from __future__ import annotations

import pytest

from bot.command import Origin
from bot.commands.policy import FreePolicy, SetPolicy
from bot.errors import Refused
from bot.grammar import read
from bot.model import Person
from bot.permissions import check, level, permitted
from bot.policy import SETTABLE, Team
from bot.rules import MAY, RULES
from bot.text import mention_token
from tests.bot.policies import GONE, asks, days, mark, usual, wanted
from tests.bot.worlds import (
    ADMIN,
    DEBRIEF,
    GUEST,
    INES,
    MAYA,
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
