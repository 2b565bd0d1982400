"""Every address of the web, asked by somebody of another organisation for what is not theirs.

Law: the addresses are read from the app itself, so that a new one is tried without anybody having to think of it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from adapters.export.formats import FORMATS
from adapters.web.app import Parts, build
from adapters.web.figures import Figures, Latency
from adapters.web.health import Readiness
from adapters.web.links import Links
from bot.command import build as build_command
from bot.writer import Writer
from storage.access import SqlAccess
from storage.reports import SqlReports
from storage.store import SqlStore
from tests.story.test_tenants import SECRET, origin, rows_of_a, run, two
from tests.web.world import addresses

__all__ = ("two",)
PARAMETER = re.compile(r"\{[^}]+\}")
BODIES: tuple[dict[str, Any], ...] = (
    {}, {"text": "x", "title": "x", "incident": "INC-1", "item": "ACT-1", "command": "INC-1 resolve x", "owner": "me"},
)  # fmt: skip


@asynccontextmanager
async def web(store: SqlStore) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    writer, reports, latency = Writer(store, deadline=25), SqlReports(store), Latency()
    parts = Parts(
        submit=latency.timed(writer.submit),
        reports=reports,
        access=SqlAccess(store),
        links=Links("0" * 64, "http://debrief.test"),
        ready=Readiness(store.probe, Path.cwd(), reports.oldest_undelivered),
        metrics=Figures(reports, latency).text,
        exports=FORMATS,
        public_url="http://debrief.test",
        version="0",
    )
    app = build(parts, [])
    other = next(one.id for one in reports.organisations() if one.name == "TB")
    token = SqlAccess(store).create_token(other, "program", scope="write")
    transport = httpx.ASGITransport(app)
    writer.start()
    async with httpx.AsyncClient(
        transport=transport, base_url="http://debrief.test", headers={"Authorization": f"Bearer {token}"}
    ) as client:
        await asyncio.to_thread(run, store, build_command("help", {}, origin("TB", 50)))
        secret = SqlAccess(store).sign_in("slack:TB:U1", "once")
        assert secret is not None
        client.cookies.set("debrief", secret)
        yield app, client
    await writer.stop()


async def test_no_address_gives_b_what_is_a_s(two: SqlStore) -> None:
    before = rows_of_a(two)
    async with web(two) as (app, client):
        tried = sorted(set(addresses(app.routes)))
        assert len([path for _, path in tried if "{" in path]) >= 8
        for method, path in tried:
            for key in ("INC-1", "ACT-1", "INC-1.json", "INC-1.md"):
                for body in BODIES:
                    answer = await client.request(method, PARAMETER.sub(key, path), json=body)
                    assert SECRET not in answer.text, (method, path)
                    assert answer.status_code < 500, (method, path)
                    if "{" in path and method == "GET":
                        assert answer.status_code in (303, 401, 403, 404, 405, 410, 422), (method, path)
    assert rows_of_a(two) == before
