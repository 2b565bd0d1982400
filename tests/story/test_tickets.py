"""An action item and its issue on GitHub, as people live it in each chat: opened, closed there, asked about, let go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest
import respx
from starlette.routing import Router

from adapters.trackers.known import trackers
from bot.model import ItemStatus
from bot.settings import read_settings
from tests.story.stage import Story
from tests.trackers.fakes import Hook, SimulatedGitHub
from tests.trackers.worlds import KITS, PUBLIC, PUBLIC_URL, resolve


@contextmanager
def on_github() -> Iterator[SimulatedGitHub]:
    fake = SimulatedGitHub()
    with respx.mock(assert_all_called=False, assert_all_mocked=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=fake)
        wire.route().pass_through()
        yield fake


@asynccontextmanager
async def connected(story: Story, **more: str) -> AsyncIterator[tuple[SimulatedGitHub, httpx.AsyncClient]]:
    """The story's bot has a tracker; what it is told comes through its own door."""
    told = read_settings({"DEBRIEF_PUBLIC_URL": PUBLIC_URL, **KITS["github"].settings, **more})
    made = trackers(told, story.reports, story.store.linked, story.writer.submit, resolve)
    story.store.trackers = made.here
    story.outbox.deliver["tickets"] = made.deliver
    transport = httpx.ASGITransport(Router(list(made.routes)))
    with on_github() as fake:
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as door:
            yield fake, door


async def arrives(story: Story, door: httpx.AsyncClient, hook: Hook) -> int:
    answer = await door.post("/hooks/github", content=hook.body, headers=dict(hook.headers))
    await story.settle()
    return answer.status_code


@pytest.mark.needs("verbs", "direct messages")
async def test_an_issue_is_opened_from_chat_closed_on_github_and_the_item_is_done(story: Story) -> None:
    async with connected(story) as (github, door):
        maya, ines = story.cast("maya", "ines")
        await maya.incident("declare sev2 Checkout errors")
        await maya.incident("action @ines by 2w: Alert on saturation")
        assert "open a ticket for ACT-1" in await ines.incident("ticket ACT-1")
        await story.settle()
        assert any("acme/app#1" in said for said in ines.inbox)
        assert "https://github.com/acme/app/issues/1" in " ".join((*story.chat.links(), *ines.inbox))
        assert "on its way" not in (again := await ines.incident("ticket ACT-1"))
        assert "has the ticket" in again
        github.hooks.clear()
        github.change(github.only, "done")
        (closed,) = github.hooks
        forged = Hook({**closed.headers, "x-hub-signature-256": "sha256=" + "0" * 64}, closed.body)
        assert await arrives(story, door, forged) == 401
        assert story.items()["ACT-1"].status is ItemStatus.OPEN
        for _ in range(2):
            assert await arrives(story, door, closed) == 200
        item = story.items()["ACT-1"]
        assert (item.status, item.link) == (ItemStatus.DONE, "https://github.com/acme/app/issues/1")
        done = [text for text in story.texts() if "as its ticket was closed" in text]
        assert len(done) == 1
        await maya.incident("resolve fixed")
        assert "https://github.com/acme/app/issues/1" in story.draft()
        assert story.chat.broken() == []


@pytest.mark.needs("verbs", "direct messages")
async def test_out_of_order_and_late_the_newest_state_counts(story: Story) -> None:
    async with connected(story) as (github, door):
        (maya,) = story.cast("maya")
        await maya.incident("declare sev2 Checkout errors")
        await maya.incident("action @maya by 2w: Alert on saturation")
        await maya.incident("ticket ACT-1")
        await story.settle()
        github.hooks.clear()
        for state in ("done", "open"):
            github.change(github.only, state)
        for hook in reversed(github.hooks):
            assert await arrives(story, door, hook) == 200
        assert story.items()["ACT-1"].status is ItemStatus.OPEN
        github.change(github.only, "done")
        await story.later(hours=1.1)
        assert story.items()["ACT-1"].status is ItemStatus.DONE


@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_closed_as_not_planned_the_owner_is_asked_and_decides(story: Story) -> None:
    async with connected(story) as (github, door):
        maya, ines = story.cast("maya", "ines")
        await maya.incident("declare sev2 Checkout errors")
        for what in ("Alert on saturation", "Document the switch"):
            await maya.incident(f"action @ines by 2w: {what}")
        for key in ("ACT-1", "ACT-2"):
            await ines.incident(f"ticket {key}")
        await story.settle()
        github.hooks.clear()
        for ticket in github.tickets.values():
            github.change(ticket, "dropped")
        for hook in github.hooks:
            assert await arrives(story, door, hook) == 200
        asked = [said for said in ines.inbox if "closed as not planned" in said]
        assert len(asked) == 2
        assert not [said for said in maya.inbox if "closed as not planned" in said]
        await ines.press("Won't do", near="of ACT-1")
        await ines.fill(reason="the pool is gone")
        await ines.press("Keep it open, without the ticket", near="of ACT-2")
        items = story.items()
        assert (items["ACT-1"].status, items["ACT-2"].status) == (ItemStatus.WONT_DO, ItemStatus.OPEN)
        assert (items["ACT-2"].ticket, items["ACT-2"].link) == (None, "")
        assert story.chat.broken() == []


@pytest.mark.needs("verbs", "direct messages")
async def test_without_a_tracker_it_is_said_in_a_sentence(story: Story) -> None:
    (maya,) = story.cast("maya")
    await maya.incident("declare sev2 Checkout errors")
    await maya.incident("action @maya by 2w: Alert on saturation")
    before = story.items()
    assert "No tracker is set up here" in await maya.incident("ticket ACT-1")
    assert story.items() == before
