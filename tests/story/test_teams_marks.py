"""Marks from a message's menu in Teams: the engine is asked first, and what became of a mark is said as it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from adapters.sandbox.teams import activities, cards
from bot.words import teams as words
from storage.store import SqlStore
from tests.story.on_teams import teams
from tests.story.stage import Actor, Message, Story, Told, told

Json = dict[str, Any]
World = Callable[..., AbstractAsyncContextManager[Story]]
PIN, WENT_WELL = "pushpin", "tada"


@pytest.fixture
def world(store: SqlStore) -> World:
    """A bot in Teams; options are those of the simulation."""
    return lambda **options: told(store, teams(**options)(store))


async def marked(who: Actor, message: Message, mark: str) -> Told:
    await who.shortcut(message, "mark_message")
    return await who.fill(mark=mark)


def record(story: Story) -> list[Json]:
    return [one.model_dump() for one in story.timeline(everything=True)]


async def test_a_refused_guest_changes_nothing_and_still_leaves_out_their_own_words(world: World) -> None:
    async with world() as story:
        maya, gary = story.cast("maya", "gary")
        await maya.incident("declare sev2 Checkout errors")
        said = await maya.say("the pool is full")
        before = record(story)
        for mark in (PIN, WENT_WELL, f"-{PIN}", f"-{WENT_WELL}"):
            assert "uests can read" in (await marked(gary, said, mark)).text
        assert record(story) == before
        await marked(maya, said, PIN)
        before = record(story)
        assert "uests can read" in (await marked(gary, said, f"-{PIN}")).text
        assert record(story) == before
        own = await gary.say("my password is on the wall")
        assert "left out of the record" in (await marked(gary, own, "no_entry_sign")).text
        assert "my password is on the wall" not in story.texts(everything=True)


async def test_a_message_of_a_private_chat_is_marked_only_by_the_button_that_asks(world: World) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        elsewhere = await maya.say("zirconium", await story.chat.private_place("maya", "kenji"))
        await maya.incident("declare sev2 Checkout errors")
        before = record(story)
        assert "Nothing was added" in (await marked(maya, elsewhere, PIN)).text
        assert record(story) == before
        await maya.press("Add it to the public incident")
        assert "zirconium" in story.texts()


async def test_which_of_several_incidents_is_meant_is_asked_with_buttons_and_a_long_text_stays_whole(
    world: World,
) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        general = story.chat.channel("general")
        await maya.incident("declare sev2 Checkout errors", where=general)
        await maya.incident("declare sev3 Search is slow", where=general)
        long = "the pool is full " * 90
        elsewhere = await maya.say(long, story.chat.channel("incidents"))
        await marked(maya, elsewhere, PIN)
        assert long.strip() not in story.texts("INC-1") + story.texts("INC-2")
        await maya.press("INC-2 Search is slow")
        await story.settle()
        assert long.strip() in story.texts("INC-2")
        assert long.strip() not in story.texts("INC-1", everything=True)


async def test_a_message_without_text_was_not_deleted_and_the_bots_own_are_not_added(world: World) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        await maya.incident("declare sev2 Checkout errors")
        base, _, root = story.channel.partition(";messageid=")
        sim, place = story.more, story.more.world.conversations[base]
        picture = {"contentType": "text/html", "content": "<p><img src='https://x/y.png'></p>"}
        activity = activities.envelope(sim, "message", sim.user("maya"), place, root)
        activity |= {"id": "1772442000999", "text": "", "replyToId": root, "attachments": [picture]}
        await sim.deliveries.carried(activity)
        await story.settle()
        log = await maya.incident("timeline all")
        assert "(without text)" in log.text
        assert "(deleted)" not in log.text
        before = record(story)
        card = next(one for one in sim.messages(story.channel) if one["bot"])
        assert cards.buttons(card["card"])
        for action in ("add_to_timeline", "mark_message"):
            refused = await maya.shortcut(Message(story.channel, card["ts"]), action)
            assert refused.text == words.own_message().plain().replace("/incident", "@Debrief")
        assert record(story) == before


async def test_whom_nothing_private_reaches_is_told_so_where_they_asked_once_and_no_more(world: World) -> None:
    async with world(targeted=False) as story:
        maya, tom = story.cast("maya", "tom")
        await maya.incident("declare sev2 Checkout errors")
        await story.more.uninstall("tom")
        before = story.shown()
        await tom.incident("timeline")
        await story.settle()
        assert story.shown()[len(before) + 1 :] == [words.cannot_answer().plain()], "behind what tom typed"
