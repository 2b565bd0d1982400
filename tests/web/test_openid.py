"""Signing in with Slack or Microsoft: the good way, and what each of those who take part can do wrong."""

from __future__ import annotations

import base64
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from adapters.web.begun import VALID_FOR, Sealed, begin
from bot.words.sign_in import Why
from storage import people
from tests.web.openid_stage import KINDS, NAMES, PUBLIC, Stage, someone, staged
from tests.web.provider import CLIENT, SECRET, TENANT, decided, slack_user
from tests.web.world import MAYA, OLGA

Json = dict[str, Any]


@pytest.fixture(params=KINDS)
async def stage(folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with staged(folder, request.param) as made:
        yield made


# -- the good way


async def test_whoever_chat_knows_signs_in_and_is_led_to_where_they_wanted_to_go(stage: Stage) -> None:
    browser = stage.here.client()
    answer = await stage.through(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/INC-1?all=1")
    session = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("debrief="))
    assert "HttpOnly" in session
    assert "samesite=lax" in session.casefold()
    assert "Maya Ortiz" in (await browser.get("/incidents")).text


async def test_the_pages_without_a_session_offer_each_way_and_remember_the_page(stage: Stage) -> None:
    for path, status in (("/incidents/INC-1?all=1", 401), ("/sign-in?to=/incidents/INC-1%3Fall%3D1", 200)):
        answer = await stage.here.client().get(path)
        assert answer.status_code == status
        assert f"Sign in with {NAMES[stage.kind]}" in answer.text
        assert f"/sign-in/with/{stage.kind}?to=%2Fincidents%2FINC-1%3Fall%3D1" in answer.text
        assert "/incident web" in answer.text


async def test_whoever_is_signed_in_is_not_asked_to_sign_in(stage: Stage) -> None:
    answer = await stage.here.client(MAYA).get("/sign-in", params={"to": "/incidents/INC-1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/INC-1")


async def test_signing_out_ends_a_session_that_was_begun_like_this(stage: Stage) -> None:
    browser = stage.here.client()
    await stage.through(browser)
    secret = browser.cookies["debrief"]
    await browser.post("/sign-out")
    thief = stage.here.client(headers={"Cookie": f"debrief={secret}"})
    assert (await thief.get("/incidents")).status_code == 401


async def test_a_new_session_is_begun_whatever_cookie_the_browser_brought(stage: Stage) -> None:
    planted = stage.here.client(OLGA).cookies["debrief"]
    browser = stage.here.client(headers={"Cookie": f"debrief={planted}"})
    page = await browser.get(f"/sign-in/with/{stage.kind}")
    begun = page.headers["set-cookie"].split(";", 1)[0]
    back = await decided(page.headers["location"])
    answer = await browser.get(back, headers={"Cookie": f"debrief={planted}; {begun}"})
    fresh = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("debrief="))
    assert planted not in fresh
    caller = stage.here.access.session(fresh.split(";", 1)[0].removeprefix("debrief="))
    assert caller is not None
    assert caller.principal.name == "Maya Ortiz"


async def test_a_guest_signs_in_as_the_guest_that_they_are_in_chat(folder: Path) -> None:
    async with staged(folder, "slack") as stage:
        with stage.here.store.transaction() as work:
            guest = someone(stage.here, "slack:T1:UGUEST", "guest").model_copy(update={"name": "Gus Guest"})
            people.make(work, guest)
        stage.provider.user = slack_user("UGUEST")
        browser = stage.here.client()
        assert (await stage.through(browser)).status_code == 303
        assert "Gus Guest" in (await browser.get("/incidents")).text


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example", "/\\evil", "", "incidents", "/" + "x" * 2000]
)
async def test_nobody_is_led_to_another_host(stage: Stage, to: str) -> None:
    answer = await stage.through(stage.here.client(), to=to)
    assert (answer.status_code, answer.headers["location"]) == (303, "/now")


async def test_what_is_asked_of_the_provider_fits_it_and_carries_no_secret(stage: Stage) -> None:
    page = await stage.begun(stage.here.client())
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    assert asked["redirect_uri"] == f"{PUBLIC}/sign-in/from/{stage.kind}"
    assert asked["client_id"] == CLIENT[stage.kind]
    assert ("code_challenge" in asked) == (stage.kind == "microsoft")
    assert SECRET not in page
    assert "INC-1" not in page


async def test_a_rotated_key_is_found_by_the_next_sign_in(stage: Stage) -> None:
    assert (await stage.through(stage.here.client())).status_code == 303
    stage.provider.keys, stage.provider.signs_with = ["second"], "second"
    assert (await stage.through(stage.here.client())).status_code == 303


@pytest.fixture
async def behind_https(folder: Path) -> AsyncIterator[Stage]:
    url = "https://debrief.example"
    async with staged(folder, "microsoft", url, DEBRIEF_PUBLIC_URL=url) as made:
        yield made


async def test_over_https_both_cookies_stay_with_this_host(behind_https: Stage) -> None:
    transport = httpx.ASGITransport(behind_https.here.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://debrief.example") as browser:
        started = await browser.get("/sign-in/with/microsoft")
        answer = await browser.get(await decided(started.headers["location"]))
    cookies = [*started.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
    assert {one.split("=", 1)[0] for one in cookies} == {"__Host-debrief-sign-in", "__Host-debrief"}
    for one in cookies:
        assert "Secure" in one
        assert "HttpOnly" in one
        assert "Path=/" in one
    assert f"Max-Age={VALID_FOR}" in cookies[0]


# -- the person, and the browser


async def test_whoever_says_no_is_told_so(stage: Stage) -> None:
    before = stage.kept()
    stage.told(await stage.through(stage.here.client(), "deny"), "denied")
    assert stage.kept() == before


@pytest.mark.parametrize(
    ("word", "why"), [("server_error", "away"), ("temporarily_unavailable", "away"), ("invalid_scope", "refused")]
)
async def test_a_provider_that_sends_people_back_without_a_code_is_named(stage: Stage, word: str, why: Why) -> None:
    before = stage.kept()
    answer = await stage.through(stage.here.client(), word)
    stage.told(answer, why)
    assert "resource owner" not in answer.text
    assert stage.kept() == before


@pytest.mark.parametrize(("who", "why"), [("stranger", "unmet"), ("gone", "gone"), ("elsewhere", "tenant")])
async def test_whoever_may_not_come_in_is_told_why(stage: Stage, who: str, why: Why) -> None:
    stage.provider.user = stage.person(who)
    before = stage.kept()
    answer = await stage.through(stage.here.client())
    stage.told(answer, why)
    assert answer.status_code == 403
    assert stage.kept() == before


async def test_a_tenant_that_left_lets_nobody_in(stage: Stage) -> None:
    platform, tenant = ("slack", "T1") if stage.kind == "slack" else ("teams", TENANT)
    with stage.here.store.transaction() as work:
        work.leave(platform, tenant)
    stage.told(await stage.through(stage.here.client()), "tenant")


async def test_another_browser_cannot_finish_what_one_began(stage: Stage) -> None:
    back = await decided(await stage.begun(stage.here.client()))
    before = stage.kept()
    for browser in (stage.here.client(), stage.here.client()):
        if browser is stage.here.clients[-1]:
            await stage.begun(browser)
        stage.told(await browser.get(back), "stale")
    assert stage.provider.tokens_asked == []
    assert stage.kept() == before


async def test_a_way_back_is_used_once(stage: Stage) -> None:
    browser = stage.here.client()
    page = await stage.begun(browser)
    cookie = browser.cookies["debrief-sign-in"]
    back = await decided(page)
    assert (await browser.get(back)).status_code == 303
    before = stage.kept()
    stage.told(await browser.get(back), "stale")
    copied = stage.here.client(headers={"Cookie": f"debrief-sign-in={cookie}"})
    stage.told(await copied.get(back), "code")
    another_code = await decided(page)
    stage.told(await copied.get(another_code), "stale")
    assert stage.kept() == before


@pytest.mark.parametrize("spoil", ["state=", "state=x", "", "state=é", "code=1&state=" + "y" * 3000])
async def test_a_state_that_nobody_gave_is_none(stage: Stage, spoil: str) -> None:
    browser = stage.here.client()
    await stage.begun(browser)
    stage.told(await browser.get(f"/sign-in/from/{stage.kind}?{spoil}"), "stale")
    assert stage.provider.tokens_asked == []
    assert "debrief-sign-in" in browser.cookies, "what another site sends does not end a sign-in that is under way"


async def test_what_was_begun_with_one_provider_is_not_finished_as_anothers(stage: Stage) -> None:
    other = next(kind for kind in KINDS if kind != stage.kind)
    browser = stage.here.client()
    back = await decided(await stage.begun(browser))
    answer = await browser.get(back.replace(f"/from/{stage.kind}", f"/from/{other}"))
    assert answer.status_code == 404
    assert (await stage.here.client().get(f"/sign-in/with/{other}")).status_code == 404
    assert stage.provider.tokens_asked == []


async def test_a_provider_that_sends_neither_code_nor_word_has_refused(stage: Stage) -> None:
    browser = stage.here.client()
    back = urlsplit(await decided(await stage.begun(browser)))
    state = parse_qs(back.query)["state"][0]
    stage.told(await browser.get(f"{back.path}?state={state}"), "refused")


def test_what_a_browser_keeps_is_sealed_and_ends_after_ten_minutes() -> None:
    now = [1_000_000.0]
    mine, begun = Sealed("s" * 32, lambda: now[0]), begin("slack", "/incidents")
    cookie = mine.sealed(begun)
    assert begun.state not in base64.urlsafe_b64decode(cookie).decode("latin-1")
    now[0] += VALID_FOR
    assert mine.opened(cookie) == begun
    now[0] += 1
    assert mine.opened(cookie) is None
    now[0] -= 1
    assert Sealed("t" * 32, lambda: now[0]).opened(cookie) is None
    changed = cookie[:40] + ("B" if cookie[40] == "A" else "A") + cookie[41:]
    for wrong in (cookie[:-2], "", "é", "x" * 5000, changed):
        assert mine.opened(wrong) is None


# -- the provider's word


WRONG: dict[str, tuple[Json, Why]] = {
    "the token endpoint is down": ({"fault": "500"}, "away"),
    "its keys cannot be had": ({"without_keys": True}, "away"),
    "the token is not signed": ({"make": lambda claims: jwt.encode(claims, "", "none", {"kid": "first"})}, "proof"),
    "the token is for another sign-in": ({"forged": {"nonce": "x" * 43}}, "proof"),
    "the token names nobody": ({"forged": {"https://slack.com/user_id": None, "oid": None}}, "nobody"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_with_the_providers_word_is_told_and_changes_nothing(stage: Stage, name: str) -> None:
    faults, why = WRONG[name]
    for fault, value in faults.items():
        setattr(stage.provider, fault, value)
    before = stage.kept()
    answer = await stage.through(stage.here.client())
    stage.told(answer, why)
    assert ("retry-after" in answer.headers) == (why == "away")
    assert stage.kept() == before


async def test_an_address_or_a_name_in_a_token_makes_nobody_somebody_else(stage: Stage) -> None:
    stage.provider.user = stage.person("stranger") | {"email": "maya@acme.example", "name": "Maya Ortiz"}
    stage.told(await stage.through(stage.here.client()), "unmet")


async def test_a_stolen_code_signs_nobody_in_as_somebody_else(stage: Stage) -> None:
    """Microsoft asks for the verifier of PKCE; with Slack the nonce tells."""
    mine, thiefs = stage.here.client(), stage.here.client()
    stolen = parse_qs(urlsplit(await decided(await stage.begun(mine))).query)["code"][0]
    back = await decided(await stage.begun(thiefs))
    own = parse_qs(urlsplit(back).query)["code"][0]
    stage.told(await thiefs.get(back.replace(own, stolen)), "proof" if stage.kind == "slack" else "code")


# -- how often, and what is left behind


async def test_too_many_failures_have_to_wait_but_a_good_sign_in_comes_in(stage: Stage) -> None:
    browser = stage.here.client()
    statuses = [(await browser.get(f"/sign-in/from/{stage.kind}?state=x")).status_code for _ in range(12)]
    assert statuses == [410] * 10 + [429] * 2
    last = await browser.get(f"/sign-in/from/{stage.kind}?state=x")
    stage.told(last, "often")
    assert 0 < int(last.headers["retry-after"]) <= 61
    assert (await stage.through(browser)).status_code == 303


async def test_an_outage_of_the_provider_is_nobodys_failure(stage: Stage) -> None:
    stage.provider.fault = "500"
    browser = stage.here.client()
    for _ in range(12):
        stage.told(await stage.through(browser), "away")


async def test_no_secret_is_logged_stored_or_shown(stage: Stage, caplog: Any) -> None:
    browser, seen = stage.here.client(), []
    with caplog.at_level(logging.DEBUG):
        for prepare in ({}, {"fault": "garbage"}, {"fault": "", "forged": {"iss": "https://evil.example"}}):
            for name, value in prepare.items():
                setattr(stage.provider, name, value)
            page = await stage.begun(browser)
            seen += [browser.cookies["debrief-sign-in"], *parse_qs(urlsplit(page).query)["state"]]
            back = await decided(page)
            seen += parse_qs(urlsplit(back).query)["code"]
            answer = await browser.get(back)
            assert not [secret for secret in (*seen, SECRET) if secret in answer.text + str(answer.headers)]
        seen += [value for asked in stage.provider.tokens_asked for name, value in asked.items() if "code_" in name]
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith(("debrief", "adapters", "bot")))
    assert "nobody could sign in with" in ours
    assert not [secret for secret in (*seen, SECRET) if secret in ours + stage.kept()]
