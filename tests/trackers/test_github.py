"""GitHub Issues at the wire: what only GitHub does."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.commands.accounts import ProfileLearned
from bot.commands.channel import ChannelMadePrivate
from bot.commands.delivery import ChannelOpened
from bot.model import ItemStatus, Place
from bot.text import mention_token
from tests.hostile import CHAT
from tests.trackers.fakes import answer
from tests.trackers.test_in_step import opened
from tests.trackers.worlds import KITS, PUBLIC_URL, TOKEN, World, begun, world


async def test_an_issue_says_what_why_until_when_and_leads_back(github: World) -> None:
    await opened(github)
    body = github.there.only.body
    for words in ("Alert on pool saturation", "INC-1 (SEV2): Checkout errors", "noticed sooner", "Due 20", "Owner"):
        assert words in body.replace("\\", ""), words
    assert f"{PUBLIC_URL}/incidents/INC-1" in body
    assert all(headers["authorization"] == f"Bearer {TOKEN}" for headers in github.there.headers)
    assert all(headers["host"] == "api.github.com" for headers in github.there.headers)


async def test_what_people_typed_calls_nobody_and_refers_to_nothing(github: World) -> None:
    await github.says("declare sev3 @everybody see #12", who="maya")
    for number, typed in enumerate((*CHAT[:40], "ping @octocat and acme/app#7 <img src=x>"), 2):
        await github.clicks("action", incident="INC-2", text=typed, owner="me", due="2w")
        await github.says(f"ticket ACT-{number}")
    await github.settled()
    assert len(github.there.tickets) > 30
    for ticket in github.there.tickets.values():
        shown = ticket.body.rpartition("<!-- debrief:")[0]
        assert "<img" not in shown
        assert "<script" not in shown
        assert "@octocat" not in ticket.body + ticket.title
        assert "app#7" not in ticket.body + ticket.title


async def test_an_issue_is_linked_by_its_address(github: World) -> None:
    await opened(github)
    await github.says("ticket ACT-1 off")
    reply = await github.says("ticket ACT-1 https://github.com/acme/app/issues/1")
    assert "link" in reply.plain()
    await github.settled()
    assert github.ticket().id == "acme/app#1"
    assert len(github.there.tickets) == 1


@pytest.mark.parametrize("address", ["https://github.com/acme/app/pull/1", "https://github.com/acme/app/issues/99"])
async def test_an_address_that_is_no_issue_is_refused_and_nothing_is_linked(github: World, address: str) -> None:
    await github.says(f"ticket ACT-1 {address}")
    await github.settled()
    assert "no such ticket" in github.words()[-1]
    assert github.item().ticket is None


async def test_an_address_of_somebody_elses_is_refused_at_once(github: World) -> None:
    before = github.item()
    reply = await github.says("ticket ACT-1 https://evil.example/acme/app/issues/1")
    assert "https://github.com/" in reply.plain()
    assert (github.item(), github.there.calls) == (before, [])


async def test_a_ticket_of_another_item_is_not_taken_away(github: World) -> None:
    await opened(github)
    await github.clicks("action", incident="INC-1", text="Another one", owner="me", due="2w")
    await github.says("ticket ACT-2 https://github.com/acme/app/issues/1")
    await github.settled()
    assert "another action item" in github.words()[-1]
    assert github.item("ACT-2").ticket is None
    assert github.ticket().id == "acme/app#1"


async def test_whoever_owns_it_is_assigned_where_the_account_is_known(github: World) -> None:
    await _known(github, "tom", "tom@acme.example")
    await opened(github)
    await github.clicks("reassign", item="ACT-1", owner=mention_token("slack:T1:UTOM"))
    await github.settled()
    assert github.there.only.assignee == "tom-gh"
    await github.clicks("reassign", who="tom", item="ACT-1", owner=mention_token("slack:T1:UINES"))
    await github.settled()
    assert "is with UINES now" in github.there.only.comments[-1]


async def _known(github: World, who: str, email: str) -> None:
    """What the chat tells of somebody."""
    await github.says("help", who=who)
    await github.says("help", who="ines")
    account = f"slack:T1:U{who.upper()}"
    origin = github.origin().model_copy(update={"actor": ""})
    await github.told(ProfileLearned(origin=origin, account=account, name=who.title(), email=email, zone="UTC"))


async def test_another_date_is_said_in_a_comment(github: World) -> None:
    await opened(github)
    await github.clicks("snooze", item="ACT-1", until="2027-01-15")
    await github.settled()
    assert "2027-01-15" in github.there.only.comments[-1].replace("\\", "")


async def test_a_transferred_issue_is_followed_and_its_link_kept_up_to_date(github: World) -> None:
    await opened(github)
    github.there.transfer(github.there.only)
    await github.all_hooked()
    assert (github.ticket().id, github.item().link) == ("acme/other#1", "https://github.com/acme/other/issues/1")
    await github.says("done ACT-1")
    await github.settled()
    assert github.there.only.state == "done"
    assert github.questions() == []


@pytest.mark.parametrize("known", [True, False])
async def test_a_deleted_issue_is_asked_about_once(github: World, known: bool) -> None:
    await opened(github)
    github.there.delete(github.there.only)
    if not known:
        github.there.deleted.clear()  # then it is 404 instead of 410
    await github.all_hooked()
    await github.later(hours=30)
    assert len(github.questions()) == 1
    assert "not there any more" in github.questions()[-1].card.plain()


async def test_a_webhook_that_was_lost_is_made_up_for_within_the_hour(github: World) -> None:
    await opened(github)
    github.there.change(github.there.only, "done")
    github.there.hooks.clear()
    await github.later(minutes=61)
    assert github.item().status is ItemStatus.DONE
    github.there.change(github.there.only, "open")
    github.there.hooks.clear()
    await github.later(hours=25)
    assert github.item().status is ItemStatus.OPEN


async def test_an_unchanged_issue_is_asked_for_by_its_version(github: World) -> None:
    await opened(github)
    await github.later(minutes=61)
    await github.later(minutes=61)
    assert github.there.headers[-1].get("if-none-match")
    assert github.count("SELECT count(*) FROM outbox WHERE kind = 'read_ticket' AND state = 'sent'") == 2


async def test_nothing_is_read_any_more_a_month_after_the_end(github: World) -> None:
    await opened(github)
    await github.says("done ACT-1")
    await github.settled()
    for _ in range(40):
        await github.later(days=1)
    calls = len(github.there.calls)
    await github.later(days=5)
    assert len(github.there.calls) == calls


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "does not accept the token"),
        (403, "does not accept the token"),
        (404, "status 404"),
        (410, "status 410"),
        (422, "status 422"),
    ],
)
async def test_a_refusal_is_told_to_whoever_asked_and_not_tried_again(github: World, status: int, said: str) -> None:
    github.there.refusing["POST"] = answer(status, {"message": "no"})
    await opened(github)
    assert said in github.words()[-1]
    assert github.item().ticket is None
    assert len([call for call in github.there.calls if call[0] == "POST"]) == 1
    github.there.refusing.clear()
    await opened(github)
    assert github.ticket().id == "acme/app#1"


async def test_a_closing_that_was_refused_does_not_open_the_item_again(github: World) -> None:
    await opened(github)
    github.there.refusing["PATCH"] = answer(403, {"message": "Resource not accessible"})
    await github.says("done ACT-1")
    await github.settled()
    assert "does not accept the token" in github.words()[-1]
    await github.later(hours=25)
    assert (github.item().status, github.there.only.state) == (ItemStatus.DONE, "open")
    github.there.refusing.clear()
    github.there.change(github.there.only, "done")
    github.there.change(github.there.only, "open")
    await github.all_hooked()
    assert github.item().status is ItemStatus.DONE


async def test_a_secondary_limit_in_words_is_waited_for(github: World) -> None:
    github.there.refusing["POST"] = answer(403, {"message": "You have exceeded a secondary rate limit."})
    await github.says("ticket ACT-1")
    await github.carried()
    github.there.refusing.clear()
    await github.settled()
    assert len(github.there.tickets) == 1


async def test_a_tracker_that_is_down_for_a_day_ends_in_words(github: World) -> None:
    await opened(github)
    github.there.refusing |= {"GET": answer(503, {}), "PATCH": answer(503, {}), "POST": answer(503, {})}
    await github.says("done ACT-1")
    await github.settled()
    assert "could not be reached for a day" in github.words()[-1]
    assert len(github.there.calls) < 150
    assert github.item().status is ItemStatus.DONE


async def test_a_tracker_that_hangs_holds_up_nobody_in_chat(github: World) -> None:
    await opened(github)
    github.there.refusing |= {"GET": answer(503, {}), "POST": answer(503, {})}
    for _ in range(12):
        await github.clicks("action", incident="INC-1", text="More", owner="me", due="2w")
    for number in range(2, 14):
        await github.says(f"ticket ACT-{number}")
    before = len(github.posted)
    await github.says("declare sev1 Mail is down")
    await github.carried()
    assert len(github.posted) > before
    tried = "SELECT count(*) FROM outbox WHERE kind = 'open_ticket' AND attempt > 0 AND finished IS NULL"
    assert github.count(tried) == 1, "one at a time, and the others wait behind it"


async def test_nothing_of_a_private_incident_goes_there(template: Path, tmp_path: Path) -> None:
    async with world(template, tmp_path / "here.db", KITS["github"], TICKETS_ALL="1") as one:
        await begun(one, private=True)
        (item,) = one.everything()
        reply = await one.clicks("ticket", item=item.key)
        assert "private incident" in reply.plain()
        await one.later(hours=2)
        assert one.there.calls == []
        assert one.everything() == [item]


async def test_of_a_private_incident_it_goes_there_where_the_operator_allows_it(template: Path, tmp_path: Path) -> None:
    more = {"TICKETS_ALL": "1", "TICKETS_GITHUB_PRIVATE": "1"}
    async with world(template, tmp_path / "here.db", KITS["github"], **more) as one:
        await begun(one, private=True)
        assert len(one.there.tickets) == 1


async def test_an_incident_that_turned_private_is_spoken_of_no_more(github: World) -> None:
    incident = github.item().incident
    place = Place(platform="slack", tenant="T1", channel="C1")
    origin = github.origin().model_copy(update={"actor": ""})
    await github.told(ChannelOpened(origin=origin, incident_id=incident, place=place, name="inc"))
    await opened(github)
    here = github.origin(channel="C1").model_copy(update={"actor": ""})
    await github.told(ChannelMadePrivate(origin=here, incident_id=incident, members=("slack:T1:UMAYA",)))
    writes = len([call for call in github.there.calls if call[0] != "GET"])
    assert github.everything()[0].private
    await github.clicks("wont_do", item="ACT-1", reason="the secret reason")
    await github.later(hours=30)
    assert len([call for call in github.there.calls if call[0] != "GET"]) == writes


async def test_each_new_item_gets_a_ticket_where_that_is_set_but_no_drill(template: Path, tmp_path: Path) -> None:
    async with world(template, tmp_path / "here.db", KITS["github"], TICKETS_ALL="1") as one:
        await begun(one)
        assert one.ticket().id == "acme/app#1"
        await one.says("declare sev3 An exercise --drill")
        await one.clicks("action", incident="INC-2", text="Try it", owner="me", due="2w")
        await one.settled()
        assert len(one.there.tickets) == 1


async def test_no_token_and_no_word_of_an_item_is_logged(github: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    github.there.faults = ["down", "limited"]
    await opened(github)
    await github.all_hooked()
    assert TOKEN not in caplog.text
    assert "pool saturation" not in caplog.text


async def test_an_item_that_ended_while_its_ticket_was_opened_is_closed_there(github: World) -> None:
    github.there.faults = ["down"]
    await github.says("ticket ACT-1")
    await github.carried()
    await github.says("done ACT-1")
    await github.settled()
    assert github.there.only.state == "done"


async def test_the_reason_of_a_closing_that_is_there_already_is_left_alone(github: World) -> None:
    """Both ended it at once: GitHub takes no other reason without opening it again, which everybody would hear."""
    await opened(github)
    github.there.change(github.there.only, "done")
    await github.says("wontdo ACT-1 retired")
    await github.settled()
    await github.all_hooked()
    assert (github.item().status, github.there.only.state) == (ItemStatus.WONT_DO, "done")


async def test_an_issue_that_is_said_to_be_elsewhere_is_followed_to_github_and_nowhere_else(github: World) -> None:
    await opened(github)
    elsewhere = answer(301, {}, location="https://evil.example/repositories/7/issues/1")
    github.there.refusing["GET"] = elsewhere
    await github.later(hours=2)
    assert {str(headers["host"]) for headers in github.there.headers} == {"api.github.com"}
    assert github.questions() == []
    assert github.ticket().id == "acme/app#1"


async def test_an_issue_that_always_moves_on_is_not_followed_for_ever(github: World) -> None:
    await opened(github)
    calls = len(github.there.calls)
    github.there.refusing["GET"] = answer(301, {}, location="https://api.github.com/repos/acme/app/issues/1")
    await github.later(hours=2)
    assert len(github.there.calls) - calls < 15
    assert github.questions() == []


async def test_a_token_that_lost_sight_of_its_issues_asks_nobody(github: World) -> None:
    await opened(github)
    before = github.item()
    github.there.hidden = True
    await github.later(hours=2)
    assert (github.item(), github.questions()) == (before, [])
    await github.says("done ACT-1")
    await github.settled()
    assert "acme/app is not there, or the token may not see it" in github.words()[-1]
    github.there.hidden = False
    await github.later(hours=30)
    assert github.item().status is ItemStatus.DONE
