"""Whom the visitor plays changes before what they may see has arrived: nothing of the person before can be opened."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from scripts.teammate import Teammate
from scripts.visitor import Visitor, chromium, program

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.xdist_group("story")]


@pytest.mark.parametrize(("page", "visiting"), [("", Visitor), ("sandbox/teams.html", Teammate)])
async def test_the_list_of_the_person_before_is_closed_until_that_of_the_next_one_is_there(
    tmp_path: Path, page: str, visiting: type[Visitor]
) -> None:
    answered = asyncio.Event()

    async def late(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    async with program(tmp_path) as address, chromium() as browser:
        visitor = await visiting.arrive(await browser.new_context(), f"{address}{page}")
        await visitor.hook("story-pause").click()
        await visitor.become("Mara")
        places = visitor.hook("sidebar")
        await expect(places).not_to_have_attribute("inert", "")
        await visitor.page.route("**/state?*", late)
        await visitor.become("Jonas")
        await expect(places).to_have_attribute("inert", "")
        answered.set()
        await expect(places).not_to_have_attribute("inert", "")
        await visitor.go("incidents" if page else "general")
        assert visitor.complaints == []
