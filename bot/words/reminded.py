"""Sentences about a running incident that are said once, and about when somebody wants to hear of nothing."""

from __future__ import annotations

from datetime import date, datetime

from bot.model import Incident
from bot.text import Text, When, say
from bot.words import key, verb
from bot.zones import due_echo, echo

POST_UPDATE, I_LEAD = "Post an update", "I lead"


def update_overdue(incident: Incident, promised: datetime, zone: str) -> Text:
    return say(
        "{key} {title}: the next update was promised for {at}, and there is none yet. Say how it stands, even if "
        "nothing is new, and when the next one comes.",
        key=key(incident), title=incident.title, at=When(at=promised, shown=echo(promised, zone)),
    )  # fmt: skip


def update_expected(incident: Incident, due: datetime, zone: str) -> Text:
    return say(
        "{key} {title}: by your organisation's policy an update was due at {at}. Say how it stands, even if nothing is "
        "new, and when the next one comes.",
        key=key(incident), title=incident.title, at=When(at=due, shown=echo(due, zone)),
    )  # fmt: skip


def nobody_leads(incident: Incident) -> Text:
    return say(
        "{key} {title} is a SEV{severity} and has no incident commander yet. Take the lead, or name somebody: {lead}.",
        key=key(incident), title=incident.title, severity=incident.severity, lead=verb(f"{incident.key} lead @maya"),
    )  # fmt: skip


CHANGE, FORM_TITLE = "Change", "My reminders"
DAY, HOUR, AWAY = "Day of the week", "Hour", "Away, up to and including"
HINT_HOUR = "Between 09:00 and 16:59, in your own time."
HINT_AWAY = "Until then I send you no reminders. Empty: you are here."


def until(day: date) -> Text:
    return say(
        " You are away up to and including {day}: until then I send you no reminders. {back} ends it sooner.",
        day=due_echo(day), back=verb("reminders back"),
    )  # fmt: skip


def away_until_when() -> Text:
    return say("Until when? Say it like {example}. Nothing was changed.", example=verb("reminders away until fri"))


def away_too_long(days: int) -> Text:
    return say("I can keep still for {days} days at most. Nothing was changed.", days=days)
