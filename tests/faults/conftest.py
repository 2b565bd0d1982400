"""What every test of crashes starts from: a nursery for a test run, and an empty database of either kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import Nursery
from tests.faults.rig import Rig, rigged

KINDS = ("sqlite", "postgresql")
Rigged = Callable[..., AbstractAsyncContextManager[Rig]]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    found = Nursery()
    yield found
    found.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/debrief.db"


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return found


@pytest.fixture
def rig(tmp_path: Path, nursery: Nursery) -> Rigged:
    """Makes a rig of forked bots; `nursery=None` has them executed anew."""

    def made(url: str, **more: Any) -> AbstractAsyncContextManager[Rig]:
        return rigged(tmp_path, url, **{"nursery": nursery, **more})

    return made
