"""A postmortem's page in a real browser: two who write the same section, the keyboard alone, and no script at all."""

import asyncio
import re
import secrets
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Dialog, Page, expect

from scripts.visitor import chromium
from storage.migrate import migrate
from tests.web.postmortems import PAGE, resolved
from tests.web.world import MAYA, TOM, World, account, world

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.xdist_group("story")]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "debrief.db"
    migrate(f"sqlite:///{path}")
    return path


@asynccontextmanager
async def served(here: World) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(here.app, log_level="error", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


class Reader:
    """One person's window; what it complains about, and what it asks of other hosts, is kept."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []

    @classmethod
    async def come(cls, context: BrowserContext, here: World, address: str, user: str) -> "Reader":
        secret = here.access.sign_in(account(user), secrets.token_hex(8))
        assert secret is not None
        await context.add_cookies([{"name": "debrief", "value": secret, "url": address}])
        reader = cls(await context.new_page(), address)
        context.on("console", lambda line: reader._said(line.type, line.text))
        context.on("weberror", lambda error: reader.complaints.append(str(error.error)))
        context.on("request", lambda request: reader._asked(request.url))
        await reader.page.goto(address + PAGE)
        return reader

    def _said(self, kind: str, text: str) -> None:
        """A form that is not taken is answered with a code, of which browsers make a line of their own."""
        if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.complaints.append(f"asked for {url}")

    async def opens(self, part: str, label: str) -> None:
        await self.page.locator(f"#{part}").get_by_role("button", name=re.compile(f"^{label}")).first.click()
        await expect(self.page.locator(f"#{part} form.open")).to_be_visible()

    async def saves(self, part: str) -> None:
        await self.page.locator(f"#{part} form.open button.primary").click()


async def two_write_the_same(maya: Reader, tom: Reader) -> None:
    """The second sees both texts, and replaces the first knowingly."""
    await maya.opens("impact", "Edit")
    await expect(maya.page.get_by_label("Impact", exact=False).and_(maya.page.locator("textarea"))).to_be_focused()
    await maya.page.locator("#impact textarea").fill("A third of the orders failed")
    await tom.opens("impact", "Edit")
    await tom.page.locator("#impact textarea").fill("Every third order failed")
    await tom.saves("impact")
    await expect(tom.page.locator("#impact [role=status]")).to_contain_text("is saved")
    await maya.saves("impact")
    both = maya.page.locator("#impact .both")
    await expect(both).to_contain_text("Every third order failed")
    await expect(both.locator("textarea")).to_have_value("A third of the orders failed")
    await expect(maya.page.locator("#impact [role=alert]")).to_contain_text("Tom Becker saved this section")
    await maya.saves("impact")
    await expect(maya.page.locator("#impact [role=status]")).to_contain_text("is saved")
    await expect(maya.page.locator("#impact")).to_contain_text("A third of the orders failed")


async def with_the_keyboard_alone(maya: Reader) -> None:
    """Into the form, out of it by Cancel with the focus where it was, in again, and saved."""
    page = maya.page
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


async def nothing_typed_is_lost_to_a_dead_server(maya: Reader) -> None:
    page = maya.page
    await maya.opens("well", "Edit")
    await page.locator("#well textarea").fill("We saw it at once")
    await page.route("**/postmortem/edit", lambda route: route.abort())
    await maya.saves("well")
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
    await maya.saves("well")
    await expect(page.locator("#well [role=status]")).to_contain_text("is saved")
    maya.complaints[:] = [one for one in maya.complaints if not re.search("ERR_FAILED|^htmx:", one)]


async def without_a_script(tom: Reader) -> None:
    page = tom.page
    await page.locator("#hard").get_by_role("button", name=re.compile("^Edit")).click()
    await expect(page).to_have_url(re.compile(r"do=edit&of=hard#hard$"))
    await page.locator("#hard textarea").fill("Nobody knew the dashboard")
    await tom.saves("hard")
    await expect(page.locator("#hard [role=status]")).to_contain_text("is saved")
    await page.locator("#factors").get_by_role("button", name=re.compile("^Add a factor")).click()
    await page.get_by_label("Kind").select_option("capacity")
    await page.get_by_label(re.compile("What made it possible")).fill("Sized for last year")
    await tom.saves("factors")
    await expect(page.locator(".factor")).to_contain_text("Sized for last year")


async def test_two_people_write_a_postmortem_and_lose_no_word(empty: Path, tmp_path: Path, browser: Browser) -> None:
    shutil.copy(empty, tmp_path / "debrief.db")
    async with world(tmp_path) as here, served(await resolved(here)) as address:
        maya = await Reader.come(await browser.new_context(), here, address, MAYA)
        tom = await Reader.come(await browser.new_context(), here, address, TOM)
        await two_write_the_same(maya, tom)
        await with_the_keyboard_alone(maya)
        await nothing_typed_is_lost_to_a_dead_server(maya)
        plain = await Reader.come(await browser.new_context(java_script_enabled=False), here, address, TOM)
        await without_a_script(plain)
        for reader in (maya, tom, plain):
            assert reader.complaints == []
