"""Limits of Slack's composition objects: texts, options, confirmations, images."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Problems = Iterator[tuple[str, str]]
"""Pairs of (pointer below the judged object, what is wrong)."""


def unknown(thing: Json, known: set[str] | frozenset[str]) -> Problems:
    for name in sorted(set(thing) - known):
        yield "", f"no more properties allowed; unexpected: {name}"


def length(thing: Json, name: str, most: int, *, least: int = 1, required: bool = False) -> Problems:
    if thing.get(name) is None:
        if required:
            yield "", f"missing required field: {name}"
        return
    yield from string(thing[name], "/" + name, most, least)


def string(value: Any, where: str, most: int, least: int = 1) -> Problems:
    if not isinstance(value, str):
        yield where, "must be a string"
    elif len(value) > most:
        yield where, f"must be less than {most + 1} characters"
    elif len(value) < least:
        yield where, "must be more than 0 characters"
    elif any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        yield where, "must be valid UTF-8"


def text_problems(
    thing: Any, where: str, *, most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn"), least: int = 1
) -> Problems:
    if not isinstance(thing, dict):
        yield where, "missing required field: a text object"
        return
    kind = thing.get("type")
    if kind not in kinds:
        yield where + "/type", f"unsupported type: {kind} (allowed: {', '.join(kinds)})"
        return
    extra = {"plain_text": "emoji", "mrkdwn": "verbatim"}[kind]
    yield from ((where + place, text) for place, text in unknown(thing, {"type", "text", extra}))
    if "text" not in thing:
        yield where, "missing required field: text"
    else:
        yield from string(thing["text"], where + "/text", most, least)
    if not isinstance(thing.get(extra, True), bool):
        yield f"{where}/{extra}", "must be a boolean"


def option_problems(option: Any, where: str, *, url: bool = False, mrkdwn: bool = False) -> Problems:
    if not isinstance(option, dict):
        yield where, "must be an option object"
        return
    known = {"text", "value", "description"} | ({"url"} if url else set())
    yield from ((where + place, text) for place, text in unknown(option, known))
    kinds = ("plain_text", "mrkdwn") if mrkdwn else ("plain_text",)
    yield from text_problems(option.get("text"), where + "/text", most=75, kinds=kinds)
    if "value" in option:
        yield from string(option["value"], where + "/value", 150)
    else:
        yield where, "missing required field: value"
    if "description" in option:
        yield from text_problems(option["description"], where + "/description", most=75, kinds=kinds)
    if "url" in option:
        yield from string(option["url"], where + "/url", 3000)


def confirm_problems(thing: Any, where: str) -> Problems:
    if not isinstance(thing, dict):
        yield where, "must be a confirmation object"
        return
    known = {"title", "text", "confirm", "deny", "style"}
    yield from ((where + place, text) for place, text in unknown(thing, known))
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        if name in thing:
            kinds = ("plain_text", "mrkdwn") if name == "text" else ("plain_text",)
            yield from text_problems(thing[name], f"{where}/{name}", most=most, kinds=kinds)
        elif name in ("title", "text"):
            yield where, f"missing required field: {name}"
    yield from style(thing, where)


def style(thing: Json, where: str = "") -> Problems:
    if thing.get("style", "primary") not in ("primary", "danger"):
        yield where + "/style", "must be primary or danger"


def image_source(thing: Json) -> Problems:
    if ("image_url" in thing) == ("slack_file" in thing):
        yield "", "exactly one of image_url and slack_file is required"
    yield from length(thing, "image_url", 3000)
    yield from length(thing, "alt_text", 2000, required=True)
