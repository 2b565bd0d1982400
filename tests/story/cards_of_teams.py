"""What a person reads on a card of Teams, and which of its buttons they mean."""

from __future__ import annotations

import re
from typing import Any

from adapters.sandbox.teams import cards

Json = dict[str, Any]
AT = re.compile(r"<at>([^<]*)</at>")
UNMARKED = re.compile(r"\\([^\w\s])|\*\*|`")


def read(message: Json) -> str:
    return "\n".join(filter(None, [message["text"], *words_in(message["card"])]))


def words_in(card: Json | None) -> list[str]:
    """What a card says, a line each: pieces of one sentence stay together, and marks are no words."""
    said: list[str] = []
    for part in cards.parts(card or {}):
        if part.get("inlines"):
            said.append("".join(run if isinstance(run, str) else run["text"] for run in part["inlines"]))
        elif part.get("text"):
            said.append(UNMARKED.sub(lambda found: found.group(1) or "", AT.sub(r"@\1", part["text"])))
        said += [
            str(part[name]) for name in ("title", "label", "placeholder", "value") if isinstance(part.get(name), str)
        ]
    return said


def words_of(card: Json | None) -> str:
    return "\n".join(words_in(card))


def title_of(card: Json) -> str:
    first = card["body"][0]
    return "".join(run if isinstance(run, str) else run["text"] for run in first.get("inlines", [])) or first["text"]


def errors_in(card: Json) -> dict[str, str]:
    """What a form says in red, by the field above which it stands."""
    errors: dict[str, str] = {}
    wrong = ""
    for part in card["body"]:
        runs = part.get("inlines") or [part]
        red = [run for run in runs if isinstance(run, dict) and run.get("color") == "attention"]
        if red and part["type"] in ("RichTextBlock", "TextBlock"):
            wrong = "".join(str(run.get("text", "")) for run in red)
        elif wrong and str(part["type"]).startswith("Input."):
            errors[part["id"]], wrong = wrong, ""
    return errors | ({"": wrong} if wrong else {})


def found(card: Json | None, label: str, near: str) -> int | None:
    """Which of the buttons of that name is meant: one that can be pressed, below the words `near`."""
    number, reached = -1, not near
    for part in (card or {}).get("body", []):
        if part["type"] != "ActionSet":
            reached = (
                not near or near in words_of({"type": "AdaptiveCard", "body": [part]}) or _continues(part, reached)
            )
            continue
        for action in cards.buttons({"type": "AdaptiveCard", "body": [part]}):
            if action.get("title") == label:
                number += 1
                if reached and action["type"] != "Action.ShowCard":
                    return number
    return None


def _continues(part: Json, reached: bool) -> bool:
    """Facts and further lines of the same section."""
    return reached and not part.get("separator")
