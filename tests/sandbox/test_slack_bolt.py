"""Bolt behind HTTP as an independent bot: the simulator's requests pass its signature check and reach its listeners."""

from typing import Any

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.sandbox.serving import serving
from tests.sandbox.harness import Harness, running


def bolt(h: Harness, heard: list[str], secret: str | None = None) -> Starlette:
    client = AsyncWebClient(h.slack.bot_token(), base_url=h.client.base_url, retry_handlers=[])
    app = AsyncApp(
        client=client, signing_secret=secret or h.slack.credentials.signing_secret, process_before_response=True
    )

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Any) -> None:
        await say(text="at your service", thread_ts=event["ts"])

    @app.command("/otter")
    async def command(ack: Any, respond: Any) -> None:
        await respond("through the response_url")
        await ack("in the answer")

    @app.action("eat")
    async def eat(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="eaten", replace_original=True)

    requests = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await requests.handle(request)

    return Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])


async def test_bolt_hears_answers_and_changes_messages_over_http() -> None:
    async with running(rate_limits=False) as h:
        channel = await h.channel()
        heard: list[str] = []
        async with serving(bolt(h, heard)) as url:
            h.slack.request_url = url
            await h.slack.say("maya", "kitchen", "soup")
            asked = await h.slack.say("maya", "kitchen", "@otter hello")
            assert await h.slack.settled()
            assert heard[0] == "soup"
            reply = h.slack.messages(channel)[-1]
            assert (reply["text"], reply["thread_ts"]) == ("at your service", asked.ts)
            await h.slack.slash("maya", "kitchen", "/otter")
            texts = [m["text"] for m in h.slack.ephemerals("maya")]
            assert texts == ["through the response_url", "in the answer"]
            button = {"type": "button", "action_id": "eat", "text": {"type": "plain_text", "text": "Eat"}}
            sent = await h.client.chat_postMessage(
                channel=channel, text="Soup", blocks=[{"type": "actions", "elements": [button]}]
            )
            assert (await h.slack.click("maya", "kitchen", sent["ts"], "eat")).ok
            assert "eaten" in [m["text"] for m in h.slack.messages(channel)]
            assert await h.slack.settled()
            assert h.slack.ledger.lost() == []


async def test_a_bot_with_another_secret_refuses_everything() -> None:
    async with running() as h:
        await h.channel()
        heard: list[str] = []
        async with serving(bolt(h, heard, "another secret")) as url:
            h.slack.request_url = url
            await h.slack.say("maya", "kitchen", "soup")
            await h.slack.settled()
            assert heard == []
            assert len(h.slack.ledger.lost()) == 1
            assert not (await h.slack.slash("maya", "kitchen", "/otter")).ok
