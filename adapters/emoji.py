"""Slack's names of emoji, and their signs. Law: Slack alone knows the names; everywhere else the sign stands.

A name that is not in the table, such as one that a workspace made up, stays as it was typed.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("emoji.json")
_NAME = re.compile(r":([a-z0-9_+'\-]{1,100}):")
_NAMES = re.compile(
    r"```.*?```|`[^`\n]+`|<[^<>\n]+>|https?://\S+|(?<![A-Za-z0-9_:])(?P<names>(?::[a-z0-9_+'\-]{1,100}:)+)(?![A-Za-z0-9_:])",
    re.DOTALL,
)
"""Names in a row. In code, in what Slack puts into angle brackets and in addresses they are no emoji."""
_SKIN = {f"skin-tone-{number}": chr(0x1F3FB + number - 2) for number in range(2, 7)}


def with_signs(text: str) -> str:
    if text.count(":") < 2 or not _NAME.search(text):
        return text
    return _NAMES.sub(lambda found: _NAME.sub(_sign, found[0]) if found["names"] else found[0], text)


def _sign(name: re.Match[str]) -> str:
    return _signs().get(name[1], name[0])


@cache
def _signs() -> dict[str, str]:
    signs: dict[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))
    return signs | _SKIN
