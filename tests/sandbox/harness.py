"""A simulated Slack on a loopback port, and a bot of a few lines that keeps every request it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.sandbox.serving import serving
from adapters.sandbox.slack import SimulatedSlack
from tests.sandbox.manifests import manifest

Json = dict[str, Any]
Answering = Callable[[Json], Awaitable[Any]]


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Bot:
    """Answers 200 to everything unless `answers` holds something for that kind of request."""

    got: list[tuple[str, Json, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, Answering] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/slack/events", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        raw = await request.body()
        kind, body = _read(raw, request.headers["content-type"])
        self.got.append((kind, body, dict(request.headers), raw))
        answer = self.answers.get(kind) or self.answers.get("*")
        said = await answer(body) if answer else None
        return _reply(said)

    def events(self, kind: str = "") -> list[Json]:
        return [b["event"] for k, b, _, _ in self.got if k == "event" and kind in ("", b["event"]["type"])]

    def last(self, kind: str) -> Json:
        return [body for k, body, _, _ in self.got if k == kind][-1]


def _read(raw: bytes, content_type: str) -> tuple[str, Json]:
    if content_type.startswith("application/json"):
        body = json.loads(raw)
        return ("event" if body["type"] == "event_callback" else body["type"]), body
    form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    if "payload" in form:
        payload = json.loads(form["payload"])
        return payload["type"], payload
    return "command", form


def _reply(said: Any) -> Response:
    if isinstance(said, Response):
        return said
    if said is None:
        return Response(status_code=200)
    if isinstance(said, str):
        return Response(said, media_type="text/plain")
    return Response(json.dumps(said), media_type="application/json")


@dataclass
class Harness:
    slack: SimulatedSlack
    bot: Bot
    client: AsyncWebClient
    url: str
    clock: Clock

    async def channel(self, name: str = "kitchen", *people: str, private: bool = False) -> str:
        """A channel of maya's with the bot and the named people in it."""
        made = await self.slack.create_channel("maya", name, private=private)
        assert made.channel
        for person in ("otter", *people):
            await self.slack.invite("maya", made.channel, person)
        await self.slack.settled()
        self.bot.got.clear()
        return made.channel


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Harness]:
    clock, bot = Clock(), Bot()
    options.setdefault("retry_delays", (0.02, 0.04, 0.08))
    slack = SimulatedSlack(options.pop("manifest", None) or manifest(), clock, advance=clock.advance, **options)
    async with serving(bot.app) as bot_url, serving(slack.app) as url:
        slack.request_url, slack.base_url = bot_url, url
        client = AsyncWebClient(slack.bot_token(), base_url=f"{url}/slack/api/", retry_handlers=[])
        try:
            yield Harness(slack, bot, client, url, clock)
        finally:
            await slack.aclose()


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 -- the condition is any state of the simulator
            await asyncio.sleep(0.01)
