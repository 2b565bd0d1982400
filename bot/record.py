"""A postmortem as it is read: as a draft to be shown, as Markdown, and as JSON, all from one record.

Law: Markdown and JSON are written in the organisation's zone, so that every reader gets the same bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from bot.draft import draft, postmortem_json, published, roles_of
from bot.draft_blocks import Draft
from bot.draft_names import Names, names_of
from bot.errors import NotFound, Retry, Unavailable
from bot.markdown import to_markdown
from bot.model import Account, ActionItem, Person, Postmortem, PostmortemStatus
from bot.ports import Record, Reports
from bot.words import web as words
from bot.zones import valid_zone

Found = TypeVar("Found")
INTEGRATION = "integration:"
"""How the id of what a token without a person acts as begins; its name follows."""


def naming(people: Mapping[str, Person]) -> Names:
    """Names by person id or account key, those of integrations too."""
    known = names_of(people)

    def name(key: str) -> str:
        user = Account.of(key).user if key.count(":") >= 2 else key
        return user.removeprefix(INTEGRATION) if user.startswith(INTEGRATION) else known(key)

    return name


def house_zone(record: Record) -> str:
    zone = record.organisation.policies.zone
    return zone if valid_zone(zone) else "UTC"


def postmortem_of(record: Record) -> Postmortem:
    """Raises `NotFound` where no postmortem was opened yet."""
    if record.postmortem is None:
        raise NotFound(words.no_postmortem(record.incident.key))
    return record.postmortem


def whole_draft(record: Record, zone: str) -> Draft:
    """With everybody by name. Raises `NotFound` where no postmortem was opened yet."""
    return draft(zone=zone, **_facts(record))


def draft_of(record: Record, zone: str) -> Draft:
    """As it may be read. Raises `NotFound` where no postmortem was opened yet."""
    return as_read(whole_draft(record, zone))


def as_read(made: Draft) -> Draft:
    """A published one names roles."""
    return published(made) if made.status == PostmortemStatus.PUBLISHED.value else made


def markdown_of(record: Record) -> str:
    """A published version as it was published."""
    if record.postmortem is not None and record.postmortem.published_markdown:
        return record.postmortem.published_markdown
    return to_markdown(draft_of(record, house_zone(record)))


def json_of(record: Record) -> dict[str, Any]:
    return postmortem_json(zone=house_zone(record), **_facts(record))


def _facts(record: Record) -> dict[str, Any]:
    return {
        "postmortem": postmortem_of(record),
        "incident": record.incident,
        "items": record.items,
        "log": record.entries,
        "names": naming(record.people),
        "reflections": record.organisation.policies.reflections,
        "roles": roles_of(record.incident, record.people),
    }


async def fetched(reports: Reports, organisation: str, key: str) -> Record | None:
    """As Debrief itself sees it, for a delivery that is about it. Raises `Retry`."""
    return await _asked(reports.record, _debrief(organisation), key)


async def fetched_item(reports: Reports, organisation: str, key: str) -> ActionItem | None:
    """Like `fetched`, for what needs an action item alone."""
    return await _asked(reports.item, _debrief(organisation), key)


def _debrief(organisation: str) -> Person:
    return Person(id="p_debrief", organisation=organisation, name="Debrief", kind="integration")


async def _asked(ask: Callable[[Person, str], Found | None], who: Person, key: str) -> Found | None:
    try:
        return await asyncio.to_thread(ask, who, key)
    except Unavailable:
        raise Retry(timedelta(seconds=30), "the database does not answer") from None
