"""Marks that people give a message from its menu: who may, what becomes of it, and what is asked first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.commands.captures import Reacted, Said
from bot.text import Button, Reply, Text
from tests.teams.harness import World, card_in, sealed_in, world


@pytest.fixture
async def teams() -> AsyncIterator[World]:
    async with world() as one:
        yield one


async def test_a_mark_is_chosen_in_a_dialog_and_becomes_the_reaction_that_it_stands_for(teams: World) -> None:
    payload = {"id": "1699999999999", "from": {"user": {"id": "x", "displayName": "Tom"}}, "body": {"content": "hi"}}
    value = {"commandId": "mark_message", "messagePayload": payload}
    opened = await teams.take(teams.invoke("composeExtension/fetchTask", value))
    data = {**sealed_in(card_in(opened)), "mark": "tada"}
    await teams.take(teams.invoke("composeExtension/submitAction", {**value, "data": data}))
    (reacted,) = teams.engine.of(Reacted)
    assert (reacted.emoji, reacted.added, reacted.message.ts) == ("tada", True, "1699999999999")


async def marked(teams: World, mark: str) -> Any:
    payload = {"id": "1699999999999", "from": {"user": {"id": "x", "displayName": "Tom"}}, "body": {"content": "hi"}}
    value = {"commandId": "mark_message", "messagePayload": payload}
    opened = await teams.take(teams.invoke("composeExtension/fetchTask", value))
    data = {**sealed_in(card_in(opened)), "mark": mark}
    return await teams.take(teams.invoke("composeExtension/submitAction", {**value, "data": data}))


@pytest.mark.parametrize(("mark", "asked"), [("pushpin", "pin_elsewhere"), ("tada", "mark_message")])
async def test_a_mark_of_somebody_who_may_not_changes_nothing(teams: World, mark: str, asked: str) -> None:
    refusal = Reply.of("Guests may not do that").model_copy(update={"outcome": "refused"})
    teams.engine.replies[asked] = refusal
    answer = await marked(teams, mark)
    assert "Guests may not" in answer.body["task"]["value"]
    assert not teams.engine.of(Reacted)
    assert not teams.engine.of(Said)


async def test_a_question_about_a_mark_comes_with_its_buttons(teams: World) -> None:
    question = Reply.of(Text(parts=("Everybody could read it.",)), Button(label="Add it", does="pin_elsewhere"))
    teams.engine.replies["pin_elsewhere"] = question
    answer = await marked(teams, "pushpin")
    assert "Add it" in str(card_in(answer))


async def test_a_pin_that_is_taken_away_promises_no_more_than_that(teams: World) -> None:
    answer = await marked(teams, "-pushpin")
    assert "stays there" in answer.body["task"]["value"]


async def test_only_its_author_is_offered_to_leave_a_message_out(teams: World) -> None:
    payload = {"id": "1699999999999", "from": {"user": {"id": "x", "displayName": "Tom"}}, "body": {"content": "hi"}}
    opened = await teams.take(
        teams.invoke("composeExtension/fetchTask", {"commandId": "mark_message", "messagePayload": payload})
    )
    assert "no_entry_sign" not in str(card_in(opened))
