"""Modals and App Home as Slack keeps them: stacks of at most three views a person, hashes, values, required inputs."""

import copy
import secrets
import time
from typing import Any

from adapters.sandbox.world import Json, Team

DEEPEST = 3
_INITIAL = {
    "initial_value": "value",
    "initial_option": "selected_option",
    "initial_options": "selected_options",
    "initial_date": "selected_date",
    "initial_time": "selected_time",
    "initial_date_time": "selected_date_time",
    "initial_user": "selected_user",
    "initial_users": "selected_users",
    "initial_channel": "selected_channel",
    "initial_channels": "selected_channels",
    "initial_conversation": "selected_conversation",
    "initial_conversations": "selected_conversations",
}
_EMPTY = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
_MANY = {kind for kind, name in _EMPTY.items() if name.endswith("s")}
REQUIRED = "Please complete this required field."


def new_hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"


def stored(team: Team, asked: Json, blocks: list[Json], over: Json | None = None) -> Json:
    """A view as Slack keeps it and shows it to the app. `over` is the view it replaces, whose values live on."""
    ident = over["id"] if over else team.new_id("V")
    view: Json = {
        "id": ident,
        "team_id": team.id,
        "type": asked["type"],
        "blocks": blocks,
        "private_metadata": asked.get("private_metadata", ""),
        "callback_id": asked.get("callback_id", ""),
        "state": {"values": values_of(blocks, over["state"]["values"] if over else {})},
        "hash": new_hash(),
        "title": asked.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(asked.get("clear_on_close")),
        "notify_on_close": bool(asked.get("notify_on_close")),
        "close": asked.get("close"),
        "submit": asked.get("submit"),
        "previous_view_id": None,
        "root_view_id": over["root_view_id"] if over else ident,
        "app_id": team.app_id,
        "external_id": asked.get("external_id", ""),
        "app_installed_team_id": team.id,
        "bot_id": team.bot_id,
    }
    if over:
        view["previous_view_id"] = over["previous_view_id"]
    return view


def shown(view: Json) -> Json:
    """The view without what only the simulator notes on it."""
    return {k: copy.deepcopy(v) for k, v in view.items() if not k.startswith("_")}


def elements(view: Json) -> list[tuple[Json, Json]]:
    """Pairs of (block, element) of everything that holds a value."""
    found: list[tuple[Json, Json]] = []
    for block in view["blocks"]:
        parts = [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]
        found += [(block, part) for part in parts if isinstance(part, dict) and part.get("type") in _EMPTY]
    return found


def values_of(blocks: list[Json], before: Json) -> Json:
    values: Json = {}
    for block, element in elements({"blocks": blocks}):
        ident, action = block["block_id"], element["action_id"]
        kept = before.get(ident, {}).get(action)
        values.setdefault(ident, {})[action] = kept or _initial(element)
    return values


def _initial(element: Json) -> Json:
    kind = element["type"]
    value: Json = {"type": kind, _EMPTY[kind]: [] if kind in _MANY else None}
    for name, field in _INITIAL.items():
        if name in element:
            value[field] = element[name]
    return value


def fill(view: Json, given: Json) -> list[str]:
    """Sets the values a person entered; answers what does not fit the view (a caller's mistake)."""
    wrong: list[str] = []
    known = {(b["block_id"], e["action_id"]): e for b, e in elements(view)}
    for block_id, actions in given.items():
        for action_id, value in actions.items():
            element = known.get((block_id, action_id))
            if element is None:
                wrong.append(f"the view has no input {block_id}/{action_id}")
                continue
            view["state"]["values"][block_id][action_id] = as_value(element, value)
    return wrong


def as_value(element: Json, value: Any) -> Json:
    """A state value from Slack's own shape, or from the bare thing chosen or typed."""
    kind = element["type"]
    if isinstance(value, dict) and ("type" in value or _EMPTY[kind] in value):
        return {"type": kind} | value
    field = _EMPTY[kind]
    if field == "selected_option" and isinstance(value, str):
        return {"type": kind, field: option_named(element, value)}
    if field == "selected_options":
        return {
            "type": kind,
            field: [option_named(element, v) if isinstance(v, str) else v for v in value or []],
        }
    return {"type": kind, field: value}


def option_named(element: Json, value: str) -> Json:
    groups = element.get("option_groups") or []
    options = list(element.get("options") or []) + [o for g in groups for o in g["options"]]
    found = next((o for o in options if value in (o["value"], o["text"]["text"])), None)
    return found or {"text": {"type": "plain_text", "text": value, "emoji": True}, "value": value}


def missing(view: Json) -> dict[str, str]:
    """What Slack itself objects to before a submission is sent: empty required inputs, lengths."""
    errors: dict[str, str] = {}
    for block, element in elements(view):
        if block["type"] != "input":
            continue
        value = view["state"]["values"][block["block_id"]][element["action_id"]].get(_EMPTY[element["type"]])
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = REQUIRED
        elif isinstance(value, str) and (text := _bad_text(element, value)):
            errors[block["block_id"]] = text
    return errors


def _bad_text(element: Json, value: str) -> str | None:
    if element["type"] == "number_input":
        plain = value.removeprefix("-").replace(".", "", 1 if element["is_decimal_allowed"] else 0)
        return None if plain.isdigit() else "Please enter a valid number."
    if element["type"] == "email_text_input" and "@" not in value:
        return "Please enter a valid email."
    if element["type"] == "url_text_input" and not value.startswith(("http://", "https://")):
        return "Please enter a valid URL."
    if element["type"] != "plain_text_input":
        return None
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < low:
        return f"Please enter at least {low} characters."
    return f"Please enter at most {high} characters." if len(value) > high else None


def find(team: Team, view_id: str, external_id: str = "") -> tuple[str, Json] | None:
    """A view that is open, with the person who has it open."""
    for user, stack in team.modals.items():
        for view in stack:
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return user, view
    for user, home in team.homes.items():
        if home["id"] == view_id:
            return user, home
    return None


def replace(team: Team, user: str, old: Json, new: Json) -> None:
    stack = team.modals.get(user, [])
    if any(v is old for v in stack):
        stack[next(i for i, v in enumerate(stack) if v is old)] = new
    else:
        team.homes[user] = new


def push(team: Team, user: str, view: Json) -> bool:
    stack = team.modals.setdefault(user, [])
    if len(stack) >= DEEPEST:
        return False
    if stack:
        view["previous_view_id"], view["root_view_id"] = stack[-1]["id"], stack[0]["id"]
    stack.append(view)
    return True
