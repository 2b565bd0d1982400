"""The table of capabilities: what it knows is told in a story somewhere, and what a story needs it knows."""

from __future__ import annotations

import re
from pathlib import Path

from bot.capabilities import CAPABILITIES, PLATFORMS
from scripts.docs import ROOT, renewed

HERE = Path(__file__).parent
NEEDS = re.compile(r"mark\.needs\(([^)]*)\)")


def needed() -> set[str]:
    pages = (path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    return {name for page in pages for said in NEEDS.findall(page) for name in re.findall(r'"([^"]+)"', said)}


def test_every_capability_that_is_there_is_shown_in_a_story() -> None:
    assert needed() == set(CAPABILITIES)


def test_what_is_missing_says_what_stands_in_for_it() -> None:
    for one in CAPABILITIES.values():
        for platform in PLATFORMS:
            assert not one.on(platform) or len(one.on(platform)) > 10


def test_the_page_of_the_documentation_is_made_from_the_table() -> None:
    page = (ROOT / "docs" / "capabilities.md").read_text(encoding="utf-8")
    assert renewed(page) == page
    assert all(one.about in page for one in CAPABILITIES.values())
