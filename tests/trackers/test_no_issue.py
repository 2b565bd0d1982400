"""What a tracker answers that is no issue, with those that are asked by HTTP: nothing of it is believed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from bot.model import ItemStatus
from tests.trackers.fakes import answer
from tests.trackers.test_in_step import opened
from tests.trackers.worlds import KITS, World, begun, world, writes

NO_ISSUE = [
    answer(200, {}),
    answer(200, {"message": "maintenance"}),
    answer(200, []),
    answer(302, location="https://login.example/"),
]
NAMES = ["200 nothing", "200 a message", "200 a list", "302 elsewhere"]


@pytest.fixture(params=["github", "gitlab", "jira"])
async def one(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with world(template, tmp_path / "here.db", KITS[request.param]) as made:
        await begun(made)
        yield made


@pytest.mark.parametrize("strange", NO_ISSUE, ids=NAMES)
async def test_a_look_at_an_open_item_changes_nothing_and_the_next_one_sees_it_again(
    one: World, strange: httpx.Response
) -> None:
    await opened(one)
    before = one.item()
    one.there.refusing["GET"] = strange
    await one.later(hours=2)
    assert (one.item(), one.questions()) == (before, [])
    one.there.refusing.clear()
    one.there.change(one.there.only, "done")
    one.there.hooks.clear()
    await one.later(hours=2)
    assert (one.item().status, one.ticket().id) == (ItemStatus.DONE, one.there.only.id)


@pytest.mark.parametrize("strange", NO_ISSUE, ids=NAMES)
async def test_a_webhook_opens_no_item_again_that_is_done(one: World, strange: httpx.Response) -> None:
    await opened(one)
    await one.says("done ACT-1")
    await one.settled()
    before = one.item()
    one.there.refusing["GET"] = strange
    await one.all_hooked()
    await one.later(hours=2)
    assert (one.item(), one.questions()) == (before, [])


async def test_an_item_that_is_done_meanwhile_is_told_of_when_it_is_over(one: World) -> None:
    await opened(one)
    one.there.refusing["GET"] = answer(200, {"message": "maintenance"})
    await one.says("done ACT-1")
    await one.carried()
    assert one.there.only.state == "open"
    one.there.refusing.clear()
    await one.settled()
    assert (one.there.only.state, one.item().status) == ("done", ItemStatus.DONE)


@pytest.mark.parametrize("made", [True, False], ids=["opened all the same", "not opened"])
async def test_a_new_ticket_without_a_name_is_looked_for_and_opened_once(one: World, made: bool) -> None:
    create: Callable[[httpx.Request, str], httpx.Response] = one.there.route

    def nameless(request: httpx.Request, path: str) -> httpx.Response:
        if request.method == "POST" and path.endswith(("/issues", "/issue")):
            one.there.route = create
            if made:
                create(request, path)
            return answer(201, {})
        return create(request, path)

    one.there.route = nameless
    await opened(one)
    assert one.ticket().id == one.there.only.id
    assert f"has the ticket {one.there.only.id}" in one.words()[-1]


async def test_a_look_for_it_that_says_nothing_opens_no_second_one(one: World) -> None:
    one.there.faults = ["", "", "lost"] if one.store.trackers[0].name == "jira" else ["lost"]
    await one.says("ticket ACT-1")
    await one.carried()
    assert len(writes(one)) == 1
    one.there.refusing["GET"] = answer(200, {"message": "maintenance"})
    one.advance(minutes=16)
    await one.carried()
    assert len(writes(one)) == 1
    one.there.refusing.clear()
    await one.settled()
    assert one.ticket().id == one.there.only.id


@pytest.mark.parametrize("status", [404, 410, 422])
async def test_a_refusal_to_open_one_says_so_and_how_to_try_again(one: World, status: int) -> None:
    one.there.refusing["POST"] = answer(status, {"message": "no"})
    await opened(one)
    said = one.words()[-1]
    assert f"opened no ticket: it refused with status {status}. Whoever runs me can check" in said
    assert "/incident ticket ACT-1 tries it again" in said.replace("`", "")
    assert "not as it should be" not in said
    assert one.item().ticket is None
    one.there.refusing.clear()
    await opened(one)
    assert one.ticket().id == one.there.only.id
