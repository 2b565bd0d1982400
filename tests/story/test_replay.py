"""The recorded incident, played on every platform and transport: the same facts give the same record."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.host import listen
from adapters.sandbox import demo
from adapters.sandbox.comparing import differences
from adapters.sandbox.transcript import Expected, beginning, expected, load
from bot.building import build_host
from bot.settings import read_settings
from bot.staging import staged
from storage.access import SqlAccess

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
COUNTS = ("captured", "key_entries", "edits", "deletions", "reminders_sent")
pytestmark = [pytest.mark.xdist_group("replay"), pytest.mark.timeout(240)]


@dataclass
class Performance:
    seen: demo.Performance
    stored: bytes
    """Every byte of the database's files, the write-ahead log included."""

    @property
    def messages(self) -> list[Json]:
        return [entry for entry in self.seen.entries if entry["kind"] == "message"]


async def _perform(platform: str, folder: Path, transport: str) -> Performance:
    script = load()
    kept: list[demo.Performance] = []
    start = beginning(script, datetime(2026, 1, 5, tzinfo=UTC))
    with listen("127.0.0.1", 0) as listener:
        box, witness = staged(
            platform, read_settings({}), listener, folder, transport=transport, start=start, exact=True, script=script
        )

        async def play() -> bool:
            organisation = box.store.join(platform, witness.tenant, "Demonstration")
            token = SqlAccess(box.store).create_token(organisation, "replay", scope="read")
            kept.append(await demo.played(witness, box.settings.public_url, token, lambda: host.outbox.quiet))
            return False

        host = build_host(box.settings, box.store, box)
        await host.serve(listener, play)
    box.store.purge()  # what runs every hour also empties the write-ahead log of erased texts
    return Performance(kept[0], _bytes_in(folder))


def _bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


@pytest.fixture(scope="module")
def over_a_socket(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    return asyncio.run(_perform("slack", tmp_path_factory.mktemp("socket"), "socket"))


@pytest.fixture(scope="module")
def in_teams(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    return asyncio.run(_perform("teams", tmp_path_factory.mktemp("teams"), "http"))


@pytest.fixture(params=["over_a_socket", "in_teams"])
def performance(request: pytest.FixtureRequest) -> Performance:
    found: Performance = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the command writes for both platforms over HTTP. It fails where they differ, and is given a minute each."""
    written = tmp_path_factory.mktemp("both") / "out.json"
    words = ["-m", "debrief", "demo", "--script", "--platform", "both", "--json", str(written)]
    surroundings = {"PYTHONPATH": f"{ROOT / 'launcher'}:{ROOT}"}
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=written.parent,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    counts: Json = json.loads(written.read_text())
    return counts


@pytest.fixture(scope="module")
def truth() -> Expected:
    return expected(load())


@pytest.mark.parametrize("platform", ["slack", "teams"])
def test_the_demonstration_ends_well_within_a_minute(demonstrated: Json, truth: Expected, platform: str) -> None:
    counts = demonstrated[platform]
    assert counts["captured"] == truth.captured + len(truth.key_elsewhere)
    assert counts["edits"] == truth.edits
    assert counts["deletions"] == truth.deletions
    for bad in demo.BAD:
        assert counts[bad] == 0, bad


def test_both_transports_give_the_same_draft_to_the_byte(demonstrated: Json, over_a_socket: Performance) -> None:
    for same in ("draft_sha256", "draft_bytes", *COUNTS):
        assert demonstrated["slack"][same] == over_a_socket.seen.counts[same], same


def test_both_platforms_give_the_same_timeline_and_draft(over_a_socket: Performance, in_teams: Performance) -> None:
    assert differences(over_a_socket.seen.record, in_teams.seen.record, "Slack", "Teams") == []
    for same in COUNTS:
        assert over_a_socket.seen.counts[same] == in_teams.seen.counts[same], same


def test_every_step_of_the_story_could_be_played_and_nothing_went_wrong(performance: Performance) -> None:
    assert performance.seen.problems == ()
    assert performance.seen.faultless


def test_the_record_holds_what_was_said_and_nothing_that_was_taken_back(
    performance: Performance, truth: Expected
) -> None:
    said = performance.messages
    assert len(said) == truth.captured + len(truth.key_elsewhere)
    assert sum(entry["edits"] for entry in said) == truth.edits
    assert sum(entry["deleted"] for entry in said) == truth.deletions
    assert all(not entry["text"] for entry in said if entry["deleted"])


def test_what_was_marked_and_not_unmarked_is_key(performance: Performance, truth: Expected) -> None:
    assert sum(entry["is_key"] for entry in performance.messages) == len(truth.key)


def test_both_late_owners_got_one_digest_each(performance: Performance) -> None:
    assert performance.seen.counts["reminders_sent"] == 2


def test_no_secret_reached_the_disk(performance: Performance, truth: Expected) -> None:
    assert truth.secrets
    for secret in truth.secrets:
        assert secret.encode() not in performance.stored


def test_what_was_deleted_is_not_on_the_disk_either(performance: Performance, truth: Expected) -> None:
    assert truth.erased
    for text in truth.erased:
        assert text.encode() not in performance.stored, text
