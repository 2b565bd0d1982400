"""A Bot Framework over real HTTP: it issues tokens, counts, throttles, and can refuse, cut, hang and talk nonsense."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

APP_ID = "00000000-0000-4000-8000-000000000001"
TENANT = "00000000-0000-4000-8000-00000000000a"
BOT = f"28:{APP_ID}"
SECRET = "s3cret~not-to-be-logged"
CHANNEL = "19:incidents@thread.tacv2"
CHAT = "a:1chat"
MEMBER = "29:1maya"
POSTING = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
READING = ((14, 1.0), (16, 2.0), (120, 30.0), (3600, 3600.0))
TENANT_RATE = (30, 1.0)
Fault = Callable[[web.Request, Callable[[], web.Response]], Awaitable[web.Response]]


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    authorization: str
    body: Any
    headers: dict[str, str]


@dataclass
class Windows:
    """Throttles as Teams says it does: by what has arrived, in each span of time."""

    clock: Callable[[], float]
    arrived: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def exceeded(self, key: str, windows: tuple[tuple[int, float], ...]) -> bool:
        now = self.clock()
        seen = self.arrived[key]
        seen.append(now)
        return any(sum(1 for at in seen[-calls - 1 :] if now - at < seconds) > calls for calls, seconds in windows)


@dataclass
class FakeConnector:
    clock: Callable[[], float] = time.monotonic
    enforce: bool = False
    latency: float = 0.0
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    token_asked: list[dict[str, str]] = field(default_factory=list)
    stored: list[tuple[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    token_answers: list[Any] = field(default_factory=list)
    """What the token endpoint does next: a (status, body), or a function; without any it issues a token."""
    accepted: set[str] = field(default_factory=set)
    issued: int = 0
    life: object = 3600
    throttled: int = 0
    conflicts: int = 0
    people: int = 3
    refuse_targeted: bool = False
    """Targeted messages are switched off."""
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.windows = Windows(self.clock)
        self._busy: set[str] = set()

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def service_url(self) -> str:
        return f"http://{self.netloc}/emea/{TENANT}/"

    @property
    def login_url(self) -> str:
        return f"http://{self.netloc}/login"

    def messages(self) -> list[Any]:
        return [body for kind, body in self.stored if kind == "message"]

    # -- the token endpoint

    async def token(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.token_asked.append({**form, "path": request.path})
        if self.token_answers:
            answer = self.token_answers.pop(0)
            if callable(answer):
                made: web.StreamResponse = await answer(request)
                return made
            status, body = answer
            text = body if isinstance(body, str) else json.dumps(body)
            return web.Response(status=status, text=text, content_type="application/json")
        self.issued += 1
        token = f"token-{self.issued}"
        self.accepted.add(token)
        return web.json_response({"token_type": "Bearer", "expires_in": self.life, "access_token": token})

    # -- the connector

    async def entry(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        self.asked.append(
            Asked(
                method=request.method,
                path=request.raw_path.split("?")[0],
                query=dict(request.query),
                authorization=request.headers.get("Authorization", ""),
                body=json.loads(raw) if raw else None,
                headers=dict(request.headers),
            )
        )
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.accepted:
            return refusal(401, "BotNotRegistered")
        if self.refuse_targeted and "isTargetedActivity" in request.query:
            return refusal(400, "BadArgument")
        conversation = request.match_info.get("conversation", "")
        if (told := self._paced(request, conversation)) is not None:
            return told
        if conversation in self._busy:
            self.conflicts += 1
            return refusal(412, "PreconditionFailed")
        self._busy.add(conversation)
        self.most_at_once = max(self.most_at_once, len(self._busy))
        try:
            await asyncio.sleep(self.latency)
            if self.faults:
                return await self.faults.pop(0)(request, lambda: self._carried_out(request, raw))
            return self._carried_out(request, raw)
        finally:
            self._busy.discard(conversation)

    def _paced(self, request: web.Request, conversation: str) -> web.Response | None:
        if not self.enforce:
            return None
        reading = request.method == "GET"
        thread = f"{conversation.split(';', maxsplit=1)[0]} {reading}"
        over = self.windows.exceeded(thread, READING if reading else POSTING)
        if self.windows.exceeded("tenant", (TENANT_RATE,)) or over:
            self.throttled += 1
            return refusal(429, "Throttled", {"Retry-After": "3"})
        return None

    def _carried_out(self, request: web.Request, raw: str) -> web.Response:
        body = json.loads(raw) if raw else {}
        match request.method, [unquote(part) for part in request.raw_path.split("?")[0].split("/")[4:]]:
            case "POST", ["conversations"]:
                return self._made(body)
            case "POST", ["conversations", _, "activities"]:
                self.stored.append(("message", body))
                return web.json_response({"id": str(1700000000000 + len(self.stored))}, status=201)
            case ("PUT" | "DELETE") as method, ["conversations", _, "activities", activity]:
                self.stored.append((method, {**body, "id": activity}))
                return web.json_response({"id": activity}) if method == "PUT" else web.Response()
            case "GET", ["conversations", _, "pagedmembers"]:
                return self._page(request)
            case "GET", ["conversations", _, "members", member]:
                return web.json_response({"id": member, "name": "Maya"})
            case "GET", ["teams", team]:
                return web.json_response({"id": team, "name": "Shop"})
            case "GET", ["teams", _, "conversations"]:
                return web.json_response({"conversations": [{"id": CHANNEL, "name": "Incidents"}, "nonsense"]})
        return refusal(404, "ConversationNotFound")

    def _made(self, body: Any) -> web.Response:
        if not body["isGroup"]:
            return web.json_response({"id": f"a:{body['members'][0]['id']}"}, status=201)
        self.stored.append(("message", body["activity"]))
        said = str(1700000000000 + len(self.stored))
        channel = body["channelData"]["channel"]["id"]
        return web.json_response({"id": f"{channel};messageid={said}", "activityId": said}, status=201)

    def _page(self, request: web.Request) -> web.Response:
        begin = int(request.query.get("continuationToken", "0"))
        end = min(begin + 2, self.people)
        page = {"members": [{"id": f"29:{number}"} for number in range(begin, end)]}
        return web.json_response(page | ({"continuationToken": str(end)} if end < self.people else {}))


def refusal(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "said in words"}}, status=status, headers=headers)


# -- faults


def answers(status: int, body: Any = None, **headers: str) -> Fault:
    """Refuses, and stores nothing."""

    async def fault(_request: web.Request, _store: Callable[[], web.Response]) -> web.Response:
        text = body if isinstance(body, str) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers=named)

    return fault


def stores_and_answers(status: int, text: str) -> Fault:
    async def fault(_request: web.Request, store: Callable[[], web.Response]) -> web.Response:
        store()
        return web.Response(status=status, text=text)

    return fault


async def cuts(request: web.Request, _store: Callable[[], web.Response]) -> web.Response:
    return cut(request)


async def stores_and_cuts(request: web.Request, store: Callable[[], web.Response]) -> web.Response:
    store()
    return cut(request)


async def hangs(_request: web.Request, _store: Callable[[], web.Response]) -> web.Response:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits that long")


def cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


@asynccontextmanager
async def connector(**settings: Any) -> AsyncIterator[FakeConnector]:
    fake = FakeConnector(**settings)
    app = web.Application()
    app.router.add_post("/login/{rest:.*}", fake.token)
    app.router.add_route("*", "/emea/{tenant}/v3/{what}", fake.entry)
    app.router.add_route("*", "/emea/{tenant}/v3/{what}/{conversation}{rest:(/.*)?}", fake.entry)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        fake.port = runner.addresses[0][1]
        yield fake
    finally:
        await runner.cleanup()


@asynccontextmanager
async def trap() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A listener that must never be contacted: its port, and what it was sent."""
    sent: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent.append(b"contacted")
        sent.append(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], sent
