"""What a newcomer does in the first ten minutes: `debrief run`, the story, then everything by hand, up to *Done*."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from scripts.visitor import SOON, Visitor, chromium, program
from tests.browser.digests import MORE, snoozed_again, worked_off

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("story")]


async def declared(visitor: Visitor) -> None:
    await visitor.become("Mara")
    await visitor.go("general")
    await visitor.write("/incident declare")
    await visitor.field("title").fill("Search returns nothing")
    await visitor.field("severity").select_option("2")
    await visitor.submit()
    await expect(visitor.hook("sidebar-item", '[data-name^="inc-2-search"]')).to_be_visible(timeout=SOON)
    await visitor.go("inc-2-search")
    card = visitor.messages.filter(has_text="Pinned")
    await expect(card).to_contain_text("SEV2")
    await expect(card).to_contain_text("Search returns nothing")


async def talked(visitor: Visitor) -> None:
    """Four ways into the timeline, and an edit that follows."""
    for said in ("the index is emty", "shard 3 is red", "reindexing now", "lunch?"):
        await visitor.write(said)
        await expect(visitor.message(said)).to_be_visible()
    pinned = visitor.message("the index is emty")
    await pinned.hover()
    await pinned.locator("[data-testid=quick-pushpin]").press("Enter")
    await expect(pinned.locator("[data-testid=reaction]")).to_be_visible()
    await expect(pinned.locator("[data-testid=quick-pushpin]")).to_be_focused()  # the message was drawn anew under it
    await visitor.menu(pinned)
    await visitor.hook("menu-edit").click()
    await visitor.hook("edit-field").fill("the index is empty")
    await visitor.hook("edit-save").click()
    await expect(visitor.message("the index is empty")).to_contain_text("(edited)")
    await visitor.shortcut(visitor.message("shard 3 is red"), "add_to_timeline")
    await expect(visitor.hook("only-you").last).to_be_visible()
    await visitor.write("/incident note rolled back the mapping")
    await visitor.write("/incident timeline")
    shown = visitor.message("rolled back the mapping")
    for entry in ("the index is empty", "shard 3 is red"):
        await expect(shown).to_contain_text(entry)
    for absent in ("emty", "lunch?"):
        await expect(shown).not_to_contain_text(absent)


async def item_made(visitor: Visitor) -> None:
    await visitor.write("/incident action")
    await visitor.field("text").fill("Alert when an index is empty")
    await visitor.choose("owner", "Jonas")
    await visitor.field("due").fill(await visitor.tomorrow())
    await visitor.submit()
    await expect(visitor.message("Alert when an index is empty")).to_be_visible()
    for what in MORE:
        await visitor.write(f"/incident action @Jonas by {await visitor.tomorrow()}: {what}")
        await expect(visitor.message(what)).to_be_visible()


async def resolved_and_published(visitor: Visitor) -> None:
    await visitor.write("/incident resolve the mapping was rolled back")
    draft = visitor.messages.filter(has_text="is open as a draft")
    await expect(draft).to_be_visible(timeout=SOON)
    await visitor.press(draft, "Read the draft")
    await expect(visitor.hook("only-you").last).to_be_visible()
    await expect(visitor.message("Contributing factors")).to_be_visible()
    await visitor.write("/incident postmortem publish")
    await visitor.press(visitor.message("is not published yet"), "Publish anyway")
    await visitor.confirm()
    await expect(visitor.message("is published, version 1")).to_be_visible()


async def reminded_and_done(visitor: Visitor) -> None:
    await visitor.become("Jonas")
    await visitor.go("Debrief", kind="dm")
    await worked_off(visitor)
    await snoozed_again(visitor)


async def home_shown(visitor: Visitor) -> None:
    await visitor.go("Debrief", kind="home")
    await expect(visitor.hook("home")).to_contain_text("Open: 1 action item")
    await expect(visitor.hook("home")).to_contain_text("Declare an incident")


async def pages_read(visitor: Visitor) -> None:
    """A private link signs in, once, with one press of a button."""
    await visitor.become("Mara")
    await visitor.go("inc-2-search")
    page = await visitor.signed_in()
    await expect(page.locator("h1")).to_contain_text("Search returns nothing")
    await expect(page.locator("body")).to_contain_text("the index is empty")
    await page.get_by_role("link", name=re.compile("postmortem", re.IGNORECASE)).first.click()
    await expect(page.locator("body")).to_contain_text("contributing factors")
    await expect(page.locator("body")).to_contain_text("Alert when an index is empty")
    await page.get_by_role("link", name="Setup").click()
    await expect(page.locator("body")).to_contain_text("Escalation")


PHASES = (declared, talked, item_made, resolved_and_published, reminded_and_done, home_shown, pages_read)


async def test_a_newcomer_goes_from_the_story_to_done_by_the_page_alone(tmp_path: Path) -> None:
    async with program(tmp_path) as address, chromium() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        visitor = await Visitor.arrive(context, address)
        await expect(visitor.hook("caption-step")).to_have_text(re.compile(r"Step \d+ of \d+"), timeout=SOON)
        await visitor.to_the_end_of_the_story()
        for phase in PHASES:
            await phase(visitor)
        assert visitor.complaints == []
        assert visitor.strangers == []
