"""The settings file: TOML, read whole or not at all.

Law: every problem names the line and the field. Writing a policy and reading it again changes nothing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from bot.policy_written import Written, read_written
from bot.words import policy as words

LARGEST = 200_000
"""Characters."""
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-\"' ]+?)\s*\]\]?\s*(?:#.*)?$")
_AT = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")


def read_policy(text: str) -> tuple[Written | None, list[str]]:
    """The policy, or what is wrong, a sentence a problem."""
    if len(text) > LARGEST:
        return None, [words.too_large(LARGEST)]
    try:
        told = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as wrong:
        found = _AT.search(str(wrong))
        line = found.group(1) if found and found.group(1) else ""
        return None, [words.no_toml(line, _AT.sub("", str(wrong)).strip())]
    except RecursionError:
        return None, [words.no_toml("", "it is nested too deeply")]
    written, problems = read_written(told)
    return written, [words.at_line(line_of(text, one.field), one.field, one.text) for one in problems]


def line_of(text: str, field: str) -> int:
    """The line on which a field is written, or the nearest thing above it; 0: nowhere."""
    path, best, depth = field.split("."), 0, 0
    for number, above, key in _keys(text):
        at = [*above, *key]
        same = next((n for n, (a, b) in enumerate(zip(at, path, strict=False)) if a != b), min(len(at), len(path)))
        if same == len(at) and same > depth:
            best, depth = number, same
    return best


def _keys(text: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """(line, the table it is in, its own name); the second `[[teams]]` is `teams.2`."""
    table: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            name = header.group(2)
            seen[name] = seen.get(name, 0) + 1
            table = [*_parts(name), *([str(seen[name])] if header.group(1) == "[[" else [])]
            yield number, [], table
        elif (equals := line.find("=")) > 0 and not line.lstrip().startswith("#"):
            yield number, table, _parts(line[:equals])


def _parts(name: str) -> list[str]:
    return [one.strip(" \t\"'") for one in name.split(".")]


# -- writing one


def written_toml(written: Written) -> str:
    """Everything that is set, also where it is the default: a file to begin with."""
    told = written.model_dump()
    teams = told.pop("teams")
    plain = [f"{name} = {_value(value)}" for name, value in told.items() if not isinstance(value, dict)]
    tables = [
        f"\n[{name}]\n" + "".join(f"{key} = {_value(one)}\n" for key, one in value.items())
        for name, value in told.items()
        if isinstance(value, dict) and value
    ]
    listed = ["\n[[teams]]\n" + "".join(f"{key} = {_value(one)}\n" for key, one in team.items()) for team in teams]
    return "\n".join(plain) + "\n" + "".join(tables + listed)


def _value(value: Any) -> str:
    """Strings of JSON are strings of TOML, but for one character."""
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
