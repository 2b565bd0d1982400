"""Who comes in: tokens, private links, sessions, and what keeps others out."""

import sqlite3
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.web.links import VALID_FOR, Links
from tests.web.world import MAYA, OLGA, TOM, URL, World, account, world

ROUTES = ["/api/v1/incidents", "/api/v1/incidents/INC-1", "/api/v1/actions", "/api/v1/nothing"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("said", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic eDp5", "Bearer " + "x" * 900])
async def test_nobody_reads_without_a_good_token(here: World, path: str, said: str) -> None:
    anybody = here.client(headers={"Authorization": said} if said else {})
    answer = await anybody.get(path)
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"] == "Bearer"
    assert list(answer.json()) == ["error"]


async def test_a_token_in_the_address_or_a_session_opens_nothing_of_the_api(here: World) -> None:
    token = here.access.create_token(here.organisation, "ci")
    assert (await here.client().get(f"/api/v1/incidents?token={token}&access_token={token}")).status_code == 401
    assert (await here.client(MAYA).get("/api/v1/incidents")).status_code == 401


async def test_a_token_that_was_taken_back_or_is_too_old_opens_nothing(here: World) -> None:
    taken_back = here.program(name="old")
    short = here.access.create_token(here.organisation, "short", lasts=timedelta(seconds=-1))
    assert (await taken_back.get("/api/v1/incidents")).status_code == 200
    here.access.revoke_token(here.organisation, "old")
    assert (await taken_back.get("/api/v1/incidents")).status_code == 401
    headers = {"Authorization": f"Bearer {short}"}
    assert (await here.client().get("/api/v1/incidents", headers=headers)).status_code == 401


async def test_a_reading_token_changes_nothing(here: World) -> None:
    reader = here.program(MAYA, scope="read")
    assert (await reader.get("/api/v1/incidents")).json()["incidents"] == []
    for answer in (
        await reader.post("/api/v1/incidents", json={"title": "T"}),
        await reader.post("/api/v1/commands", json={"text": "declare T"}),
        await reader.patch("/api/v1/actions/ACT-1", json={"status": "done"}),
    ):
        assert answer.status_code == 403
        assert "may only read" in answer.json()["error"]
    assert (await reader.get("/api/v1/incidents")).json()["incidents"] == []


async def test_too_many_bad_tokens_have_to_wait_but_a_good_one_comes_in(here: World) -> None:
    stranger = here.client(headers={"Authorization": "Bearer guess"})
    statuses = [(await stranger.get("/api/v1/incidents")).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    last = await stranger.get("/api/v1/incidents")
    assert 0 < int(last.headers["retry-after"]) <= 61
    assert (await here.program(MAYA).get("/api/v1/incidents")).status_code == 200


async def test_no_secret_stands_in_the_database(here: World, folder: Path) -> None:
    token = here.access.create_token(here.organisation, "ci")
    secret = here.access.sign_in(account(MAYA), "once")
    assert secret
    with sqlite3.connect(folder / "debrief.db") as raw:
        everything = "\n".join(raw.iterdump())
    assert token not in everything
    assert secret not in everything


# -- signing in


@pytest.fixture
async def link(here: World) -> str:
    return here.links.private(account(MAYA), "/incidents").removeprefix(URL)


async def test_a_private_link_signs_its_reader_in_after_one_press(here: World, link: str) -> None:
    browser = here.client()
    asked = await browser.get(link)
    assert asked.status_code == 200
    assert '<form method="post">' in asked.text
    entered = await browser.post(link)
    assert (entered.status_code, entered.headers["location"]) == (303, "/incidents")
    cookie = entered.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "Maya Ortiz" in (await browser.get("/incidents")).text


async def test_a_preview_of_the_link_does_not_use_it_up_but_a_press_does(here: World, link: str) -> None:
    for _ in range(3):
        assert (await here.client().get(link)).status_code == 200
    assert (await here.client().post(link)).status_code == 303
    again = await here.client().post(link)
    assert again.status_code == 410
    assert "set-cookie" not in again.headers


async def test_a_signed_in_reader_goes_straight_to_the_page(here: World, link: str) -> None:
    assert (await here.client(MAYA).get(link)).headers["location"] == "/incidents"
    assert (await here.client(OLGA).get(link)).status_code == 200


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "x", lambda t: "x" + t[1:], lambda t: "é", lambda t: "." * 3000]
)
async def test_a_forged_link_is_as_good_as_none(here: World, link: str, spoil: "object") -> None:
    assert callable(spoil)
    path = "/sign-in/" + spoil(link.removeprefix("/sign-in/"))
    for answer in (await here.client().get(path), await here.client().post(path)):
        assert answer.status_code == 410
        assert "set-cookie" not in answer.headers


def test_a_link_ends_after_a_quarter_of_an_hour() -> None:
    now = [1_000_000.0]
    links = Links("s" * 40, URL, clock=lambda: now[0])
    token = links.private(account(MAYA), "/incidents").rsplit("/", 1)[1]
    now[0] += VALID_FOR
    assert links.read(token) is not None
    now[0] += 1
    assert links.read(token) is None


async def test_an_old_link_leads_on_whoever_is_signed_in_and_lets_nobody_in(here: World) -> None:
    """The digest of a week ago leads to the page."""
    week_ago = Links("s" * 40, URL, clock=lambda: time.time() - 7 * 86_400)
    link = week_ago.private(account(MAYA), "/actions?owner=me").removeprefix(URL)
    answer = await here.client(MAYA).get(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/actions?owner=me")
    for stranger in (here.client(), here.client(OLGA)):
        assert (await stranger.get(link)).status_code == 410
        pressed = await stranger.post(link)
        assert pressed.status_code == 410
        assert "debrief" not in pressed.cookies
    forged = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert (await here.client(MAYA).get(forged)).status_code == 410


def test_a_link_of_another_key_or_to_elsewhere_is_not_made_or_read() -> None:
    token = Links("a" * 40, URL).private(account(MAYA), "/incidents").rsplit("/", 1)[1]
    assert Links("b" * 40, URL).read(token) is None
    for path in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "incidents", ""):
        assert Links("a" * 40, URL).private(account(MAYA), path) == ""


def test_without_a_public_address_there_are_no_links_and_without_a_reader_only_bare_ones() -> None:
    assert Links("a" * 40, "").private(account(MAYA), "/incidents") == ""
    assert Links("a" * 40, URL + "/").private("", "/incidents/INC-1") == f"{URL}/incidents/INC-1"


async def test_a_link_for_somebody_unknown_signs_nobody_in(here: World) -> None:
    for who in ("slack:T1:U_NOBODY", "slack:T9:U_MAYA", "odd"):
        link = here.links.private(who, "/incidents")
        assert (await here.client().post(link)).status_code == 410


async def test_a_form_of_another_site_is_not_taken(here: World, link: str) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert (await here.client().post(link, headers=headers)).status_code == 403
    own = {"Sec-Fetch-Site": "same-origin", "Origin": URL}
    assert (await here.client().post(link, headers=own)).status_code == 303


async def test_signing_out_ends_the_session_everywhere(here: World) -> None:
    browser = here.client(TOM)
    secret = browser.cookies["debrief"]
    assert (await browser.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert (await browser.get("/incidents")).status_code == 200
    assert "signed out" in (await browser.post("/sign-out")).text
    thief = here.client(headers={"Cookie": f"debrief={secret}"})
    assert (await thief.get("/incidents")).status_code == 401


@pytest.fixture
async def behind_https(folder: Path) -> AsyncIterator[World]:
    async with world(folder, public_url="https://debrief.example") as made:
        yield made


async def test_over_https_the_cookie_never_goes_elsewhere(behind_https: World) -> None:
    link = behind_https.links.private(account(MAYA), "/incidents")
    entered = await behind_https.client().post(link)
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith("__Host-debrief=")
    assert "Secure" in cookie
    assert "Path=/" in cookie


async def test_a_person_who_asks_in_chat_gets_a_link_in_the_answer(here: World) -> None:
    reply = await here.chat(MAYA, "web")
    part = reply.card.sections[0].text.parts[0]
    assert not isinstance(part, str)
    assert part.t == "link"
    assert part.url == "page:/incidents"
    assert "page:" not in reply.plain()
