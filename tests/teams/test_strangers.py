"""Somebody chosen in a form of whom nothing is known is never taken for nobody: the form says so and stays as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.command import Command
from bot.text import Form, Input, Reply
from bot.words import teams as words
from tests.teams.fake_connector import answers
from tests.teams.harness import World, world
from tests.teams.schema import of_type

STRANGER, KNOWN = "11111111-2222-3333-4444-555555555555", "entra-29:1maya"
ROLE = Form(
    title="Give a role", does="role",
    inputs=(Input(name="role", label="Role"), Input(name="person", label="Who?", kind="person", required=False)),
)  # fmt: skip
REVIEW = Form(
    title="Ask for a review", does="postmortem_review",
    inputs=(Input(name="time", label="When?"), Input(name="people", label="Who?", kind="people", required=False)),
)  # fmt: skip


@pytest.fixture
async def teams() -> AsyncIterator[World]:
    async with world() as one:
        await one.take(one.said("first, so that Maya is known"))
        one.engine.replies = {form.does: Reply(form=form) for form in (ROLE, REVIEW)}
        yield one


def inputs_in(card: Any) -> dict[str, str]:
    return {one["id"]: one.get("value", "") for one in card["body"] if one["type"].startswith("Input.")}


def wrong_in(card: Any) -> list[str]:
    return [run["text"] for run in of_type(card, "TextRun") if run["text"].startswith("⚠")]


async def shown_and_filled(teams: World, form: Form, way: str, **values: str) -> Any:
    """The form as it comes again."""

    async def sent(data: Any) -> Any:
        if way == "dialog":
            name = "task/submit" if values.keys() & data.keys() else "task/fetch"
            return (await teams.take(teams.invoke(name, {"data": data}))).body["task"]["value"]["card"]["content"]  # type: ignore[index]
        pressed = {"action": {"type": "Action.Execute", "data": data}, "trigger": "manual"}
        return (await teams.take(teams.invoke("adaptiveCard/action", pressed))).body["value"]  # type: ignore[index]

    first = await sent(teams.button(form.does))
    return await sent({**first["actions"][0]["data"], **values})


def submitted(teams: World) -> list[Command]:
    return [one for one in teams.engine.got if one.kind in ("role", "postmortem_review")][1:]


@pytest.mark.parametrize("way", ["dialog", "card"])
@pytest.mark.parametrize(
    ("form", "values"),
    [
        (ROLE, {"role": "liaison", "person": STRANGER}),
        (REVIEW, {"time": "14:00", "people": STRANGER}),
        (REVIEW, {"time": "14:00", "people": f"{KNOWN},{STRANGER}"}),
    ],
)
async def test_a_stranger_is_refused_in_words_and_everything_typed_stays(
    teams: World, form: Form, values: dict[str, str], way: str
) -> None:
    teams.fake.faults = [answers(404, {"error": {"code": "MemberNotFoundInConversation"}})] * 2
    again = await shown_and_filled(teams, form, way, **values)
    assert wrong_in(again) == [f"⚠ {words.STRANGER}"]
    assert inputs_in(again) == values
    assert submitted(teams) == []


async def test_once_they_are_known_the_same_form_is_carried_out(teams: World) -> None:
    filled = {"role": "liaison", "person": "entra-29:1tom"}
    teams.fake.faults = [answers(404, {"error": {"code": "MemberNotFoundInConversation"}})] * 2
    again = await shown_and_filled(teams, ROLE, "dialog", **filled)
    await teams.take(teams.said("here I am", who="29:1tom"))
    await teams.take(teams.invoke("task/submit", {"data": {**again["actions"][0]["data"], **inputs_in(again)}}))
    (command,) = submitted(teams)
    assert "29:1tom" in getattr(command, "person", "")


async def test_whom_the_roster_knows_is_no_stranger_and_nobody_is_nobody(teams: World) -> None:
    await shown_and_filled(teams, ROLE, "card", role="ops", person="29:1tom")
    await shown_and_filled(teams, ROLE, "card", role="ops")
    given = [getattr(one, "person", "") for one in submitted(teams)]
    assert ["29:1tom" in given[0], given[-1]] == [True, ""]
