"""One call of Slack's Web API: paced, never repeated by itself, and its outcome told apart.

Law: *refused* (`Failed`), *not carried out* (`Retry`) and *nobody knows* (`Unsure`) are three answers, and a call whose
outcome is unknown is never taken for one that failed. Only calls that may be repeated without harm become `Retry` then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.limits import Held, Limits
from adapters.slack.logs import sdk_logger
from bot.errors import Retry, Unsure
from bot.lease import still_held

Json = dict[str, Any]
TIMEOUT = 10
TokenFor = Callable[[str], Awaitable[str | None]]
"""The bot token of a workspace; None: not installed there (any more)."""

AMBIGUOUS = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"})
REVOKED = frozenset(
    {"invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_authed", "app_uninstalled"}
)
READS = frozenset(
    {
        "auth.test",
        "conversations.history",
        "conversations.members",
        "conversations.replies",
        "users.conversations",
        "users.info",
    }
)
FORMS = READS | {"oauth.v2.access"}
"""Methods that take their arguments as a form."""
REPEATABLE = READS | {
    "chat.update",
    "conversations.invite",
    "conversations.join",
    "conversations.kick",
    "conversations.open",
    "conversations.setPurpose",
    "conversations.setTopic",
    "pins.add",
    "views.publish",
}
UNREADABLE = (ValueError, AttributeError, TypeError)
"""What the SDK raises when an answer is not the JSON object it expects."""
NO_TOKEN = timedelta(minutes=15)
SHORTLY = timedelta(seconds=5)


class Failed(Exception):
    """Slack refused the call: `code` is its word, `answer` the whole answer."""

    def __init__(self, code: str, answer: Json) -> None:
        self.code = code
        self.answer = answer
        super().__init__(code)


class Calls:
    """`on_revoked` is told of a workspace whose token no longer works."""

    def __init__(
        self,
        token_for: TokenFor,
        limits: Limits,
        *,
        base_url: str,
        on_revoked: Callable[[str], None] = lambda _tenant: None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._token_for = token_for
        self._limits = limits
        self.base_url = base_url if base_url.endswith("/") else base_url + "/"
        self._on_revoked = on_revoked
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @property
    def session(self) -> aiohttp.ClientSession:
        """Shared by all calls: a session of its own would cost each a connection."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=self._timeout)
            connector = aiohttp.TCPConnector(limit=50, ttl_dns_cache=300)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        return self._session

    async def close(self) -> None:
        """Nothing is called any more; what is under way is cut, and taken up at the next start."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(
            token=token,
            base_url=self.base_url,
            session=self.session,
            timeout=int(self._timeout),
            retry_handlers=[],
            logger=sdk_logger(),
        )

    async def __call__(
        self, tenant: str, method: str, *, seconds: float | None = None, paced_by: str = "", **arguments: Any
    ) -> Json:
        """The answer of a call that Slack accepted. Raises `Failed`, `Retry` or `Unsure`.

        `paced_by` is the channel whose one post a second it counts against; `seconds` is a shorter timeout.
        """
        if self._closed:
            raise Retry(SHORTLY, "stopping")
        try:
            await self._limits.turn(tenant, method, paced_by)
        except Held as held:
            raise Retry(timedelta(seconds=held.seconds), f"{method} waits for its turn") from None
        token = await self._token_for(tenant)
        if token is None:
            raise Retry(NO_TOKEN, "not installed in this workspace")
        if method not in REPEATABLE:
            still_held()
        try:
            return await self._judging(tenant, token, method, seconds, arguments)
        except Failed as failed:
            if failed.code != "hash_conflict":
                raise
        # A view of ours came in between. No view of ours that is shown anew has a field, so nothing typed is lost.
        return await self._judging(tenant, token, method, seconds, arguments)

    async def direct(self, token: str, method: str, **arguments: Any) -> Json:
        """A call with a token whose workspace is not known yet. Raises as an ordinary call does."""
        return await self._judging("", token, method, None, arguments)

    async def oauth(self, **fields: str) -> Json:
        """`oauth.v2.access`. Raises `Failed`, `Retry` or `Unsure`."""
        return await self._judging("", "", "oauth.v2.access", None, dict(fields))

    async def _judging(self, tenant: str, token: str, method: str, seconds: float | None, arguments: Json) -> Json:
        try:
            async with asyncio.timeout(seconds):
                return await self._once(token, method, arguments)
        except SlackApiError as refused:
            raise self._judged(tenant, method, refused) from None
        except (aiohttp.ClientConnectorError, ConnectionRefusedError):
            raise Retry(SHORTLY, "Slack cannot be reached") from None
        except (aiohttp.ClientError, OSError, *UNREADABLE) as cut:
            raise _unknown(method, type(cut).__name__) from None

    async def _once(self, token: str, method: str, arguments: Json) -> Json:
        body = {"data": arguments} if method in FORMS else {"json": arguments}
        answer = await self.client(token or None).api_call(method, **body)  # type: ignore[arg-type]
        return answer.data if isinstance(answer.data, dict) else {}

    def _judged(self, tenant: str, method: str, refused: SlackApiError) -> Exception:
        status, data, headers = _parts(refused.response)
        code = str(data.get("error") or "")
        if status == 429 or code in ("ratelimited", "rate_limited"):
            return self._told_to_wait(tenant, method, headers)
        if code in REVOKED:
            self._on_revoked(tenant)
            return Retry(NO_TOKEN, f"the workspace's token is not accepted ({code})")
        if code in AMBIGUOUS or status >= 500 or not code:
            return _unknown(method, code or f"HTTP {status}")
        return Failed(code, data)

    def _told_to_wait(self, tenant: str, method: str, headers: Any) -> Retry:
        try:
            seconds = float(headers.get("Retry-After", 30))
        except (TypeError, ValueError):
            seconds = 30.0
        seconds = min(max(seconds, 1.0), 3600.0)
        self._limits.block(tenant, method, seconds)
        return Retry(timedelta(seconds=seconds), f"{method}: Slack asked to wait")


def _unknown(method: str, why: str) -> Retry | Unsure:
    return Retry(SHORTLY, f"{method}: {why}") if method in REPEATABLE else Unsure(f"{method}: {why}")


def _parts(response: Any) -> tuple[int, Json, Any]:
    """Status, body and headers, whether the SDK could read the answer or not."""
    status = getattr(response, "status_code", None) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    return int(status or 0), data if isinstance(data, dict) else {}, getattr(response, "headers", {})
