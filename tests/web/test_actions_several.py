"""Several action items changed at once: said exactly before, done once, and each answered for itself."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.effects import Direct
from tests.web.agreed import KEYS, agreed, applied, hidden, preview, sealed_fields, standing
from tests.web.test_private import unknown
from tests.web.world import GUEST, MAYA, OLGA, TOM, World, account

__all__ = ["agreed"]


async def test_what_would_change_is_said_exactly_and_then_done(agreed: World) -> None:
    browser, before = agreed.client(MAYA), standing(agreed)
    due = {key: one[1] for key, one in before.items()}
    page = await preview(browser, items="ACT-1,ACT-3", do="snooze", until="2027-03-01", reason="the freeze")
    assert page.status_code == 200
    assert "2 items would change." in page.text
    assert page.text.count("→ Mon 1 Mar 2027, because: the freeze") == 2
    assert "Alert when the pool is full" in page.text
    assert standing(agreed) == before, "looking changes nothing"
    answer = await applied(browser, page)
    assert "2 changed." in answer.text
    assert "ACT-3 is now due Mon 1 Mar 2027." in answer.text
    after = {key: (one[1], one[3]) for key, one in standing(agreed).items()}
    assert after == {"ACT-1": ("2027-03-01", 1), "ACT-2": (due["ACT-2"], 0), "ACT-3": ("2027-03-01", 1)}


async def test_sent_twice_it_does_nothing_twice_and_answers_alike(agreed: World) -> None:
    browser = agreed.client(MAYA)
    page = await preview(browser, items="ACT-1,ACT-3", do="snooze", until="2027-03-01", reason="x")
    first, again = await applied(browser, page), await applied(browser, page)
    assert "2 changed." in first.text
    assert "2 changed." in again.text
    assert [one[3] for one in standing(agreed).values()] == [1, 0, 1]
    done = agreed.reports.entries(agreed.person(TOM), "INC-1", everything=True)
    assert done is not None
    assert sum("snoozed until" in one.text for one in done[0]) == 2


async def test_each_item_is_answered_for_itself(agreed: World) -> None:
    """One was snoozed before, one is no item, one was ended meanwhile, and one is what it would become already."""
    await agreed.chat(MAYA, "snooze ACT-3 2027-02-01")
    browser = agreed.client(TOM)
    page = await preview(browser, items="ACT-1,ACT-2,ACT-3,ACT-9", do="snooze", until="2027-03-01")
    assert "2 items would change, 2 would not." in page.text
    assert "I know no action item ACT-9." in page.text
    assert "ACT-3 was snoozed before, so please say why this time." in page.text
    await agreed.chat(TOM, "done ACT-2")
    answer = await applied(browser, page)
    assert "1 changed, 1 refused." in answer.text
    assert "ACT-2 is already done" in answer.text
    again = await preview(browser, items="ACT-1", do="snooze", until="2027-03-01", reason="why not")
    assert "ACT-1 is due Mon 1 Mar 2027 already, and snoozing makes a date later." in again.text
    assert "/actions/several/apply" not in again.text


async def test_what_nobody_owns_is_not_given_away_again(agreed: World) -> None:
    maya, tom = agreed.client(MAYA), agreed.client(TOM)
    await maya.post("/actions/ACT-1/not_mine", data=await sealed_fields(maya))
    again = await preview(tom, items="ACT-1", do="not_mine")
    assert "It is so already." in again.text
    assert "/actions/several/apply" not in again.text


@pytest.mark.parametrize(
    ("said", "going", "refused"),
    [
        ({"do": "snooze", "until": "2w"}, "ACT-2", ("ACT-1 is due", "ACT-3 is due")),
        ({"do": "reassign", "owner": "maya"}, "ACT-2", ("ACT-1 is with", "ACT-3 is with")),
    ],
)  # fmt: skip
async def test_what_would_be_no_change_is_left_out_and_refused_if_it_is_sent(
    agreed: World, said: dict[str, str], going: str, refused: tuple[str, ...]
) -> None:
    browser, before = agreed.client(TOM), standing(agreed)
    page = await preview(browser, items="ACT-1,ACT-2,ACT-3", **said)
    assert "1 item would change, 2 would not." in page.text
    form = hidden(page.text, "/actions/several/apply")
    assert form["items"] == going
    answer = await browser.post("/actions/several/apply", data={**form, "items": "ACT-1,ACT-2,ACT-3"})
    assert "1 changed, 2 refused." in answer.text
    assert all(words in answer.text for words in refused)
    after = standing(agreed)
    assert {key for key in after if after[key] != before[key]} == {going}


async def test_a_new_owner_is_named_by_name_and_told_once(agreed: World) -> None:
    browser = agreed.client(TOM)
    page = await preview(browser, all="1", do="reassign", owner="olga", _shown="ACT-1,ACT-2,ACT-3")
    assert "Maya Ortiz → Olga Outside" in page.text
    assert "Tom Becker → Olga Outside" in page.text
    before = told(agreed, OLGA)
    await applied(browser, page)
    olga = agreed.person(OLGA).id
    assert {one[0] for one in standing(agreed).values()} == {olga}
    (word,) = told(agreed, OLGA)[len(before) :]
    assert "gave you several action items at once" in word
    await applied(browser, page)
    assert len(told(agreed, OLGA)) == len(before) + 1


def told(here: World, user: str) -> list[str]:
    """Direct messages that wait for somebody."""
    with here.store.reading() as work:
        work.cursor.execute("SELECT body FROM outbox WHERE kind = 'direct' ORDER BY id")
        found = [Direct.model_validate_json(row[0]) for row in work.cursor.fetchall()]
    return [one.card.plain() for one in found if one.account == account(user)]


@pytest.mark.parametrize(
    ("kind", "said", "status"),
    [("done", {}, "done"), ("wont_do", {"reason": "it is retired"}, "won't do"),
     ("accept_risk", {"reason": "too dear"}, "accepted risk")],
)  # fmt: skip
async def test_several_are_ended_and_all_of_it_is_undone(
    agreed: World, kind: str, said: dict[str, str], status: str
) -> None:
    browser, before = agreed.client(MAYA), standing(agreed)
    answer = await applied(browser, await preview(browser, items="ACT-1,ACT-3", do=kind, **said))
    assert [one[2] for one in standing(agreed).values()] == [status, "open", status]
    undone = await browser.post("/actions/several/apply", data=hidden(answer.text, "/actions/several/apply"))
    assert "2 changed." in undone.text
    assert standing(agreed) == before


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"do": "done"}, "Tick at least one item"), ({"items": "ACT-1", "do": ""}, "Say what is to change"),
        ({"items": "ACT-1", "do": "declare"}, "Say what is to change"), ({"items": "x,<b>", "do": "done"}, "Tick at"),
        ({"items": "ACT-1", "do": "snooze"}, "Say until when"), ({"items": "ACT-1", "do": "reassign"}, "Say who"),
        ({"items": "ACT-1", "do": "wont_do", "reason": " "}, "Say why"),
        ({"items": "ACT-1", "do": "accept_risk"}, "Say why"),
    ],
)  # fmt: skip
async def test_what_is_unclear_is_asked_again_with_the_ticks_kept(
    agreed: World, said: dict[str, str], sentence: str
) -> None:
    browser, before = agreed.client(MAYA), standing(agreed)
    answer = await preview(browser, **said)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ('value="ACT-1" checked' in answer.text) == ("ACT-1" in said.get("items", ""))
    sent = {**await sealed_fields(browser), **said}
    assert (await browser.post("/actions/several/apply", data=sent)).status_code == 422
    assert standing(agreed) == before


async def test_who_may_not_change_one_sees_that_before(agreed: World) -> None:
    await agreed.chat(OLGA, "declare sev3 Mail is late")
    await agreed.chat(OLGA, "action @olga by 2w: Page somebody", "INC-2")
    browser, before = agreed.client(OLGA), standing(agreed)
    page = await preview(browser, items="ACT-1,ACT-4", do="wont_do", reason="it is retired")
    assert "1 item would change, 1 would not." in page.text
    assert "Only its owner, the incident&#39;s responders or an admin can change ACT-1." in page.text
    forged = {**hidden(page.text, "/actions/several/apply"), "items": "ACT-1,ACT-4"}
    answer = await browser.post("/actions/several/apply", data=forged)
    assert "1 changed, 1 refused." in answer.text
    assert standing(agreed)["ACT-1"] == before["ACT-1"]


async def test_a_sealed_item_is_one_that_does_not_exist(agreed: World) -> None:
    key = (await agreed.chat(MAYA, "declare sev1 Hidden from all --private")).incident
    await agreed.chat(MAYA, "action @maya by 2w: Seal the data room", key)
    (secret,) = (one.key for one in agreed.reports.items(agreed.person(MAYA)) if one.private)
    browser = agreed.client(OLGA)
    answers = []
    for named in (secret, unknown(secret)):
        for kind, said in (("reassign", {"owner": "me"}), ("done", {}), ("undo_item", {})):
            page = await preview(browser, items=named, do=kind, **said)
            form: dict[str, Any] = {**await sealed_fields(browser), "items": named, "do": kind, **said}
            done = await browser.post("/actions/several/apply", data=form)
            one = await browser.post(f"/actions/{named}/{kind}", data={**await sealed_fields(browser), **said})
            told_ = [(answer.status_code, answer.text.replace(named, "KEY")) for answer in (page, done, one)]
            answers.append(re.sub(r'name="_once" value="[^"]+"', "", str(told_)))
            assert "Seal the data room" not in answers[-1]
    assert answers[:3] == answers[3:]
    assert "Seal the data room" not in (await browser.get("/actions")).text
    assert secret in KEYS.findall((await agreed.client(MAYA).get("/actions")).text)


async def test_a_guest_works_on_what_they_were_invited_to(agreed: World) -> None:
    guest = agreed.client(GUEST)
    assert KEYS.findall((await guest.get("/actions")).text) == []
    await agreed.chat(TOM, "invite @gus", "INC-1")
    assert len(KEYS.findall((await guest.get("/actions")).text)) == 3
