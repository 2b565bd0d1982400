"""What fails on a bug of ours is parked at once and alone; nobody else waits, and it can be replayed."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from bot.command import Command, Origin
from bot.commands.captures import Said
from bot.commands.declare import Declare
from bot.commands.delivery import ChannelOpened
from bot.commands.timeline import Note
from bot.effects import Effect
from bot.model import MessageRef, Place
from bot.state import Decision, State
from bot.text import Reply
from bot.writer import Writer
from storage.migrate import migrate
from storage.store import SqlStore
from tests.faults.processes import ROOT
from tests.faults.rig import select

NUMBERS = count(1)
POISON = "poison"


def bomb(_before: State, decision: Decision) -> tuple[Effect, ...]:
    """An integration with a bug that certain texts wake."""
    if any(POISON in entry.text for entry in decision.entries):
        raise ZeroDivisionError(POISON)
    return ()


class Unreadable(Said, kind="test_unreadable"):
    """A message that no merging can cope with."""

    def __getattribute__(self, name: str) -> Any:
        if name == "stamp":
            raise ZeroDivisionError(POISON)
        return super().__getattribute__(name)


def origin(actor: str = "U1", channel: str = "") -> Origin:
    return Origin(id=f"o{next(NUMBERS)}", platform="slack", tenant="T1", actor=actor, channel=channel)


def note(text: str) -> Note:
    return Note(origin=origin(channel="C1"), text=text)


def said(text: str, kind: type[Said] = Said) -> Said:
    ts = f"{int(time.time())}.{next(NUMBERS):06d}"
    ref = MessageRef(platform="slack", tenant="T1", channel="C1", ts=ts)
    return kind(origin=origin(channel="C1"), message=ref, stamp=int(time.time() * 1e6), text=text)


@asynccontextmanager
async def writing(url: str) -> AsyncIterator[Writer]:
    """A writer with an incident in channel C1."""
    migrate(url)
    store = SqlStore(url)
    store.join("slack", "T1", "Acme")
    writer = Writer(store, (bomb,), threads=1 if store.sqlite else 4)
    writer.start()
    place = Place(platform="slack", tenant="T1", channel="C1")
    declared = await writer.submit(Declare(origin=origin(), title="Checkout errors"))
    assert declared.outcome == "done"
    ident = select(url, "SELECT id FROM incident")[0][0]
    await writer.submit(ChannelOpened(origin=origin(""), incident_id=ident, place=place))
    try:
        yield writer
    finally:
        await writer.stop()
        store.close()


async def timed(writer: Writer, command: Command) -> tuple[Reply, float]:
    began = time.monotonic()
    reply = await writer.submit(command)
    return reply, time.monotonic() - began


async def test_one_poisonous_command_in_many_is_parked_and_the_others_do_not_wait(url: str) -> None:
    async with writing(url) as writer:
        answers = []
        for number in range(100):
            text = POISON if number == 50 else f"fine {number}"
            answers.append(await timed(writer, note(text)))
        assert [reply.outcome for reply, _ in answers].count("parked") == 1
        assert max(seconds for _, seconds in answers) < 2
        assert writer.available
    assert select(url, "SELECT count(*) FROM entry WHERE kind = 'note'") == [(99,)]
    assert select(url, "SELECT kind, incident <> '' FROM parked") in ([("note", 1)], [("note", True)])


async def test_the_same_poison_delivered_again_is_answered_and_not_parked_twice(url: str) -> None:
    async with writing(url) as writer:
        bad = note(POISON)
        assert (await writer.submit(bad)).outcome == "parked"
        assert (await writer.submit(bad)).outcome == "parked"
    assert select(url, "SELECT count(*) FROM parked") == [(1,)]


async def test_a_poisonous_message_among_many_is_parked_alone(url: str) -> None:
    async with writing(url) as writer:
        messages = [said(f"message {n}") if n != 25 else said(POISON, Unreadable) for n in range(50)]
        answers = await asyncio.gather(*(timed(writer, message) for message in messages))
        assert [reply.outcome for reply, _ in answers].count("parked") == 1
        assert max(seconds for _, seconds in answers) < 2
        assert (await timed(writer, said("after it")))[1] < 2
    assert select(url, "SELECT count(*) FROM entry WHERE ref IS NOT NULL") == [(50,)]
    assert select(url, "SELECT kind FROM parked") == [("test_unreadable",)]


async def test_what_is_parked_is_listed_without_its_words_and_replayed_from_the_command_line(url: str) -> None:
    async with writing(url) as writer:
        await writer.submit(note(f"{POISON} xoxb-1234567890-abcdefghijkl"))
        await writer.submit(note(f"{POISON} whispered"))
    listed = await asyncio.to_thread(debrief, url, "parked", "list")
    assert listed.count("ZeroDivisionError") == 2
    assert "whispered" not in listed
    assert "note: " in await asyncio.to_thread(debrief, url, "parked", "replay")
    assert "Nothing is parked." in await asyncio.to_thread(debrief, url, "parked", "list")
    assert select(url, "SELECT count(*) FROM entry WHERE kind = 'note'") == [(2,)]
    assert select(url, "SELECT count(*) FROM entry WHERE text LIKE '%xoxb-%'") == [(0,)]


def debrief(url: str, *words: str) -> str:
    env = {"PATH": os.defpath, "DATABASE_URL": url, "PYTHONPATH": f"{ROOT}/launcher:{ROOT}"}
    command = [sys.executable, "-m", "debrief", *words]
    done = subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
