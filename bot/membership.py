"""Who may know of a private incident is who is in its chat, also where the platform failed to tell that somebody left.

Law: only a change between two answers counts. So whoever was let in or taken out by a verb stays so, until they are
seen to come or to go.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.capabilities import CAPABILITIES
from bot.effects import ReadMembers
from bot.model import Incident, Place, Status
from bot.reminders import over, planned, rule
from bot.state import Look, Planned, Reminded, State

NAME = "membership"
OFTEN, SELDOM = timedelta(minutes=15), timedelta(days=1)
"""How often the platform is asked, until the incident is closed and after that."""


def may_know(incident: Incident, person: str) -> bool:
    """Of a private incident its members alone."""
    return not incident.private or person in incident.responders


def shut_out_of(before: State, after: State) -> tuple[str, ...]:
    """Ids of the private incidents of which somebody may not know any more."""
    was = {one.id: one for one in (before.incident, *before.neighbours) if one is not None}
    now = (one for one in (after.incident, *after.neighbours) if one is not None and one.private and one.id in was)
    return tuple(one.id for one in now if was[one.id].responders - one.responders)


def _asked_about(incident: Incident | None) -> Place | None:
    """Its place, if who is in it decides who may know of it."""
    place = incident.place if incident and incident.private else None
    return place if place and CAPABILITIES["members"].works_on(place.platform) else None


def _plan(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    if after.incident is None or _asked_about(after.incident) is None:
        return ()
    reopened = before.incident is not None and _pause(after.incident) < _pause(before.incident)
    return (planned(NAME, after.incident.id, now + _pause(after.incident), keep=not reopened),)


def _pause(incident: Incident) -> timedelta:
    return SELDOM if incident.status is Status.CLOSED else OFTEN


@rule(
    _plan,
    hears="nobody: the platform is asked who is in a private incident's chat, and whoever left it no longer sees the "
    "incident",
    when="every 15 minutes, at any hour; once a day after the incident was closed",
    stops="never, while the incident is private",
)
def membership(look: Look, plan: Planned, now: datetime) -> Reminded:
    incident, place = look.incident, _asked_about(look.incident)
    if incident is None or place is None:
        return over(plan)
    question = ReadMembers(
        key=f"{NAME}:{incident.id}:{now:%Y-%m-%dT%H:%M}", platform=place.platform, tenant=place.tenant,
        incident=incident.id, place=place, known=incident.present, supersedes=f"{NAME}:{incident.id}",
    )  # fmt: skip
    return Reminded(effects=(question,), plans=(planned(NAME, incident.id, now + _pause(incident)),))
