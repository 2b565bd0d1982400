"""The shapes in which Teams takes the answer to an invoke.

Law: whatever happens, a person who pressed something reads a sentence; an answer of another shape is shown to them as
"Something went wrong" (Microsoft Learn, "Universal Actions" and "Invoke and dismiss dialogs").
"""

from __future__ import annotations

from typing import Any

from adapters.teams.cards import TYPE, attached
from adapters.wire import Answer
from bot.text import Card
from bot.words import teams as words

Json = dict[str, Any]
MESSAGE = "application/vnd.microsoft.activity.message"
LONGEST = 400
"""Characters of a sentence that is shown beside what was pressed; longer answers are messages of their own."""


def card_message(text: str) -> Answer:
    """Beside a pressed card: a sentence."""
    return Answer(200, {"statusCode": 200, "type": MESSAGE, "value": text[:LONGEST] or words.NOTHING_MORE})


def card_replaced(content: Json) -> Answer:
    """In place of a pressed card, for whoever pressed it."""
    return Answer(200, {"statusCode": 200, "type": TYPE, "value": content})


def dialog(value: Json) -> Answer:
    """A dialog is opened, or stays open with other content."""
    return Answer(200, {"task": {"type": "continue", "value": value}})


def dialog_of(content: Json, title: str) -> Answer:
    """A card in a dialog, where only `Action.Submit` is known."""
    value = {"title": title[:60], "height": "medium", "width": "medium", "card": attached(submitting(content))}
    return dialog(value)


def dialog_message(text: str) -> Answer:
    return Answer(200, {"task": {"type": "message", "value": text[:1000] or words.NOTHING_MORE}})


def submitting(found: Any) -> Any:
    """The card with buttons that submit: in a dialog nothing can be executed, and no second dialog opened."""
    if isinstance(found, list):
        return [submitting(one) for one in found]
    if not isinstance(found, dict):
        return found
    inner = {name: submitting(value) for name, value in found.items() if name not in ("refresh", "fallback")}
    if inner.get("type") == "Action.Execute":
        inner = {"type": "Action.Submit", **{name: inner[name] for name in ("title", "style", "data") if name in inner}}
    if inner.get("type") == "Action.Submit" and isinstance(inner.get("data"), dict):
        inner["data"] = {name: value for name, value in inner["data"].items() if name != "msteams"}
    return inner


def is_short(card: Card) -> bool:
    """Whether a sentence says all of it."""
    return not any(section.buttons for section in card.sections) and len(card.plain()) <= LONGEST
