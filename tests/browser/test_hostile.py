"""Hostile words in a real browser, with the network off: no page and no file runs, loads, asks or complains."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Page, Route

from adapters.export.html import html
from adapters.sandbox.serving import serving
from bot.commands.captures import Said
from bot.model import FileLink
from bot.text import whole_characters
from scripts.visitor import chromium
from tests.export.worlds import record
from tests.hostile import ADDRESSES, CORPUS
from tests.web.conftest import empty, folder, here
from tests.web.world import MAYA, World, account, addresses, message

__all__ = ["empty", "folder", "here"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.xdist_group("story")]
HOSTILE = [whole_characters(text).replace("\x00", "") for text in CORPUS if text.strip()]
FOR_PROGRAMS = ("/api", "/sign-in", "/healthz", "/readyz", "/metrics")
PARAMETER = re.compile(r"\{[^}]+\}")
PIECE = 20
PIECES = ["\n".join(HOSTILE[start : start + PIECE]) for start in range(0, len(HOSTILE), PIECE)]
CANARY = """
    Object.defineProperty(window, "hacked", { set(value) { console.error("CANARY: hacked"); }, get() {} });
    for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = () => console.error("CANARY: " + name);
"""
LEFT = """
    () => { const OWN = /^[/](static|vendor)[/]/; return {
        links: [...document.querySelectorAll("a[href], area[href]")].map(one => one.getAttribute("href")),
        odd: [...document.querySelectorAll("iframe, object, embed, video, audio, base, math, svg script")]
            .concat([...document.querySelectorAll("img, script")].filter(one => !OWN.test(one.getAttribute("src"))))
            .map(one => one.outerHTML).slice(0, 5),
        listening: [...document.querySelectorAll("*")].filter(one =>
            [...one.attributes].some(its => its.name.startsWith("on"))).length,
        text: document.body.innerText.length,
    }; }
"""


class Watched:
    """A browser of which everything that leaves, fails or is complained about is kept. Only `host` is reached."""

    def __init__(self, context: BrowserContext, host: str) -> None:
        self._context = context
        self._host = host
        self.strangers: list[str] = []
        self.complaints: list[str] = []

    async def ready(self) -> Page:
        await self._context.add_init_script(CANARY)
        await self._context.route("**/*", self._let_through)
        return await self.watch(await self._context.new_page())

    async def watch(self, page: Page) -> Page:
        page.on(
            "console", lambda line: self.complaints.append(line.text) if line.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        return page

    async def _let_through(self, route: Route) -> None:
        url = route.request.url
        if urlsplit(url).netloc == self._host and self._host:
            await route.continue_()
        else:
            self.strangers.append(url)
            await route.abort()


@asynccontextmanager
async def watched(host: str = "") -> AsyncIterator[tuple[BrowserContext, Watched, Page]]:
    async with chromium() as browser:
        context = await browser.new_context()
        context.set_default_timeout(30_000)
        seen = Watched(context, host)
        yield context, seen, await seen.ready()


async def looked_over(page: Page) -> None:
    """Opens what is folded, and passes with the pointer and the keyboard over what a trap could listen to."""
    await page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")
    await page.mouse.move(200, 200)
    await page.mouse.move(300, 400)
    for _ in range(5):
        await page.keyboard.press("Tab")
    left = await page.evaluate(LEFT)
    assert (left["odd"], left["listening"]) == ([], 0)
    assert left["text"] > 100
    assert [url for url in left["links"] if not url.startswith(("http://", "https://", "/", "#"))] == []


async def test_the_html_file_runs_nothing_and_asks_for_nothing() -> None:
    async with watched() as (context, seen, page):
        for text in (*PIECES, *ADDRESSES[::4]):
            await page.set_content(html(record(text)).decode(), wait_until="load")
            await looked_over(page)
        assert (seen.complaints, seen.strangers) == ([], [])
        trap = await seen.watch(await context.new_page())
        await trap.set_content("<p>x</p><img src=http://evil.example/x.png onerror='window.hacked=1'>")
        await trap.wait_for_timeout(300)
    assert seen.strangers == ["http://evil.example/x.png"], "a trap that works would not be noticed"
    assert "CANARY: hacked" in seen.complaints


@pytest.fixture
async def story(here: World) -> World:
    """An incident with every piece of the corpus in every field that a gesture can fill."""
    await here.chat(MAYA, f"declare sev2 {PIECES[0]}")
    await here.opened("INC-1")
    for number, text in enumerate(PIECES):
        for words in ("note {}", "impact {}", "update identified {}", "action @maya by 2w: {}"):
            await here.chat(MAYA, words.format(text[:2000]), "INC-1")
        said = Said(
            origin=here.origin(MAYA), message=message(f"170000000{number}.000100"), stamp=number + 1, text=text,
            files=tuple(FileLink(name=one, url=one) for one in (*ADDRESSES, *HOSTILE[number::PIECE])),
            author_name=text[:100], permalink=ADDRESSES[number % len(ADDRESSES)],
        )  # fmt: skip
        await here.writer.submit(said)
    await here.chat(MAYA, f"resolve {PIECES[1]}", "INC-1")
    for words in ("factor design: {}", "trigger {}", "decision {}", "question {}", "comment {}", "edit hard: {}"):
        await here.chat(MAYA, f"postmortem {words.format(PIECES[2])}", "INC-1")
    return here


def pages(world: World) -> list[str]:
    """Every page that can be read, from the application's own table of routes."""
    paths = {path for method, path in addresses(world.app.routes) if method == "GET"}
    shown = [
        one
        for one in sorted(paths)
        if not one.startswith(("/api", "/sign-in", "/healthz", "/readyz", "/metrics")) and "." not in one
    ]
    named = [PARAMETER.sub("INC-1", one.replace("{part}", "hard")) for one in shown]
    return [*named, "/incidents/INC-1?all=1", "/incidents?q=%3Cscript%3Ewindow.hacked=1%3C/script%3E&status=all"]


async def test_the_pages_run_nothing_and_ask_for_nothing_elsewhere(story: World) -> None:
    async with serving(story.app) as url, watched(urlsplit(url).netloc) as (context, seen, page):
        secret = story.access.sign_in(account(MAYA), "browser")
        assert secret
        await context.add_cookies([{"name": "debrief", "value": secret, "url": url}])
        visited = pages(story)
        assert {"/", "/incidents/INC-1", "/incidents/INC-1/postmortem"} <= set(visited)
        for path in visited:
            answer = await page.goto(url + path)
            assert answer is not None
            assert answer.status == 200, path
            if "text/html" in answer.headers["content-type"]:
                await looked_over(page)
        await page.goto(f"{url}/actions")
        await page.get_by_label("All that stand on this page").check()
        await page.get_by_label("They won't be done").check()
        await page.get_by_label("Why").fill(PIECES[3].replace("\n", " ")[:900])
        for pressed in ("Show what would change", "Do it"):
            await page.get_by_role("button", name=pressed).click()
            await looked_over(page)
    assert seen.complaints == []
    assert seen.strangers == []
