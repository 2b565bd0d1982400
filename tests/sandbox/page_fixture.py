"""A small server with the sandbox page's contract, answering from canned values.

It obeys the order of things (rev, long poll, view of one person) and nothing of Slack.
"""

import asyncio
import copy
import html
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.emoji import TABLE
from tests.sandbox import page_canned as canned

PAGE = Path(__file__).parents[2] / "adapters" / "sandbox" / "page"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
COMMANDS = [
    {
        "command": "/incident",
        "description": "Run an incident",
        "usage_hint": "[declare | update | note | resolve | help] …",
    }
]
SHORTCUTS = {
    "message": [
        {"callback_id": "timeline", "name": "Add to timeline"},
        {"callback_id": "action", "name": "Make an action item"},
    ],
    "global": [{"callback_id": "declare", "name": "Declare an incident"}],
}
NO_REPLY_YET = {"playing": False, "paused": False, "finished": False}


class Twin:
    """What the page sees; `heard` keeps every order in the sequence it came."""

    def __init__(self) -> None:
        self.rev = 1
        self.now = float(canned.NOW)
        self.messages: dict[str, list[canned.Json]] = {
            "C3": copy.deepcopy(canned.INCIDENT),
            "D1": copy.deepcopy(canned.DIRECT),
        }
        self.modals: list[canned.Json] = []
        self.toasts: list[canned.Json] = []
        self.payloads: list[canned.Json] = list(canned.PAYLOADS)
        self.heard: list[canned.Json] = []
        self.step = 0
        self.story = dict(NO_REPLY_YET)
        self.changed = asyncio.Condition()

    async def bump(self) -> None:
        self.rev += 1
        async with self.changed:
            self.changed.notify_all()

    async def wait_past(self, rev: int) -> None:
        async with self.changed:
            try:
                await asyncio.wait_for(self.changed.wait_for(lambda: self.rev != rev), 15)
            except TimeoutError:
                return

    def state(self, me: str, channel: str) -> canned.Json:
        me = me if me in {one["id"] for one in canned.PEOPLE} else "U1"
        visible = [one for one in canned.CHANNELS if one["kind"] in ("channel", "home") or me in one["members"]]
        channel = channel if channel in {one["id"] for one in visible} else "C3"
        said = [one for one in self.messages.get(channel, []) if me == "U1" or not one["ephemeral"]]
        pinned = [one["ts"] for one in said if one["pinned"]]
        channels = [{**one, "pinned": pinned} if one["id"] == channel else one for one in visible]
        return {
            "rev": self.rev,
            "now": datetime.fromtimestamp(self.now, UTC).isoformat(),
            "me": me,
            "channel": channel,
            "workspace": {"name": "Northwind"},
            "people": canned.PEOPLE,
            "channels": channels,
            "messages": said,
            "home": canned.HOME,
            "modals": self.modals if me == "U1" else [],
            "toasts": self.toasts,
            "caption": self.caption(),
            **self.story,
            "shortcuts": SHORTCUTS,
            "commands": COMMANDS,
            "payloads": self.payloads,
        }

    def caption(self) -> canned.Json | None:
        if not self.step:
            return None
        text, channel, at, who = canned.STORY[self.step - 1]
        return {
            "id": f"s{self.step}",
            "text": text,
            "channel": channel,
            "ts": at,
            "as": who,
            "step": self.step,
            "steps": len(canned.STORY),
        }

    def log(self, order: canned.Json, answer: canned.Json) -> None:
        at = datetime.fromtimestamp(self.now, UTC).isoformat()
        entry = {
            "id": len(self.payloads) + 1,
            "at": at,
            "direction": "to bot",
            "name": order["do"],
            "status": 200,
            "ms": 4,
        }
        self.payloads = [*self.payloads, {**entry, "request": order, "response": answer, "note": ""}][-200:]

    def find(self, order: canned.Json) -> canned.Json:
        return next(one for one in self.messages[order["channel"]] if one["ts"] == order["ts"])


def say(twin: Twin, order: canned.Json) -> canned.Json:
    text = order["text"]
    if text == "/incident declare":
        twin.modals = [copy.deepcopy(canned.MODAL)]
        return {"ok": True}
    if text.startswith("/"):
        twin.toasts = [
            *twin.toasts,
            {"id": "t1", "text": "/incident failed because the app did not respond", "kind": "error", "at": ""},
        ]
        return {"ok": True}
    twin.now += 1
    at = f"{int(twin.now)}.{len(twin.heard):06d}"
    root = order.get("thread_ts")
    said = canned.message(0, order["as"], html.escape(text, quote=False), ts=at, thread_ts=root)
    twin.messages.setdefault(order["channel"], []).append(said)
    for one in twin.messages[order["channel"]]:
        one["reply_count"] += one["ts"] == root
    return {"ok": True, "ts": at}


def react(twin: Twin, order: canned.Json) -> canned.Json:
    found = twin.find(order)
    users = {one["name"]: one["users"] for one in found["reactions"]}
    mine = [one for one in users.get(order["name"], []) if one != order["as"]]
    users[order["name"]] = mine + [order["as"]] * (order["do"] == "react")
    found["reactions"] = [{"name": name, "users": who} for name, who in users.items() if who]
    return {"ok": True}


def change(**values: Any) -> Any:
    def apply(twin: Twin, order: canned.Json) -> canned.Json:
        twin.find(order).update(values)
        return {"ok": True}

    return apply


def edit(twin: Twin, order: canned.Json) -> canned.Json:
    twin.find(order).update(text=order["text"], edited=True)
    return {"ok": True}


def delete(twin: Twin, order: canned.Json) -> canned.Json:
    twin.messages[order["channel"]].remove(twin.find(order))
    return {"ok": True}


def submit(twin: Twin, order: canned.Json) -> canned.Json:
    if (order["values"]["title"]["v"]["value"] or "").startswith("bad"):
        twin.modals[-1]["errors"] = {"title": "Please say what is wrong, not that it is bad."}
        return {"ok": True}
    twin.modals = []
    return {"ok": True}


def close(twin: Twin, order: canned.Json) -> canned.Json:
    twin.modals = []
    return {"ok": True}


def dismiss(twin: Twin, order: canned.Json) -> canned.Json:
    twin.toasts = [one for one in twin.toasts if one["id"] != order["toast"]]
    return {"ok": True}


DOES = {
    "say": say,
    "react": react,
    "unreact": react,
    "edit": edit,
    "delete": delete,
    "submit": submit,
    "close": close,
    "dismiss": dismiss,
    "pin": change(pinned=True),
    "unpin": change(pinned=False),
}


def make_app(twin: Twin) -> Starlette:
    async def state(request: Request) -> Response:
        asked = request.query_params
        await twin.wait_past(int(asked["rev"]))
        return JSONResponse(twin.state(asked["as"], asked["channel"]))

    async def act(request: Request) -> Response:
        order = await request.json()
        twin.heard.append(order)
        answer = DOES.get(order["do"], lambda *_: {"ok": True})(twin, order)
        twin.log(order, answer)
        await twin.bump()
        return JSONResponse(answer)

    async def clock(request: Request) -> Response:
        step = await request.json()
        twin.now += step.get("days", 0) * 86_400 + step.get("hours", 0) * 3_600
        await twin.bump()
        return JSONResponse({"ok": True})

    async def story(request: Request) -> Response:
        order = (await request.json())["do"]
        done = order == "skip" and twin.step >= len(canned.STORY)
        twin.step = 1 if order in ("play", "restart") else min(twin.step + (order == "skip"), len(canned.STORY))
        twin.story = {"playing": not done, "paused": order == "pause", "finished": done}
        await twin.bump()
        return JSONResponse({"ok": True})

    routes = [
        Route("/page/state", state),
        *(Route(f"/page/{one.__name__}", one, methods=["POST"]) for one in (act, clock, story)),
    ]
    return Starlette(routes=[Mount("/sandbox", routes=[*routes, Mount("/", Strict(directory=PAGE, html=True))])])


class Strict(StaticFiles):
    """Serves the page as the sandbox does, with the policy that it must keep."""

    async def get_response(self, path: str, scope: Any) -> Response:
        table = path == TABLE.name
        answer: Response = FileResponse(TABLE) if table else await super().get_response(path, scope)
        answer.headers["Content-Security-Policy"] = CSP
        return answer
