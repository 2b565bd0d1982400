"""OAuth installations: a workspace's tokens, encrypted; states that one callback may use once; one refresh at a time.

The platform's adapter says what an installation is (a frozen value with `team`, `name`, `token`, `refresh_token`); the
rest of it is kept as it is. Calls run in a thread, so that the event loop never waits for a disk.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import and_, delete, or_, select, update

from bot.text import Value
from storage import people
from storage.crypto import Vault
from storage.fields import table
from storage.store import SqlStore
from storage.tables_access import InstallationRow, OAuthStateRow
from storage.tenants import join, leave, organisation_of
from storage.work import Work

installation, states = table(InstallationRow), table(OAuthStateRow)
SECRETS = ("token", "refresh_token")
T = TypeVar("T", bound=Value)


class SqlInstallations(Generic[T]):
    """`kind` is the adapter's class of installation."""

    def __init__(self, store: SqlStore, vault: Vault, kind: type[T], platform: str = "slack") -> None:
        self._store, self._vault, self._kind, self._platform = store, vault, kind, platform

    async def save(self, installation: T) -> None:
        await asyncio.to_thread(self._save, installation)

    async def find(self, team: str) -> T | None:
        return await asyncio.to_thread(self._find, team)

    async def erase(self, team: str) -> None:
        await asyncio.to_thread(self._erase, team)

    async def issue_state(self, browser: str, seconds: int) -> str:
        return await asyncio.to_thread(self._issue_state, browser, seconds)

    async def consume_state(self, state: str, browser: str) -> bool:
        return await asyncio.to_thread(self._consume_state, state, browser)

    async def lease_refresh(self, team: str, seconds: int) -> bool:
        return await asyncio.to_thread(self._lease_refresh, team, seconds)

    # -- the same, blocking

    def _save(self, one: T) -> None:
        values = json.loads(one.model_dump_json())
        token, refresh = (self._vault.encrypt(values.pop(name)) for name in SECRETS)
        with self._store.transaction() as work:
            row = {
                "platform": self._platform, "tenant": values["team"], "organisation": self._joined(work, values),
                "token": token, "refresh": refresh, "leased_until": None, "updated": work.now(),
                "body": json.dumps(values),
            }  # fmt: skip
            work.put(InstallationRow, [row])

    def _joined(self, work: Work, values: dict[str, Any]) -> str:
        """Whoever installs it first in an organisation is its first admin."""
        team, installer = values["team"], values.get("installed_by", "")
        known = organisation_of(work, self._platform, team)
        organisation = known or join(work, self._platform, team, values["name"] or team, None)
        if known is None and installer:
            people.make_admin(work, organisation, f"{self._platform}:{team}:{installer}")
        return organisation

    def _find(self, team: str) -> T | None:
        with self._store.reading() as work:
            row = work.row(select(installation).where(self._is(team)))
        if row is None:
            return None
        secret = {"token": self._vault.decrypt(row.token), "refresh_token": self._vault.decrypt(row.refresh)}
        return self._kind.model_validate({**json.loads(row.body), **secret})

    def _erase(self, team: str) -> None:
        with self._store.transaction() as work:
            work.run(delete(installation).where(self._is(team)))
            leave(work, self._platform, team)

    def _issue_state(self, browser: str, seconds: int) -> str:
        state = secrets.token_urlsafe(32)
        with self._store.transaction() as work:
            ends = work.now() + timedelta(seconds=seconds)
            work.add(OAuthStateRow, {"hash": _hash(state), "browser": _hash(browser), "expires": ends})
        return state

    def _consume_state(self, state: str, browser: str) -> bool:
        t = states
        mine = and_(t.c.hash == _hash(state), t.c.browser == _hash(browser))
        with self._store.transaction() as work:
            row = work.row(delete(t).where(mine).returning(t.c.expires))
            return row is not None and row.expires > work.now()

    def _lease_refresh(self, team: str, seconds: int) -> bool:
        t = installation
        with self._store.transaction() as work:
            free = or_(t.c.leased_until.is_(None), t.c.leased_until <= work.now())
            taken = update(t).where(self._is(team), free)
            return work.run(taken.values(leased_until=work.now() + timedelta(seconds=seconds))) == 1

    def _is(self, team: str) -> Any:
        return and_(installation.c.platform == self._platform, installation.c.tenant == team)


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()
