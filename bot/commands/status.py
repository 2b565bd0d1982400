"""The incident's life cycle, as `TRANSITIONS` has it: one verb, one step; whoever comes second hears who was first."""

from __future__ import annotations

from datetime import datetime

from bot.change import called, changed, entry, happened, incident_of
from bot.command import Command, Needs
from bot.commands.channel import reconciled
from bot.errors import Refused
from bot.five_times import after_what_is_known, check_order
from bot.model import TRANSITIONS, EntryKind, Incident, Moment, Status, Update
from bot.postmortems import open_postmortem
from bot.reading import when_and_what
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Reply, Typed
from bot.words import forms
from bot.words import incident as words


def _step(state: State, verb: str) -> tuple[Incident, Status]:
    """The status that a verb leads to from here. Raises `Refused`, saying who was faster or what to do first."""
    incident = incident_of(state)
    after = TRANSITIONS[incident.status].get(verb)
    if after is None and any(steps.get(verb) is incident.status for steps in TRANSITIONS.values()):
        raise Refused(words.already(state, incident))
    if after is None:
        raise Refused(words.cannot(incident, verb))
    return incident, after


def _ended(state: State, command: Command, now: datetime, name: str, text: str) -> tuple[Moment, str, datetime | None]:
    """When it was so, what was said of it, and the time in front of the words, if one stands there; without it, the
    time that somebody set before counts, or that of the gesture. Raises `Refused` where that cannot be."""
    rest, at = when_and_what(text.strip(), now, words.zone(state))
    times = incident_of(state).times
    known: Moment | None = getattr(times, name)
    if at is None and known is not None:
        return known, rest, None
    moment = at or after_what_is_known(times, name, happened(command, now))
    check_order(state, name, moment)
    return Moment(at=moment, source=called(state.actor)), rest, at


@verb(
    "mitigate",
    "mitigated",
    usage="mitigate [at 14:02] [text]",
    example="mitigate traffic moved to the other region",
    help="The impact has stopped.",
)
class Mitigate(Command, kind="mitigate"):
    wants_incident = True

    text: Typed = ""


@decides(Mitigate)
def mitigate(state: State, command: Mitigate, now: datetime) -> Decision:
    incident, after = _step(state, "mitigate")
    at, text, said_at = _ended(state, command, now, "mitigated", command.text)
    return changed(
        state,
        command,
        now,
        entry(state, command, now, EntryKind.STATUS, words.mitigated_line(text), occurred=said_at),
        what="the mitigation",
        reply=words.mitigated(state, incident, at.at),
        status=after,
        times=incident.times.model_copy(update={"mitigated": at}),
        update=_told_by(incident, text),
    )


def _told_by(incident: Incident, text: str) -> Update | None:
    """A mitigation that says something is the update that was promised: the next one has no time yet."""
    told = incident.update
    return told.model_copy(update={"next_due": None}) if told and text.strip() else told


@verb(
    "resolve",
    "fix",
    "fixed",
    "resolved",
    usage="resolve [at 14:02] [summary]",
    example="resolve the index is rebuilt",
    help="It is over; opens the postmortem's draft.",
)
class Resolve(Command, kind="resolve"):
    needs = Needs(postmortem=True, items=True)
    wants_incident = True

    summary: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        return {"summary": said}


@decides(Resolve, may="commander")
def resolve(state: State, command: Resolve, now: datetime) -> Decision:
    incident, after = _step(state, "resolve")
    at, said, said_at = _ended(state, command, now, "resolved", command.summary)
    summary = said or incident.summary
    told = incident.model_copy(update={"summary": said})
    decision = changed(
        state,
        command,
        now,
        entry(state, command, now, EntryKind.STATUS, words.resolved_line(said), occurred=said_at),
        what="the resolution",
        undo=False,
        public=words.resolved_public(state, told),
        reply=words.resolved(state, incident, at.at),
        status=after,
        times=incident.times.model_copy(update={"resolved": at}),
        summary=summary,
        resolutions=incident.resolutions + 1,
    )
    read = reconciled(incident_of(decision.state))
    decision = decision.model_copy(update={"effects": (*decision.effects, *read)})
    return decision if state.postmortem else _with_postmortem(decision, command, now)


def _with_postmortem(decision: Decision, command: Resolve, now: datetime) -> Decision:
    """The draft opens in the same transaction: an incident is never resolved without one."""
    opened, entries, effects = open_postmortem(decision.state, now, command.origin)
    state = decision.state.model_copy(update={"postmortem": opened})
    return decision.model_copy(
        update={"state": state, "entries": (*decision.entries, *entries), "effects": (*decision.effects, *effects)}
    )


@verb("reopen", usage="reopen <why> | ACT-7 [why]", example="reopen the errors are back",
      help="It is not over after all; with its key, opens an action item again.")  # fmt: skip
class Reopen(Command, kind="reopen"):
    needs = Needs(postmortem=True, neighbours=True)
    wants_incident = True
    of_item = "reopen_item"
    asks = True

    why: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        return {"why": said}


@decides(Reopen)
def reopen(state: State, command: Reopen, now: datetime) -> Decision:
    incident, after = _step(state, "reopen")
    if (other := state.open_in(incident.place, besides=incident)) is not None:
        raise Refused(words.another_is_open_there(other))
    why = command.why.strip()
    if not why:
        return Decision(state=state, reply=Reply(form=forms.reopen(incident.key)))
    return changed(
        state,
        command,
        now,
        entry(state, command, now, EntryKind.STATUS, words.reopened_line(why)),
        what="the reopening",
        undo=False,
        public=words.reopened_public(state, incident, why),
        reply=words.reopened(incident, kept=state.postmortem is not None),
        status=after,
        times=incident.times.model_copy(update={"mitigated": None, "resolved": None}),
    )


@verb("close", usage="close", example="close", help="Puts a resolved incident away; its action items go on.")
class Close(Command, kind="close"):
    wants_incident = True


@decides(Close, may="commander")
def close(state: State, command: Close, now: datetime) -> Decision:
    incident, after = _step(state, "close")
    line = entry(state, command, now, EntryKind.STATUS, words.CLOSED_LINE)
    return changed(
        state, command, now, line, what="the closing", undo=False, reply=words.closed(incident), status=after
    )
