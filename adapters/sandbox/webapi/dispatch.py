"""The door of the Web API: reads JSON or forms, checks token, scopes, limits and arguments, calls the method.

Faults strike before anything is stored or after it; the answer codes are the documented ones, others are noted.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from adapters.sandbox import oauth
from adapters.sandbox.core import Simulation, Token
from adapters.sandbox.cutting import Cut
from adapters.sandbox.facts import MethodFacts, facts
from adapters.sandbox.faults import AFTER, BEFORE, Fault
from adapters.sandbox.webapi import apps, chat, conversations, history, items, people, views
from adapters.sandbox.webapi.call import ApiError, Call
from adapters.sandbox.world import Json

Method = Callable[[Call], Awaitable[Json]]
_FREE = {"api.test", "oauth.v2.access"}
_LIMITS = {
    "invalid_blocks",
    "msg_blocks_too_long",
    "msg_too_long",
    "invalid_arguments",
    "view_too_large",
    "too_many_attachments",
    "metadata_too_large",
    "too_long",
    "invalid_name_maxlength",
    "push_limit_reached",
}


def methods() -> dict[str, Method]:
    groups = (apps, chat, conversations, history, items, people, views, oauth)
    return {name: method for group in groups for name, method in group.METHODS.items()}


class WebApi:
    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.methods = methods()

    async def answer(self, request: Request) -> Response:
        name = request.path_params["method"]
        started = time.monotonic()
        args, wrong = await _arguments(request)
        await self._before(name, args)
        early = self._faulty_before(name, args)
        if early is not None:
            return self._answered(name, args, early.status_code, None, started, early, "fault")
        status, body, headers, token = await self._run(name, args, wrong, request)
        note = await self._after(name, args, body)
        if note is not None:
            return self._answered(name, args, note.status_code, body, started, note, "fault")
        if token is not None:
            headers |= {"x-oauth-scopes": ",".join(sorted(token.scopes))}
        response = JSONResponse(body, status, headers=headers)
        return self._answered(name, args, status, body, started, response)

    def _answered(
        self,
        name: str,
        args: Json,
        status: int,
        body: Any,
        started: float,
        response: Response,
        note: str = "",
    ) -> Response:
        self.sim.ledger.call(name, args, status, body, (time.monotonic() - started) * 1000, note)
        return response

    async def _run(
        self, name: str, args: Json, wrong: str | None, request: Request
    ) -> tuple[int, Json, dict[str, str], Token | None]:
        call = Call(
            self.sim,
            name,
            args,
            _base(self.sim, request),
            oauth.basic_of(request.headers.get("authorization", "")),
        )
        try:
            if name not in self.methods:
                raise ApiError("unknown_method", req_method=name)
            if wrong:
                raise ApiError(wrong)
            call.token = self._token(name, request, args)
            wait = self._limited(name, args, call.token)
            if wait:
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}, call.token
            _check(call, facts().methods[name])
            body = await self.methods[name](call)
        except ApiError as error:
            body = {"ok": False, "error": error.code} | error.more
            self._note(name, error.code)
        return 200, body | _charset_warning(request), {}, call.token

    def _note(self, name: str, code: str) -> None:
        if code in _LIMITS:
            self.sim.ledger.limit_violations.append((code, name))
        known = facts()
        if (
            name in known.methods
            and code not in known.methods[name].errors | known.common_errors
            and name != "api.test"
        ):
            self.sim.ledger.undocumented.append((name, code))

    def _token(self, name: str, request: Request, args: Json) -> Token | None:
        header = request.headers.get("authorization", "")
        value = header[7:].strip() if header.lower().startswith("bearer ") else str(args.pop("token", ""))
        if name in _FREE:
            return None
        if not value:
            raise ApiError("not_authed")
        token = self.sim.tokens.get(value)
        if token is None:
            raise ApiError("invalid_auth")
        if token.state != "live":
            raise ApiError("token_revoked" if token.state == "revoked" else "account_inactive")
        if token.expires_at is not None and token.expires_at < time.time():
            raise ApiError("token_expired")
        if (token.kind == "app") != (name == "apps.connections.open"):
            raise ApiError("not_allowed_token_type")
        return token

    def _limited(self, name: str, args: Json, token: Token | None) -> int:
        tier = facts().methods[name].tier
        wait = self.sim.limits.retry_after(token.team if token else "", name, tier, str(args.get("channel", "")))
        if wait:
            self.sim.ledger.limit_violations.append(("ratelimited", name))
        return wait

    async def _before(self, name: str, args: Json) -> None:
        fault = self.sim.faults.take("call", frozenset({"delay"}), name, args)
        if fault is not None:
            self.sim.ledger.faults["delay"] += 1
            await asyncio.sleep(fault.seconds)

    def _faulty_before(self, name: str, args: Json) -> Response | None:
        fault = self.sim.faults.take("call", BEFORE - {"delay"}, name, args)
        if fault is None:
            return None
        self.sim.ledger.faults[fault.kind] += 1
        if fault.kind == "refuse":
            return Cut(status_code=503)
        if fault.kind == "ratelimit":
            seconds = str(int(fault.seconds) or 1)
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers={"Retry-After": seconds})
        if fault.kind == "hash_conflict":
            return JSONResponse({"ok": False, "error": "hash_conflict"})
        return HTMLResponse("<html><body>Service Unavailable</body></html>", fault.status)

    async def _after(self, name: str, args: Json, body: Json) -> Response | None:
        if not body.get("ok"):
            return None
        fault = self.sim.faults.take("call", AFTER, name, args)
        if fault is None:
            return None
        self.sim.ledger.faults[fault.kind] += 1
        if fault.kind in ("store_cut", "store_timeout"):
            await asyncio.sleep(fault.seconds or (30.0 if fault.kind == "store_timeout" else 0.0))
            return Cut()
        return _spoilt(fault, body)


def _spoilt(fault: Fault, body: Json) -> Response:
    if fault.kind == "truncate":
        whole = json.dumps(body)
        return Response(whole[: len(whole) // 2], media_type="application/json")
    if fault.kind == "html":
        return HTMLResponse("<html><body><h1>We'll be right back</h1></body></html>", 200)
    if fault.kind == "internal_error":
        return JSONResponse({"ok": False, "error": "internal_error"})
    return HTMLResponse("<html><body>Internal Server Error</body></html>", fault.status)


def _check(call: Call, known: MethodFacts) -> None:
    if known.scopes:
        call.need(*known.scopes)
    for name in known.required:
        if call.args.get(name) in (None, "") and (code := _missing_code(call.method, name)) is not None:
            if code == "invalid_arguments":
                raise ApiError(code, f"missing required field: {name} [json-pointer:/{name}]")
            raise ApiError(code)


def _missing_code(method: str, name: str) -> str | None:
    """The method's own word for an argument left out, where it has one."""
    own = {
        "channel": "channel_not_found",
        "user": "user_not_found",
        "email": "users_not_found",
        "users": "no_user",
        "file": "file_not_found",
        "usergroup": "no_such_subteam",
        "name": "invalid_name_required",
        "user_id": "missing_profile_id",
        "purpose": None,
        "topic": None,
    }
    code = own.get(name, "invalid_arguments")
    if code is None or code in facts().methods[method].errors:
        return code
    return "invalid_arguments"


def _base(sim: Simulation, request: Request) -> str:
    """Where the simulator stands, as the caller sees it; links handed to the bot begin with it."""
    base = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}".rstrip("/")
    if sim.base_url is None:
        sim.base_url = base
    return base


def _charset_warning(request: Request) -> Json:
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json") and "charset" not in kind:
        return {"warning": "missing_charset", "response_metadata": {"warnings": ["missing_charset"]}}
    return {}


async def _arguments(request: Request) -> tuple[Json, str | None]:
    """The arguments, and Slack's word for a body that cannot be read."""
    args: Json = {k: v for k, v in request.query_params.items() if k != "token"}
    raw = await request.body()
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method == "GET" or not raw:
        return args, None
    if kind == "application/json":
        return _json_arguments(args, raw)
    if kind == "multipart/form-data":
        form = await request.form()
        return args | {k: v for k, v in form.items() if isinstance(v, str)}, None
    if kind in ("application/x-www-form-urlencoded", ""):
        return args | dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)), None
    return args, "invalid_post_type"


def _json_arguments(args: Json, raw: bytes) -> tuple[Json, str | None]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return args, "invalid_json"
    if not isinstance(body, dict):
        return args, "json_not_object"
    body.pop("token", None)
    return args | {k: v for k, v in body.items() if v is not None}, None
