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
        return None
    if not isinstance(refresh, dict) or (refresh.get("action") or {}).get("type") != "Action.Execute":
        return "refresh needs an action of type Action.Execute"
    users = refresh.get("userIds")
    if users is not None and (not isinstance(users, list) or len(users) > MOST_REFRESHED):
        return f"refresh.userIds holds more than {MOST_REFRESHED} users"
    return None


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
    sets = [card.get("actions") or [], *(p.get("actions") or [] for p in parts(card) if p.get("type") == "ActionSet")]
    return sum(max(0, sum(a.get("mode") != "secondary" for a in one) - MOST_BUTTONS) for one in sets)


def parts(card: Json) -> Iterator[Json]:
    """Every element and action of a card, cards within it included; what stands as a fallback is not drawn."""
    for element in card.get("body") or []:
        yield from _element(element)
    for action in card.get("actions") or []:
        yield from _action(action)


def _element(element: Any) -> Iterator[Json]:
    if not isinstance(element, dict):
        return
    typed = element if "type" in element else element | {"type": "Column"}
    yield typed
    inner = element.get(CONTAINERS.get(typed["type"], ""), [])
    kinds = {"Table": "TableRow", "TableRow": "TableCell", "ColumnSet": "Column"}
    for part in inner if isinstance(inner, list) else []:
        if typed["type"] == "ActionSet":
            yield from _action(part)
        else:
            yield from _element({"type": kinds[typed["type"]]} | part if typed["type"] in kinds else part)
    yield from _action(element.get("selectAction") or element.get("inlineAction"))


def _action(action: Any) -> Iterator[Json]:
    if not isinstance(action, dict):
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
        said += [str(run if isinstance(run, str) else run.get("text", "")) for run in part.get("inlines") or []]
        said += [f"{fact.get('title')} {fact.get('value')}" for fact in part.get("facts") or []]
    return "\n".join(said)
