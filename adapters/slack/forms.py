"""Forms as modals, and what comes back from a modal as the fields of a command.

Law: every field comes back as text (people as mention tokens, dates as ISO, ticks as "true" or "false"); an input that
was left empty does not come back at all.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from adapters.slack import limits
from adapters.slack.blocks import Sheet, packed, plain_text
from adapters.slack.markup import literal, user_token
from adapters.slack.richtext import Json, clean, plain, prefix, shortened, size
from bot.text import Choice, Form, Input, mentioned
from bot.words import chat

FORM = "form"
ELEMENT = "value"
CHECKBOXES = 10
_USER = re.compile(r"([UW][A-Z0-9]{1,30})$")


def modal(form: Form, tenant: str, metadata: dict[str, str]) -> Json:
    """The view of a form. `metadata` travels with it and comes back: where to answer."""
    sheet = Sheet(tenant, limits.VIEW_BLOCKS - min(len(form.inputs), 90), limits.VIEW_CHARS)
    if form.intro.parts:
        sheet.rich([form.intro])
    inputs = [_input(one) for one in form.inputs[:90]]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain_text(form.title, limits.VIEW_TITLE),
        "submit": plain_text(form.submit, limits.VIEW_TITLE),
        "close": plain_text(chat.CANCEL, limits.VIEW_TITLE),
        "private_metadata": _packed(form, metadata),
        "blocks": [*sheet.finished(), *inputs],
    }


def _packed(form: Form, metadata: dict[str, str]) -> str:
    """What the submission must know. Arguments are ids and short words; prefilled text stands in the inputs."""
    told = packed(does=form.does, args=form.args, **metadata)
    if size(told) > limits.METADATA:
        args = {name: value for name, value in form.args.items() if size(value) <= 200}
        told = packed(does=form.does, args=args, **metadata)
    return told if size(told) <= limits.METADATA else packed(does=form.does, args={})


def _input(one: Input) -> Json:
    block: Json = {
        "type": "input",
        "block_id": one.name[: limits.BLOCK_ID],
        "label": plain_text(one.label, limits.LABEL),
        "element": {"action_id": ELEMENT, **_element(one)},
        "optional": not one.required or one.kind == "tick",
    }
    if one.hint:
        block["hint"] = plain_text(one.hint, limits.HINT)
    return block


def _element(one: Input) -> Json:
    match one.kind:
        case "choice" | "choices" if one.choices:
            return _choices(one)
        case "person":
            return {"type": "users_select", **_initial("initial_user", _user_in(one.initial))}
        case "people":
            users = [user for token in mentioned(one.initial) or one.initial.split() if (user := _user_in(token))]
            return {"type": "multi_users_select", **({"initial_users": users} if users else {})}
        case "date":
            return {"type": "datepicker", **_initial("initial_date", _iso(one.initial))}
        case "tick":
            return _tick(one)
        case "channel":
            channel = one.initial if re.fullmatch(r"[CG][A-Z0-9]{2,30}", one.initial) else ""
            return {"type": "channels_select", **_initial("initial_channel", channel)}
        case _:
            return _typed(one)


def _initial(name: str, value: str) -> Json:
    return {name: value} if value else {}


def _typed(one: Input) -> Json:
    most = min(max(1, one.max_length), limits.TYPED)
    initial = plain(one.initial)
    if one.kind != "text":
        initial = " ".join(initial.split())
    element: Json = {"type": "plain_text_input", "multiline": one.kind == "text", "max_length": most}
    return {**element, "initial_value": prefix(initial, most)} if initial else element


def _choices(one: Input) -> Json:
    options = [_option(choice) for choice in one.choices if 0 < size(clean(choice.value)) <= limits.OPTION_VALUE]
    options = list({option["value"]: option for option in options}.values())[: limits.OPTIONS]
    if not options:
        return _typed(one)
    wanted = one.initial.split(",") if one.kind == "choices" else [one.initial]
    chosen = [option for option in options if option["value"] in wanted]
    if one.kind == "choice":
        return {
            "type": "static_select",
            "options": options,
            **({"initial_option": chosen[0]} if chosen else {}),
        }
    kind = "checkboxes" if len(options) <= CHECKBOXES else "multi_static_select"
    return {"type": kind, "options": options, **({"initial_options": chosen} if chosen else {})}


def _option(choice: Choice) -> Json:
    return {"text": plain_text(choice.label, limits.OPTION_LABEL), "value": clean(choice.value)}


def _tick(one: Input) -> Json:
    option = {"text": plain_text(one.label, limits.OPTION_LABEL), "value": "true"}
    ticked = one.initial.casefold() in ("true", "yes", "1", "on")
    return {"type": "checkboxes", "options": [option], **({"initial_options": [option]} if ticked else {})}


def _user_in(account: str) -> str:
    """The user id in a mention token, an account key or a bare id; empty if there is none."""
    key = next(iter(mentioned(account)), account)
    found = _USER.search(key.rsplit(":", 1)[-1])
    return found.group(1) if found and key.rsplit(":", 1)[-1] == found.group(1) else ""


def _iso(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def fields(values: Any, tenant: str) -> dict[str, str]:
    """The inputs of a submitted view (`view.state.values`), by name."""
    found: dict[str, str] = {}
    for name, block in values.items() if isinstance(values, dict) else ():
        for element in block.values() if isinstance(block, dict) else ():
            if isinstance(element, dict) and (value := _value(element, tenant)):
                found[name] = value
    return found


def _value(element: Json, tenant: str) -> str:
    match element.get("type"):
        case "users_select":
            return _token(element.get("selected_user"), tenant)
        case "multi_users_select":
            return " ".join(_token(user, tenant) for user in element.get("selected_users") or ())
        case "datepicker":
            return str(element.get("selected_date") or "")
        case "channels_select":
            return str(element.get("selected_channel") or "")
        case "conversations_select":
            return str(element.get("selected_conversation") or "")
        case "checkboxes" | "multi_static_select":
            return _several(element)
        case "static_select" | "radio_buttons":
            return _chosen(element.get("selected_option"))
        case _:
            return literal(str(element.get("value") or ""))


def _token(user: Any, tenant: str) -> str:
    return user_token(str(user), tenant) if user else ""


def _chosen(option: Any) -> str:
    return str(option.get("value") or "") if isinstance(option, dict) else ""


def _several(element: Json) -> str:
    chosen = ",".join(_chosen(option) for option in element.get("selected_options") or ())
    return chosen or ("false" if element.get("type") == "checkboxes" else "")


def errors(view: Json, field: str, text: str) -> Json:
    """The answer that keeps a modal open and says under its input what is wrong; else under the first one."""
    names = [block["block_id"] for block in view.get("blocks") or () if block.get("type") == "input"]
    at = field if field in names else next(iter(names), field)
    return {"response_action": "errors", "errors": {at: shortened(plain(text).strip() or "…", limits.HINT)}}
