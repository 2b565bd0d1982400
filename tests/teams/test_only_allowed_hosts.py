"""Where the bot's token goes: to an allowed host, and nowhere else whatever a reference, a redirect or a proxy says."""

from __future__ import annotations

import logging

import pytest

from adapters.teams.refusals import Failed
from bot.errors import Retry, Unsure
from tests.teams.calling import ALL, running
from tests.teams.fake_connector import SECRET, TENANT, answers, cuts, trap


@pytest.mark.parametrize("act", ALL)
async def test_a_host_that_is_not_allowed_is_never_contacted(act: str) -> None:
    async with running() as world, trap() as (port, sent):
        allowed = world.fake.netloc
        for url in (
            f"http://127.0.0.1:{port}/emea/{TENANT}/",
            f"http://localhost:{port}/",
            f"http://{allowed}@127.0.0.1:{port}/",
            f"http://127.0.0.1:{port}\\@{allowed}/",
            f"http://127.0.0.1:{port}/?x=http://{allowed}/",
            f"http://127.0.0.1:{port}#@{allowed}/",
            f"//127.0.0.1:{port}/",
            f"ftp://{allowed}/",
            f"http://{allowed}:x/",
            "http://[",
            "",
        ):
            with pytest.raises(Failed, match="service host not allowed"):
                await ALL[act](world.connector, url)
        assert sent == []
        assert world.fake.token_asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("act", ["send", "create_thread", "update", "member"])
async def test_a_redirect_is_not_followed(act: str, status: int) -> None:
    async with running() as world, trap() as (port, sent):
        world.fake.faults.append(answers(status, "", Location=f"http://127.0.0.1:{port}/"))
        with pytest.raises(Retry):
            await world.does(act)
        assert sent == []
        assert len(world.fake.asked) == 1


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as world, trap() as (port, sent):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        assert await world.send()
        assert sent == []


async def test_no_token_secret_or_body_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "debrief")
    async with running() as world:
        secret_body = {"error": {"code": "Forbidden", "message": "about Maya"}}
        for fault in (answers(403, secret_body), answers(500, secret_body), answers(429, secret_body), cuts):
            world.fake.faults.append(fault)
            with pytest.raises((Failed, Retry, Unsure)) as told:
                await world.send("very private")
            shown = f"{told.value!r} {told.value}"
            assert not any(word in shown for word in ("Maya", "private", "token-1", SECRET))
            world.connector._limits._blocked.clear()
        ours = [record.getMessage() for record in caplog.records if record.name.startswith("debrief")]
        assert not any(word in line for line in ours for word in ("Maya", "private", "token-1", SECRET))
