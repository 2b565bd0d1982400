"""Limits of Slack's interactive elements: which stand where, and how long their parts may be."""

import re
from typing import Any

from adapters.sandbox.objects import (
    Json,
    Problems,
    confirm_problems,
    image_source,
    length,
    option_problems,
    string,
    style,
    text_problems,
    unknown,
)

_PICKERS = {"datepicker", "timepicker", "datetimepicker"}
_LISTS = {"static_select", "multi_static_select"}
_PEOPLE = {f"{m}{k}_select" for m in ("", "multi_") for k in ("users", "conversations", "channels")}
_EXTERNAL = {"external_select", "multi_external_select"}
_SELECTS = _LISTS | _PEOPLE | _EXTERNAL
_CHOICES = {"checkboxes", "radio_buttons"}
_TYPED = {
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
}
ACCESSORIES = frozenset({"button", "overflow", "image", "workflow_button"} | _SELECTS | _CHOICES | _PICKERS)
ACTION_ELEMENTS = frozenset({"button", "overflow", "workflow_button"} | _SELECTS | _CHOICES | _PICKERS)
INPUT_ELEMENTS = frozenset(_TYPED | _SELECTS | _CHOICES | _PICKERS)

_COMMON = {"type", "action_id", "confirm", "focus_on_load", "placeholder"}
_MULTI = {"max_selected_items"}


def element_problems(element: Any, where: str, allowed: frozenset[str], surface: str) -> Problems:
    if not isinstance(element, dict):
        yield where, "missing required field: element"
        return
    kind = str(element.get("type"))
    if kind not in allowed:
        yield where + "/type", f"unsupported type: {kind}"
        return
    for place, text in _inside(element, kind, surface):
        yield where + place, text


def _inside(element: Json, kind: str, surface: str) -> Problems:
    yield from unknown(element, _known(kind))
    yield from length(element, "action_id", 255)
    if "confirm" in element:
        yield from confirm_problems(element["confirm"], "/confirm")
    if "placeholder" in element:
        yield from text_problems(element["placeholder"], "/placeholder", most=150, kinds=("plain_text",))
    if kind == "file_input" and surface != "modal":
        yield "/type", "file_input is only allowed in modals"
    if kind in ("button", "workflow_button"):
        yield from _button(element)
    elif kind == "image":
        yield from image_source(element)
    elif kind == "overflow":
        yield from _options(element, 5, url=True)
    elif kind in _CHOICES:
        yield from _options(element, 10, mrkdwn=True)
        yield from _initial(element)
    elif kind in _LISTS:
        yield from _listed(element)
        yield from _initial(element)
    elif kind in _PICKERS:
        yield from _picked(element, kind)
    elif kind in _TYPED:
        yield from _typed(element, kind)


def _known(kind: str) -> set[str]:
    multi = _MULTI if kind.startswith("multi_") else set()
    if kind == "button":
        return {"type", "action_id", "confirm", "text", "url", "value", "style", "accessibility_label"}
    if kind == "workflow_button":
        return {"type", "action_id", "text", "workflow", "style", "accessibility_label"}
    if kind == "image":
        return {"type", "image_url", "slack_file", "alt_text"}
    if kind == "overflow":
        return {"type", "action_id", "confirm", "options"}
    if kind in _CHOICES:
        return (_COMMON - {"placeholder"}) | {
            "options",
            "initial_options" if kind == "checkboxes" else "initial_option",
        }
    if kind in _LISTS:
        return _COMMON | multi | {"options", "option_groups", "initial_options" if multi else "initial_option"}
    if kind in _EXTERNAL:
        return _COMMON | multi | {"min_query_length", "initial_options" if multi else "initial_option"}
    if kind in _PEOPLE:
        return _COMMON | multi | _people_fields(kind, bool(multi))
    if kind in _PICKERS:
        extra = {"datepicker": {"initial_date"}, "timepicker": {"initial_time", "timezone"}}
        known = _COMMON | extra.get(kind, {"initial_date_time"})
        return known - {"placeholder"} if kind == "datetimepicker" else known
    return _typed_fields(kind)


def _people_fields(kind: str, multi: bool) -> set[str]:
    word = kind.removeprefix("multi_").removesuffix("_select")
    initial = f"initial_{word}" if multi else f"initial_{word.removesuffix('s')}"
    extra = {"default_to_current_conversation", "filter"} if word == "conversations" else set()
    answer = {"response_url_enabled"} if word != "users" and not multi else set()
    return {initial} | extra | answer


def _typed_fields(kind: str) -> set[str]:
    base = {"type", "action_id", "placeholder", "focus_on_load", "dispatch_action_config", "initial_value"}
    extra = {
        "plain_text_input": {"multiline", "min_length", "max_length"},
        "number_input": {"is_decimal_allowed", "min_value", "max_value"},
    }
    if kind == "file_input":
        return {"type", "action_id", "filetypes", "max_files"}
    return base | extra.get(kind, set())


def _button(element: Json) -> Problems:
    yield from text_problems(element.get("text"), "/text", most=75, kinds=("plain_text",))
    yield from length(element, "value", 2000, least=0)
    yield from length(element, "url", 3000)
    yield from length(element, "accessibility_label", 75)
    yield from style(element)


def _options(element: Json, most: int, *, url: bool = False, mrkdwn: bool = False) -> Problems:
    options = element.get("options")
    if not isinstance(options, list) or not 1 <= len(options) <= most:
        yield "/options", f"must be 1 to {most} items"
        return
    for number, option in enumerate(options):
        yield from option_problems(option, f"/options/{number}", url=url, mrkdwn=mrkdwn)


def _listed(element: Json) -> Problems:
    if ("options" in element) == ("option_groups" in element):
        yield "", "exactly one of options and option_groups is required"
    elif "options" in element:
        yield from _options(element, 100)
    else:
        yield from _groups(element["option_groups"])
    most = element.get("max_selected_items", 1)
    if not isinstance(most, int) or most < 1:
        yield "/max_selected_items", "must be at least 1"


def _groups(groups: Any) -> Problems:
    if not isinstance(groups, list) or not 1 <= len(groups) <= 100:
        yield "/option_groups", "must be 1 to 100 items"
        return
    for number, group in enumerate(groups):
        where = f"/option_groups/{number}"
        if not isinstance(group, dict):
            yield where, "must be an option group"
            continue
        yield from text_problems(group.get("label"), where + "/label", most=75, kinds=("plain_text",))
        yield from ((where + place, text) for place, text in _options(group, 100))


def _all_options(element: Json) -> list[Any]:
    groups = _list(element.get("option_groups"))
    inside = [o for g in groups if isinstance(g, dict) for o in _list(g.get("options"))]
    return _list(element.get("options")) + inside


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _initial(element: Json) -> Problems:
    """An initial option must be one of the options, to the letter."""
    known = _all_options(element)
    if "initial_option" in element and element["initial_option"] not in known:
        yield "/initial_option", "must match one of the options"
    chosen = element.get("initial_options", [None])
    if not isinstance(chosen, list) or not chosen:
        yield "/initial_options", "must be 1 or more items"
    elif "initial_options" in element and any(option not in known for option in chosen):
        yield "/initial_options", "must match the options"


def _picked(element: Json, kind: str) -> Problems:
    shapes = {
        "datepicker": ("initial_date", r"\d{4}-\d{2}-\d{2}"),
        "timepicker": ("initial_time", r"\d{2}:\d{2}"),
    }
    if kind == "datetimepicker":
        moment = element.get("initial_date_time", 1_000_000_000)
        if not isinstance(moment, int) or not 10**9 <= moment < 10**10:
            yield "/initial_date_time", "must be a UNIX time of 10 digits"
        return
    name, shape = shapes[kind]
    value = element.get(name)
    if name in element and not (isinstance(value, str) and re.fullmatch(shape, value)):
        yield f"/{name}", "is not in the right format"


def _typed(element: Json, kind: str) -> Problems:
    if kind == "number_input" and not isinstance(element.get("is_decimal_allowed"), bool):
        yield "", "missing required field: is_decimal_allowed"
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if not isinstance(low, int) or not 0 <= low <= 3000:
        yield "/min_length", "must be 0 to 3000"
    elif not isinstance(high, int) or not max(1, low) <= high <= 3000:
        yield "/max_length", "must be 1 to 3000 and not below min_length"
    elif kind != "rich_text_input" and "initial_value" in element:
        yield from string(element["initial_value"], "/initial_value", high, 0)
