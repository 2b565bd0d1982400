"""Several action items are changed at once in a real browser: by keyboard, on a telephone, and without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from adapters.sandbox.serving import serving
from scripts.visitor import chromium
from storage.migrate import migrate
from tests.browser.looking import looking, sideways, violations
from tests.browser.test_pages import NARROW
from tests.web.followed import followed
from tests.web.world import MAYA, World, world

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("story")]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    migrate(f"sqlite:///{tmp_path}/debrief.db")
    async with world(tmp_path) as made:
        await followed(made)
        yield made


def due(here: World) -> dict[str, str]:
    items = here.reports.items(here.person(MAYA), owner=here.person(MAYA).id, status="open")
    return {one.key: one.due.isoformat() for one in items}


async def to(page: Page, label: str) -> None:
    """By the tabulator key to what is called so."""
    for _ in range(150):
        await page.keyboard.press("Tab")
        said = await page.evaluate(
            "(() => { const at = document.activeElement; return at.labels?.[0]?.innerText || at.innerText || ''; })()"
        )
        if said.strip().startswith(label):
            return
    raise AssertionError(f"nothing is called {label}")


async def test_by_keyboard_alone_on_a_telephone_and_without_a_script(here: World) -> None:
    before = due(here)
    async with (
        serving(here.app) as address,
        chromium() as browser,
        looking(browser, address, here, java_script_enabled=True, viewport=NARROW) as seen,
    ):
        await seen.page.route("**/*.js*", lambda route: route.abort())
        page = await seen.at("/actions?owner=me&overdue=1")
        keys = await page.locator(".pick .key").all_inner_texts()
        assert len(keys) > 2
        for key in keys[:2]:
            await to(page, key)
            await page.keyboard.press("Space")
        await to(page, "A new date")
        await to(page, "Until")
        await page.keyboard.type("03012027")
        await to(page, "Why")
        await page.keyboard.type("the release is frozen")
        await to(page, "Show what would change")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="What would change")).to_be_visible()
        assert due(here) == before
        assert (await violations(page), await sideways(page)) == ([], 0)
        await expect(page.locator(".becoming")).to_have_count(2)
        await to(page, "Do it")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("2 changed.")
        assert (await violations(page), await sideways(page)) == ([], 0)
        seen.complaints.clear()
    after = due(here)
    assert {key for key in after if after[key] != before[key]} == set(keys[:2])
    assert {after[key] for key in keys[:2]} == {"2027-03-01"}


async def test_only_what_a_change_needs_is_asked_for_and_the_figures_come_by_themselves(here: World) -> None:
    async with serving(here.app) as address, chromium() as browser, looking(browser, address, here) as seen:
        page = await seen.at("/actions")
        await expect(page.get_by_role("img", name="Age of what is open")).to_be_visible()
        for change, asked in (
            ("A new date", {"Until", "Why"}), ("A new owner", {"New owner"}), ("They are done", set()),
            ("They won't be done", {"Why"}), ("Their risk is accepted", {"Why"}),
        ):  # fmt: skip
            await page.get_by_label(change, exact=True).check()
            shown = {
                name for name in ("Until", "New owner", "Why") if await page.get_by_label(name, exact=True).is_visible()
            }
            assert shown == asked, change


async def test_one_is_done_by_a_press_and_taken_back_by_another(here: World) -> None:
    async with serving(here.app) as address, chromium() as browser, looking(browser, address, here) as seen:
        page = await seen.at("/actions?owner=me")
        first = await page.locator(".pick .key").first.inner_text()
        await page.locator(f"#{first}").get_by_role("button", name="Done").click()
        await expect(page.get_by_role("status")).to_contain_text(f"{first} is done.")
        await expect(page.locator(f"#{first}")).to_have_count(0)
        await page.get_by_role("button", name="Undo").click()
        await expect(page.locator(f"#{first}")).to_be_visible()
        await page.locator(f"#{first}").get_by_role("link", name="Snooze").click()
        await page.get_by_label("Until").first.fill("2027-03-01")
        await page.get_by_label("Why").first.fill("the release is frozen")
        await page.get_by_role("button", name="Snooze", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text(f"{first} is now due Mon 1 Mar 2027.")
