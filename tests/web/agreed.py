"""Action items with pages about them, and the forms that stand on those."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.model import ActionItem
from tests.web.followed import followed
from tests.web.world import TOM, World, world

KEYS = re.compile(r'<li id="(ACT-\w+)"')


@pytest.fixture
async def agreed(here: World) -> World:
    """Three items of one incident that Tom declared; Olga has no part in it."""
    await here.chat(TOM, "declare sev2 Checkout is slow")
    await here.chat(TOM, "action @maya by 2w: Alert when the pool is full", "INC-1")
    await here.chat(TOM, "action @tom by 1w: Write down how to fail over", "INC-1")
    await here.chat(TOM, "action @maya by 3w: Page somebody sooner", "INC-1")
    return here


@pytest.fixture(scope="session")
def a_year(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a year in it, made once."""

    async def made(into: Path) -> None:
        async with world(into) as here:
            await followed(here)

    into = tmp_path_factory.mktemp("year")
    shutil.copy(empty, into / "debrief.db")
    asyncio.run(made(into))
    return into / "debrief.db"


@pytest.fixture
async def year(a_year: Path, tmp_path: Path) -> AsyncIterator[World]:
    shutil.copy(a_year, tmp_path / "debrief.db")
    async with world(tmp_path, joined=True) as made:
        yield made


def item(here: World, key: str) -> ActionItem:
    found = here.reports.item(here.person(TOM), key)
    assert found is not None
    return found


def standing(here: World) -> dict[str, tuple[str, str, str, int]]:
    """What could be changed of each item."""
    items = sorted(here.reports.items(here.person(TOM)), key=lambda one: one.key)
    return {one.key: (one.owner, one.due.isoformat(), one.status.value, one.snoozes) for one in items}


async def sealed_fields(browser: httpx.AsyncClient, path: str = "/actions", form: str = 'id="one"') -> dict[str, str]:
    """What stands hidden in a form of the page."""
    page = (await browser.get(path)).text
    inside = page.split(form)[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inside))


def hidden(page: str, action: str) -> dict[str, str]:
    inside = page.split(f'action="{action}"')[1].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inside))


async def preview(browser: httpx.AsyncClient, **said: str) -> httpx.Response:
    return await browser.post("/actions/several", data={**await sealed_fields(browser), **said})


async def applied(browser: httpx.AsyncClient, page: httpx.Response) -> httpx.Response:
    return await browser.post("/actions/several/apply", data=hidden(page.text, "/actions/several/apply"))
