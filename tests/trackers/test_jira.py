"""Jira at the wire, of the Cloud and of one's own server: what only Jira does."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from adapters.trackers import jira
from adapters.trackers.jira_text import document, wiki
from adapters.trackers.known import known
from bot.commands.accounts import ProfileLearned
from bot.errors import GiveUp
from bot.markdown import clean
from bot.model import ItemStatus
from bot.settings import SettingsWrong, read_settings
from bot.text import mention_token
from tests.hostile import CHAT
from tests.trackers.fake_jira import SimulatedJira, basic, to
from tests.trackers.fakes import SECRET, Hook, Kept, answer
from tests.trackers.test_in_step import opened
from tests.trackers.worlds import JIRA_SERVER, KITS, PUBLIC, PUBLIC_URL, TOKEN, World, begun, resolve, world

LEVEL = {"required": False, "hasDefaultValue": False, "allowedValues": [{"id": "10100", "name": "Responders"}]}
RESOLUTION = {"required": True, "allowedValues": [{"id": "2", "name": "Won’t Do"}, {"id": "1", "name": "Done"}]}
MARKUP = (
    "*bold* _x_ {code}a{code} [link|https://evil.example] [~admin] !image.png! {color:red}x{color}",
    "h1. Title\nbq. quote\n* list\n# list\n----\n||head||\n|cell|",
    "{noformat} {{mono}} ??cite?? -del- +ins+ ^up^ ~down~ \\\\ :) (!) (y) https://evil.example www.evil.example OPS-12",
)


@pytest.fixture(params=[KITS["jira"], JIRA_SERVER], ids=["cloud", "server"])
async def either(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Any:
    async with world(template, tmp_path / "here.db", request.param) as made:
        await begun(made)
        yield made


def writes(one: World) -> list[tuple[str, str]]:
    return [call for call in one.there.calls if call[0] != "GET"]


# -- what it says


async def test_an_issue_says_what_why_until_when_and_leads_back(either: World) -> None:
    await opened(either)
    body, fields = either.there.only.body, either.there.fields["OPS-1"]
    for words in ("Alert on pool saturation", "INC-1 (SEV2): Checkout errors", "noticed sooner", "Due 20", "Owner"):
        assert words in body, words
    assert f"{PUBLIC_URL}/incidents/INC-1" in body
    assert fields["duedate"] == either.item().due.isoformat()
    assert either.item().link == f"{either.store.trackers[0].pages}browse/OPS-1"


async def test_the_cloud_is_told_as_an_account_and_a_server_by_its_token(either: World) -> None:
    host, said = ("jira.acme.example", f"Bearer {TOKEN}")
    if either.there.cloud:
        host, said = ("acme.atlassian.net", basic("bot@acme.example", TOKEN))
    await opened(either)
    assert {(told["host"], told["authorization"]) for told in either.there.headers} == {(host, said)}


async def test_what_people_typed_is_literal_in_issues_and_comments(either: World) -> None:
    for number, typed in enumerate((*CHAT[:25], *MARKUP), 2):
        await either.clicks("action", incident="INC-1", text=typed, owner="me", due="2w")
        await either.says(f"ticket ACT-{number}")
    await either.settled()
    assert len(either.there.tickets) > 25
    shown = "\n".join(ticket.body for ticket in either.there.tickets.values())
    for line in "\n".join(MARKUP).split("\n"):
        assert line in shown, line
    await either.clicks("wont_do", item="ACT-2", reason="{color:red}no{color}\n[~admin] says so")
    await either.settled()
    assert "{color:red}no{color}\n[~admin] says so" in next(
        ticket for ticket in either.there.tickets.values() if ticket.comments
    ).comments[0].replace("\\", "")


@pytest.mark.parametrize("typed", [*CHAT, *MARKUP, "", "\n\n", " \n x"])
def test_a_document_holds_typed_text_in_plain_nodes_only(typed: str) -> None:
    made = document(typed, (typed, "line"))
    nodes, waiting = [], [made]
    while waiting:
        nodes.append(waiting.pop())
        waiting += nodes[-1].get("content", ())
    assert {node["type"] for node in nodes} <= {
        "doc", "paragraph", "text", "hardBreak", "bulletList", "listItem"
    }  # fmt: skip
    assert all(node["text"] and "marks" not in node for node in nodes if node["type"] == "text")
    assert json.loads(json.dumps(made)) == made


@pytest.mark.parametrize("typed", [*CHAT, *MARKUP])
def test_no_mark_of_typed_text_has_its_meaning_in_wiki_markup(typed: str) -> None:
    made = wiki(typed)
    bare = made.replace("\\\\", "")
    for mark in "{}[]*_-+^~|!?#":
        assert bare.count(mark) == bare.count(f"\\{mark}"), mark
    assert "://" not in made
    assert not any(line.startswith(("h1.", "bq.")) for line in made.split("\n"))
    assert made.replace("\u2060", "").replace("\\", "") == clean(typed).strip().replace("\\", "")


def test_the_address_of_the_incident_is_the_only_link() -> None:
    back = "https://debrief.example/incidents/INC-1"
    assert json.dumps(document("x", (), back)).count('"link"') == 1
    assert wiki("x", (), back).endswith(f"[{back}]")


async def test_a_screen_without_a_date_gets_none_and_a_change_of_it_is_a_comment(either: World) -> None:
    del either.there.screen["duedate"]
    await opened(either)
    assert "duedate" not in either.there.fields["OPS-1"]
    await either.clicks("snooze", item="ACT-1", until="2027-01-15")
    await either.settled()
    assert "2027-01-15" in either.there.only.comments[-1]


async def test_another_date_is_the_date_of_the_issue(either: World) -> None:
    await opened(either)
    await either.clicks("snooze", item="ACT-1", until="2027-01-15")
    await either.settled()
    assert either.there.fields["OPS-1"]["duedate"] == "2027-01-15"
    assert either.there.only.comments == []


# -- a creation of unknown outcome, while the search knows nothing of it


async def lost(one: World) -> None:
    """The issue is opened, and the answer lost."""
    one.there.faults = ["", "", "lost"]
    await one.says("ticket ACT-1")
    await one.carried()
    assert len(writes(one)) == 1


def others(one: World, count: int, created: str = "") -> None:
    """Issues that somebody else opens."""
    for _ in range(count):
        one.there.numbers += 1
        key = f"OPS-{one.there.numbers}"
        one.there.tickets[key] = Kept(key, "somebody else's")
        one.there.created[key] = created or "2099-01-01T00:00:00.000+0000"


@pytest.mark.parametrize(("before", "after"), [(0, 0), (3, 3), (40, 0), (1, 40)])
@pytest.mark.parametrize("known_of", ["nothing", "before", "others", "everything"])
async def test_it_is_found_by_its_mark_whatever_the_search_knows(
    jira: World, before: int, after: int, known_of: str
) -> None:
    others(jira, before)
    if known_of != "nothing":
        jira.there.indexed()
    await lost(jira)
    others(jira, after)
    if known_of in ("others", "everything"):
        jira.there.indexed()
    if known_of == "others":
        jira.there.searched.discard(f"OPS-{before + 1}")
    await jira.settled()
    assert jira.ticket().id == f"OPS-{before + 1}"
    assert len([call for call in writes(jira) if call[1].endswith("/issue")]) == 1


async def test_it_is_found_on_a_server_too(either: World) -> None:
    others(either, 3)
    either.there.indexed()
    await lost(either)
    await either.settled()
    assert either.ticket().id == "OPS-4"


async def test_one_that_was_not_opened_is_opened_after_a_look(either: World) -> None:
    others(either, 30, created="2020-01-01T00:00:00.000+0000")
    either.there.indexed()
    either.there.faults = ["", "", "down"]
    await opened(either)
    assert either.ticket().id == "OPS-31"
    reads = [path for _, path in either.there.calls if "/issue/OPS-" in path]
    assert len(reads) < 12, "old issues and a few missing keys are the end of it"


@pytest.mark.parametrize("far", ["above", "below"])
async def test_where_too_many_were_opened_meanwhile_nobody_knows_and_no_second_one_is_opened(
    either: World, far: str
) -> None:
    others(either, 1)
    either.there.indexed()
    either.there.faults = ["", "", "down"]
    await either.says("ticket ACT-1")
    await either.carried()
    others(either, jira.MOST + 20)
    if far == "below":
        either.there.indexed()
    await either.settled()
    assert "Nobody knows whether its ticket in Jira was opened" in either.words()[-1]
    assert either.item().ticket is None
    assert len(writes(either)) == 1


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


# -- where it went


@pytest.mark.parametrize("told", [True, False])
async def test_a_moved_issue_is_followed(jira: World, told: bool) -> None:
    await opened(jira)
    jira.there.move(jira.there.only)
    await (jira.all_hooked() if told else jira.later(minutes=61))
    assert jira.ticket().id == "NEW-1"
    assert jira.item().link.endswith("/browse/NEW-1")
    await jira.says("done ACT-1")
    await jira.settled()
    assert jira.there.only.state == "done"
    assert jira.questions() == []


@pytest.mark.parametrize("told", [True, False])
async def test_a_deleted_issue_is_asked_about_once(jira: World, told: bool) -> None:
    await opened(jira)
    jira.there.delete(jira.there.only)
    if not told:
        jira.there.hooks.clear()
    await jira.all_hooked()
    await jira.later(hours=30)
    assert len(jira.questions()) == 1
    assert "not there any more" in jira.questions()[-1].card.plain()


@pytest.mark.parametrize("path", ["browse/OPS-1", "projects/OPS/issues/OPS-1", "browse/OPS-1?focusedCommentId=7"])
async def test_an_issue_is_linked_by_its_address(jira: World, path: str) -> None:
    await opened(jira)
    await jira.says("ticket ACT-1 off")
    await jira.says(f"ticket ACT-1 {jira.store.trackers[0].pages}{path}")
    await jira.settled()
    assert (jira.ticket().id, len(jira.there.tickets)) == ("OPS-1", 1)


@pytest.mark.parametrize("path", ["browse/OPS-99", "browse/../OPS-1", "wiki/OPS-1"])
async def test_an_address_that_is_no_issue_is_refused_and_nothing_is_linked(jira: World, path: str) -> None:
    await opened(jira)
    await jira.says("ticket ACT-1 off")
    await jira.says(f"ticket ACT-1 {jira.store.trackers[0].pages}{path}")
    await jira.settled()
    assert "no such ticket" in jira.words()[-1]
    assert jira.item().ticket is None


async def test_an_unchanged_issue_changes_nothing_here(jira: World) -> None:
    await opened(jira)
    await jira.later(minutes=61)
    before = jira.count("SELECT count(*) FROM seen")
    await jira.later(minutes=61)
    assert jira.count("SELECT count(*) FROM seen") == before


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
