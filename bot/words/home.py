"""Sentences of a person's own page: their action items, their open incidents, and what an admin may still set."""

from __future__ import annotations

from datetime import date

from bot.model import Incident, Policies
from bot.text import Strong, Text, say
from bot.words import key, verb
from bot.words.actions import counted
from bot.words.incident import short_state
from bot.zones import due_echo

TITLE = "Debrief"
ACTIONS_TITLE = "Your action items"
DECLARE, SET_UP, SHOW, TIMELINE, POSTMORTEM = "Declare an incident", "Set up", "Show", "Timeline", "Postmortem"
NO_ITEMS = "You have no open action items."
NO_INCIDENTS = "You are in no open incident."


def overdue_heading(n: int) -> Text:
    return say("{heading}", heading=Strong(text=f"Overdue: {counted(n, 'action item')}"))


def open_heading(n: int) -> Text:
    return say("{heading}", heading=Strong(text=f"Open: {counted(n, 'action item')}"))


def incidents_heading(n: int) -> Text:
    return say("{heading}", heading=Strong(text=f"Your open incidents: {n}"))


def incident_line(incident: Incident, title: str) -> Text:
    drill = "drill · " if incident.drill else ""
    return say(
        "{key} {title}\nSEV{severity} · {drill}{state}{private}",
        key=key(incident),
        title=title,
        severity=incident.severity,
        drill=drill,
        state=short_state(incident),
        private=" · private" if incident.private else "",
    )


def and_more_incidents(n: int) -> Text:
    return say("… and {more}: {list} shows them all.", more=counted(n, "more open incident"), list=verb("list open"))


def not_set_up(policies: Policies) -> tuple[str, ...]:
    """What stands on its default, each with what follows from that."""
    lines = (
        (policies.announcements is None, "no announcements channel: new incidents are announced nowhere"),
        (policies.zone == "UTC", "no time zone of your own: UTC is assumed for whoever has none"),
        (not policies.country, "no country: public holidays are not skipped by reminders"),
        (not policies.teams, "no teams: there is nobody to turn to when an owner stays silent"),
        (not policies.services, "no services: an incident cannot name one"),
    )
    return tuple(line for missing, line in lines if missing)


def set_up_heading(missing: tuple[str, ...]) -> Text:
    return say(
        "{heading} (for admins; everything works without it)\n{list}",
        heading=Strong(text="Not set up yet"),
        list="\n".join(f"• {one}" for one in missing),
    )


def today(day: date) -> str:
    return f"As of {due_echo(day)}."
