"""The meeting in which a postmortem is reviewed: who comes, and an agenda from what is recorded.

Law: the agenda is a pure function of the record; it names what is open, never who is to blame for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from bot.calendar_file import Attendee, Meeting
from bot.draft_names import Names
from bot.draft_sections import items_for
from bot.key_entries import in_order, reflected
from bot.model import Entry, Incident, Person, Postmortem
from bot.ports import Record
from bot.review import current, open_comments
from bot.text import with_names
from bot.words import draft as draft_words
from bot.words import review as words
from bot.zones import duration

LASTS = timedelta(minutes=45)
MOST, LONGEST = 5, 3
"""Points under one heading, and silences told."""
WORTH_TELLING = timedelta(minutes=10)


def meeting(record: Record, names: Names, zone: str, url: str = "") -> Meeting | None:
    """None: the version has no review with a date and a time."""
    incident, postmortem = record.incident, record.postmortem
    review = current(postmortem) if postmortem else None
    if postmortem is None or review is None or review.at is None:
        return None
    return Meeting(
        uid=f"{postmortem.id}-{review.version}@debrief",
        sequence=review.moved,
        changed_at=review.changed_at,
        starts=review.at,
        ends=review.at + LASTS,
        title=with_names(words.meeting(incident), names),
        description=agenda(record, names, zone, url),
        url=url,
        private=incident.private,
        organiser=_attendee(record.people, review.asked_by),
        attendees=tuple(found for one in review.reviewers if (found := _attendee(record.people, one))),
    )


def _attendee(people: Mapping[str, Person], person: str) -> Attendee | None:
    found = people.get(person)
    return Attendee(name=found.name, email=found.email) if found and found.email else None


def agenda(record: Record, names: Names, zone: str, url: str = "") -> str:
    """Longest silences, what is disputed, open questions, and factors that nothing is done about."""
    postmortem = record.postmortem
    if postmortem is None:
        return ""
    log = in_order(record.entries)
    asked = reflected(log, record.organisation.policies.reflections).get(draft_words.QUESTION, ())
    questions = [*_missing(postmortem), *(entry.text for entry in asked)]
    idle = [f"{one.kind}: {one.text}" for one in postmortem.factors if not items_for(one, record.items)]
    parts = (
        (words.SILENCES, [words.silence(*gap, zone) for gap in silences(record.incident, log)]),
        (words.DISPUTES, list(_disputes(postmortem))),
        (words.QUESTIONS, questions),
        (words.IDLE, idle),
    )
    lines = [f"{words.READ_IT}: {url}", ""] if url else []
    for heading, points in parts:
        lines += [heading, *(f"- {_short(with_names(one, names))}" for one in points[:MOST] or [words.NOTHING])]
        lines += [""]
    return "\n".join(lines).rstrip()


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 200 else f"{plain[:199].rstrip()}…"


def _disputes(postmortem: Postmortem) -> Iterator[str]:
    for one in open_comments(postmortem):
        if one.disputes:
            yield words.disputed(words.about(one, postmortem), one.text)


def _missing(postmortem: Postmortem) -> list[str]:
    return [one.text for one in open_comments(postmortem) if one.kind == "missing"]


def silences(incident: Incident, log: tuple[Entry, ...]) -> list[tuple[datetime, datetime, str]]:
    """The longest stretches of the incident in which nothing was said, in their order."""
    times = incident.times
    first, last = times.began or times.detected or times.declared, times.resolved
    if first is None or last is None:
        return []
    said = sorted({one.occurred for one in log if not one.deleted and first.at < one.occurred < last.at})
    stops = [first.at, *said, last.at]
    gaps = [(end - start, start, end) for start, end in pairwise(stops)]
    longest = sorted((gap for gap in gaps if gap[0] >= WORTH_TELLING), key=lambda gap: (-gap[0], gap[1]))[:LONGEST]
    return [(start, end, duration(length)) for length, start, end in sorted(longest, key=lambda gap: gap[1])]
