"""A postmortem as PDF, set by Typst with fonts that come in packages: nothing of the machine's own is used.

Law: the same record gives the same bytes. What people typed reaches the setter as data; it can run nothing.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from adapters.export.html import address
from bot.draft_blocks import Block, Cell, Draft, DraftSection, Facts, Line, Lines, Paragraph, Points, Table
from bot.markdown import clean
from bot.ports import Record
from bot.record import draft_of, house_zone
from bot.text import Link
from bot.words import draft as words
from bot.words.export import more_entries

FONTS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK SC", "Noto Emoji", "Noto Sans Symbols")
"""In the order in which a letter is looked for; after them comes every other script that the packages have."""
PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
MOST_LINES = 2_000
"""Of one list: a log that is longer is read elsewhere, and would take minutes to set."""
LONG_WORD = re.compile(r"\S{60,}")
ZERO_SPACE = "\u200b"
_TEMPLATE = files("adapters.export")


def pdf(record: Record) -> bytes:
    told = json.dumps(_draft(draft_of(record, house_zone(record))), ensure_ascii=True, sort_keys=True)
    set_: Any = _setter().compile(
        _TEMPLATE.joinpath("postmortem.typ").read_bytes(),
        format="pdf",
        sys_inputs={"made": told},
        timestamp=datetime(2000, 1, 1, tzinfo=UTC),
    )
    return bytes(set_)


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst

    paths = [str(files(package)) for package in PACKAGES]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(paths))


def _setter() -> Any:
    import typst

    return typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)


def _draft(made: Draft) -> dict[str, Any]:
    headline = words.headline(made.severity, made.status, made.version, made.owner, made.due)
    return {
        "key": made.key,
        "title": _text(words.title(made.key, made.title)),
        "headline": _text(headline),
        "link": words.LINK,
        "fonts": list(FONTS),
        "sections": [_section(section) for section in made.sections],
    }


def _section(section: DraftSection) -> dict[str, Any]:
    by_hand = _text(section.by_hand) if section.edited else ""
    return {"heading": _text(section.heading), "body": list(map(_block, section.body)), "by_hand": by_hand}


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"t": block.t, "text": _text(block.text)}
        case Points():
            return {"t": block.t, "points": list(map(_text, block.points))}
        case Facts():
            return {"t": block.t, "rows": [[_text(label), _text(said)] for label, said in block.rows]}
        case Table():
            rows = [[_cell(cell) for cell in row] for row in block.rows]
            return {"t": block.t, "head": list(map(_text, block.head)), "rows": rows}
        case Lines():
            more = more_entries(len(block.lines) - MOST_LINES) if len(block.lines) > MOST_LINES else ""
            lines = [_line(line) for line in block.lines[:MOST_LINES]]
            return {"t": block.t, "folded": _text(block.folded), "lines": lines, "more": more}


def _line(line: Line) -> dict[str, Any]:
    role = f" ({line.role})" if line.role else ""
    marks = [mark for mark, given in ((words.EDITED, line.edited), (words.PROPOSED, line.proposed)) if given]
    return {
        "about": _text(" · ".join((line.shown, f"{line.who}{role}", *marks))),
        "text": _text(line.text),
        "url": _url(line.url),
        "files": [_cell(file) for file in line.files],
    }


def _cell(cell: Cell) -> dict[str, str]:
    if isinstance(cell, Link):
        return {"label": _text(cell.label), "url": _url(cell.url)}
    return {"label": _text(cell), "url": ""}


def _url(url: str) -> str:
    return url if address(url) else ""


def _text(typed: str) -> str:
    """Literal text; a word that is longer than a line may be broken."""
    return LONG_WORD.sub(lambda word: _breakable(word[0]), clean(typed))


def _breakable(word: str) -> str:
    """At every twentieth letter, but never inside a letter of several signs."""
    return re.sub(r"([A-Za-z0-9/._-]{20})(?=[A-Za-z0-9])", rf"\1{ZERO_SPACE}", word)
