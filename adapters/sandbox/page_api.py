"""The page's own endpoints for the simulated Slack: what a person sees there, and everything that can be done."""

from typing import TYPE_CHECKING, Any

from adapters.sandbox.page_doors import Doing, PageDoors
from adapters.sandbox.page_state import state
from adapters.sandbox.seen import Seen
from adapters.sandbox.world import Json

if TYPE_CHECKING:
    from adapters.sandbox.slack import SimulatedSlack


class PageApi(PageDoors):
    sim: "SimulatedSlack"

    def __init__(self, sim: "SimulatedSlack") -> None:
        super().__init__(sim)
        self.doings = _DOINGS

    def shown(self, who: str, where: str) -> Json:
        return state(self.sim, who, where)

    def answered(self, seen: Any) -> Json:
        if isinstance(seen, dict):
            return seen
        if not isinstance(seen, Seen):
            return {"ok": True}
        body = seen.model_dump(exclude_none=True)
        if seen.errors:
            return body | {"ok": True}  # the state shows them beside their inputs
        return body if seen.ok else body | {"error": seen.text or seen.error}


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


_DOINGS: dict[str, Doing] = {
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
