"""Who comes in: programs by a bearer token, people by a session that a private link or a provider began.

Law: nobody learns anything without one; a token stands in a header, never in an address.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.web.answers import RETRY_AFTER, Told, error
from adapters.web.guard import Failures
from bot import words as common
from bot.errors import Unavailable
from bot.ports import Access, Caller
from bot.words import web as words

API = "/api/v1"
READING = ("GET", "HEAD", "OPTIONS")
LONGEST = 400
"""Characters of a token or a session's secret."""
SESSION_DAYS = 14


class ApiDoor:
    """In front of the API. Whoever is let in stands in `request.state.caller`."""

    def __init__(self, app: ASGIApp, access: Access, failures: Failures) -> None:
        self._app = app
        self._access = access
        self._failures = failures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{API}/"):
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._admitted(scope)
        except Told as no:
            await error(no.status, no.error, no.headers)(scope, receive, send)
        except Unavailable:
            await error(503, common.unavailable(), RETRY_AFTER)(scope, receive, send)
        else:
            scope.setdefault("state", {})["caller"] = caller
            await self._app(scope, receive, send)

    async def _admitted(self, scope: Scope) -> Caller:
        scheme, _, secret = Headers(scope=scope).get("authorization", "").partition(" ")
        given = scheme.casefold() == "bearer" and 0 < len(secret.strip()) <= LONGEST
        caller = await run_in_threadpool(self._access.caller, secret.strip()) if given else None
        if caller is None:
            raise self._stranger(scope, words.BAD_TOKEN if given else words.NEEDS_TOKEN)
        if caller.scope == "read" and scope["method"] not in READING:
            raise Told(403, words.READ_ONLY)
        return caller

    def _stranger(self, scope: Scope, sentence: str) -> Told:
        wait = self._failures.add(address_of(scope))
        if wait:
            return Told(429, words.TOO_MANY_FAILURES, {"Retry-After": str(int(wait) + 1)})
        return Told(401, sentence, {"WWW-Authenticate": "Bearer"})


def address_of(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


async def caller_of(request: Request) -> Caller:
    """The dependency of every route of the API."""
    caller: Caller = request.state.caller
    return caller


class Cookie:
    """One that no script can read and no other site can send along with a form."""

    def __init__(self, name: str, *, https: bool, longest: int = LONGEST) -> None:
        self._name = f"__Host-{name}" if https else name
        self._https = https
        self._longest = longest

    def read(self, request: Request) -> str:
        value = cookie_parser(request.headers.get("cookie", "")).get(self._name, "")
        return value if len(value) <= self._longest else ""

    def put(self, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(self._name, value, max_age=seconds, httponly=True, secure=self._https, samesite="lax")

    def drop(self, response: Response) -> None:
        response.delete_cookie(self._name, httponly=True, secure=self._https, samesite="lax")


class Sessions:
    def __init__(self, access: Access, *, https: bool) -> None:
        self._access = access
        self.https = https
        self._cookie = Cookie("debrief", https=https)

    def caller(self, request: Request) -> Caller | None:
        """Blocks."""
        secret = self.secret(request)
        return self._access.session(secret) if secret else None

    def secret(self, request: Request) -> str:
        return self._cookie.read(request)

    def seal(self, request: Request) -> str:
        """What forms on the pages of this very session carry: another site cannot know it."""
        secret = self.secret(request).encode("utf-8", "surrogatepass")
        return hmac.new(secret, b"debrief form", sha256).hexdigest()[:40]

    def begin(self, response: Response, secret: str) -> None:
        self._cookie.put(response, secret, SESSION_DAYS * 86_400)

    def end(self, response: Response) -> None:
        self._cookie.drop(response)


def from_elsewhere(request: Request) -> bool:
    """Whether another site's page sent this form. Browsers say so; programs without either header are no browsers."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and origin.partition("://")[2] != request.headers.get("host", "")


def vary_by_reader(response: Response) -> Response:
    MutableHeaders(scope={"headers": response.raw_headers}).add_vary_header("cookie")
    return response
