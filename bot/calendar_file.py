"""A meeting as a calendar file (RFC 5545). Law: lines of at most 75 octets, ended by CR LF, in UTC; what people typed
is text and nothing else, whatever stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.text import Value

MOST_OCTETS = 75
MOST_TEXT = 8000
"""Characters of one text: calendars refuse what is much longer."""
PRODUCT = "-//Debrief//Postmortem review//EN"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ue000\ue001\ud800-\udfff]"
)
"""Controls, also those that turn the direction of what follows."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")


class Attendee(Value):
    name: str
    email: str


class Meeting(Value):
    uid: str
    """The same for every file about this meeting."""
    sequence: int = 0
    """Rises each time that it is moved."""
    changed_at: datetime
    starts: datetime
    ends: datetime
    title: str
    description: str = ""
    url: str = ""
    private: bool = False
    organiser: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()


def calendar_file(meeting: Meeting) -> str:
    """An invitation where the organiser has an address to answer to; else something to be put into a calendar."""
    return "".join(_folded(line) for line in _lines(meeting))


def _lines(meeting: Meeting) -> Iterator[str]:
    organiser = meeting.organiser if meeting.organiser and _known(meeting.organiser) else None
    guests = [one for one in meeting.attendees if _known(one)] if organiser else []
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODUCT}"
    yield "CALSCALE:GREGORIAN"
    yield f"METHOD:{'REQUEST' if organiser and guests else 'PUBLISH'}"
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(meeting.uid)}"
    yield f"SEQUENCE:{meeting.sequence}"
    yield f"DTSTAMP:{_utc(meeting.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(meeting.changed_at)}"
    yield f"DTSTART:{_utc(meeting.starts)}"
    yield f"DTEND:{_utc(meeting.ends)}"
    yield f"SUMMARY:{escaped(meeting.title[:300])}"
    if meeting.description:
        yield f"DESCRIPTION:{escaped(meeting.description)}"
    if meeting.url and meeting.url.isascii() and meeting.url.isprintable() and " " not in meeting.url:
        yield f"URL:{meeting.url}"
    yield f"CLASS:{'PRIVATE' if meeting.private else 'PUBLIC'}"
    if organiser:
        yield f"ORGANIZER;CN={_quoted(organiser.name)}:mailto:{organiser.email}"
        yield from _attending(guests)
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _attending(guests: Iterable[Attendee]) -> Iterator[str]:
    for one in guests:
        name = f"CN={_quoted(one.name)}"
        yield f"ATTENDEE;{name};ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{one.email}"


def _known(one: Attendee) -> bool:
    return _ADDRESS.fullmatch(one.email) is not None


def escaped(text: str) -> str:
    """A text as the value of a property: what could end it, or mean something in it, is escaped or left out."""
    lines = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")[:MOST_TEXT])
    plain = lines.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\n", "\\n").replace("\u2028", "\\n").replace("\u2029", "\\n")


def _quoted(name: str) -> str:
    """A name as the value of a parameter, in which no quotation mark can stand."""
    plain = " ".join(_UNSEEN.sub("", name).replace('"', "'").split())
    return f'"{plain[:100]}"'


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> str:
    """Cut between characters; each further piece begins with a space, which counts."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > MOST_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return "\r\n".join([*pieces, piece]) + "\r\n"
