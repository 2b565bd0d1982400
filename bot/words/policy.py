"""Sentences about an organisation's policy: what is wrong with one, what it would alter, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

FIELDS = {
    "zone": "Time zone",
    "country": "Country, for its holidays",
    "call_link": "Link of the incident call",
    "due_days": "Days until an action item is due",
    "due_days_by_kind": "Days by what the item is for",
    "postmortem_days": "Days until a postmortem is due",
    "digest_weekday": "Day of the weekly digest",
    "digest_time": "Time of the weekly digest",
    "due_soon_days": "Days before the date for one word",
    "update_minutes": "Minutes until the next update is due",
    "escalation_weeks": "Ignored weeks until an escalation",
    "may": "Who may do what",
    "teams": "Teams",
    "services": "Services",
}


def wrong(kind: str, told: Mapping[str, Any], name: str) -> str:
    """A sentence for what a value of the wrong form is; `kind` is pydantic's name of the error."""
    known = {
        "missing": "this is missing",
        "extra_forbidden": f"there is no setting called {name}",
        "int_type": "use a whole number, without quotation marks",
        "string_type": "use a text in quotation marks",
        "dict_type": "use a table, for example sev1 = 15",
        "list_type": "use a list, for example [2, 4, 6]",
        "model_type": "use a table, for example [[teams]]",
        "greater_than_equal": f"use {told.get('ge')} or more",
        "less_than_equal": f"use {told.get('le')} or less",
        "literal_error": f"use {told.get('expected')}",
        "string_too_short": "write something here",
        "string_too_long": f"use {told.get('max_length')} characters or fewer",
        "too_short": f"name {told.get('min_length')} of them",
        "too_long": f"name no more than {told.get('max_length')} of them",
    }
    return f"{known.get(kind, 'this cannot be used')}."


def at_line(line: int, field: str, text: str) -> str:
    return f"line {line}, {field}: {text}" if line else f"{field}: {text}"


def no_toml(line: str, why: str) -> str:
    return f"{f'line {line}' if line else 'the file'} is no TOML: {why[:200]}."


def too_large(most: int) -> str:
    return f"the file has more than {most} characters."


def bad_zone(said: str) -> str:
    return f"{said[:40]} is no time zone. Write its full name, for example Europe/Berlin."


def bad_country(said: str) -> str:
    return f"{said[:40]} is no country. Write its two letters, for example DE or US."


def bad_link(said: str) -> str:
    return f"{said[:40]} is no link I can use. It has to begin with https://."


def bad_time(said: str) -> str:
    return f"{said[:40]} is no time I can use. Write an hour of the working day from 09:00 to 16:59, for example 09:30."


def bad_channel(said: str) -> str:
    return f"{said[:40]} is no channel. Write its name without spaces, or its id."


def milder_is_sooner(worse: int, most: int, milder: int, fewer: int) -> str:
    return f"SEV{milder} would have less time ({fewer}) than SEV{worse} ({most}). Give a milder one as much, or more."


def weeks_out_of_order() -> str:
    return "each step has to be as late as the one before it, or later, for example [2, 4, 6]."


def not_settable(kind: str, settable: Iterable[str]) -> str:
    return f"{kind[:40]} is nothing that can be given to others. These can: {', '.join(settable)}."


def not_that_far(level: str, levels: Iterable[str]) -> str:
    return f"it cannot be given to {level}; use {' or '.join(levels)}."


def twice(name: str) -> str:
    return f"there are two teams called {name[:80]}."


def two_teams(name: str) -> str:
    return f"{name[:80]} is there twice; a service belongs to one team."


def too_many(most: int) -> str:
    return f"that is more than {most}. Please leave some out."
