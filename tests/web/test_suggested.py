"""A language model's suggestions on the page of a postmortem: marked, literal, and taken or thrown away by a form."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.command import Origin
from bot.commands.captures import Said
from bot.commands.suggestions import ModelAnswered
from bot.model import Entry
from bot.suggesting import Answer, Section
from bot.suggestions import Sentence
from bot.words.suggestions import MARK
from storage import people
from tests.web.world import GUEST, MAYA, TOM, World, message

PAGE, FORM = "/incidents/INC-1/postmortem", "/incidents/INC-1/suggestion"
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> {{ 7*7 }}"


async def suggested(here: World, **told: str) -> None:
    """`told` by section; each rests on the one message in the log."""
    ids = [entry.id for entry in entries(here) if entry.kind.value == "message"]
    incident = here.reports.incident(people.debrief(here.organisation), "INC-1")
    assert incident is not None
    names: dict[str, Section] = {"learning": "learning", "impact": "impact"}
    answers = tuple(
        Answer(section=names[name], sentences=(Sentence(text=text, entries=tuple(ids)),)) for name, text in told.items()
    )
    origin = Origin(id=f"receipt {here.said}", platform="clock", tenant=here.organisation)
    here.said += 1
    await here.writer.submit(ModelAnswered(origin=origin, incident_id=incident.id, answers=answers))


def entries(here: World) -> tuple[Entry, ...]:
    found = here.reports.record(people.debrief(here.organisation), "INC-1")
    assert found is not None
    return found.entries


@pytest.fixture
async def resolved(here: World) -> World:
    await here.chat(MAYA, "declare sev2 Checkout fails")
    await here.opened("INC-1")
    where = message("1764000000.000100")
    link = "https://acme.slack.com/archives/C1/p1"
    said = Said(origin=here.origin(TOM), message=where, stamp=1, text=f"The pool is full. {HOSTILE}", permalink=link)
    await here.writer.submit(said)
    await here.chat(MAYA, "resolve larger pool", "INC-1")
    return here


async def shown(browser: httpx.AsyncClient) -> str:
    return (await browser.get(PAGE)).text


def forms(page: str) -> list[dict[str, str]]:
    found = re.findall(rf'action="{FORM}">(.*?)</form>', page, re.DOTALL)
    return [dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form)) for form in found]


async def test_it_stands_in_its_section_with_its_mark_and_where_it_was_said(resolved: World) -> None:
    await suggested(resolved, learning="The pool was full.", impact="It was full.")
    page = await shown(resolved.client(TOM))
    assert page.count(MARK) == 2
    section = page.split('<section id="impact"')[1].split("</section>")[0]
    assert "It was full." in section
    assert 'href="https://acme.slack.com/archives/C1/p1"' in section.split(MARK)[1]


async def test_it_is_shown_literally(resolved: World) -> None:
    await suggested(resolved, impact=HOSTILE)
    page = await shown(resolved.client(TOM))
    assert MARK in page
    main = page.split("<main")[1]
    assert "<script" not in main
    assert "<img src=x" not in main
    assert "{{ 7*7 }}" in main.split(MARK)[1].split("</section>")[0]


async def test_accepted_it_is_the_readers_text_and_the_next_page_says_so(resolved: World) -> None:
    await suggested(resolved, learning="The pool was full.", impact="It was full.")
    browser = resolved.client(TOM)
    (learning, impact) = forms(await shown(browser))
    answer = await browser.post(FORM, data={**impact, "do": "accept"})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = await shown(browser)
    assert "is saved" in page
    assert page.count(MARK) == 1
    assert "Written by Tom Becker" in page.split('<section id="impact"')[1].split("</section>")[0]
    again = await browser.post(FORM, data={**impact, "do": "accept"})
    assert again.status_code == 303
    await browser.post(FORM, data={**learning, "do": "discard"})
    page = await shown(browser)
    assert MARK not in page
    assert "The pool was full." not in page


async def test_a_form_that_is_not_of_this_session_or_says_nothing_known_changes_nothing(resolved: World) -> None:
    await suggested(resolved, impact="It was full.")
    browser = resolved.client(TOM)
    (form,) = forms(await shown(browser))
    for changed, status in (({"do": "publish"}, 422), ({}, 422), ({"do": "accept", "_seal": "x"}, 403)):
        assert (await browser.post(FORM, data={**form, **changed})).status_code == status
    assert (await resolved.client().post(FORM, data={**form, "do": "accept"})).status_code == 401
    assert MARK in await shown(browser)


async def test_what_is_gone_by_now_and_what_a_guest_may_not_is_said(resolved: World) -> None:
    await suggested(resolved, impact="It was full.")
    browser = resolved.client(TOM)
    (form,) = forms(await shown(browser))
    await suggested(resolved, impact="The pool was full.")
    gone = await browser.post(FORM, data={**form, "do": "accept"})
    assert (gone.status_code, "not there any more" in gone.text) == (422, True)
    guest = resolved.client(GUEST)
    refused = await guest.post(FORM, data={**form, "do": "accept"})
    assert refused.status_code in (403, 404, 422)
    assert "The pool was full." in await shown(browser)
