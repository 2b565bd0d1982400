"""The pages in a real browser: accessible in light and dark, wide and narrow, by keyboard, live and without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from adapters.sandbox.serving import serving
from scripts.visitor import chromium
from storage.migrate import migrate
from tests.browser.looking import looking, sideways, violations
from tests.web.seeded import seeded
from tests.web.world import MAYA, TOM, World, world

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
SIGNED_IN = (
    "/now", "/incidents", "/incidents?q=pool", "/incidents?q=zebra&status=closed", "/incidents/INC-4",
    "/incidents/INC-1", "/incidents/INC-4?all=1", "/incidents/INC-1/postmortem", "/docs", "/nowhere",
    "/incidents/INC-1/postmortem?do=edit&of=learning", "/incidents/INC-1/postmortem?do=action",
    "/incidents/INC-1/postmortem?do=review", "/incidents/INC-1/postmortem?do=publish",
    "/incidents/INC-1/postmortem/history", "/incidents/INC-4/postmortem", "/incidents/INC-4/similar", "/setup",
    "/actions", "/actions?overdue=1&q=zebra", "/actions?do=snooze&item=ACT-2", "/actions?do=reassign&item=ACT-2",
    "/actions/follow-through",
)  # fmt: skip
STRANGER = ("/now", "/sign-in")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("story")]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    migrate(f"sqlite:///{tmp_path}/debrief.db")
    async with world(tmp_path) as made:
        await seeded(made)
        yield made


async def test_every_page_is_accessible_and_fits_in_light_and_dark_wide_and_narrow(here: World) -> None:
    found: dict[str, Any] = {}
    async with serving(here.app) as address, chromium() as browser:
        for user, paths in ((MAYA, SIGNED_IN), ("", STRANGER)):
            for scheme, size in (("light", WIDE), ("dark", NARROW)):
                async with looking(browser, address, here, user, color_scheme=scheme, viewport=size) as seen:
                    for path in paths:
                        page = await seen.at(path)
                        problems = await violations(page)
                        problems += ["wider than the window"] if await sideways(page) > 0 else []
                        if problems:
                            found[f"{path} {scheme} {size['width']}"] = problems
    assert found == {}


async def test_a_checker_that_finds_nothing_anywhere_would_be_noticed(here: World) -> None:
    async with serving(here.app) as address, chromium() as browser, looking(browser, address, here) as seen:
        page = await seen.at("/now")
        await page.evaluate("document.querySelector('h1').outerHTML = '<h1></h1><img src=\"/static/icon.svg\">'")
        assert {one.partition(":")[0] for one in await violations(page)} >= {"image-alt", "empty-heading"}


async def test_an_incident_that_is_watched_stays_up_to_date_and_keeps_its_reader_where_they_are(here: World) -> None:
    async with serving(here.app) as address, chromium() as browser, looking(browser, address, here) as seen:
        await seen.page.clock.install()
        page = await seen.at("/incidents/INC-4")
        await page.locator("summary").click()
        await page.get_by_label("What happened").fill("half a senten")
        link = page.locator("[id^=chat-]").nth(3)
        await link.focus()
        place, known = await page.evaluate("scrollY"), await link.get_attribute("id")
        await here.chat(TOM, "note The last two nodes are back", "INC-4")
        await page.clock.run_for(10_500)
        await expect(page.locator(".timeline")).to_contain_text("The last two nodes are back")
        assert await page.evaluate("document.activeElement.id") == known
        assert await page.evaluate("scrollY") == place > 0
        assert await page.get_by_label("What happened").input_value() == "half a senten"
        await page.context.set_offline(True)
        await page.clock.run_for(10_500)
        await expect(page.locator("#lost")).to_contain_text("The connection is lost")
        seen.complaints.clear()
        await page.context.set_offline(False)
        await page.clock.run_for(10_500)
        await expect(page.locator("#lost")).to_be_empty()
        await here.chat(MAYA, "resolve All nodes are back", "INC-4")
        await page.clock.run_for(10_500)
        await expect(page.locator("#as-of")).to_contain_text("It is over")
        assert await page.locator("[hx-get]").count() == 0


async def test_by_keyboard_alone_one_gets_past_the_menu_and_past_the_chart(here: World) -> None:
    async with serving(here.app) as address, chromium() as browser, looking(browser, address, here) as seen:
        page = await seen.at("/incidents/INC-1")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "Skip to the content"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"
        for _ in range(2):
            await page.keyboard.press("Tab")
        assert "Past the chart" in await page.evaluate("document.activeElement.textContent")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "chart"
        await page.keyboard.press("Tab")
        assert "Impact began" in await page.evaluate("document.activeElement.getAttribute('aria-label')")


async def test_without_a_script_everything_is_read_and_a_note_is_written(here: World) -> None:
    async with (
        serving(here.app) as address,
        chromium() as browser,
        looking(browser, address, here, java_script_enabled=False) as seen,
    ):
        page = await seen.at("/incidents/INC-4")
        await page.locator("summary").click()
        await page.get_by_label("What happened").fill("Written without a script")
        await page.get_by_role("button", name="Add to the timeline").click()
        await expect(page.locator(".timeline")).to_contain_text("Written without a script")
        await page.get_by_role("link", name="Refresh").click()
        await expect(page.locator("svg.drawn a")).not_to_have_count(0)
