"""The timeline as people write and read it. What comes from chat by itself is merged in `captures`."""

from __future__ import annotations

from datetime import datetime

from bot.change import called, changed, entry, happened, incident_of
from bot.command import Command, Needs
from bot.commands.captures import merge
from bot.errors import Refused
from bot.five_times import check_order
from bot.model import FIVE_TIMES, EntryKind, Moment
from bot.moments import led_by_moment, split_moment
from bot.reading import first_of, moment_of, whole_moment
from bot.rules import decides, verb
from bot.similar_cards import looked_again
from bot.state import Decision, State
from bot.text import Card, Reply, Section, Typed
from bot.words import forms
from bot.words import timeline as words
from bot.words.incident import impact_line, impact_set, zone
from bot.words.incident import said as named

__all__ = ["merge"]

SHOWN, SHOWN_ALL = 15, 40


@verb(
    "note",
    usage="note <text> [at 14:02 | 20m ago | yesterday 23:10]",
    example="note rolled back the deployment at 14:02",
    help="Writes into the timeline, at the time it happened.",
)
class Note(Command, kind="note"):
    wants_incident = True
    asks = True

    text: Typed = ""
    at: str = ""


@decides(Note, may="invited")
def note(state: State, command: Note, now: datetime) -> Decision:
    incident = incident_of(state)
    text, at = _with_its_time(state, command, now)
    if not text:
        return Decision(state=state, reply=Reply(form=forms.note(incident.key)))
    at = at or happened(command, now)
    line = entry(state, command, now, EntryKind.NOTE, text, occurred=at)
    return changed(state, command, now, line, what="the note", reply=words.noted(state, incident, at))


def _with_its_time(state: State, command: Note, now: datetime) -> tuple[str, datetime | None]:
    """What is noted, and when it happened, where the form, the beginning or the end of the text says so."""
    text = command.text.strip()
    if command.at.strip():
        return text, whole_moment(command.at.strip(), now, zone(state), "at")
    behind, first = led_by_moment(text, now, zone(state))
    left, last = split_moment(behind, now, zone(state))
    if first and last:
        raise Refused(words.two_times(text.removesuffix(behind), behind.removeprefix(left)), "text")
    return left, first or last


@verb(
    "timeline",
    "log",
    usage="timeline [all]",
    example="timeline",
    help="Shows the timeline to you; all: everything said.",
)
class Timeline(Command, kind="timeline"):
    needs = Needs(log=True)
    wants_incident = True

    text: str = ""


@decides(Timeline, may="invited")
def timeline(state: State, command: Timeline, _now: datetime) -> Decision:
    incident = incident_of(state)
    whole = command.text.strip().casefold().startswith("all")
    lines = [one for one in state.log if (whole and not one.retracted) or one.is_key]
    if not lines:
        return Decision(state=state, reply=Reply.of(words.empty(incident)))
    lines.sort(key=lambda one: (one.occurred, one.id))
    newest = lines[-(SHOWN_ALL if whole else SHOWN) :]
    sections = [Section(text=words.line(state, one)) for one in newest]
    if earlier := len(lines) - len(newest):
        sections.append(Section(text=words.more(earlier, whole), quiet=True))
    return Decision(state=state, reply=Reply(card=Card(title=words.heading(incident, whole), sections=tuple(sections))))


NAMES = {name: name for name in FIVE_TIMES} | {
    "start": "began",
    "started": "began",
    "begin": "began",
    "noticed": "detected",
}


@verb(
    "time",
    usage="time <began|detected|mitigated|resolved> <when> [source]",
    example="time began 13:40 error graph",
    help="Sets one of the five times, with how it is known.",
)
class Time(Command, kind="time"):
    wants_incident = True
    asks = True

    name: str = ""
    at: Typed = ""
    source: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        name, rest = first_of(said, NAMES)
        return {"name": name, "at": rest}


@decides(Time)
def time(state: State, command: Time, now: datetime) -> Decision:
    incident = incident_of(state)
    name = NAMES.get(command.name.casefold(), "")
    if name == "declared":
        raise Refused(words.declared_is_known(), "name")
    if not name or not command.at.strip():
        form = forms.time(incident.key, name, command.at.strip()[:80], command.source[:200])
        return Decision(state=state, reply=Reply(form=form))
    at, rest = moment_of(command.at, now, zone(state), "at")
    check_order(state, name, at, "at")
    source = (command.source.strip() or rest or called(state.actor))[:200]
    moment = Moment(at=at, source=source)
    line = entry(state, command, now, EntryKind.TIME, words.time_line(name, moment), occurred=at)
    times = incident.times.model_copy(update={name: moment})
    reply = words.time_set(state, name, moment)
    return changed(state, command, now, line, what="the time", reply=reply, times=times)


@verb("impact", usage="impact <text>", example="impact 12 % of payments failed", help="Says who is hurt, and how much.")
class Impact(Command, kind="impact"):
    needs = Needs(similar="public")
    wants_incident = True
    asks = True

    text: Typed = ""


@decides(Impact)
def impact(state: State, command: Impact, now: datetime) -> Decision:
    incident, text = incident_of(state), command.text.strip()
    if not text:
        return Decision(state=state, reply=Reply(form=forms.impact(incident.key, named(state, incident.impact))))
    state = looked_again(state, now)
    line = entry(state, command, now, EntryKind.IMPACT, impact_line(text))
    return changed(state, command, now, line, what="the impact", reply=impact_set(), impact=text)
