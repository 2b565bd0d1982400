"""Socket Mode, with Slack's own client and with Bolt as independent bots."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.harness import Harness, running, until

Json = dict[str, Any]


@asynccontextmanager
async def listening(h: Harness, *, acking: bool = True) -> AsyncIterator[list[Any]]:
    web = AsyncWebClient(h.slack.bot_token(), base_url=h.client.base_url, retry_handlers=[])
    client = SocketModeClient(h.slack.app_token, web_client=web, ping_interval=0.5)
    got: list[Any] = []

    async def receive(socket: Any, request: Any) -> None:
        got.append(request)
        if acking:
            await socket.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client.socket_mode_request_listeners.append(receive)
    already = h.slack.sockets.opened
    await client.connect()  # type: ignore[no-untyped-call]
    await until(lambda: h.slack.sockets.opened > already)
    try:
        yield got
    finally:
        await client.close()  # type: ignore[no-untyped-call]


async def raw_url(h: Harness) -> str:
    answer = await h.client.apps_connections_open(app_token=h.slack.app_token)
    return str(answer["url"])


async def test_events_go_over_an_open_socket_and_are_acknowledged_there() -> None:
    async with running() as h:
        await h.channel()
        async with listening(h) as got:
            await h.slack.say("maya", "kitchen", "soup")
            assert await h.slack.settled()
            assert [r.payload["event"]["text"] for r in got] == ["soup"]
            assert (got[0].type, got[0].accepts_response_payload) == ("events_api", False)
            assert h.bot.got == []
            assert all(e.acked for e in h.slack.ledger.events.values())


async def test_an_envelope_without_acknowledgement_comes_again_with_its_number() -> None:
    async with running(ack_seconds=0.1) as h:
        await h.channel()
        async with listening(h, acking=False) as got:
            await h.slack.say("maya", "kitchen", "soup")
            await h.slack.settled()
            assert [(r.retry_attempt, r.retry_reason) for r in got] == [
                (0, ""),
                (1, "http_timeout"),
                (2, "http_timeout"),
                (3, "http_timeout"),
            ]
            assert len({r.envelope_id for r in got}) == 4
            assert len({r.payload["event_id"] for r in got}) == 1


async def test_a_ticket_opens_one_connection_and_no_more() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        url = await raw_url(h)
        async with session.ws_connect(url) as first:
            hello = await first.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url.split("?")[0] + "?ticket=made-up")


async def test_the_eleventh_connection_is_one_too_many() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        links = [await session.ws_connect(await raw_url(h)) for _ in range(11)]
        said = [await link.receive_json() for link in links]
        assert [s["type"] for s in said] == ["hello"] * 10 + ["disconnect"]
        assert said[-1]["reason"] == "too_many_websockets"
        for link in links:
            await link.close()


async def test_a_connection_is_ended_after_a_warning_and_the_client_comes_back() -> None:
    async with running() as h:
        await h.channel()
        async with listening(h) as got:
            opened = h.slack.sockets.opened
            await h.slack.sockets.ask_to_refresh(after=0.05)
            await until(lambda: h.slack.sockets.opened > opened and h.slack.sockets.connected)
            await h.slack.say("maya", "kitchen", "after")
            await until(lambda: any(r.payload["event"].get("text") == "after" for r in got))


async def test_a_cut_before_the_acknowledgement_brings_the_event_again() -> None:
    async with running(retry_delays=(0.05, 0.5, 1.0), ack_seconds=1.0) as h, aiohttp.ClientSession() as session:
        await h.channel()
        link = await session.ws_connect(await raw_url(h))
        await link.receive_json()
        await h.slack.say("maya", "kitchen", "soup")
        first = await link.receive_json()
        await h.slack.sockets.cut()
        assert (await link.receive()).type in (
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.ERROR,
            aiohttp.WSMsgType.CLOSE,
        )
        again = await session.ws_connect(await raw_url(h))
        assert (await again.receive_json())["type"] == "hello"
        second = (await again.receive_json()) if not h.bot.got else {"payload": h.bot.last("event")}
        assert second["payload"]["event_id"] == first["payload"]["event_id"]
        await again.close()


async def test_with_the_link_disabled_no_connection_is_given_out() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        link = await session.ws_connect(await raw_url(h))
        await link.receive_json()
        await h.slack.sockets.disable()
        said = await link.receive_json()
        assert (said["type"], said["reason"]) == ("disconnect", "link_disabled")
        with pytest.raises(SlackApiError):
            await raw_url(h)
        h.slack.sockets.enable()
        assert (await raw_url(h)).startswith("ws://")


async def test_bolt_runs_a_whole_conversation_over_socket_mode() -> None:
    async with running(rate_limits=False) as h:
        await h.channel()
        client = AsyncWebClient(h.slack.bot_token(), base_url=h.client.base_url, retry_handlers=[])
        app = AsyncApp(client=client, process_before_response=True)
        heard: list[str] = []

        @app.command("/otter")
        async def command(ack: Any, body: Json, client: AsyncWebClient) -> None:
            view = {"type": "modal", "callback_id": "soup", "title": {"type": "plain_text", "text": "Soup"},
                    "submit": {"type": "plain_text", "text": "Cook"}, "blocks": [
                        {"type": "input", "block_id": "n", "label": {"type": "plain_text", "text": "Name"},
                         "element": {"type": "plain_text_input", "action_id": "v"}}]}  # fmt: skip
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack("opened")

        @app.view("soup")
        async def cooked(ack: Any, view: Json) -> None:
            name = view["state"]["values"]["n"]["v"]["value"]
            if name == "stone":
                await ack(response_action="errors", errors={"n": "not edible"})
                return
            await ack()
            heard.append(name)

        @app.event("message")
        async def message(event: Json) -> None:
            heard.append(event["text"])

        runner = AsyncSocketModeHandler(app, h.slack.app_token)
        await runner.connect_async()  # type: ignore[no-untyped-call]
        await until(lambda: h.slack.sockets.connected)
        seen = await h.slack.slash("maya", "kitchen", "/otter go")
        assert (seen.text, seen.modal["callback_id"]) == ("opened", "soup")
        assert (await h.slack.submit("maya", {"n": {"v": "stone"}})).errors == {"n": "not edible"}
        assert (await h.slack.submit("maya", {"n": {"v": "leek"}})).ok
        await h.slack.say("maya", "kitchen", "hungry")
        await h.slack.settled()
        assert heard == ["leek", "hungry"]
        await runner.close_async()  # type: ignore[no-untyped-call]
        await asyncio.sleep(0.05)
