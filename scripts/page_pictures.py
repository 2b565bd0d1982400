"""Makes the documentation's pictures of the pages: `python -m scripts.page_pictures`.

Law: what stands in them was said to the real program, in the organisation that the tests of the pages use.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from scripts.visitor import ROOT, chromium
from storage.migrate import migrate
from tests.browser.test_pages import looking, served
from tests.web.seeded import seeded
from tests.web.world import World, world

FOLDER = ROOT / "docs" / "pictures"
LARGEST = 150 * 1024
"""Bytes of a picture."""
SIZES = {"": {"width": 1280, "height": 960}, "-360": {"width": 360, "height": 1180}}
SCHEMES = {"": "light", "-dark": "dark"}
PAGES = {"now": "/now", "incident": "/incidents/INC-4", "incidents": "/incidents"}


async def pictures(browser: Browser, address: str, here: World) -> None:
    for dark, scheme in SCHEMES.items():
        for narrow, size in SIZES.items():
            async with looking(browser, address, here, color_scheme=scheme, viewport=size) as seen:
                for name, path in PAGES.items():
                    page = await seen.at(path)
                    file = FOLDER / f"{name}{dark}{narrow}.png"
                    await page.screenshot(path=file, animations="disabled")
                    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KB")
                    assert file.stat().st_size < LARGEST


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"sqlite:///{folder}/debrief.db")
        async with world(Path(folder)) as here, served(here) as address, chromium() as browser:
            await seeded(here)
            await pictures(browser, address, here)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
