"""What a newcomer does in the sandbox's Teams: declare, capture, update, resolve, and *Done* on the reminder."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from scripts.teammate import Teammate
from scripts.visitor import SOON, chromium, program
from tests.browser.digests import MORE, snoozed_again, worked_off

HOSTILE = '<img src=x onerror="window.hacked=1"> **[a](javascript:window.hacked=1)** <script>window.hacked=1</script>'

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("story")]


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


async def arrived(browser: Browser, address: str, width: int = 1280) -> Teammate:
    """Someone who would rather do than watch: the story waits."""
    context = await browser.new_context(viewport={"width": width, "height": 800})
    visitor = await Teammate.arrive(context, f"{address}sandbox/teams.html")
    await visitor.hook("story-pause").click()
    await visitor.hook("story-close").click()
    return visitor


async def declared(visitor: Teammate) -> None:
    await visitor.become("Mara")
    await visitor.go("incidents")
    await visitor.write("@Debrief declare sev2 Search returns nothing")
    card = visitor.card("Search returns nothing")
    await expect(card).to_contain_text("SEV2")
    await expect(card).not_to_contain_text("incomplete")
    await expect(card.locator("[data-testid=card-button]").first).to_be_visible()


async def talked(visitor: Teammate) -> None:
    """Into the timeline by the message's menu, and an edit that follows; deleting can be undone."""
    for said in ("the index is emty", "shard 3 is red", "lunch?"):
        await visitor.reply("Search returns nothing", said)
    await visitor.offered(visitor.message("shard 3 is red"), "add_to_timeline")
    await expect(visitor.hook("toast").last).to_contain_text("timeline")
    await visitor.offered(visitor.message("the index is emty"), "mark_message")
    await visitor.choose("mark", "Into the timeline")
    await visitor.task_button("Mark")
    await visitor.menu(visitor.message("the index is emty"))
    await visitor.hook("menu-edit").click()
    await visitor.hook("edit-field").fill("the index is empty")
    await visitor.hook("edit-save").click()
    await expect(visitor.message("the index is empty")).to_contain_text("Edited")
    await visitor.menu(visitor.message("lunch?"))
    await visitor.hook("menu-delete").click()
    await visitor.hook("undelete").click()
    await expect(visitor.message("lunch?")).to_be_visible()
    await visitor.reply("Search returns nothing", "/timeline")
    shown = visitor.messages.filter(has=visitor.hook("only-you")).filter(has_text="shard 3 is red").last
    await expect(shown).to_contain_text("the index is empty")
    await expect(shown).not_to_contain_text("lunch?")


async def hostile_words_stay_words(visitor: Teammate) -> None:
    await visitor.reply("Search returns nothing", HOSTILE)
    await expect(visitor.message("window.hacked=1")).to_contain_text(HOSTILE)
    await visitor.reply("Search returns nothing", f"/note {HOSTILE}")
    await visitor.reply("Search returns nothing", "/timeline all")
    await expect(visitor.hook("card").filter(has_text="onerror").last).to_be_visible()
    assert await visitor.page.evaluate("window.hacked") is None
    assert await visitor.page.locator(".messages :is(img, script)").count() == 0


async def updated_by_a_dialog(visitor: Teammate) -> None:
    card = visitor.card("Search returns nothing")
    await visitor.press(card, "Update")
    await visitor.field("text").fill("the index is being rebuilt")
    await visitor.task_button("Post")
    await expect(visitor.message("the index is being rebuilt")).to_be_visible()


async def item_made(visitor: Teammate) -> None:
    await visitor.reply("Search returns nothing", "an empty index should page us")
    await visitor.offered(visitor.message("an empty index should page us"), "make_action_item")
    await visitor.field("text").fill("Alert when an index is empty")
    await visitor.choose("owner", "Jonas")
    await visitor.field("due").fill(await visitor.tomorrow())
    await visitor.task_button("Add")
    await expect(visitor.hook("toast").filter(has_text="Alert when an index is empty")).to_be_visible()
    for what in MORE:
        await visitor.reply(
            "Search returns nothing", f"/action @Jonas by {await visitor.tomorrow()}: {what}", shown=what
        )


async def resolved(visitor: Teammate) -> None:
    await visitor.reply("Search returns nothing", "@Debrief resolve the mapping was rolled back")
    draft = visitor.messages.filter(has_text="is open as a draft").last
    await expect(draft).to_be_visible(timeout=SOON)
    await visitor.press(draft, "Read the draft")
    await expect(visitor.hook("card").filter(has_text="Contributing factors").last).to_be_visible()


async def reminded_and_done(visitor: Teammate) -> None:
    await visitor.become("Jonas")
    await visitor.go("Debrief", kind="personal")
    await worked_off(visitor)
    await snoozed_again(visitor)


PHASES = (
    declared, talked, hostile_words_stay_words, updated_by_a_dialog, item_made, resolved, reminded_and_done,
)  # fmt: skip


async def test_a_newcomer_goes_from_declare_to_done_in_teams_by_the_page_alone(
    browser: Browser, tmp_path: Path
) -> None:
    async with program(tmp_path) as address:
        visitor = await arrived(browser, address)
        for phase in PHASES:
            await phase(visitor)
        assert visitor.complaints == []
        assert visitor.strangers == []


async def unlabelled(visitor: Teammate) -> list[str]:
    """What a screen reader could not name."""
    found: list[str] = await visitor.page.evaluate(
        """() => [...document.querySelectorAll("button, input, textarea, select, dialog, [role=toolbar]")]
            .filter((el) => el.checkVisibility())
            .filter((el) => !(el.getAttribute("aria-label") || el.getAttribute("aria-labelledby") || el.labels?.length
                              || el.textContent.trim() || el.title))
            .map((el) => el.outerHTML.slice(0, 120))"""
    )
    return found


async def focused(page_part: Locator) -> bool:
    inside: bool = await page_part.evaluate("el => el.contains(document.activeElement)")
    return inside


async def test_on_a_telephone_everything_has_its_place_its_name_and_the_keyboard(
    browser: Browser, tmp_path: Path
) -> None:
    async with program(tmp_path) as address:
        visitor = await arrived(browser, address, width=360)
        await visitor.hook("drawer").click()
        await visitor.hook("sidebar-item", '[data-name="incidents"]').click()
        await visitor.hook("composer").fill("@Deb")
        await expect(visitor.hook("suggestion").first).to_contain_text("Debrief")
        await visitor.hook("composer").press("Tab")
        await expect(visitor.hook("composer")).to_have_value("@Debrief ")
        await visitor.hook("composer").press_sequentially("declare sev3 slow reports")
        await visitor.hook("composer").press("Enter")
        await expect(visitor.card("slow reports")).to_be_visible()
        assert await visitor.page.evaluate("document.documentElement.scrollWidth") <= 360
        await visitor.message("declare sev3 slow reports").focus()
        await visitor.hook("quick-heart").focus()
        await visitor.page.keyboard.press("Enter")
        await expect(visitor.message("declare sev3 slow reports").locator("[data-testid=reaction]")).to_be_visible()
        await expect(visitor.hook("quick-heart")).to_be_focused()  # the message was drawn anew under it
        await visitor.hook("message-more").focus()
        await visitor.page.keyboard.press("Enter")
        assert await focused(visitor.hook("message-menu"))
        await visitor.page.keyboard.press("Escape")
        assert await unlabelled(visitor) == []
        await visitor.hook("platform-switch").get_by_text("Slack").click()
        await expect(visitor.hook("workspace")).to_have_count(0)
        await expect(visitor.page).to_have_url(re.compile(r"/sandbox/(#.*)?$"))
        assert visitor.complaints == []


async def opened_until_consent_is(visitor: Teammate, on: str) -> None:
    """A menu shows what was known when it was opened."""
    for _ in range(10):
        await visitor.hook("app-menu").click()
        if await visitor.hook("consent").get_attribute("data-on") == on:
            return
        await visitor.page.keyboard.press("Escape")
        await expect(visitor.hook("consent")).to_have_count(0)


async def test_a_group_chat_is_made_with_the_app_which_can_be_taken_away_again(
    browser: Browser, tmp_path: Path
) -> None:
    async with program(tmp_path) as address:
        visitor = await arrived(browser, address)
        await visitor.become("Mara")
        await visitor.hook("new-chat").click()
        await visitor.hook("new-chat-name").fill("Just us")
        await visitor.page.get_by_label("Jonas").check()
        await visitor.hook("new-chat-submit").click()
        await expect(visitor.hook("channel-name")).to_contain_text("Just us")
        await visitor.write("/help")
        await expect(visitor.messages.filter(has=visitor.hook("only-you")).last).to_contain_text("declare")
        await visitor.hook("app-menu").click()
        await visitor.hook("consent").click()
        await opened_until_consent_is(visitor, "false")
        await expect(visitor.hook("consent")).to_have_attribute("data-on", "false")
        await visitor.hook("install").click()
        await visitor.write("/help")
        await expect(visitor.hook("toast").last).to_contain_text("not offered here")
