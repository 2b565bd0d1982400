"""Sentences of the words that are said once: about a running incident, and about an action item that was done."""

from __future__ import annotations

from datetime import datetime

from bot.model import Incident
from bot.text import Text, When, say
from bot.words import key, verb
from bot.zones import echo

POST_UPDATE, I_LEAD = "Post an update", "I lead"


def update_overdue(incident: Incident, promised: datetime, zone: str) -> Text:
    return say(
        "{key} {title}: the next update was promised for {at}, and there is none yet. Say how it stands, even if "
        "nothing is new, and when the next one comes.",
        key=key(incident), title=incident.title, at=When(at=promised, shown=echo(promised, zone)),
    )  # fmt: skip


def nobody_leads(incident: Incident) -> Text:
    return say(
        "{key} {title} is a SEV{severity} and has no incident commander yet. Take the lead, or name somebody: {lead}.",
        key=key(incident), title=incident.title, severity=incident.severity, lead=verb(f"{incident.key} lead @maya"),
    )  # fmt: skip
