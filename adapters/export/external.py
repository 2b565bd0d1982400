"""The version for readers outside, in three parts, as Markdown.

Law: it holds what people wrote for these readers and nothing else; where that is not there, it is refused in words.
"""

from __future__ import annotations

from bot.external import for_outside
from bot.markdown import block_lines, literal
from bot.ports import Record
from bot.record import house_zone, whole_draft
from bot.words import external as words


def external(record: Record) -> bytes:
    """Raises `Refused` naming what is missing or internal."""
    out = [f"# {literal(words.TITLE)}"]
    for heading, body in for_outside(whole_draft(record, house_zone(record)), record.people):
        out += ["", f"## {literal(heading)}"]
        for block in body:
            out += ["", *block_lines(block)]
    return ("\n".join(out) + "\n").encode()
