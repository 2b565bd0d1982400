"""An incident as one JSON document that can be read back: everything that its record holds, and nothing of where.

Law: written, read and written again it is equal. No account and no organisation stands in it: people are ids with
names, in texts too, so that it means the same wherever it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from bot.errors import Refused
from bot.ids import stable_id
from bot.model import SEVERITIES, Account, ActionItem, Entry, Incident, Person, Postmortem
from bot.ports import Record
from bot.text import MENTION_CLOSE, MENTION_OPEN, Called, Value
from bot.words import export as words

SCHEMA = 1
LARGEST = 64 * 1024 * 1024
"""Bytes that are read at all."""
MOST_ENTRIES, MOST_ITEMS, MOST_PEOPLE = 200_000, 2_000, 20_000
HERE = "here"
"""What stands where a value names its organisation."""
MENTION = re.compile(f"{MENTION_OPEN}([^{MENTION_CLOSE}]{{1,200}}){MENTION_CLOSE}")
_ID = re.compile(r"[A-Za-z0-9_:.\-]{1,100}")
_KEY = re.compile(r"INC-(?:[1-9][0-9]{0,8}|[A-Z]{5})")
_ITEM = re.compile(r"ACT-(?:[1-9][0-9]{0,8}|[A-Z]{5})")
HOUSE = frozenset({"api", "cli", "clock"})
"""Platforms of our own: their accounts carry a person's id."""
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
MOST_NUMBER, MOST_STAMP, MOST_TEXT = 10**6, 2**62, 100_000
UNFINISHED: dict[str, Any] = {"dismissed_hints": [], "suggestions": []}
"""The writers' own affair: no part of what is handed on."""
UNLINKED: dict[str, Any] = {"last_change": None, "ticket": None}
"""A ticket belongs to one item: the one that is here."""
Who = Callable[[str], str]


class ArchivedPerson(Value):
    id: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[Called, Field(max_length=300)]
    email: Annotated[str, Field(max_length=320)] = ""
    kind: Literal["human", "guest", "bot", "integration", "gone"] = "human"


class Archive(Value):
    """Version 1. A reader of another version refuses it."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    incident: Incident
    postmortem: Postmortem | None = None
    items: Annotated[tuple[ActionItem, ...], Field(max_length=MOST_ITEMS)] = ()
    entries: Annotated[tuple[Entry, ...], Field(max_length=MOST_ENTRIES)] = ()
    people: Annotated[tuple[ArchivedPerson, ...], Field(max_length=MOST_PEOPLE)] = ()


# -- writing


def archive(record: Record, *, addresses: bool = False) -> bytes:
    """`addresses`: e-mail addresses too, by which people are known again where the document is read."""
    whole = BytesIO()
    for piece in _pieces(record, addresses):
        whole.write(piece.encode())
    return whole.getvalue()


def _pieces(record: Record, addresses: bool) -> Iterator[str]:
    """One after the other: the values of a long log all at once would need several times the memory of its text."""
    who, of = _ids(record.people), record.postmortem
    told = {
        "schema": SCHEMA,
        "incident": _incident(record.incident, who),
        "postmortem": _neutral(of, who) | UNFINISHED if of else None,
        "items": [_neutral(one, who) | UNLINKED for one in _in_order(record.items)],
    }
    spoken = spoken_of(told)
    yield "{\n"
    yield from (f" {_json(name)}: {_json(value, 1)},\n" for name, value in told.items())
    yield ' "entries": ['
    for number, entry in enumerate(_in_order(record.entries)):
        line = _entry(entry, who)
        spoken |= spoken_of(line)
        yield f"{',' if number else ''}\n  {_json(line, 2)}"
    yield "\n ],\n" if record.entries else "],\n"
    people = [one for id_, one in sorted(record.people.items()) if id_ in spoken and one.kind != "integration"]
    yield f' "people": {_json([_person(one, addresses) for one in people], 1)}\n}}\n'


def _incident(incident: Incident, who: Who) -> Any:
    """What can be taken back, and who was in the chat, is no part of the record."""
    told = _neutral(incident, who) | {"changes": []}
    return {name: value for name, value in told.items() if name != "present"}


def _json(value: Any, deep: int = 0) -> str:
    return json.dumps(_sorted(value), ensure_ascii=False, indent=1).replace("\n", "\n" + " " * deep)


def spoken_of(told: Any) -> set[str]:
    """Every text and name of a field in it that could be a person's id, and whoever is mentioned in a text."""
    found: set[str] = set()
    for text in _strings(told):
        found.update(MENTION.findall(text) if MENTION_OPEN in text else (text,) if len(text) <= 100 else ())
    return found


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, one in value.items():
                yield name
                yield from _strings(one)
        case list():
            for one in value:
                yield from _strings(one)


def _in_order(values: Any) -> Any:
    return sorted(values, key=lambda one: one.id)


def _sorted(value: Any) -> Any:
    """Sets have no order of their own, and lists of the model keep theirs."""
    if isinstance(value, dict):
        return {name: sorted(one) if name == "responders" else _sorted(one) for name, one in value.items()}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def _person(person: Person, addresses: bool) -> dict[str, str]:
    told = {"id": person.id, "name": person.name, "kind": person.kind}
    return told | ({"email": person.email} if addresses and person.email else {})


def _ids(people: dict[str, Person]) -> Who:
    known = {account.key: person.id for person in people.values() for account in person.accounts}

    def who(key: str) -> str:
        """The person of an account; whoever is not known stays nobody in particular, but always the same."""
        if key.count(":") < 2 or key in known:
            return known.get(key, key)
        account = Account.of(key)
        return account.user if account.platform in HOUSE else f"x_{stable_id('somebody', key)}"

    return who


def _neutral(value: BaseModel, who: Who) -> dict[str, Any]:
    told: dict[str, Any] = mapped(
        value.model_dump(mode="json"), lambda text: MENTION.sub(lambda found: _mention(who(found[1])), text)
    )
    return told | {"organisation": HERE} if "organisation" in told else told


def _mention(id_: str) -> str:
    return f"{MENTION_OPEN}{id_}{MENTION_CLOSE}"


def named(value: Any, change: Callable[[str, str], str], field: str = "") -> Any:
    """With every text changed, by the name of the field in which it stands."""
    match value:
        case str():
            return change(field, value)
        case dict():
            return {name: named(one, change, name) for name, one in value.items()}
        case list():
            return [named(one, change, field) for one in value]
    return value


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """With every text that mentions somebody changed."""
    return named(value, lambda _field, text: change(text) if MENTION_OPEN in text else text)


def _entry(entry: Entry, who: Who) -> dict[str, Any]:
    told: dict[str, Any] = _neutral(entry, who)
    marks = by_person(entry.marks, who)
    reactions = {emoji: by_person(stamps, who) for emoji, stamps in sorted(entry.reactions.items())}
    return told | {"author": who(entry.author) if entry.author else "", "marks": marks, "reactions": reactions}


def by_person(stamps: dict[str, int], who: Who) -> dict[str, int]:
    """Of somebody with several accounts the latest counts."""
    latest: dict[str, int] = {}
    for key, stamp in sorted(stamps.items()):
        id_ = who(key)
        if id_ not in latest or abs(stamp) > abs(latest[id_]):
            latest[id_] = stamp
    return dict(sorted(latest.items()))


# -- reading


def read_archive(told: bytes) -> Archive:
    """Raises `Refused` naming the first thing that is wrong."""
    if len(told) > LARGEST:
        raise Refused(words.too_large(LARGEST // (1024 * 1024)))
    try:
        value = json.loads(told.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(words.NOT_JSON) from None
    if not isinstance(value, dict) or "schema" not in value:
        raise Refused(words.NOT_OURS)
    if value["schema"] != SCHEMA or isinstance(value["schema"], bool):
        raise Refused(words.other_schema(str(value["schema"])[:20], SCHEMA))
    try:
        read = Archive.model_validate_json(told)
    except (ValidationError, RecursionError) as wrong:
        raise Refused(_first(wrong)) from None
    if problem := _out_of_range(value) or _strange(read):
        raise Refused(problem)
    return read


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _first(wrong: Exception) -> str:
    if not isinstance(wrong, ValidationError):
        return words.NOT_JSON
    error = wrong.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part)[:40] for part in error["loc"])
    return words.wrong_field(where, error["msg"][:200])


def _out_of_range(value: Any) -> str:
    """Texts and numbers that no database of ours could hold."""
    match value:
        case str():
            return words.BAD_TEXT if "\x00" in value or len(value) > MOST_TEXT else ""
        case dict():
            parts = (*value, *value.values())
            return next((problem for part in parts if (problem := _out_of_range(part))), "")
        case list():
            return next((problem for part in value if (problem := _out_of_range(part))), "")
        case int():
            return words.BAD_NUMBER if abs(value) >= MOST_STAMP else ""
    return ""


def _moments(value: Any) -> Iterator[datetime]:
    match value:
        case datetime():
            yield value
        case BaseModel():
            for one in value.__dict__.values():
                yield from _moments(one)
        case dict():
            for one in value.values():
                yield from _moments(one)
        case tuple():
            for one in value:
                yield from _moments(one)


def _strange(read: Archive) -> str:
    """What no field shows by itself: whether everything belongs together, and each id is there once."""
    about, of = read.incident, read.postmortem
    parts = (*read.items, *read.entries, *((of,) if of else ()))
    ids = [about.id, *(one.id for one in parts)]
    people, keys = [one.id for one in read.people], [one.key for one in read.items]
    refs = [one.ref for one in read.entries if one.ref]
    if any(one.incident != about.id for one in parts) or any(one.incident_key != about.key for one in read.items):
        return words.STRANGE_PART
    if any(len(set(some)) != len(some) for some in (ids, people, keys, refs)):
        return words.TWICE
    wrong = [one for one in (*ids, *people) if not _ID.fullmatch(one)]
    wrong += [one for one in keys if not _ITEM.fullmatch(one)] + ([] if _KEY.fullmatch(about.key) else [about.key])
    if wrong:
        return words.bad_id(wrong[0][:40])
    if any(at.tzinfo is None or not FIRST <= at < LAST for at in _moments(read)):
        return words.BAD_TIME
    numbers = [about.resolutions, *(one.snoozes for one in read.items), *(one.edits for one in read.entries)]
    numbers += [one.heard for one in read.items]
    numbers += [of.version] if of else []
    severities = {about.severity, *(one.severity for one in read.items)}
    if not severities <= set(SEVERITIES) or any(not 0 <= number < MOST_NUMBER for number in numbers):
        return words.BAD_NUMBER
    return ""
