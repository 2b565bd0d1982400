"""A simulated Teams on a loopback port, and a bot of a few lines that keeps every activity it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from adapters.sandbox.serving import serving
from adapters.sandbox.teams.teams import SimulatedTeams
from adapters.sandbox.teams.world import ADAPTIVE
from tests.sandbox.harness import Clock, until

Json = dict[str, Any]
Answering = Callable[[Json], Awaitable[Any]]
SCOPE = "https://api.botframework.com/.default"

__all__ = ("ADAPTIVE", "Bot", "Harness", "Json", "card", "running", "until")


def card(*body: Json, actions: list[Json] | None = None, **more: Any) -> Json:
    text = {"type": "TextBlock", "text": "Soup"}
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body) or [text], "actions": actions or []} | more


def attached(content: Json) -> Json:
    return {"contentType": ADAPTIVE, "content": content}


@dataclass
class Bot:
    """Answers 200 to everything unless `answers` holds something for that type, or name of an invoke."""

    got: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, Answering] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/api/messages", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        activity = json.loads(await request.body())
        self.got.append(activity)
        self.headers.append(dict(request.headers))
        name = activity.get("name") or activity["type"]
        answer = self.answers.get(name) or self.answers.get("*")
        said = await answer(activity) if answer else None
        if isinstance(said, Response):
            return said
        return Response(status_code=200) if said is None else Response(json.dumps(said), media_type="application/json")

    def of(self, kind: str) -> list[Json]:
        return [a for a in self.got if kind in (a["type"], a.get("name"))]

    def says(self, name: str, said: Any) -> None:
        async def answer(_: Json) -> Any:
            return said

        self.answers[name] = answer


@dataclass
class Harness:
    teams: SimulatedTeams
    bot: Bot
    http: aiohttp.ClientSession
    clock: Clock
    token: str = ""

    async def sign_in(self, **more: str) -> tuple[int, Json]:
        form = {
            "grant_type": "client_credentials", "client_id": self.teams.app_id,
            "client_secret": self.teams.app_password, "scope": SCOPE,
        } | more  # fmt: skip
        form = {name: value for name, value in form.items() if value}
        url = f"{self.teams.login_url}/{self.teams.tenant}/oauth2/v2.0/token"
        async with self.http.post(url, data=form) as reply:
            return reply.status, await reply.json()

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any, dict[str, str]]:
        """A call of the Bot Connector: status, body and headers of its answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = self.teams.service_url + path
        async with self.http.request(method, url, json=body, headers=headers, params=query) as reply:
            raw = await reply.read()
            said = json.loads(raw) if raw and "json" in reply.headers.get("content-type", "") else None
            return reply.status, said, dict(reply.headers)

    async def send(self, where: str, text: str = "", *shown: Json, **more: Any) -> tuple[int, Any]:
        activity = {"type": "message", "text": text, "attachments": [attached(c) for c in shown]} | more
        status, said, _ = await self.call("POST", f"v3/conversations/{quote(where, safe='')}/activities", activity)
        return status, said

    async def whisper(self, where: str, who: str, text: str, *shown: Json) -> tuple[int, Any]:
        """A targeted message."""
        activity: Json = {"type": "message", "text": text, "recipient": {"id": self.teams.user(who).id}}
        activity["attachments"] = [attached(c) for c in shown]
        path = f"v3/conversations/{quote(where, safe='')}/activities"
        status, said, _ = await self.call("POST", path, activity, isTargetedActivity="true")
        return status, said

    async def change(self, method: str, where: str, ts: str, body: Any = None, **query: str) -> tuple[int, Any]:
        path = f"v3/conversations/{quote(where, safe='')}/activities/{ts}"
        status, said, _ = await self.call(method, path, body, **query)
        return status, said

    async def thread(self, text: str = "", *shown: Json, channel: str = "incidents") -> tuple[str, str]:
        """A thread that the bot begins: its conversation's id and the first message's."""
        body = {
            "isGroup": True, "channelData": {"channel": {"id": self.channel(channel)}},
            "activity": {"type": "message", "text": text, "attachments": [attached(c) for c in shown]},
        }  # fmt: skip
        status, said, _ = await self.call("POST", "v3/conversations", body)
        assert status == 201, said
        return said["id"], said["activityId"]

    def channel(self, name: str = "incidents") -> str:
        place = self.teams.world.named(name)
        assert place is not None
        return place.id

    async def personal(self, who: str) -> tuple[int, Any]:
        body = {"members": [{"id": self.teams.user(who).id}], "tenantId": self.teams.tenant}
        status, said, _ = await self.call("POST", "v3/conversations", body)
        return status, said


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Harness]:
    clock, bot = Clock(), Bot()
    teams = SimulatedTeams(clock, advance=clock.advance, **options)

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        """Each below a path of its own, with nothing between them and the server: so connections can be cut."""
        app, path = (bot.app, "/bot") if scope["path"].startswith("/bot/") else (teams.app, "/sandbox")
        await app({**scope, "root_path": path}, receive, send)

    async with serving(both) as url, aiohttp.ClientSession() as http:
        teams.bot_url, teams.base_url = f"{url}/bot/api/messages", f"{url}/sandbox"
        h = Harness(teams, bot, http, clock, teams.tokens.issue())
        try:
            yield h
        finally:
            await teams.aclose()


async def soon(work: Awaitable[Any]) -> "asyncio.Task[Any]":
    """Starts something and lets it come as far as its first wait."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0.05)
    return task
