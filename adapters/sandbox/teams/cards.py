"""What Teams accepts and draws of an Adaptive Card, and how a person finds its buttons and fields.

Known types are those of schema 1.5; others a client drops (Microsoft Learn, "Types of cards"; adaptivecards.io).
"""

import re
from collections.abc import Iterator
from typing import Any

from adapters.sandbox.teams.world import ADAPTIVE, Json

NEWEST = (1, 5)
MOST_REFRESHED = 60
MOST_BUTTONS = 6
INPUTS = frozenset({f"Input.{kind}" for kind in ("Text", "Number", "Date", "Time", "Toggle", "ChoiceSet")})
CONTAINERS = {"Container": "items", "ColumnSet": "columns", "Column": "items", "Table": "rows", "TableRow": "cells",
              "TableCell": "items", "ImageSet": "images", "ActionSet": "actions"}  # fmt: skip
ELEMENTS = frozenset(
    {"TextBlock", "RichTextBlock", "Image", "Media", "FactSet", "CodeBlock"} | INPUTS | set(CONTAINERS)
)
ACTIONS = frozenset(f"Action.{kind}" for kind in ("Execute", "Submit", "OpenUrl", "ShowCard", "ToggleVisibility"))
NEEDED = {
    "TextBlock": "text", "RichTextBlock": "inlines", "Image": "url", "FactSet": "facts", "ColumnSet": "columns",
    "ActionSet": "actions", "Action.OpenUrl": "url", "Action.ShowCard": "card", "Input.ChoiceSet": "choices",
    "Input.Toggle": "title",
}  # fmt: skip
OTHER_CARDS = frozenset(f"application/vnd.microsoft.card.{kind}" for kind in ("hero", "thumbnail", "receipt", "signin"))


def problem(attachments: Any) -> str | None:
    """Why the service does not take these attachments, or None."""
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        return "attachments is not a list of objects"
    return next((said for one in attachments if (said := _attachment(one))), None)


def _attachment(attachment: Json) -> str | None:
    kind = attachment.get("contentType")
    if not isinstance(kind, str) or not kind:
        return "an attachment has no contentType"
    return card_problem(attachment.get("content")) if kind == ADAPTIVE else None


def card_problem(card: Any) -> str | None:
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return "the content's type is not AdaptiveCard"
    found = re.fullmatch(r"(\d+)\.(\d+)", str(card.get("version", "")))
    if not found:
        return f"{card.get('version')!r} is no version of a card"
    if (int(found[1]), int(found[2])) > NEWEST:
        return f"version {card['version']} is newer than 1.5"
    refresh = card.get("refresh")
    if refresh is None:
        return _lists(card)
    action = refresh.get("action") if isinstance(refresh, dict) else None
    if not isinstance(action, dict) or action.get("type") != "Action.Execute":
        return "refresh needs an action of type Action.Execute"
    users = refresh.get("userIds")
    if users is not None and (not isinstance(users, list) or len(users) > MOST_REFRESHED):
        return f"refresh.userIds holds more than {MOST_REFRESHED} users"
    return _lists(card)


def _lists(card: Json) -> str | None:
    wrong = [name for name in ("body", "actions") if not isinstance(card.get(name) or [], list)]
    return f"the card's {wrong[0]} is no list" if wrong else None


def oddities(card: Json) -> list[str]:
    """What a client would drop or not draw: types that it does not know, and parts that lack what they need."""
    found: list[str] = []
    names: list[str] = []
    for part in parts(card):
        kind = str(part.get("type"))
        known = kind in ELEMENTS or kind in ACTIONS or kind == "AdaptiveCard"
        if not known:
            found.append(f"{kind} is unknown")
        elif NEEDED.get(kind) and not (part.get(NEEDED[kind]) or part.get("choices.data")):
            found.append(f"{kind} has no {NEEDED[kind]}")
        if kind in INPUTS:
            names.append(str(part.get("id") or ""))
    found += [
        f"the id {name!r} of an input is empty or taken" for name in set(names) if not name or names.count(name) > 1
    ]
    return found


def crowded(card: Json) -> int:
    """Buttons beyond those that are shown at once; the others stand behind "more"."""
    rows = [card, *(part for part in parts(card) if part.get("type") == "ActionSet")]
    shown = [[a for a in _each(row.get("actions")) if _primary(a)] for row in rows]
    return sum(max(0, len(row) - MOST_BUTTONS) for row in shown)


def _primary(action: Any) -> bool:
    return isinstance(action, dict) and action.get("mode") != "secondary"


def parts(card: Json) -> Iterator[Json]:
    """Every element and action of a card, cards within it included; what stands as a fallback is not drawn."""
    for element in _each(card.get("body")):
        yield from _element(element)
    for action in _each(card.get("actions")):
        yield from _action(action)


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _element(element: Any) -> Iterator[Json]:
    if not isinstance(element, dict) or not isinstance(element.get("type", ""), str):
        return
    typed = element if "type" in element else element | {"type": "Column"}
    yield typed
    inner = element.get(CONTAINERS.get(typed["type"], ""), [])
    kinds = {"Table": "TableRow", "TableRow": "TableCell", "ColumnSet": "Column"}
    for part in _each(inner):
        if typed["type"] == "ActionSet":
            yield from _action(part)
        elif typed["type"] in kinds and isinstance(part, dict):
            yield from _element({"type": kinds[typed["type"]]} | part)
        else:
            yield from _element(part)
    yield from _action(element.get("selectAction") or element.get("inlineAction"))


def _action(action: Any) -> Iterator[Json]:
    if not isinstance(action, dict) or not isinstance(action.get("type", ""), str):
        return
    yield action
    if isinstance(action.get("card"), dict):
        yield from parts(action["card"])


def buttons(card: Json | None) -> list[Json]:
    """The actions that a person can press, in the order in which they stand."""
    return [part for part in parts(card or {}) if str(part.get("type")) in ACTIONS]


def inputs(card: Json | None) -> list[Json]:
    return [part for part in parts(card or {}) if part.get("type") in INPUTS]


def words(card: Json | None) -> str:
    """Everything that a card says, as one text."""
    said: list[str] = []
    for part in parts(card or {}):
        said += [str(part[name]) for name in ("text", "title", "label", "placeholder") if part.get(name)]
        said += [str(run.get("text", "") if isinstance(run, dict) else run) for run in _each(part.get("inlines"))]
        facts = (fact for fact in _each(part.get("facts")) if isinstance(fact, dict))
        said += [f"{fact.get('title')} {fact.get('value')}" for fact in facts]
    return "\n".join(said)
