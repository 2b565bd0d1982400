"""The bot token of each workspace: the one from the settings, or those of installations, refreshed before they end.

Law: a refresh token works once, so a refresh is made by one of all replicas: the one that holds the lease.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable

from adapters.slack.calls import Calls, Failed
from adapters.slack.installations import Installation, Installations
from bot.counts import Counts
from bot.errors import Retry, Unsure

log = logging.getLogger("debrief.slack")
REFRESH_BEFORE = 2 * 3600
"""Seconds before a token's end at which it is refreshed; it lives twelve hours."""
LEASE_SECONDS = 30
SUSPENDED_SECONDS = 900
FRESH_SECONDS = 1.0
"""How long an installation read once is believed: an uninstalled workspace gets nothing later than that."""


class Tokens:
    """`single` holds the token of the settings by workspace. `clock` is real time: tokens end by it."""

    def __init__(
        self,
        installations: Installations | None,
        counts: Counts,
        *,
        client_id: str = "",
        client_secret: str = "",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._installations = installations
        self._counts = counts
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._clock = clock
        self._sleep = sleep
        self._single: dict[str, Installation] = {}
        self._gone: dict[str, float] = {}
        self._read: dict[str, tuple[float, Installation]] = {}
        self._calls: Calls | None = None

    def connect(self, calls: Calls) -> None:
        """The calls over which tokens are refreshed; they ask here for their tokens."""
        self._calls = calls

    def use(self, installation: Installation) -> None:
        """The workspace of the token in the settings."""
        self._single[installation.team] = installation
        self._gone.pop(installation.team, None)

    async def __call__(self, tenant: str) -> str | None:
        found = await self.installation(tenant)
        return found.token if found else None

    async def installation(self, tenant: str) -> Installation | None:
        if self._gone.get(tenant, 0.0) > self._clock():
            return None
        if (single := self._single.get(tenant)) is not None:
            return single
        if self._installations is None:
            return None
        read = self._read.get(tenant)
        if read is not None and self._clock() - read[0] < FRESH_SECONDS:
            return read[1]
        found = await self._installations.find(tenant)
        if found is not None and found.refresh_token and found.expires_at - self._clock() < REFRESH_BEFORE:
            found = await self._refreshed(self._installations, found)
        if found is not None:
            self._read[tenant] = (self._clock(), found)
        return found

    def suspend(self, tenant: str) -> None:
        """A token that is not accepted rests for a while, and until the workspace is installed anew at the longest."""
        if self._gone.get(tenant, 0.0) <= self._clock():
            log.warning("the token of workspace %s is not accepted; sending there stops for now", tenant)
            self._counts.add("slack_suspended")
        self._read.pop(tenant, None)
        self._gone[tenant] = max(self._gone.get(tenant, 0.0), self._clock() + SUSPENDED_SECONDS)

    async def installed(self, installation: Installation) -> None:
        if self._installations is not None:
            await self._installations.save(installation)
        self._gone.pop(installation.team, None)
        self._read.pop(installation.team, None)

    async def uninstalled(self, tenant: str) -> None:
        """Sending stops at once, and the tokens are erased. Told twice, in any order: the same."""
        self._gone[tenant] = math.inf
        self._read.pop(tenant, None)
        if self._installations is None:
            return
        await self._installations.erase(tenant)
        if tenant not in self._single:
            # From here on the store knows: another replica may be the one where it is installed anew.
            self._gone[tenant] = self._clock() + 2 * FRESH_SECONDS

    def known(self, tenant: str) -> Installation | None:
        """An installation as far as it is known without asking."""
        read = self._read.get(tenant)
        return self._single.get(tenant) or (read[1] if read else None)

    def tenants(self) -> list[str]:
        """Workspaces that were heard of since the start."""
        now = self._clock()
        return [tenant for tenant in {**self._single, **self._read} if self._gone.get(tenant, 0.0) <= now]

    def address(self, tenant: str) -> str:
        """The workspace's web address."""
        found = self.known(tenant)
        return (found.address if found else "") or "https://slack.com/"

    async def _refreshed(self, installations: Installations, found: Installation) -> Installation | None:
        if await installations.lease_refresh(found.team, LEASE_SECONDS):
            current = await installations.find(found.team)
            if current is None or current.refresh_token != found.refresh_token:
                return current
            return await self._refresh(installations, current)
        for _ in range(50):
            if found.expires_at - self._clock() > 60:
                return found
            await self._sleep(0.2)
            current = await installations.find(found.team)
            if current is None or current.token != found.token:
                return current
        return found

    async def _refresh(self, installations: Installations, found: Installation) -> Installation | None:
        if self._calls is None:
            return found
        try:
            answer = await self._calls.oauth(
                **self._credentials, grant_type="refresh_token", refresh_token=found.refresh_token
            )
        except (Failed, Retry, Unsure) as wrong:
            code = wrong.code if isinstance(wrong, Failed) else "unknown"
            self._counts.add("slack_refresh_failed", code)
            if code == "invalid_refresh_token":
                log.warning("the token of workspace %s cannot be refreshed; install it again", found.team)
            return found
        fresh = found.model_copy(
            update={
                "token": answer["access_token"],
                "refresh_token": answer.get("refresh_token") or found.refresh_token,
                "expires_at": self._clock() + float(answer.get("expires_in") or 43_200),
            }
        )
        await installations.save(fresh)
        self._counts.add("slack_refreshed")
        return fresh
