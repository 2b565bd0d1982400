"""Plays the recorded incident at full speed and counts what came of it.

Law: what was lost, doubled or against the rules is counted on the simulated platform's side; the bot is asked for its
timeline over HTTP only to find out whether every message is in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from adapters.sandbox.comparing import Record, differences
from adapters.sandbox.witness import Witness

Json = dict[str, Any]
SETTLE = 20.0
"""Seconds that the bot has to finish what it was told."""
BAD = ("duplicates", "lost", "parked", "limit_violations")


@dataclass(frozen=True)
class Performance:
    counts: Json
    problems: tuple[str, ...]
    """Steps that could not be played."""
    entries: list[Json]
    """The whole log, not only the timeline."""
    record: Record

    @property
    def faultless(self) -> bool:
        return not self.problems and not any(self.counts[name] for name in BAD)


async def played(witness: Witness, bot: str, token: str, quiet: Callable[[], bool]) -> Performance:
    """One performance. `bot` is the bot's base URL, `token` one of its API; `quiet` says whether the bot is at rest.

    The story waits for that after each step: its clock runs so far ahead of real time that what is under way would seem
    to have taken minutes.
    """
    player = witness.player

    async def rest() -> None:
        for _ in range(int(SETTLE / 0.002)):
            if quiet():
                return
            await asyncio.sleep(0.002)

    player.quiet = rest
    await witness.ready()
    await player.play()
    async with httpx.AsyncClient(base_url=f"{bot}/api/v1", headers={"Authorization": f"Bearer {token}"}) as api:
        entries = await _settled(witness, api)
        timeline = await _entries(api)
        draft = (await api.get("/incidents/INC-1/postmortem.md")).raise_for_status().content
        figures = await api.get(f"{bot}/metrics")
    messages = [entry for entry in entries if entry["kind"] == "message"]
    counts: Json = {
        "captured": len(messages),
        "key_entries": sum(entry["is_key"] for entry in entries),
        "edits": sum(entry["edits"] for entry in messages),
        "deletions": sum(entry["deleted"] for entry in messages),
        "draft_bytes": len(draft),
        "draft_sha256": hashlib.sha256(draft).hexdigest(),
        "reminders_sent": witness.reminders(),
        "outbound_calls": sum(witness.ledger.calls.values()),
        "duplicates": len(witness.ledger.duplicates),
        "lost": len(witness.ledger.lost()) + len(witness.missing(entries)),
        "parked": _figure(figures.text, "debrief_parked"),
        "limit_violations": len(witness.ledger.limit_violations),
    }
    record = Record.of(timeline, entries, draft.decode())
    return Performance(counts, tuple(player.problems), entries, record)


async def _settled(witness: Witness, api: httpx.AsyncClient) -> list[Json]:
    """The whole log, once no message of the incident is missing in it any more, or patience is over."""
    entries: list[Json] = []
    for _ in range(int(SETTLE / 0.2)):
        await witness.settled()
        entries = await _entries(api, everything=True)
        if not witness.missing(entries):
            break
        await asyncio.sleep(0.2)
    return entries


async def _entries(api: httpx.AsyncClient, *, everything: bool = False) -> list[Json]:
    entries: list[Json] = []
    after = ""
    while True:
        query = {"all": "1" if everything else "0", "limit": "200", **({"after": after} if after else {})}
        page = (await api.get("/incidents/INC-1/timeline", params=query)).raise_for_status().json()
        entries += page["entries"]
        after = page["next"] or ""
        if not after:
            return entries


def _figure(metrics: str, name: str) -> int:
    values = [line.rsplit(" ", 1)[1] for line in metrics.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    return int(sum(float(value) for value in values))


def written(performances: Mapping[str, Performance], file: Path | None, show: Callable[[str], None]) -> int:
    """Shows the counts by platform and writes them; exit code 1 where something was lost, doubled, parked or against
    the limits, and where two platforms have not given the same record."""
    text = json.dumps({platform: one.counts for platform, one in performances.items()}, indent=2)
    if file is not None:
        file.write_text(text + "\n", encoding="utf-8")
    show(text)
    for platform, one in performances.items():
        for problem in one.problems:
            show(f"not played in {platform}: {problem}")
    (first, one), *others = performances.items()
    unlike = [line for name, other in others for line in differences(one.record, other.record, first, name)]
    for line in unlike:
        show(line)
    if others and not unlike:
        show("The timeline and the draft are the same on all platforms, apart from links and ids.")
    return 0 if not unlike and all(one.faultless for one in performances.values()) else 1
