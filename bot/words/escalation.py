"""Sentences about action items that are ignored. In public there are numbers only, never a name."""

from __future__ import annotations

from bot.model import ActionItem, Incident
from bot.text import Strong, Text, say
from bot.words import key, verb
from bot.words.actions import counted
from bot.zones import due_echo

NEW_DATE, NEW_OWNER, ACCEPT = "New date", "New owner", "Accept the risk"


def long(weeks: int) -> str:
    """How long, as people write it."""
    spelled = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    number = spelled[weeks] if weeks < len(spelled) else str(weeks)
    return f"{number} week{'' if weeks == 1 else 's'}"


def two_weeks(incident: Incident, n: int, weeks: int) -> str:
    return f"{incident.key}: {counted(n, 'action item')} without an answer for {long(weeks)}"


def four_weeks(incident: Incident, n: int, weeks: int) -> str:
    return f"{incident.key}: {counted(n, 'action item')} without an answer for {long(weeks)}"


def six_weeks(incident: Incident, n: int, weeks: int) -> str:
    it = "it needs" if n == 1 else "they need"
    return f"{incident.key}: {counted(n, 'action item')} without an answer for {long(weeks)}; {it} a decision of yours"


def ignored(item: ActionItem, owner: str, weeks: int) -> Text:
    who = say("{owner} owns it and has not reacted", owner=owner) if owner else say("Nobody owns it")
    return say(
        "{key} {text}\n{who} for {weeks}. It is due {due}.",
        key=Strong(text=item.key), text=item.text, who=who, weeks=counted(weeks, "week"), due=due_echo(item.due),
    )  # fmt: skip


def count(incident: Incident, team: str, n: int, weeks: int) -> Text:
    return say(
        "{team}: {items} of {incident} {title} got no answer for {weeks}. {all} shows what there is to do.",
        team=team, items=counted(n, "action item"), incident=key(incident), title=incident.title,
        weeks=long(weeks), all=verb(f"actions {incident.key}"),
    )  # fmt: skip
