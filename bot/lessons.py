"""A lesson comes back: half a year after a postmortem was published, one person is asked whether it is still true.

Law: one word a published version, privately, in working hours; never of a drill. The answer stands beside the
postmortem and can be changed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.model import Incident, Postmortem, PostmortemStatus
from bot.reminders import over, planned, rule, word
from bot.review_cards import button, read_button
from bot.state import Look, Planned, Reminded, State
from bot.text import Card, Section
from bot.unreachable_owners import in_line
from bot.words import lessons as words

if TYPE_CHECKING:
    from collections.abc import Iterator

AFTER = timedelta(days=182)
"""How long after its publication a lesson comes back."""
NAME = "lesson"


def comes_back(postmortem: Postmortem | None, incident: Incident | None) -> datetime | None:
    if postmortem is None or incident is None or incident.drill or postmortem.published_at is None:
        return None
    return postmortem.published_at + AFTER if postmortem.status is PostmortemStatus.PUBLISHED else None


def _plan(before: State, after: State, _now: datetime) -> tuple[Planned, ...]:
    was, at = (comes_back(state.postmortem, state.incident) for state in (before, after))
    return (planned(NAME, after.postmortem.id, at),) if after.postmortem and was != at else ()


def _card(look: Look, now: datetime) -> Card | None:
    incident, postmortem = look.incident, look.postmortem
    at = comes_back(postmortem, incident)
    if incident is None or postmortem is None or at is None or at > now or words.answer(postmortem) is not None:
        return None
    told = words.came_back(incident, postmortem, look.items)
    told_by = {"version": str(postmortem.published_version or postmortem.version)}
    buttons = (
        button(incident, words.STILL_TRUE, "lesson_true", "primary", **told_by),
        button(incident, words.OUT_OF_DATE, "lesson_outdated", **told_by),
        read_button(incident),
    )
    return Card(sections=(Section(text=told, buttons=buttons),))


def _line(look: Look, incident: Incident) -> Iterator[str]:
    owner = look.postmortem.owner if look.postmortem else ""
    return (one.id for one in in_line(look, incident, (owner, incident.lead, incident.declared_by)))


@rule(
    _plan,
    hears="the owner of a published postmortem, by a direct message; where they cannot be reached, its commander or "
    "who declared the incident",
    when=f"{AFTER.days} days after it was published: its lesson, and how its action items stand; in working hours",
    stops="after one word a version; when it is a draft again, or published anew, which begins the time again",
    shown=_card,
)
def lesson(look: Look, plan: Planned, now: datetime) -> Reminded:
    """The first look finds out whom to ask; then comes the word, in hours of theirs."""
    incident, postmortem = look.incident, look.postmortem
    if incident is None or postmortem is None:
        return over(plan)
    if ":" in plan.subject:
        return word(look, plan, now, _card(look, now), f"{postmortem.id}:{postmortem.published_version}")
    who = next(_line(look, incident), "") if _card(look, now) else ""
    return Reminded(plans=(*over(plan).plans, planned(NAME, f"{postmortem.id}:{who}", now))) if who else over(plan)
