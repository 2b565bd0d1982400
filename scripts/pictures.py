"""Makes the documentation's pictures from `debrief run` itself: `make pictures`. Law: nothing in them is staged."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from scripts import page_pictures, postmortem_pictures
from scripts.teammate import Teammate
from scripts.visitor import ROOT, SOON, Visitor, chromium, program

FOLDER = ROOT / "docs" / "pictures"
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
README_STEP = "Step 5 of"
INCIDENT = "Search returns nothing"


async def taken(page: Page, name: str) -> None:
    await page.wait_for_timeout(400)
    path = FOLDER / f"{name}.png"
    await page.screenshot(path=path, animations="disabled")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


async def arrived(browser: Browser, address: str, size: dict[str, int], **more: str) -> Visitor:
    context = await browser.new_context(viewport=size, **more)  # type: ignore[arg-type]
    return await Visitor.arrive(context, address)


async def story(browser: Browser, address: str) -> Visitor:
    """The sandbox while the story plays, in light, in dark and on a telephone."""
    visitor = await arrived(browser, address, WIDE)
    await expect(visitor.hook("caption-step")).to_contain_text(README_STEP, timeout=120_000)
    await visitor.hook("story-pause").click()
    await taken(visitor.page, "sandbox")
    for name, size, scheme in (("sandbox-dark", WIDE, "dark"), ("sandbox-360", NARROW, "light")):
        other = await arrived(browser, visitor.page.url, size, color_scheme=scheme)
        await expect(other.messages.first).to_be_visible(timeout=SOON)
        await taken(other.page, name)
        await other.page.context.close()
    return visitor


async def digest(visitor: Visitor) -> None:
    """The reminder as its owner reads it, before anybody clicks."""
    await visitor.hook("story-resume").click()
    await expect(visitor.messages.filter(has_text="overdue").last).to_be_visible(timeout=150_000)
    await visitor.hook("story-pause").click()
    await taken(visitor.page, "digest")
    await visitor.hook("story-resume").click()
    await visitor.to_the_end_of_the_story()


async def pages(visitor: Visitor) -> None:
    await visitor.become("Mara")
    await visitor.go("inc-1-")
    page = await visitor.signed_in()
    await taken(page, "incident-page")
    await page.goto(f"{page.url.split('?')[0]}/postmortem")
    await taken(page, "postmortem-page")


async def teams(browser: Browser, address: str) -> None:
    """The same in Teams: the story, then a card, a dialog and a reminder by hand."""
    context = await browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    visitor = await Teammate.arrive(context, f"{address}sandbox/teams.html")
    await expect(visitor.hook("caption-step")).to_contain_text(README_STEP, timeout=120_000)
    await visitor.hook("story-pause").click()
    await taken(visitor.page, "sandbox-teams")
    await visitor.hook("story-close").click()
    await visitor.become("Mara")
    await visitor.go("incidents")
    await visitor.write(f"@Debrief declare sev2 {INCIDENT}")
    await visitor.reply(INCIDENT, "Shard 3 is red since the mapping changed, rolling it back now")
    await visitor.reply(INCIDENT, "An empty index should have paged us")
    await taken(visitor.page, "teams-status-card")
    await visitor.offered(visitor.message("should have paged us"), "make_action_item")
    await visitor.field("text").fill("Alert when an index is empty")
    await visitor.choose("owner", "Mara")
    await visitor.field("due").fill(await visitor.tomorrow())
    await taken(visitor.page, "teams-dialog")
    await visitor.task_button("Add")
    await visitor.hook("toast-dismiss").first.click()
    await visitor.reply(INCIDENT, "@Debrief resolve the mapping was rolled back")
    await visitor.until_the_office_is_open()
    await visitor.hook("clock-week").click()
    await visitor.go("Debrief", kind="personal")
    await expect(visitor.messages.filter(has_text="overdue").last).to_be_visible(timeout=SOON)
    await taken(visitor.page, "teams-reminder")
    await context.close()


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with program(Path(folder)) as address, chromium() as browser:
            visitor = await story(browser, address)
            await digest(visitor)
            await pages(visitor)
        async with program(Path(folder)) as address, chromium() as browser:
            await teams(browser, address)
    await page_pictures.main()
    await postmortem_pictures.main()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
