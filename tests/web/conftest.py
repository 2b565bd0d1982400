"""One world for each test."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.migrate import migrate
from tests.web.world import World, world


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, made once."""
    path = tmp_path_factory.mktemp("web") / "debrief.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def folder(empty: Path, tmp_path: Path) -> Path:
    shutil.copy(empty, tmp_path / "debrief.db")
    return tmp_path


@pytest.fixture
async def here(folder: Path) -> AsyncIterator[World]:
    async with world(folder) as made:
        yield made
