"""The sandbox page in a real browser, against canned answers: what a visitor sees, does and is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from scripts.browser import find
from tests.sandbox import page_canned as canned
from tests.sandbox.page_fixture import Twin, make_app

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


SCROLLED = """el => new Promise((noticed) => {
    el.scrollTop = 40;
    requestAnimationFrame(() => requestAnimationFrame(noticed));
})"""


@pytest.fixture
def twin() -> Twin:
    return Twin()


@asynccontextmanager
async def serving(twin: Twin) -> AsyncIterator[str]:
    config = uvicorn.Config(make_app(twin), port=0, log_level="warning", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn offers no event to wait for)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/sandbox/"
    finally:
        server.should_exit = True
        await twin.bump()
        await running


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=QUIET)
        yield browser
        await browser.close()


@asynccontextmanager
async def visiting(chromium: Browser, twin: Twin, width: int = 1280, height: int = 800) -> AsyncIterator[Page]:
    """A page that has loaded; whatever it complains about in the console fails the test."""
    complaints: list[str] = []
    async with serving(twin) as address:
        page = await chromium.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(10_000)
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            await page.goto(address)
            await expect(hook(page, "message").first).to_be_visible(timeout=20_000)
            yield page
        finally:
            await page.close()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="module")
async def page(chromium: Browser, twin: Twin) -> AsyncIterator[Page]:
    async with visiting(chromium, twin) as page:
        yield page


def hook(page: Page, name: str, more: str = "") -> Locator:
    return page.locator(f"[data-testid={name}]{more}")


def orders(twin: Twin, do: str) -> list[canned.Json]:
    return [one for one in twin.heard if one["do"] == do]


async def write(page: Page, text: str) -> None:
    await hook(page, "composer").fill(text)
    await hook(page, "composer").press("Enter")


async def test_what_is_typed_is_sent_as_typed_and_appears_as_text(page: Page, twin: Twin) -> None:
    await write(page, "hello @priya & <b>all</b>, see #incidents")
    await expect(hook(page, "message").last).to_contain_text("hello @priya & <b>all</b>, see #incidents")
    assert orders(twin, "say")[0]["text"] == "hello @priya & <b>all</b>, see #incidents"
    assert await page.locator(".message b").count() == 0


async def test_the_story_hands_the_view_to_another_person_only_for_what_is_hidden(page: Page, twin: Twin) -> None:
    await hook(page, "as-switch").click()
    await hook(page, "as-option", "[data-user=U3]").click()
    await hook(page, "story-play").click()
    await expect(hook(page, "as-switch")).to_contain_text("Priya")
    for _ in range(3):
        await hook(page, "story-skip").click()
    await expect(hook(page, "as-switch")).to_contain_text("Maya")
    await expect(hook(page, "message", f'.marked[data-ts="{canned.ts(58)}"]')).to_be_visible()


async def test_markup_is_drawn_and_never_taken_as_html(page: Page, twin: Twin) -> None:
    hostile = "*bold* _it_ ~no~ `x` <javascript:alert(1)|click> <https://example.com|site> <img src=x onerror=alert(1)>"
    twin.messages["C3"].append(canned.message(20, "U2", hostile))
    await twin.bump()
    row = hook(page, "message").last
    await expect(row.locator("strong").first).to_have_text("bold")
    assert await row.locator("a").evaluate_all("all => all.map(one => one.href)") == ["https://example.com/"]
    assert await row.locator("img").count() == 0


async def test_a_poll_keeps_the_half_typed_text_and_the_scroll_position(page: Page, twin: Twin) -> None:
    await hook(page, "composer").fill("half a thought")
    await page.locator(".scroller").first.evaluate(SCROLLED)
    twin.messages["C3"].append(canned.message(21, "U2", "one more"))
    await twin.bump()
    await expect(hook(page, "messages")).to_contain_text("one more")
    assert await hook(page, "composer").input_value() == "half a thought"
    assert await page.locator(".scroller").first.evaluate("el => el.scrollTop") == 40
    await expect(hook(page, "conversation").locator("[data-testid=jump-down]")).to_be_visible()


async def test_a_pushpin_is_one_click_and_can_be_taken_back(page: Page, twin: Twin) -> None:
    row = hook(page, "message", f'[data-ts="{canned.ts(2)}"]')
    await row.hover()
    await row.locator("[data-testid=quick-pushpin]").click()
    chip = row.locator("[data-testid=reaction][data-name=pushpin]")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()
    await expect(chip).to_have_count(0)
    assert [one["do"] for one in twin.heard if "react" in one["do"]] == ["react", "unreact"]


async def test_a_message_shortcut_names_the_message(page: Page, twin: Twin) -> None:
    row = hook(page, "message", f'[data-ts="{canned.ROOT}"]')
    await row.hover()
    await row.locator("[data-testid=message-more]").click()
    await hook(page, "message-shortcut", "[data-callback=timeline]").click()
    await expect(hook(page, "message-menu")).to_have_count(0)
    sent = orders(twin, "shortcut")[0]
    assert (sent["as"], sent["callback_id"], sent["channel"], sent["ts"]) == ("U1", "timeline", "C3", canned.ROOT)


async def test_an_own_message_can_be_edited_and_deleted_and_another_s_not(page: Page, twin: Twin) -> None:
    await write(page, "frist")
    row = hook(page, "message").last
    await expect(row).to_contain_text("frist")
    await row.hover()
    await row.locator("[data-testid=message-more]").click()
    await hook(page, "menu-edit").click()
    await hook(page, "edit-field").fill("first")
    await hook(page, "edit-field").press("Enter")
    await expect(row).to_contain_text("first(edited)")
    other = hook(page, "message", f'[data-ts="{canned.ts(2)}"]')
    await other.hover()
    await other.locator("[data-testid=message-more]").click()
    await expect(hook(page, "menu-copy-link")).to_be_visible()
    await expect(hook(page, "menu-edit")).to_have_count(0)
    await expect(hook(page, "menu-delete")).to_have_count(0)


async def test_a_thread_opens_beside_the_channel_and_takes_replies(page: Page, twin: Twin) -> None:
    await hook(page, "open-thread").click()
    await expect(hook(page, "thread-messages").locator("[data-testid=message]")).to_have_count(3)
    await hook(page, "thread-composer").fill("it did help")
    await hook(page, "thread-composer").press("Enter")
    await expect(hook(page, "thread-messages")).to_contain_text("it did help")
    await expect(hook(page, "messages")).not_to_contain_text("it did help")
    assert orders(twin, "say")[0]["thread_ts"] == canned.ROOT


async def test_a_modal_asks_for_what_is_missing_shows_errors_and_keeps_what_was_typed(page: Page, twin: Twin) -> None:
    await write(page, "/incident declare")
    modal = hook(page, "modal", "[data-callback=declare]")
    await hook(page, "modal-submit").click()
    trouble = modal.locator('[data-block="title"] [data-testid=field-error]')
    await expect(trouble).to_have_text("Please complete this required field.")
    assert orders(twin, "submit") == []
    await modal.locator('[data-block="title"] input').fill("bad weather")
    await hook(page, "modal-submit").click()
    await expect(trouble).to_contain_text("not that it is bad")
    assert await modal.locator('[data-block="title"] input').input_value() == "bad weather"
    values = orders(twin, "submit")[0]["values"]
    assert values["severity"]["v"]["selected_option"]["value"] == "2"
    assert values["people"]["v"] == {"type": "multi_users_select", "selected_users": ["U3"]}
    assert values["started"]["v"]["selected_date_time"] == canned.NOW - 3600


async def test_escape_closes_a_modal_and_says_so_to_the_server(page: Page, twin: Twin) -> None:
    await write(page, "/incident declare")
    await expect(hook(page, "modal")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(hook(page, "modal")).to_have_count(0)
    assert orders(twin, "close")[0]["view_id"] == "V1"


async def test_a_dangerous_button_asks_first(page: Page, twin: Twin) -> None:
    resolve = hook(page, "block-button", "[data-action=resolve]")
    await resolve.click()
    await hook(page, "confirm-deny").click()
    assert orders(twin, "click") == []
    await resolve.click()
    await hook(page, "confirm-ok").click()
    await expect(hook(page, "confirm")).to_have_count(0)
    click = orders(twin, "click")[0]
    assert (click["channel"], click["ts"], click["value"]) == ("C3", canned.ts(0), "1")
    assert (click["action_id"], click["block_id"]) == ("resolve", "card")


async def test_another_person_sees_another_view_and_another_clock(page: Page) -> None:
    await expect(hook(page, "only-you")).to_have_count(1)
    await expect(hook(page, "clock-now")).to_contain_text("15:00")
    await hook(page, "as-switch").click()
    await hook(page, "as-option", "[data-user=U3]").click()
    await expect(hook(page, "clock-now")).to_contain_text("19:30")
    await expect(hook(page, "only-you")).to_have_count(0)


async def test_the_clock_goes_forward_by_a_week(page: Page) -> None:
    await hook(page, "clock-week").click()
    await expect(hook(page, "clock-now")).to_contain_text("28 Nov")


async def test_the_story_leads_the_view_until_the_visitor_goes_elsewhere(page: Page) -> None:
    await hook(page, "story-play").click()
    await expect(hook(page, "caption-step")).to_have_text("Step 1 of 4")
    await hook(page, "sidebar-item", "[data-channel=C1]").click()
    await hook(page, "story-skip").click()
    await expect(hook(page, "caption-step")).to_have_text("Step 2 of 4")
    await expect(hook(page, "channel-name")).to_have_text("general")
    await hook(page, "follow").click()
    await expect(hook(page, "message", f'.marked[data-ts="{canned.ts(4)}"]')).to_be_in_viewport()


async def test_after_the_story_the_visitor_is_given_three_things_to_try(page: Page) -> None:
    await hook(page, "story-play").click()
    for step in range(1, 5):
        await expect(hook(page, "caption-step")).to_have_text(f"Step {step} of 4")
        await hook(page, "story-skip").click()
    await expect(hook(page, "caption-step")).to_have_text("Now it is your turn")
    await hook(page, "try-declare").click()
    await expect(hook(page, "composer")).to_be_focused()
    assert await hook(page, "composer").input_value() == "/incident declare "


async def test_payloads_can_be_read_and_filtered(page: Page) -> None:
    await hook(page, "inspector-toggle").click()
    await hook(page, "inspector-filter").fill("ratelimited")
    await expect(hook(page, "payload")).to_have_count(1)
    await hook(page, "payload").locator("summary").first.click()
    await expect(hook(page, "payload")).to_contain_text("Retry-After: 1")


async def test_a_failed_command_is_a_toast_that_stays_until_dismissed(page: Page) -> None:
    await write(page, "/incident nonsense")
    await expect(hook(page, "toast")).to_contain_text("failed because the app did not respond")
    await hook(page, "toast-dismiss").click()
    await expect(hook(page, "toast")).to_have_count(0)


async def test_on_a_narrow_screen_nothing_sticks_out_and_the_sidebar_is_a_drawer(chromium: Browser, twin: Twin) -> None:
    async with visiting(chromium, twin, width=360, height=740) as page:
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        await expect(hook(page, "sidebar")).not_to_be_visible()
        await hook(page, "drawer").click()
        await hook(page, "sidebar-item", "[data-kind=home]").click()
        await expect(hook(page, "home")).to_contain_text("Good afternoon, Maya")
        await expect(hook(page, "sidebar")).not_to_be_visible()
