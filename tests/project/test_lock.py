"""The lock files: every package has a version and hashes, and no line names a place to fetch it from."""

import re
import tomllib
from typing import Any

import pytest

from tests.project.tree import ROOT

LOCKS = ("requirements.lock", "requirements-run.lock")
PACKAGE = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def lines(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


def versions(name: str) -> dict[str, str]:
    found = (PACKAGE.match(line) for line in lines(name))
    return {match["name"]: match["version"] for match in found if match}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-") for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock: str) -> None:
    assert [line for line in lines(lock) if not (PACKAGE.match(line) or HASH.match(line))] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_a_hash(lock: str) -> None:
    all_lines = lines(lock)
    packages = [index for index, line in enumerate(all_lines) if PACKAGE.match(line)]
    assert packages
    assert all(HASH.match(all_lines[index + 1]) for index in packages)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_to_fetch_from(lock: str) -> None:
    assert not re.search(r"://|--find-links|index-url|\s/\w", (ROOT / lock).read_text(encoding="utf-8"))


def test_what_runs_is_what_was_tested() -> None:
    tested = versions("requirements.lock")
    assert {name: tested.get(name) for name in versions("requirements-run.lock")} == versions("requirements-run.lock")


def test_the_locks_hold_what_the_project_asks_for() -> None:
    settings = project()
    runtime, dev = settings["project"]["dependencies"], settings["dependency-groups"]["dev"]
    assert names(runtime) - set(versions("requirements-run.lock")) == set()
    assert names(runtime + dev) - set(versions("requirements.lock")) == set()
