"""Plays the recorded incident at full speed and counts what came of it.

Law: what was lost, doubled or against the rules is counted on the simulated platform's side; the bot is asked for its
timeline over HTTP only to find out whether every message is in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from adapters.sandbox.slack import SimulatedSlack

Json = dict[str, Any]
SAID = (None, "file_share", "thread_broadcast", "bot_message", "me_message")
"""Subtypes of what people and other bots say; the others are the platform's own lines."""
SETTLE = 20.0
"""Seconds that the bot has to finish what it was told."""


async def played(sim: SimulatedSlack, bot: str, token: str) -> Json:
    """The counts of one performance. `bot` is the bot's base URL, `token` one of its API."""
    if sim.player is None:
        raise ValueError("there is no story to play")
    await _reachable(sim)
    await sim.player.play()
    async with httpx.AsyncClient(base_url=f"{bot}/api/v1", headers={"Authorization": f"Bearer {token}"}) as api:
        entries = await _settled(sim, api)
        draft = (await api.get("/incidents/INC-1/postmortem.md")).raise_for_status().content
        figures = await api.get(f"{bot}/metrics")
    messages = [entry for entry in entries if entry["kind"] == "message"]
    return {
        "captured": len(messages),
        "key_entries": sum(entry["is_key"] for entry in entries),
        "edits": sum(entry["edits"] for entry in messages),
        "deletions": sum(entry["deleted"] for entry in messages),
        "draft_bytes": len(draft),
        "draft_sha256": hashlib.sha256(draft).hexdigest(),
        "reminders_sent": sum("overdue" in post.text for post in sim.ledger.posted if post.channel.startswith("D")),
        "outbound_calls": sum(sim.ledger.calls.values()),
        "duplicates": len(sim.ledger.duplicates),
        "lost": len(sim.ledger.lost()) + len(_missing(sim, entries)),
        "parked": _figure(figures.text, "debrief_parked"),
        "limit_violations": len(sim.ledger.limit_violations),
        "problems": sim.player.problems,
    }


async def _reachable(sim: SimulatedSlack) -> None:
    """Over Socket Mode it is the bot that connects, in its own time."""
    for _ in range(int(SETTLE / 0.05)):
        if sim.request_url is not None or sim.sockets.connected:
            return
        await asyncio.sleep(0.05)


async def _settled(sim: SimulatedSlack, api: httpx.AsyncClient) -> list[Json]:
    """The whole log, once no message of the channel is missing in it any more, or patience is over."""
    entries: list[Json] = []
    for _ in range(int(SETTLE / 0.2)):
        await sim.settled()
        entries = await _log(api)
        if not _missing(sim, entries):
            break
        await asyncio.sleep(0.2)
    return entries


async def _log(api: httpx.AsyncClient) -> list[Json]:
    entries: list[Json] = []
    after = ""
    while True:
        query = {"all": "1", "limit": "200", **({"after": after} if after else {})}
        page = (await api.get("/incidents/INC-1/timeline", params=query)).raise_for_status().json()
        entries += page["entries"]
        after = page["next"] or ""
        if not after:
            return entries


def _missing(sim: SimulatedSlack, entries: list[Json]) -> set[str]:
    """Messages of people in the incident's channel that the bot has no entry for, by timestamp."""
    channel = sim.player.stage.incident() if sim.player else None
    if channel is None:
        return {"the incident's channel"}
    known = {entry["permalink"].rsplit("/p", 1)[-1].split("?")[0] for entry in entries if entry["permalink"]}
    said = (m for m in channel.messages.values() if m.user != sim.team.bot_user and not m.ephemeral_to)
    return {m.ts for m in said if m.subtype in SAID and m.ts.replace(".", "") not in known}


def _figure(metrics: str, name: str) -> int:
    values = [line.rsplit(" ", 1)[1] for line in metrics.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    return int(sum(float(value) for value in values))


def written(counts: Json, platform: str, file: Path | None, show: Callable[[str], None]) -> int:
    """Shows the counts and writes them; exit code 1 where something was lost, doubled, parked or against the limits."""
    problems = counts.pop("problems")
    text = json.dumps({platform: counts}, indent=2)
    if file is not None:
        file.write_text(text + "\n", encoding="utf-8")
    show(text)
    for problem in problems:
        show(f"not played: {problem}")
    faultless = not any(counts[name] for name in ("duplicates", "lost", "parked", "limit_violations"))
    return 0 if faultless and not problems else 1
