"""The layers: each contract in pyproject.toml holds here, and is seen to break on a planted import."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.project.tree import PRODUCT, ROOT

VIOLATIONS = {
    "pure-engine": ("bot/planted.py", "import httpx"),
    "strangers": ("adapters/slack/planted.py", "import adapters.sandbox"),
    "ports": ("adapters/slack/planted.py", "import storage"),
    "no-network": ("storage/planted.py", "import adapters.slack"),
    "one-database": ("adapters/slack/planted.py", "import sqlalchemy"),
}


def contracts() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]]


def lint(where: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *options]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts, in a place where they may be broken."""
    where = tmp_path_factory.mktemp("planted")
    for folder in (*PRODUCT, "tests/project"):
        shutil.copytree(ROOT / folder, where / folder, ignore=shutil.ignore_patterns("__pycache__", "vendor", "page"))
    shutil.copy(ROOT / "pyproject.toml", where)
    return where


def test_every_contract_is_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_every_contract_has_its_violation() -> None:
    assert sorted(VIOLATIONS) == sorted(contracts())


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(copy: Path, contract: str) -> None:
    path, line = VIOLATIONS[contract]
    planted = copy / path
    planted.write_text(f'"""Breaks a contract."""\n\n{line}\n')
    try:
        done = lint(copy, "--contract", contract)
    finally:
        planted.unlink()
    assert done.returncode == 1
    assert path.removesuffix(".py").replace("/", ".") in done.stdout
