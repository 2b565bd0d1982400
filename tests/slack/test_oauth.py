"""Installing from the web, refreshing tokens and being uninstalled, with a store of installations in memory."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from adapters.sandbox.serving import serving
from adapters.sandbox.slack import SimulatedSlack
from adapters.slack.app import SlackAdapter, SlackSettings
from adapters.slack.installations import Installation
from adapters.slack.limits import Limits
from adapters.slack.manifest import manifest
from adapters.slack.tokens import Tokens
from bot.commands.accounts import Installed, ProfileLearned
from bot.counts import Counts
from bot.effects import Post
from bot.errors import Retry
from bot.model import Place
from bot.text import Card, Section, Text
from tests.slack.harness import Clock, Engine, until

PUBLIC = "http://bot.example"


@dataclass
class Kept:
    """A store of installations with the manners of a database: states are deleted by whoever takes them first."""

    installations: dict[str, Installation] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    leased: set[str] = field(default_factory=set)

    async def save(self, installation: Installation) -> None:
        await asyncio.sleep(0)
        self.installations[installation.team] = installation
        self.leased.discard(installation.team)

    async def find(self, team: str) -> Installation | None:
        await asyncio.sleep(0)
        return self.installations.get(team)

    async def erase(self, team: str) -> None:
        self.installations.pop(team, None)

    async def issue_state(self, browser: str, seconds: int) -> str:
        state = secrets.token_urlsafe(16)
        self.states[state] = browser
        return state

    async def consume_state(self, state: str, browser: str) -> bool:
        await asyncio.sleep(0)
        return self.states.pop(state, "") == browser

    async def lease_refresh(self, team: str, seconds: int) -> bool:
        await asyncio.sleep(0)
        taken = team in self.leased
        self.leased.add(team)
        return not taken


@dataclass
class Site:
    slack: SimulatedSlack
    adapter: SlackAdapter
    kept: Kept
    engine: Engine
    web: httpx.AsyncClient
    settings: SlackSettings

    async def asked(self) -> dict[str, str]:
        """Starts an installation; what Slack's page is told."""
        answer = await self.web.get("/slack/install")
        assert answer.status_code == 302
        return {name: found[0] for name, found in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    async def back(self, query: dict[str, str]) -> httpx.Response:
        allowed = await self.slack.authorize(query, "maya")
        parts = urlsplit(allowed)
        return await self.web.get(f"{parts.path}?{parts.query}")


@pytest.fixture
async def site() -> Any:
    raw = manifest(PUBLIC)
    raw["settings"]["token_rotation_enabled"] = True
    kept, engine = Kept(), Engine()
    slack = SimulatedSlack(raw, Clock(), retry_delays=(0.02, 0.04, 0.08))
    async with serving(slack.app) as url:
        slack.base_url = url
        settings = SlackSettings(
            signing_secret=slack.credentials.signing_secret, client_id=slack.credentials.client_id,
            client_secret=slack.credentials.client_secret, api_base_url=f"{url}/slack/api/", public_url=PUBLIC,
            authorize_url=f"{url}/slack/oauth/v2/authorize",
        )  # fmt: skip
        adapter = SlackAdapter(settings, engine.submit, installations=kept, limits=Limits(paced=False))
        await adapter.start()
        app = Starlette(routes=adapter.routes)
        async with serving(app) as bot_url, httpx.AsyncClient(base_url=bot_url) as web:
            slack.request_url = bot_url
            yield Site(slack, adapter, kept, engine, web, settings)
        await adapter.stop()
        await slack.aclose()


def hello(site: Site, key: str) -> Post:
    team = site.slack.team
    channel = team.named("general")
    assert channel is not None
    if team.bot_user not in channel.members:
        channel.members.append(team.bot_user)
    place = Place(platform="slack", tenant=team.id, channel=channel.id)
    card = Card(sections=(Section(text=Text(parts=(key,))),))
    return Post(key=key, platform="slack", tenant=team.id, place=place, card=card)


async def test_a_workspace_is_installed_and_whoever_did_it_is_told(site: Site) -> None:
    page = await site.back(await site.asked())
    assert page.status_code == 200
    assert "Harbour" in page.text
    installation = site.kept.installations[site.slack.team.id]
    assert installation.token not in page.text
    assert installation.installed_by == site.slack.user("maya").id
    assert [one.account for one in site.engine.of(Installed)] == [
        f"slack:{site.slack.team.id}:{site.slack.user('maya').id}"
    ]
    assert [(one.account, one.name, one.person_kind) for one in site.engine.of(ProfileLearned)] == [
        (f"slack:{site.slack.team.id}:{installation.bot_user}", "Debrief", "bot")
    ]
    assert installation.token not in repr(installation)
    await site.adapter.deliver(hello(site, "one"), 1, False)
    assert len(site.slack.ledger.posted) == 1


async def test_a_state_is_good_once_and_for_one_browser(site: Site) -> None:
    query = await site.asked()
    allowed = urlsplit(await site.slack.authorize(query, "maya"))
    there = f"{allowed.path}?{allowed.query}"
    async with httpx.AsyncClient(base_url=site.web.base_url) as other:
        assert (await other.get(there)).status_code == 400
    first, second = await asyncio.gather(site.web.get(there), site.web.get(there))
    assert min(first.status_code, second.status_code) in (200, 400)
    assert len(site.kept.installations) <= 1
    query = await site.asked()
    allowed = urlsplit(await site.slack.authorize(query, "maya"))
    there = f"{allowed.path}?{allowed.query}"
    cookies = dict(site.web.cookies)
    async with httpx.AsyncClient(base_url=site.web.base_url, cookies=cookies) as same:
        answers = await asyncio.gather(*(same.get(there) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 400, 400, 400]


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?error=access_denied&state=x", "?code=y"])
async def test_a_callback_that_nobody_asked_for_is_refused(site: Site, query: str) -> None:
    assert (await site.web.get(f"/slack/oauth_redirect{query}")).status_code == 400
    assert not site.kept.installations


async def test_a_code_that_slack_does_not_know_installs_nothing(site: Site) -> None:
    query = await site.asked()
    page = await site.web.get("/slack/oauth_redirect", params={"state": query["state"], "code": "made-up"})
    assert page.status_code == 502
    assert not site.kept.installations


async def test_of_many_that_find_an_old_token_one_refreshes_it(site: Site) -> None:
    await site.back(await site.asked())
    team = site.slack.team.id
    old = site.kept.installations[team]
    site.kept.installations[team] = old.model_copy(update={"expires_at": 1.0})
    others = [
        SlackAdapter(site.settings, site.engine.submit, installations=site.kept, limits=Limits(paced=False))
        for _ in range(3)
    ]
    before = site.slack.ledger.calls["oauth.v2.access"]
    tokens = await asyncio.gather(*(one.tokens(team) for one in others))
    for one in others:
        await one.stop()
    assert site.slack.ledger.calls["oauth.v2.access"] == before + 1
    assert len(set(tokens)) == 1
    assert tokens[0] not in (None, old.token)


@pytest.mark.parametrize("order", [("app_uninstalled", "tokens_revoked"), ("tokens_revoked", "app_uninstalled")])
async def test_being_uninstalled_erases_the_tokens_and_stops_sending(site: Site, order: tuple[str, str]) -> None:
    await site.back(await site.asked())
    await site.adapter.deliver(hello(site, "one"), 1, False)
    await site.slack.uninstall(order=order)
    await until(lambda: not site.kept.installations)
    asked = sum(site.slack.ledger.calls.values())
    with pytest.raises(Retry):
        await site.adapter.deliver(hello(site, "two"), 1, False)
    assert sum(site.slack.ledger.calls.values()) == asked
    await site.slack.reinstall()
    await site.back(await site.asked())
    await site.adapter.deliver(hello(site, "two"), 2, False)
    assert len(site.slack.ledger.posted) == 2


async def test_what_one_replica_uninstalled_and_another_installed_anew_is_sent_to_by_both() -> None:
    now, kept = 1_000_000.0, Kept()
    one, other = (Tokens(kept, Counts(), clock=lambda: now) for _ in range(2))
    installation = Installation(team="T1", name="Acme", app_id="A1", bot_user="UB", scopes="", token="first")
    await one.installed(installation)
    assert await one("T1") == await other("T1") == "first"
    await one.uninstalled("T1")
    assert await one("T1") is None
    await other.installed(installation.model_copy(update={"token": "second"}))
    now += 5
    assert await other("T1") == "second"
    assert await one("T1") == "second"
    assert one.tenants() == ["T1"]
