"""A backlog of posts sent while messages are captured, and how soon a program that has one is ready."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

from bench import filling
from bench.driving import Answers, steady
from bench.figures import Figure, percentile
from bench.world import port_of, said
from bot.effects import Post
from bot.model import Place
from bot.text import Card, Section, Text
from storage.outbox import enqueue
from storage.store import SqlStore
from tests.faults.processes import ROOT
from tests.faults.rig import Rig, rigged

CHANNELS, BESIDE = 200, 20


async def measure(full: bool) -> list[Figure]:
    backlog = 10_000 if full else 2_000
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as place:
        folder = Path(place)
        url = f"sqlite:///{folder}/debrief.db"
        unpaced = (sys.executable, "-m", "bench.unpaced")
        async with rigged(folder, url, wrapped=unpaced) as rig:
            store, organisation = filling.new_store(url, rig.sim.team.id)
            _filled(rig, store, organisation, 10_000)
            starts = await _starts(rig)
            _kept(store, backlog)
            store.close()
            drained, answers = await _drained(rig, backlog)
    return [
        Figure("from kill -9 to ready with 10,000 waiting", median(starts), "s", 5.0, among=len(starts)),
        Figure("`debrief --help`", _helped(), "s", 0.5),
        Figure(f"{backlog:,} posts sent, captures beside", drained, "s", 120 * backlog / 10_000),
        Figure("posts per second", backlog / drained, "/s"),
        Figure(f"answers to {BESIDE} messages/s meanwhile, p99", percentile(answers.seconds, 0.99) * 1000, "ms", 500),
        Figure("answers other than 200 meanwhile", answers.bad, "", 0),
    ]


def _filled(rig: Rig, store: SqlStore, organisation: str, backlog: int) -> None:
    """As many posts as asked for, into the channels of as many incidents as there may be at once."""
    team, maya = rig.sim.team, rig.sim.user("maya").id
    rooms = [rig.sim.add_channel(team, f"inc-{n}", [maya, team.bot_user]) for n in range(CHANNELS)]
    about = [filling.incident(organisation, n, team.id) for n in range(1, CHANNELS + 1)]
    places = [Place(platform="slack", tenant=team.id, channel=room) for room in rooms]
    placed = [one.model_copy(update={"place": place}) for one, place in zip(about, places, strict=True)]
    card = Card(title="Update", sections=(Section(text=Text(parts=("The pool is bigger now.",))),))
    posts = [
        Post(
            key=f"bench:{n}", platform="slack", tenant=team.id, incident=placed[n % CHANNELS].id,
            place=places[n % CHANNELS], card=card,
        )
        for n in range(backlog)
    ]  # fmt: skip
    with store.transaction() as tx:
        filling.put_incidents(tx, placed)
        enqueue(tx, organisation, posts)
    rig.rooms.extend(rooms)


def _kept(store: SqlStore, backlog: int) -> None:
    """The rest counts as sent."""
    with store.transaction() as tx:
        tx.cursor.execute("UPDATE outbox SET finished = created, state = 'sent' WHERE id > ?", (backlog,))


async def _starts(rig: Rig) -> list[float]:
    """With Slack out of reach, so that the backlog stays."""
    found = []
    for _ in range(3):
        began = time.perf_counter()
        await rig.start(SLACK_API_BASE_URL="http://127.0.0.1:9/slack/api/")
        found.append(time.perf_counter() - began)
        await rig.bot.kill()
    return found


def _helped() -> float:
    """The median of five, each a program of its own."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "debrief", "--help"], env=env, stdout=subprocess.DEVNULL, check=True)
        found.append(time.perf_counter() - began)
    return median(found)


async def _drained(rig: Rig, backlog: int) -> tuple[float, Answers]:
    """The backlog was claimed by programs that died: their leases are let run out first."""
    with closing(SqlStore(rig.url)) as store, store.transaction() as tx:
        tx.cursor.execute("UPDATE outbox SET state = 'queued', attempt = 0, ready = created WHERE finished IS NULL")
    await rig.start()
    began = time.perf_counter()
    beside = asyncio.create_task(_beside(rig))
    while rig.value("SELECT count(*) FROM outbox WHERE finished IS NULL AND kind = 'post'"):
        if time.perf_counter() - began > 300:
            raise RuntimeError("the backlog was not sent within five minutes")
        await asyncio.sleep(0.2)
    took = time.perf_counter() - began
    sent = sum(1 for one in rig.sim.ledger.posted if (one.key or "").endswith(tuple("0123456789")))
    if sent < backlog or rig.posted_twice():
        raise RuntimeError(f"{sent} of {backlog} posts stand in Slack, {len(rig.posted_twice())} of them twice")
    return took, await beside


async def _beside(rig: Rig) -> Answers:
    return await steady(port_of(rig.bot), said(rig, rig.rooms[0], BESIDE * 12), BESIDE)
