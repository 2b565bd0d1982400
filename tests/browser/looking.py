"""A world's pages in a real browser: what they complain about, whom they ask, and what a checker finds."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page

from tests.project.tree import ROOT
from tests.web.world import MAYA, World, account

AXE = ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Looking:
    """A browser window, and what its pages complained about or asked of others."""

    def __init__(self, context: BrowserContext, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", lambda line: self._said(line.type, line.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _asked(self, url: str) -> None:
        if not url.startswith("data:") and urlsplit(url).netloc != urlsplit(self.address).netloc:
            self.complaints.append(f"asked {url}")

    def _said(self, kind: str, text: str) -> None:
        """A browser reports each answer of 404 and 401 by itself."""
        if kind in ("error", "warning") and "the server responded with a status of 40" not in text:
            self.complaints.append(text)

    async def at(self, path: str) -> Page:
        await self.page.goto(self.address + path)
        return self.page


@asynccontextmanager
async def looking(browser: Browser, address: str, here: World, user: str = MAYA, **more: Any) -> AsyncIterator[Looking]:
    context = await browser.new_context(**more)
    if user:
        secret = here.access.sign_in(account(user), secrets.token_hex(8))
        assert secret is not None
        await context.add_cookies([{"name": "debrief", "value": secret, "url": address}])
    seen = Looking(context, await context.new_page(), address)
    yield seen
    await context.close()
    assert seen.complaints == []


async def violations(page: Page) -> list[str]:
    """What the checker finds, each with the first place where."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{one['id']}: {one['nodes'][0]['html']} ({one['nodes'][0]['failureSummary']})" for one in found["violations"]
    ]


async def sideways(page: Page) -> int:
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
