"""The Setup page: for admins, sealed like every form, and nothing is applied that was not shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.commands.policy import SetPolicy
from bot.model import Policies
from bot.policy_file import read_policy
from bot.policy_written import Written
from tests.web.world import GUEST, MAYA, OLGA, TOM, World

ITEM = "action @tom by 60d: Alert on pool saturation"


@pytest.fixture
async def ruled(here: World) -> World:
    """Maya is the admin, and Tom owns an action item whose date follows from the policy."""
    await here.gave("set_up", MAYA)
    await here.chat(MAYA, "declare sev3 Checkout is slow")
    await here.chat(MAYA, ITEM, "INC-1")
    return here


async def fields(browser: httpx.AsyncClient, **typed: str) -> dict[str, str]:
    """The form as it stands on the page, filled in."""
    return _filled((await browser.get("/setup")).text, 'id="settings"') | typed


def _filled(page: str, which: str) -> dict[str, str]:
    form = page.split(which)[1].split("</form>", maxsplit=1)[0]
    found = dict(re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', form))
    for name, choices in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = next(iter(re.findall(r'value="([^"]*)" selected', choices)), "")
    return found | {"dates": "new"}


async def previewed(browser: httpx.AsyncClient, **typed: str) -> tuple[str, dict[str, str]]:
    """The page with what would change, and the form that applies it."""
    answer = await browser.post("/setup", data=await fields(browser, **typed))
    assert answer.status_code == 200, answer.text
    return answer.text, _preview_form(answer.text)


def _preview_form(page: str) -> dict[str, str]:
    form = page.split('class="preview"')[1].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))


def policies(here: World) -> Policies:
    found = here.reports.organisation(here.organisation)
    assert found is not None
    return found.policies


def due(here: World, key: str = "ACT-1") -> Any:
    item = here.reports.item(here.person(MAYA), key)
    assert item is not None
    return item.due


async def test_what_a_change_would_alter_is_shown_before_anything_is_done_and_then_done_just_so(ruled: World) -> None:
    maya, was = ruled.client(MAYA), due(ruled)
    typed = {"dates": "open", **{f"due_days.sev{n}": "90" for n in (3, 4, 5)}}
    page, form = await previewed(maya, **typed)
    assert "1 open action item gets another date: ACT-1 from" in page
    assert (due(ruled), policies(ruled).due_days[3]) == (was, 60)
    answer = await maya.post("/setup", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")
    assert (due(ruled), policies(ruled).due_days[3]) == (was + timedelta(days=30), 90)
    page = (await maya.get("/setup")).text
    assert 'role="status"' in page
    assert "SEV3 60, SEV4 60, SEV5 60 → SEV3 90, SEV4 90, SEV5 90" in page.split('id="history"')[1]


async def test_dates_that_people_have_seen_stay_unless_that_is_asked_for(ruled: World) -> None:
    maya, was = ruled.client(MAYA), due(ruled)
    page, form = await previewed(maya, **{f"due_days.sev{n}": "90" for n in (3, 4, 5)})
    assert "1 open action item whose date nobody chose keeps its date" in page
    await maya.post("/setup", data=form)
    assert (due(ruled), policies(ruled).due_days[3]) == (was, 90)


async def test_a_preview_that_is_no_longer_true_is_refused_in_words(ruled: World) -> None:
    maya = ruled.client(MAYA)
    _, form = await previewed(maya, **{"dates": "open", **{f"due_days.sev{n}": "90" for n in (3, 4, 5)}})
    await ruled.chat(TOM, "snooze ACT-1 12w")
    was = due(ruled)
    answer = await maya.post("/setup", data=form)
    assert answer.status_code == 422
    assert "Something has changed since you looked" in answer.text
    assert 'value="90"' in answer.text
    assert (due(ruled), policies(ruled).due_days[3]) == (was, 60)


async def test_a_made_up_mark_applies_nothing(ruled: World) -> None:
    maya = ruled.client(MAYA)
    answer = await maya.post("/setup", data=await fields(maya, zone="Europe/Berlin", seen="0" * 32))
    assert (answer.status_code, policies(ruled).zone) == (422, "UTC")


@pytest.mark.parametrize("user", [TOM, OLGA, GUEST])
async def test_whoever_is_no_admin_sees_and_changes_nothing(ruled: World, user: str) -> None:
    maya, other = ruled.client(MAYA), ruled.client(user)
    form = await fields(maya, zone="Europe/Berlin")
    for path in ("/setup", "/setup.toml", "/setup.json"):
        answer = await other.get(path)
        assert (answer.status_code, "Europe" in answer.text, "due_days" in answer.text) == (403, False, False)
    page = (await other.get("/now")).text
    assert 'href="/setup"' not in page
    seal = re.findall(r'name="_seal" value="([^"]+)"', (await other.get("/incidents/INC-1")).text)
    answer = await other.post("/setup", data={**form, "_seal": (seal or [""])[0]})
    assert answer.status_code == 403
    assert policies(ruled).zone == "UTC"


async def test_a_stranger_is_asked_to_sign_in(ruled: World) -> None:
    for answer in (await ruled.client().get("/setup"), await ruled.client().post("/setup", data={"zone": "UTC"})):
        assert answer.status_code == 401


@pytest.mark.parametrize("change", [{"_seal": ""}, {"_seal": "0" * 40}, {"_once": ""}])
async def test_without_the_seal_of_the_session_nothing_is_done(ruled: World, change: dict[str, str]) -> None:
    maya = ruled.client(MAYA)
    _, form = await previewed(maya, zone="Europe/Berlin")
    answer = await maya.post("/setup", data={**form, **change})
    assert (answer.status_code in (403, 422), policies(ruled).zone) == (True, "UTC")
    elsewhere = await maya.post("/setup", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert (elsewhere.status_code, policies(ruled).zone) == (403, "UTC")


async def test_a_form_sent_twice_is_one_change(ruled: World) -> None:
    maya = ruled.client(MAYA)
    _, form = await previewed(maya, zone="Europe/Berlin")
    for _ in range(2):
        assert (await maya.post("/setup", data=form)).status_code == 303
    assert len([one for one in ruled.reports.policy_history(ruled.organisation) if one.kind == "set_policy"]) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"zone": "Mars/Olympus"}, "Mars/Olympus is no time zone"),
        ({"country": "XX"}, "XX is no country"),
        ({"call_link": "javascript:alert(1)"}, "begin with https://"),
        ({"digest_time": "23:00"}, "from 09:00 to 16:59"),
        ({"due_days.sev1": "many"}, "use a whole number"),
        ({"due_days.sev1": "0"}, "use 1 or more"),
        ({"due_days.sev1": "99"}, "SEV2 would have less time"),
        ({"due_soon_days": "99"}, "use 14 or less"),
        ({"update_minutes.sev1": "1"}, "use 5 or more"),
        ({"escalation_weeks.1": "5"}, "as late as the one before it"),
        ({"escalation_weeks.3": "99"}, "use 26 or less"),
        ({"teams": "Payments; nobody@acme.example"}, "I know nobody called nobody@acme.example"),
        ({"teams": "Payments; gus@acme.example"}, "Gus Guest is a guest and cannot lead"),
        ({"teams": "Payments\npayments"}, "two teams called payments"),
        ({"teams": "Payments;;a b"}, "a b is no channel"),
        ({"teams": "A;;;checkout\nB;;;checkout"}, "checkout is there twice"),
        ({"teams": "; maya@acme.example"}, "write something here"),
        ({"may.resolve": "anyone"}, "use &#39;responder&#39;"),
        ({"may.accept_risk": "responder"}, "it cannot be given to responder"),
    ],
)
async def test_what_is_wrong_is_named_at_its_field_and_what_was_typed_comes_back(
    ruled: World, typed: dict[str, str], said: str
) -> None:
    maya, before = ruled.client(MAYA), policies(ruled)
    answer = await maya.post("/setup", data=await fields(maya, **typed))
    assert answer.status_code == 422
    assert said in answer.text
    if "may." not in next(iter(typed)):
        assert next(iter(typed.values())).splitlines()[0].replace("'", "&#39;") in answer.text
    assert policies(ruled) == before


async def test_teams_are_read_as_they_are_written_and_written_as_they_are_read(ruled: World) -> None:
    maya = ruled.client(MAYA)
    lines = "Payments; Maya Ortiz; #payments; checkout, cart\nSearch; tom@acme.example"
    _, form = await previewed(maya, teams=lines, services="mail")
    await maya.post("/setup", data=form)
    payments, search = policies(ruled).teams
    assert (payments.lead, payments.channel, search.lead) == ("p_u_maya", "payments", "p_u_tom")
    assert [(row.name, row.team) for row in policies(ruled).services] == [
        ("checkout", "Payments"), ("cart", "Payments"), ("mail", ""),
    ]  # fmt: skip
    again = await fields(maya)
    assert again["teams"].splitlines()[0] == "Payments; maya@acme.example; #payments; checkout, cart"
    answer = await maya.post("/setup", data=again)
    assert "Nothing would change" in (await maya.get("/setup")).text or answer.status_code == 200


async def test_private_items_are_counted_and_not_named_to_an_admin_who_may_not_see_them(ruled: World) -> None:
    key = (await ruled.chat(TOM, "declare sev3 Zirconium leak --private")).incident
    await ruled.chat(TOM, "action @me by 60d: Seal the zirconium", key)
    page, _ = await previewed(ruled.client(MAYA), **{"dates": "open", **{f"due_days.sev{n}": "90" for n in (3, 4, 5)}})
    assert "2 open action items get another date: ACT-1" in page
    assert "and 1 more (1 of private incidents)" in page
    assert "irconium" not in page
    assert len(re.findall(r"ACT-\w+", page)) == 1


async def test_a_file_of_the_operators_makes_the_page_read_only_and_it_says_why(ruled: World) -> None:
    written = Written(zone="Europe/Berlin", teams=[])
    origin = ruled.origin("").model_copy(update={"platform": "clock", "tenant": ruled.organisation})
    await ruled.writer.submit(SetPolicy(origin=origin, wanted=written, file="policy.toml"))
    maya = ruled.client(MAYA)
    page = (await maya.get("/setup")).text
    assert "These settings come from policy.toml" in page
    assert 'name="zone" value="Europe/Berlin"' in page
    assert "readonly" in page
    assert "See what it would change" not in page
    form = await fields(maya, zone="UTC")
    answer = await maya.post("/setup", data=form)
    assert (answer.status_code, policies(ruled).zone) == (422, "Europe/Berlin")


async def test_the_page_as_toml_is_a_file_to_begin_with(ruled: World) -> None:
    maya = ruled.client(MAYA)
    _, form = await previewed(maya, teams="Payments; maya@acme.example; #payments; checkout")
    await maya.post("/setup", data=form)
    written, problems = read_policy((await maya.get("/setup.toml")).text)
    assert problems == []
    assert written is not None
    assert written.model_dump() == (await maya.get("/setup.json")).json()


async def test_while_nobody_is_an_admin_whoever_sets_up_first_becomes_one(here: World) -> None:
    tom = here.client(TOM)
    _, form = await previewed(tom, zone="Europe/Berlin")
    await tom.post("/setup", data=form)
    assert policies(here).admins == {"p_u_tom"}
    assert (await here.client(MAYA).get("/setup")).status_code == 403


async def test_the_history_says_who_changed_what_and_when(ruled: World) -> None:
    maya = ruled.client(MAYA)
    _, form = await previewed(maya, zone="Europe/Berlin", digest_weekday="tuesday")
    await maya.post("/setup", data=form)
    history = (await maya.get("/setup")).text.split('id="history"')[1]
    assert "Maya Ortiz" in history
    assert "Time zone: UTC → Europe/Berlin" in history
    assert "Day of the weekly digest: Monday → Tuesday" in history
    assert f"{datetime.now(UTC):%Y-%m-%d}" in history
