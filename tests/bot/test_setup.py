"""Setting up an organisation: who may, what is understood, and that a wrong field changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.change import called
from bot.commands.accounts import Installed, MemberJoined, MemberLeft, ProfileLearned
from bot.errors import Refused
from bot.model import Place, Policies, Status
from bot.policy import ServiceRow, Team
from bot.text import mention_token
from tests.bot.worlds import (
    ADMIN,
    GUEST,
    MAYA,
    NOW,
    TOM,
    clicked,
    incident,
    organisation,
    said,
    someone,
    the,
    told,
    world,
)

FILLED = {
    "announcements": "C0NEWS",
    "zone": "America/New_York",
    "country": "us",
    "call_link": "https://meet.example.com/incident",
    "teams": f"Payments: {mention_token('slack:T1:UMAYA')} #payments\nSearch",
    "services": "checkout = Payments\nindex = Search\nmail",
}


def policies(**changes: Any) -> Policies:
    return clicked(world(ADMIN), "set_up", **{**FILLED, **changes}).state.organisation.policies


def test_an_admin_gets_the_form_with_what_is_set() -> None:
    form = said(world(ADMIN), "setup").reply.form
    assert form is not None
    assert next(one.initial for one in form.inputs if one.name == "zone") == "Europe/Berlin"


@pytest.mark.parametrize("actor", [TOM, GUEST])
def test_nobody_else_does_once_there_is_an_admin(actor: Any) -> None:
    with pytest.raises(Refused):
        said(world(actor), "setup")
    with pytest.raises(Refused):
        clicked(world(actor), "set_up", **FILLED)


def test_while_nobody_is_an_admin_whoever_sets_up_becomes_one() -> None:
    state = world(TOM, organisation=organisation(admins=frozenset()))
    decision = clicked(state, "set_up", **FILLED)
    assert decision.state.organisation.policies.admins == {"tom"}
    assert "You are the admin now" in decision.reply.plain()


def test_what_was_filled_in_is_stored() -> None:
    made = policies()
    assert made.announcements == Place(platform="slack", tenant="T1", channel="C0NEWS")
    assert (made.zone, made.country, made.call_link) == ("America/New_York", "US", "https://meet.example.com/incident")
    assert made.teams == (Team(name="Payments", lead="maya", channel="payments"), Team(name="Search"))
    assert made.services == (
        ServiceRow(name="checkout", team="Payments"),
        ServiceRow(name="index", team="Search"),
        ServiceRow(name="mail"),
    )


def test_a_channel_of_another_platform_stays_when_the_form_is_saved_again() -> None:
    elsewhere = Place(platform="teams", tenant="X", channel="19:abc")
    state = world(ADMIN, organisation=organisation(announcements=elsewhere))
    made = clicked(state, "set_up", **{**FILLED, "announcements": "19:abc"}).state.organisation.policies
    assert made.announcements == elsewhere


def test_a_lead_stays_until_another_is_named() -> None:
    state = world(ADMIN, organisation=organisation(teams=(Team(name="Payments", lead="ines"),)))

    def lead(line: str) -> str:
        made = clicked(state, "set_up", **{**FILLED, "services": "", "teams": line}).state.organisation.policies
        return made.teams[0].lead

    assert (lead("Payments: #pay"), lead("Payments: @maya"), lead("Payments: @nobody")) == ("ines", "maya", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Mars/Olympus"),
        ("zone", "../../etc/passwd"),
        ("country", "Germany"),
        ("call_link", "javascript:alert(1)"),
        ("call_link", "https://x y"),
        ("announcements", "no such channel"),
        ("teams", "Payments: @stranger"),
        ("teams", ": @maya"),
        ("teams", "Payments: Tom Example"),
        ("teams", "Payments: @maya payments"),
        ("teams", "Payments: @maya @ines #payments"),
        ("teams", "Payments: @maya #payments #search"),
        ("teams", "Payments: #payments channel"),
        ("teams", "Payments @maya #payments"),
        ("teams", "\n".join(f"t{n}" for n in range(300))),
        ("services", "checkout = Nobody's"),
        ("services", "= Payments"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        policies(**{field: value})
    assert refused.value.field == field


def test_what_a_line_of_a_team_has_beyond_name_lead_and_channel_is_quoted_with_the_line() -> None:
    with pytest.raises(Refused, match=r"\u201cTom Example\u201d in \u201cPayments: Tom Example, #pay\u201d"):
        policies(teams="Search\nPayments: Tom Example, #pay")


@pytest.mark.parametrize(
    ("line", "lead", "channel"),
    [
        ("Payments: @maya, #payments", "maya", "payments"),
        ("Payments:#payments;@maya", "maya", "payments"),
        (f"Payments: <#C0PAY|payments> {mention_token('slack:T1:UMAYA')}", "maya", "C0PAY"),
        ("Payments: <#C0PAY>", "", "C0PAY"),
        ("Payments: @nobody #19:abc_d@thread.tacv2", "", "19:abc_d@thread.tacv2"),
        ("Payments:", "", ""),
    ],
)
def test_a_line_of_a_team_may_be_written_in_several_ways(line: str, lead: str, channel: str) -> None:
    assert policies(teams=line, services="").teams == (Team(name="Payments", lead=lead, channel=channel),)


@pytest.mark.parametrize("channel", ["War Room", "C0PAY", "19:abc_d@thread.tacv2", "payments, and more", "#pay <x>"])
def test_a_form_that_is_saved_as_it_was_opened_changes_no_team(channel: str) -> None:
    teams = (Team(name="Payments", lead="ines", channel=channel), Team(name="Search"))
    state = world(ADMIN, organisation=organisation(teams=teams))
    form = said(state, "setup").reply.form
    assert form is not None
    shown = next(one.initial for one in form.inputs if one.name == "teams")
    saved = clicked(state, "set_up", **{**FILLED, "services": "", "teams": shown})
    assert saved.state.organisation.policies.teams == teams


def test_everything_may_be_left_empty() -> None:
    made = clicked(world(ADMIN), "set_up").state.organisation.policies
    assert (made.announcements, made.zone, made.teams) == (None, "Europe/Berlin", ())


# -- what platforms tell of people


def test_who_installs_is_an_admin() -> None:
    decision = told(world(organisation=organisation(admins=frozenset())), Installed, account="slack:T1:UMAYA")
    assert decision.state.organisation.policies.admins == {"maya"}
    assert decision.state.people["maya"].admin


def test_who_installs_it_once_more_is_no_admin_for_that() -> None:
    decision = told(world(organisation=organisation(admins=frozenset({"ada"}))), Installed, account="slack:T1:UMAYA")
    assert decision.state.organisation.policies.admins == {"ada"}
    assert not decision.state.people["maya"].admin


def test_a_profile_fills_in_what_was_told() -> None:
    learned = told(
        world(), ProfileLearned, account="slack:T1:UMAYA", name="Maya Lind", zone="Asia/Tokyo", person_kind="guest"
    )
    maya = learned.state.people["maya"]
    assert (maya.name, maya.zone, maya.kind, maya.email) == ("Maya Lind", "Asia/Tokyo", "guest", "")


@pytest.mark.parametrize("fields", [{"zone": "Nowhere"}, {"person_kind": "alien"}, {"name": "  "}])
def test_a_profile_that_makes_no_sense_changes_nothing(fields: dict[str, str]) -> None:
    assert told(world(), ProfileLearned, account="slack:T1:UMAYA", **fields).state.people["maya"] == MAYA


def test_an_account_nobody_knows_is_passed_over() -> None:
    assert told(world(), ProfileLearned, account="slack:T9:U9", name="X").state.people == world().people
    assert told(world(about=incident()), MemberJoined, account="slack:T9:U9").entries == ()


def test_being_in_a_private_channel_is_being_a_member() -> None:
    private = incident(private=True)
    joined = told(world(about=private), MemberJoined, account="slack:T1:UMAYA")
    assert the(joined).responders == {"tom", "maya"}
    assert [(entry.text, entry.is_key) for entry in joined.entries] == [(f"{called(MAYA)} joined the channel", False)]
    left = told(joined.state, MemberLeft, account="slack:T1:UMAYA")
    assert the(left).responders == {"tom"}


def test_who_reads_a_public_channel_is_no_responder_but_an_invited_guest_is() -> None:
    assert "maya" not in the(told(world(about=incident()), MemberJoined, account="slack:T1:UMAYA")).responders
    assert "gus" in the(told(world(about=incident()), MemberJoined, account="slack:T1:UGUS")).responders


def test_a_program_in_the_channel_is_not_news() -> None:
    decision = told(world(about=incident()), MemberJoined, account="slack:T1:UROBO")
    assert (decision.entries, decision.effects) == ((), ())


def test_a_stranger_who_joins_is_asked_about_once() -> None:
    new = someone("Nia", zone="")
    decisions = [told(world(new, about=incident()), MemberJoined, account="slack:T1:UNIA") for _ in range(2)]
    assert {effect.key for one in decisions for effect in one.effects} == {"profile:slack:T1:UNIA:inc"}
    assert decisions[0].entries[0].recorded == NOW


def test_who_comes_or_goes_does_so_for_every_private_incident_that_lives_there() -> None:
    ended = incident(key="INC-ENDED", id="ended", private=True, status=Status.CLOSED, responders=frozenset({"tom"}))
    public = incident(key="INC-7", id="public")
    state = world(about=incident(private=True)).model_copy(update={"neighbours": (ended, public)})
    joined = told(state, MemberJoined, account="slack:T1:UMAYA")
    assert [one.responders for one in joined.state.neighbours] == [{"tom", "maya"}, public.responders]
    assert {one.incident: one.text for one in joined.entries} == {
        about: f"{called(MAYA)} joined the channel" for about in ("inc", "ended")
    }
    left = told(joined.state, MemberLeft, account="slack:T1:UMAYA")
    assert [one.responders for one in left.state.neighbours] == [{"tom"}, public.responders]
    assert [one.incident for one in left.entries] == ["inc", "ended"]
    again = told(left.state, MemberLeft, account="slack:T1:UMAYA")
    assert [one.incident for one in again.entries] == ["inc"], "the others know it already"


def test_a_guest_is_taken_out_of_all_that_lives_there() -> None:
    other = incident(key="INC-7", id="public", responders=frozenset({"tom", "gus"}))
    state = world(about=incident()).model_copy(update={"neighbours": (other,)})
    (left,) = told(state, MemberLeft, account="slack:T1:UGUS").state.neighbours
    assert left.responders == {"tom"}
