"""The token with which the bot calls out: asked for once for all calls, renewed before it ends.

Law: a token endpoint that is down, hangs or talks nonsense delays what goes out (`Retry`) and nothing else; a token
that still holds is used meanwhile. Secrets and tokens stand in no log, text or repr.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from adapters.teams.bodies import object_in, read_json
from adapters.teams.certificates import proof
from bot.errors import Retry
from bot.lease import clock as boot_clock
from bot.outbox import backoff

log = logging.getLogger("debrief.teams.credentials")

LOGIN_URL = "https://login.microsoftonline.com"
ANY_TENANT = "botframework.com"
"""Where a bot that is registered for several tenants asks (Microsoft Learn, Authenticate with the Connector API)."""
SCOPE = "https://api.botframework.com/.default"
EARLY = 300.0
"""A token is renewed this many seconds before its end, or at half its life if that is shorter."""
LAST_MOMENT = 20.0
"""Longer than a call may take: a token with less left is not used any more."""
LONGEST_LIFE, DEFAULT_LIFE = 86_400.0, 600.0
TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
LONGEST_WAIT = 60.0
MISCONFIGURED = timedelta(minutes=15)
BODY = 65_536

SETTING_OF: dict[int, str] = {
    90002: "TEAMS_TENANT_ID",
    900023: "TEAMS_TENANT_ID",
    700016: "TEAMS_APP_ID",
    7000215: "TEAMS_APP_PASSWORD",
    7000222: "TEAMS_APP_PASSWORD",
    700027: "TEAMS_APP_CERTIFICATE",
}
"""Microsoft Learn, Microsoft Entra authentication and authorization error codes: the setting that each is about."""


class Wrong(Exception):
    """No token will come before a setting is changed."""

    def __init__(self, word: str, setting: str) -> None:
        self.word = word
        self.setting = setting
        super().__init__(word)


def endpoint(login_url: str, tenant: str) -> str:
    """`login_url` is a base, or the token endpoint itself."""
    base = (login_url or LOGIN_URL).rstrip("/")
    if base.endswith("/token"):
        return base
    return f"{base}/{quote(tenant or ANY_TENANT, safe='')}/oauth2/v2.0/token"


class Unneeded:
    """Nobody asks for a token: for local test clients."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    async def token(self, _session: aiohttp.ClientSession) -> str:
        return ""

    def drop(self, _token: str) -> bool:
        return False

    async def close(self) -> None:
        """There is nothing to end."""


class Credentials:
    """One per app. `counts` says how often no token came, by reason."""

    def __init__(
        self,
        app_id: str,
        tenant: str,
        *,
        secret: str = "",
        certificate: str = "",
        login_url: str = LOGIN_URL,
        scope: str = SCOPE,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        clock: Callable[[], float] = boot_clock,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.endpoint = endpoint(login_url, tenant)
        self.counts: Counter[str] = Counter()
        self._app_id = app_id
        self._secret = secret
        self._certificate = certificate
        self._scope = scope
        self._timeout = timeout
        self._clock = clock
        self._now = now
        self._token = ""
        self._renew_at = self._ends_at = self._not_before = 0.0
        self._failures = 0
        self._asking: asyncio.Task[None] | None = None

    async def token(self, session: aiohttp.ClientSession) -> str:
        """A token that holds for the next call. Raises `Retry`."""
        now = self._clock()
        if self._token and now < self._ends_at:
            if now >= self._renew_at and now >= self._not_before:
                self._ask(session)
            return self._token
        if now < self._not_before and self._asking is None:
            raise Retry(timedelta(seconds=self._not_before - now), "no token for calling Teams yet")
        await asyncio.shield(self._ask(session))
        if not self._token or self._clock() >= self._ends_at:
            wait = max(self._not_before - self._clock(), 1.0)
            raise Retry(timedelta(seconds=wait), "no token for calling Teams yet")
        return self._token

    def drop(self, token: str) -> bool:
        """Teams does not accept `token`: it is not used again. False where another one is in use already."""
        if token != self._token:
            return False
        self._token = ""
        return True

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def _ask(self, session: aiohttp.ClientSession) -> asyncio.Task[None]:
        """Everybody waits for the same request."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._renew(session), name="teams token")
            self._asking.add_done_callback(self._asked)
        return self._asking

    def _asked(self, _task: asyncio.Task[None]) -> None:
        self._asking = None

    async def _renew(self, session: aiohttp.ClientSession) -> None:
        """Ends with a new token, or with the time before which none is asked for again; never with an exception."""
        try:
            answer = await self._fetch(session)
        except Wrong as wrong:
            self._failed(wrong.word, MISCONFIGURED.total_seconds())
            log.warning("no token for calling Teams (%s): check %s", wrong.word, wrong.setting)
        except (aiohttp.ClientError, OSError, ValueError) as why:
            self._failures += 1
            self._failed("unreachable", min(backoff(self._failures).total_seconds(), LONGEST_WAIT))
            log.warning("no token for calling Teams: the endpoint fails (%s)", type(why).__name__)
        else:
            self._keep(str(answer["access_token"]), _seconds(answer.get("expires_in")))

    def _failed(self, why: str, wait: float) -> None:
        self.counts[why] += 1
        self._not_before = self._clock() + wait

    def _keep(self, token: str, life: float) -> None:
        now = self._clock()
        self._token, self._failures, self._not_before = token, 0, 0.0
        self._renew_at = now + life - min(EARLY, life / 2)
        self._ends_at = now + life - min(LAST_MOMENT, life / 4)

    async def _fetch(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        """An answer with a token. Raises `Wrong`, or what stands for an endpoint that fails."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._app_id,
            "scope": self._scope,
            **await self._proof(),
        }
        async with session.post(self.endpoint, data=form, timeout=self._timeout, allow_redirects=False) as response:
            answer = object_in(await read_json(response, BODY))
            status = response.status
        if 400 <= status < 500 and status not in (408, 429):
            raise self._wrong(answer)
        if status != 200 or not _sendable(answer.get("access_token")):
            raise ValueError("no token in it")
        return answer

    async def _proof(self) -> dict[str, str]:
        if not self._certificate:
            return {"client_secret": self._secret}
        path = Path(self._certificate)
        try:
            return await asyncio.to_thread(proof, self._app_id, self.endpoint, path, self._now())
        except ValueError as why:
            raise Wrong(str(why), "TEAMS_APP_CERTIFICATE") from None

    def _wrong(self, answer: dict[str, Any]) -> Exception:
        """Which setting a refusal is about; without a word that OAuth knows it is no refusal, but a broken endpoint."""
        word = answer.get("error")
        if not isinstance(word, str) or not re.fullmatch(r"[a-z_]{3,40}", word):
            return ValueError("refused without a reason")
        if word == "temporarily_unavailable":
            return ValueError(word)
        proof = "TEAMS_APP_CERTIFICATE" if self._certificate else "TEAMS_APP_PASSWORD"
        codes = answer.get("error_codes")
        known = [code for code in codes if isinstance(code, int)] if isinstance(codes, list) else []
        named = [SETTING_OF[code] for code in known if code in SETTING_OF]
        other = "TEAMS_APP_ID, TEAMS_TENANT_ID and TEAMS_LOGIN_URL"
        return Wrong(word, named[0] if named else proof if word == "invalid_client" else other)


def _sendable(token: object) -> bool:
    """A token goes into a header: one that would end it early is none."""
    return isinstance(token, str) and bool(re.fullmatch(r"[\x21-\x7e]+", token))


def _seconds(said: object) -> float:
    """How long a token lives; some endpoints say it as text."""
    try:
        life = float(said) if isinstance(said, str | int | float) else DEFAULT_LIFE
    except (ValueError, OverflowError):
        return DEFAULT_LIFE
    return min(life, LONGEST_LIFE) if life > 0 else DEFAULT_LIFE
