"""A postmortem as Markdown with front matter, as GitHub reads both.

Law: every text in the front matter is a JSON string, which is YAML too; what people typed is data there, never YAML.
"""

from __future__ import annotations

import json
import re
from typing import Any

from bot.draft_blocks import Draft
from bot.draft_names import published, renaming
from bot.markdown import clean, to_markdown
from bot.model import FIVE_TIMES, PostmortemStatus
from bot.ports import Record
from bot.record import house_zone, naming, postmortem_of, whole_draft
from bot.text import with_names

_FRONT = re.compile(r"\A---\n(?:.*\n)*?---\n")
Fields = dict[str, Any]


def markdown(record: Record) -> bytes:
    """What is published stands as it was published; the front matter says what is known of it now."""
    postmortem, made = postmortem_of(record), whole_draft(record, house_zone(record))
    public = postmortem.status is PostmortemStatus.PUBLISHED
    body = postmortem.published_markdown if public else ""
    body = body or to_markdown(made, published=public)
    return (front_matter(record, made, public=public) + _FRONT.sub("", body, count=1)).encode()


def front_matter(record: Record, made: Draft, *, public: bool) -> str:
    rename = renaming(made.cast) if public else str
    made = published(made) if public else made
    names = naming(record.people)

    def said(text: str) -> str:
        return " ".join(clean(rename(with_names(text, names))).split())

    scalars = _scalars(record, made)
    lines = [f"{name}: {_json(said(value) if isinstance(value, str) else value)}" for name, value in scalars.items()]
    times = {name: getattr(record.incident.times, name) for name in FIVE_TIMES}
    told = {name: at.at.isoformat(timespec="minutes") if at else None for name, at in times.items()}
    lines += ["times:", *(f"  {name}: {_json(at)}" for name, at in told.items())]
    lines += _listed("factors", [{"kind": one.kind, "text": said(one.text)} for one in postmortem_of(record).factors])
    lines += _listed("items", _items(record, said))
    return "\n".join(("---", *lines, "---", ""))


def _scalars(record: Record, made: Draft) -> Fields:
    published_at = postmortem_of(record).published_at
    return {
        "key": made.key,
        "title": made.title,
        "severity": made.severity,
        "status": made.status,
        "incident_status": record.incident.status.value,
        "owner": made.owner,
        "due": made.due.isoformat(),
        "published": published_at.isoformat() if published_at else None,
        "version": made.version,
        "private": made.private,
        "drill": made.drill,
    }


def _items(record: Record, said: Any) -> list[Fields]:
    names = naming(record.people)
    return [
        {
            "key": item.key,
            "text": said(item.text),
            "owner": said(names(item.owner)) if item.owner else None,
            "due": item.due.isoformat(),
            "kind": item.kind or None,
            "status": item.status.value,
        }
        for item in sorted(record.items, key=lambda item: (item.created_at, item.key))
    ]


def _listed(name: str, rows: list[Fields]) -> list[str]:
    return [f"{name}:", *(f"  - {_json(row)}" for row in rows)] if rows else [f"{name}: []"]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
