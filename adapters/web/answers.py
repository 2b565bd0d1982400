"""How anything that went wrong is answered: one JSON sentence to programs, one page to people.

Law: what is hidden and what does not exist are answered byte for byte alike, and nothing a client sends makes a 500.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from adapters.web.guard import HEADERS
from adapters.web.look import Look, Ways
from bot import words as common
from bot.errors import NotFound, Refused, Unavailable
from bot.words import web as words

log = logging.getLogger("debrief.web")
RETRY_AFTER = {"Retry-After": "5"}
API = "/api/"


class NotSignedIn(Exception):
    """The reader of a page has no session."""


class Told(Exception):
    """An answer of the API that is no success: `error` is the sentence."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.error = error
        self.headers = headers
        super().__init__(error)


class TellPerson(Exception):
    """A form of a page that does not count; `text` is the sentence, and what was typed is handed back."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.text = text
        self.headers = headers
        super().__init__(text)


def keep_typed(request: Request, typed: Mapping[str, str]) -> None:
    """What to hand back should the form not be taken, whatever goes wrong."""
    request.state.typed = dict(typed)


def _typed(request: Request) -> dict[str, str]:
    kept: dict[str, str] = getattr(request.state, "typed", {})
    return kept


def error(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": sentence}, status, dict(headers or {}))


def told_by(refused: Refused) -> Told:
    return Told(404 if isinstance(refused, NotFound) else 422, refused.text.plain())


class Answers:
    """The answer to each kind of failure."""

    def __init__(self, look: Look, ways: Ways) -> None:
        self._look = look
        self._ways = ways

    def install(self, app: FastAPI) -> None:
        answers: dict[type[Exception], Any] = {
            Told: self.told, TellPerson: self.tell_person,
            Refused: self.refused, NotSignedIn: self.stranger, Unavailable: self.unavailable,
            RequestValidationError: self.invalid, HTTPException: self.plain, Exception: self.broken,
        }  # fmt: skip
        for kind, answer in answers.items():
            app.add_exception_handler(kind, answer)

    async def told(self, request: Request, problem: Told) -> Response:  # noqa: ARG002
        return error(problem.status, problem.error, problem.headers)

    def _page(
        self, request: Request, status: int, title: str, text: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """A page, or where a part of a page asked, a notice on that page: what was typed stands in it still."""
        if by_htmx(request):
            return self._look.notice(status, text, headers)
        return self._look.message(status, title, text, headers=headers, typed=_typed(request))

    async def tell_person(self, request: Request, problem: TellPerson) -> Response:
        return self._page(request, problem.status, words.NOT_TAKEN_TITLE, problem.text, problem.headers)

    async def refused(self, request: Request, problem: Refused) -> Response:
        if for_programs(request):
            return await self.told(request, told_by(problem))
        if isinstance(problem, NotFound):
            return self._page(request, 404, words.NOT_FOUND_TITLE, words.NOT_FOUND)
        return await self.tell_person(request, TellPerson(422, problem.text.plain()))

    async def stranger(self, request: Request, problem: NotSignedIn) -> Response:  # noqa: ARG002
        if for_programs(request):
            return error(401, words.SIGN_IN_FIRST)
        if by_htmx(request):
            return self._look.notice(401, words.SIGN_IN_FIRST)
        query = f"?{request.url.query}" if request.url.query else ""
        asked = request.url.path + query if request.method == "GET" else ""
        return self._look.sign_in(401, self._ways(asked), _typed(request))

    async def unavailable(self, request: Request, problem: Unavailable) -> Response:  # noqa: ARG002
        if for_programs(request):
            return error(503, common.unavailable(), RETRY_AFTER)
        return self._page(request, 503, words.UNAVAILABLE_TITLE, common.unavailable(), RETRY_AFTER)

    async def invalid(self, request: Request, problem: RequestValidationError) -> Response:
        first = problem.errors()[0]
        where = [str(part) for part in first["loc"][1:]]
        if first["type"] == "json_invalid" or (first["loc"][0] == "body" and not where):
            return error(400, words.NO_JSON)
        sentence = words.bad_field(".".join(where), str(first["msg"]))
        if for_programs(request):
            return error(422, sentence)
        return self._look.message(422, words.BAD_ADDRESS_TITLE, sentence)

    async def plain(self, request: Request, problem: HTTPException) -> Response:
        if problem.status_code == 404 and not for_programs(request):
            return self._look.not_found()
        return error(problem.status_code, _sentence(problem), problem.headers)

    async def broken(self, request: Request, problem: Exception) -> Response:
        """A bug of ours. Of the request only the method and the route are logged: an address may hold a secret."""
        route = getattr(request.scope.get("route"), "path", "")
        log.error("%s %s failed: %s", request.method, route, type(problem).__name__)
        if for_programs(request):
            return error(500, words.BROKEN, HEADERS)
        return self._page(request, 500, words.UNAVAILABLE_TITLE, words.BROKEN, HEADERS)


def by_htmx(request: Request) -> bool:
    """Whether somebody asked from a part of a page for that part, and not a browser for a page or a page for news."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-trigger") != "live"


def for_programs(request: Request) -> bool:
    return request.url.path.startswith(API) or request.url.path.endswith((".json", ".md", ".csv"))


def _sentence(problem: HTTPException) -> str:
    known = {404: words.NO_SUCH_ROUTE, 405: words.WRONG_METHOD, 400: words.NO_JSON}
    return known.get(problem.status_code, str(problem.detail))
