"""Every test that takes a `kit` is told of each tracker in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

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


def of(name: str) -> Any:
    """A fixture: a world with this tracker."""

    @pytest.fixture(name=name)
    async def made(template: Path, tmp_path: Path) -> AsyncIterator[World]:
        async with world(template, tmp_path / "here.db", KITS[name]) as here:
            await begun(here)
            yield here

    return made


github, gitlab, jira, linear, webhook = map(of, ("github", "gitlab", "jira", "linear", "webhook"))


@pytest.fixture(params=[KITS["jira"], JIRA_SERVER], ids=["cloud", "server"])
async def either(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with world(template, tmp_path / "here.db", request.param) as made:
        await begun(made)
        yield made
