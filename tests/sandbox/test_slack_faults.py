"""The fault plan, as a client meets it on the wire."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.faults import Faults
from tests.sandbox.harness import Harness, running


async def attempt(h: Harness, channel: str, text: str) -> str:
    """What became of a post for its sender: "ok", an error code, a status, or the kind of broken connection."""
    try:
        answer = await h.client.chat_postMessage(channel=channel, text=text)
    except SlackApiError as error:
        said = getattr(error.response, "data", {})
        return str(
            said["error"]
            if isinstance(said, dict) and "error" in said
            else getattr(error.response, "status_code", "200")
        )
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return type(error).__name__
    return "ok" if answer["ok"] else "not ok"


def standing(h: Harness, channel: str) -> list[str]:
    return [m["text"] for m in h.slack.messages(channel) if m.get("bot_id")]


async def test_a_refused_call_and_an_early_error_store_nothing() -> None:
    async with running() as h:
        channel = await h.channel()
        h.slack.faults.add("refuse", "chat.*", times=1)
        assert await attempt(h, channel, "a") == "ServerDisconnectedError"
        h.slack.faults.add("error_5xx", "chat.*", times=1, status=503)
        assert await attempt(h, channel, "b") == "503"
        h.slack.faults.add("ratelimit", "chat.*", times=1, seconds=30)
        with pytest.raises(SlackApiError) as caught:
            await h.client.chat_postMessage(channel=channel, text="c")
        assert caught.value.response.headers["Retry-After"] == "30"
        assert standing(h, channel) == []
        assert h.slack.ledger.limit_violations == []


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("store_cut", "ServerDisconnectedError"), ("store_500", "500"), ("internal_error", "internal_error"),
        ("truncate", "200"), ("html", "200"),
    ],
)  # fmt: skip
async def test_what_was_stored_stays_stored_whatever_the_sender_hears(kind: str, outcome: str) -> None:
    async with running() as h:
        channel = await h.channel()
        h.slack.faults.add(kind, "chat.postMessage", times=1)
        heard = await attempt(h, channel, "once")
        assert heard != "ok"
        if outcome != "200":
            assert heard == outcome
        assert standing(h, channel) == ["once"]
        assert await attempt(h, channel, "twice") == "ok"
        assert h.slack.ledger.faults == {kind: 1}


async def test_a_stored_post_may_answer_only_after_the_senders_patience() -> None:
    async with running() as h:
        channel = await h.channel()
        h.slack.faults.add("store_timeout", times=1, seconds=2)
        hasty = AsyncWebClient(h.slack.bot_token(), base_url=h.client.base_url, retry_handlers=[], timeout=1)
        with pytest.raises(asyncio.TimeoutError):
            await hasty.chat_postMessage(channel=channel, text="slow")
        assert standing(h, channel) == ["slow"]


async def test_a_stale_read_hides_what_was_just_posted() -> None:
    async with running() as h:
        channel = await h.channel()
        h.slack.faults.add("stale", "conversations.history", seconds=0.3)
        await h.client.chat_postMessage(channel=channel, text="new")
        before = await h.client.conversations_history(channel=channel)
        await asyncio.sleep(0.35)
        after = await h.client.conversations_history(channel=channel)
        assert "new" not in [m["text"] for m in before["messages"]]
        assert "new" in [m["text"] for m in after["messages"]]


async def test_a_delay_holds_one_call_and_not_the_others() -> None:
    async with running() as h:
        channel = await h.channel()
        h.slack.faults.add("delay", "chat.postMessage", times=1, seconds=0.3)
        slow = asyncio.create_task(h.client.chat_postMessage(channel=channel, text="slow"))
        await asyncio.sleep(0.05)
        await h.client.chat_postMessage(channel=channel, text="fast")
        await slow
        assert standing(h, channel) == ["fast", "slow"]


def test_the_same_seed_strikes_the_same_calls() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add("refuse", "chat.*", rate=0.3)
        return [faults.take("call", frozenset({"refuse"}), "chat.update", {}) is not None for _ in range(200)]

    assert strikes(7) == strikes(7)
    assert strikes(7) != strikes(8)
    assert 30 < sum(strikes(7)) < 90


def test_faults_strike_only_what_they_are_meant_for() -> None:
    faults = Faults()
    faults.add("refuse", "chat.*", skip=1, times=1, matches=lambda args: args.get("channel") == "C1")
    take = [
        faults.take("call", frozenset({"refuse"}), name, {"channel": channel}) is not None
        for name, channel in (
            ("views.open", "C1"),
            ("chat.update", "C2"),
            ("chat.update", "C1"),
            ("chat.update", "C1"),
            ("chat.delete", "C1"),
        )
    ]
    assert take == [False, False, False, True, False]
    with pytest.raises(ValueError, match="no fault of a call"):
        faults.add("drop")
