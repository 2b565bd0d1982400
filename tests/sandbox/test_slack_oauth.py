"""Installing over OAuth, several workspaces with equal ids, and tokens that expire."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.harness import Harness, running
from tests.sandbox.manifests import manifest

BACK = "https://bot.example.com/slack/oauth_redirect"


def query(h: Harness, **more: str) -> dict[str, str]:
    asked = {
        "client_id": h.slack.credentials.client_id,
        "scope": "chat:write,channels:read,channels:history,channels:manage",
    }
    return asked | {"state": "s1", "redirect_uri": BACK} | more


async def code_from(h: Harness) -> str:
    sent_to = await h.slack.authorize(query(h), "maya")
    back = parse_qs(urlsplit(sent_to).query)
    assert back["state"] == ["s1"]
    return back["code"][0]


async def exchange(h: Harness, code: str, **more: str) -> Any:
    """Client id and secret go in the form, as Slack allows beside the Authorization header."""
    known = h.slack.credentials
    args = {"client_id": known.client_id, "client_secret": known.client_secret, "code": code, "redirect_uri": BACK}
    return (
        await AsyncWebClient(base_url=h.client.base_url, retry_handlers=[]).api_call(
            "oauth.v2.access", data=args | more
        )
    ).data


def client(h: Harness, token: str) -> AsyncWebClient:
    return AsyncWebClient(token, base_url=h.client.base_url, retry_handlers=[])


async def test_a_code_is_exchanged_once_for_a_token_with_the_scopes_asked_for() -> None:
    async with running() as h:
        code = await code_from(h)
        got = await exchange(h, code)
        assert (got["token_type"], got["team"]["id"], got["bot_user_id"]) == (
            "bot",
            h.slack.team.id,
            h.slack.team.bot_user,
        )
        assert got["authed_user"]["id"] == h.slack.user("maya").id
        assert "refresh_token" not in got
        limited = client(h, got["access_token"])
        await limited.auth_test()
        with pytest.raises(SlackApiError, match="missing_scope"):
            await limited.users_list()
        with pytest.raises(SlackApiError, match="invalid_code"):
            await exchange(h, code)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"), ({"client_secret": "guess"}, "bad_client_secret"),
        ({"redirect_uri": "https://elsewhere.example.com"}, "bad_redirect_uri"), ({"code": "made.up"}, "invalid_code"),
    ],
)  # fmt: skip
async def test_a_wrong_exchange_is_refused_by_its_own_word(more: dict[str, str], error: str) -> None:
    async with running() as h:
        code = more.get("code") or await code_from(h)
        with pytest.raises(SlackApiError, match=error):
            await exchange(h, code, **{k: v for k, v in more.items() if k != "code"})


async def test_client_id_and_secret_may_come_in_the_header() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        known = h.slack.credentials
        header = {"Authorization": aiohttp.encode_basic_auth(known.client_id, known.client_secret)}
        body = {"code": await code_from(h), "redirect_uri": BACK}
        async with session.post(f"{h.url}/slack/api/oauth.v2.access", data=body, headers=header) as reply:
            assert (await reply.json())["ok"]


async def test_the_page_asks_for_consent_and_sends_the_browser_back() -> None:
    async with running() as h, aiohttp.ClientSession() as browser:
        page = f"{h.url}/slack/oauth/v2/authorize"
        async with browser.get(page, params=query(h)) as shown:
            assert "Kitchen Otter" in await shown.text()
        async with browser.post(page, params=query(h), data={"answer": "allow"}, allow_redirects=False) as sent:
            assert sent.headers["location"].startswith(f"{BACK}?code=")
        async with browser.post(page, params=query(h), data={"answer": "cancel"}, allow_redirects=False) as sent:
            assert "error=access_denied" in sent.headers["location"]
        async with browser.get(page, params=query(h, scope="admin.users:write")) as refused:
            assert refused.status == 400


async def test_a_refresh_token_works_once_and_the_old_token_ends_with_it() -> None:
    async with running(manifest=manifest(rotation=True)) as h:
        first = await exchange(h, await code_from(h))
        assert first["expires_in"] == 43_200
        h.slack.expire_tokens(h.slack.team)
        with pytest.raises(SlackApiError, match="token_expired"):
            await client(h, first["access_token"]).auth_test()
        renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = await exchange(h, "", **renew)
        await client(h, second["access_token"]).auth_test()
        with pytest.raises(SlackApiError, match="invalid_refresh_token"):
            await exchange(h, "", **renew)


async def test_two_workspaces_share_ids_but_nothing_else() -> None:
    async with running() as h:
        other = h.slack.add_team("Island")
        h.slack.add_person(other, "maya", "Another Maya")
        here, there = h.slack.team, other
        assert h.slack.user("maya").id == h.slack.user("maya", team=other).id
        assert here.bot_user == there.bot_user
        one = (await h.slack.create_channel("maya", "kitchen")).channel
        two = (await h.slack.create_channel("maya", "kitchen", team=other)).channel
        away = client(h, h.slack.bot_token(other))
        assert (await away.auth_test())["team_id"] == other.id
        await away.conversations_join(channel=str(two))
        await away.chat_postMessage(channel=str(two), text="there")
        assert [m["text"] for m in h.slack.messages(str(two), team=other) if m.get("bot_id")][-1:] == ["there"]
        assert "there" not in str(h.slack.messages(str(one)))
        await h.slack.uninstall(team=other)
        await h.client.auth_test()
