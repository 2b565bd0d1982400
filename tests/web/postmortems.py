"""What a browser does on a postmortem's page: forms that are opened, filled in and sent, buttons that are pressed."""

import html
import re
from typing import Any

import httpx

from tests.web.world import MAYA, TOM, World

PAGE = "/incidents/INC-1/postmortem"
HTMX = {"HX-Request": "true"}


async def resolved(here: World) -> World:
    """Resolved a moment ago; Maya commands, Tom is proposed as the owner of the draft."""
    await here.chat(MAYA, "declare sev2 Checkout answers with errors")
    await here.chat(MAYA, "lead me", "INC-1")
    await here.chat(TOM, "note Restarted the pool", "INC-1")
    await here.chat(MAYA, "resolve Pool made larger", "INC-1")
    return here


def form_in(page: str) -> tuple[str, dict[str, str]]:
    """Where the open form goes, and what it holds before anybody types."""
    (form,) = re.findall(r'<form class="open".*?</form>', page, re.DOTALL)
    action = re.findall(r'action="([^"#]+)', form)[0]
    told = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    areas = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return action, {name: html.unescape(text) for name, text in {**told, **dict(areas)}.items()}


async def form(browser: httpx.AsyncClient, do: str, of: str = "") -> tuple[str, dict[str, str]]:
    return form_in((await browser.get(PAGE, params={"do": do, "of": of})).text)


async def sent(browser: httpx.AsyncClient, do: str, of: str = "", **typed: str) -> httpx.Response:
    """Opens a form, fills it in, and sends it."""
    action, fields = await form(browser, do, of)
    return await browser.post(action, data={**fields, **typed})


async def pressed(browser: httpx.AsyncClient, do: str, page: str = PAGE) -> httpx.Response:
    """A button that asks nothing."""
    text = (await browser.get(page)).text
    found = re.search(rf'<form class="at-once" method="post" action="([^"]+/{do})">(.*?)</form>', text, re.DOTALL)
    assert found, f"there is no such button: {do}"
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', found[2]))
    return await browser.post(found[1], data=fields)


async def told(here: World) -> dict[str, Any]:
    return dict((await here.client(MAYA).get(f"{PAGE}.json")).json())


async def section(here: World, name: str) -> str:
    page = (await here.client(MAYA).get(f"{PAGE}.json")).json()
    return next(str(one["text"]) for one in page["sections"] if one["name"] == name)


def deeds(page: str) -> set[str]:
    return set(re.findall(r'data-deed="(\w+)"', page)) | set(re.findall(r'class="at-once"[^>]*/(\w+)">', page))
