"""Signing in with Slack or Microsoft: to the provider, and back from it with a code (OpenID Connect Core 1.0, 3.1).

Law: whoever comes back has to be the browser that went, within ten minutes, and each going begins one session at most.
Nobody comes in whom chat does not know, and nobody is signed in by anything that another site can send.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from adapters.web.answers import RETRY_AFTER
from adapters.web.begun import LONGEST, VALID_FOR, Begun, Sealed, begin
from adapters.web.doors import Cookie, Sessions, address_of
from adapters.web.guard import Failures
from adapters.web.id_tokens import IdTokens, NotIn, word_of
from adapters.web.links import FRONT, wanted
from adapters.web.look import Look, Way
from adapters.web.providers import Provider
from bot.ports import Access
from bot.settings_sign_in import BACK
from bot.words import sign_in as words
from bot.words.sign_in import Why
from bot.words.web import SIGN_IN_TITLE

log = logging.getLogger("debrief.web")
STATUS: dict[Why, int] = {
    "stale": 410, "code": 410, "denied": 403, "tenant": 403, "unmet": 403, "gone": 403, "often": 429,
    "refused": 502, "misset": 502, "proof": 502, "nobody": 502, "away": 503,
}  # fmt: skip
NOT_THEIR_FAULT = frozenset({"away", "misset"})


class OpenId:
    def __init__(
        self,
        access: Access,
        sessions: Sessions,
        look: Look,
        providers: Sequence[IdTokens],
        *,
        public_url: str,
        sealed: Sealed,
    ) -> None:
        self._access = access
        self._sessions = sessions
        self._look = look
        self._providers: dict[str, IdTokens] = {one.provider.name: one for one in providers} if public_url else {}
        self._public_url = public_url.rstrip("/")
        self._sealed = sealed
        self._cookie = Cookie("debrief-sign-in", https=public_url.startswith("https://"), longest=LONGEST)
        self._failures = Failures()

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/sign-in/with/{name}", self.go)
        routes.add_api_route(f"{BACK}{{name}}", self.back)
        return routes

    def ways(self, path: str) -> tuple[Way, ...]:
        """A link for each provider; whoever comes in by it is led to `path`."""
        to = urlencode({"to": wanted(path)})
        return tuple(
            Way(words.button(one.provider.label), f"/sign-in/with/{name}?{to}") for name, one in self._providers.items()
        )

    async def go(self, name: str, to: str = "") -> Response:
        tokens = self._providers.get(name)
        if tokens is None:
            return self._look.message(404, SIGN_IN_TITLE, words.NO_SUCH_WAY)
        begun = begin(name, wanted(to))
        answer = RedirectResponse(self._address(tokens.provider, begun), 303)
        self._cookie.put(answer, self._sealed.sealed(begun), VALID_FOR)
        return answer

    def _address(self, provider: Provider, begun: Begun) -> str:
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": self._public_url + BACK + provider.name,
            "scope": provider.scope,
            "state": begun.state,
            "nonce": begun.nonce,
            **({"code_challenge": begun.challenge, "code_challenge_method": "S256"} if provider.pkce else {}),
        }
        return f"{provider.authorize_url}?{urlencode(asked, quote_via=quote)}"

    async def back(self, request: Request, name: str, code: str = "", state: str = "", error: str = "") -> Response:
        tokens = self._providers.get(name)
        if tokens is None:
            return self._look.message(404, SIGN_IN_TITLE, words.NO_SUCH_WAY)
        begun = self._sealed.opened(self._cookie.read(request))
        if begun is None or (begun.provider, begun.state) != (name, state):
            return self._not_in(request, tokens.provider, "stale", FRONT)
        try:
            secret = await self._session(tokens, begun, code, error)
        except NotIn as no:
            answer = self._not_in(request, tokens.provider, no.why, begun.path)
        else:
            answer = RedirectResponse(begun.path, 303)
            self._sessions.begin(answer, secret)
        self._cookie.drop(answer)
        return answer

    async def _session(self, tokens: IdTokens, begun: Begun, code: str, error: str) -> str:
        """The secret of a new session. Raises `NotIn`."""
        provider = tokens.provider
        if error or not code:
            raise NotIn(_told(provider, error))
        tenant, user = await tokens.who(code, begun, self._public_url + BACK + provider.name)
        found = await run_in_threadpool(self._access.recognise, provider.platform, tenant, user)
        if found.why:
            raise NotIn(found.why)
        secret = await run_in_threadpool(self._access.sign_in, found.account, begun.state)
        if secret is None:
            raise NotIn("stale")
        return secret

    def _not_in(self, request: Request, provider: Provider, why: Why, path: str) -> Response:
        wait = 0.0 if why in NOT_THEIR_FAULT else self._failures.add(address_of(request.scope))
        headers = RETRY_AFTER if why == "away" else {}
        if wait:
            why, headers = "often", {"Retry-After": str(int(wait) + 1)}
        sentence = words.sentence(why, provider.label)
        return self._look.message(STATUS[why], SIGN_IN_TITLE, sentence, headers, ways=self.ways(path))


def _told(provider: Provider, error: str) -> Why:
    """What a provider meant that sent somebody back without a code."""
    if error == "access_denied":
        return "denied"
    log.warning("%s sent somebody back without a code: %s", provider.label, word_of(error) or "no word")
    return "away" if error in ("server_error", "temporarily_unavailable") else "refused"
