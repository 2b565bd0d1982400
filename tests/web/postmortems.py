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
    chosen = re.findall(r'<select[^>]* name="(\w+)"(?:(?!</select>).)*? value="([^"]*)" selected', form, re.DOTALL)
    return action, {name: html.unescape(text) for name, text in {**told, **dict(areas), **dict(chosen)}.items()}


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


async def written(here: World) -> None:
    """The postmortem of INC-1 as those who were there would leave it, a day before its review."""
    for user, name, text in SECTIONS:
        await here.gave("postmortem_edit", user, incident="INC-1", section=name, text=text, saving="typed")
    for user, kind, text in FACTORS:
        await here.gave("postmortem_factor", user, incident="INC-1", factor=kind, text=text)
    await here.gave("postmortem_trigger", TOM, incident="INC-1", text="A mapping was deployed that no document matched")
    decided = "No second cluster: it costs more than an hour of empty searches a year"
    await here.gave("postmortem_decision", TOM, incident="INC-1", text=decided)
    await here.gave("postmortem_question", MAYA, incident="INC-1", text="How did the mapping pass the tests?")
    factors = (await told(here))["factors"]
    for factor, text in zip(factors, ("Page on an empty index", "Roll mappings out shard by shard"), strict=False):
        fields = {"owner": "@tom", "due": "2w", "purpose": "prevent", "factor": factor["id"], "text": text}
        await here.gave("action", MAYA, incident="INC-1", **fields)
    await here.gave("postmortem_comment", TOM, incident="INC-1", section="impact", text="Do we know who wrote to us?")


CARD = """\
- What happened: a new mapping emptied the search index, and every search came back empty
- Who was hurt, and how much: 40 % of searches for 48 minutes, about 12,000 people
- What made it possible: nothing watches the size of an index, and a mapping goes to all shards at once
- What helped: the old mapping was still there
- What changes: an empty index pages us; mappings roll out shard by shard"""
SECTIONS = (
    (MAYA, "learning", CARD),
    (TOM, "impact", "40 % of searches came back empty, for everybody in Europe."),
    (MAYA, "impact", "40 % of searches came back empty, for about 12,000 people in Europe and 300 in the US."),
    (MAYA, "well", "- The old mapping was still there, one click away\n- Support wrote within four minutes"),
    (TOM, "hard", "- Nobody knew which of six dashboards shows the size of an index"),
)
FACTORS = (
    (TOM, "detection", "Nothing watches the size of an index, so an empty one looks healthy"),
    (TOM, "change", "A mapping goes to all shards at once"),
    (MAYA, "knowledge", "The engineer should have known that a mapping rewrites the index"),
)
