"""Five hundred messages within a second, commands while messages come in, and how soon a message can be read."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlencode

from bench import events
from bench.driving import Line, lines, steady
from bench.figures import Figure, answer_times, percentile
from bench.world import debrief, port_of, said, warmed
from storage.access import SqlAccess
from storage.store import SqlStore
from tests.faults.rig import Rig

BURST, BESIDE = 500, 50
WORDS = ("list", "status", "actions", "help")


async def measure(full: bool) -> list[Figure]:
    async with debrief() as rig:
        room = await rig.declare("A burst")
        port = port_of(rig.bot)
        await warmed(port, said(rig, room, 300))
        return [*await _burst(rig, room), *await _commands(rig, room, full), *await _visible(rig, room, full)]


async def _burst(rig: Rig, room: str) -> list[Figure]:
    before = rig.value("SELECT count(*) FROM entry WHERE kind = 'message'")
    answers = await steady(port_of(rig.bot), said(rig, room, BURST), BURST, connections=200)
    stored = rig.value("SELECT count(*) FROM entry WHERE kind = 'message'") - before
    return [
        Figure(f"{BURST} events in 1 s: slowest answer", max(answers.seconds), "s", 2.5),
        Figure(f"{BURST} events in 1 s: answered otherwise than 200", answers.bad, "", 0),
        Figure(f"{BURST} events in 1 s: lost", BURST - stored, "", 0),
    ]


async def _commands(rig: Rig, room: str, full: bool) -> list[Figure]:
    seconds = 40 if full else 15
    beside = asyncio.create_task(steady(port_of(rig.bot), said(rig, room, BESIDE * seconds), BESIDE))
    asked = [_slash(rig, WORDS[number % len(WORDS)], number) for number in range(5 * seconds)]
    answers = await steady(port_of(rig.bot), asked, 5)
    await beside
    if answers.bad:
        raise RuntimeError(f"{answers.bad} commands were not answered")
    return answer_times(f"a slash command beside {BESIDE} events/s", answers.seconds, 200, 800, 3000)


def _slash(rig: Rig, words: str, number: int) -> bytes:
    sim, user = rig.sim, rig.sim.user("maya")
    fields = {
        "token": sim.credentials.verification_token, "team_id": sim.team.id, "team_domain": sim.team.domain,
        "channel_id": rig.rooms[0], "channel_name": "a-burst", "user_id": user.id, "user_name": user.name,
        "command": "/incident", "text": words, "api_app_id": sim.app_id, "is_enterprise_install": "false",
        "response_url": f"{rig.api}/slack/actions/none/{number}", "trigger_id": f"{number}.{time.time_ns()}.bench",
    }  # fmt: skip
    body = urlencode(fields).encode()
    return events.signed(sim.credentials.signing_secret, body, "application/x-www-form-urlencoded")


async def _visible(rig: Rig, room: str, full: bool) -> list[Figure]:
    """From the moment an event is sent until the API's timeline shows it, while others come in elsewhere."""
    quiet = await rig.declare("To be read")
    key = rig.value(f"SELECT key FROM incident WHERE place LIKE '% {quiet}'")
    store = SqlStore(rig.url)
    organisation = rig.value("SELECT organisation FROM incident LIMIT 1")
    token = SqlAccess(store).create_token(organisation, "bench", scope="read")
    store.close()
    count = 120 if full else 40
    beside = asyncio.create_task(steady(port_of(rig.bot), said(rig, room, BESIDE * count // 5), BESIDE))
    line, reading = await lines(port_of(rig.bot), 2)
    found = [await _until_read(rig, quiet, key, token, line, reading) for _ in range(count)]
    await beside
    return [
        Figure("from the event to the API's timeline, p50", percentile(found, 0.5) * 1000, "ms"),
        Figure("from the event to the API's timeline, p99", percentile(found, 0.99) * 1000, "ms", 2000),
    ]


async def _until_read(rig: Rig, room: str, key: str, token: str, line: Line, reading: Line) -> float:
    team = rig.sim.team
    payload, words = events.message(team.id, rig.sim.app_id, team.bot_user, room, rig.sim.user("tom").id)
    (request,) = events.requests(rig.sim.credentials.signing_secret, [payload])
    asking = (
        f"GET /api/v1/incidents/{key}/timeline?all=1&limit=1000 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
    began = time.perf_counter()
    answered = asyncio.create_task(line.ask(request))
    while True:
        status = await reading.ask(asking)
        if status != 200:
            raise RuntimeError(f"the API answered {status}")
        if words.encode() in reading.body:
            break
        if time.perf_counter() - began > 20:
            raise RuntimeError("the message did not appear")
        await asyncio.sleep(0.005)
    took = time.perf_counter() - began
    await answered
    return took
