"""Probes: whether the program lives, and whether it can keep its promises just now.

Law: ready means that a commit was just made, that there is room for more, and that what was promised goes out.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse

from bot.errors import Unavailable
from bot.text import Value

FREE = 0.05
"""Part of the disk that has to be free."""
UNDELIVERED = 60.0
"""Seconds."""
PATIENCE = 5.0
"""Seconds a check may take; the store gives up sooner by itself."""


class Check(Value):
    ok: bool
    about: str


class Readiness:
    """`folder` is where the data lies; `oldest` is the age in seconds of the oldest effect not yet delivered."""

    def __init__(
        self,
        probe: Callable[[], None],
        folder: Path,
        oldest: Callable[[], float],
        free: Callable[[Path], float] | None = None,
    ) -> None:
        self._probe = probe
        self._folder = folder
        self._oldest = oldest
        self._free = free or free_part

    async def checks(self) -> dict[str, Check]:
        names = {"database": self._database, "disk": self._disk, "outbox": self._outbox}
        found = await asyncio.gather(*(self._within(check) for check in names.values()))
        return dict(zip(names, found, strict=True))

    async def _within(self, check: Callable[[], Check]) -> Check:
        try:
            return await asyncio.wait_for(run_in_threadpool(check), PATIENCE)
        except TimeoutError:
            return Check(ok=False, about="no answer in time")

    def _database(self) -> Check:
        begun = time.perf_counter()
        try:
            self._probe()
        except Unavailable:
            return Check(ok=False, about="does not commit")
        return Check(ok=True, about=f"committed in {(time.perf_counter() - begun) * 1000:.0f} ms")

    def _disk(self) -> Check:
        try:
            part = self._free(self._folder)
        except OSError:
            return Check(ok=False, about="cannot be looked at")
        return Check(ok=part >= FREE, about=f"{part:.0%} free, {FREE:.0%} wanted")

    def _outbox(self) -> Check:
        try:
            age = self._oldest()
        except Unavailable:
            return Check(ok=False, about="unknown while the database does not answer")
        return Check(ok=age < UNDELIVERED, about=f"oldest undelivered: {age:.0f} s, under {UNDELIVERED:.0f} s wanted")


def free_part(folder: Path) -> float:
    """Of the disk that a folder lies on, or will lie on once it is made."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    usage = shutil.disk_usage(there)
    return usage.free / usage.total


def add_probes(app: FastAPI, ready: Readiness, metrics: Callable[[], str]) -> None:
    @app.get("/healthz", tags=["operating"], summary="The program is alive")
    async def healthz() -> JSONResponse:
        return JSONResponse({"alive": True})

    @app.get("/readyz", tags=["operating"], summary="It can keep its promises just now", responses={503: {}})
    async def readyz() -> JSONResponse:
        checks = await ready.checks()
        well = all(check.ok for check in checks.values())
        named = {name: check.model_dump() for name, check in checks.items()}
        return JSONResponse({"ready": well, "checks": named}, 200 if well else 503)

    for path, probe in (("/healthz", healthz), ("/readyz", readyz)):
        app.add_api_route(path, probe, methods=["HEAD"], include_in_schema=False)

    @app.get("/metrics", tags=["operating"], summary="Figures in Prometheus' text format")
    def figures() -> PlainTextResponse:
        return PlainTextResponse(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")
