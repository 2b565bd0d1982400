"""The documentation against the code: generated parts, links, commands, and words that must not stand in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import bot.commands  # noqa: F401  # fills the tables of rules
from adapters.slack.manifest import SCOPES
from bot.command import KINDS, Receipt
from bot.effects import EFFECTS
from bot.reminders import RULES as REMINDERS
from bot.rules import MAY, VERBS
from bot.settings import NAMES
from scripts.docs import PARTS, pages, renewed
from tests.project.tree import ROOT

PICTURES = ROOT / "docs" / "pictures"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```\w*.*?^ *```", re.MULTILINE | re.DOTALL)
DEBRIEF = re.compile(r"(?:^|[\s`])(?:\.venv/bin/)?debrief ((?:[a-z]+)(?: [a-z]+)?)", re.MULTILINE)
# Machine paths, and words that speak of how the project was made instead of what it is.
FORBIDDEN = re.compile(r"/(?:work|tmp|root|home)/|\bissue \d|\bsession \d|\bassignment\b|localhost:\d", re.IGNORECASE)
OUR_WORDS = {*VERBS, *(synonym for verb in VERBS.values() for synonym in verb.synonyms), "help"}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_the_generated_parts_are_as_the_code_has_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert renewed(text) == text, "run `make docs`"


def test_every_generated_part_stands_in_a_page() -> None:
    everything = "".join(path.read_text(encoding="utf-8") for path in pages())
    assert [name for name in PARTS if f"<!-- made: {name} -->" not in everything] == []


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("docs/settings.md", list(NAMES)),
        ("docs/verbs.md", [f"/incident {verb.example}" for verb in VERBS.values()]),
        ("docs/effects.md", list(EFFECTS)),
        ("docs/reminders.md", list(REMINDERS)),
        ("docs/slack.md", list(SCOPES)),
    ],
)
def test_what_the_code_has_is_documented(where: str, names: list[str]) -> None:
    text = page(where).replace("\\|", "|")
    assert [name for name in names if name not in text] == []


def test_everything_that_people_can_ask_for_has_its_permission_documented() -> None:
    words = {verb.kind: f"`{verb.word}`" for verb in VERBS.values()}
    text = page("docs/permissions.md")
    asked = [kind for kind in MAY if not issubclass(KINDS[kind], Receipt)]
    assert [kind for kind in asked if words.get(kind, kind.replace("_", " ")) not in text] == []


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    prose = FENCE.sub("", path.read_text(encoding="utf-8"))
    inside = [link.split("#")[0] for link in LINK.findall(prose) if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in inside if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_the_pages_speak_of_the_project_alone(path: Path) -> None:
    assert FORBIDDEN.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_every_verb_that_a_page_names_exists(path: Path) -> None:
    named = re.findall(r"`/incident ([a-z-]+)", path.read_text(encoding="utf-8"))
    assert [word for word in named if word not in OUR_WORDS] == []


def test_every_command_of_debrief_that_a_page_names_exists() -> None:
    known = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    told = "\n".join(block for path in pages() for block in FENCE.findall(path.read_text(encoding="utf-8")))
    named = {found.split()[0] for found in DEBRIEF.findall(told)}
    assert {"doctor", "parked", "token", "export"} <= named
    assert [word for word in named if not re.search(rf"^ +{word} ", known, re.MULTILINE)] == []


def test_every_make_target_in_a_shell_block_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    blocks = "\n".join(block for path in pages() for block in FENCE.findall(path.read_text(encoding="utf-8")))
    named = set(re.findall(r"^ *make ([a-z-]+)", blocks, re.MULTILINE))
    assert "run" in named
    assert named - targets == set()


def test_pictures_are_small_and_all_of_them_can_be_made_again() -> None:
    pictures = sorted(PICTURES.glob("*.png"))
    assert [path.name for path in pictures if path.stat().st_size > 250_000] == []
    made = "".join(page(f"scripts/{name}pictures.py") for name in ("", "page_", "postmortem_"))
    assert [path.stem for path in pictures if f'"{path.stem}"' not in made] == []
    assert "docs/pictures/sandbox.png" in page("README.md")


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
