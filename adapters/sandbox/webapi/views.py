"""views.*: opening, pushing, updating modals and publishing App Home."""

import json
from typing import Any

from adapters.sandbox import views
from adapters.sandbox.blocks import VIEW_BYTES, view_problems
from adapters.sandbox.core import TRIGGER_SECONDS, Trigger
from adapters.sandbox.webapi.call import ApiError, Call
from adapters.sandbox.webapi.chat import with_block_ids
from adapters.sandbox.world import Json


async def open_view(call: Call) -> Json:
    asked = _asked(call, "modal")
    trigger = _exchange(call)
    view = views.stored(call.team, asked, with_block_ids(asked["blocks"]))
    call.team.modals[trigger.user] = [view]
    call.sim.changed()
    return {"ok": True, "view": views.shown(view)}


async def push_view(call: Call) -> Json:
    asked = _asked(call, "modal")
    trigger = _trigger(call)
    if trigger.view is None or not call.team.modals.get(trigger.user):
        raise ApiError("not_found")
    view = views.stored(call.team, asked, with_block_ids(asked["blocks"]))
    if not views.push(call.team, trigger.user, view):
        raise ApiError("push_limit_reached")
    trigger.used = True
    call.sim.changed()
    return {"ok": True, "view": views.shown(view)}


async def update_view(call: Call) -> Json:
    asked = _asked(call, None)
    if not call.text("view_id") and not call.text("external_id"):
        raise ApiError("invalid_arguments", "missing required field: view_id")
    found = views.find(call.team, call.text("view_id"), call.text("external_id"))
    if found is None or found[1]["type"] != asked["type"]:
        raise ApiError("not_found")
    user, old = found
    _same_hash(call, old)
    new = views.stored(call.team, asked, with_block_ids(asked["blocks"]), old)
    views.replace(call.team, user, old, new)
    call.sim.changed()
    return {"ok": True, "view": views.shown(new)}


async def publish(call: Call) -> Json:
    if not call.sim.manifest.home_enabled:
        raise ApiError("not_enabled")
    asked = _asked(call, "home")
    user = call.text("user_id")
    if user not in call.team.users:
        raise ApiError("invalid_arguments", "invalid `user_id` [json-pointer:/user_id]")
    old = call.team.homes.get(user)
    if old is not None:
        _same_hash(call, old)
    view = views.stored(call.team, asked, with_block_ids(asked["blocks"]), old)
    call.team.homes[user] = view
    call.sim.changed()
    return {"ok": True, "view": views.shown(view)}


def checked(asked: Any, kind: str | None) -> Json:
    """The view if Slack would take it; every problem with it otherwise."""
    if len(json.dumps(asked)) > VIEW_BYTES:
        raise ApiError("view_too_large")
    found = view_problems(asked)
    if not found and kind is not None and asked["type"] != kind:
        found = [f"unsupported type: {asked['type']} [json-pointer:/view/type]"]
    if found:
        raise ApiError("invalid_arguments", *found)
    result: Json = asked
    return result


def _asked(call: Call, kind: str | None) -> Json:
    asked = checked(call.parsed("view", "invalid_arguments"), kind)
    external = asked.get("external_id")
    taken = views.find(call.team, "", external) if external else None
    if taken is not None and call.method != "views.update":
        raise ApiError("duplicate_external_id")
    return asked


def _same_hash(call: Call, view: Json) -> None:
    if call.text("hash") and call.text("hash") != view["hash"]:
        raise ApiError("hash_conflict")


def _trigger(call: Call) -> Trigger:
    ident = call.text("trigger_id")
    if not ident:
        raise ApiError("invalid_arguments", "missing required field: trigger_id")
    trigger = call.sim.triggers.get(ident)
    if trigger is None or trigger.team != call.team.id:
        raise ApiError("invalid_trigger_id")
    if trigger.used:
        raise ApiError("exchanged_trigger_id")
    if call.sim.elapsed(trigger.real, trigger.simulated) > TRIGGER_SECONDS:
        raise ApiError("expired_trigger_id")
    return trigger


def _exchange(call: Call) -> Trigger:
    trigger = _trigger(call)
    trigger.used = True
    return trigger


METHODS = {
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish,
}
