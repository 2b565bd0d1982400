"""The fields of a card as a client fills and checks them, before anything is sent.

Law: what a field does not accept stays with the person; the bot is not asked (adaptivecards.io, "Input validation").
"""

import re
from datetime import date, time
from typing import Any

from adapters.sandbox.people import Denied
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.world import Json


def filled(card: Json | None, values: Json) -> Json:
    """What the fields hold after a person entered `values`; a field that is not there cannot be filled in."""
    known = {field["id"]: field for field in cards.inputs(card) if field.get("id")}
    strange = sorted(set(values) - set(known))
    if strange:
        raise Denied(f"the form asks for nothing called {strange[0]}; it asks for {', '.join(known) or 'nothing'}")
    entered = {name: values.get(name, _start(field)) for name, field in known.items()}
    return {name: str(value) for name, value in entered.items() if value is not None}


def _start(field: Json) -> Any:
    if field["type"] == "Input.Toggle":
        return field.get("value", field.get("valueOff", "false"))
    return field.get("value", "" if field["type"] == "Input.Text" else None)


def refused(card: Json | None, entered: Json) -> dict[str, str]:
    """By field: what the client says about it."""
    said = {field["id"]: _refused(field, str(entered.get(field["id"], ""))) for field in cards.inputs(card)}
    return {name: text for name, text in said.items() if text}


def _refused(field: Json, value: str) -> str:
    if not value or (field["type"] == "Input.Toggle" and value == field.get("valueOff", "false")):
        return field.get("errorMessage") or "This field is required." if field.get("isRequired") else ""
    reason = _checks(field, value)
    return str(field.get("errorMessage") or reason) if reason else ""


def _checks(field: Json, value: str) -> str:
    match field["type"]:
        case "Input.Text":
            return _text(field, value)
        case "Input.Number":
            return _number(field, value)
        case "Input.Date":
            return _moment(field, value, date.fromisoformat)
        case "Input.Time":
            return _moment(field, value, time.fromisoformat)
        case "Input.ChoiceSet":
            return _choice(field, value)
    return ""


def _text(field: Json, value: str) -> str:
    if field.get("maxLength") and len(value) > field["maxLength"]:
        return f"At most {field['maxLength']} characters."
    if field.get("regex") and not re.search(field["regex"], value):
        return "This does not match."
    return ""


def _number(field: Json, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "This is not a number."
    low, high = field.get("min", number), field.get("max", number)
    return "" if low <= number <= high else f"Between {low} and {high}."


def _moment(field: Json, value: str, read: Any) -> str:
    try:
        moment = read(value)
        low, high = read(field.get("min") or value), read(field.get("max") or value)
    except ValueError:
        return "This is not a date or time."
    return "" if low <= moment <= high else "Out of range."


def _choice(field: Json, value: str) -> str:
    """Choices that are looked up while typing (`choices.data`) may be any."""
    offered = {str(choice.get("value")) for choice in field.get("choices") or []}
    picked = value.split(",") if field.get("isMultiSelect") else [value]
    free = "choices.data" in field
    return "" if free or set(picked) <= offered else "This is not offered."


def merged(action: Json, entered: Json) -> Any:
    """An action's data with the fields merged in; what a person enters overrides what the card brought."""
    own = action.get("data")
    if action.get("associatedInputs", "auto").lower() == "none":
        return own
    if own is None or isinstance(own, dict):
        return (own or {}) | entered
    return own
