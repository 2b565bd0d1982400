"""Installing the bot into a workspace from the web: `/slack/install` and `/slack/oauth_redirect`.

Law: a state is used once, by the browser that asked for it. Codes and tokens appear in no page and no log.
"""

from __future__ import annotations

import html
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.oauth import AuthorizeUrlGenerator
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.slack.calls import UNREADABLE, Calls, Failed
from adapters.slack.installations import Installation, Installations
from adapters.slack.manifest import SCOPES
from bot.errors import Retry, Unsure
from bot.words import chat

log = logging.getLogger("debrief.slack")
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
COOKIE = "debrief_slack_install"
STATE_SECONDS = 600


class Installing:
    """`authorize_url` is Slack's page, `public_url` our own address as Slack can reach it."""

    def __init__(
        self,
        installations: Installations,
        installed: Callable[[Installation], Awaitable[None]],
        calls: Calls,
        *,
        client_id: str,
        client_secret: str,
        public_url: str,
        authorize_url: str = "https://slack.com/oauth/v2/authorize",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._installations = installations
        self._installed = installed
        self._calls = calls
        self._client_id, self._client_secret = client_id, client_secret
        self._public_url = public_url.rstrip("/")
        self._authorize_url = authorize_url
        self._clock = clock

    @property
    def routes(self) -> list[Route]:
        return [Route(INSTALL, self.install, methods=["GET"]), Route(REDIRECT, self.redirect, methods=["GET"])]

    async def install(self, _request: Request) -> Response:
        browser = secrets.token_urlsafe(32)
        state = await self._installations.issue_state(browser, STATE_SECONDS)
        page = AuthorizeUrlGenerator(
            client_id=self._client_id,
            scopes=list(SCOPES),
            redirect_uri=self._public_url + REDIRECT,
            authorization_url=self._authorize_url,
        ).generate(state)
        answer = RedirectResponse(page, status_code=302)
        answer.set_cookie(
            COOKIE, browser, max_age=STATE_SECONDS, path="/slack", httponly=True, samesite="lax",
            secure=self._public_url.startswith("https://"),
        )  # fmt: skip
        return answer

    async def redirect(self, request: Request) -> Response:
        asked, browser = request.query_params, request.cookies.get(COOKIE, "")
        if (
            not asked.get("state")
            or not browser
            or not await self._installations.consume_state(asked["state"], browser)
        ):
            return _page(400, chat.INSTALL_STALE)
        if asked.get("error") or not asked.get("code"):
            return _page(400, chat.INSTALL_DECLINED)
        try:
            answer = await self._calls.oauth(
                client_id=self._client_id,
                client_secret=self._client_secret,
                code=asked["code"],
                redirect_uri=self._public_url + REDIRECT,
            )
            installation = await self._with_address(read_installation(answer, self._clock()))
        except (Failed, Retry, Unsure, KeyError, *UNREADABLE) as wrong:
            log.warning("an installation failed: %s", type(wrong).__name__)
            return _page(502, chat.INSTALL_FAILED)
        await self._installed(installation)
        response = _page(200, chat.installed(installation.name))
        response.delete_cookie(COOKIE, path="/slack")
        return response

    async def _with_address(self, installation: Installation) -> Installation:
        try:
            answer = await self._calls.direct(installation.token, "auth.test")
        except (Failed, Retry, Unsure):
            return installation
        return installation.model_copy(update={"address": str(answer.get("url") or "")})


def read_installation(answer: Any, now: float) -> Installation:
    """What `oauth.v2.access` answers. Raises `KeyError` where it is not what it should be."""
    team, enterprise = answer.get("team") or {}, answer.get("enterprise") or {}
    whole = bool(answer.get("is_enterprise_install"))
    expires = float(answer.get("expires_in") or 0)
    return Installation(
        team=str(enterprise["id"] if whole else team["id"]),
        name=str((enterprise if whole else team).get("name") or "this workspace"),
        app_id=str(answer.get("app_id") or ""),
        bot_user=str(answer.get("bot_user_id") or ""),
        scopes=str(answer.get("scope") or ""),
        token=str(answer["access_token"]),
        refresh_token=str(answer.get("refresh_token") or ""),
        expires_at=now + expires if expires else 0.0,
        enterprise=str(enterprise.get("id") or ""),
        installed_by=str((answer.get("authed_user") or {}).get("id") or ""),
    )


def _page(status: int, text: str) -> HTMLResponse:
    body = f"<!doctype html><html lang=en><meta charset=utf-8><title>Debrief</title><p>{html.escape(text)}</p></html>"
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(body, status, headers)
