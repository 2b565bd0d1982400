"""The same thing arrives several times at once from Teams, or while the database is away: once, and in a sentence."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp

from adapters.sandbox.teams import activities, cards, forms, writing
from adapters.sandbox.teams.world import Message, split, stamp
from bot import words
from tests.faults.processes import Bot, Nursery
from tests.faults.rig import until
from tests.faults.story import NUMBERS
from tests.faults.teams_rig import TeamsRig, teams_rigged

REPLICAS = 3
Json = dict[str, Any]
CLIENTS_PATIENCE = 5.0
"""Seconds: after that a client of Teams shows an error of its own."""


class Driver:
    """Activities as Teams makes them, each to the bot that the test names."""

    def __init__(self, rig: TeamsRig, http: aiohttp.ClientSession) -> None:
        self.rig, self._http = rig, http

    def message(self, room: str, text: str, *, mention: bool = False) -> Json:
        sim, (base, root) = self.rig.sim, split(room)
        tom, place = sim.user("tom"), sim.world.conversations[base]
        typed = writing.typed(sim.world, sim.bot, f"@{sim.bot['name']} {text}" if mention else text)
        said = Message(
            stamp(place, sim.now()), tom.id, typed.text, sim.now(), root, html=typed.html, entities=typed.entities
        )
        place.messages[said.id] = said
        return activities.message(sim, tom, place, said)

    def invoke(self, who: str, room: str, name: str, value: Json) -> Json:
        sim, (base, root) = self.rig.sim, split(room)
        return activities.invoke(sim, sim.user(who), sim.world.conversations[base], name, value, root)

    async def post(self, activity: Json, bot: Bot | None = None) -> tuple[int, Json, float]:
        """Status, body and seconds."""
        port, began = (bot or self.rig.bot).env["DEBRIEF_PORT"], time.monotonic()
        headers = {"Authorization": f"Bearer {self.rig.sim.bearer()}"}
        url = f"http://127.0.0.1:{port}/api/messages"
        async with self._http.post(url, json=activity, headers=headers) as answer:
            body = await answer.json() if answer.content_type == "application/json" else {}
            return answer.status, body, time.monotonic() - began

    async def everywhere(self, *activities: Json) -> list[tuple[int, Json, float]]:
        bots = self.rig.bots
        sent = (self.post(one, bots[n % len(bots)]) for n, one in enumerate(activities))
        return await asyncio.gather(*sent)


@asynccontextmanager
async def driving(
    folder: Path, url: str, nursery: Nursery, *, replicas: int = 1, bot_url: str = ""
) -> AsyncIterator[tuple[TeamsRig, Driver]]:
    async with (
        teams_rigged(folder, url, nursery=nursery, replicas=replicas, bot_url=bot_url) as rig,
        aiohttp.ClientSession() as http,
    ):
        await rig.start()
        yield rig, Driver(rig, http)


async def test_the_same_activity_at_three_replicas_at_once_is_one_row_one_effect_and_one_answer(
    tmp_path: Path, nursery: Nursery, postgres_url: str
) -> None:
    async with driving(tmp_path, postgres_url, nursery, replicas=REPLICAS) as (rig, driver):
        room = await rig.declare()
        await rig.quiet()
        for number in range(8):
            for activity in (
                driver.message(room, f"once {number}"),
                driver.message(room, f"update noted {next(NUMBERS)}", mention=True),
            ):
                answers = await driver.everywhere(*[activity] * 4)
                assert [status for status, _, _ in answers] == [200] * 4
        await rig.quiet()
        texts = [text for (text,) in rig.rows("SELECT text FROM entry WHERE ref IS NOT NULL")]
        assert sorted(text for text in texts if text.startswith("once")) == [f"once {n}" for n in range(8)]
        assert rig.value("SELECT count(*) FROM entry WHERE kind = 'update'") == 8
        assert rig.posted_twice() == rig.never_posted() == []
        await until(lambda: len(rig.sim.targeted("tom")) == 8, 10)


async def test_a_form_submitted_three_times_under_new_ids_at_three_replicas_is_one_incident(
    tmp_path: Path, nursery: Nursery, postgres_url: str
) -> None:
    async with driving(tmp_path, postgres_url, nursery, replicas=REPLICAS) as (rig, driver):
        await rig.sim.slash("maya", "General", "declare")
        form = await until(lambda: next(iter(rig.sim.targeted("maya")), None), 10)
        submit = next(one for one in cards.buttons(form["card"]) if one.get("associatedInputs") != "none")
        data = forms.merged(submit, forms.filled(form["card"], {"title": "Three times"}))
        value = {"action": {"type": "Action.Execute", "data": data}, "trigger": "manual"}
        invokes = [driver.invoke("maya", form["conversation"], "adaptiveCard/action", value) for _ in range(3)]
        assert len({one["id"] for one in invokes}) == 3
        answers = await driver.everywhere(*invokes)
        assert [status for status, _, _ in answers] == [200] * 3
        assert max(seconds for _, _, seconds in answers) < CLIENTS_PATIENCE
        assert (await rig.sim.compose("maya", "declare", "General")).dialog
        dialog = rig.sim.dialogs[rig.sim.user("maya").id]
        action = next(one for one in cards.buttons(dialog.card) if one.get("associatedInputs") != "none")
        told = {"data": forms.merged(action, forms.filled(dialog.card, {"title": "In a dialog"}))}
        about = (dialog.about or {}) | told
        general = form["conversation"].partition(";")[0]
        sent = [driver.invoke("maya", general, "composeExtension/submitAction", about) for _ in range(3)]
        assert [status for status, _, _ in await driver.everywhere(*sent)] == [200] * 3
        await until(rig._opened, 10)
        await rig.quiet()
        bodies = [body for (body,) in rig.rows("SELECT body FROM incident")]
        assert len(bodies) == 2
        assert all(sum(title in body for body in bodies) == 1 for title in ("In a dialog", "Three times"))


async def test_while_the_database_is_away_whoever_presses_something_reads_a_sentence_in_time(
    tmp_path: Path, nursery: Nursery, sqlite_url: str
) -> None:
    async with driving(tmp_path, sqlite_url, nursery) as (rig, driver):
        room = await rig.declare()
        await rig.quiet()
        card = next(m for m in rig.sim.messages(room) if m["card"])
        said = await rig.sim.say("tom", room, "the pool is full")
        await rig.quiet()
        button = next(one for one in cards.buttons(card["card"]) if one.get("title") == "Mitigated")
        pressed = {"action": {"type": "Action.Execute", "data": button["data"]}, "trigger": "manual"}
        about = {"commandId": "declare", "commandContext": "compose"}
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=10)) as other:
            other.execute("BEGIN EXCLUSIVE")
            answers = await asyncio.gather(
                driver.post(driver.invoke("tom", room, "adaptiveCard/action", pressed)),
                driver.post(driver.invoke("tom", room, "composeExtension/fetchTask", about)),
                driver.post(driver.message(room, "lost unless it is said again")),
            )
            other.rollback()
        (ok, by_card, _), (also_ok, by_dialog, _), (refused, _, _) = answers
        assert (ok, also_ok, refused) == (200, 200, 503)
        assert by_card["value"] == by_dialog["task"]["value"] == words.unavailable()
        assert max(seconds for _, _, seconds in answers) < CLIENTS_PATIENCE
        assert rig.value("SELECT count(*) FROM entry WHERE kind = 'status'") == 0
        again = driver.invoke("tom", room, "adaptiveCard/action", pressed)
        await until(lambda: _mitigates(driver, again), 10)
        assert rig.value("SELECT count(*) FROM entry WHERE kind = 'status'") == 1
        assert said.ts


async def _mitigates(driver: Driver, activity: Json) -> bool:
    _, body, _ = await driver.post(activity)
    return bool(body["value"] != words.unavailable())
