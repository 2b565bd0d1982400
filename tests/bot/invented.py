"""Incidents that a seed invents, each the same whenever and wherever it is invented."""

from __future__ import annotations

import hashlib
import json
import locale
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from adapters.export.formats import FORMATS
from adapters.web.drafts import incident_markdown, json_of, markdown_of
from bot.calendar_file import calendar_file
from bot.errors import Refused
from bot.model import (
    FACTOR_KINDS,
    ActionItem,
    Entry,
    EntryKind,
    Factor,
    FileLink,
    Incident,
    ItemStatus,
    MessageRef,
    Moment,
    Organisation,
    Person,
    Policies,
    Postmortem,
    PostmortemStatus,
    Status,
    Times,
)
from bot.ports import Record
from bot.record import house_zone, naming
from bot.review import Comment, Ownership, Review, SignOff
from bot.review_meeting import meeting
from bot.sayings import Saying, SectionText
from bot.text import mention_token
from bot.words.draft import EDITABLE
from storage.keys import person_id, stub
from tests.hostile import CORPUS

HOW_MANY = 50
SET = (0, 7, 23)
"""Those that are set as PDF too, which takes longer than all else."""
OUTSIDE = ("external_what", "external_impact", "external_changes")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
USERS = ("UMAYA", "UTOM", "UINES", "UROBO")
WORDS = (
    "the pool is full", "rolled back", "We decided to wait", "Decision: no second region", "why two pools?",
    "see https://grafana.acme.example/d/abc", "<b>not bold</b> | cell", "naïve café 🦆", "# heading", "",
    "half of the payments fail", "on it", "customers call", "- a point", "[x](javascript:alert(1))",
    "الخادم لا يستجيب", "מסד הנתונים מלא 42%", "支払いが失敗しています", "연결 풀이 가득 찼습니다", "Über 12 % ß ı İ",
    "two\nlines\n\n- and a point",
)  # fmt: skip
ODD = tuple(text for text in CORPUS if text.isprintable() and text.strip())
"""Hostile, and as it is kept: neither cut nor cleaned by any database."""
FILES = ("https://files.example/1", "javascript:alert(1)", "")
EMOJI = ("tada", "sweat", "four_leaf_clover", "question", "eyes")
FOR_READERS = (
    "For an hour no order could be placed.",
    "- Orders were late\n- Nothing was lost",
    "see https://acme.example",
)
SAID = (EntryKind.MESSAGE,) * 6 + (EntryKind.NOTE, EntryKind.ALERT, EntryKind.SEVERITY, EntryKind.IMPACT)


def organisation(id_: str = "org") -> Organisation:
    return Organisation(id=id_, name="Acme T1", policies=Policies(zone="Europe/Berlin"))


def people(organisation: str) -> dict[str, Person]:
    stubs = (stub(organisation, account(user)) for user in USERS)
    return {one.id: one for one in stubs}


def account(user: str) -> str:
    return f"slack:T1:{user}"


def invented(number: int, house: Organisation) -> Record:
    chance = random.Random(number)  # nothing here is a secret
    log = tuple(_entries(chance, number))
    about = _incident(chance, number, house.id)
    items = tuple(_items(chance, about))
    return Record(
        organisation=house, incident=about, entries=log, items=items, people=people(house.id), now=START,
        postmortem=_postmortem(chance, number, about),
    )  # fmt: skip


def _text(chance: random.Random) -> str:
    mention = mention_token(account(chance.choice(USERS))) if chance.random() < 0.2 else ""
    words = chance.choice(ODD) if chance.random() < 0.25 else chance.choice(WORDS)
    return f"{words} {mention}".strip()


def _who(chance: random.Random) -> str:
    return person_id(account(chance.choice(USERS)))


def _incident(chance: random.Random, number: int, organisation: str) -> Incident:
    at = sorted(START + timedelta(minutes=chance.randint(0, 600)) for _ in range(5))
    known = {name: Moment(at=when, source=_text(chance) or "a graph")
             for name, when in zip(("began", "detected", "declared", "mitigated", "resolved"), at, strict=True)
             if name == "declared" or chance.random() < 0.7}  # fmt: skip
    return Incident(
        id=f"inc{number}", organisation=organisation, key=f"INC-{number + 1}", title=_text(chance) or "Something",
        severity=chance.randint(1, 5), status=Status.RESOLVED if "resolved" in known else Status.ACTIVE,
        declared_by=_who(chance), impact=_text(chance), summary=_text(chance), times=Times(**known),
        roles={"lead": _who(chance), "scribe": _who(chance)}, responders=frozenset(map(person_id, map(account, USERS))),
    )  # fmt: skip


def _entries(chance: random.Random, number: int) -> Iterator[Entry]:
    for n in range(chance.randint(0, 60)):
        at, kind = START + timedelta(seconds=chance.randint(0, 40_000)), chance.choice(SAID)
        said = kind is EntryKind.MESSAGE
        deleted = said and chance.random() < 0.1
        ref = MessageRef(platform="slack", tenant="T1", channel=f"C{number}", ts=f"{int(at.timestamp())}.{n:06}")
        yield Entry(
            id=f"e{number}-{n}", incident=f"inc{number}", kind=kind, text="" if deleted else _text(chance),
            author=account(chance.choice(USERS)), occurred=at, recorded=at, ref=ref if said else None,
            permalink=f"https://acme.slack.com/archives/C{number}/p{n}" if said else "", text_stamp=n + 1,
            deleted_stamp=n + 2 if deleted else 0, noted=not said and chance.random() < 0.5,
            marks={account("UMAYA"): 1} if chance.random() < 0.05 else {},
            reactions=_reactions(chance), retracted=chance.random() < 0.05, edits=chance.choice((0, 0, 0, 1, 3)),
            files=() if deleted else _files(chance),
        )  # fmt: skip


def _files(chance: random.Random) -> tuple[FileLink, ...]:
    return (FileLink(name=_text(chance), url=chance.choice(FILES)),) if chance.random() < 0.1 else ()


def _reactions(chance: random.Random) -> dict[str, dict[str, int]]:
    given = chance.sample(EMOJI, chance.choice((0, 0, 0, 1, 2)))
    return {name: dict.fromkeys(sorted(map(account, chance.sample(USERS, 2))), 1) for name in sorted(given)}


def _items(chance: random.Random, about: Incident) -> Iterator[ActionItem]:
    first = 100 * (int(about.id[3:]) + 1)
    for n in range(chance.randint(0, 4)):
        status = chance.choice(tuple(ItemStatus))
        yield ActionItem(
            id=f"{about.id}a{n}", organisation=about.organisation, key=f"ACT-{first + n}", incident=about.id,
            incident_key=about.key, incident_title=about.title, severity=about.severity, text=_text(chance) or "it",
            owner=_who(chance), due=date(2026, 4, 1) + timedelta(days=n), factor=chance.choice(("", "f0")),
            status=status, created_by=_who(chance), created_at=START + timedelta(minutes=n), reason=_text(chance),
        )  # fmt: skip


def _postmortem(chance: random.Random, number: int, about: Incident) -> Postmortem:
    factors = tuple(
        Factor(id=f"f{n}", kind=chance.choice(FACTOR_KINDS), text=_text(chance) or "it", by=_who(chance))
        for n in range(chance.randint(0, 3))
    )
    outside = OUTSIDE if chance.random() < 0.5 else ()
    edited = {
        name: SectionText(text=chance.choice(FOR_READERS) if name in outside else _text(chance) or "mine",
                          by=_who(chance), at=START)
        for name in sorted({*chance.sample(EDITABLE, 2), *outside})
    }  # fmt: skip
    sayings = [
        Saying(text=_text(chance) or "it", by=_who(chance), at=START, entry=f"e{number}-{n}")
        for n in range(chance.randint(0, 5))
    ]
    return Postmortem(
        id=f"pm{number}", organisation=about.organisation, incident=about.id, owner=_who(chance), opened_at=START,
        due=date(2026, 3, 9), factors=factors, edited=edited, trigger=sayings[0] if sayings else None,
        decisions=tuple(sayings[1:3]), questions=tuple(sayings[3:]),
        published_sections={"impact": "less", "gone": "a"} if chance.random() < 0.5 else {},
        ownership=Ownership(told_at=START, asked=(_who(chance), _who(chance))), review=_review(chance),
        comments=tuple(_comments(chance, number)), status=chance.choice(tuple(PostmortemStatus)),
    )  # fmt: skip


def _review(chance: random.Random) -> Review | None:
    if chance.random() < 0.3:
        return None
    some = tuple(sorted({_who(chance), _who(chance)}))
    return Review(
        version=1, asked_by=_who(chance), asked_at=START, reviewers=some, changed_at=START, fair=some[:1],
        signed=(SignOff(by=some[0], at=START),), at=START + timedelta(days=3), moved=chance.randint(0, 2),
    )  # fmt: skip


def _comments(chance: random.Random, number: int) -> Iterator[Comment]:
    for n in range(chance.randint(0, 3)):
        solved = chance.random() < 0.5
        kind, about = chance.choice((("comment", "impact"), ("time", "began"), ("factor", "f0"), ("missing", "")))
        yield Comment.model_validate({
            "id": f"c{number}-{n}", "version": 1, "by": _who(chance), "at": START, "kind": kind, "about": about,
            "text": _text(chance) or "no", "resolved_by": _who(chance) if solved else "",
            "resolved_at": START if solved else None,
        })  # fmt: skip


def bytes_of(record: Record, *, paper: bool = False) -> bytes:
    """Everything that readers and programs get of it; `paper`: as PDF too."""
    names, zone = naming(record.people), house_zone(record)
    found = meeting(record, names, zone, "https://debrief.example/x")
    told = [markdown_of(record), json.dumps(json_of(record)), incident_markdown(record)]
    told += [calendar_file(found)] if found else []
    return b"\n".join([*(one.encode() for one in told), *files(record, paper=paper)])


def files(record: Record, *, paper: bool) -> Sequence[bytes]:
    """In every format; of what may not be given out, why."""
    return [_written(record, name) for name in FORMATS if paper or name != "pdf"]


def _written(record: Record, name: str) -> bytes:
    try:
        return FORMATS[name](record)
    except Refused as refused:
        return str(refused).encode()


def digests() -> dict[str, str]:
    house = organisation()
    return {
        str(number): hashlib.sha256(bytes_of(invented(number, house), paper=number in SET)).hexdigest()
        for number in range(HOW_MANY)
    }


if __name__ == "__main__":
    with suppress(locale.Error):
        locale.setlocale(locale.LC_ALL, "")
    print(json.dumps(digests()))
