"""The verb `reminders`: what I am reminded of and when, and how to change the day and hour."""

from __future__ import annotations

import re
from datetime import datetime, time

from bot.command import Command, Needs
from bot.commands import item_checks
from bot.errors import Refused
from bot.model import Person
from bot.ports import Decision, State
from bot.reminders import next_digest, working_time
from bot.rules import decides, verb
from bot.text import Reply, Typed
from bot.words import actions as words
from bot.zones import zone_of

__all__ = ["item_checks"]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_WISH = re.compile(r"^(?P<day>[a-z]{2,9})?\s*(?:at\s+)?(?P<hour>\d{1,2})?(?::(?P<minute>\d{2}))?$")


@verb(
    "reminders", "reminder",
    usage="reminders [tuesday 14:00]",
    example="reminders tuesday 14:00",
    help="Shows what you are reminded of and when; with a day and an hour, changes it.",
)  # fmt: skip
class Reminders(Command, kind="reminders"):
    needs = Needs(my_items=True)
    text: Typed = ""


@decides(Reminders, may="anyone")
def reminders(state: State, command: Reminders, now: datetime) -> Decision:
    if not command.text.strip():
        return Decision(state=state, reply=_shown(state, now))
    day, at = _wish(command.text, state.actor)
    person = state.actor.model_copy(update={"digest_weekday": day, "digest_time": f"{at:%H:%M}"})
    people = {**state.people, person.id: person}
    hours = working_time(person, state.organisation)
    text = words.reminders_set(DAYS[day].capitalize(), f"{at:%H:%M}", hours.zone, next_digest(now, hours))
    return Decision(state=state.model_copy(update={"actor": person, "people": people}), reply=Reply.of(text))


def _shown(state: State, now: datetime) -> Reply:
    person = state.actor
    zone = working_time(person, state.organisation).zone
    today = now.astimezone(zone_of(zone)).date()
    overdue = sum(item.due < today for item in state.my_items)
    day = DAYS[person.digest_weekday].capitalize()
    return Reply.of(words.reminders(day, person.digest_time, zone, not person.zone, overdue, len(state.my_items)))


def _wish(said: str, person: Person) -> tuple[int, time]:
    """Day and hour meant; what is left out stays as it is. Raises `Refused`."""
    found = _WISH.match(" ".join(said.casefold().split())[:60])
    if not found or not (found["day"] or found["hour"]):
        raise Refused(words.reminders_unclear(said))
    days = [number for number, name in enumerate(DAYS) if found["day"] and name.startswith(found["day"])]
    if found["day"] and len(days) != 1:
        raise Refused(words.reminders_unclear(said))
    hour = int(found["hour"]) if found["hour"] else int(person.digest_time[:2])
    minute = int(found["minute"] or 0) if found["hour"] else int(person.digest_time[3:])
    if not (9 <= hour < 17 and minute < 60):
        raise Refused(words.reminders_unclear(said))
    return (days[0] if days else person.digest_weekday), time(hour, minute)
