"""Past incidents that are like one stand on its page, which does not wait for them."""

import pytest

from tests.web.world import GUEST, MAYA, OLGA, TOM, World


@pytest.fixture
async def again(here: World) -> World:
    await here.chat(MAYA, "declare sev2 Payments fail with ECONNREFUSED at the card gateway")
    await here.chat(TOM, "action @tom by 2w: Alert on refused connections of the card gateway", "INC-1")
    await here.chat(MAYA, "resolve The gateway's pool was made larger", "INC-1")
    await here.chat(MAYA, "declare sev3 Invoices are printed twice")
    await here.chat(TOM, "declare sev1 Card payments refused, ECONNREFUSED again")
    return here


async def test_a_like_incident_is_shown_with_what_fixed_it_and_what_is_open_still(again: World) -> None:
    page = (await again.client(OLGA).get("/incidents/INC-3/similar")).text
    assert '<a href="/incidents/INC-1" dir="auto">Payments fail' in page
    assert "The gateway&#39;s pool was made larger" in page
    assert "Alert on refused connections" in page
    assert "Tom Becker, due" in page
    assert "Invoices" not in page


async def test_the_incidents_page_leads_there_and_brings_the_list_in_by_itself(again: World) -> None:
    reader = again.client(MAYA)
    page = (await reader.get("/incidents/INC-3")).text
    assert 'hx-get="/incidents/INC-3/similar"' in page
    assert '<a href="/incidents/INC-3/similar">' in page
    assert "card gateway" not in page
    part = (await reader.get("/incidents/INC-3/similar", headers={"HX-Request": "true"})).text
    assert "card gateway" in part
    assert "<html" not in part


async def test_the_twins_tell_the_same(again: World) -> None:
    told = (await again.client(MAYA).get("/incidents/INC-3/similar.md")).text
    assert told.startswith("# Past incidents like INC-3\n\n- **INC-1** Payments fail")
    assert "What fixed it: The gateway's pool was made larger" in told
    assert "ACT-1 Alert on refused connections" in told
    nothing = (await again.client(MAYA).get("/incidents/INC-2/similar.md")).text
    assert "Nothing like it was found" in nothing
    (one,) = (await again.client(MAYA).get("/incidents/INC-3/similar.json")).json()["similar"]
    assert (one["key"], [item["key"] for item in one["open_actions"]]) == ("INC-1", ["ACT-1"])


async def test_where_nothing_is_alike_the_page_says_so(again: World) -> None:
    assert "Nothing like it was found" in (await again.client(MAYA).get("/incidents/INC-2/similar")).text


async def test_what_somebody_may_not_know_of_is_not_like_anything(again: World) -> None:
    key = (await again.chat(MAYA, "declare sev1 ECONNREFUSED at the card gateway, on purpose --private")).incident
    await again.chat(MAYA, "resolve Sealed", key)
    mine = (await again.client(MAYA).get("/incidents/INC-3/similar")).text
    theirs = (await again.client(OLGA).get("/incidents/INC-3/similar")).text
    assert "on purpose" in mine
    assert "on purpose" not in theirs
    for stranger in (again.client(OLGA), again.client(GUEST)):
        hidden = await stranger.get(f"/incidents/{key}/similar")
        unknown = await stranger.get("/incidents/INC-QQQQQ/similar")
        assert (hidden.status_code, hidden.text) == (unknown.status_code, unknown.text) == (404, hidden.text)
