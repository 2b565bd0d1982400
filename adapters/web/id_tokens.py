"""A code, exchanged for the word of a provider about who somebody is.

Law: what is believed was signed by that provider, for us, just now, and for the sign-in that was begun here. Codes,
secrets and tokens stand in no log; a refusal's word does, where it has the form of one.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from adapters.keys import Keys
from adapters.signed import kid_of, proven, timely, unproven
from adapters.web.begun import Begun
from adapters.web.providers import Provider, microsoft, slack
from adapters.wire import Rejected, ask, quiet_client
from bot.counts import Counts
from bot.settings import Settings
from bot.settings_sign_in import by_microsoft, by_slack
from bot.words.sign_in import Why

log = logging.getLogger("debrief.web")
SECONDS = 8.0
LONGEST = 1 << 14
"""Characters of a token."""
SPENT = frozenset({"invalid_grant", "invalid_code", "code_already_used", "code_expired"})
PASSING = frozenset({"temporarily_unavailable", "internal_error", "fatal_error", "request_timeout", "ratelimited"})
_WORD = re.compile(r"[a-z_]{3,40}")
Json = dict[str, Any]


class NotIn(Exception):
    """Nobody is signed in."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


Certified = Callable[[str, str, Path, float], dict[str, str]]
"""(client id, token endpoint, PEM file, now) to the fields that stand in the place of a secret. Raises `ValueError`."""


def configured(settings: Settings, counts: Counts, certified: Certified) -> list[IdTokens]:
    """With whom people can sign in: a line each."""
    s = settings
    known: list[Provider] = []
    if by_slack(s):
        known.append(slack(s.slack_client_id, s.slack_client_secret, s.slack_login_url, s.slack_api_base_url))
    if by_microsoft(s):
        known.append(microsoft(s.teams_app_id, s.teams_tenant_id, s.teams_login_url, _proof(s, certified)))
    return [
        IdTokens(one, Keys(counts, f"{one.name}_sign_in_keys", one.metadata_url, simulators=s.allow_simulators))
        for one in known
    ]


def _proof(s: Settings, certified: Certified) -> Callable[[str], dict[str, str]]:
    if not s.teams_app_certificate:
        return lambda _: {"client_secret": s.teams_app_password}
    return lambda endpoint: certified(s.teams_app_id, endpoint, Path(s.teams_app_certificate), time.time())


class IdTokens:
    """Of one provider. `clock` is real time, which tokens are dated with."""

    def __init__(
        self, provider: Provider, keys: Keys, *, seconds: float = SECONDS, clock: Callable[[], float] = time.time
    ) -> None:
        self.provider = provider
        self._keys = keys
        self._seconds = seconds
        self._clock = clock

    async def who(self, code: str, begun: Begun, redirect_uri: str) -> tuple[str, str]:
        """Tenant and user. Raises `NotIn`."""
        token = await self._exchanged(code, begun, redirect_uri)
        try:
            claims = await self._claims(token, begun.nonce)
        except Rejected as bad:
            raise self._not_in("proof", f"its token: {bad.why}") from None
        found = self.provider.who(claims)
        if found is None:
            raise self._not_in("nobody", "its token names no user")
        return self.provider.tenant or found[0], found[1]

    async def _exchanged(self, code: str, begun: Begun, redirect_uri: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.provider.client_id,
            **({"code_verifier": begun.verifier} if self.provider.pkce else {}),
        }
        try:
            form |= await asyncio.to_thread(self.provider.proof)
        except ValueError as wrong:
            raise self._not_in("misset", str(wrong)) from None
        try:
            async with await quiet_client() as http:
                answer = await ask(http, "POST", self.provider.token_url, seconds=self._seconds, data=form)
        except httpx.HTTPError as problem:
            raise self._not_in("away", type(problem).__name__) from None
        return self._token_in(answer)

    def _token_in(self, answer: httpx.Response) -> str:
        """Slack refuses with status 200 and `ok` false, everybody else with a status in the four hundreds."""
        told = _fields(answer)
        word = word_of(told.get("error"))
        if answer.status_code >= 500 or answer.status_code in (408, 429) or word in PASSING:
            raise self._not_in("away", f"status {answer.status_code} {word}")
        if word:
            raise self._not_in("code" if word in SPENT else "misset", f"{word} {_codes(told)}")
        token = told.get("id_token")
        if answer.status_code != 200 or not isinstance(token, str) or not 0 < len(token) <= LONGEST:
            raise self._not_in("away", f"status {answer.status_code} without a token")
        return token

    async def _claims(self, token: str, nonce: str) -> Json:
        """What needs no key comes first. Raises `Rejected`, or `NotIn` where nobody says which keys are good."""
        kid = kid_of(token)
        self._check(unproven(token), nonce)
        key = await self._keys.find(kid)
        if key is None and not self._keys.known:
            raise self._not_in("away", "its keys cannot be had")
        if key is None:
            raise Rejected(401, "key")
        claims = proven(token, key.public)
        self._check(claims, nonce)
        return claims

    def _check(self, claims: Json, nonce: str) -> None:
        provider = self.provider
        audience = claims.get("aud")
        audience = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
        if not isinstance(audience, str) or audience.lower() != provider.client_id.lower():
            raise Rejected(401, "audience")
        tenant = claims.get("tid", "")
        if provider.tenant and isinstance(tenant, str) and tenant and tenant.lower() != provider.tenant.lower():
            raise NotIn("tenant")
        if claims.get("iss") != provider.issuer:
            raise Rejected(401, "issuer")
        if not timely(claims, self._clock()):
            raise Rejected(401, "time")
        if claims.get("nonce") != nonce:
            raise Rejected(401, "nonce")

    def _not_in(self, why: Why, said: str) -> NotIn:
        log.warning("nobody could sign in with %s (%s): %s", self.provider.label, why, said)
        return NotIn(why)


def word_of(said: object) -> str:
    """An error's word as OAuth writes them; empty for whatever else somebody put there."""
    return said if isinstance(said, str) and _WORD.fullmatch(said) else ""


def _codes(told: Json) -> str:
    """Microsoft's numbers of what is wrong."""
    codes = told.get("error_codes")
    return ", ".join(str(one) for one in codes[:5] if isinstance(one, int)) if isinstance(codes, list) else ""


def _fields(answer: httpx.Response) -> Json:
    try:
        told = answer.json()
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
