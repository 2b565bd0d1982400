"""What every change of an incident brings with it, in one place.

Law: a change is one new state, one line in the timeline, one `Change` that its author may take back, and the cards
brought up to date; what is said in public is said in the incident's place and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bot import cards, words
from bot.command import Command
from bot.effects import Effect, LearnProfile, Post
from bot.errors import Refused
from bot.ids import stable_id
from bot.model import Change, Entry, EntryKind, Incident, Person, Status
from bot.state import Decision, State
from bot.text import Card, Reply, Section, Text, mention_token
from bot.words.incident import cannot

KEPT = 10
"""Changes an incident remembers for `undo`."""
UNDO_FOR = timedelta(minutes=10)


def incident_of(state: State) -> Incident:
    """The incident that the command is about. Raises `Refused` where there is none in sight."""
    if state.incident is None:
        raise Refused(words.which_incident_none())
    return state.incident


def not_closed(state: State, doing: str) -> Incident:
    """The incident, which somebody works on. Raises `Refused` where it is put away: only its record can be mended."""
    incident = incident_of(state)
    if incident.status is Status.CLOSED:
        raise Refused(cannot(incident, doing))
    return incident


def happened(command: Command, now: datetime) -> datetime:
    """When the gesture was made: what the platform says, but never later than now."""
    return min(command.origin.occurred or now, now)


def called(person: Person) -> str:
    """Somebody inside a line of the record: by account, so that it shows the name (or role) known when it is read."""
    return mention_token(person.accounts[0].key) if person.accounts else person.name


def entry(
    state: State,
    command: Command,
    now: datetime,
    kind: EntryKind,
    text: Text | str,
    *,
    occurred: datetime | None = None,
    noted: bool = True,
    part: str = "",
) -> Entry:
    """A line in the incident's log, said by whoever gave the command; `part` tells lines of one command apart."""
    incident = incident_of(state)
    return Entry(
        id=stable_id("line", incident.id, command.origin.platform, command.origin.tenant, command.origin.id, part),
        incident=incident.id,
        kind=kind,
        text=text.plain() if isinstance(text, Text) else text,
        author=command.origin.account,
        author_name="" if command.origin.actor else state.actor.name,
        occurred=occurred or happened(command, now),
        recorded=now,
        noted=noted,
    )


def changed(
    state: State,
    command: Command,
    now: datetime,
    lines: Entry | tuple[Entry, ...],
    *,
    what: str,
    reply: Text,
    public: Text | None = None,
    undo: bool = True,
    effects: Iterable[Effect] = (),
    **fields: Any,
) -> Decision:
    """The incident with `fields` changed, and everything that goes with it. Without `undo`, it cannot be taken back."""
    before = incident_of(state)
    after = before.model_copy(update=fields)
    written = lines if isinstance(lines, tuple) else (lines,)
    change = Change(
        by=state.actor.id,
        at=now,
        what=what,
        before=snapshot(before, fields) if undo else "",
        after=snapshot(after, fields) if undo else "",
        entries=tuple(line.id for line in written),
    )
    after = with_responder(after, state).model_copy(update={"changes": (*before.changes, change)[-KEPT:]})
    state = state.model_copy(update={"incident": after})
    said = (
        *posted(state, command, public),
        *effects,
        *cards.refreshed(state, command.origin.id),
        *learned(state, command),
    )
    return Decision(state=state, entries=written, effects=said, reply=Reply.of(reply))


def snapshot(incident: Incident, fields: Iterable[str]) -> str:
    """JSON of some fields, by which a later undo sees whether they are still the same."""
    return json.dumps(incident.model_dump(mode="json", include=set(fields) - {"responders"}), sort_keys=True)


def with_responder(incident: Incident, state: State) -> Incident:
    """Whoever works on an incident is a responder of it; a private one takes nobody in by itself."""
    if state.actor.kind not in ("human", "guest") or incident.private or state.actor.id in incident.responders:
        return incident
    return incident.model_copy(update={"responders": incident.responders | {state.actor.id}})


def posted(state: State, command: Command, text: Text | None, part: str = "public") -> tuple[Post, ...]:
    """A message in the incident's place, once there is one."""
    incident = incident_of(state)
    if text is None or incident.place is None:
        return ()
    return (
        Post(
            key=f"{part}:{incident.id}:{command.origin.id}",
            platform=incident.place.platform,
            tenant=incident.place.tenant,
            incident=incident.id,
            place=incident.place,
            card=Card(sections=(Section(text=text),)),
        ),
    )


def learned(state: State, command: Command) -> tuple[LearnProfile, ...]:
    """Asks once who somebody is, where their zone is not known yet."""
    account = command.origin.account
    if not account or state.actor.zone or not any(one.key == account for one in state.actor.accounts):
        return ()
    origin = command.origin
    return (LearnProfile(key=f"profile:{account}", platform=origin.platform, tenant=origin.tenant, account=account),)
