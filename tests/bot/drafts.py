"""Incidents with something to tell, for tests of drafts and of the Markdown they become."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bot.draft import Draft, draft, names_of, roles_of
from bot.model import ActionItem, Entry, EntryKind, Factor, Incident, MessageRef, Moment, Postmortem, Times
from bot.sayings import Saying, SectionText
from tests.bot.worlds import NOW, PEOPLE, incident

TOMS, MAYAS, INES_ = "slack:T1:UTOM", "slack:T1:UMAYA", "slack:T1:UINES"
BEGAN = NOW - timedelta(minutes=50)
ALL_TIMES = Times(
    began=Moment(at=BEGAN, source="error graph"),
    detected=Moment(at=BEGAN + timedelta(minutes=5), source="alert"),
    declared=Moment(at=BEGAN + timedelta(minutes=8), source="Tom"),
    mitigated=Moment(at=BEGAN + timedelta(minutes=30), source="Maya"),
    resolved=Moment(at=BEGAN + timedelta(minutes=45), source="Maya"),
)


def message(n: int, text: str = "", **fields: Any) -> Entry:
    """The n-th thing that was said, n minutes after the impact began."""
    at = BEGAN + timedelta(minutes=n)
    told = {
        "id": f"e{n}",
        "incident": "inc",
        "kind": EntryKind.MESSAGE,
        "text": text or f"message {n}",
        "author": TOMS,
        "occurred": at,
        "recorded": at,
        "ref": MessageRef(platform="slack", tenant="T1", channel="C1", ts=f"{1795438000 + 60 * n}.000100"),
        "permalink": f"https://acme.slack.com/archives/C1/p{n}",
        "text_stamp": 1,
    }
    return Entry.model_validate({**told, **fields})


def change(n: int, kind: EntryKind, text: str, **fields: Any) -> Entry:
    return message(n, text, kind=kind, ref=None, permalink="", noted=True, **fields)


def pinned(n: int, text: str, **fields: Any) -> Entry:
    return message(n, text, marks={MAYAS: 1}, **fields)


def reacted(n: int, text: str, emoji: str, who: tuple[str, ...] = (MAYAS,), **fields: Any) -> Entry:
    return message(n, text, reactions={emoji: dict.fromkeys(who, 1)}, **fields)


def postmortem(**fields: Any) -> Postmortem:
    told = {
        "id": "pm",
        "organisation": "org",
        "incident": "inc",
        "owner": "maya",
        "opened_at": NOW,
        "due": date(2026, 11, 30),
    }
    return Postmortem.model_validate({**told, **fields})


def factor(n: int, text: str, kind: str = "configuration") -> Factor:
    return Factor(id=f"f{n}", kind=kind, text=text, by="tom")


def saying(text: str, n: int = 1, **fields: Any) -> Saying:
    return Saying.model_validate({"text": text, "by": "tom", "at": NOW, "entry": f"s{n}", **fields})


def written(text: str) -> SectionText:
    return SectionText(text=text, by="maya", at=NOW)


def item(n: int, text: str = "Alert on pool saturation", **fields: Any) -> ActionItem:
    told = {
        "id": f"a{n}",
        "organisation": "org",
        "key": f"ACT-{n}",
        "incident": "inc",
        "incident_key": "INC-42",
        "incident_title": "Checkout errors",
        "severity": 2,
        "text": text,
        "owner": "ines",
        "due": date(2026, 12, 1),
        "created_by": "tom",
        "created_at": NOW + timedelta(minutes=n),
    }
    return ActionItem.model_validate({**told, **fields})


def told_incident(**fields: Any) -> Incident:
    told = {
        "times": ALL_TIMES,
        "severity": 2,
        "impact": "12 % of payments failed",
        "summary": "The pool was exhausted",
        "roles": {"lead": "tom"},
        "responders": frozenset({"tom", "maya", "ines"}),
    }
    return incident(**{**told, **fields})


def drafted(
    log: tuple[Entry, ...] = (),
    items: tuple[ActionItem, ...] = (),
    about: Incident | None = None,
    of: Postmortem | None = None,
    people: tuple[Any, ...] = PEOPLE,
    **more: Any,
) -> Draft:
    about = about or told_incident()
    known = {person.id: person for person in people}
    roles = roles_of(about, known)
    zone = more.pop("zone", "Europe/Berlin")
    return draft(about, items, of or postmortem(), log, names_of(known), zone, roles=roles, **more)
