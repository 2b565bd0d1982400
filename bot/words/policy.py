"""Sentences about an organisation's policy: what is wrong with one, what it would alter, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.policy import WEEKDAYS, Policy, Team
from bot.text import Strong, Text, say
from bot.words.actions import counted
from bot.workdays import WorkingTime
from bot.zones import due_echo

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

# -- the Setup page

INTRO = "What your organisation decides about itself. Everything has a default and can wait."
SEE = "See what it would change"
BACK = "Change something else"
HISTORY = "History"
NO_HISTORY = "Nothing has been changed yet."
WHICH_DATES = "Days that change count"
ONLY_NEW = "for new action items only"
ALSO_OPEN = "also for open ones whose date nobody chose; nobody gets less than a week"
GROUPS = {
    "days": "Due dates",
    "digest": "Reminders",
    "escalation": "Escalation",
    "updates": "Updates of a running incident",
    "teams": "Teams and services",
    "may": "Who may do what",
    "place": "Place",
}
IN_GROUP = {
    "days": ("due_days", "due_days_by_kind", "postmortem_days"),
    "digest": ("digest_weekday", "digest_time", "due_soon_days"),
    "escalation": ("escalation_weeks",),
    "updates": ("update_minutes",),
    "teams": ("teams", "services"),
    "may": ("may",),
    "place": ("zone", "country", "call_link"),
}
ABOUT = {
    "days": "Of an action item the sooner of both dates counts. A postmortem of a SEV1 is due by the calendar, others "
    "in working days.",
    "digest": "For whoever has chosen no day and hour of their own in chat.",
    "escalation": "Weeks in which nobody does anything about an action item that is overdue.",
    "updates": "Minutes until the next update is due where none was promised. Empty: only promises count.",
    "teams": "One team a line: name; lead; #channel; services. For example Payments; maya@acme.example; #payments; "
    "checkout, cart",
    "may": "Responders are all full members; the commander stands for the postmortem's owner and admins as well.",
    "place": "The zone is assumed for whoever has none of their own.",
}
LABELS = {
    "escalation_weeks.1": "The postmortem's owner hears, after weeks",
    "escalation_weeks.2": "Team and lead hear, after weeks",
    "escalation_weeks.3": "Somebody has to decide, after weeks",
    "services": "Services that no team owns, one a line",
    "country": "Country, in two letters, for its holidays",
}
AS_USUAL = "as usual"
LEVELS = {"responder": "every responder", "commander": "the commander, owner or admin", "admin": "admins only"}
DOES = {
    "sev": "Change the severity",
    "mitigate": "Mitigate",
    "resolve": "Resolve",
    "close": "Close",
    "reopen": "Reopen",
    "accept_risk": "Accept a risk",
    "postmortem_review": "Ask for a review",
    "postmortem_publish": "Publish a postmortem",
    "postmortem_revise": "Begin a new version",
}


def label(field: str, key: str) -> str:
    short = {
        "due_days": "Action items of {}, days",
        "due_days_by_kind": "Items to {}, days",
        "postmortem_days": "Postmortem of {}, days",
        "update_minutes": "{}, minutes",
    }
    if field == "may":
        return DOES[key]
    return short[field].format(key.upper() if key.startswith("sev") else key) if field in short else FIELDS[field]


def wrong(kind: str, told: Mapping[str, Any], name: str) -> str:
    """A sentence for what a value of the wrong form is; `kind` is pydantic's name of the error."""
    known = {
        "missing": "this is missing",
        "extra_forbidden": f"there is no setting called {name}",
        "int_type": "use a whole number, for example 15",
        "string_type": "use a text in quotation marks",
        "dict_type": "use a table, for example sev1 = 15",
        "list_type": 'use a list, for example [2, 4, 6] or ["checkout"]; a team begins with [[teams]]',
        "model_type": "use a table, for example [[teams]]",
        "greater_than_equal": f"use {told.get('ge')} or more",
        "less_than_equal": f"use {told.get('le')} or less",
        "literal_error": f"use {told.get('expected')}",
        "string_too_short": "write something here",
        "string_too_long": f"use {told.get('max_length')} characters or fewer",
        "too_short": "write something here"
        if told.get("min_length") == 1
        else f"name {told.get('min_length')} of them",
        "too_long": f"use {told.get('max_length')} or fewer",
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


def cannot_read(path: str, why: str) -> str:
    return f"{path} cannot be read: {why}."


def is_good(name: str) -> str:
    return f"{name} is a policy. What it would alter is shown by `debrief policy preview {name}`."


def unknown_lead(said: str) -> str:
    return f"I know nobody called {said[:60]} yet. Write an e-mail address or a name as their profile shows it."


def cannot_lead(name: str, kind: str) -> str:
    what = {"guest": "a guest", "bot": "a bot", "gone": "somebody who has left"}.get(kind, "a program")
    return f"{name} is {what} and cannot lead a team. Name a member."


# -- what a change would alter

SHOWN = 10
"""Of each kind of consequence."""
PREVIEW = "What this would change"
DONE = "What was changed"
NOTHING = "Nothing would change: this is how it is already."
NOBODY_NOTICES = "For what is open now, nothing else changes."
APPLY = "Apply this"
APPLY_ZONE = "Change the zone"


def difference(field: str, old: Policy, new: Policy, name_of: Callable[[str], str]) -> Text:
    """Of a table, only what differs."""
    was, now = getattr(old, field), getattr(new, field)
    if isinstance(was, dict):
        told = [{key: n for key, n in each.items() if was.get(key) != now.get(key)} for each in (was, now)]
        old, new = old.model_copy(update={field: told[0]}), new.model_copy(update={field: told[1]})
    was, now = (_shown(field, one, name_of) for one in (old, new))
    return say("{label}: {was} \u2192 {now}", label=Strong(text=FIELDS[field]), was=was, now=now)


def _shown(field: str, policy: Policy, name_of: Callable[[str], str]) -> str:
    value: Any = getattr(policy, field)
    if field == "digest_weekday":
        return WEEKDAYS[value].capitalize()
    if field == "teams":
        return "; ".join(_team(one, name_of) for one in value) or "none"
    if field == "services":
        return "; ".join(f"{row.name} ({row.team or 'no team'})" for row in value) or "none"
    if isinstance(value, dict):
        said = (f"{_of(key)} {given}" for key, given in sorted(value.items(), key=lambda one: str(one[0])))
        return ", ".join(said) or "none"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value) or "none"


def _of(key: object) -> str:
    return f"SEV{key}" if isinstance(key, int) else str(key).replace("_", " ")


def _team(team: Team, name_of: Callable[[str], str]) -> str:
    lead, channel = name_of(team.lead) if team.lead else "no lead", f"#{team.channel}" if team.channel else "no channel"
    return f"{team.name} ({lead}, {channel})"


def other_dates(n: int) -> str:
    return f"{counted(n, 'open action item')} {'gets' if n == 1 else 'get'} another date:"


def other_date(key: str, was: Any, due: Any) -> str:
    return f"{key} from {due_echo(was)} to {due_echo(due)}"


def dates_stay(n: int) -> str:
    keeps = "keeps its date" if n == 1 else "keep their dates"
    return f"{counted(n, 'open action item')} whose date nobody chose {keeps}; you can have them moved as well."


def other_days(n: int) -> str:
    return f"{counted(n, 'person', 'people')} {'hears' if n == 1 else 'hear'} of what is overdue at another time:"


def other_day(name: str, was: WorkingTime, now: WorkingTime) -> str:
    return f"{name} on {_slot(now)} instead of {_slot(was)}"


def _slot(hours: WorkingTime) -> str:
    return f"{WEEKDAYS[hours.digest_weekday].capitalize()} {hours.digest_time:%H:%M} ({hours.zone})"


def steps(n: int) -> str:
    return f"{counted(n, 'escalation')} would come on the next Friday:"


def step(key: str, weeks: int) -> str:
    return f"the {counted(weeks, 'week').replace(' weeks', '-week').replace(' week', '-week')} escalation of {key}"


def words_before(n: int, days: int) -> str:
    return f"The word before the date comes {counted(n, 'time')} at another moment: {counted(days, 'day')} before."


def and_more(n: int, hidden: int) -> str:
    """Those that are not listed; some of them are of private incidents."""
    private = f" ({hidden} of private incidents)" if hidden else ""
    return f"and {n} more{private}"


def stale() -> Text:
    return say(
        "Something has changed since you looked, so nothing was applied. Please look again at what would change."
    )


def zone_is_asked() -> Text:
    return say("The zone is not changed yet, because others would notice.")


def given(file: str) -> Text:
    return say("These settings come from {file}, which whoever runs Debrief has given. Change them there.", file=file)


def too_many_at_once(most: int) -> Text:
    return say(
        "More than {most} open action items would get another date. Apply it to new ones only; nothing was changed.",
        most=most,
    )


def no_leads(said: Iterable[str]) -> str:
    return f"Nobody leads yet where the file names {', '.join(said)}: I have not met them, or they cannot lead."


def redated_title(n: int) -> str:
    return f"{counted(n, 'action item')} of yours {'has' if n == 1 else 'have'} another date by a changed policy"


def redated(key: str, text: str, was: Any, due: Any) -> Text:
    return say(
        "{key} {text}: {due} instead of {was}", key=Strong(text=key), text=text[:300], due=due_echo(due),
        was=due_echo(was),
    )  # fmt: skip


def redated_line(key: str, was: Any, due: Any) -> str:
    return f"Action item {key} is due {due_echo(due)} instead of {due_echo(was)}, by a changed policy"
