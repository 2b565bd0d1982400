"""On the page, too: whether an item that stood open would have helped, what it brings, and what outsiders see of it."""

from __future__ import annotations

import re

from tests.web.postmortems import form_in, pressed
from tests.web.world import MAYA, OLGA, TOM, World

LATER = "/incidents/INC-2/postmortem"
POOL = "Checkout answers with errors, the connection pool is exhausted"


async def again(here: World) -> World:
    """The same once more, while what should have prevented it stands open."""
    await here.chat(MAYA, f"declare sev2 {POOL}")
    await here.chat(TOM, "action @tom by 2w: Alert on pool saturation", "INC-1")
    await here.chat(MAYA, "resolve Pool made larger", "INC-1")
    await here.chat(MAYA, f"declare sev2 {POOL} again")
    await here.chat(MAYA, "resolve restarted", "INC-2")
    return here


async def opened(here: World, user: str = MAYA) -> str:
    return (await here.client(user).get(LATER, params={"do": "known"})).text


async def sent(here: World, **typed: str) -> str:
    browser = here.client(MAYA)
    action, fields = form_in((await browser.get(LATER, params={"do": "known"})).text)
    answer = await browser.post(action, data={**fields, **typed})
    return answer.text if answer.status_code == 422 else (await browser.get(LATER)).text


async def test_what_stood_open_is_offered_chosen_shown_on_both_sides_and_taken_back(here: World) -> None:
    await again(here)
    page = await opened(here)
    assert re.findall(r'<option value="(ACT-\d+|none)"', page) == ["ACT-1", "none"]
    page = await sent(here, chosen="ACT-1")
    assert "Known before: ACT-1 of INC-1 stood open (Alert on pool saturation)" in page
    browser = here.client(MAYA)
    assert "Known before" in (await browser.get("/incidents/INC-2")).text
    said = (await browser.get(f"{LATER}.json")).json()["known"]
    assert (said["unfixed"], said["came_back"], said["items"][0]["key"]) == (True, False, "ACT-1")
    known = (await here.program(MAYA).get("/api/v1/known")).json()
    assert known["figures"] == {"answered": 1, "unfixed": 1, "came_back": 0, "none": 0}
    assert [(one["key"], one["items"][0]["incident"]) for one in known["incidents"]] == [("INC-2", "INC-1")]
    answer = await pressed(browser, "known_back", LATER)
    assert answer.status_code == 303
    assert "Known before" not in (await browser.get(LATER)).text
    assert (await here.program(MAYA).get("/api/v1/known")).json()["figures"]["answered"] == 0


async def test_a_key_that_does_not_fit_comes_back_in_its_form_with_the_reason(here: World) -> None:
    await again(here)
    page = await sent(here, act="ACT-99")
    assert "I know no action item ACT-99 that everybody here may see" in page
    assert 'value="ACT-99"' in page
    assert '<option value="ACT-1"' in page
    page = await sent(here, chosen="none")
    assert "No open action item would have prevented it" in page
    assert 'data-deed="known"' not in page


async def test_of_a_private_incident_nothing_is_offered_counted_or_told_to_outsiders(here: World) -> None:
    await again(here)
    await here.chat(MAYA, f"declare sev2 zirconium {POOL} --private")
    (sealed,) = (one for one in here.reports.incidents(here.person(MAYA))[0] if one.private)
    await here.chat(MAYA, "action @me by 2w: zirconium pool saturation", sealed.key)
    await here.chat(MAYA, "resolve restarted", sealed.key)
    assert "zirconium" not in await opened(here)
    assert "zirconium" not in await opened(here, OLGA)
    await here.gave("postmortem_known", MAYA, incident=sealed.key, act="ACT-1")
    theirs = (await here.program(MAYA).get("/api/v1/known")).json()
    assert [one["key"] for one in theirs["incidents"]] == [sealed.key]
    outside = (await here.program(OLGA).get("/api/v1/known")).json()
    assert outside["figures"]["answered"] == 0
    items = (await here.program(OLGA).get("/api/v1/actions")).text
    assert sealed.key not in items
