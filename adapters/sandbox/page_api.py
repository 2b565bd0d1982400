"""The page's own endpoints: a long poll for what a person sees, and one door for what that person does."""

import inspect
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.sandbox.page_state import state
from adapters.sandbox.people import Denied
from adapters.sandbox.seen import Seen
from adapters.sandbox.world import Json

if TYPE_CHECKING:
    from adapters.sandbox.slack import SimulatedSlack

LONGEST_POLL = 15.0
MOST_BODY = 256 * 1024
_Doing = Callable[["SimulatedSlack", str, Json], Awaitable[Any]]


class PageApi:
    def __init__(self, sim: "SimulatedSlack") -> None:
        self.sim = sim

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/page/state", self.state, methods=["GET"]),
            Route("/page/act", self.act, methods=["POST"]),
            Route("/page/clock", self.clock, methods=["POST"]),
            Route("/page/story", self.story, methods=["POST"]),
            Route("/page/fault", self.fault, methods=["POST"]),
        ]

    async def state(self, request: Request) -> Response:
        if self.sim.player is not None:
            self.sim.player.visited()
        query = request.query_params
        known = query.get("rev", "")
        if known.isdigit():
            await self.sim.wait_for_change(int(known), LONGEST_POLL)
        return JSONResponse(state(self.sim, query.get("as", ""), query.get("channel", "")))

    async def act(self, request: Request) -> Response:
        body = await _body(request)
        doing = _DOINGS.get(str(body.get("do")))
        if doing is None:
            return _no("nothing of that name can be done")
        try:
            seen = await doing(self.sim, str(body.get("as", "")), body)
        except KeyError as missing:
            return _no(f"{missing.args[0]} is missing")
        except Denied as denied:
            return _no(str(denied))
        return _seen(seen)

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


def _seen(seen: Any) -> Response:
    if isinstance(seen, dict):
        return JSONResponse(seen)
    if not isinstance(seen, Seen):
        return JSONResponse({"ok": True})
    body = seen.model_dump(exclude_none=True)
    if seen.errors:
        return JSONResponse(body | {"ok": True})  # the state shows them beside their inputs
    if not seen.ok:
        return JSONResponse(body | {"error": seen.text or seen.error})
    return JSONResponse(body)


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


async def _say(sim: "SimulatedSlack", who: str, b: Json) -> Seen:
    if str(b["text"]).startswith("/"):
        return await sim.slash(who, b["channel"], b["text"], thread_ts=b.get("thread_ts"))
    return await sim.say(who, b["channel"], b["text"], thread_ts=b.get("thread_ts"))


async def _click(sim: "SimulatedSlack", who: str, b: Json) -> Seen:
    value = b.get("selected", b.get("value"))
    view = "home" if b.get("container") == "home" else b.get("view_id")
    pressed: Json = {"block_id": b.get("block_id"), "value": value, "entered": _entered(b)}
    if view:
        return await sim.click_view(who, view, b["action_id"], **pressed)
    return await sim.click(who, b["channel"], b["ts"], b["action_id"], **pressed)


def _entered(b: Json) -> Json:
    """What stands in the inputs around the button, as in `state.values`."""
    given = b.get("state")
    blocks = given.items() if isinstance(given, dict) else ()
    return {str(block): values for block, values in blocks if isinstance(values, dict)}


async def _options(sim: "SimulatedSlack", who: str, b: Json) -> Json:
    view = "home" if b.get("container") == "home" else b["view_id"]
    return {"ok": True, "options": await sim.suggest(who, view, b["action_id"], str(b.get("value", "")))}


async def _dismiss(sim: "SimulatedSlack", who: str, b: Json) -> None:
    user = sim.user(who)
    ident = b.get("toast") or b.get("id")
    kept = [t for t in sim.team.toasts.get(user.id, []) if t["id"] != ident]
    sim.team.toasts[user.id] = kept
    sim.changed()


async def _read(sim: "SimulatedSlack", who: str, b: Json) -> None:
    user = sim.user(who)
    channel = sim.place(user, b["channel"], sim.team)
    newest = max(channel.messages, default="")
    if newest > channel.seen.get(user.id, ""):
        channel.seen[user.id] = newest
        sim.changed()


_DOINGS: dict[str, _Doing] = {
    "say": _say,
    "edit": lambda s, w, b: s.edit(w, b["channel"], b["ts"], b["text"]),
    "delete": lambda s, w, b: s.delete(w, b["channel"], b["ts"]),
    "react": lambda s, w, b: s.react(w, b["channel"], b["ts"], b["name"]),
    "unreact": lambda s, w, b: s.unreact(w, b["channel"], b["ts"], b["name"]),
    "pin": lambda s, w, b: s.pin(w, b["channel"], b["ts"]),
    "unpin": lambda s, w, b: s.unpin(w, b["channel"], b["ts"]),
    "upload": lambda s, w, b: s.upload(w, b["channel"], b["name"], b.get("text", ""), thread_ts=b.get("thread_ts")),
    "shortcut": lambda s, w, b: s.message_shortcut(w, b["callback_id"], b["channel"], b["ts"]),
    "global_shortcut": lambda s, w, b: s.global_shortcut(w, b["callback_id"]),
    "click": _click,
    "options": _options,
    "submit": lambda s, w, b: s.submit(w, b.get("values"), view_id=b["view_id"]),
    "close": lambda s, w, b: s.close(w, view_id=b["view_id"]),
    "home": lambda s, w, _: s.open_home(w),
    "create_channel": lambda s, w, b: s.create_channel(w, b["name"], private=bool(b.get("private"))),
    "join": lambda s, w, b: s.join(w, b["channel"]),
    "leave": lambda s, w, b: s.leave(w, b["channel"]),
    "invite": lambda s, w, b: s.invite(w, b["channel"], b["user"]),
    "dismiss": _dismiss,
    "seen": _read,
}
