"""Same facts, same bytes: fifty invented incidents tell the same in another program, and out of either database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.ports import Record
from storage.people import debrief
from storage.reports import SqlReports
from tests.bot.invented import HOW_MANY, bytes_of, digest, invented, organisation, people
from tests.storage.worlds import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_a_program_of_its_own_tells_the_same_bytes_whatever_its_hashes(seed: str) -> None:
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "tests.bot.invented"]
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True, text=True)
    assert told.stdout.strip() == digest()


def test_out_of_a_database_they_tell_what_they_told_before(world: World) -> None:
    house = organisation(world.organisation)
    records = [invented(number, house) for number in range(HOW_MANY)]
    with world.store.transaction() as tx:
        before = tx.load(house.id, world.command(), world.command().needs)
    world.save(organisation=house, people={**before.people, **people(house.id)})
    for record in records:
        _put(world, record)
    reports = SqlReports(world.store)
    for record in records:
        found = reports.record(debrief(house.id), record.incident.key)
        assert found is not None
        assert bytes_of(found) == bytes_of(record)


def _put(world: World, record: Record) -> None:
    world.save(incident=record.incident, entries=record.entries)
    for item in record.items:
        world.save(item=item)
    world.save(incident=record.incident, postmortem=record.postmortem)
