"""Linear at the wire: what only Linear does."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.trackers.known import known
from adapters.trackers.port import Draft
from bot.errors import GiveUp, Retry
from bot.model import ItemStatus
from bot.settings import read_settings
from bot.text import mention_token
from tests.hostile import CHAT, MARKDOWN
from tests.trackers.fake_linear import KEY
from tests.trackers.fakes import answer
from tests.trackers.test_github import _known
from tests.trackers.test_in_step import opened
from tests.trackers.worlds import KITS, PUBLIC_URL, World, begun, resolve, world

ADDRESS = "https://linear.app/acme/issue/ENG-1"


def refusal(code: str, status: int = 200, message: str = "no", **more: str) -> Any:
    told = {"message": message, "extensions": {"code": code}}
    return answer(status, {"errors": [told], "data": None}, **more)


def asked(one: World, name: str) -> int:
    return len([call for call in one.there.calls if call[1] == name])


# -- what stands there


async def test_an_issue_says_what_why_until_when_and_leads_back(linear: World) -> None:
    await opened(linear)
    issue = linear.there.only
    for words in ("Alert on pool saturation", "INC-1 (SEV2): Checkout errors", "noticed sooner", "Due 20", "Owner"):
        assert words in issue.body.replace("\\", ""), words
    assert f"{PUBLIC_URL}/incidents/INC-1" in issue.body
    assert issue.due == linear.item().due.isoformat()
    assert linear.item().link == f"{ADDRESS}/some-words"
    assert all(headers["authorization"] == KEY for headers in linear.there.headers)


async def test_what_people_typed_is_no_markup_and_calls_nobody(linear: World) -> None:
    typed = (*CHAT[:30], *MARKDOWN[:20], "ping @tom tom@acme.example https://linear.app/acme/profiles/tom <b>x</b>")
    for number, words in enumerate(filter(str.strip, typed), 2):
        await linear.clicks("action", incident="INC-1", text=words, owner="me", due="2w")
        await linear.says(f"ticket ACT-{number}")
    await linear.settled()
    assert len(linear.there.tickets) > 40
    for issue in linear.there.tickets.values():
        shown = issue.body
        assert "<" not in shown
        assert "@tom" not in shown
        assert "@acme.example" not in shown
        assert "linear.app/" not in shown.replace("\\", "")
        assert "](" not in shown.replace("\\]\\(", "").replace("\\](", "")


async def test_no_question_is_as_costly_as_a_hundredth_of_what_linear_takes(linear: World) -> None:
    await _known(linear, "tom", "tom@acme.example")
    await opened(linear)
    await linear.clicks("reassign", item="ACT-1", owner=mention_token("slack:T1:UTOM"))
    await linear.clicks("snooze", item="ACT-1", until="2027-01-15")
    await linear.says("done ACT-1")
    await linear.settled()
    assert max(linear.there.costs) < 300


# -- an id of ours


async def test_the_creations_answer_may_get_lost_more_than_once(linear: World) -> None:
    linear.there.faults = ["", "lost", "lost", "down"]
    await opened(linear)
    assert linear.ticket().id == linear.there.only.id == "ENG-1"
    assert UUID(linear.there.only.uuid).version == 4


async def test_what_is_created_twice_at_once_is_one_issue_and_a_comment_one_comment(linear: World) -> None:
    (tracker, _) = known(read_settings(KITS["linear"].settings), resolve)["linear"]
    draft = Draft(title="Alert", text="Alert", lines=("Due soon",), due=datetime.now(UTC).date())
    first, second = await tracker.create(draft, "a mark"), await tracker.create(draft, "a mark")
    assert first == second
    for _ in range(2):
        await tracker.comment("ENG-1", "It is done.", "another")
    assert linear.there.only.comments == ["It is done."]
    assert await tracker.said("ENG-1", "another")
    assert not await tracker.said("ENG-1", "a third")
    with pytest.raises(GiveUp):
        await tracker.comment("ENG-9", "There is no such issue.", "a fourth")


async def test_an_outcome_that_is_unknown_in_words_is_looked_for(linear: World) -> None:
    linear.there.refusing["POST"] = refusal("INTERNAL_SERVER_ERROR")
    await linear.says("ticket ACT-1")
    await linear.carried()
    linear.there.refusing.clear()
    await linear.settled()
    assert (asked(linear, "issue"), len(linear.there.tickets)) == (1, 1)


async def test_a_look_without_an_answer_is_no_doubt_about_what_was_done(linear: World) -> None:
    (tracker, _) = known(read_settings(KITS["linear"].settings), resolve)["linear"]
    await opened(linear)
    for fault in ("down", "lost"):
        linear.there.faults = [fault]
        with pytest.raises(Retry):
            await tracker.read("ENG-1")


# -- linked by its address


@pytest.mark.parametrize("more", ["", "/some-words", "/some-words/", "/some-words?x=1#comment-2"])
async def test_an_issue_is_linked_by_its_address(linear: World, more: str) -> None:
    await opened(linear)
    await linear.says("ticket ACT-1 off")
    await linear.says(f"ticket ACT-1 {ADDRESS.replace('ENG', 'eng')}{more}")
    await linear.settled()
    assert (linear.ticket().id, len(linear.there.tickets)) == ("ENG-1", 1)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://linear.app/acme/project/alpha-1", "no such ticket"),
        ("https://linear.app/acme/issue/ENG-99", "no such ticket"),
        ("https://linear.app/acme/issue/NOPE-1", "NOPE is not there"),
        ("https://linear.app/acme/issue/ENG-1/x/../../..", "no such ticket"),
    ],
)
async def test_an_address_that_is_no_issue_is_refused_and_nothing_is_linked(
    linear: World, address: str, said: str
) -> None:
    await linear.says(f"ticket ACT-1 {address}")
    await linear.settled()
    assert said in linear.words()[-1]
    assert linear.item().ticket is None


async def test_an_address_of_another_workspace_is_refused_at_once(linear: World) -> None:
    """ENG-1 is another issue there, which the key of this workspace would not show."""
    before = linear.item()
    reply = await linear.says("ticket ACT-1 https://linear.app/other/issue/ENG-1")
    assert "https://linear.app/acme/" in reply.plain()
    assert (linear.item(), linear.there.calls) == (before, [])


# -- who and until when


async def test_whoever_owns_it_is_assigned_by_address_however_that_is_written(linear: World) -> None:
    await _known(linear, "tom", "TOM@acme.example")
    await opened(linear)
    await linear.clicks("reassign", item="ACT-1", owner=mention_token("slack:T1:UTOM"))
    await linear.settled()
    assert (linear.there.only.assignee, linear.there.only.comments) == ("Tom@acme.example", [])


@pytest.mark.parametrize("email", ["twin@acme.example", "guest@acme.example", "stranger@acme.example", ""])
async def test_whoever_cannot_be_told_apart_or_given_it_stands_in_a_comment(linear: World, email: str) -> None:
    await _known(linear, "tom", email)
    await opened(linear)
    await linear.clicks("reassign", item="ACT-1", owner=mention_token("slack:T1:UTOM"))
    await linear.settled()
    assert linear.there.only.assignee == ""
    assert [words for words in linear.there.only.comments if "is with Tom now" in words] == linear.there.only.comments
    assert len(linear.there.only.comments) == 1


async def test_another_date_is_its_date_there_without_a_comment(linear: World) -> None:
    await opened(linear)
    await linear.clicks("snooze", item="ACT-1", until="2027-01-15")
    await linear.settled()
    assert (linear.there.only.due, linear.there.only.comments) == ("2027-01-15", [])


# -- kept in step without webhooks


async def test_a_webhook_that_was_lost_is_made_up_for_within_the_hour(linear: World) -> None:
    await opened(linear)
    for state, status, hours in (("done", ItemStatus.DONE, 1.1), ("open", ItemStatus.OPEN, 25)):
        linear.there.change(linear.there.only, state)
        linear.there.hooks.clear()
        await linear.later(hours=hours)
        assert linear.item().status is status


async def test_an_unchanged_issue_is_read_once_an_hour_and_nothing_is_written(linear: World) -> None:
    await opened(linear)
    await linear.later(minutes=61)
    before, calls = linear.count("SELECT count(*) FROM seen"), len(linear.there.calls)
    await linear.later(minutes=61)
    assert linear.there.calls[calls:] == [("GET", "issue")]
    assert linear.count("SELECT count(*) FROM seen") == before


# -- refused, busy, down


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (refusal("INPUT_ERROR"), "it was refused"),
        (refusal("INPUT_ERROR", 400), "it was refused"),
        (refusal("USAGE_LIMIT_EXCEEDED", 400), "it was refused"),
        (refusal("FORBIDDEN"), "does not accept the token"),
        (refusal("AUTHENTICATION_ERROR", 400), "does not accept the token"),
        (answer(401, {"errors": []}), "does not accept the token"),
        (answer(200, {"data": {"issueCreate": {"success": False, "issue": None}}}), "it was refused"),
        (answer(404, {}), "it was refused"),
    ],
)
async def test_a_refusal_is_told_to_whoever_asked_and_not_tried_again(linear: World, refused: Any, said: str) -> None:
    linear.there.refusing["POST"] = refused
    await opened(linear)
    assert said in linear.words()[-1]
    assert (linear.item().ticket, asked(linear, "issueCreate")) == (None, 1)
    linear.there.refusing.clear()
    await opened(linear)
    assert linear.ticket().id == "ENG-1"


@pytest.mark.parametrize("strange", [answer(200, {}), answer(200, {"data": {"issue": {"identifier": 5}}}), answer(200)])
async def test_an_answer_that_cannot_be_read_is_asked_for_again(linear: World, strange: Any) -> None:
    await opened(linear)
    before = linear.item()
    linear.there.refusing["GET"] = strange
    await linear.later(hours=1.1)
    assert linear.item() == before
    linear.there.refusing.clear()
    linear.there.change(linear.there.only, "done")
    await linear.later(hours=1.1)
    assert linear.item().status is ItemStatus.DONE


@pytest.mark.parametrize(("minutes", "again"), [(28, False), (31, True)])
async def test_it_is_left_alone_until_the_moment_that_linear_names(linear: World, minutes: int, again: bool) -> None:
    reset = str(int((datetime.now(UTC).timestamp() + 30 * 60) * 1000))
    linear.there.refusing["GET"] = refusal(
        "RATELIMITED", 400, x_ratelimit_requests_remaining="0", x_ratelimit_requests_reset=reset
    )
    await linear.says("ticket ACT-1")
    await linear.carried()
    calls = len(linear.there.calls)
    linear.advance(minutes=minutes)
    await linear.carried()
    assert (len(linear.there.calls) > calls) is again


@pytest.mark.parametrize("status", [200, 400, 429])
async def test_too_costly_for_this_hour_waits_some_minutes(linear: World, status: int) -> None:
    linear.there.refusing["POST"] = refusal("RATELIMITED", status)
    await linear.says("ticket ACT-1")
    await linear.carried()
    calls = len(linear.there.calls)
    linear.advance(seconds=14)
    await linear.carried()
    assert len(linear.there.calls) == calls
    linear.there.refusing.clear()
    await linear.settled()
    assert len(linear.there.tickets) == 1


async def test_a_tracker_that_is_down_for_a_day_ends_in_words(linear: World) -> None:
    await opened(linear)
    linear.there.refusing |= {"GET": answer(503, {}), "POST": answer(503, {})}
    await linear.says("done ACT-1")
    await linear.settled()
    assert "could not be reached for a day" in linear.words()[-1]
    assert len(linear.there.calls) < 150
    assert linear.item().status is ItemStatus.DONE


async def test_no_key_and_no_word_of_an_item_is_logged(linear: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    linear.there.faults = ["down", "limited", "", "lost"]
    await opened(linear)
    await linear.all_hooked()
    assert KEY not in caplog.text
    assert "pool saturation" not in caplog.text


# -- set up


async def test_a_token_of_oauth_is_a_bearers(template: Path, tmp_path: Path) -> None:
    async with world(template, tmp_path / "here.db", KITS["linear"], TICKETS_LINEAR_TOKEN="lin_oauth_x") as one:
        await begun(one)
        await opened(one)
        assert {headers["authorization"] for headers in one.there.headers} == {"Bearer lin_oauth_x"}
        assert "does not accept the token" in one.words()[-1]


async def test_of_a_private_incident_it_goes_there_where_the_operator_allows_it(template: Path, tmp_path: Path) -> None:
    for number, allowed in enumerate(("0", "1")):
        more = {"TICKETS_ALL": "1", "TICKETS_LINEAR_PRIVATE": allowed}
        async with world(template, tmp_path / f"{allowed}.db", KITS["linear"], **more) as one:
            await begun(one, private=True)
            assert len(one.there.tickets) == number


async def test_a_workspace_that_is_not_that_of_the_key_is_named(template: Path, tmp_path: Path) -> None:
    async with world(template, tmp_path / "here.db", KITS["linear"], TICKETS_LINEAR_TEAM="other/ENG") as one:
        await begun(one)
        await opened(one)
        assert "https://linear.app/other/team/ENG is not there" in one.words()[-1]
        assert one.there.tickets == {}
