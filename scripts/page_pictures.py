"""Makes the documentation's pictures of the pages: `python -m scripts.page_pictures`.

Law: what stands in them was said to the real program, in the organisations that the tests of the pages use.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Browser

from adapters.sandbox.serving import serving
from scripts.visitor import ROOT, chromium
from storage.migrate import migrate
from tests.browser.looking import looking
from tests.web.followed import followed
from tests.web.seeded import seeded
from tests.web.world import World, world

FOLDER = ROOT / "docs" / "pictures"
LARGEST = 150 * 1024
"""Bytes of a picture."""
WIDE, NARROW = {"width": 1280, "height": 960}, {"width": 360, "height": 1180}
TAKEN: dict[tuple[str, int], dict[str, str]] = {
    ("light", 1280): {"now": "/now", "incident": "/incidents/INC-4", "incidents": "/incidents"},
    ("dark", 1280): {"now-dark": "/now", "incident-dark": "/incidents/INC-4", "incidents-dark": "/incidents"},
    ("light", 360): {"now-360": "/now", "incident-360": "/incidents/INC-4", "incidents-360": "/incidents"},
    ("dark", 360): {
        "now-dark-360": "/now",
        "incident-dark-360": "/incidents/INC-4",
        "incidents-dark-360": "/incidents",
    },
}


OF_A_YEAR: dict[tuple[str, int], dict[str, str]] = {
    ("light", 1280): {"actions": "/actions", "follow-through": "/actions/follow-through"},
    ("dark", 1280): {"actions-dark": "/actions", "follow-through-dark": "/actions/follow-through"},
    ("light", 360): {"actions-360": "/actions", "follow-through-360": "/actions/follow-through"},
    ("dark", 360): {"actions-dark-360": "/actions", "follow-through-dark-360": "/actions/follow-through"},
}
Taken = Mapping[tuple[str, int], Mapping[str, str]]


async def pictures(browser: Browser, address: str, here: World, taken: Taken) -> None:
    for (scheme, width), names in taken.items():
        size = WIDE if width == WIDE["width"] else NARROW
        async with looking(browser, address, here, color_scheme=scheme, viewport=size) as seen:
            for name, path in names.items():
                page = await seen.at(path)
                file = FOLDER / f"{name}.png"
                await page.screenshot(path=file, animations="disabled")
                print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KB")
                assert file.stat().st_size < LARGEST


async def main() -> None:
    for story, taken in ((seeded, TAKEN), (followed, OF_A_YEAR)):
        with tempfile.TemporaryDirectory() as folder:
            migrate(f"sqlite:///{folder}/debrief.db")
            async with world(Path(folder)) as here, serving(here.app) as address, chromium() as browser:
                await story(here)
                await pictures(browser, address, here, taken)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
