"""Linear's issues there: in which state, in which team, in the trash or gone."""

from __future__ import annotations

import pytest

from bot.model import ItemStatus
from tests.trackers.fake_linear import State
from tests.trackers.test_in_step import opened
from tests.trackers.test_linear import ADDRESS, refusal
from tests.trackers.worlds import World

# -- states


async def test_it_is_closed_and_opened_with_the_first_state_of_a_kind(linear: World) -> None:
    await opened(linear)
    team = linear.there.teams[0]
    for words, kind in (("done ACT-1", "completed"), ("", "unstarted"), ("wontdo ACT-1 retired", "canceled")):
        await (linear.says(words) if words else linear.clicks("undo_item", item="ACT-1"))
        await linear.settled()
        assert linear.there.only.at is team.first((kind,))


async def test_a_team_without_a_state_for_work_to_come_opens_it_where_it_can(linear: World) -> None:
    await opened(linear)
    team = linear.there.teams[0]
    await linear.says("done ACT-1")
    await linear.settled()
    team.states = [one for one in team.states if one.kind not in ("unstarted", "triage")]
    await linear.clicks("undo_item", item="ACT-1")
    await linear.settled()
    assert linear.there.only.at.kind == "backlog"


async def test_a_team_without_any_state_for_it_is_named_in_words(linear: World) -> None:
    await opened(linear)
    linear.there.teams[0].states = [State("unstarted", 1.0)]
    await linear.says("done ACT-1")
    await linear.settled()
    assert "its team has no state for that" in linear.words()[-1]
    assert (linear.item().status, linear.there.only.state) == (ItemStatus.DONE, "open")


async def test_a_duplicate_is_asked_about_like_what_was_cancelled(linear: World) -> None:
    await opened(linear)
    linear.there.put(linear.there.only, linear.there.teams[0].first(("duplicate",)))
    await linear.all_hooked()
    assert (len(linear.questions()), linear.item().status) == (1, ItemStatus.OPEN)


async def test_from_one_open_state_to_another_is_nothing_to_tell(linear: World) -> None:
    await opened(linear)
    before = linear.item()
    for kind in ("triage", "started", "unstarted"):
        linear.there.put(linear.there.only, linear.there.teams[0].first((kind,)))
        await linear.all_hooked()
    same = {"ticket": None}
    assert linear.item().model_copy(update=same) == before.model_copy(update=same)


# -- moved, in the trash, gone


@pytest.mark.parametrize("told", [True, False])
async def test_an_issue_that_moved_to_another_team_is_followed_and_its_link_kept(linear: World, told: bool) -> None:
    await opened(linear)
    linear.there.move(linear.there.only)
    if not told:
        linear.there.hooks.clear()
        await linear.later(minutes=61)
    await linear.all_hooked()
    assert (linear.ticket().id, linear.item().link) == ("OPS-1", ADDRESS.replace("ENG", "OPS") + "/some-words")
    await linear.says("done ACT-1")
    await linear.settled()
    assert linear.there.only.at is linear.there.teams[1].first(("completed",))
    assert linear.questions() == []


async def test_an_issue_in_the_trash_is_asked_about_once_and_followed_again_when_it_is_back(linear: World) -> None:
    await opened(linear)
    linear.there.delete(linear.there.only)
    await linear.all_hooked()
    await linear.later(hours=30)
    assert len(linear.questions()) == 1
    assert "not there any more" in linear.questions()[-1].card.plain()
    linear.there.restore(linear.there.only)
    await linear.all_hooked()
    assert linear.ticket().state == "open"
    linear.there.change(linear.there.only, "done")
    await linear.all_hooked()
    assert linear.item().status is ItemStatus.DONE


async def test_an_issue_that_is_archived_is_not_spoken_to(linear: World) -> None:
    await opened(linear)
    linear.there.only.archived = True
    await linear.says("wontdo ACT-1 retired")
    await linear.settled()
    assert (linear.there.only.comments, linear.ticket().state) == ([], "gone")


async def test_an_issue_that_is_gone_is_asked_about_once_and_followed_when_it_is_seen_again(linear: World) -> None:
    await opened(linear)
    issue = linear.there.only
    linear.there.tickets.clear()
    await linear.later(hours=30)
    assert len(linear.questions()) == 1
    linear.there.tickets[issue.id] = issue
    assert await linear.hooked(linear.there.told(issue, "seen again")) == 200
    await linear.settled()
    assert (linear.ticket().state, len(linear.questions())) == ("open", 1)


async def test_a_key_that_sees_the_team_no_more_asks_nobody_about_each_issue(linear: World) -> None:
    await opened(linear)
    before, kept, teams = linear.item(), dict(linear.there.tickets), list(linear.there.teams)
    linear.there.tickets.clear()
    linear.there.teams.clear()
    await linear.later(hours=2)
    assert (linear.item(), linear.questions()) == (before, [])
    linear.there.tickets.update(kept)
    linear.there.teams.extend(teams)
    linear.there.change(linear.there.only, "done")
    await linear.later(hours=2)
    assert linear.item().status is ItemStatus.DONE


@pytest.mark.parametrize("code", ["GRAPHQL_VALIDATION_FAILED", "INPUT_ERROR", "FORBIDDEN", "SOMETHING_NEW"])
async def test_a_look_that_is_refused_for_another_reason_says_nothing_of_the_issue(linear: World, code: str) -> None:
    await opened(linear)
    before = linear.item()
    linear.there.refusing["issue"] = refusal(code, 400, "Query too complex")
    await linear.later(hours=2)
    assert (linear.item(), linear.questions()) == (before, [])
