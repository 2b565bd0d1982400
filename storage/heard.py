"""Until when somebody listened to a platform: one moment for all replicas, by which an outage is known afterwards."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from storage.references import Write
from storage.store import SqlStore
from storage.tables_access import SettingRow
from storage.tenants import setting_table


class SqlHeard:
    def __init__(self, store: SqlStore, write: Write, platform: str) -> None:
        self._store, self._write, self._name = store, write, f"heard {platform}"

    async def last(self) -> float:
        """In seconds since 1970; 0 where nobody ever listened."""
        return await asyncio.to_thread(self._last)

    async def write(self, at: float) -> None:
        await self._write(lambda work: work.put(SettingRow, [{"name": self._name, "value": f"{at:.3f}"}]))

    def _last(self) -> float:
        with self._store.reading() as work:
            return float(work.scalar(select(setting_table.c.value).where(setting_table.c.name == self._name)) or 0)
