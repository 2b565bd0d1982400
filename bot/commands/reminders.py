"""The verb `reminders`: what I am reminded of and when, how to change the day and hour, and being away.

Law: everybody sets this for themselves alone.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from bot.command import Command, Needs
from bot.commands import item_checks
from bot.commands.actions import due_of, zone_of_actor
from bot.commands.item_forms import reminders_form
from bot.errors import Refused
from bot.model import Person
from bot.policy import WEEKDAYS
from bot.reminders import AWAY_MOST, away, next_digest, working_time
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Button, Reply, Typed
from bot.words import actions as words
from bot.words import reminded as wishes
from bot.workdays import WorkingTime
from bot.zones import local_date, local_to_utc

__all__ = ["item_checks"]

_WISH = re.compile(r"^(?P<day>[a-z]{2,9})?\s*(?:at\s+)?(?P<hour>\d{1,2})?(?::(?P<minute>\d{2}))?$")
_AWAY = re.compile(r"^(?:away|out of office|ooo)(?:\s+(?:until|till|to|for)\b)?\s*(?P<until>.*)$", re.IGNORECASE)
BACK = ("back", "here")


@verb(
    "reminders", "reminder",
    usage="reminders [tuesday 14:00 | away until 2026-12-20 | back]",
    example="reminders tuesday 14:00",
    help="Shows what you are reminded of and when; changes the day and hour, or keeps everything until you are back.",
)  # fmt: skip
class Reminders(Command, kind="reminders"):
    needs = Needs(my_items=True, holidays=True)
    text: Typed = ""


@decides(Reminders, may="anyone")
def reminders(state: State, command: Reminders, now: datetime) -> Decision:
    said = " ".join(command.text.split())
    if not said:
        return Decision(state=state, reply=_shown(state, now))
    if said.casefold() in BACK:
        return _set(state, now, state.actor.model_copy(update={"away_until": None}))
    if found := _AWAY.match(said):
        until = _until(state, found["until"], now)
        return _set(state, now, state.actor.model_copy(update={"away_until": until}))
    day, at = _wish(said, working_time(state.actor, state.organisation))
    return _set(state, now, state.actor.model_copy(update={"digest_weekday": day, "digest_time": f"{at:%H:%M}"}))


class SetReminders(Command, kind="set_reminders"):
    """The form; an empty date means that they are here."""

    needs = Needs(holidays=True)
    asks = True

    day: str = ""
    hour: str = ""
    away: str = ""


@decides(SetReminders, may="anyone")
def set_reminders(state: State, command: SetReminders, now: datetime) -> Decision:
    if not command.day:
        gone = state.actor.away_until if away(state.actor, state.organisation, now) else None
        hours = working_time(state.actor, state.organisation)
        return Decision(state=state, reply=Reply(form=reminders_form(hours, WEEKDAYS, gone)))
    day, at = _wish(f"{command.day} {command.hour}", working_time(state.actor, state.organisation), "hour")
    until = _until(state, command.away, now, "away") if command.away.strip() else None
    wished = {"digest_weekday": day, "digest_time": f"{at:%H:%M}", "away_until": until}
    return _set(state, now, state.actor.model_copy(update=wished))


def _set(state: State, now: datetime, person: Person) -> Decision:
    hours = working_time(person, state.organisation)
    gone = person.away_until if away(person, state.organisation, now) else None
    begin = local_to_utc(datetime.combine(gone + timedelta(days=1), time()), hours.zone) if gone else now
    day, at = WEEKDAYS[hours.digest_weekday].capitalize(), f"{hours.digest_time:%H:%M}"
    text = words.reminders_set(day, at, hours.zone, next_digest(begin, hours, state.holidays))
    state = state.model_copy(update={"actor": person, "people": {**state.people, person.id: person}})
    return Decision(state=state, reply=Reply.of(text + wishes.until(gone) if gone else text))


def _shown(state: State, now: datetime) -> Reply:
    person, hours = state.actor, working_time(state.actor, state.organisation)
    today = local_date(now, hours.zone)
    overdue = sum(item.due < today for item in state.my_items)
    before = state.organisation.policies.due_soon_days
    day, at = WEEKDAYS[hours.digest_weekday].capitalize(), f"{hours.digest_time:%H:%M}"
    text = words.reminders(day, at, hours.zone, not person.zone, overdue, len(state.my_items), before)
    gone = person.away_until if away(person, state.organisation, now) else None
    return Reply.of(text + wishes.until(gone) if gone else text, Button(label=wishes.CHANGE, does="set_reminders"))


def _until(state: State, said: str, now: datetime, field: str = "") -> date:
    """The last day of an absence. Raises `Refused`."""
    if not said.strip():
        raise Refused(wishes.away_until_when(), field)
    until = due_of(said, state, now, field)
    if until > local_date(now, zone_of_actor(state)) + timedelta(days=AWAY_MOST):
        raise Refused(wishes.away_too_long(AWAY_MOST), field)
    return until


def _wish(said: str, hours: WorkingTime, field: str = "") -> tuple[int, time]:
    """Day and hour meant; what is left out stays as it is. Raises `Refused`."""
    found = _WISH.match(" ".join(said.casefold().split())[:60])
    if not found or not (found["day"] or found["hour"]):
        raise Refused(words.reminders_unclear(said), field)
    days = [number for number, name in enumerate(WEEKDAYS) if found["day"] and name.startswith(found["day"])]
    if found["day"] and len(days) != 1:
        raise Refused(words.reminders_unclear(said), field)
    hour = int(found["hour"]) if found["hour"] else hours.digest_time.hour
    minute = int(found["minute"] or 0) if found["hour"] else hours.digest_time.minute
    if not (9 <= hour < 17 and minute < 60):
        raise Refused(words.reminders_unclear(said), field)
    return (days[0] if days else hours.digest_weekday), time(hour, minute)
