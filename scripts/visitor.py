"""A visitor of the sandbox: `debrief run` as a person starts it, and its page in a real browser.

Law: everything goes through the page. What the page complains about, and every request to another host, is kept.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect
from playwright.async_api import TimeoutError as TookTooLong

from bot.settings import NAMES
from scripts.browser import find

ROOT = Path(__file__).resolve().parent.parent
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
READY = re.compile(r"Debrief is ready: (\S+)")
SOON = 20_000
"""Milliseconds in which the bot shows what it does, with much to spare on a busy machine."""


@asynccontextmanager
async def program(folder: Path) -> AsyncIterator[str]:
    """Runs `debrief run` without tokens, in a folder without `.env`; yields the address that it prints."""
    told = {name: value for name, value in os.environ.items() if name not in NAMES}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "debrief", "run",
        cwd=folder, env={**told, "DEBRIEF_PORT": "0", "PYTHONPATH": f"{ROOT}/launcher"},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield await asyncio.wait_for(_address(running.stdout), 60)
    finally:
        if running.returncode is None:
            running.terminate()
        await asyncio.wait_for(running.wait(), 20)


async def _address(printed: asyncio.StreamReader | None) -> str:
    assert printed is not None
    async for line in printed:
        if found := READY.match(line.decode()):
            return found.group(1)
    raise AssertionError("the program ended without an address")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    expect.set_options(timeout=SOON)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=QUIET)
        yield browser
        await browser.close()


async def appeared(what: Locator, patience: float) -> bool:
    try:
        await what.wait_for(timeout=patience)
    except TookTooLong:
        return False
    return True


class Visitor:
    """One browser window at the sandbox."""

    STATE = "page/state"
    """Where the page asks what there is to show."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.strangers: list[str] = []

    @classmethod
    async def arrive(cls, context: BrowserContext, address: str) -> Self:
        visitor = cls(await context.new_page(), address)
        visitor.page.set_default_timeout(SOON)
        context.on("request", lambda request: visitor._asked(request.url))
        context.on("console", lambda line: visitor._said(line.type, line.text))
        context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
        await visitor.page.goto(address)
        await expect(visitor.hook("composer")).to_be_attached(timeout=SOON)
        return visitor

    def _asked(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")) and urlsplit(url).netloc != urlsplit(self.address).netloc:
            self.strangers.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    # -- finding

    def hook(self, name: str, more: str = "") -> Locator:
        return self.page.locator(f"[data-testid={name}]{more}")

    def message(self, text: str) -> Locator:
        """The newest message in view that holds the text."""
        return self.messages.filter(has_text=text).last

    @property
    def messages(self) -> Locator:
        """Those of the conversation, without the thread beside it."""
        return self.hook("messages").locator("[data-testid=message]")

    def field(self, name: str) -> Locator:
        """An input of the open form."""
        return self.page.locator(
            f'[data-testid=modal]:not(.under) .block[data-block="{name}"] :is(input, textarea, select)'
        ).first

    # -- doing

    async def write(self, text: str) -> None:
        await self.hook("composer").fill(text)
        await self.hook("composer").press("Enter")

    async def go(self, name: str, kind: str = "channel") -> None:
        """Clicks again where the page was just about to show something else."""
        head, item = self.hook("channel-name"), self.hook("sidebar-item", f'[data-kind="{kind}"]').filter(has_text=name)
        for patience in (3_000, 3_000, SOON):
            await item.last.click()
            if await appeared(head.filter(has_text=name), patience):
                break
        await expect(head).to_contain_text(name)

    async def become(self, name: str) -> None:
        await self.hook("as-switch").click()
        await self.hook("as-option").filter(has_text=name).click()
        await expect(self.hook("as-switch")).to_contain_text(name)

    async def press(self, message: Locator, label: str) -> None:
        await message.locator("[data-testid=block-button]").get_by_text(label, exact=True).first.click()

    async def confirm(self) -> None:
        await self.hook("confirm-ok").click()
        await expect(self.hook("confirm")).to_have_count(0)

    async def menu(self, message: Locator) -> Locator:
        await message.hover()
        await message.locator("[data-testid=message-more]").click()
        return self.hook("message-menu")

    async def shortcut(self, message: Locator, callback: str) -> None:
        await (await self.menu(message)).locator(f'[data-callback="{callback}"]').click()

    async def choose(self, name: str, label: str) -> None:
        """Takes the first choice of a list that holds the label."""
        choice = self.field(name).locator("option").filter(has_text=label).first
        await self.field(name).select_option(await choice.get_attribute("value"))

    async def submit(self) -> None:
        await self.hook("modal-submit").last.click()
        await expect(self.hook("modal")).to_have_count(0)

    @property
    def form(self) -> Locator:
        return self.hook("modal").last

    async def send(self, label: str) -> None:  # noqa: ARG002 - a modal has one such button, whatever it is called
        """Sends the open form off."""
        await self.submit()

    async def tomorrow(self) -> str:
        """By the sandbox's own clock, which the story has moved."""
        return str(
            await self.page.evaluate(
                """async (state) => {
                    const { now } = await (await fetch(state)).json();
                    return new Date(Date.parse(now) + 864e5).toISOString().slice(0, 10);
                }""",
                self.STATE,
            )
        )

    async def signed_in(self) -> Page:
        """Asks for the private link to the pages of this channel's incident, and follows it in a tab of its own."""
        links = self.messages.filter(has_text="works once").get_by_role("link")
        before = await links.count()
        await self.write("/incident web")
        await expect(links).to_have_count(before + 1)
        async with self.page.context.expect_page() as opened:
            await links.last.click()
        page = await opened.value
        await page.get_by_role("button").first.click()
        await expect(page.locator("h1")).to_be_visible()
        return page

    async def until_the_office_is_open(self) -> None:
        """Moves the clock on: reminders wait for a working hour, and this may be done at night."""
        for _ in range(30):
            day, hour = re.findall(r"^(\w+).* (\d+):", await self.hook("clock-now").inner_text())[0]
            if day not in ("Sat", "Sun") and 10 <= int(hour) <= 14:
                return
            shown = await self.hook("clock-now").inner_text()
            await self.hook("clock-day" if day in ("Sat", "Sun") else "clock-hour").click()
            await expect(self.hook("clock-now")).not_to_have_text(shown)

    async def to_the_end_of_the_story(self) -> None:
        """Skips to the end; the bot still does everything."""
        await self.hook("story-skip").click()
        await expect(self.hook("caption-step")).to_have_text("Now it is your turn", timeout=90_000)
