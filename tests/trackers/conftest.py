"""Every test that takes a `kit` is told of each tracker in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.migrate import migrate
from tests.trackers.worlds import JIRA_SERVER, KITS, Kit, World, begun, world


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=KITS)
def kit(request: pytest.FixtureRequest) -> Kit:
    return KITS[request.param]


@pytest.fixture
async def one(kit: Kit, template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A world whose item has no ticket yet."""
    async with world(template, tmp_path / "here.db", kit) as made:
        await begun(made)
        yield made


@pytest.fixture
async def github(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with world(template, tmp_path / "here.db", KITS["github"]) as made:
        await begun(made)
        yield made


@pytest.fixture
async def linear(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with world(template, tmp_path / "here.db", KITS["linear"]) as made:
        await begun(made)
        yield made


@pytest.fixture
async def webhook(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with world(template, tmp_path / "here.db", KITS["webhook"]) as made:
        await begun(made)
        yield made


@pytest.fixture
async def gitlab(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with world(template, tmp_path / "here.db", KITS["gitlab"]) as made:
        await begun(made)
        yield made


@pytest.fixture
async def jira(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with world(template, tmp_path / "here.db", KITS["jira"]) as made:
        await begun(made)
        yield made


@pytest.fixture(params=[KITS["jira"], JIRA_SERVER], ids=["cloud", "server"])
async def either(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with world(template, tmp_path / "here.db", request.param) as made:
        await begun(made)
        yield made
