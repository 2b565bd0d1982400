"""Same facts, same bytes: fifty invented incidents tell the same in another program, and out of either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.archive import archive
from bot.ports import Record
from storage.people import debrief
from storage.reports import SqlReports
from tests.bot.invented import HOW_MANY, SET, bytes_of, digests, files, invented, organisation, people
from tests.storage.test_importing import brought
from tests.storage.test_importing import record as read
from tests.storage.worlds import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def told_here() -> dict[str, str]:
    return digests()


@pytest.mark.parametrize(
    ("seed", "zone", "language"), [("0", "Pacific/Apia", "C"), ("4242", "America/St_Johns", "tr_TR.UTF-8")]
)
def test_a_program_of_its_own_tells_the_same_bytes_whatever_its_hashes_zone_and_language(
    told_here: dict[str, str], seed: str, zone: str, language: str
) -> None:
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
    command = [sys.executable, "-m", "tests.bot.invented"]
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True, text=True)
    assert json.loads(told.stdout) == told_here


def test_the_fifty_are_worth_telling() -> None:
    """Enough of everything stands in them that a draft could tell in one way or another."""
    records = [invented(number, organisation()) for number in range(HOW_MANY)]
    told = b"".join(one for record in records for one in files(record, paper=False)).decode()
    for words in (
        "支払い",
        "الخادم",
        "&lt;script&gt;",
        "(edited)",
        "(deleted)",
        "Written by",
        "no order could be placed",
    ):
        assert words in told, words
    of = [record.postmortem for record in records if record.postmortem]
    assert {one.status.value for one in of} == {"draft", "in review", "published"}
    assert sum(len(one.comments) for one in of) > 20
    assert sum(1 for one in of if one.review) > 20


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
        paper = record in (records[number] for number in SET)
        assert bytes_of(found, paper=paper) == bytes_of(record, paper=paper)


def test_written_to_a_file_and_read_back_elsewhere_they_are_written_again_equal(world: World) -> None:
    other = world.store.join("cli", "elsewhere", "Other")
    for number in range(0, HOW_MANY, 5):
        told = archive(invented(number, organisation()), addresses=True)
        reply = brought(world.store, other, told)
        assert reply.outcome == "done", reply.plain()
        assert archive(read(world.store, other, f"INC-{number + 1}"), addresses=True) == told


def _put(world: World, record: Record) -> None:
    world.save(incident=record.incident, entries=record.entries)
    for item in record.items:
        world.save(item=item)
    world.save(incident=record.incident, postmortem=record.postmortem)
