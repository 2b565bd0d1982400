"""The diffs of CONTRIBUTING.md, and the copy of the code they are applied to. Law: a hunk that does not fit fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.project.tree import PRODUCT, ROOT

_RECIPE = re.compile(r"^```diff (\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^--- (\S+)\n\+\+\+ b/(\S+)\n((?:(?!--- [a/])[@+\- ].*\n)+)", re.MULTILINE)
_HUNK = re.compile(r"^@@.*@@\n((?:[+\- ].*\n)+)", re.MULTILINE)


def recipes() -> dict[str, str]:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return dict(_RECIPE.findall(page))


def copy_with(recipe: str, folder: Path) -> Path:
    """The product with the recipe applied."""
    for name in PRODUCT:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manifest.yaml", folder)
    for before, path, hunks in _FILE.findall(recipes()[recipe]):
        _change(folder / path, hunks, new=before == "/dev/null")
    return folder


def touched(recipe: str) -> dict[str, bool]:
    """Each file of the diff, and whether it is new."""
    return {path: before == "/dev/null" for before, path, _ in _FILE.findall(recipes()[recipe])}


def _change(path: Path, hunks: str, *, new: bool) -> None:
    path.parent.mkdir(exist_ok=True)
    text = "" if new else path.read_text(encoding="utf-8")
    for hunk in _HUNK.findall(hunks):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        assert new or text.count(before) == 1, f"{path.name}: this hunk does not fit\n{hunk}"
        text = after if new else text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def run(folder: Path, *command: str, script: str = "") -> str:
    """What a program in the copy prints."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "DATABASE_URL": "sqlite:///tried.db"}
    done = subprocess.run(
        [sys.executable, *command], input=script, cwd=folder, env=environment, capture_output=True, text=True,
        timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout
