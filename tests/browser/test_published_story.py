"""How an incident ends: by a private link to its postmortem's page, written and published there, and seen in chat."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from scripts.teammate import Teammate
from scripts.visitor import SOON, Visitor, chromium, program

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("story")]
INCIDENT = "Search returns nothing"
CARD = "A mapping emptied the index; every search came back empty for ten minutes. Nothing paged us."
FACTORS = (
    ("detection", "Nothing watches the size of an index", "Alert when an index is empty"),
    ("change", "A mapping goes to all shards at once", "Roll mappings out shard by shard"),
)


async def in_slack(address: str, visitor: Visitor) -> Page:
    await visitor.hook("story-pause").click()
    await visitor.hook("story-close").click()
    await visitor.become("Mara")
    await visitor.go("general")
    await visitor.write(f"/incident declare sev2 {INCIDENT}")
    await expect(visitor.hook("sidebar-item", '[data-name*="search-returns"]')).to_be_visible(timeout=SOON)
    await visitor.go("search-returns")
    await visitor.write("/incident resolve the mapping was rolled back")
    draft = visitor.messages.filter(has_text="is open as a draft")
    await expect(draft).to_be_visible(timeout=SOON)
    await visitor.press(draft, "Read the draft")
    return await followed(visitor, visitor.message("Contributing factors"))


async def in_teams(address: str, visitor: Teammate) -> Page:
    await visitor.hook("story-pause").click()
    await visitor.hook("story-close").click()
    await visitor.become("Mara")
    await visitor.go("incidents")
    await visitor.write(f"@Debrief declare sev2 {INCIDENT}")
    await expect(visitor.card(INCIDENT)).to_contain_text("SEV2")
    await visitor.reply(INCIDENT, "@Debrief resolve the mapping was rolled back")
    draft = visitor.messages.filter(has_text="is open as a draft").last
    await expect(draft).to_be_visible(timeout=SOON)
    await visitor.press(draft, "Read the draft")
    return await followed(visitor, visitor.hook("card").filter(has_text="read it on the web").last)


async def followed(visitor: Visitor, message: Locator) -> Page:
    """The private link in the answer, in a tab of its own: one press of a button signs in."""
    async with visitor.page.context.expect_page() as opened:
        await message.get_by_role("link", name="read it on the web").click()
    page = await opened.value
    page.set_default_timeout(SOON)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("h1")).to_contain_text(INCIDENT)
    await expect(page).to_have_url(re.compile(r"/incidents/INC-\d+/postmortem$"))
    return page


async def opens(page: Page, part: str, label: str) -> Locator:
    await page.locator(f"#{part}").get_by_role("button", name=re.compile(f"^{label}")).first.click()
    form = page.locator(f"#{part} form.open")
    await expect(form).to_be_visible()
    return form


async def saved(page: Page, part: str, form: Locator, tells: str) -> None:
    await form.locator("button.primary").click()
    await expect(page.locator(f"#{part} [role=status]")).to_contain_text(tells)


async def written(page: Page) -> None:
    form = await opens(page, "learning", "Write the learning card")
    await form.get_by_role("textbox").fill(CARD)
    await saved(page, "learning", form, "is saved")
    for kind, text, action in FACTORS:
        form = await opens(page, "factors", "Add a factor")
        await form.get_by_label("Kind").select_option(kind)
        await form.get_by_label(re.compile("What made it possible")).fill(text)
        await saved(page, "factors", form, "Noted as a contributing factor")
        await page.locator(".factor", has_text=text).get_by_role("button", name=re.compile("^Add an action")).click()
        form = page.locator("#actions form.open")
        await form.get_by_label("What is to be done").fill(action)
        await form.get_by_label("Who makes sure of it").fill("Mara")
        await saved(page, "actions", form, "ACT-")
        await expect(page.locator(".factor", has_text=text)).to_contain_text(action)


async def published(page: Page) -> None:
    form = await opens(page, "review", "Publish")
    await expect(form).to_contain_text("This is still missing")
    await saved(page, "review", form, "is published (version 1)")
    await expect(page.locator("header.lead")).to_contain_text("published")
    await expect(page.locator("#learning")).to_contain_text("every search came back empty")


@pytest.mark.parametrize("platform", ["slack", "teams"])
async def test_an_incident_ends_in_a_published_postmortem(tmp_path: Path, platform: str) -> None:
    async with program(tmp_path) as address, chromium() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        if platform == "slack":
            visitor = await Visitor.arrive(context, address)
            page = await in_slack(address, visitor)
        else:
            visitor = teammate = await Teammate.arrive(context, f"{address}sandbox/teams.html")
            page = await in_teams(address, teammate)
        await written(page)
        await published(page)
        await visitor.page.bring_to_front()
        await expect(visitor.messages.filter(has_text="is published, version 1").last).to_be_visible(timeout=SOON)
        assert visitor.complaints == []
        assert visitor.strangers == []
