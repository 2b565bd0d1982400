"""Parts of a draft as JSON values, for programs: each computed line with the entries it rests on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.draft_blocks import Block, Draft, DraftSection, Facts, Lines, Paragraph, Points, Source, Table, label, plain
from bot.draft_changes import changes, sections_of
from bot.draft_names import Names, published
from bot.model import Entry, Postmortem
from bot.sayings import Saying
from bot.suggestions import standing
from bot.text import with_names
from bot.words import suggestions as words


def section_json(section: DraftSection) -> dict[str, Any]:
    """`lines` are those of the body that rest on entries; of timeline and log, `evidence` is one for each line."""
    return {
        "name": section.name,
        "heading": section.heading,
        "edited": section.edited,
        "evidence": list(section.evidence),
        "text": plain(section.body),
        "lines": [line for block in section.body for line in _lines_json(block)],
    }


def _lines_json(block: Block) -> list[dict[str, Any]]:
    match block:
        case Paragraph():
            told = [(block.text, block.source)]
        case Points():
            told = list(zip(block.points, block.sources, strict=False))
        case Facts():
            told = [(f"{name}: {text}", one) for (name, text), one in zip(block.rows, block.sources, strict=False)]
        case Table():
            rows = (" · ".join(map(label, row)) for row in block.rows)
            told = list(zip(rows, block.sources, strict=False))
        case Lines():
            told = []
    return [_line_json(text, one) for text, one in told if one.ids]


def _line_json(text: str, source: Source) -> dict[str, Any]:
    return {"text": text, "evidence": list(source.ids), "links": list(source.urls)}


def saying_json(said: Saying, names: Names) -> dict[str, Any]:
    return {
        "text": with_names(said.text, names),
        "by": names(said.by),
        "at": said.at.isoformat(),
        "evidence": [said.entry],
    }


def version_json(postmortem: Postmortem, made: Draft) -> dict[str, Any] | None:
    """What changed since the published copy, which names roles; None where there is none to compare with."""
    if not postmortem.published_sections:
        return None
    found = changes(postmortem.published_sections, sections_of(published(made)))
    return {"since": postmortem.published_version, "sections": [one.model_dump(mode="json") for one in found]}


def suggestions_json(
    postmortem: Postmortem, log: tuple[Entry, ...], when: Callable[[datetime], str] = datetime.isoformat
) -> list[dict[str, Any]]:
    """Each with its mark; each sentence with when that was said on which it rests, and where it stands in chat."""
    said = {one.id: {"id": one.id, "at": when(one.occurred), "link": one.permalink} for one in log}
    return [
        {
            "id": one.id,
            "section": one.section,
            "about": words.ABOUT[one.section],
            "mark": words.MARK,
            "sentences": [
                {"text": each.text, "rests_on": [said[id_] for id_ in each.entries]} for each in one.sentences
            ],
        }
        for one in standing(postmortem, log)
    ]
