"""What became of effects: a channel is there, a message stands, a history was read, something could not be delivered.

Law: a receipt decides what follows from the present state, not from the state in which its effect was decided.
"""

from __future__ import annotations

from datetime import datetime

from bot import cards
from bot.change import incident_of
from bot.command import Needs, Receipt
from bot.commands.added import SpokenOf
from bot.commands.captures import Said, merge
from bot.effects import Backfill, Direct, Edit, Effect, Invite, Post
from bot.model import FileLink, Incident, MessageRef, Place
from bot.people import account_in
from bot.rules import decides
from bot.similar_cards import looked_again
from bot.state import Decision, State
from bot.text import Called, Card, Section, Text, Typed
from bot.words import channel as words
from bot.words.incident import topic

TOLD = "undeliverable"
"""The purpose of messages that tell of a failed delivery: their own failure is told to nobody."""


class ChannelOpened(Receipt, kind="channel_opened"):
    """`members` are the account keys of those who were in the place before the incident was; `limited` says why not
    everything said there is captured."""

    needs = Needs(similar="public")

    place: Place
    name: str = ""
    members: tuple[str, ...] = ()
    limited: str = ""

    def mentions(self) -> tuple[str, ...]:
        return self.members


@decides(ChannelOpened)
def channel_opened(state: State, command: ChannelOpened, now: datetime) -> Decision:
    incident = incident_of(state)
    there = frozenset(state.named[one] for one in command.members if one in state.named)
    responders = incident.responders | there if incident.private else incident.responders
    present = tuple(sorted(command.members)) if command.members else None
    told = {"place": command.place, "capture_gap": command.limited, "responders": responders, "present": present}
    incident = incident.model_copy(update=told)
    state = looked_again(state.model_copy(update={"incident": incident}), now)
    card = _status_card(state, incident, command.place, f"status card:{incident.id}")
    return Decision(state=state, effects=(card, *_brought_in(state, incident, command.place, there)))


def _status_card(state: State, incident: Incident, place: Place, key: str) -> Post:
    return Post(
        key=key,
        platform=place.platform,
        tenant=place.tenant,
        incident=incident.id,
        place=place,
        card=cards.status_card(state, incident),
        purpose="status card",
        pin=True,
    )


def _brought_in(state: State, incident: Incident, place: Place, there: frozenset[str]) -> tuple[Invite, ...]:
    """Who was given a role or invited while there was no channel yet, and is not `there` anyway."""
    people = (state.people.get(one) for one in sorted(incident.responders - there - {incident.declared_by}))
    accounts = tuple(account for one in people if one is not None and (account := account_in(one, place)))
    if not accounts:
        return ()
    return (
        Invite(
            key=f"invite:{incident.id}:opened",
            platform=place.platform,
            tenant=place.tenant,
            incident=incident.id,
            place=place,
            accounts=accounts,
            topic=topic(incident),
        ),
    )


class MessagePosted(Receipt, kind="message_posted"):
    purpose: str = ""
    ref: MessageRef


@decides(MessagePosted)
def message_posted(state: State, command: MessagePosted, _now: datetime) -> Decision:
    field = {"status card": "status_card", "announcement": "announcement"}.get(command.purpose)
    if field is None or state.incident is None:
        return Decision(state=state)
    incident = state.incident.model_copy(update={field: command.ref})
    state = state.model_copy(update={"incident": incident})
    if not incident.changes and not incident.private:
        return Decision(state=state)
    # Something changed while the message was under way.
    late = [
        one for one in cards.refreshed(state, command.origin.id) if isinstance(one, Edit) and one.message == command.ref
    ]
    return Decision(state=state, effects=tuple(late))


class MessageRead(Receipt, kind="message_read"):
    message: MessageRef
    stamp: int
    text: Typed = ""
    author: str = ""
    author_name: Called = ""
    thread: str = ""
    permalink: str = ""
    files: tuple[FileLink, ...] = ()

    needs = SpokenOf.needs.model_copy(update={"message": True})


@decides(MessageRead)
def message_read(state: State, command: MessageRead, now: datetime) -> Decision:
    incident = incident_of(state)
    known = state.entry if state.entry and state.entry.incident == incident.id else None
    if known is None:
        return Decision(state=state)
    said = Said(
        origin=command.origin,
        message=command.message,
        stamp=command.stamp,
        text=command.text,
        author=command.author,
        author_name=command.author_name,
        thread=command.thread,
        permalink=command.permalink,
        files=command.files,
    )
    merged = merge(known, said, incident.id, now)
    return Decision(state=state, entries=(merged,) if merged else ())


class HistoryRead(Receipt, kind="history_read"):
    """One page of a channel's history was submitted, message by message. Without a cursor it was the last."""

    place: Place
    since: str
    oldest: str = ""
    cursor: str = ""
    page: int = 0


@decides(HistoryRead)
def history_read(state: State, command: HistoryRead, _now: datetime) -> Decision:
    incident = incident_of(state)
    if command.cursor:
        following = Backfill(
            key=_page_key(command),
            platform=command.place.platform,
            tenant=command.place.tenant,
            incident=incident.id,
            place=command.place,
            since=command.since,
            oldest=command.oldest,
            cursor=command.cursor,
            page=command.page + 1,
        )
        return Decision(state=state, effects=(following,))
    if not incident.capture_gap:
        return Decision(state=state)
    state = state.model_copy(update={"incident": incident.model_copy(update={"capture_gap": ""})})
    return Decision(state=state, effects=cards.refreshed(state, command.origin.id))


def _page_key(command: HistoryRead) -> str:
    """The first page's key with the number of the page that follows: it must not grow with the pages."""
    first = command.origin.id.removesuffix(f":{command.page}") if command.page else command.origin.id
    return f"{first}:{command.page + 1}"


class Undeliverable(Receipt, kind="undeliverable"):
    """A delivery was given up for good."""

    effect_kind: str
    reason: str
    account: str = ""
    """Account key of whoever it was for."""
    accounts: tuple[str, ...] = ()
    """Likewise where it may have been for several."""
    purpose: str = ""
    gone: MessageRef | None = None
    """The message that was to be changed and that somebody deleted."""

    @property
    def people(self) -> tuple[str, ...]:
        return (self.account, *self.accounts) if self.account else self.accounts

    def mentions(self) -> tuple[str, ...]:
        return self.people


CHANNEL_ITSELF = ("open_channel", "post", "edit", "set_topic", "backfill")
"""Effects whose failure means that the incident's channel may not be able to tell of it."""
SILENT = ("learn_profile", "whisper", "set_topic", "read_message", "ask_model")


@decides(Undeliverable)
def undeliverable(state: State, command: Undeliverable, _now: datetime) -> Decision:
    """Responders are told elsewhere: in the channel of what missed a person, in person of what missed the channel.
    What somebody deleted is no failure."""
    if command.gone is not None:
        return _forgotten(state, command.gone)
    state, incident = _without_reach(state, command), state.incident
    if incident is None or command.purpose == TOLD or command.effect_kind in SILENT:
        return Decision(state=state)
    told = words.undeliverable(state, incident, command.effect_kind, command.reason, command.people)
    missed_channel = command.effect_kind in CHANNEL_ITSELF and command.purpose != "announcement"
    if incident.place is not None and not missed_channel:
        return Decision(state=state, effects=(_in_channel(incident, incident.place, command, told),))
    return Decision(state=state, effects=_in_person(state, incident, command, told))


def _forgotten(state: State, gone: MessageRef) -> Decision:
    """The channel has a status card again, however many changes were waiting for the one that is gone."""
    incident = state.incident
    if incident is None or gone not in (incident.status_card, incident.announcement):
        return Decision(state=state)
    field = "status_card" if gone == incident.status_card else "announcement"
    incident = incident.model_copy(update={field: None})
    state = state.model_copy(update={"incident": incident})
    if field == "announcement" or incident.place is None:
        return Decision(state=state)
    key = f"status card:{incident.id}:instead of:{gone.ts}"
    return Decision(state=state, effects=(_status_card(state, incident, incident.place, key),))


def _without_reach(state: State, command: Undeliverable) -> State:
    """Whom a private message missed counts as unreachable until they do something here again."""
    person = state.people.get(state.named.get(command.account, ""))
    if person is None or command.effect_kind != "direct":
        return state
    missed = person.model_copy(update={"unreachable": True})
    return state.model_copy(update={"people": {**state.people, person.id: missed}})


def _in_channel(incident: Incident, place: Place, command: Undeliverable, told: Text) -> Post:
    return Post(
        key=f"told:{incident.id}:{command.origin.id}"[:400],
        platform=place.platform,
        tenant=place.tenant,
        incident=incident.id,
        place=place,
        card=Card(sections=(Section(text=told),)),
        purpose=TOLD,
    )


def _in_person(state: State, incident: Incident, command: Undeliverable, told: Text) -> tuple[Effect, ...]:
    """The commander, or else whoever declared, on the platform where it failed."""
    where = Place(platform=command.origin.platform, tenant=command.origin.tenant, channel="")
    for person in (incident.lead, incident.declared_by):
        found = state.people.get(person)
        account = account_in(found, where) if found else ""
        if account:
            return (
                Direct(
                    key=f"told:{incident.id}:{command.origin.id}"[:400],
                    platform=where.platform,
                    tenant=where.tenant,
                    incident=incident.id,
                    account=account,
                    card=Card(sections=(Section(text=told),)),
                    purpose=TOLD,
                ),
            )
    return ()
