"""The form of the Setup page: each setting of a policy as fields of text, and back.

Law: what a browser did not send stays as it is; what cannot be read is handed on as it was typed, so that the policy's
own checks name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.policy import KINDS, SETTABLE, WEEKDAYS
from bot.policy_written import Written
from bot.text import Value
from bot.words import policy as words

SEVERITIES = tuple(f"sev{n}" for n in range(1, 6))
TABLES: dict[str, tuple[str, ...]] = {
    "due_days": SEVERITIES,
    "due_days_by_kind": KINDS,
    "postmortem_days": SEVERITIES,
    "update_minutes": SEVERITIES,
    "escalation_weeks": ("1", "2", "3"),
    "may": tuple(SETTABLE),
}
NUMBERS = tuple(name for name in TABLES if name != "may")


class Field(Value):
    name: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    lines: int = 0
    number: bool = False
    wrong: str = ""


class Group(Value):
    """Fields that belong together under one heading."""

    name: str
    label: str
    about: str
    fields: tuple[Field, ...]


def fields_of(written: Written) -> dict[str, str]:
    told = written.model_dump()
    flat = {name: str(told[name]) for name in ("zone", "country", "call_link", "digest_time", "due_soon_days")}
    flat["digest_weekday"] = written.digest_weekday
    for name, keys in TABLES.items():
        given = dict(zip(keys, told[name], strict=True)) if name == "escalation_weeks" else told[name]
        flat |= {f"{name}.{key}": str(given.get(key, "")) for key in keys}
    flat["teams"] = "\n".join(
        "; ".join((one.name, one.lead, f"#{one.channel}" if one.channel else "", ", ".join(one.services)))
        for one in written.teams
    )
    flat["services"] = "\n".join(written.services)
    return flat


def told_by(sent: Mapping[str, str], before: Written) -> dict[str, Any]:
    """A policy as it is written, from what was sent over what is set."""
    flat = fields_of(before) | {name: text.strip() for name, text in sent.items()}
    told: dict[str, Any] = {name: flat[name] for name in ("zone", "country", "call_link", "digest_time")}
    told |= {"digest_weekday": flat["digest_weekday"], "due_soon_days": _number(flat["due_soon_days"])}
    for name in ("due_days", "due_days_by_kind", "postmortem_days", "update_minutes"):
        told[name] = {key: _number(text) for key in TABLES[name] if (text := flat[f"{name}.{key}"])}
    told["escalation_weeks"] = [_number(flat[f"escalation_weeks.{n}"]) for n in TABLES["escalation_weeks"]]
    told["may"] = {key: text for key in SETTABLE if (text := flat[f"may.{key}"])}
    told["teams"] = [_team(line) for line in _lines(flat["teams"])]
    told["services"] = _lines(flat["services"])
    return told


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _team(line: str) -> dict[str, Any]:
    """`Payments; Maya Ortiz; #payments; checkout, cart`: what is left out is not set."""
    name, lead, channel, services, *_ = [*(part.strip() for part in line.split(";", 3)), "", "", "", ""]
    owned = [one.strip() for one in services.split(",") if one.strip()]
    return {"name": name, "lead": lead, "channel": channel.removeprefix("#"), "services": owned}


# -- as it is shown


def groups(flat: Mapping[str, str], problems: Mapping[str, str]) -> list[Group]:
    """`problems` are sentences by field, as the policy's checks name fields."""
    return [
        Group(name=name, label=label, about=words.ABOUT[name], fields=tuple(_fields(name, flat, problems)))
        for name, label in words.GROUPS.items()
    ]


def _fields(group: str, flat: Mapping[str, str], problems: Mapping[str, str]) -> Iterator[Field]:
    for name in words.IN_GROUP[group]:
        for key in TABLES.get(name, ("",)):
            field = f"{name}.{key}" if key else name
            yield Field(
                name=field, label=words.LABELS.get(field) or words.label(name, key), value=flat.get(field, ""),
                choices=_choices(name, key), lines={"teams": 6, "services": 3}.get(name, 0),
                number=name in NUMBERS or name == "due_soon_days",
                wrong=" ".join(text for wrong, text in problems.items() if _is_in(wrong, field)),
            )  # fmt: skip


def _is_in(wrong: str, field: str) -> bool:
    """A problem of a line stands at the field that has the lines."""
    return wrong == field or (field in ("teams", "services", "due_soon_days") and wrong.startswith(f"{field}."))


def _choices(name: str, key: str) -> tuple[tuple[str, str], ...]:
    if name == "digest_weekday":
        return tuple((day, day.capitalize()) for day in WEEKDAYS)
    if name == "may":
        return (("", words.AS_USUAL), *((level, words.LEVELS[level]) for level in SETTABLE[key]))
    return ()
