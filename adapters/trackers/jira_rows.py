"""What Jira answers, as far as it can be read. Law: what is no issue raises `Retry`, and nothing of it is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapters.reach import LATER
from adapters.trackers.bodies import inner
from adapters.trackers.jira_steps import DROPPED, normal
from bot.errors import Retry
from bot.ticket import TicketState
from bot.words.publishing import strange

KEY = re.compile(r"[A-Z][A-Z0-9_]{0,99}-[1-9][0-9]{0,9}")
Row = dict[str, Any]


def rows(told: Mapping[str, Any], name: str) -> list[Row]:
    """A list of an answer; what the Cloud names for what it is, a server calls its values."""
    found = told.get(name, told.get("values"))
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def listed(told: Mapping[str, Any], name: str) -> list[Row]:
    """The same, where one that is missing says nothing of what is there. Raises `Retry`."""
    if not isinstance(told.get(name), list):
        raise _strange()
    return rows(told, name)


def key_of(row: Row) -> str:
    """Raises `Retry` where it is no issue: a login page, or one that says that Jira is being mended."""
    key = str(row.get("key"))
    if not KEY.fullmatch(key):
        raise _strange()
    return key


def state_of(fields: Row) -> TicketState:
    status = inner(fields, "status")
    category = inner(status, "statusCategory").get("key")
    if not isinstance(category, str):
        raise _strange()
    if category != "done":
        return "open"
    why = {normal(status.get("name")), normal(inner(fields, "resolution").get("name"))}
    return "done" if why.isdisjoint(DROPPED) else "dropped"


def _strange() -> Retry:
    return Retry(LATER, strange("Jira"))
