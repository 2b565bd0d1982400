"""The page of action items: found, changed one by one with the same rules as in chat, and counted."""

from __future__ import annotations

import re

import pytest

from adapters.web.actions_page import LIST_PAGE
from bot.model import ItemStatus
from bot.text import mention_token
from tests.web.agreed import KEYS, a_year, agreed, hidden, item, sealed_fields, standing, year
from tests.web.test_reading_pages import cells
from tests.web.world import GUEST, MAYA, OLGA, TOM, World, account

__all__ = ["a_year", "agreed", "year"]

# -- the list


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("", 13), ("?owner=me", 6), ("?owner=nobody", 0), ("?severity=1", 2), ("?overdue=1", 12), ("?q=mapping", 3),
        ("?of=team:Payments", 8), ("?of=team:Search", 2), ("?of=service:mail", 3), ("?of=team:Gone", 0),
        ("?of=service:cards&severity=3&overdue=1", 3), ("?q=act-1", 1), ("?q=inc-2+stop", 1), ("?of=nonsense", 13),
    ],
)  # fmt: skip
async def test_items_are_found_and_all_twins_answer_alike(year: World, address: str, count: int) -> None:
    reader = year.client(MAYA)
    page = (await reader.get(f"/actions{address}")).text
    keys = KEYS.findall(page)
    assert len(keys) == count
    told = (await reader.get(f"/actions.json{address}")).json()
    assert ([one["key"] for one in told["actions"]], told["count"]) == (keys, count)
    assert [row["key"] for row in cells(await reader.get(f"/actions.csv{address}"))] == keys
    assert re.findall(r"\*\*(ACT-\d+)\*\*", (await reader.get(f"/actions.md{address}")).text) == keys


async def test_the_worst_stand_first_with_all_that_is_known_of_them(year: World) -> None:
    page = (await year.client(MAYA).get("/actions")).text
    told = [(one.severity, one.due, one.key) for one in (item(year, key) for key in KEYS.findall(page))]
    assert told == sorted(told, key=lambda one: one[:2])
    for words in ("7 months late", "snoozed once", "Search returns nothing", "Olga Outside", "13 open action items"):
        assert words in page, words


async def test_how_many_somebody_else_has_is_told_nowhere(year: World) -> None:
    reader, tom = year.client(MAYA), year.person(TOM).id
    theirs = f"/actions?owner={tom}"
    page = (await reader.get(theirs)).text
    assert "items fit" not in page
    assert "Tom Becker" in page
    assert (await reader.get(theirs.replace("?", ".json?"))).json()["count"] is None
    assert "items fit" in (await reader.get("/actions?owner=me")).text
    for twin in ("", ".json", ".md", ".csv"):
        figures = [(await reader.get(f"/actions/follow-through{twin}{asked}")) for asked in ("", f"?owner={tom}")]
        assert figures[0].text == figures[1].text, "figures ask for no owner"
        assert "Tom Becker" not in figures[0].text.replace('class="me">Maya Ortiz', "")


async def test_the_list_goes_on_where_the_page_ends(here: World) -> None:
    await here.chat(TOM, "declare sev2 Checkout is slow")
    for number in range(LIST_PAGE + 2):
        await here.chat(TOM, f"action @maya by 2w: Number {number}", "INC-1")
    reader = here.client(MAYA)
    first = (await reader.get("/actions?owner=me")).text
    (more,) = re.findall(r'href="(/actions\?[^"]*after=[^"]*)"[^>]*>More items', first)
    second = (await reader.get(more.replace("&amp;", "&"))).text
    assert (len(KEYS.findall(first)), len(KEYS.findall(second))) == (LIST_PAGE, 2)
    assert len(cells(await reader.get("/actions.csv"))) == LIST_PAGE + 2


@pytest.mark.parametrize("asked", ["?severity=9", "?severity=x", "?overdue=maybe", "?after=x", "?limit=x"])
async def test_a_nonsense_question_is_answered_in_words(here: World, asked: str) -> None:
    assert (await here.client(MAYA).get(f"/actions.json{asked}")).status_code == 422


async def test_where_nothing_is_open_the_page_says_so(here: World) -> None:
    reader = here.client(MAYA)
    assert "No action item is open." in (await reader.get("/actions")).text
    assert "No open action item fits." in (await reader.get("/actions?q=zebra")).text
    assert "nothing yet" in (await reader.get("/actions/follow-through")).text


async def test_nobody_reads_it_without_signing_in(agreed: World) -> None:
    for path in ("/actions", "/actions.csv", "/actions/follow-through", "/actions/ages.csv"):
        answer = await agreed.client().get(path)
        assert answer.status_code == 401
        assert "Alert when" not in answer.text


# -- one at a time


async def test_done_takes_one_press_and_can_be_taken_back(agreed: World) -> None:
    browser = agreed.client(MAYA)
    answer = await browser.post("/actions/ACT-1/done", data=await sealed_fields(browser, "/actions?owner=me"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/actions?owner=me&undo=ACT-1")
    assert item(agreed, "ACT-1").status is ItemStatus.DONE
    page = (await browser.get(answer.headers["location"])).text
    assert "ACT-1 is done. Thank you!" in page
    assert KEYS.findall(page) == ["ACT-3"]
    await browser.post("/actions/ACT-1/undo_item", data=hidden(page, "/actions/ACT-1/undo_item"))
    assert item(agreed, "ACT-1").status is ItemStatus.OPEN
    assert "ACT-1 is as it was before." in (await browser.get("/actions")).text


async def test_each_form_is_the_one_of_chat_and_changes_what_chat_would(agreed: World) -> None:
    browser = agreed.client(MAYA)
    for kind, said, after in (
        ("done", {"text": "https://example.com/pr/12"}, {"status": "done", "link": "https://example.com/pr/12"}),
        ("snooze", {"until": "2027-03-01", "reason": "the freeze"}, {"due": "2027-03-01", "snoozes": 1}),
        ("reassign", {"owner": "Tom Becker"}, {"owner": agreed.person(TOM).id}),
        ("wont_do", {"reason": "it is retired"}, {"status": "won't do", "reason": "it is retired"}),
        ("accept_risk", {"reason": "too dear"}, {"status": "accepted risk", "reason": "too dear"}),
    ):  # fmt: skip
        page = (await browser.get(f"/actions?do={kind}&item=ACT-1")).text
        form = hidden(page, f"/actions/ACT-1/{kind}")
        for name in said:
            assert f'name="{name}"' in page, (kind, name)
        assert (await browser.post(f"/actions/ACT-1/{kind}", data={**form, **said})).status_code == 303
        found = item(agreed, "ACT-1").model_dump(mode="json")
        assert {name: found[name] for name in after} == after
        await browser.post("/actions/ACT-1/undo_item", data=await sealed_fields(browser, form='id="one"'))
    entries = agreed.reports.entries(agreed.person(TOM), "INC-1", everything=True)
    assert entries is not None
    assert "ACT-1 snoozed until Mon 1 Mar 2027 (the freeze)" in "".join(one.text for one in entries[0])


@pytest.mark.parametrize(
    ("kind", "said", "sentence"),
    [
        ("snooze", {"until": ""}, "Say until when."), ("snooze", {"until": "yesterday-ish"}, "that date."),
        ("snooze", {"until": "tomorrow", "reason": "soon"}, "already, and snoozing makes a date later."),
        ("reassign", {"owner": "Maya Ortiz"}, "ACT-1 is with @Maya Ortiz already; nothing was changed."),
        ("reassign", {"owner": "Nobody Atall"}, "I know nobody called"), ("reassign", {"owner": " "}, "Say who"),
        ("wont_do", {"reason": " "}, "Say why"), ("accept_risk", {"reason": ""}, "Say why"),
        ("done", {"text": "javascript:alert(1)"}, "A link begins with https://"),
    ],
)  # fmt: skip
async def test_what_is_not_taken_stands_in_its_form_again(
    agreed: World, kind: str, said: dict[str, str], sentence: str
) -> None:
    browser, before = agreed.client(MAYA), standing(agreed)
    answer = await browser.post(f"/actions/ACT-1/{kind}", data={**await sealed_fields(browser), **said})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'class="open"' in answer.text
    for text in filter(str.strip, said.values()):
        assert text in answer.text
    assert standing(agreed) == before


async def test_a_second_snooze_wants_a_reason(agreed: World) -> None:
    browser = agreed.client(MAYA)
    await agreed.chat(MAYA, "snooze ACT-1 3w")
    before = standing(agreed)
    answer = await browser.post(
        "/actions/ACT-1/snooze", data={**await sealed_fields(browser), "until": "2027-03-01", "reason": ""}
    )
    assert answer.status_code == 422
    assert "was snoozed before, so please say why" in answer.text
    assert standing(agreed) == before


async def test_a_form_sent_twice_counts_once(agreed: World) -> None:
    browser = agreed.client(MAYA)
    form = {**await sealed_fields(browser), "until": "2027-03-01", "reason": "the freeze"}
    answers = [await browser.post("/actions/ACT-1/snooze", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert item(agreed, "ACT-1").snoozes == 1


async def test_who_may_not_is_offered_nothing_and_refused(agreed: World) -> None:
    browser, before = agreed.client(OLGA), standing(agreed)
    page = (await browser.get("/actions")).text
    assert len(KEYS.findall(page)) == 3
    assert "formaction" not in page
    assert 'name="items"' not in page
    assert 'id="several"' not in page
    for kind in ("done", "snooze", "reassign", "wont_do", "accept_risk", "not_mine"):
        said = {"until": "2w", "reason": "x", "owner": "me"}
        answer = await browser.post(f"/actions/ACT-1/{kind}", data={**await sealed_fields(browser), **said})
        assert answer.status_code == 422
        assert "Only its owner" in answer.text
    assert (await browser.get("/actions?do=snooze&item=ACT-1")).text.count('class="open"') == 0
    assert standing(agreed) == before


async def test_a_risk_is_accepted_by_whoever_leads(agreed: World) -> None:
    """Here Tom leads; Maya owns the item, and may do all the rest."""
    await agreed.chat(TOM, "lead me", "INC-1")
    maya = (await agreed.client(MAYA).get("/actions?q=act-1")).text
    tom = (await agreed.client(TOM).get("/actions?q=act-1")).text
    assert "do=accept_risk" not in maya
    assert "do=wont_do" in maya
    assert "do=accept_risk" in tom
    assert "/not_mine" in maya
    assert "/not_mine" not in tom


@pytest.mark.parametrize("change", [{"_seal": ""}, {"_seal": "0" * 40}, {"_once": ""}])
@pytest.mark.parametrize("path", ["/actions/ACT-1/done", "/actions/several", "/actions/several/apply"])
async def test_without_the_seal_of_the_session_nothing_is_done(
    agreed: World, path: str, change: dict[str, str]
) -> None:
    browser, before = agreed.client(MAYA), standing(agreed)
    form = {**await sealed_fields(browser), "do": "done", "items": "ACT-1", **change}
    assert (await browser.post(path, data=form)).status_code in (403, 422)
    assert standing(agreed) == before


async def test_a_form_leads_back_to_no_other_place(agreed: World) -> None:
    browser = agreed.client(MAYA)
    form = {**await sealed_fields(browser), "_back": "//evil.example/?q=x&owner=me&next=http://evil.example"}
    answer = await browser.post("/actions/ACT-1/done", data=form)
    assert answer.headers["location"] == "/actions?owner=me&undo=ACT-1"


# -- how much gets done


async def test_the_list_brings_the_figures_in_and_leads_to_them_without_a_script(year: World) -> None:
    reader = year.client(MAYA)
    page = (await reader.get("/actions?of=team:Payments&owner=me&q=x")).text
    assert 'hx-get="/actions/follow-through?of=team%3APayments"' in page
    assert 'href="/actions/follow-through?of=team%3APayments"' in page
    part = (await reader.get("/actions/follow-through?of=team:Payments", headers={"HX-Request": "true"})).text
    assert "<html" not in part
    assert "team Payments" in part


async def test_figures_and_charts_are_told_as_pictures_words_and_tables(year: World) -> None:
    reader = year.client(MAYA)
    page = (await reader.get("/actions/follow-through")).text
    for words in (
        "41 % (12 of 29)", "92 % (12 of 13)", "13 items open, 12 overdue", "36 noted, 23 ended", "By team", "Payments",
        "By contributing factor", "capacity", "(n = 2)", "<desc", 'role="img"', "As a table",
    ):  # fmt: skip
        assert words in page, words
    ages = cells(await reader.get("/actions/ages.csv"))
    weeks = cells(await reader.get("/actions/burn-up.csv"))
    told_ = (await reader.get("/actions/follow-through.json")).json()
    assert sum(int(row["open"]) for row in ages) == told_["all"]["overdue"]["of"] == 13
    assert (int(weeks[-1]["noted so far"]), int(weeks[-1]["ended so far"]), len(weeks)) == (36, 23, 53)
    rows = cells(await reader.get("/actions/follow-through.csv"))
    assert rows[0]["items"] == "36"
    assert {row["by"] for row in rows} == {"", "team", "service", "factor", "severity", "kind"}
    text = (await reader.get("/actions/follow-through.md")).text
    assert "- Done on time: 41 % (12 of 29)" in text
    assert "nothing is counted by person" in text


async def test_figures_follow_team_and_severity(year: World) -> None:
    reader = year.client(MAYA)
    path = "/actions/follow-through.json"
    everything, team, both = [
        (await reader.get(path + asked)).json()["all"]["n"]
        for asked in ("", "?of=team:Payments", "?of=team:Payments&severity=2")
    ]
    assert (everything, team, both) == (36, 20, 12)
    program = year.program(MAYA)
    assert (await program.get("/api/v1/actions/follow-through")).json()["all"]["n"] == 36
    assert (await program.get("/api/v1/actions/follow-through?severity=2")).json()["all"]["n"] == 12


async def test_drills_and_what_somebody_may_not_know_of_count_for_nothing(agreed: World) -> None:
    await agreed.chat(TOM, "declare sev2 A rehearsal --drill")
    await agreed.chat(TOM, f"action {mention_token(account(TOM))} by 2w: Rehearse", "INC-2")
    key = (await agreed.chat(MAYA, "declare sev1 Hidden from all --private")).incident
    await agreed.chat(MAYA, "action @maya by 2w: Seal the data room", key)
    path = "/actions/follow-through.json"
    counts = [(await agreed.client(user).get(path)).json()["all"]["n"] for user in (MAYA, TOM, OLGA, GUEST)]
    assert counts == [4, 3, 3, 0]
    assert (await agreed.program().get("/api/v1/actions/follow-through")).json()["all"]["n"] == 3


async def test_now_and_the_nav_lead_to_it(agreed: World) -> None:
    page = (await agreed.client(MAYA).get("/now")).text
    assert 'href="/actions?owner=me">All my items' in page
    assert 'href="/actions">Action items' in page
