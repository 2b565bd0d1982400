"""Forms on pages: sealed to a session, carried out once, and what was typed is handed back whenever it is not taken."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.command import Command
from bot.errors import Unavailable
from bot.text import Reply
from tests.web.world import MAYA, OLGA, TOM, World, world

NOTE = "/incidents/INC-1/note"
TEXT = "Failed over to the second database"


@pytest.fixture
async def declared(here: World) -> World:
    await here.chat(MAYA, "declare sev2 Checkout is slow")
    return here


async def fields(browser: httpx.AsyncClient, **typed: str) -> dict[str, str]:
    """A form as it stands on the incident's page, filled in."""
    page = (await browser.get("/incidents/INC-1")).text
    form = page.split('action="/incidents/INC-1/note"')[1].split("</form>")[0]
    return {**dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form)), **typed}


async def notes(here: World) -> list[str]:
    page = (await here.program(MAYA).get("/api/v1/incidents/INC-1/timeline?all=1")).json()
    return [entry["text"] for entry in page["entries"] if entry["kind"] == "note"]


async def test_a_note_is_added_under_ones_own_name_and_the_next_page_says_so_once(declared: World) -> None:
    browser = declared.client(MAYA)
    answer = await browser.post(NOTE, data=await fields(browser, text=TEXT))
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/INC-1#timeline")
    page = (await browser.get("/incidents/INC-1")).text
    assert TEXT in page
    assert 'role="status"' in page
    assert 'role="status"' not in (await browser.get("/incidents/INC-1")).text
    timeline = (await declared.program(TOM).get("/api/v1/incidents/INC-1/timeline")).json()["entries"]
    (entry,) = [entry for entry in timeline if entry["kind"] == "note"]
    assert entry["author"] == "Maya Ortiz"


async def test_a_form_sent_twice_is_carried_out_once_and_answered_alike(declared: World) -> None:
    browser = declared.client(MAYA)
    form = await fields(browser, text=TEXT)
    first, again = await browser.post(NOTE, data=form), await browser.post(NOTE, data=form)
    assert first.status_code == again.status_code == 303
    assert await notes(declared) == [TEXT]


async def test_the_same_form_of_two_people_is_two_gestures(declared: World) -> None:
    maya, tom = declared.client(MAYA), declared.client(TOM)
    form = await fields(maya, text=TEXT)
    await maya.post(NOTE, data=form)
    await tom.post(NOTE, data={**await fields(tom, text=TEXT), "_once": form["_once"]})
    assert await notes(declared) == [TEXT, TEXT]


@pytest.mark.parametrize("change", [{"_seal": ""}, {"_seal": "0" * 40}, {"_once": ""}, {"_once": "x" * 101}])
async def test_without_the_seal_of_the_session_nothing_is_done_and_the_text_comes_back(
    declared: World, change: dict[str, str]
) -> None:
    browser = declared.client(MAYA)
    answer = await browser.post(NOTE, data={**await fields(browser, text=TEXT), **change})
    assert answer.status_code in (403, 422)
    assert TEXT in answer.text
    assert await notes(declared) == []


async def test_the_seal_of_somebody_elses_session_is_none(declared: World) -> None:
    maya, tom = declared.client(MAYA), declared.client(TOM)
    form = {**await fields(tom, text=TEXT), "_seal": (await fields(maya))["_seal"]}
    answer = await tom.post(NOTE, data=form)
    assert answer.status_code == 403
    assert await notes(declared) == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
async def test_another_sites_form_does_nothing(declared: World, headers: dict[str, str]) -> None:
    browser = declared.client(MAYA)
    answer = await browser.post(NOTE, data=await fields(browser, text=TEXT), headers=headers)
    assert answer.status_code == 403
    assert await notes(declared) == []


async def test_whose_session_is_over_gets_the_text_back(declared: World) -> None:
    browser = declared.client(MAYA)
    form = await fields(browser, text=TEXT)
    browser.cookies.clear()
    answer = await browser.post(NOTE, data=form)
    assert answer.status_code == 401
    assert TEXT in answer.text
    assert form["_seal"] not in answer.text
    assert await notes(declared) == []


async def test_a_refusal_says_why_and_hands_the_text_back(declared: World) -> None:
    browser = declared.client(MAYA)
    answer = await browser.post(NOTE, data=await fields(browser, text=TEXT, at="the day after never"))
    assert answer.status_code == 422
    assert TEXT in answer.text
    empty = await browser.post(NOTE, data=await fields(browser, text="  "))
    assert empty.status_code == 422
    assert await notes(declared) == []


async def test_what_may_not_be_known_of_takes_no_note(declared: World) -> None:
    key = (await declared.chat(MAYA, "declare sev1 Hidden --private")).incident
    browser = declared.client(OLGA)
    form = await fields(browser, text=TEXT)
    hidden = await browser.post(f"/incidents/{key}/note", data=form)
    unknown = await browser.post("/incidents/INC-QQQQQ/note", data={**form, "_once": "another"})
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text == unknown.text


async def test_markup_of_mentions_cannot_be_typed(declared: World) -> None:
    browser = declared.client(MAYA)
    await browser.post(NOTE, data=await fields(browser, text="ask \ue000slack:T1:U_TOM\ue001 \x00now"))
    assert await notes(declared) == ["ask slack:T1:U_TOM now"]


async def test_a_flood_of_forms_is_told_to_wait_and_loses_no_text(declared: World) -> None:
    browser = declared.client(MAYA)
    form = await fields(browser, text="")
    for number in range(120):
        await browser.post(NOTE, data={**form, "_once": f"n{number}"})
    answer = await browser.post(NOTE, data={**form, "text": TEXT, "_once": "last"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 61
    assert TEXT in answer.text


@pytest.fixture
async def away(folder: Path) -> AsyncIterator[World]:
    """The database goes away once the page is there."""
    gone: list[Command] = []

    async def submit(command: Command) -> Reply:
        gone.append(command)
        raise Unavailable

    async with world(folder, submit=submit) as made:
        yield made


async def test_while_the_database_is_away_the_text_comes_back_with_when_to_try_again(away: World) -> None:
    await away.chat(MAYA, "declare sev2 Checkout is slow")
    browser = away.client(MAYA)
    answer = await browser.post(NOTE, data=await fields(browser, text=TEXT))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert TEXT in answer.text


async def test_hostile_text_comes_back_as_text(declared: World) -> None:
    browser = declared.client(MAYA)
    hostile = "</textarea><script>alert(1)</script>"
    page = (await browser.post(NOTE, data={"text": hostile})).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "body", [b"\xff\xfe%zz=&&&=", b"text=" + b"a" * 1_100_000, b"&".join(b"a%d=1" % n for n in range(200))]
)
async def test_garbage_is_no_form(declared: World, body: bytes) -> None:
    browser = declared.client(MAYA)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.post(NOTE, content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert await notes(declared) == []
