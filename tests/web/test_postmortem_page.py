"""A postmortem's page: read, and written in place, where two who write lose no word; and what is offered to whom."""

import html
import re
from itertools import pairwise

import httpx
import pytest

from bot.text import MAX_TYPED, mention_token
from tests.web.postmortems import HTMX, PAGE, deeds, form, form_in, resolved, section, sent
from tests.web.world import GUEST, MAYA, OLGA, TOM, World, account


@pytest.fixture
async def story(here: World) -> World:
    return await resolved(here)


# -- reading


async def test_it_reads_from_the_card_down_and_each_missing_line_leads_to_where_it_is_mended(story: World) -> None:
    page = (await story.client(MAYA).get(PAGE)).text
    order = [page.index(f'<section id="{name}"') for name in ("learning", "numbers", "times", "timeline", "factors")]
    assert order == sorted(order)
    assert re.search(r"a minute to read|\d+ minutes to read", page)
    lines = dict(re.findall(r'<li><a href="#(\w+)">([^<]+)</a></li>', page.split('class="missing')[1]))
    assert lines["learning"] == "nobody has written the learning card yet"
    assert {"times", "factors", "trigger", "impact"} <= set(lines)
    for where in lines:
        assert page.count(f'id="{where}"') == 1
    assert re.search(r'<details class="log"><summary>The whole log', page)


async def test_headings_go_down_one_by_one_and_every_id_is_there_once(story: World) -> None:
    for query in ("", "?do=edit&of=learning", "?do=review"):
        page = (await story.client(MAYA).get(PAGE + query)).text
        levels = [int(level) for level in re.findall(r"<h(\d)", page)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        for target in re.findall(r'(?:for|aria-labelledby|aria-describedby)="([^"]+)"', page):
            assert target in ids


async def test_no_script_or_style_of_its_own_stands_on_the_page(story: World) -> None:
    for query in ("", "?do=edit&of=learning", "?do=action"):
        page = (await story.client(MAYA).get(PAGE + query)).text
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
        assert not re.search(r"<style| style=| on[a-z]+=|hx-on", page)


# -- writing a section in its place


async def test_a_section_is_written_and_the_next_page_tells_it_in_its_place(story: World) -> None:
    browser = story.client(MAYA)
    answer = await sent(browser, "edit", "impact", text="A third of the orders failed.\r\n\r\n- in Europe")
    assert answer.status_code == 303
    where = answer.headers["location"]
    assert where.startswith(f"{PAGE}?at=impact")
    assert where.endswith("#impact")
    page = (await browser.get(where.partition("#")[0])).text
    part = page.split('<section id="impact"')[1].split("</section>")[0]
    assert 'role="status"' in part
    assert "is saved" in part
    assert "A third of the orders failed." in part
    assert re.search(r'class="by-hand">[^<]*Maya Ortiz', part)
    assert await section(story, "impact") == "A third of the orders failed.\n\n- in Europe"


async def test_the_form_is_a_part_of_the_page_or_a_page_of_its_own(story: World) -> None:
    browser = story.client(MAYA)
    whole = (await browser.get(PAGE, params={"do": "edit", "of": "impact"})).text
    part = (await browser.get(f"{PAGE}/part/impact", params={"do": "edit", "of": "impact"})).text
    assert "<html" in whole
    assert "<html" not in part
    assert form_in(whole)[1].keys() == form_in(part)[1].keys()
    closed = (await browser.get(f"{PAGE}/part/impact")).text
    assert 'class="open"' not in closed
    assert 'id="impact"' in closed


async def test_sent_from_its_place_it_is_answered_with_where_to_go(story: World) -> None:
    browser = story.client(MAYA)
    action, fields = await form(browser, "edit", "impact")
    answer = await browser.post(action, data={**fields, "text": "All orders"}, headers=HTMX)
    assert answer.status_code == 204
    assert answer.headers["hx-redirect"].startswith(f"{PAGE}?at=impact")
    assert await section(story, "impact") == "All orders"


async def test_an_empty_text_frees_the_section(story: World) -> None:
    browser = story.client(MAYA)
    before = await section(story, "impact")
    await sent(browser, "edit", "impact", text="All orders")
    answer = await sent(browser, "edit", "impact", text=" ")
    page = (await browser.get(answer.headers["location"].partition("#")[0])).text
    assert "shows again what is recorded" in page
    assert await section(story, "impact") == before


async def test_a_text_longer_than_a_dialog_of_chat_is_edited_here(story: World) -> None:
    browser = story.client(MAYA)
    long = "Word " * 1500 + "end"
    assert (await sent(browser, "edit", "impact", text=long)).status_code == 303
    in_chat = await story.gave("postmortem_edit", MAYA, incident="INC-1", section="impact")
    assert in_chat.form is None
    _, fields = await form(browser, "edit", "impact")
    assert fields["text"] == long
    assert (await sent(browser, "edit", "impact", text=f"{long} more")).status_code == 303
    assert (await section(story, "impact")).endswith("end more")


async def test_more_than_can_be_kept_is_refused_and_comes_back_whole(story: World) -> None:
    browser = story.client(MAYA)
    before = await section(story, "impact")
    for do, of, most in (("edit", "impact", MAX_TYPED), ("comment", "impact", 3000)):
        text = "a" * (most + 1)
        answer = await sent(browser, do, of, text=text)
        assert answer.status_code == 422
        assert f"at most {most:,} characters" in answer.text
        assert form_in(answer.text)[1]["text"] == text
    assert await section(story, "impact") == before


async def test_a_section_is_written_while_the_incident_goes_on(here: World) -> None:
    await here.chat(MAYA, "declare sev2 Checkout answers with errors")
    browser = here.client(MAYA)
    missing = await browser.get(PAGE)
    assert missing.status_code == 404
    assert (await pressed_open(browser, missing.text)).status_code == 303
    assert (await sent(browser, "edit", "impact", text="Written early")).status_code == 303
    await here.chat(TOM, "note Something later", "INC-1")
    await here.chat(MAYA, "impact Something else", "INC-1")
    assert await section(here, "impact") == "Written early"
    assert "Something later" in (await browser.get(PAGE)).text


async def pressed_open(browser: httpx.AsyncClient, page: str) -> httpx.Response:
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    return await browser.post(f"{PAGE}/open", data=fields)


# -- two who write at the same time


async def test_who_comes_second_sees_both_texts_and_loses_neither(story: World) -> None:
    maya, tom = story.client(MAYA), story.client(TOM)
    action, mine = await form(maya, "edit", "impact")
    await sent(tom, "edit", "impact", text="Tom's words")
    answer = await maya.post(action, data={**mine, "text": "Maya's words"})
    assert answer.status_code == 409
    assert "Tom Becker saved this section" in html.unescape(answer.text)
    both = answer.text.split('class="both"')[1].split("<textarea")[0]
    assert "Tom's words" in html.unescape(re.sub(r"<[^>]+>", "", both))
    assert await section(story, "impact") == "Tom's words"
    action, again = form_in(answer.text)
    assert again["text"] == "Maya's words"
    assert (await maya.post(action, data=again)).status_code == 303
    assert await section(story, "impact") == "Maya's words"


async def test_it_is_the_same_where_the_section_alone_is_shown(story: World) -> None:
    maya, tom = story.client(MAYA), story.client(TOM)
    action, mine = await form(maya, "edit", "impact")
    await sent(tom, "edit", "impact", text="Tom's words")
    answer = await maya.post(action, data={**mine, "text": "Maya's words"}, headers=HTMX)
    assert answer.status_code == 409
    assert "<html" not in answer.text
    assert form_in(answer.text)[1]["text"] == "Maya's words"


async def test_saving_again_is_no_blank_cheque(story: World) -> None:
    """Somebody saves a third time in between: it is told once more."""
    maya, tom = story.client(MAYA), story.client(TOM)
    action, mine = await form(maya, "edit", "impact")
    await sent(tom, "edit", "impact", text="first")
    again = form_in((await maya.post(action, data={**mine, "text": "mine"})).text)[1]
    await sent(tom, "edit", "impact", text="second")
    answer = await maya.post(action, data=again)
    assert answer.status_code == 409
    assert "second" in answer.text
    assert await section(story, "impact") == "second"


async def test_a_form_sent_twice_is_saved_once_and_answered_alike(story: World) -> None:
    browser = story.client(MAYA)
    action, fields = await form(browser, "edit", "impact")
    first = await browser.post(action, data={**fields, "text": "once"})
    again = await browser.post(action, data={**fields, "text": "once"})
    assert first.headers["location"] == again.headers["location"]
    entries = (await story.program(MAYA).get("/api/v1/incidents/INC-1/timeline?all=1")).json()["entries"]
    assert len([one for one in entries if "“Impact” written" in one["text"]]) == 1


async def test_what_was_published_meanwhile_is_not_changed_and_the_text_comes_back(story: World) -> None:
    browser = story.client(TOM)
    action, fields = await form(browser, "edit", "impact")
    await story.gave("postmortem_publish", MAYA, incident="INC-1", sure="yes")
    for headers in ({}, HTMX):
        once = {"_once": f"n{len(headers)}"}
        answer = await browser.post(action, data={**fields, **once, "text": "too late"}, headers=headers)
        assert answer.status_code == 422
        assert "was published by" in answer.text
        assert re.search(r"<textarea readonly[^>]*>\s*too late", answer.text)
    assert "too late" not in await section(story, "impact")


async def test_whose_session_is_over_keeps_the_text_in_the_open_form(story: World) -> None:
    browser = story.client(MAYA)
    action, fields = await form(browser, "edit", "impact")
    browser.cookies.clear()
    answer = await browser.post(action, data={**fields, "text": "mine"}, headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["hx-retarget"] == "#notice"
    assert "not signed in" in answer.text
    plain = await browser.post(action, data={**fields, "text": "mine"})
    assert plain.status_code == 401
    assert "mine" in plain.text


# -- who may what


async def test_an_outsider_cannot_tell_a_hidden_one_from_none(here: World) -> None:
    key = (await here.chat(MAYA, "declare sev1 Hidden --private")).incident
    await here.chat(MAYA, "resolve over", key)
    browser = here.client(OLGA)
    seal = re.findall(r'name="_seal" value="(\w+)"', (await own_page(here, browser)).text)[0]
    for path in ("postmortem", "postmortem/part/impact", "postmortem/history", "postmortem/history.json"):
        hidden, absent = [await browser.get(f"/incidents/{one}/{path}") for one in (key, "INC-QQQQQ")]
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace(key, "K") == absent.text.replace("INC-QQQQQ", "K")
    for do in ("edit", "factor", "publish", "comment"):
        fields = {"_seal": seal, "_once": do, "text": "x", "section": "impact", "saving": "yes"}
        hidden, absent = [
            await browser.post(f"/incidents/{one}/postmortem/{do}", data=fields) for one in (key, "INC-QQQQQ")
        ]
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text == absent.text


async def own_page(here: World, browser: httpx.AsyncClient) -> httpx.Response:
    await here.chat(OLGA, "declare sev4 Olga's own")
    return await browser.get("/incidents/INC-1")


async def test_a_guest_reads_and_comments_where_invited_and_writes_nothing(story: World) -> None:
    browser = story.client(GUEST)
    assert (await browser.get(PAGE)).status_code == 404
    await story.chat(MAYA, f"invite {mention_token(account(GUEST))}", "INC-1")
    incident = story.reports.incident(story.person(MAYA), "INC-1")
    assert incident is not None
    if story.person(GUEST).id not in incident.responders:
        pytest.fail("the guest was not invited")
    page = (await browser.get(PAGE)).text
    assert deeds(page) <= {"comment", "dispute", "missing"}
    seal = re.findall(r'name="_seal" value="(\w+)"', (await browser.get(PAGE, params={"do": "comment"})).text)[0]
    before = await section(story, "impact")
    fields = {"_seal": seal, "_once": "one", "section": "impact", "text": "mine", "saving": "yes", "seen": ""}
    answer = await browser.post(f"{PAGE}/edit", data=fields)
    assert answer.status_code == 422
    assert "mine" in answer.text
    assert await section(story, "impact") == before


async def test_only_what_makes_sense_is_offered(story: World) -> None:
    maya, tom, olga = (story.client(one) for one in (MAYA, TOM, OLGA))
    at_first = deeds((await maya.get(PAGE)).text)
    assert {"edit", "factor", "trigger", "publish", "review", "owner", "comment"} <= at_first
    assert not at_first & {"sign", "fair", "revise", "accept", "decline", "adopt"}
    assert {"accept", "decline"} <= deeds((await tom.get(PAGE)).text)
    assert not deeds((await olga.get(PAGE)).text) & {"publish", "review", "accept"}
    await story.chat(MAYA, f"postmortem review {mention_token(account(TOM))} 2w", "INC-1")
    assert "sign" in deeds((await tom.get(PAGE)).text)
    assert "sign" not in deeds((await maya.get(PAGE)).text)
    await story.gave("postmortem_publish", MAYA, incident="INC-1", sure="yes")
    assert deeds((await maya.get(PAGE)).text) == {"revise", "comment", "action"}


async def test_what_is_not_known_does_nothing(story: World) -> None:
    browser = story.client(MAYA)
    _, fields = await form(browser, "edit", "impact")
    assert (await browser.post(f"{PAGE}/nonsense", data=fields)).status_code == 404
    assert (await browser.get(f"{PAGE}/part/nonsense")).status_code == 404
    assert 'class="open"' not in (await browser.get(PAGE, params={"do": "nonsense", "of": "<x>"})).text
    assert (await sent(browser, "edit", "impact", section="nonsense", text="x")).status_code == 422
