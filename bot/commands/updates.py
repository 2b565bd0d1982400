"""Updates: what everybody waits for, in public and on the card."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot import incident_reminders
from bot.change import changed, entry, happened, not_closed
from bot.command import Command, Needs
from bot.errors import Refused
from bot.model import EntryKind, Update
from bot.reading import first_of
from bot.rules import decides, verb
from bot.similar_cards import looked_again
from bot.state import Decision, State
from bot.text import Reply, Text, Typed
from bot.times import BadTime, parse_span
from bot.words import forms
from bot.words import incident as words

__all__ = ["incident_reminders"]

_NEXT = re.compile(
    r"(?:(?:^|[,;.(\n]\s*)next(?: update)?(?: in)?|(?<!the)\snext(?: update)?(?: in)?) ([\w. ]{1,20}?)\)?[\s.]*$",
    re.IGNORECASE,
)
LONGEST = timedelta(days=7)


@verb(
    "update",
    usage="update [investigating|identified|monitoring] <text> [next 30m]",
    example="update identified: a bad index, rolling back, next 30m",
    help="Posts an update here, and says when the next one comes.",
)
class PostUpdate(Command, kind="update"):
    needs = Needs(similar="public")
    wants_incident = True
    asks = True

    text: Typed = ""
    phase: str = ""
    every: str = ""
    """How long until the next update, for example 30m."""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        phase, text = first_of(said, {one: one for one in forms.PHASES})
        tail = text[-60:]
        if (found := _NEXT.search(tail)) and _is_span(found.group(1)):
            text = text[: len(text) - len(tail) + found.start()].rstrip(" ,;(")
            return {"phase": phase, "text": text, "every": found.group(1)}
        return {"phase": phase, "text": text}


def _is_span(text: str) -> bool:
    try:
        return parse_span(text) <= LONGEST
    except BadTime:
        return False


@decides(PostUpdate)
def update(state: State, command: PostUpdate, now: datetime) -> Decision:
    incident, text = not_closed(state, "update"), command.text.strip()
    phase = command.phase.casefold() if command.phase.casefold() in forms.PHASES else ""
    if not text:
        return Decision(state=state, reply=Reply(form=forms.update(incident.key, phase, text, command.every[:40])))
    asked = _next_due(command, now)
    due = asked if incident.is_open else None
    made = Update(text=text, phase=phase, by=state.actor.id, at=happened(command, now), next_due=due)
    reply = words.update_posted(state, made)
    reply += words.no_next_one(incident) if asked and not due else Text()
    return changed(
        looked_again(state, now),
        command,
        now,
        entry(state, command, now, EntryKind.UPDATE, words.update_line(phase, text)),
        what="the update",
        public=words.updated(state, made),
        reply=reply,
        update=made,
    )


def _next_due(command: PostUpdate, now: datetime) -> datetime | None:
    if not command.every.strip():
        return None
    try:
        span = parse_span(command.every)
    except BadTime as bad:
        raise Refused(str(bad), "every") from bad
    if span > LONGEST:
        raise Refused(words.next_too_far(), "every")
    return now + span
