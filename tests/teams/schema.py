"""Adaptive Cards by Microsoft's schema of version 1.5, and what of a card a client would take for more than text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests/vendor/adaptive-card-schema/adaptive-card.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft6Validator(SCHEMA)
Json = dict[str, Any]


def problems(card: Json) -> list[str]:
    """What the schema has against the card. Teams' own additions (its root key, the people picker) are left out."""
    json.dumps(card, ensure_ascii=False).encode("utf-8")
    found = sorted(VALIDATOR.iter_errors(_plain(card)), key=str)
    best = [jsonschema.exceptions.best_match([error]) for error in found]
    return [f"{list(error.absolute_path)}: {error.message[:300]}" for error in best if error is not None]


def _plain(card: Json) -> Json:
    bare = {name: value for name, value in card.items() if name != "msteams"}
    return {**bare, "body": [_without_picker(element) for element in card["body"]]}


def _without_picker(element: Json) -> Json:
    return {name: value for name, value in element.items() if name != "choices.data"}


def everything(found: Any) -> Iterator[Json]:
    """Every object of a card, in order."""
    if isinstance(found, dict):
        yield found
        for value in found.values():
            yield from everything(value)
    elif isinstance(found, list):
        for one in found:
            yield from everything(one)


def of_type(card: Any, *types: str) -> list[Json]:
    return [one for one in everything(card) if one.get("type") in types]


def parsed_texts(card: Json) -> list[str]:
    """Every text of a card that some client parses for Markdown, without the mentions that the card declares."""
    texts = [one["text"] for one in of_type(card, "TextBlock")]
    texts += [one["title"] for one in of_type(card, "Input.Toggle")]
    several = [one for one in of_type(card, "Input.ChoiceSet") if one.get("isMultiSelect")]
    texts += [choice["title"] for one in several for choice in one["choices"]]
    texts.append(card.get("fallbackText", ""))
    for entity in card.get("msteams", {}).get("entities", ()):
        texts = [text.replace(entity["text"], "x") for text in texts]
    return texts
