"""Buttons of clients that know no `Action.Execute`: a message that carries what the button does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.command import Capture
from bot.errors import Refused, Unavailable
from bot.text import Reply, mention_token
from tests.teams.fake_connector import TENANT
from tests.teams.harness import GROUP, THREAD, World, world


@pytest.fixture
async def teams() -> AsyncIterator[World]:
    async with world() as one:
        one.engine.replies["mitigate"] = Reply.of("Mitigated at 10:04")
        yield one


def captured(teams: World) -> list[Any]:
    return [one for one in teams.engine.got if isinstance(one, Capture)]


@pytest.mark.parametrize("where", [THREAD, GROUP])
async def test_a_press_that_comes_as_a_message_is_carried_out_answered_and_no_message(teams: World, where: str) -> None:
    pressed = teams.activity("message", where, value=teams.button("mitigate", channel=where))
    for _ in range(2):
        assert (await teams.take(pressed)).status == 200
    idents = [one.origin.id for one in teams.engine.got if one.kind == "mitigate"]
    assert len(set(idents)) == 1
    sent, *_ = await teams.posted()
    assert "Mitigated at 10:04" in sent["summary"]
    assert sent["recipient"]["id"] == "29:1maya"
    assert captured(teams) == []


async def test_a_press_that_is_refused_or_was_altered_is_answered_in_words_and_no_message(teams: World) -> None:
    teams.engine.replies["mitigate"] = Refused("It is resolved already.")
    altered = teams.button("mitigate")
    altered["debrief"]["d"] = "resolve"
    for number, value in enumerate((teams.button("mitigate"), altered, {"debrief": {}})):
        assert (await teams.take(teams.activity("message", value=value))).status == 200
        sent = await teams.posted(number + 1)
        assert ("It is resolved already." if number == 0 else "was changed") in sent[-1]["summary"]
    assert "resolve" not in teams.engine.kinds()
    assert captured(teams) == []


async def test_a_press_that_cannot_be_stored_is_to_come_again(teams: World) -> None:
    await teams.take(teams.said("first, so that everybody is known"))
    teams.engine.always = Unavailable()
    assert (await teams.take(teams.activity("message", value=teams.button("mitigate")))).status == 503


async def test_people_chosen_in_a_form_that_comes_as_a_message_are_known(teams: World) -> None:
    await teams.take(teams.said("first, so that Maya is known"))
    filled = {**teams.button("postmortem_owner", kinds={"person": "person"}, once="n1"), "person": "entra-29:1maya"}
    await teams.take(teams.activity("message", value=filled))
    (command,) = [one for one in teams.engine.got if one.kind == "postmortem_owner"]
    assert getattr(command, "person", "") == mention_token(f"teams:{TENANT}:29:1maya")


async def test_what_else_a_message_carries_is_no_press(teams: World) -> None:
    for value in ({"text": "x"}, "debrief", ["debrief"], None):
        await teams.take(teams.said("the pool is full", value=value))
    await asyncio.sleep(0)
    assert len(captured(teams)) == 4
