"""The timeline as a table of cells, the twin of its chart. Law: every line of the log, in the order of the chart."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from adapters.web.lanes import lanes_of
from adapters.web.shapes import author_of, rfc3339
from adapters.web.tables import csv_answer
from bot.draft_names import roles_of
from bot.key_entries import in_order, story
from bot.ports import Record
from bot.record import naming
from bot.text import with_names
from bot.words import pages as words
from bot.zones import echo


def timeline_csv(record: Record, zone: str) -> Response:
    return csv_answer(words.TIMELINE_HEAD, _rows(record, zone), f"{record.incident.key}-timeline.csv")


def _rows(record: Record, zone: str) -> Iterator[tuple[str, ...]]:
    names, roles = naming(record.people), roles_of(record.incident, record.people)
    log = [entry for entry in in_order(record.entries) if not entry.retracted]
    _, proposed = story(tuple(log))
    lanes = lanes_of(log, record.incident, record.people, names)
    for entry, place in zip(log, lanes.places, strict=True):
        yield (
            rfc3339(entry.occurred),
            echo(entry.occurred, zone),
            entry.kind.value,
            lanes.lanes[place].name,
            author_of(entry, names),
            roles.get(entry.author, ""),
            "" if entry.deleted else with_names(entry.text, names),
            entry.permalink,
            words.standing(entry.is_key, entry.id in proposed, entry.deleted),
        )
