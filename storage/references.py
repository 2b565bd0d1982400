"""Conversation references: who and where a platform's adapter can write to.

The adapter says what a reference is (a frozen value with `tenant`, `id`, `kind` and `entra`); it is kept as it is.
Reads run in a thread; writes take their turn among everybody else's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

from sqlalchemy import and_, select

from bot.errors import UnknownTenant
from bot.text import Value
from storage.fields import table
from storage.store import SqlStore
from storage.tables_access import ReferenceRow
from storage.tenants import organisation_of
from storage.work import Work

reference = table(ReferenceRow)
T = TypeVar("T", bound=Value)
Write = Callable[[Callable[[Any], None]], Awaitable[None]]
"""Runs something in a transaction of its own."""


class SqlReferences(Generic[T]):
    """`kind` is the adapter's class of reference."""

    def __init__(self, store: SqlStore, write: Write, kind: type[T], platform: str) -> None:
        self._store, self._write, self._kind, self._platform = store, write, kind, platform

    async def find(self, tenant: str, ident: str) -> T | None:
        found = await asyncio.to_thread(self._bodies, tenant, reference.c.id == ident)
        return self._kind.model_validate_json(found[0]) if found else None

    async def listed(self, tenant: str, kind: str) -> list[T]:
        found = await asyncio.to_thread(self._bodies, tenant, reference.c.kind == kind)
        return [self._kind.model_validate_json(body) for body in found]

    async def by_entra(self, tenant: str, entra: Iterable[str]) -> dict[str, str]:
        wanted = sorted(set(entra) - {""})
        return await asyncio.to_thread(self._by_entra, tenant, wanted) if wanted else {}

    async def save(self, one: T) -> None:
        """Raises `UnknownTenant` where the tenant never joined."""
        await self._write(lambda work: self._put(work, one))

    def _bodies(self, tenant: str, where: Any) -> list[str]:
        mine = and_(reference.c.platform == self._platform, reference.c.tenant == tenant, where)
        with self._store.reading() as work:
            return [row.body for row in work.rows(select(reference.c.body).where(mine).order_by(reference.c.id))]

    def _by_entra(self, tenant: str, wanted: list[str]) -> dict[str, str]:
        with self._store.reading() as work:
            return users_by_entra(work, self._platform, tenant, wanted)

    def _put(self, work: Any, one: Any) -> None:
        organisation = organisation_of(work, self._platform, one.tenant)
        if organisation is None:
            raise UnknownTenant(one.tenant)
        row = {
            "platform": self._platform, "tenant": one.tenant, "id": one.id, "organisation": organisation,
            "kind": one.kind, "entra": one.entra, "updated": work.now(), "body": one.model_dump_json(),
        }  # fmt: skip
        work.put(ReferenceRow, [row])


def users_by_entra(work: Work, platform: str, tenant: str, wanted: list[str]) -> dict[str, str]:
    """User ids by object id, of those that are known."""
    mine = and_(reference.c.platform == platform, reference.c.tenant == tenant, reference.c.entra.in_(wanted))
    return {row.entra: row.id for row in work.rows(select(reference.c.entra, reference.c.id).where(mine))}
