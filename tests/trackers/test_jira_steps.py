"""Jira at the wire, of the Cloud and of one's own server: workflows, people, what is private, and webhooks."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from adapters.trackers.known import known
from bot.commands.accounts import ProfileLearned
from bot.errors import GiveUp
from bot.model import ItemStatus
from bot.settings import SettingsWrong, read_settings
from bot.text import mention_token
from tests.trackers.fake_jira import SimulatedJira, basic, to
from tests.trackers.fakes import SECRET, Hook, Kept, answer
from tests.trackers.test_in_step import opened
from tests.trackers.worlds import KITS, PUBLIC, TOKEN, World, begun, resolve, world, writes

LEVEL = {"required": False, "hasDefaultValue": False, "allowedValues": [{"id": "10100", "name": "Responders"}]}
RESOLUTION = {"required": True, "allowedValues": [{"id": "2", "name": "Won’t Do"}, {"id": "1", "name": "Done"}]}


# -- workflows


async def test_the_step_that_says_why_is_taken(jira: World) -> None:
    await opened(jira)
    await jira.says("wontdo ACT-1 retired")
    await jira.settled()
    assert jira.there.status["OPS-1"] == "Won't Do"
    await jira.clicks("undo_item", item="ACT-1")
    await jira.settled()
    assert jira.there.status["OPS-1"] == "To Do"


@pytest.mark.parametrize(("said", "resolution"), [("done ACT-1", "Done"), ("wontdo ACT-1 retired", "Won't Do")])
async def test_where_one_step_closes_it_its_resolution_says_why(jira: World, said: str, resolution: str) -> None:
    jira.there.workflow["To Do"] = [to("In Progress", "11"), to("Done", "12", resolution=RESOLUTION)]
    await opened(jira)
    await jira.says(said)
    await jira.settled()
    assert jira.there.resolution["OPS-1"] == resolution
    assert jira.there.only.state == ("done" if resolution == "Done" else "dropped")
    await jira.later(hours=25)
    assert jira.item().status is (ItemStatus.DONE if resolution == "Done" else ItemStatus.WONT_DO)


@pytest.mark.parametrize(
    "steps",
    [
        [to("In Progress", "11")],
        [to("Done", "12", customfield_1={"required": True})],
        [to("Won't Do", "13")],
        [to("Done", "12", resolution={"required": True, "allowedValues": [{"id": "2", "name": "Won't Do"}]})],
        [],
    ],
)
async def test_where_no_step_leads_there_it_is_said_in_words_and_the_item_stays_done(
    jira: World, steps: list[dict[str, Any]]
) -> None:
    jira.there.workflow["To Do"] = steps
    await opened(jira)
    await jira.says("done ACT-1")
    await jira.settled()
    assert "no step of the workflow of OPS-1" in jira.words()[-1]
    await jira.later(hours=25)
    assert (jira.item().status, jira.there.only.state) == (ItemStatus.DONE, "open")


async def test_a_step_that_somebody_else_took_at_the_same_time_is_looked_at_again(jira: World) -> None:
    await opened(jira)
    route = jira.there.route

    def in_between(request: httpx.Request, path: str) -> httpx.Response:
        if request.method == "POST" and path.endswith("transitions"):
            jira.there.route = route
            return answer(409, {"errorMessages": ["conflicting update"]})
        return route(request, path)  # type: ignore[no-any-return]

    jira.there.route = in_between
    await jira.says("done ACT-1")
    await jira.settled()
    assert jira.there.only.state == "done"
    assert len(jira.there.only.comments) == 1


@pytest.mark.parametrize("why", ["Won't Do", "Won’t Fix", "Duplicate"])
async def test_closed_there_for_another_reason_is_asked_about(jira: World, why: str) -> None:
    await opened(jira)
    jira.there.resolution["OPS-1"] = why
    jira.there._goes(jira.there.only, "Done")
    await jira.all_hooked()
    assert jira.item().status is ItemStatus.OPEN
    assert len(jira.questions()) == 1


# -- people


async def given(one: World, email: str) -> Kept:
    await opened(one)
    await one.says("help", who="tom")
    origin = one.origin().model_copy(update={"actor": ""})
    await one.told(ProfileLearned(origin=origin, account="slack:T1:UTOM", name="Tom", email=email, zone="UTC"))
    await one.clicks("reassign", item="ACT-1", owner=mention_token("slack:T1:UTOM"))
    await one.settled()
    ticket: Kept = one.there.only
    return ticket


@pytest.mark.parametrize("hidden", [False, True])
async def test_whoever_owns_it_is_assigned_also_where_addresses_are_hidden(either: World, hidden: bool) -> None:
    tom = either.there.people[1]
    if hidden:
        tom |= {"emailAddress": "", "hides": "tom@acme.example"}
    ticket = await given(either, "tom@acme.example")
    assert (ticket.assignee, ticket.comments) == (tom["accountId" if either.there.cloud else "name"], [])


@pytest.mark.parametrize("how", ["nobody", "longer", "two", "gone"])
async def test_where_nobody_is_found_for_certain_it_is_said_in_a_comment(either: World, how: str) -> None:
    tom = either.there.people[1]
    if how == "two":
        either.there.people.append(
            {**tom, "accountId": "9", "name": "9", "emailAddress": "", "hides": "tom@acme.example"}
        )
    address = {"nobody": "else@acme.example", "longer": "tom@acme.example.org"}.get(how, tom["emailAddress"])
    tom.update(emailAddress=address, active=how != "gone")
    ticket = await given(either, "tom@acme.example")
    assert ticket.assignee == ""
    assert "is with Tom now" in ticket.comments[-1]


@pytest.mark.parametrize(("account", "taken"), [("557058:tom", True), ("557058:nobody", False)])
async def test_an_account_that_was_named_is_taken_where_it_may_have_it(
    template: Path, tmp_path: Path, account: str, taken: bool
) -> None:
    more = {"TICKETS_JIRA_ACCOUNTS": f"tom@other.example={account}"}
    async with world(template, tmp_path / "here.db", KITS["jira"], **more) as one:
        await begun(one)
        ticket = await given(one, "tom@other.example")
        assert ticket.assignee == (account if taken else "")
        assert bool(ticket.comments) is not taken


# -- refusals, and what is private


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "status 400"), (401, "does not accept the token"), (403, "does not accept the token"), (404, "status 404"),
     (409, "status 409"), (410, "status 410")],
)  # fmt: skip
async def test_a_refusal_is_told_to_whoever_asked_and_not_tried_again(jira: World, status: int, said: str) -> None:
    jira.there.refusing["POST"] = answer(status, {"errorMessages": ["no"]})
    await opened(jira)
    assert said in jira.words()[-1]
    assert jira.item().ticket is None
    assert len(writes(jira)) == 1


async def test_nothing_of_a_private_incident_goes_there(template: Path, tmp_path: Path) -> None:
    async with world(template, tmp_path / "here.db", KITS["jira"], TICKETS_ALL="1") as one:
        await begun(one, private=True)
        await one.later(hours=2)
        assert one.there.calls == []


@pytest.mark.parametrize("level", ["Responders", "10100"])
@pytest.mark.parametrize("private", [True, False])
async def test_of_a_private_incident_it_has_the_security_level(
    template: Path, tmp_path: Path, level: str, private: bool
) -> None:
    async with world(template, tmp_path / "here.db", KITS["jira"], TICKETS_JIRA_LEVEL=level, TICKETS_ALL="1") as one:
        one.there.screen["security"] = LEVEL
        await begun(one, private=private)
        assert one.there.fields["OPS-1"].get("security") == ({"id": "10100"} if private else None)


@pytest.mark.parametrize("screen", [{}, {"security": {**LEVEL, "allowedValues": []}}])
async def test_without_the_level_there_is_no_issue_of_a_private_incident(
    template: Path, tmp_path: Path, screen: dict[str, Any]
) -> None:
    async with world(template, tmp_path / "here.db", KITS["jira"], TICKETS_JIRA_LEVEL="Responders") as one:
        one.there.screen |= screen
        await begun(one, private=True)
        (item,) = one.everything()
        await one.clicks("ticket", item=item.key)
        await one.settled()
        assert "cannot have the security level Responders" in one.words()[-1]
        assert (writes(one), one.there.tickets) == ([], {})


# -- being told


async def test_a_webhook_that_is_sent_again_under_another_name_is_taken_once(either: World) -> None:
    await opened(either)
    either.there.change(either.there.only, "done")
    hook = either.there.hooks[-1]
    before = either.count("SELECT count(*) FROM seen")
    for name in ("j-1", "j-2", ""):
        assert await either.hooked(Hook({**hook.headers, "x-atlassian-webhook-identifier": name}, hook.body)) == 200
    assert either.count("SELECT count(*) FROM seen") == before + 1


@pytest.mark.parametrize("body", [b"[]", b"\xff", b"{", b'{"issue": 5}', b"[" * 50_000, b'{"changelog": {"items": 3}}'])
async def test_genuine_garbage_is_no_error(jira: World, body: bytes) -> None:
    await opened(jira)
    before = jira.item()
    assert await jira.hooked(jira.there.hook(body)) in (200, 400)
    assert jira.item() == before


async def test_other_events_are_taken_and_left(jira: World) -> None:
    await opened(jira)
    calls = len(jira.there.calls)
    assert await jira.hooked(jira.there.told(jira.there.only, "summary")) == 200
    assert await jira.hooked(jira.there.hook({"webhookEvent": "comment_created", "issue": {"key": "OPS-1"}})) == 200
    await jira.settled()
    assert len(jira.there.calls) == calls


# -- set up rightly


async def asked(there: SimulatedJira, **more: str) -> str:
    settings = read_settings({**KITS["jira"].settings, **more})
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=there)
        return await known(settings, resolve)["jira"][0].well()


async def test_the_doctor_says_where_tickets_go_and_what_is_wrong() -> None:
    there = SimulatedJira()
    assert await asked(there) == "Jira: tickets go to OPS (Task)"
    with pytest.raises(GiveUp, match="NOPE is not there"):
        await asked(there, TICKETS_JIRA_PROJECT="NOPE")
    with pytest.raises(GiveUp, match="no issue type Incident"):
        await asked(there, TICKETS_JIRA_TYPE="Incident")
    with pytest.raises(GiveUp, match="cannot have the security level Responders"):
        await asked(there, TICKETS_JIRA_LEVEL="Responders")
    there.screen["customfield_10010"] = {"required": True, "hasDefaultValue": False}
    with pytest.raises(GiveUp, match="needs fields that nobody could fill in: customfield_10010"):
        await asked(there)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TICKETS_JIRA_PROJECT", "ops"),
        ("TICKETS_JIRA_PROJECT", ""),
        ("TICKETS_JIRA_TOKEN", "two words"),
        ("TICKETS_JIRA_USER", "two words"),
        ("TICKETS_JIRA_SECRET", "short"),
        ("TICKETS_JIRA_ACCOUNTS", "maya"),
        ("TICKETS_JIRA_URL", "http://acme.atlassian.net"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsWrong, match="TICKETS_JIRA"):
        read_settings({**KITS["jira"].settings, name: value})


async def test_no_token_and_no_word_of_an_item_is_logged(jira: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    jira.there.faults = ["down", "limited"]
    await opened(jira)
    await jira.all_hooked()
    assert TOKEN not in caplog.text
    assert SECRET not in caplog.text
    assert basic("bot@acme.example", TOKEN) not in caplog.text
    assert "pool saturation" not in caplog.text
