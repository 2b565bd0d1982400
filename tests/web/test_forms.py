"""Forms on pages: sealed to a session, carried out once, and what was typed is handed back whenever it is not taken."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.web.forms import FORMS_PER_MINUTE
from bot.command import Command
from bot.commands.captures import Said
from bot.errors import Unavailable
from bot.text import Reply
from tests.web.world import GUEST, MAYA, OLGA, TOM, World, message, world

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


@pytest.fixture
async def narrow(folder: Path) -> AsyncIterator[World]:
    """As it is in use: one person may not send more than people do."""
    async with world(folder, forms_per_minute=FORMS_PER_MINUTE) as made:
        yield made


async def test_a_flood_of_forms_is_told_to_wait_and_loses_no_text(narrow: World) -> None:
    await narrow.chat(MAYA, "declare sev2 Checkout is slow")
    browser = narrow.client(MAYA)
    form = await fields(browser, text="")
    for number in range(FORMS_PER_MINUTE):
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


# -- the timeline's own buttons


async def buttons(browser: httpx.AsyncClient, address: str) -> tuple[dict[str, str], dict[str, str]]:
    """The hidden fields of the timeline's form, and where each button leads, by what it says."""
    page = (await browser.get(address)).text
    form = page.split('<form id="mark"')[1].split("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    found = re.findall(r'formaction="([^"]+)">([^<]+)<span class="hidden">: ([\d:]+), ([^<]+)</span>', page)
    return hidden, {f"{label} {who}": path for path, label, _, who in found}


async def standing(here: World) -> dict[str, bool]:
    page = (await here.program(MAYA).get("/api/v1/incidents/INC-1/timeline?all=1")).json()
    return {entry["text"]: entry["is_key"] for entry in page["entries"] if entry["kind"] in ("note", "message")}


@pytest.fixture
async def spoken(declared: World) -> World:
    await declared.opened("INC-1")
    for number, (user, text) in enumerate(((TOM, "We decided: roll back"), (OLGA, "lunch?"))):
        ref = message(f"{1_700_000_000 + number}.000100")
        await declared.writer.submit(Said(origin=declared.origin(user), message=ref, stamp=1 + number, text=text))
    return declared


async def test_proposed_lines_are_kept_all_at_once_or_one_by_one(spoken: World) -> None:
    browser = spoken.client(MAYA)
    hidden, one = await buttons(browser, "/incidents/INC-1")
    assert set(one) == {"Keep Tom Becker"}
    answer = await browser.post("/incidents/INC-1/timeline", data=hidden)
    assert answer.headers["location"] == "/incidents/INC-1#timeline"
    assert await standing(spoken) == {"We decided: roll back": True, "lunch?": False}
    assert "1 entry stands in the timeline" in (await browser.get("/incidents/INC-1")).text


async def test_a_line_of_the_log_is_added_and_taken_off_where_it_stands(spoken: World) -> None:
    browser, log = spoken.client(MAYA), "/incidents/INC-1?all=1"
    hidden, found = await buttons(browser, log)
    answer = await browser.post(found["Add to timeline Olga Outside"], data=hidden)
    assert answer.headers["location"].startswith("/incidents/INC-1?all=1#entry-")
    assert (await standing(spoken))["lunch?"]
    hidden, found = await buttons(browser, log)
    await browser.post(found["Take off Olga Outside"], data=hidden)
    assert not (await standing(spoken))["lunch?"]
    assert "lunch?" in (await browser.get(log)).text


async def test_two_lines_of_one_page_are_two_gestures_and_each_counts_once(spoken: World) -> None:
    browser = spoken.client(MAYA)
    hidden, found = await buttons(browser, "/incidents/INC-1?all=1")
    paths = [path for label, path in found.items() if label.startswith("Add")]
    assert len(paths) == 2
    for path in [*paths, paths[0]]:
        assert (await browser.post(path, data=hidden)).status_code == 303
    assert await standing(spoken) == {"We decided: roll back": True, "lunch?": True}


@pytest.mark.parametrize("does", ["add", "take-off"])
async def test_a_line_that_is_not_there_changes_nothing_and_says_so(spoken: World, does: str) -> None:
    browser = spoken.client(MAYA)
    hidden, _ = await buttons(browser, "/incidents/INC-1")
    before = await standing(spoken)
    answer = await browser.post(f"/incidents/INC-1/timeline/nothing/{does}", data=hidden)
    assert answer.status_code == 422
    assert "nothing was changed" in answer.text.casefold()
    assert await standing(spoken) == before


async def test_a_guest_reads_without_buttons_for_what_guests_may_not_do(spoken: World) -> None:
    await spoken.chat(MAYA, "invite @gus", "INC-1")
    page = (await spoken.client(GUEST).get("/incidents/INC-1?all=1")).text
    assert "lunch?" in page
    assert "formaction" not in page


@pytest.mark.parametrize("path", ["timeline", "timeline/x/add", "timeline/x/take-off"])
async def test_an_outsider_cannot_tell_a_hidden_incident_by_its_buttons(spoken: World, path: str) -> None:
    hidden_key = (await spoken.chat(MAYA, "declare sev1 Sealed --private")).incident
    browser = spoken.client(OLGA)
    fields_of, _ = await buttons(browser, "/incidents/INC-1")
    answers = [await browser.post(f"/incidents/{key}/{path}", data=fields_of) for key in (hidden_key, "INC-ZZZZZ")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
