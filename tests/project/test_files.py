"""Files beside the code that must agree with it: compose, image, environment, make targets, CI."""

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from bot.settings import NAMES
from tests.project.tree import ROOT

COMPOSE = ROOT / "docker-compose.yml"
OF_COMPOSE = {"POSTGRES_PASSWORD"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return content


def validate(path: Path) -> int:
    """Against the Compose Specification's own schema, which the checker carries."""
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*  ## ", read("Makefile"), re.MULTILINE)) - {"help"}


def test_the_compose_file_is_one_by_the_specification() -> None:
    assert validate(COMPOSE) == 0


def test_a_misspelt_compose_file_would_be_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("restart:", "restarts:"))
    assert validate(wrong) == 1


def test_compose_comes_back_by_itself_and_is_reached_from_this_machine_only() -> None:
    services = compose()["services"]
    assert {service["restart"] for service in services.values()} == {"unless-stopped"}
    assert all("healthcheck" in service for service in services.values())
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_compose_holds_no_secret_of_its_own() -> None:
    given = compose()["services"]["bot"]["environment"]
    assert not {name for name in given if re.search("TOKEN|SECRET|KEY", name)}


def test_the_image_runs_without_root_from_the_locked_packages() -> None:
    text = read("Dockerfile")
    assert "--require-hashes" in text
    assert re.search(r"^USER (?!root|0)", text, re.MULTILINE)
    assert "/healthz" in text


def test_the_image_is_made_from_files_that_are_there_and_sent() -> None:
    copied = re.findall(r"^COPY (\S+) ", read("Dockerfile"), re.MULTILINE)
    sent = set(re.findall(r"^!(\S+)$", read(".dockerignore"), re.MULTILINE))
    assert set(copied) == sent
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_example_environment_names_every_setting_and_no_other() -> None:
    named = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", read(".env.example"), re.MULTILINE))
    assert named - OF_COMPOSE == set(NAMES)


def test_the_readme_names_every_make_target() -> None:
    text = read("README.md")
    assert {target for target in make_targets() if f"make {target}" not in text} == set()


def test_the_pages_name_only_make_targets_that_exist() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        target
        for page in pages
        if page.exists()
        for target in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))
    }
    assert named - make_targets() == set()


def test_ci_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    assert "make test" in script.read_text(encoding="utf-8")
