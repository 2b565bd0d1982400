"""Signing in: a private link shows one button, and only pressing it uses the link up, so that previews of chats do not.

Law: a link works once, for the person it was sent to, and leads to a page of ours.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from adapters.web.doors import Sessions, from_elsewhere
from adapters.web.links import Links, wanted
from adapters.web.look import Look, Ways
from bot.ports import Access
from bot.words import web as words


class SigningIn:
    """Everything here blocks, and runs in the thread pool."""

    def __init__(self, access: Access, links: Links, sessions: Sessions, look: Look, ways: Ways) -> None:
        self._access = access
        self._ways = ways
        self._links = links
        self._sessions = sessions
        self._look = look

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/sign-in", self.how)
        routes.add_api_route("/sign-in/{token}", self.ask)
        routes.add_api_route("/sign-in/{token}", self.enter, methods=["POST"])
        routes.add_api_route("/sign-out", self.leave, methods=["POST"])
        return routes

    def how(self, request: Request, to: str = "") -> Response:
        if self._sessions.caller(request) is not None:
            return RedirectResponse(wanted(to), 303)
        return self._look.sign_in(200, self._ways(to))

    def ask(self, request: Request, token: str) -> Response:
        """Whoever is signed in already is led on, also by the link of a message that is old."""
        ticket, caller = self._links.led(token), self._sessions.caller(request)
        if ticket and caller and any(one.key == ticket.account for one in caller.principal.accounts):
            return RedirectResponse(ticket.path, 303)
        return self._look.page("sign_in") if self._links.read(token) else self._spent()

    def enter(self, request: Request, token: str) -> Response:
        if from_elsewhere(request):
            return self._look.message(403, words.SIGN_IN_TITLE, words.FOREIGN_FORM)
        ticket = self._links.read(token)
        secret = self._access.sign_in(ticket.account, ticket.once) if ticket else None
        if ticket is None or secret is None:
            return self._spent()
        answer = RedirectResponse(ticket.path, 303)
        self._sessions.begin(answer, secret)
        return answer

    def leave(self, request: Request) -> Response:
        if from_elsewhere(request):
            return self._look.message(403, words.SIGN_IN_TITLE, words.FOREIGN_FORM)
        if secret := self._sessions.secret(request):
            self._access.end_session(secret)
        answer = self._look.message(200, words.SIGN_IN_TITLE, words.SIGNED_OUT)
        self._sessions.end(answer)
        return answer

    def _spent(self) -> Response:
        return self._look.message(410, words.SIGN_IN_TITLE, words.LINK_SPENT)
