"""Makes the documentation's pictures of a postmortem's page: `python -m scripts.postmortem_pictures`.

Law: as with the other pages, what stands in them was said to the real program.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page

from adapters.sandbox.serving import serving
from scripts.page_pictures import FOLDER, LARGEST
from scripts.visitor import ROOT, chromium
from storage.migrate import migrate
from tests.browser.looking import Looking, looking
from tests.web.postmortems import PAGE, written
from tests.web.seeded import seeded
from tests.web.world import TOM, World, world

MINE = "40 % of searches came back empty, for 12,000 people in Europe and 300 in the US; nobody lost an order."
THEIRS = "40 % of searches came back empty for 48 minutes, for everybody in Europe."
TAKEN: dict[tuple[Literal["light", "dark"], int], tuple[str, ...]] = {
    ("light", 1200): ("postmortem", "postmortem-history", "postmortem-editing", "postmortem-both"),
    ("dark", 1200): ("postmortem-dark",),
    ("light", 360): ("postmortem-360",),
    ("dark", 360): (
        "postmortem-dark-360", "postmortem-history-dark-360", "postmortem-editing-dark-360", "postmortem-both-dark-360",
    ),
}  # fmt: skip
"""The page; and, where there are more: its history, a section as it is edited, and one that two have edited."""


async def pictures(browser: Browser, address: str, here: World) -> None:
    for (scheme, width), (page, *more) in TAKEN.items():
        size = {"width": width, "height": 820 if width > 360 else 1000}
        async with looking(browser, address, here, color_scheme=scheme, viewport=size) as seen:
            await taken(await seen.at(PAGE), page)
            if more:
                await of_writing(seen, here, *more)


async def of_writing(seen: Looking, here: World, history: str, editing: str, both: str) -> None:
    await taken(await seen.at(f"{PAGE}/history"), history)
    page = await seen.at(PAGE)
    await page.locator("#impact [data-deed=edit]").click()
    await page.locator("#impact textarea").fill(MINE)
    await taken(page, editing, "#impact")
    text = THEIRS.replace("48 minutes", "an hour") if "dark" in both else THEIRS
    await here.gave("postmortem_edit", TOM, incident="INC-1", section="impact", text=text, saving="typed")
    await page.locator("#impact button.primary").click()
    await page.locator(".both").wait_for()
    await taken(page, both, "#impact")
    page.once("dialog", lambda dialog: dialog.accept())
    await page.locator("#impact .button", has_text="Cancel").click()
    await page.locator("form.open").wait_for(state="detached")


async def taken(page: Page, name: str, part: str = "") -> None:
    if part:
        await page.locator(part).evaluate("part => part.scrollIntoView()")
    await page.wait_for_timeout(300)
    file = FOLDER / f"{name}.png"
    await page.screenshot(path=file, animations="disabled", caret="initial")
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KB")
    assert file.stat().st_size < LARGEST


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"sqlite:///{folder}/debrief.db")
        async with world(Path(folder)) as here, serving(here.app) as address, chromium() as browser:
            await seeded(here)
            await written(here)
            await pictures(browser, address, here)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
