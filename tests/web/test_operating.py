"""Probes and figures: what an operator's machines ask."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.web.figures import BUCKETS, Latency
from adapters.web.health import Readiness, free_part
from bot.command import Command
from bot.errors import Unavailable, UnknownTenant
from bot.text import Reply
from tests.web.world import MAYA, World, account, world


def away() -> None:
    raise Unavailable


def no_figure() -> float:
    raise Unavailable


async def test_alive_and_ready_when_all_is_well(here: World) -> None:
    anybody = here.client()
    assert (await anybody.get("/healthz")).json() == {"alive": True}
    assert (await anybody.head("/healthz")).status_code == 200
    ready = await anybody.get("/readyz")
    assert ready.status_code == 200
    answer = ready.json()
    assert answer["ready"] is True
    assert {name: check["ok"] for name, check in answer["checks"].items()} == {
        "database": True, "disk": True, "outbox": True,
    }  # fmt: skip


async def test_each_check_names_itself_when_it_fails(tmp_path: Path) -> None:
    ready = Readiness(away, tmp_path, lambda: 61.0, lambda _: 0.04)
    checks = await ready.checks()
    assert {name: (check.ok, check.about) for name, check in checks.items()} == {
        "database": (False, "does not commit"),
        "disk": (False, "4% free, 5% wanted"),
        "outbox": (False, "oldest undelivered: 61 s, under 60 s wanted"),
    }


async def test_what_cannot_be_known_is_not_ready(tmp_path: Path) -> None:
    def gone(_: Path) -> float:
        raise PermissionError

    checks = await Readiness(away, tmp_path, no_figure, gone).checks()
    assert not any(check.ok for check in checks.values())


def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_of_its_parent(tmp_path: Path) -> None:
    assert free_part(tmp_path / "data" / "deep") == pytest.approx(free_part(tmp_path), abs=0.01)


async def test_a_stuck_outbox_is_not_ready(here: World) -> None:
    """Nothing delivers here: a declared incident waits for its channel, and the clock moves on."""
    await here.chat(MAYA, "declare sev2 Nobody delivers")
    here.store.set_clock_offset(3600)
    ready = await here.client().get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"]["outbox"]["ok"] is False


async def test_figures_are_in_prometheus_format_and_count_what_happened(here: World) -> None:
    program = here.program(MAYA)
    for _ in range(2):
        await program.post("/api/v1/incidents", json={"title": "Counted"})
    text = (await here.client().get("/metrics")).text
    line = re.compile(r'[a-z_]+(\{[a-z]+="(?:[^"\\]|\\.)*"(,[a-z]+="(?:[^"\\]|\\.)*")*\})? [0-9.e+-]+')
    for one in text.splitlines():
        assert one.startswith(("# HELP ", "# TYPE ")) or line.fullmatch(one), one
    assert "debrief_ack_seconds_count 2" in text
    assert 'debrief_ack_seconds_bucket{le="+Inf"} 2' in text
    assert "debrief_captured_total 2" in text
    assert "debrief_parked 0" in text
    assert "debrief_database_up 1" in text
    assert 'debrief_unknown_events_total{what="odd\\"type"} 2' in text
    assert "debrief_oldest_undelivered_seconds" in text
    assert "Counted" not in text


def test_the_histogram_is_cumulative_and_every_time_falls_into_one_bucket() -> None:
    latency = Latency()
    for seconds in (0.001, BUCKETS[0], 0.02, 99.0):
        latency.observe(seconds)
    lines = latency.lines()
    assert 'debrief_ack_seconds_bucket{le="0.005"} 2' in lines
    assert 'debrief_ack_seconds_bucket{le="5.0"} 3' in lines
    assert 'debrief_ack_seconds_bucket{le="+Inf"} 4' in lines
    assert "debrief_ack_seconds_count 4" in lines


# -- the database is away, or we have a bug


async def unavailable(command: Command) -> Reply:
    raise Unavailable


async def gone(command: Command) -> Reply:
    raise UnknownTenant


async def parked(command: Command) -> Reply:
    return Reply.of("kept").model_copy(update={"outcome": "parked"})


async def buggy(command: Command) -> Reply:
    raise ZeroDivisionError


@pytest.fixture
async def broken(folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with world(folder, submit=request.param) as made:
        yield made


@pytest.mark.parametrize(
    ("broken", "status"), [(unavailable, 503), (gone, 401), (parked, 500), (buggy, 500)], indirect=["broken"]
)
async def test_what_goes_wrong_behind_the_api_is_told_in_one_sentence(broken: World, status: int) -> None:
    program = broken.program(MAYA)
    calm = broken.client(headers=dict(program.headers), raises=False)
    for path, body in (("incidents", {"title": "T"}), ("commands", {"text": "help"})):
        answer = await calm.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == status
        assert list(answer.json()) == ["error"]
        assert "Zero" not in answer.text
        assert ("retry-after" in answer.headers) == (status == 503)
        assert "content-security-policy" in answer.headers


class Unreachable:
    """A database that does not answer, whatever it is asked."""

    def __getattr__(self, name: str) -> Any:
        def unanswered(*args: Any, **named: Any) -> None:
            raise Unavailable

        return unanswered


@pytest.fixture
async def without_database(folder: Path) -> AsyncIterator[World]:
    async with world(folder, database=Unreachable()) as made:
        yield made


async def test_without_a_database_everybody_is_asked_to_come_again(without_database: World) -> None:
    program = without_database.client(headers={"Authorization": "Bearer some"})
    browser = without_database.client(headers={"Cookie": "debrief=some"})
    link = without_database.links.private(account(MAYA), "/incidents")
    answers = [
        await program.get("/api/v1/incidents"),
        await browser.get("/incidents"),
        await browser.get("/incidents/INC-1.json"),
        await browser.post(link),
    ]
    for answer in answers:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "Please try again" in answer.text
    assert (await browser.get("/healthz")).status_code == 200
    figures = await browser.get("/metrics")
    assert figures.status_code == 200
    assert "debrief_database_up 0" in figures.text
    assert "debrief_parked" not in figures.text
