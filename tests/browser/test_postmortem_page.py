"""A postmortem's page in a real browser: two who write the same section, the keyboard alone, and no script at all."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Dialog, Locator, Page, expect

from adapters.sandbox.serving import serving
from scripts.visitor import chromium
from storage.migrate import migrate
from tests.browser.looking import Looking, looking, violations
from tests.web.postmortems import PAGE, resolved
from tests.web.world import TOM, world

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.xdist_group("story")]


async def opens(page: Page, part: str, label: str) -> Locator:
    await page.locator(f"#{part}").get_by_role("button", name=re.compile(f"^{label}")).first.click()
    form = page.locator(f"#{part} form.open")
    await expect(form).to_be_visible()
    return form


async def saves(page: Page, part: str) -> None:
    await page.locator(f"#{part} form.open button.primary").click()


async def two_write_the_same(maya: Page, tom: Page) -> None:
    """The second sees both texts, and replaces the first knowingly."""
    await opens(maya, "impact", "Edit")
    await expect(maya.locator("#impact textarea")).to_be_focused()
    await maya.locator("#impact textarea").fill("A third of the orders failed")
    await opens(tom, "impact", "Edit")
    await tom.locator("#impact textarea").fill("Every third order failed")
    await saves(tom, "impact")
    await expect(tom.locator("#impact [role=status]")).to_contain_text("is saved")
    await saves(maya, "impact")
    both = maya.locator("#impact .both")
    await expect(both).to_contain_text("Every third order failed")
    await expect(both.locator("textarea")).to_have_value("A third of the orders failed")
    await expect(maya.locator("#impact [role=alert]")).to_contain_text("Tom Becker saved this section")
    assert await violations(maya) == []
    await saves(maya, "impact")
    await expect(maya.locator("#impact [role=status]")).to_contain_text("is saved")
    await expect(maya.locator("#impact")).to_contain_text("A third of the orders failed")


async def with_the_keyboard_alone(page: Page) -> None:
    """Into the form, out of it by Cancel with the focus where it was, in again, and saved."""
    bare = page.url.partition("?")[0].partition("#")[0]
    await page.goto(f"{bare}?do=edit&of=learning#learning")  # where no script has come yet, the opener leads there
    await expect(page.locator("#learning textarea")).to_be_focused()
    await page.goto(bare)
    opener = page.locator("#learning").get_by_role("button", name=re.compile("^Write the learning card"))
    await opener.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#learning textarea")).to_be_focused()
    await page.locator("#learning .button", has_text="Cancel").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#learning form.open")).to_have_count(0)
    await expect(opener).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#learning textarea")).to_be_focused()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type("The pool was too small.")
    await expect(page.locator("#learning [data-count]")).to_have_text("23 of 900 characters")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#learning [role=status]")).to_contain_text("is saved")


async def nothing_typed_is_lost_to_a_dead_server(seen: Looking) -> None:
    page = seen.page
    await opens(page, "well", "Edit")
    await page.locator("#well textarea").fill("We saw it at once")
    await page.route("**/postmortem/edit", lambda route: route.abort())
    await saves(page, "well")
    await expect(page.locator("#notice")).to_contain_text("Your text still stands in the form")
    await expect(page.locator("#well textarea")).to_have_value("We saw it at once")
    await page.unroute("**/postmortem/edit")
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.once("dialog", stay)
    await page.close(run_before_unload=True)
    for _ in range(50):
        if asked:
            break
        await asyncio.sleep(0.1)
    assert asked == ["beforeunload"]
    await saves(page, "well")
    await expect(page.locator("#well [role=status]")).to_contain_text("is saved")
    seen.complaints[:] = [one for one in seen.complaints if not re.search("ERR_FAILED|^htmx:", one)]


async def without_a_script(page: Page) -> None:
    await page.locator("#hard").get_by_role("button", name=re.compile("^Edit")).click()
    await expect(page).to_have_url(re.compile(r"do=edit&of=hard#hard$"))
    await page.locator("#hard textarea").fill("Nobody knew the dashboard")
    await saves(page, "hard")
    await expect(page.locator("#hard [role=status]")).to_contain_text("is saved")
    await page.locator("#factors").get_by_role("button", name=re.compile("^Add a factor")).click()
    await page.get_by_label("Kind").select_option("capacity")
    await page.get_by_label(re.compile("What made it possible")).fill("Sized for last year")
    await saves(page, "factors")
    await expect(page.locator(".factor")).to_contain_text("Sized for last year")


async def test_two_people_write_a_postmortem_and_lose_no_word(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/debrief.db")
    async with world(tmp_path) as here, serving((await resolved(here)).app) as address, chromium() as browser:
        async with looking(browser, address, here) as maya, looking(browser, address, here, TOM) as tom:
            for one in (maya, tom):
                await one.at(PAGE)
            await two_write_the_same(maya.page, tom.page)
            await with_the_keyboard_alone(maya.page)
            await nothing_typed_is_lost_to_a_dead_server(maya)
        async with looking(browser, address, here, TOM, java_script_enabled=False) as plain:
            await without_a_script(await plain.at(PAGE))
