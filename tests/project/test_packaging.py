"""What is installed: one name in site-packages, all that the program reads below it, nobody else's files."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.project.tree import PRODUCT, ROOT

# Where the checkout's files go; whatever is below the first is looked for below the second.
PLACES = {**{name: f"debrief/_app/{name}" for name in PRODUCT}, "launcher/debrief": "debrief"}


def run(*command: str | Path, where: Path, path: Path | None = None) -> str:
    environment = {**os.environ, "PYTHONPATH": str(path or "")}
    done = subprocess.run(
        [str(part) for part in command], cwd=where, env=environment, capture_output=True, text=True,
        timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", where, where=ROOT)
    return next(where.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site-packages directory in which another distribution's `adapters` was first."""
    where = tmp_path_factory.mktemp("site")
    (where / "adapters").mkdir()
    (where / "adapters" / "__init__.py").write_text("raise ImportError('somebody else')\n")
    zipfile.ZipFile(wheel).extractall(where)
    return where


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def tracked(folder: str) -> set[str]:
    """The files below a folder that belong to the project; git need not be there."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT / folder).as_posix() for path in found}


def test_the_wheel_puts_one_name_into_site_packages(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in contents(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"debrief"}
    assert len(tops) == 2


@pytest.mark.parametrize(("source", "target"), PLACES.items())
def test_the_wheel_holds_every_file_of_the_checkout(wheel: Path, source: str, target: str) -> None:
    assert {f"{target}/{name}" for name in tracked(source)} - contents(wheel) == set()


def test_the_wheel_holds_the_manifest_and_the_licence(wheel: Path) -> None:
    names = contents(wheel)
    assert "debrief/_app/manifest.yaml" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_installed_program_is_its_own_and_answers(site: Path, tmp_path: Path) -> None:
    helped = run(sys.executable, "-m", "debrief", "--help", where=tmp_path, path=site)
    assert "run" in helped
    found = "import debrief.__main__ as launcher; launcher.prepare(); import adapters; print(adapters.__file__)"
    assert run(sys.executable, "-c", found, where=tmp_path, path=site).strip() == str(
        site / "debrief" / "_app" / "adapters" / "__init__.py"
    )


def test_an_editable_installation_runs_the_checkout(tmp_path: Path) -> None:
    found = "import debrief.__main__ as launcher; print(launcher.root())"
    assert run(sys.executable, "-c", found, where=tmp_path).strip() == str(ROOT)
    assert "run" in run(Path(sys.executable).with_name("debrief"), "--help", where=tmp_path)
