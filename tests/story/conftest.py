"""Which platform and database a story is played on.

Law: nothing is skipped. A story says what it needs (`@needs("reactions")`), and is played wherever the table of
capabilities says that it is there; a need that the table does not know is an error.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.capabilities import CAPABILITIES
from storage.migrate import migrate
from storage.store import SqlStore
from tests.story.platforms import PLATFORMS
from tests.story.stage import Story, told


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "story" not in metafunc.fixturenames:
        return
    wide = metafunc.definition.get_closest_marker("everywhere")
    platforms = [*PLATFORMS, "slack-http+postgresql"] if wide else ["slack-http", "teams", "terminal"]
    needs = [name for mark in metafunc.definition.iter_markers("needs") for name in mark.args]
    played = [one for one in platforms if all(CAPABILITIES[name].works_on(one.split("-")[0]) for name in needs)]
    assert played, f"{metafunc.function.__name__} can be played nowhere"
    metafunc.parametrize("story", played, indirect=True)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def database(request: pytest.FixtureRequest, empty_database: Path, tmp_path: Path) -> str:
    """The address of a database of the story's own; PostgreSQL where the platform's name says so."""
    platform = getattr(request.node, "callspec", None)
    if platform and str(platform.params.get("story", "")).endswith("+postgresql"):
        url: str = request.getfixturevalue("postgres_url")
        migrate(url)
        return url
    shutil.copy(empty_database, tmp_path / "story.db")
    return f"sqlite:///{tmp_path / 'story.db'}"


@pytest.fixture
def store(database: str) -> Iterator[SqlStore]:
    made = SqlStore(database, within=30)  # speed is not what is tested
    yield made
    made.close()


@pytest.fixture
async def story(request: pytest.FixtureRequest, store: SqlStore) -> AsyncIterator[Story]:
    platform = request.param.split("+")[0]
    async with told(store, PLATFORMS[platform](store)) as one:
        yield one
