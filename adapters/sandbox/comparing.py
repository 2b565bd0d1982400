"""Whether two platforms gave the same record of one incident: its timeline and its draft.

Law: only links that the platforms and the bot themselves made, and ids, count as equal. Every address, word, name, time
and order that comes from people has to be the same.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]
LINK, ID = "<link>", "<id>"
_MADE_ID = re.compile(r"\b[0-9a-f]{24}\b")
"""What the engine names its own things by (`bot.ids`)."""
_MOST_LINES = 80


class Record(NamedTuple):
    timeline: tuple[str, ...]
    draft: tuple[str, ...]

    @classmethod
    def of(cls, timeline: list[Json], draft: str, bot: str) -> Record:
        """`timeline` as the API gives it, `bot` the address of the bot."""
        made = sorted({link for entry in timeline for link in _links(entry)}, key=len, reverse=True)
        lines = tuple(_line(entry) for entry in timeline)
        return cls(lines, tuple(normalised(draft, made, bot).splitlines()))


def _links(entry: Json) -> Iterator[str]:
    if entry["permalink"]:
        yield entry["permalink"]
    yield from (file["url"] for file in entry["files"] if file["url"])


def _line(entry: Json) -> str:
    """One entry, without its id, its author's account and its links."""
    told = [entry["occurred_at"], entry["kind"], entry["author"], "key" if entry["is_key"] else "proposed"]
    told += [f"edits {entry['edits']}", *(["deleted"] if entry["deleted"] else [])]
    told += [f"file {file['name']} {file['mimetype']}" for file in entry["files"]]
    return " | ".join([*told, entry["text"]])


def normalised(text: str, made: list[str], bot: str) -> str:
    """The text with links that were made, and ids, as placeholders. Longer links come first."""
    for link in made:
        text = text.replace(link, LINK)
    return _MADE_ID.sub(ID, text.replace(bot, LINK))


def differences(one: Record, other: Record, name: str, other_name: str) -> list[str]:
    """Nothing where they are the same, else what to read."""
    found: list[str] = []
    for what, here, there in (("timeline", one.timeline, other.timeline), ("draft", one.draft, other.draft)):
        lines = list(
            difflib.unified_diff(here, there, f"{what} in {name}", f"{what} in {other_name}", lineterm="", n=1)
        )
        found += lines[:_MOST_LINES]
        if len(lines) > _MOST_LINES:
            found.append(f"… and {len(lines) - _MOST_LINES} more lines")
    return found
