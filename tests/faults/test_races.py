"""The same thing arrives several times at once, or two people do the same: it happens once, and everybody is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.sandbox.outgoing import Answer
from tests.faults.conftest import Rigged
from tests.faults.driver import REASONS, Driver
from tests.faults.processes import Bot
from tests.faults.rig import Rig, until

REPLICAS = 3
Json = dict[str, Any]


@asynccontextmanager
async def replicas(rig: Rigged, url: str, number: int = REPLICAS) -> AsyncIterator[tuple[Rig, Driver]]:
    async with rig(url, replicas=number) as running:
        driver = Driver(running)
        await running.start()
        try:
            yield running, driver
        finally:
            await driver.close()


def said(answer: Answer) -> str:
    """Everything in an answer that a person can read."""
    return str(answer.parsed())


async def everywhere(rig: Rig, driver: Driver, body: Json, times: int = 4) -> list[Answer]:
    """The same event at the same moment: once as a first attempt, the others as retries."""
    return await asyncio.gather(
        *(driver.post(body, bot=rig.bots[n % len(rig.bots)], retry=n, reason=REASONS[n % 6]) for n in range(times))
    )


async def test_an_event_at_three_replicas_at_once_is_stored_once(rig: Rigged, postgres_url: str) -> None:
    async with replicas(rig, postgres_url) as (running, driver):
        room = await running.declare()
        for number in range(10):
            answers = await everywhere(running, driver, driver.message(room, f"once {number}"))
            assert [answer.status for answer in answers] == [200] * 4
        assert driver.missing() == []


async def test_a_command_at_three_replicas_at_once_has_one_effect_and_one_answer(
    rig: Rigged, postgres_url: str
) -> None:
    async with replicas(rig, postgres_url) as (running, driver):
        room = await running.declare()
        for number in range(10):
            body = driver.message(room, f"update once {number}", mention=True)
            answers = await everywhere(running, driver, body)
            assert [answer.status for answer in answers] == [200] * 4
        await running.quiet()
        assert running.value("SELECT count(*) FROM entry WHERE kind = 'update'") == 10
        card = running.sim.team.channels[room].pins
        shown = [message["text"] for message in running.sim.messages(room) if message["ts"] not in card]
        assert [sum(f"once {number}" in text for text in shown) for number in range(10)] == [1] * 10
        assert running.posted_twice() == []
        assert len(running.sim.ephemerals("tom")) == 10


@pytest.mark.parametrize("reason", REASONS)
async def test_a_retry_after_a_first_attempt_that_died_is_applied_once(
    rig: Rigged, sqlite_url: str, reason: str
) -> None:
    async with rig(sqlite_url) as running:
        driver = Driver(running)
        await running.start()
        room = await running.declare()
        await running.quiet()
        await running.bot.kill()
        await running.bot.start(FAILPOINT="before commit")
        body = driver.message(room, "note after all", mention=True)
        assert not (await driver.post(body)).ok
        assert await running.bot.ended() == 137
        await running.bot.start()
        for number in (1, 2):
            assert (await driver.post(body, retry=number, reason=reason)).ok
        assert running.value("SELECT count(*) FROM entry WHERE kind = 'note'") == 1
        await driver.close()


async def resolve_at_once(rig: Rig, driver: Driver, room: str) -> tuple[str, str]:
    """Two responders, two replicas, one moment; what each of them is told."""
    barrier = asyncio.Barrier(2)

    async def resolving(who: str, bot: Bot) -> str:
        await barrier.wait()
        return said(await driver.command(who, room, "resolve it is over", bot=bot))

    return await asyncio.gather(resolving("maya", rig.bots[0]), resolving("tom", rig.bots[1]))


async def race_to_resolve(rig: Rig, driver: Driver, runs: int) -> None:
    for number in range(runs):
        room = await rig.declare(f"Race {number}")
        told = await resolve_at_once(rig, driver, room)
        assert "cannot reach" not in str(told), [bot.troubles() for bot in rig.bots]
        beaten = [text for text in told if "nothing was changed" in text]
        assert len(beaten) == 1, (told, [bot.troubles() for bot in rig.bots])
        winner = "tom" if told[1] not in beaten else "maya"
        assert winner in beaten[0].casefold(), told
    assert rig.value("SELECT count(*) FROM postmortem") == runs
    lines = rig.rows("SELECT incident, count(*) FROM entry WHERE kind = 'status' GROUP BY incident")
    assert [count for _, count in lines] == [1] * runs
    await rig.quiet()
    assert rig.posted_twice() == []


async def test_of_two_who_resolve_at_once_one_does_and_the_other_hears_who(rig: Rigged, postgres_url: str) -> None:
    async with replicas(rig, postgres_url) as (running, driver):
        await race_to_resolve(running, driver, 30)


async def test_a_form_submitted_five_times_at_once_declares_one_incident(rig: Rigged, postgres_url: str) -> None:
    async with replicas(rig, postgres_url) as (running, driver):
        sim = running.sim
        seen = await sim.slash("maya", "general", "/incident declare")
        view = seen.modal
        assert view is not None
        payload = submission(running, view, "Five times")
        answers = await asyncio.gather(*(driver.interact(payload, bot=running.bots[n % REPLICAS]) for n in range(5)))
        assert [answer.status for answer in answers] == [200] * 5
        await until(running._opened, 10)
        await running.quiet()
        assert running.value("SELECT count(*) FROM incident") == 1
        assert len([c for c in sim.team.channels.values() if c.name.startswith("inc-")]) == 1
        assert len([one for one in sim.ephemerals("maya") if "INC-1" in str(one)]) <= 1


def submission(rig: Rig, view: Json, title: str) -> Json:
    """What Slack sends when the form's title is filled in and everything else is left as it stands."""
    sim = rig.sim
    values: Json = {}
    for block in view["blocks"]:
        element = block.get("element")
        if element is not None:
            value: Json = {"type": element["type"]}
            if element["type"] == "plain_text_input":
                value["value"] = title if "title" in element["action_id"] + block["block_id"] else None
            elif "initial_option" in element:
                value["selected_option"] = element["initial_option"]
            elif element["type"] == "checkboxes":
                value["selected_options"] = []
            values[block["block_id"]] = {element["action_id"]: value}
    payload = sim._interaction(sim.team, sim.user("maya"), "view_submission")
    return payload | {"view": view | {"state": {"values": values}}, "response_urls": [], "trigger_id": "1.2.3"}


async def test_a_button_clicked_twice_at_once_does_it_once(rig: Rigged, postgres_url: str) -> None:
    async with replicas(rig, postgres_url, 2) as (running, driver):
        sim = running.sim
        room = await running.declare()
        card = next(m for m in sim.messages(room) if m.get("blocks") and "actions" in str(m["blocks"]))
        button = next(
            (block, element)
            for block in card["blocks"]
            for element in block.get("elements", ())
            if "mitigate" in str(element.get("value")) + str(element.get("action_id"))
        )
        payload = clicked(running, room, card, *button)
        answers = await asyncio.gather(*(driver.interact(payload, bot=bot) for bot in running.bots))
        assert [answer.status for answer in answers] == [200, 200]
        await running.quiet()
        assert running.value("SELECT count(*) FROM entry WHERE kind = 'status'") == 1


def clicked(rig: Rig, room: str, card: Json, block: Json, element: Json) -> Json:
    sim = rig.sim
    action = {"type": "button", "action_id": element["action_id"], "block_id": block["block_id"]}
    action |= {"value": element.get("value"), "action_ts": "1.000002", "text": element["text"]}
    return sim._interaction(sim.team, sim.user("tom"), "block_actions") | {
        "container": {"type": "message", "message_ts": card["ts"], "channel_id": room, "is_ephemeral": False},
        "trigger_id": sim.trigger(sim.team, sim.user("tom")),
        "message": card,
        "channel": {"id": room, "name": "x"},
        "actions": [action],
        "response_url": "",
    }
