"""Messages that somebody points at: put into a timeline, taken off it again, or made the first line of a new incident.

Law: pointing twice adds once, and no message leaves a private conversation without a person's explicit yes. What is
taken off stays in the log; what changed the incident stays in its timeline.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.change import changed, entry, happened, incident_of
from bot.command import Command, Needs
from bot.commands.captures import EPOCH, PIN, Pinned, Reacted, Said, blank, merge, said_at
from bot.effects import Effect, ReadMessage
from bot.errors import Refused
from bot.key_entries import SAID
from bot.model import Entry, EntryKind, FileLink, Incident, MessageRef
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Button, Called, Reply, Typed
from bot.words import incident as say_incident
from bot.words import timeline as words

CARRIED = 1_000
"""Characters of a message that a form or button may carry; a longer one is read again where it stands."""


class SpokenOf(Command):
    """A command about a message. Without its text the message is read where it stands."""

    text: Typed = ""
    author: str = ""
    """Account key of who said it."""
    author_name: Called = ""
    thread: str = ""
    permalink: str = ""
    occurred: str = ""
    """ISO 8601, where the message's own id does not tell."""
    private_place: str = ""
    """"yes": the message stands in a private conversation."""
    confirm: str = ""
    files: tuple[FileLink, ...] = ()

    def again(self) -> dict[str, str]:
        return self.carried()

    def carried(self) -> dict[str, str]:
        """What a form or button needs in order to speak of the same message again."""
        if self.message is None:
            return {}
        names = ("author", "author_name", "thread", "permalink", "occurred", "private_place")
        short = {"text": self.text} if len(self.text) <= CARRIED and not self.files else {}
        said = {name: value for name in names if (value := str(getattr(self, name)))}
        return {"message": self.message.model_dump_json(), **said, **short}


class AddToTimeline(SpokenOf, kind="add_to_timeline"):
    needs = Needs(message=True)
    wants_incident = True


class PinElsewhere(AddToTimeline, kind="pin_elsewhere"):
    """Somebody pinned a message outside an incident's channel; inside one the capture of the pin is enough."""

    channel_pin: str = ""
    """"yes": by the channel's own pin, which anybody may take away; else by the reaction."""

    def again(self) -> dict[str, str]:
        return {**self.carried(), "channel_pin": self.channel_pin}


def spoken_entry(
    state: State, command: SpokenOf, message: MessageRef, known: Entry | None, now: datetime
) -> tuple[Entry, tuple[Effect, ...]]:
    """The message's entry, added by a person, and the effect that reads its text where that is still missing."""
    incident = incident_of(state)
    reading: tuple[Effect, ...] = ()
    if known is None or not known.text_stamp:
        if command.text or command.files:
            known = merge(known, _as_said(command, message, now), incident.id, now)
        else:
            known = merge(known, _mark(command, message, now), incident.id, now)
            reading = (_reading(incident, command, message),)
    # An integration that adds an unread message has no account to mark it with.
    known = known or blank(incident.id, message, stamp_of(now), now)
    return known.model_copy(update={"noted": True, "retracted": False}), reading


def _mark(command: SpokenOf, message: MessageRef, now: datetime) -> Reacted | Pinned:
    stamp = stamp_of(happened(command, now))
    if isinstance(command, PinElsewhere) and command.channel_pin:
        return Pinned(origin=command.origin, message=message, stamp=stamp)
    return Reacted(origin=command.origin, message=message, stamp=stamp, emoji=PIN)


def _as_said(command: SpokenOf, message: MessageRef, now: datetime) -> Said:
    return Said(
        origin=command.origin.model_copy(update={"actor": ""}),
        message=message,
        stamp=stamp_of(_said(command, now)),
        text=command.text,
        author=command.author,
        author_name=command.author_name,
        thread=command.thread,
        permalink=command.permalink,
        files=command.files,
    )


def _said(command: SpokenOf, now: datetime) -> datetime:
    if command.message and (said := said_at(command.message.ts)):
        return said
    try:
        written = datetime.fromisoformat(command.occurred)
    except ValueError:
        return now
    return min(written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC), now)


def stamp_of(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _reading(incident: Incident, command: SpokenOf, message: MessageRef) -> ReadMessage:
    return ReadMessage(
        key=f"read:{incident.id}:{message.channel}:{message.ts}:{command.origin.id}",
        platform=message.platform,
        tenant=message.tenant,
        incident=incident.id,
        message=message,
    )


@decides(AddToTimeline)
def add_to_timeline(state: State, command: AddToTimeline, now: datetime) -> Decision:
    incident = incident_of(state)
    if command.message is None:
        raise Refused(words.which_message())
    known = _known(state, incident)
    if known is not None and known.noted and not known.retracted:
        return Decision(state=state, reply=Reply.of(words.already_there(incident)))
    outside = leaves_private(incident, command)
    if outside and command.confirm != "yes":
        return Decision(state=state, reply=_ask_first(incident, command))
    spoken, reading = spoken_entry(state, command, command.message, known, now)
    lines = [spoken]
    if outside:
        who = words.from_private_line(state.actor.name)
        lines.append(entry(state, command, now, EntryKind.PEOPLE, who, occurred=spoken.occurred, part="private"))
    reply = words.added(state, incident, spoken.occurred)
    return changed(state, command, now, tuple(lines), what=words.AN_ENTRY, reply=reply, effects=reading)


@decides(PinElsewhere)
def pin_elsewhere(state: State, command: PinElsewhere, now: datetime) -> Decision:
    """Marked rather than noted, so that taking the pin away takes the entry away."""
    incident = incident_of(state)
    if command.message is None or _inside(incident, command):
        return Decision(state=state)
    known = _known(state, incident)
    if leaves_private(incident, command) and command.confirm != "yes":
        return Decision(state=state, reply=_ask_first(incident, command))
    spoken, reading = spoken_entry(state, command, command.message, known, now)
    marked = merge(spoken, _mark(command, command.message, now), incident.id, now) or spoken
    marked = marked.model_copy(update={"noted": known is not None and known.noted})
    reply = Reply.of(words.added(state, incident, marked.occurred))
    return Decision(state=state, entries=(marked,), effects=reading, reply=reply)


class MarkMessage(Command, kind="mark_message"):
    """Asked before a message gets a mark where platforms tell of no reactions: a refusal changes nothing."""


@decides(MarkMessage)
def mark_message(state: State, command: MarkMessage, now: datetime) -> Decision:  # noqa: ARG001
    return Decision(state=state)


def _known(state: State, incident: Incident) -> Entry | None:
    """What the incident knows of the message already. Raises `Refused` where that was deleted."""
    known = state.entry if state.entry and state.entry.incident == incident.id else None
    if known is not None and known.deleted:
        raise Refused(words.message_deleted())
    return known


def leaves_private(incident: Incident, command: SpokenOf) -> bool:
    """Whether more people could read the message in the incident than where it stands."""
    return command.private_place == "yes" and not incident.private and not _inside(incident, command)


def _inside(incident: Incident, command: SpokenOf) -> bool:
    place, message = incident.place, command.message
    return bool(place and message and (place.tenant, place.channel) == (message.tenant, message.channel))


def _ask_first(incident: Incident, command: AddToTimeline) -> Reply:
    args = {**command.again(), "incident": incident.key, "confirm": "yes"}
    button = Button(label=words.ADD_ANYWAY, does=command.kind, args=args)
    return Reply.of(say_incident.private_to_public(), button)


# -- and taken off again


class TakeOff(Command, kind="take_off_timeline"):
    """`entry` is the id of a line."""

    needs = Needs(log=True)
    wants_incident = True

    entry: str = ""


@decides(TakeOff)
def take_off(state: State, command: TakeOff, now: datetime) -> Decision:
    incident = incident_of(state)
    line = next((one for one in state.log if one.id == command.entry), None)
    if line is None or not line.is_key:
        raise Refused(words.not_in_timeline(incident))
    if line.kind not in (*SAID, EntryKind.ALERT):
        raise Refused(words.change_stays())
    off = _unmarked(line, stamp_of(happened(command, now)))
    reply = words.taken_off(incident)
    return changed(state, command, now, off, what=words.AN_ENTRY, reply=reply, undo=False)


def _unmarked(line: Entry, stamp: int) -> Entry:
    """As if every pin had been taken away now: a later one counts again."""
    marks = {who: -max(stamp, mark) if mark > 0 else mark for who, mark in line.marks.items()}
    return line.model_copy(update={"noted": False, "corrected": False, "marks": marks})
