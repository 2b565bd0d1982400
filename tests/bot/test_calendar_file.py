"""The calendar file, read back by a strict reader: lines, folds and escapes of RFC 5545, whatever was typed."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar_file import Attendee, Meeting, calendar_file, escaped

AT = datetime(2026, 11, 27, 13, 0, tzinfo=UTC)
NAME = re.compile(r"[A-Z][A-Z-]*")
PARAMETER = re.compile(r';([A-Z-]+)=("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)')
BREAKS = "\r\n\x0b\x0c\x85\u2028\u2029"
HOSTILE = (
    "a;b,c\\d\nEND:VEVENT\r\nATTENDEE:mailto:x@y.example", "BEGIN:VALARM", "\u202eevil", '"; X-A="', "\x00\x07\x1b[2J",
    "🙂" * 60, "\ud800", "=cmd()", "<script>", "\\n\\;", "a\u2028b\u0085c",
)  # fmt: skip


def meeting(**fields: Any) -> Meeting:
    told = {
        "uid": "pm-1@debrief",
        "changed_at": AT,
        "starts": AT,
        "ends": AT + timedelta(minutes=45),
        "title": "Review",
    }
    return Meeting.model_validate({**told, **fields})


def read(file: str) -> dict[str, tuple[dict[str, str], str]]:
    """The properties of the one event, by name. Fails on everything that the grammar does not allow."""
    assert file.endswith("\r\n")
    raw = file[:-2].split("\r\n")
    assert not [line for line in raw if len(line.encode()) > 75 or set(line) & set(BREAKS) or not line]
    lines: list[str] = []
    for line in raw:
        if line.startswith((" ", "\t")):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    assert [line for line in lines if line.startswith(("BEGIN:", "END:"))] == [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    found: dict[str, tuple[dict[str, str], str]] = {}
    for line in lines:
        name, parameters, value = content_line(line)
        found[name] = (parameters, value)
    return found


def content_line(line: str) -> tuple[str, dict[str, str], str]:
    name = NAME.match(line)
    assert name, line
    at, parameters = name.end(), {}
    while one := PARAMETER.match(line, at):
        parameters[one[1]] = one[2].strip('"')
        at = one.end()
    assert line[at] == ":", line
    return name[0], parameters, line[at + 1 :]


def text(value: str) -> str:
    assert not re.sub(r"\\[\\;,nN]", "", value).count("\\"), value
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


def test_a_meeting_stands_in_utc_with_its_id_and_number() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=-8)))
    found = read(calendar_file(meeting(starts=elsewhere, sequence=2)))
    values = {name: found[name][1] for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "DTSTAMP", "METHOD", "CLASS")}
    assert values == {
        "UID": "pm-1@debrief", "SEQUENCE": "2", "DTSTART": "20261127T130000Z", "DTEND": "20261127T134500Z",
        "DTSTAMP": "20261127T130000Z", "METHOD": "PUBLISH", "CLASS": "PUBLIC",
    }  # fmt: skip
    assert read(calendar_file(meeting(private=True)))["CLASS"][1] == "PRIVATE"


def test_it_is_an_invitation_only_where_the_organiser_and_a_guest_have_addresses() -> None:
    tom, ines = Attendee(name='Tom "T" B', email="tom@acme.example"), Attendee(name="Ines", email="ines@acme.example")
    found = read(calendar_file(meeting(organiser=tom, attendees=(ines,))))
    assert found["METHOD"][1] == "REQUEST"
    assert found["ORGANIZER"] == ({"CN": "Tom 'T' B"}, "mailto:tom@acme.example")
    assert found["ATTENDEE"][1] == "mailto:ines@acme.example"
    for organiser, guests in ((None, (ines,)), (tom, ()), (tom.model_copy(update={"email": "a\r\nX:y@z"}), (ines,))):
        lone = read(calendar_file(meeting(organiser=organiser, attendees=guests)))
        assert lone["METHOD"][1] == "PUBLISH"
        assert "ATTENDEE" not in lone


@pytest.mark.parametrize("url", ["https://a.example/x\r\nX-A:1", "https://a.example/ x", "https://a.example/ü"])
def test_an_address_that_is_none_is_left_out(url: str) -> None:
    assert "URL" not in read(calendar_file(meeting(url=url)))


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_text_stays_text(typed: str) -> None:
    tom = Attendee(name=typed, email="tom@acme.example")
    found = read(calendar_file(meeting(title=typed, description=typed, uid=typed, organiser=tom, attendees=(tom,))))
    assert "ATTENDEE:mailto:x" not in found["ATTENDEE"][1]
    assert text(found["SUMMARY"][1]) == text(found["DESCRIPTION"][1])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text(found["SUMMARY"][1]))


@given(typed=st.text(max_size=400))
def test_every_text_is_read_back_as_it_was_typed_or_without_what_cannot_be_seen(typed: str) -> None:
    found = read(calendar_file(meeting(title=typed, description=typed)))
    plain = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ue000\ue001]", "",
                   typed.replace("\r\n", "\n").replace("\r", "\n"))  # fmt: skip
    assert text(escaped(typed)) == re.sub("[\u2028\u2029]", "\n", plain)
    if plain:
        assert text(found["DESCRIPTION"][1]) == text(escaped(typed))


@given(typed=st.text(st.sampled_from("aé漢🙂;,\\\n"), min_size=60, max_size=300))
def test_folds_never_cut_a_character(typed: str) -> None:
    file = calendar_file(meeting(title=typed))
    assert all(len(line.encode()) <= 75 for line in file.split("\r\n"))
    assert text(read(file)["SUMMARY"][1]) == typed.replace("\r", "\n")
