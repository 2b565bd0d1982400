"""Tickets of action items: opened, linked and let go here; done, reopened or lost there.

Law: the item is the record. What somebody did to its ticket is taken over only where it differs from what was known and
nothing of ours is on its way there; that it will not be done is never concluded, but asked, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

from bot.change import entry
from bot.command import Command, Needs, Receipt
from bot.commands.actions import due_again
from bot.commands.items import OfItem, may_change, named_item
from bot.effects import Effect
from bot.errors import Refused
from bot.ids import stable_id
from bot.item_past import ItemChange
from bot.model import ActionItem, Entry, EntryKind, ItemStatus, Person
from bot.postmortems import tell
from bot.reminders import reachable
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Button, Card, Reply, Section, Text
from bot.ticket import OVER, Ticket, TicketState, TrackerHere, ref_of
from bot.tickets import STATES, asked_for, read, told
from bot.words import tickets as words

LET_GO = ("off", "unlink", "none")
NEW = "new"
LOST = ("dropped", "gone")
ADDRESS = ("https://", "http://")


# -- what people want


@verb("ticket", usage="ticket ACT-7 [link | off]", example="ticket ACT-7",
      help="Opens a ticket for an action item in your tracker, or links one; off lets it go.")  # fmt: skip
class TicketFor(OfItem, kind="ticket"):
    pass


@decides(TicketFor, may="anyone")
def ticket_for(state: State, command: TicketFor, now: datetime) -> Decision:
    item = named_item(state, command, "ticket")
    may_change(state, command, item)
    said = command.text.strip()
    if said.casefold() in LET_GO:
        return _let_go(state, command, item)
    if item.ticket is not None and not (said.casefold() == NEW and item.ticket.state in LOST):
        raise Refused(words.has_one(item, item.ticket))
    if item.status is not ItemStatus.OPEN:
        raise Refused(words.ended(item))
    tracker = _meant(state, said)
    if item.private and not tracker.private:
        raise Refused(words.not_private(item, tracker))
    url = said[:2000] if said.startswith(ADDRESS) else ""
    item, effect = asked_for(command, _without(item), tracker, now, url=url, by=state.actor.id)
    return _answered(state, command, item, words.on_its_way(item, tracker, linked=bool(url)), (effect,))


def _meant(state: State, said: str) -> TrackerHere:
    """The tracker of the address or by its name; the first one where none is said. Raises `Refused`."""
    if not state.trackers:
        raise Refused(words.no_tracker())
    if said.startswith(ADDRESS):
        found = next((one for one in state.trackers if one.pages and said.startswith(one.pages)), None)
    else:
        named = "" if said.casefold() == NEW else said.casefold()
        found = next((one for one in state.trackers if named in ("", one.name, one.label.casefold())), None)
    if found is None:
        raise Refused(words.not_a_ticket(state.trackers))
    return found


def _without(item: ActionItem) -> ActionItem:
    """The ticket is let go, and with it the link that was its address."""
    stays = "" if item.ticket and item.link == item.ticket.url else item.link
    return item.model_copy(update={"ticket": None, "link": stays})


def _let_go(state: State, command: TicketFor, item: ActionItem) -> Decision:
    if item.ticket is None:
        raise Refused(words.has_none(item))
    return _answered(state, command, _without(item), words.let_go(item))


def _answered(
    state: State, command: TicketFor, item: ActionItem, text: Text, effects: Iterable[Effect] = ()
) -> Decision:
    mine = tuple(item if one.id == item.id else one for one in state.my_items)
    reply = Reply.of(text).model_copy(update={"replaces": bool(command.listed)})
    return Decision(
        state=state.model_copy(update={"item": item, "my_items": mine}), effects=tuple(effects), reply=reply
    )


# -- what came of it


class _AboutTicket(Receipt):
    needs = Needs(postmortem=True)

    item_id: str = ""
    tracker: str = ""
    ticket: str = ""
    """What the tracker called the ticket when it was asked about."""
    key: str = ""
    """Of the effect; empty: nothing was told."""

    def told_of(self) -> tuple[str, ...]:
        return (self.item_id,)


class _WithTicket(_AboutTicket):
    id: str = ""
    """What the tracker calls the ticket now."""
    url: str = ""
    state: TicketState | Literal["same"] = ""
    version: str = ""

    def claims(self) -> tuple[str, ...]:
        return (ref_of(self.tracker, self.id),)


class TicketOpened(_WithTicket, kind="ticket_opened"):
    asked_by: str = ""


class TicketSeen(_WithTicket, kind="ticket_seen"):
    pass


class TicketNoticed(_WithTicket, kind="ticket_noticed"):
    """Its tracker says that something happened to a ticket: a reason to look, or (with a state) all that is known."""


class TicketRefused(_AboutTicket, kind="ticket_refused"):
    reason: str = ""
    asked_by: str = ""
    unopened: bool = False
    """Whether it refused to open one, so that there is none."""


def _about(state: State, command: _AboutTicket) -> tuple[ActionItem, Ticket] | None:
    item = next((one for one in state.items if one.id == command.item_id), None)
    return (item, item.ticket) if item is not None and item.ticket is not None else None


def _saved(state: State, item: ActionItem, effects: Iterable[Effect] = (), *lines: Entry) -> Decision:
    return Decision(state=state.model_copy(update={"items": (item,)}), entries=lines, effects=tuple(effects))


@decides(TicketOpened)
def ticket_opened(state: State, command: TicketOpened, now: datetime) -> Decision:
    found = _about(state, command)
    if found is None or found[1].telling != command.key or state.incident is None:
        return Decision(state=state)
    item, asked = found
    if ref_of(command.tracker, command.id) in state.taken:
        return _saved(state, _without(item), _word(state, command, item, words.taken(item), command.asked_by))
    seen: TicketState = "" if command.state == "same" else command.state
    ticket = Ticket(
        tracker=command.tracker, id=command.id, url=command.url or asked.url, state=seen, version=command.version
    )
    item = item.model_copy(update={"ticket": ticket, "link": item.link or ticket.url})
    heard = _word(state, command, item, words.opened(item, ticket), command.asked_by) if command.asked_by else ()
    if item.status is not ItemStatus.OPEN and seen == "open":  # it ended while its ticket was opened
        item, effects = told(command, item, ticket, now, state=STATES[item.status])
        return _saved(state, item, (*effects, *heard))
    # What was closed before it was linked is only told of; a new one was closed since.
    decision = _followed(state, command, now, item, seen if asked.url else "open")
    return decision.model_copy(update={"effects": (*decision.effects, *heard)})


@decides(TicketRefused)
def ticket_refused(state: State, command: TicketRefused, _now: datetime) -> Decision:
    """What the ticket is like is not known any more: it is taken as it is found the next time."""
    found = _about(state, command)
    if found is None or state.incident is None:
        return Decision(state=state)
    item, ticket = found
    if ticket.telling == command.key:
        unknown = ticket.model_copy(update={"telling": "", "state": ""})
        item = item.model_copy(update={"ticket": unknown}) if ticket.id else _without(item)
    why = words.not_opened if command.unopened else words.refused
    return _saved(state, item, _word(state, command, item, why(item, command.reason), command.asked_by))


@decides(TicketNoticed)
def ticket_noticed(state: State, command: TicketNoticed, now: datetime) -> Decision:
    found = _about(state, command)
    if found is None or found[1].id != command.ticket or state.incident is None:
        return Decision(state=state)
    item, ticket = found
    if not command.state:
        return Decision(state=state, effects=(read(item, ticket, stable_id(command.origin.id)),))
    if ticket.telling or (ticket.version and command.version <= ticket.version):
        return Decision(state=state)
    return _taken_over(state, command, now, item, ticket)


@decides(TicketSeen)
def ticket_seen(state: State, command: TicketSeen, now: datetime) -> Decision:
    found = _about(state, command)
    if found is None or found[1].id != command.ticket or found[1].telling != command.key or state.incident is None:
        return Decision(state=state)  # something newer is on its way there, and will be seen itself
    return _taken_over(state, command, now, *found)


def _taken_over(state: State, command: _WithTicket, now: datetime, item: ActionItem, ticket: Ticket) -> Decision:
    seen: TicketState = ticket.state if command.state == "same" else command.state
    moved = command.id != ticket.id and ref_of(ticket.tracker, command.id) not in state.taken
    known = ticket.model_copy(
        update={
            "id": command.id if moved else ticket.id,
            "url": command.url or ticket.url,
            "state": seen,
            "version": command.version or ticket.version,
            "telling": "",
        }
    )
    link = known.url if item.link == ticket.url else item.link
    return _followed(state, command, now, item.model_copy(update={"ticket": known, "link": link}), ticket.state)


def _followed(state: State, command: Command, now: datetime, item: ActionItem, was: TicketState) -> Decision:
    """What follows from how its ticket is now, where that was otherwise before."""
    seen, is_open = item.ticket.state if item.ticket else was, item.status is ItemStatus.OPEN
    if was in ("", seen):
        return _saved(state, item)
    if seen == "done" and is_open:
        return _changed(state, command, now, item, "done", status=ItemStatus.DONE, ended_at=now)
    if seen == "open" and was in OVER and not is_open:
        again = {"status": ItemStatus.OPEN, "ended_at": None, "reason": "", **due_again(state, item, now)}
        return _changed(state, command, now, item, "reopen", **again)
    if seen in LOST and was not in LOST and is_open:
        return _saved(state, item, _question(state, command, item))
    return _saved(state, item)


def _changed(state: State, command: Command, now: datetime, item: ActionItem, what: str, **fields: Any) -> Decision:
    change = ItemChange(by=state.actor.id, at=now, what=what, before=item.model_dump_json(exclude={"last_change"}))
    after = item.model_copy(update={**fields, "heard": 0, "last_change": change})
    line = entry(state, command, now, EntryKind.ACTION, words.followed(after, what))
    return _saved(state, after, (), line)


# -- who hears of it


def _question(state: State, command: Command, item: ActionItem) -> tuple[Effect, ...]:
    person = next(_in_line(state, item, ""), None)
    if person is None or item.ticket is None:
        return ()
    args = {"item": item.key, "listed": item.key} if person.id == item.owner else {"item": item.key}
    buttons = (
        Button(label=words.WONT_DO, does="wont_do", args=args),
        Button(label=words.KEEP, does="ticket", args={**args, "text": LET_GO[0]}),
        Button(label=words.ANEW, does="ticket", args={**args, "text": NEW}),
    )
    card = Card(sections=(Section(text=words.lost(item, item.ticket), buttons=buttons),))
    return tell(state, person.id, f"ticket-lost:{item.id}:{command.origin.id}", card)


def _word(state: State, command: Command, item: ActionItem, text: Text, to: str) -> tuple[Effect, ...]:
    """To whoever asked, else to whom the item concerns."""
    person = next(_in_line(state, item, to), None)
    card = Card(sections=(Section(text=text),))
    return tell(state, person.id, f"ticket-said:{item.id}:{command.origin.id}", card) if person else ()


def _in_line(state: State, item: ActionItem, first: str) -> Iterator[Person]:
    incident = state.incident
    owner = state.postmortem.owner if state.postmortem else ""
    ids = (first, item.owner, owner, *((incident.lead, incident.declared_by) if incident else ()))
    known = (state.people[one] for one in dict.fromkeys(ids) if one in state.people)
    hidden = incident is not None and incident.private
    members = incident.responders if incident else frozenset()
    return (one for one in known if reachable(one) and (not hidden or one.id in members))
