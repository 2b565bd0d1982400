"""Signing in as a browser does it: over two sites, under our own policies."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from adapters.sandbox.serving import serving
from scripts.visitor import chromium
from tests.browser.looking import sideways, violations
from tests.web.openid_stage import KINDS, NAMES, Stage, staged

pytestmark = pytest.mark.browser


@asynccontextmanager
async def visited(folder: Path, kind: str) -> AsyncIterator[tuple[Stage, Page, list[str], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, complaints = f"http://127.0.0.1:{port}", list[str]()
    async with (
        staged(folder, kind, address, DEBRIEF_PUBLIC_URL=address) as stage,
        serving(stage.here.app, port=port),
        chromium() as browser,
    ):
        context = await browser.new_context()
        context.on("console", lambda line: complaints.append(line.text) if "Policy" in line.text else None)
        yield stage, await context.new_page(), complaints, address
        await context.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_click_leads_to_the_provider_and_back_to_the_page_that_was_wanted(folder: Path, kind: str) -> None:
    async with visited(folder, kind) as (stage, page, complaints, address):
        await stage.here.chat("U_MAYA", "declare sev2 Checkout is slow")
        await page.goto(f"{address}/incidents/INC-1?all=1")
        await page.get_by_role("link", name=f"Sign in with {NAMES[kind]}").click()
        assert page.url.startswith(stage.provider.base)
        await page.get_by_role("link", name="allow").click()
        await expect(page).to_have_url(f"{address}/incidents/INC-1?all=1")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Checkout is slow")
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_text("You are signed out.")).to_be_visible()
        assert (await page.goto(f"{address}/incidents")).status == 401  # type: ignore[union-attr]
        assert complaints == []


async def test_whoever_says_no_can_begin_again_where_they_were(folder: Path) -> None:
    async with visited(folder, "slack") as (_, page, complaints, address):
        await page.goto(f"{address}/incidents")
        await page.get_by_role("link", name="Sign in with Slack").click()
        await page.get_by_role("link", name="deny").click()
        await expect(page.get_by_text("You did not allow Slack")).to_be_visible()
        await page.get_by_role("link", name="Sign in with Slack").click()
        await page.get_by_role("link", name="allow").click()
        await expect(page).to_have_url(f"{address}/incidents")
        await page.go_back()
        await page.goto(f"{address}/incidents")
        await expect(page.get_by_text("Maya Ortiz")).to_be_visible()
        assert complaints == []


async def test_what_is_offered_is_accessible_in_light_and_dark_and_on_a_telephone(folder: Path) -> None:
    async with visited(folder, "microsoft") as (_, page, complaints, address):
        await page.set_viewport_size({"width": 360, "height": 740})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            for path in ("/now", "/sign-in", "/sign-in/from/microsoft?state=x", "/sign-in/with/slack"):
                await page.goto(address + path)
                assert await violations(page) == [], (scheme, path)
                assert await sideways(page) == 0, (scheme, path)
        assert complaints == []
