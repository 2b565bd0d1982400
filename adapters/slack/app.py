"""The Slack adapter, put together: everything it needs is given, and nothing is built at import."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from starlette.routing import BaseRoute, Route

from adapters.slack import happenings
from adapters.slack.answers import Answers
from adapters.slack.calls import TIMEOUT, Calls, Failed
from adapters.slack.captures import Captures
from adapters.slack.door import Door
from adapters.slack.inbound import Inbound
from adapters.slack.installations import Installation, Installations
from adapters.slack.limits import Limits
from adapters.slack.listeners import bolt_app
from adapters.slack.looking import Sleep
from adapters.slack.oauth import Installing
from adapters.slack.outages import SILENT, Heard, Outages
from adapters.slack.outbound import Outbound
from adapters.slack.sockets import GAP_SECONDS, Sockets
from adapters.slack.tokens import Tokens
from adapters.wire import Answer
from bot.command import Command
from bot.counts import Counts
from bot.effects import Effect
from bot.errors import Retry, Unavailable, UnknownTenant, Unsure
from bot.pages import PageUrl
from bot.ports import Submit
from bot.text import Value
from bot.words import chat

Json = dict[str, Any]
log = logging.getLogger("debrief.slack")
EVENTS = "/slack/events"
REPEATED = 60.0
"""Seconds: over HTTP Slack repeats at once, after a minute and after five what was not answered."""
SLACK_API = "https://slack.com/api/"
Channels = Callable[[str], Awaitable[Sequence[str]]]
"""The channels of a workspace in which incidents are listened to."""


class SlackSettings(Value):
    """What the operator sets; empty is not set. A bot token needs an app token or a signing secret."""

    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    api_base_url: str = SLACK_API
    public_url: str = ""
    authorize_url: str = "https://slack.com/oauth/v2/authorize"

    def __repr__(self) -> str:
        return "SlackSettings(…)"

    __str__ = __repr__


class SlackAdapter:
    """`routes` are to be mounted; between `start` and `stop` it listens and delivers.

    `clock` is real time, for signatures and tokens. `joined` makes the workspace of the settings' token a tenant before
    anything of it is submitted. `page_url` makes links to our pages. `paced=False` obeys Slack's 429 alone.
    """

    def __init__(
        self,
        settings: SlackSettings,
        submit: Submit,
        *,
        installations: Installations | None = None,
        joined: Callable[[Installation], Awaitable[None]] | None = None,
        listening: Channels | None = None,
        page_url: PageUrl | None = None,
        counts: Counts | None = None,
        clock: Callable[[], float] = time.time,
        paced: bool = True,
        limits: Limits | None = None,
        sleep: Sleep = asyncio.sleep,
        http_timeout: float = TIMEOUT,
        heard: Heard | None = None,
    ) -> None:
        self._settings = settings
        self._submit = submit
        self._joined = joined
        self._clock = clock
        self.counts = counts or Counts()
        self.tokens = Tokens(
            installations,
            self.counts,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            clock=clock,
        )
        self.calls = Calls(
            self.tokens,
            limits or Limits(paced=paced),
            base_url=settings.api_base_url,
            on_revoked=self.tokens.suspend,
            timeout=http_timeout,
        )
        self.tokens.connect(self.calls)
        self._listening = listening or self._all_channels
        page_url = page_url or self._public_page
        self._captures = Captures(self.counts, self.tokens.address, clock)
        self._answers = Answers(submit, self.calls, self.counts, page_url)
        self._inbound = Inbound(
            submit,
            self._captures,
            self._answers,
            self.calls,
            self.counts,
            rate_limited=self._rate_limited,
            uninstalled=self.tokens.uninstalled,
            settled=lambda: self._settled,
        )
        self._outbound = Outbound(self.calls, self._captures, submit, self._own, page_url, sleep=sleep)
        self._installing = self._with_installing(installations)
        self._sockets: Sockets | None = None
        self._outages = self._with_outages(heard, sleep)
        self._learning: asyncio.Task[None] | None = None
        self._settled = not settings.bot_token

    def _with_installing(self, installations: Installations | None) -> Installing | None:
        settings = self._settings
        if installations is None or not (settings.client_id and settings.client_secret and settings.public_url):
            return None
        return Installing(
            installations,
            self._installed,
            self.calls,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            public_url=settings.public_url,
            authorize_url=settings.authorize_url,
            clock=self._clock,
        )

    def _with_outages(self, heard: Heard | None, sleep: Sleep) -> Outages | None:
        if heard is None:
            return None
        repeated = GAP_SECONDS if self._settings.app_token else REPEATED
        return Outages(heard, self._missed, self._is_listening, self._clock, repeated=repeated, sleep=sleep)

    def _is_listening(self) -> bool:
        return self._settled and self.connected

    @property
    def routes(self) -> list[BaseRoute]:
        found: list[BaseRoute] = []
        if self._settings.signing_secret:
            door = Door(self._settings.signing_secret, self._inbound.take, self.counts, clock=self._clock)
            found.append(Route(EVENTS, endpoint=door))
        return found + list(self._installing.routes if self._installing else ())

    @property
    def connected(self) -> bool:
        """Whether Slack can reach us, as far as we know: over HTTP always, over a socket while it is open."""
        return self._sockets is None or self._sockets.connected

    async def start(self) -> None:
        """Starts whether Slack answers or not: an incident can be declared elsewhere while Slack is down."""
        client = self.calls.client(None)
        self._inbound.use(bolt_app(self._inbound, client, lambda why: self.counts.add("slack_misread", why)))
        if self._settings.bot_token and not await self._learn_workspace():
            self._learning = asyncio.create_task(self._learn_later(), name="slack workspace")
        if self._settings.app_token:
            self._sockets = Sockets(
                lambda: self.calls.client(None),
                self._settings.app_token,
                self._inbound.take,
                self.counts,
                on_gap=self._away,
                clock=self._clock,
            )
            self._sockets.start()
        if self._outages is not None:
            self._outages.start()

    async def stop(self) -> None:
        if self._outages is not None:
            self._outages.stop()
        if self._learning is not None:
            self._learning.cancel()
        if self._sockets is not None:
            await self._sockets.stop()
        await self._answers.stop()
        await self.calls.close()

    async def deliver(self, effect: Effect, attempt: int, unsure: bool) -> Command | None:
        """Carries an effect out. Raises `Retry`, `Unsure` or `GiveUp`."""
        return await self._outbound.deliver(effect, attempt, unsure)

    async def take(self, payload: Json) -> Answer:
        """A payload whose signature was checked: carried out, durably, before it is answered."""
        return await self._inbound.take(payload)

    async def _learn_later(self) -> None:
        pause = 1.0
        while True:
            await asyncio.sleep(pause)
            if await self._learn_workspace():
                return
            pause = min(pause * 2, 60.0)

    async def _learn_workspace(self) -> bool:
        """Learns which workspace the token of the settings belongs to. False: not just now, so try again."""
        token = self._settings.bot_token
        try:
            answer = await self.calls.direct(token, "auth.test")
        except (Failed, Retry, Unsure) as wrong:
            log.error("Slack does not accept SLACK_BOT_TOKEN, or is away (%s); trying again", wrong)  # noqa: TRY400
            return False
        installation = Installation(
            team=str(answer["team_id"]),
            name=str(answer.get("team") or ""),
            app_id=str(answer.get("app_id") or ""),
            bot_user=str(answer.get("user_id") or ""),
            bot_id=str(answer.get("bot_id") or ""),
            scopes="",
            token=token,
            address=str(answer.get("url") or ""),
        )
        self.tokens.use(installation)
        try:
            if self._joined is not None:
                await self._joined(installation)
            await self._known(installation)
        except Unavailable:
            log.warning("the workspace is not recorded yet: the database does not answer; trying again")
            return False
        self._settled = True
        return True

    async def _installed(self, installation: Installation) -> None:
        await self.tokens.installed(installation)
        await self._known(installation)
        if installation.installed_by:
            await self._submit(happenings.installed(installation.team, installation.installed_by, self._clock()))

    async def _known(self, installation: Installation) -> None:
        if installation.bot_user:
            with suppress(UnknownTenant):
                await self._submit(happenings.ourselves(installation.team, installation.bot_user))

    def _own(self, tenant: str) -> Json:
        """Who we are in a workspace, in the shape in which Slack says it."""
        found = self.tokens.known(tenant)
        if found is None:
            return {}
        return {"api_app_id": found.app_id, "authorizations": [{"user_id": found.bot_user, "is_bot": True}]}

    async def _public_page(self, _account: str, path: str) -> str:
        base = self._settings.public_url.rstrip("/")
        return base + path if base else ""

    # -- gaps

    async def _away(self, since: float) -> None:
        """A short cut; of a long one the outages take note."""
        away = self._clock() - since
        if self._outages is not None and away > SILENT:
            return
        for tenant in self.tokens.tenants():
            await self._gap(tenant, f"{since:.6f}", chat.socket_gap(int(away)))

    async def _missed(self, since: float, until: float) -> bool:
        why = chat.outage(timedelta(seconds=int(until - since)))
        return all([await self._gap(tenant, f"{since:.6f}", why) for tenant in self.tokens.tenants()])

    async def _rate_limited(self, tenant: str, since: str) -> None:
        await self._gap(tenant, since, chat.rate_limited())

    async def _gap(self, tenant: str, since: str, why: str) -> bool:
        try:
            for channel in await self._listening(tenant):
                await self._submit(happenings.gap(tenant, channel, since, why))
        except (Failed, Retry, Unsure, Unavailable, UnknownTenant) as wrong:
            log.warning("missing messages cannot be asked for now: %s", type(wrong).__name__)
            self.counts.add("slack_gaps_unfilled")
            return False
        return True

    async def _all_channels(self, tenant: str) -> Sequence[str]:
        """Every channel the bot is in; those without an incident take no notice."""
        found: list[str] = []
        cursor = ""
        while True:
            more: Json = {"cursor": cursor} if cursor else {}
            answer = await self.calls(
                tenant,
                "users.conversations",
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=200,
                **more,
            )
            found += [str(channel["id"]) for channel in answer.get("channels") or ()]
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return found
