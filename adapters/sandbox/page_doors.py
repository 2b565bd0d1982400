"""What the pages of all simulated platforms ask for: a long poll for what a person sees, and doors for what is done.

Law: what cannot be done is answered in words and with HTTP 200; the page shows the sentence.
"""

import inspect
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.sandbox.people import Denied
from adapters.sandbox.world import Json

LONGEST_POLL = 15.0
MOST_BODY = 256 * 1024
Doing = Callable[[Any, str, Json], Awaitable[Any]]


class PageDoors(ABC):
    """`doings` are what a person can do, by name; `prefix` is the path below which the doors stand."""

    prefix = ""
    doings: Mapping[str, Doing]

    def __init__(self, sim: Any) -> None:
        self.sim = sim

    @abstractmethod
    def shown(self, who: str, where: str) -> Json:
        """What this person sees, with one conversation."""

    @abstractmethod
    def answered(self, seen: Any) -> Json:
        """What came of a doing."""

    def story_so_far(self) -> Json:
        player = self.sim.player
        return {
            "caption": player.caption if player else None,
            "playing": bool(player and player.playing),
            "paused": bool(player and player.paused),
            "finished": bool(player and player.finished),
        }

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{self.prefix}/page/state", self.state, methods=["GET"]),
            Route(f"{self.prefix}/page/act", self.act, methods=["POST"]),
            Route(f"{self.prefix}/page/clock", self.clock, methods=["POST"]),
            Route(f"{self.prefix}/page/story", self.story, methods=["POST"]),
            Route(f"{self.prefix}/page/fault", self.fault, methods=["POST"]),
        ]

    async def state(self, request: Request) -> Response:
        if self.sim.player is not None:
            self.sim.player.visited()
        query = request.query_params
        known = query.get("rev", "")
        if known.isdigit():
            await self.sim.wait_for_change(int(known), LONGEST_POLL)
        shown = self.shown(query.get("as", ""), query.get("channel", ""))
        return JSONResponse(shown | {"platforms": platforms(self.sim)} | self.story_so_far())

    async def act(self, request: Request) -> Response:
        body = await _body(request)
        doing = self.doings.get(str(body.get("do")))
        if doing is None:
            return _no("nothing of that name can be done")
        try:
            seen = await doing(self.sim, str(body.get("as", "")), body)
        except KeyError as missing:
            return _no(f"{missing.args[0]} is missing")
        except Denied as denied:
            return _no(str(denied))
        return JSONResponse(self.answered(seen))

    async def clock(self, request: Request) -> Response:
        body = await _body(request)
        hours, days = body.get("hours", 0), body.get("days", 0)
        if self.sim.advance is None or not all(isinstance(n, (int, float)) and 0 <= n <= 1000 for n in (hours, days)):
            return _no("the clock cannot be moved like that")
        moved = self.sim.advance(timedelta(hours=hours, days=days))
        if inspect.isawaitable(moved):
            await moved
        self.sim.changed()
        return JSONResponse({"ok": True, "now": self.sim.now().isoformat()})

    async def story(self, request: Request) -> Response:
        body = await _body(request)
        if self.sim.player is None:
            return _no("there is no story to play")
        if not await self.sim.player.command(str(body.get("do"))):
            return _no("play, pause, resume, skip or restart")
        return JSONResponse({"ok": True})

    async def fault(self, request: Request) -> Response:
        """Lets a visitor break things: {"kind", "name", "where", "times", "seconds"}, or {"clear": true}."""
        body = await _body(request)
        if body.pop("clear", False):
            self.sim.faults.clear()
            return JSONResponse({"ok": True})
        known = {k: v for k, v in body.items() if k in ("kind", "name", "where", "times", "seconds", "rate", "status")}
        try:
            self.sim.faults.add(**known)
        except (ValueError, TypeError) as wrong:
            return _no(str(wrong))
        return JSONResponse({"ok": True})


def _no(text: str) -> Response:
    return JSONResponse({"ok": False, "error": text}, 200)


def platforms(sim: Any) -> list[Json]:
    """What the switch in the bar offers, where there is more than one platform."""
    return [one | {"current": one["id"] == sim.name} for one in sim.beside]


async def _body(request: Request) -> Json:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BODY:
            return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
