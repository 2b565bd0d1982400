"""The recorded incident, played twice over different transports: the same facts give the same bytes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.host import listen
from adapters.sandbox.demo import played
from adapters.sandbox.transcript import Expected, beginning, expected, load
from bot.building import build_host, staged
from bot.settings import read_settings
from storage.access import SqlAccess

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.xdist_group("replay"), pytest.mark.timeout(240)]


@dataclass
class Performance:
    counts: Json
    entries: list[Json]
    draft: bytes
    stored: bytes
    """Every byte of the database's files, the write-ahead log included."""


async def _perform(folder: Path) -> Performance:
    script, kept = load(), dict[str, Any]()
    start = beginning(script, datetime(2026, 1, 5, tzinfo=UTC))
    with listen("127.0.0.1", 0) as listener:
        box, witness = staged(
            "slack", read_settings({}), listener, folder, transport="socket", start=start, exact=True, script=script
        )
        told, store = box.settings, box.store

        async def play() -> bool:
            organisation = store.join("slack", witness.tenant, "Demonstration")
            token = SqlAccess(store).create_token(organisation, "replay", scope="read")
            performance = await played(witness, told.public_url, token)
            kept["counts"] = {**performance.counts, "problems": list(performance.problems)}
            async with httpx.AsyncClient(
                base_url=f"{told.public_url}/api/v1/incidents/INC-1", headers={"Authorization": f"Bearer {token}"}
            ) as api:
                kept["draft"] = (await api.get("/postmortem.md")).content
                kept["entries"] = await _whole_log(api)
            return False

        await build_host(told, store, box).serve(listener, play)
    store.purge()  # what runs every hour also empties the write-ahead log of erased texts
    return Performance(stored=_bytes_in(folder), **kept)


def _bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


async def _whole_log(api: httpx.AsyncClient) -> list[Json]:
    entries: list[Json] = []
    after = ""
    while True:
        query = {"all": "1", "limit": "200", **({"after": after} if after else {})}
        page = (await api.get("/timeline", params=query)).json()
        entries += page["entries"]
        after = page["next"] or ""
        if not after:
            return entries


@pytest.fixture(scope="module")
def over_a_socket(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    return asyncio.run(_perform(tmp_path_factory.mktemp("socket")))


@pytest.fixture(scope="module")
def over_http(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the command prints and writes; it is given a minute."""
    written = tmp_path_factory.mktemp("http") / "out.json"
    words = ["-m", "debrief", "demo", "--script", "--platform", "slack", "--json", str(written)]
    surroundings = {"PYTHONPATH": f"{ROOT / 'launcher'}:{ROOT}"}
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=written.parent,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    counts: Json = json.loads(written.read_text())["slack"]
    return counts


@pytest.fixture(scope="module")
def truth() -> Expected:
    return expected(load())


def test_the_demonstration_ends_well_within_a_minute(over_http: Json, truth: Expected) -> None:
    assert over_http["captured"] == truth.captured + len(truth.key_elsewhere)
    assert over_http["edits"] == truth.edits
    assert over_http["deletions"] == truth.deletions
    for bad in ("duplicates", "lost", "parked", "limit_violations"):
        assert over_http[bad] == 0, bad


def test_both_transports_give_the_same_draft_to_the_byte(over_http: Json, over_a_socket: Performance) -> None:
    assert over_http["draft_sha256"] == hashlib.sha256(over_a_socket.draft).hexdigest()
    for same in ("captured", "key_entries", "edits", "deletions", "draft_bytes", "reminders_sent"):
        assert over_http[same] == over_a_socket.counts[same], same


def test_every_step_of_the_story_could_be_played(over_a_socket: Performance) -> None:
    assert over_a_socket.counts["problems"] == []


def test_the_record_holds_what_was_said_and_nothing_that_was_taken_back(
    over_a_socket: Performance, truth: Expected
) -> None:
    said = [entry for entry in over_a_socket.entries if entry["kind"] == "message"]
    here = [entry for entry in said if "/C000001005/" in entry["permalink"]]
    assert len(here) == truth.captured
    assert sum(entry["edits"] for entry in here) == truth.edits
    assert sum(entry["deleted"] for entry in here) == truth.deletions
    assert all(not entry["text"] for entry in here if entry["deleted"])


def test_what_was_marked_and_not_unmarked_is_key(over_a_socket: Performance, truth: Expected) -> None:
    key = [entry for entry in over_a_socket.entries if entry["kind"] == "message" and entry["is_key"]]
    assert len(key) == len(truth.key)


def test_both_late_owners_got_one_digest_each(over_a_socket: Performance) -> None:
    assert over_a_socket.counts["reminders_sent"] == 2


def test_no_secret_reached_the_disk(over_a_socket: Performance, truth: Expected) -> None:
    assert truth.secrets
    for secret in truth.secrets:
        assert secret.encode() not in over_a_socket.stored


def test_what_was_deleted_is_not_on_the_disk_either(over_a_socket: Performance, truth: Expected) -> None:
    assert truth.erased
    for text in truth.erased:
        assert text.encode() not in over_a_socket.stored, text
