"""Everything else that is done on a postmortem's page: what only people know, the review, and publishing."""

import re

import pytest

from bot.commands.captures import Said
from bot.text import mention_token
from tests.web.postmortems import PAGE, deeds, form, form_in, pressed, resolved, section, sent, told
from tests.web.world import MAYA, OLGA, TOM, World, account, message


@pytest.fixture
async def story(here: World) -> World:
    return await resolved(here)


# -- the other forms


async def test_factors_with_their_actions(story: World) -> None:
    browser = story.client(MAYA)
    assert (
        await sent(browser, "factor", factor="capacity", text="The pool was sized for last year")
    ).status_code == 303
    page = (await browser.get(PAGE)).text
    (factor,) = (await told(story))["factors"]
    assert "No action item yet" in page
    due = {"due": "2w", "owner": "Tom Becker", "purpose": "prevent"}
    answer = await sent(browser, "action", factor["id"], text="Size the pool by load", factor=factor["id"], **due)
    assert answer.status_code == 303
    (item,) = (await told(story))["items"]
    assert (item["owner"], item["factor"], item["kind"]) == ("Tom Becker", factor["id"], "prevent")
    page = (await browser.get(PAGE)).text
    assert "ACT-1" in page.split('class="tied"')[1]
    assert "No action item yet" not in page


async def test_a_factor_is_said_in_other_words_and_taken_out(story: World) -> None:
    browser = story.client(MAYA)
    await sent(browser, "factor", factor="capacity", text="The pool was small")
    await sent(browser, "factor", factor="detection", text="No alert")
    pool, alert = (await told(story))["factors"]
    due = {"due": "2w", "owner": "Tom Becker", "purpose": "prevent"}
    await sent(browser, "action", pool["id"], text="Size the pool by load", factor=pool["id"], **due)
    _, asked = await form(browser, "factor", pool["id"])
    assert (asked["text"], asked["factor"], asked["replaces"]) == ("The pool was small", "capacity", pool["id"])
    await sent(browser, "factor", pool["id"], text="The pool was sized for last year")
    now = await told(story)
    assert [one["text"] for one in now["factors"]] == ["The pool was sized for last year", "No alert"]
    assert now["items"][0]["factor"] == pool["id"]
    await sent(browser, "factor", text="", gone=f"{pool['id']},{alert['id']}")
    now = await told(story)
    assert now["factors"] == []
    assert now["items"][0]["factor"] == ""


async def test_a_form_that_lacks_something_says_what_and_keeps_the_rest(story: World) -> None:
    browser = story.client(MAYA)
    answer = await sent(browser, "factor", text="The pool was sized for last year")
    assert answer.status_code == 422
    assert "Say of which kind it is" in answer.text
    assert form_in(answer.text)[1]["text"] == "The pool was sized for last year"
    odd = await sent(browser, "factor", factor="blame", text="Somebody slept")
    assert odd.status_code == 422
    assert 'aria-invalid="true"' in odd.text
    nobody = await sent(browser, "action", text="Size the pool", owner="Nobody Known", due="2w")
    assert nobody.status_code == 422
    assert "Size the pool" in nobody.text
    assert (await told(story))["factors"] == (await told(story))["items"] == []


async def test_trigger_decisions_questions_and_times(story: World) -> None:
    browser = story.client(MAYA)
    await sent(browser, "trigger", text="The certificate expired")
    await sent(browser, "decision", text="No second region")
    await sent(browser, "question", text="Why was it quiet?")
    await sent(browser, "question", text="Who was told?")
    now = await told(story)
    assert now["trigger"]["text"] == "The certificate expired"
    kept, gone = now["questions"]
    page = (await browser.get(PAGE, params={"do": "question"})).text
    ids = re.findall(r'name="gone" value="([^"]+)"', page)
    assert len(ids) == 2
    await sent(browser, "question", text="", gone=ids[0])
    left = (await told(story))["questions"]
    assert [one["text"] for one in left] == [gone["text"]]
    assert kept["text"] == "Why was it quiet?"
    assert (await sent(browser, "time", name="began", at="2h ago", source="the graph")).status_code == 303
    assert "the graph" in await section(story, "times")
    wrong = await sent(browser, "time", name="began", at="the day after never")
    assert wrong.status_code == 422
    assert 'value="the day after never"' in wrong.text


async def test_who_says_the_trigger_second_sees_the_first(story: World) -> None:
    maya, tom = story.client(MAYA), story.client(TOM)
    action, fields = await form(maya, "trigger")
    await sent(tom, "trigger", text="A deployment")
    answer = await maya.post(action, data={**fields, "text": "A certificate"})
    assert answer.status_code == 409
    assert "A deployment" in answer.text
    action, again = form_in(answer.text)
    assert again["text"] == "A certificate"
    assert (await maya.post(action, data=again)).status_code == 303


async def test_the_owner_accepts_declines_and_hands_over(story: World) -> None:
    tom = story.client(TOM)
    assert (await pressed(tom, "accept")).status_code == 303
    assert not deeds((await tom.get(PAGE)).text) & {"accept", "decline"}
    assert (await sent(tom, "owner", person="Maya Ortiz")).status_code == 303
    assert (await told(story))["owner"] == "Maya Ortiz"
    assert (await sent(tom, "owner", person="olga")).status_code == 303
    assert (await told(story))["owner"] == "Olga Outside"
    assert (await sent(story.client(MAYA), "owner", person="nobody here")).status_code == 422


async def test_who_declines_is_asked_why_and_may_say_nothing(story: World) -> None:
    assert (await sent(story.client(TOM), "decline", reason="")).status_code == 303
    assert (await told(story))["owner"] != "Tom Becker"


async def test_a_review_from_asking_to_signing(story: World) -> None:
    maya, tom = story.client(MAYA), story.client(TOM)
    answer = await sent(maya, "review", people=story.person(TOM).id, day="2w", time="14:00")
    assert answer.status_code == 303
    page = (await tom.get(PAGE)).text
    assert "Tom Becker: has not looked yet" in page
    assert "review.ics" in page
    assert (await pressed(tom, "sign")).status_code == 303
    assert (await pressed(tom, "fair")).status_code == 303
    page = (await maya.get(PAGE)).text
    assert "Tom Becker: looks right" in page
    assert "Tom Becker: fair" in page
    unclear = await sent(maya, "review", people="", day="the day after never")
    assert unclear.status_code == 422
    assert "the day after never" in unclear.text


async def test_several_reviewers_and_somebody_from_elsewhere(story: World) -> None:
    maya = story.client(MAYA)
    action, fields = await form(maya, "review")
    people = [story.person(TOM).id, "", "Olga Outside"]
    answer = await maya.post(action, data={**fields, "people": people, "day": "2w"})
    assert answer.status_code == 303
    names = [one["name"] for one in (await told(story))["review"]["reviewers"]]
    assert names == ["Tom Becker", "Olga Outside"]


async def test_comments_stand_beside_their_section_until_they_are_resolved(story: World) -> None:
    maya, tom = story.client(MAYA), story.client(TOM)
    assert (await sent(tom, "comment", "impact", section="impact", text="In euros, please")).status_code == 303
    assert (await sent(tom, "missing", text="The second alert")).status_code == 303
    assert (await sent(tom, "dispute", about="declared", text="Five minutes earlier")).status_code == 303
    page = (await maya.get(PAGE)).text
    for name, text in (("impact", "In euros"), ("comments", "second alert"), ("times", "Five minutes")):
        assert text in page.split(f'<section id="{name}"')[1].split("</section>")[0]
    assert "2 comments are open" in page or "1 disputed and not settled" in page
    for _ in range(3):
        assert (await pressed(maya, "resolve")).status_code == 303
    page = (await maya.get(PAGE)).text
    assert "Resolved comments: 3" in page
    assert "resolve" not in deeds(page)


async def test_proposed_entries_are_taken_in_by_one_button(here: World) -> None:
    await here.chat(MAYA, "declare sev2 Quiet one")
    await here.opened("INC-1")
    deployed = "Rolling back: https://ci.acme.example/deploy/4711"
    said = Said(origin=here.origin(TOM), message=message("1700000001.000100"), stamp=1, text=deployed)
    await here.writer.submit(said)
    await here.chat(MAYA, "resolve over", "INC-1")
    browser = here.client(MAYA)
    (proposed,) = (await told(here))["proposed"]
    assert proposed in (await browser.get(PAGE)).text
    assert (await pressed(browser, "adopt")).status_code == 303
    assert (await told(here))["proposed"] == []
    assert "Rolling back" in await section(here, "timeline")
    assert "adopt" not in deeds((await browser.get(PAGE)).text)


async def test_hints_stand_beside_what_was_written_and_go_when_dismissed(story: World) -> None:
    browser = story.client(MAYA)
    await sent(browser, "edit", "impact", text="Tom failed to check the pool. The engineer should have known.")
    part = (await browser.get(f"{PAGE}/part/impact")).text
    assert part.count("Instead:") == 2
    assert "Instead:" not in (await browser.get(f"{PAGE}/part/learning")).text
    assert (await pressed(browser, "hint")).status_code == 303
    assert (await browser.get(f"{PAGE}/part/impact")).text.count("Instead:") == 1
    await sent(browser, "factor", factor="process", text="Human error of the engineer")
    assert "Instead:" in (await browser.get(f"{PAGE}/part/factors")).text
    assert (await sent(browser, "publish")).status_code == 303


async def test_somebody_mentioned_in_chat_stands_in_a_hint_by_name(story: World) -> None:
    tom = mention_token(account(TOM))
    await story.chat(MAYA, f"postmortem factor process: {tom} forgot to check the pool", "INC-1")
    part = (await story.client(MAYA).get(f"{PAGE}/part/factors")).text
    assert "Instead:" in part
    assert "@Tom Becker" in part
    assert not re.search("[\ue000\ue001]", part)


# -- publishing


async def test_publishing_shows_what_is_missing_and_is_a_second_step(story: World) -> None:
    browser = story.client(MAYA)
    asked = (await browser.get(PAGE, params={"do": "publish"})).text
    panel = asked.split('<form class="open"')[1].split("</form>")[0]
    assert "Publish anyway" in panel
    assert "nobody has written the learning card yet" in panel
    assert (await told(story))["status"] == "draft"
    action, fields = form_in(asked)
    assert (await browser.post(action, data=fields)).status_code == 303
    assert (await told(story))["status"] == "published"
    page = (await browser.get(PAGE)).text
    assert "Maya Ortiz" not in page.split("<article>")[1].split('<section id="review"')[0]
    assert "Still missing" not in page


async def test_a_published_one_becomes_the_next_version_and_one_in_review_its_draft(story: World) -> None:
    browser = story.client(MAYA)
    await sent(browser, "publish")
    assert (await sent(browser, "revise")).status_code == 303
    assert ((await told(story))["status"], (await told(story))["version"]) == ("draft", 2)
    await sent(browser, "review", people=story.person(TOM).id, day="2w")
    assert "Back to the draft" in (await browser.get(PAGE)).text
    assert (await sent(browser, "revise")).status_code == 303
    assert ((await told(story))["status"], (await told(story))["version"]) == ("draft", 2)


async def test_who_may_not_publish_is_told_and_nothing_happens(story: World) -> None:
    action, fields = await form(story.client(MAYA), "publish")
    olga = story.client(OLGA)
    seal = form_in((await olga.get(PAGE, params={"do": "comment"})).text)[1]["_seal"]
    answer = await olga.post(action, data={**fields, "_seal": seal})
    assert answer.status_code == 422
    assert (await told(story))["status"] == "draft"


async def test_what_people_typed_is_never_markup_here(story: World) -> None:
    hostile = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)> \"'>{{ 7*7 }}"
    browser = story.client(MAYA)
    await sent(browser, "factor", factor="process", text=hostile)
    await sent(browser, "edit", "impact", text=hostile)
    await sent(browser, "comment", "impact", section="impact", text=hostile)
    await sent(browser, "trigger", text=hostile)
    for query in ("", "?do=edit&of=impact", "?do=dispute", "?do=action", f"?do=edit&of={hostile}&at={hostile}"):
        page = (await browser.get(PAGE + query)).text
        assert "alert(1)" in page
        assert not re.search(r"<script(?! src=./)|<img src=x", page)
        assert "{{ 7*7 }}" in page
