"""Jira at the wire, of the Cloud and of one's own server: what only Jira does."""

from __future__ import annotations

import json

import pytest

from adapters.trackers import jira
from adapters.trackers.jira_text import document, wiki
from bot.markdown import clean
from bot.model import ItemStatus
from tests.hostile import CHAT
from tests.trackers.fake_jira import basic
from tests.trackers.fakes import Kept
from tests.trackers.test_in_step import opened
from tests.trackers.worlds import PUBLIC_URL, TOKEN, World, writes

MARKUP = (
    "*bold* _x_ {code}a{code} [link|https://evil.example] [~admin] !image.png! {color:red}x{color}",
    "h1. Title\nbq. quote\n* list\n# list\n----\n||head||\n|cell|",
    "{noformat} {{mono}} ??cite?? -del- +ins+ ^up^ ~down~ \\\\ :) (!) (y) https://evil.example www.evil.example OPS-12",
)


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


async def test_a_token_that_lost_sight_of_the_project_asks_nobody(jira: World) -> None:
    await opened(jira)
    before = jira.item()
    jira.there.hidden = True
    await jira.later(hours=2)
    assert (jira.item(), jira.questions()) == (before, [])
    await jira.says("done ACT-1")
    await jira.settled()
    assert "OPS is not there, or the token may not see it" in jira.words()[-1]
    assert jira.item().status is ItemStatus.DONE
