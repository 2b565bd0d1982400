"""The Bot Connector over HTTP: token, faults, limits and size come before any operation; every call is counted.

Errors have the shape and the codes of Microsoft Learn, "Status codes from bot conversational APIs".
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.sandbox.cutting import Cut
from adapters.sandbox.faults import AFTER, BEFORE, Fault
from adapters.sandbox.teams import rosters, sending
from adapters.sandbox.teams.problem import Problem, misshapen, problem_of
from adapters.sandbox.teams.world import Json, split

if TYPE_CHECKING:
    from adapters.sandbox.teams.core import Simulation


@dataclass(frozen=True)
class Call:
    """`path` holds what stands in the URL, `body` the parsed JSON; `targeted` whether the query says so."""

    operation: str
    path: Json
    query: Json
    body: Json = field(default_factory=dict)

    @property
    def targeted(self) -> bool:
        return str(self.query.get("isTargetedActivity", "")).lower() == "true"

    @property
    def place(self) -> str:
        """What the windows of the limits are kept for: a conversation without its thread, or whom a new one is for."""
        if self.operation == "conversations.create":
            channel = (self.body.get("channelData") or {}).get("channel") or {}
            members = self.body.get("members") or [{}]
            return str(channel.get("id") or (members[0] if isinstance(members[0], dict) else {}).get("id") or "")
        return split(str(self.path.get("conversation") or self.path.get("team") or ""))[0]

    def shown(self) -> Json:
        return {"path": self.path, "query": self.query, "body": self.body}


Operation = Callable[["Simulation", Call], tuple[int, Any]]
_HERE = "/v3/conversations/{conversation}"
ROUTES: tuple[tuple[str, str, str, Operation], ...] = (
    ("POST", "/v3/conversations", "conversations.create", sending.create),
    ("POST", f"{_HERE}/activities", "activities.send", sending.send),
    ("POST", f"{_HERE}/activities/{{activity}}", "activities.reply", sending.send),
    ("PUT", f"{_HERE}/activities/{{activity}}", "activities.update", sending.update),
    ("DELETE", f"{_HERE}/activities/{{activity}}", "activities.delete", sending.delete),
    ("GET", f"{_HERE}/members", "members.list", rosters.everybody),
    ("GET", f"{_HERE}/pagedmembers", "members.paged", rosters.page),
    ("GET", f"{_HERE}/members/{{member}}", "members.get", rosters.one),
    ("GET", "/v3/teams/{team}", "teams.get", rosters.team),
    ("GET", "/v3/teams/{team}/conversations", "teams.channels", rosters.channels),
)


class Connector:
    def __init__(self, sim: "Simulation") -> None:
        self.sim = sim
        self._busy: Counter[str] = Counter()

    def routes(self) -> list[Route]:
        return [
            Route(f"/teams/smba/{{tenant}}{path}", self._endpoint(name, run), methods=[method])
            for method, path, name, run in ROUTES
        ]

    def _endpoint(self, name: str, run: Operation) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            return await self._answer(name, run, request)

        return answer

    async def _answer(self, name: str, run: Operation, request: Request) -> Response:
        """A fault before the call strikes first; one after it is told of what was stored, and hides it."""
        started, raw = time.monotonic(), await request.body()
        call, unreadable = _call(name, request, raw)
        overlapping = self._busy[call.place] > 0
        self._busy[call.place] += 1
        try:
            early = await self._before(call)
            if early is not None:
                self._count(call, 0, None, started, "fault")
                return early
            status, body, headers = self._done(call, run, request, unreadable, overlapping)
            fault = self.sim.faults.take("call", AFTER, name, call.shown()) if status < 300 else None
            self._count(call, status, body, started, fault.kind if fault else "")
            if fault is not None:
                return await self._after(fault, body, status)
            return Response(status_code=status) if body is None else JSONResponse(body, status, headers)
        finally:
            self._busy[call.place] -= 1

    def _done(
        self, call: Call, run: Operation, request: Request, unreadable: str, overlapping: bool
    ) -> tuple[int, Any, dict[str, str]]:
        try:
            self._admit(call, request, unreadable, overlapping)
            status, body = run(self.sim, call)
        except Problem as problem:
            return problem.status, problem.body(), problem.headers()
        return status, body, {}

    def _admit(self, call: Call, request: Request, unreadable: str, overlapping: bool) -> None:
        sim = self.sim
        if not sim.tokens.valid(request.headers.get("authorization", "")):
            raise Problem(401, "Unauthorized", "Authorization has been denied for this request.")
        if request.path_params["tenant"] != sim.tenant:
            raise Problem(403, "TenantNoPermission", "The bot may not act in this tenant.")
        if unreadable:
            raise Problem(400, "BadSyntax", unreadable)
        if sim.disabled:
            raise problem_of("BotDisabledByAdmin")
        if overlapping and sim.options.overlaps:
            raise problem_of("PreconditionFailed")
        wait = sim.windows.retry_after(call.operation, call.place)
        if wait:
            sim.ledger.limit_violations.append(("Throttled", call.operation))
            raise problem_of("Throttled", retry_after=wait)

    async def _before(self, call: Call) -> Response | None:
        faults, shown = self.sim.faults, call.shown()
        fault = faults.take("call", frozenset({"delay"}), call.operation, shown)
        if fault is not None:
            self.sim.ledger.faults["delay"] += 1
            await asyncio.sleep(fault.seconds)
        fault = faults.take("call", BEFORE - {"delay"}, call.operation, shown)
        return early(self.sim, fault) if fault else None

    async def _after(self, fault: Fault, body: Any, status: int) -> Response:
        return await late(self.sim, fault, JSONResponse(body, status))

    def _count(self, call: Call, status: int, body: Any, started: float, note: str) -> None:
        ms = (time.monotonic() - started) * 1000
        self.sim.ledger.call(call.operation, call.shown(), status, body, ms, note)


def early(sim: "Simulation", fault: Fault) -> Response:
    """A misfortune before anything is stored."""
    sim.ledger.faults[fault.kind] += 1
    if fault.kind == "refuse":
        return Cut()
    if fault.kind == "ratelimit":
        problem = problem_of("Throttled", retry_after=max(1, round(fault.seconds)))
    else:
        problem = _status(fault.status)
    return JSONResponse(problem.body(), problem.status, problem.headers())


async def late(sim: "Simulation", fault: Fault, answer: Response) -> Response:
    """A misfortune after it: what was stored stays stored."""
    sim.ledger.faults[fault.kind] += 1
    match fault.kind:
        case "store_cut":
            return Cut()
        case "store_timeout":
            await asyncio.sleep(fault.seconds)
            return answer
        case "truncate":
            half = bytes(answer.body)[: len(answer.body) // 2]
            return Response(half, answer.status_code, media_type="application/json")
        case "html":
            page = "<html><body>Our services aren't available right now</body></html>"
            return Response(page, answer.status_code, media_type="text/html")
    problem = _status(fault.status)
    return JSONResponse(problem.body(), problem.status, problem.headers())


def _status(status: int) -> Problem:
    codes = {412: "PreconditionFailed", 413: "MessageSizeTooBig", 429: "Throttled"}
    if status in codes:
        return problem_of(codes[status], retry_after=1)
    return Problem(status, "ServiceError", "Service dependency issue.")


def _call(name: str, request: Request, raw: bytes) -> tuple[Call, str]:
    """The call, and what keeps its body from being read."""
    path = {key: value for key, value in request.path_params.items() if key != "tenant"}
    query = dict(request.query_params)
    if request.method not in ("POST", "PUT"):
        return Call(name, path, query), ""
    try:
        body = json.loads(raw)
    except ValueError:
        return Call(name, path, query), "The body is not JSON."
    if not isinstance(body, dict):
        return Call(name, path, query), "The body is not an object."
    if wrong := misshapen(body):
        return Call(name, path, query), wrong
    return Call(name, path, query, body), ""
