"""What trackers are told of action items, and when: effects, and what a change of an item amounts to.

Law: an item has one ticket at a time. What is on its way to a tracker is one lane, in its order, so that what comes
back can be compared with what was last known.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from bot.command import Command
from bot.effects import DRAFT, REMINDER, Effect
from bot.ids import stable_id
from bot.model import ActionItem, ItemStatus
from bot.reminders import items_of, over, planned, rule
from bot.state import Look, Planned, Reminded, State
from bot.ticket import Ticket, TicketState, TrackerHere

DOOR = "tickets"
"""The platform of all their effects."""
STATES: dict[ItemStatus, TicketState] = {
    ItemStatus.OPEN: "open",
    ItemStatus.DONE: "done",
    ItemStatus.WONT_DO: "dropped",
    ItemStatus.ACCEPTED_RISK: "dropped",
}
HOURLY, DAILY, WATCHED = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
"""How often the ticket of an open item is read, and of an ended one, and how long after it ended."""


class OfTicket(Effect):
    """What is told holds no text: the item is read again when it is delivered."""

    beside: ClassVar[bool] = True

    item: str
    """Id of the action item."""
    named: str
    """Its key."""
    about: str
    """Key of its incident."""
    tracker: str

    @property
    def lane(self) -> str:
        """One for each tracker: one that hangs holds up itself, and a single one of the outbox's workers."""
        return f"{self.platform}:{self.tenant}:{self.tracker}"

    @property
    def mark(self) -> str:
        """By what a repetition finds again what the first attempt may have written."""
        return stable_id("ticket", self.key)


class OpenTicket(OfTicket, kind="open_ticket"):
    """Opens a ticket for an action item, or links the one at `url`. Receipt: `TicketOpened` or `TicketRefused`."""

    url: str = ""
    asked_by: str = ""
    """Person id of whoever hears of it; empty: it was opened by itself."""
    asked_at: datetime
    priority: int = DRAFT


class TellTicket(OfTicket, kind="tell_ticket"):
    """Tells a ticket what was done to its item. Receipt: `TicketSeen` or `TicketRefused`."""

    ticket: str
    state: TicketState = ""
    """As it is to be; empty: that stays."""
    owner: bool = False
    due: bool = False
    """What else changed."""
    asked_at: datetime
    priority: int = DRAFT


class ReadTicket(OfTicket, kind="read_ticket"):
    """Looks what became of a ticket. Receipt: `TicketSeen`, unless it is as it was."""

    ticket: str
    priority: int = REMINDER


# -- from here to there


def tracker_of(state: State, name: str) -> TrackerHere | None:
    return next((one for one in state.trackers if one.name == name), None)


def asked_for(
    command: Command, item: ActionItem, tracker: TrackerHere, now: datetime, *, url: str = "", by: str = ""
) -> tuple[ActionItem, OpenTicket]:
    """The item, with its ticket on the way: whoever asks meanwhile finds it so."""
    key = f"ticket:{item.id}:{command.origin.id}"
    effect = OpenTicket(
        key=key, platform=DOOR, tenant=item.organisation, incident=item.incident, item=item.id, named=item.key,
        about=item.incident_key, tracker=tracker.name, url=url, asked_by=by, asked_at=now,
    )  # fmt: skip
    return item.model_copy(update={"ticket": Ticket(tracker=tracker.name, url=url, telling=key)}), effect


def by_itself(
    state: State, command: Command, item: ActionItem, now: datetime
) -> tuple[ActionItem, tuple[OpenTicket, ...]]:
    """A new item gets its ticket at once, where the operator wants that; never of a drill."""
    tracker = next((one for one in state.trackers if one.every and (one.private or not item.private)), None)
    if tracker is None or item.drill:
        return item, ()
    item, effect = asked_for(command, item, tracker, now)
    return item, (effect,)


def kept_in_step(
    state: State, command: Command, before: ActionItem, after: ActionItem, now: datetime
) -> tuple[ActionItem, tuple[TellTicket, ...]]:
    """What was done to an item here, on its way to its ticket. A change that came from there is none to tell."""
    ticket, wanted = after.ticket, STATES[after.status]
    if ticket is None or not _spoken_to(state, ticket, after):
        return after, ()
    moved: TicketState = wanted if before.status is not after.status and wanted != ticket.state else ""
    owner, due = before.owner != after.owner, before.due != after.due
    if not (moved or owner or due):
        return after, ()
    return told(command, after, ticket, now, state=moved, owner=owner, due=due)


def told(
    command: Command, item: ActionItem, ticket: Ticket, now: datetime, *, state: TicketState = "", owner: bool = False,
    due: bool = False,
) -> tuple[ActionItem, tuple[TellTicket, ...]]:  # fmt: skip
    key = f"ticket-told:{item.id}:{command.origin.id}"
    effect = TellTicket(
        key=key, platform=DOOR, tenant=item.organisation, incident=item.incident, item=item.id, named=item.key,
        about=item.incident_key, tracker=ticket.tracker, ticket=ticket.id, state=state, owner=owner, due=due,
        asked_at=now,
    )  # fmt: skip
    known = ticket.model_copy(update={"state": state or ticket.state, "telling": key})
    return item.model_copy(update={"ticket": known}), (effect,)


def _spoken_to(state: State, ticket: Ticket, item: ActionItem) -> bool:
    tracker = tracker_of(state, ticket.tracker)
    there = tracker is not None and (tracker.private or not item.private)
    return there and bool(ticket.id) and ticket.state != "gone"


def restored(before: ActionItem, now: ActionItem) -> ActionItem:
    """An earlier state of an item that is taken back to: its ticket is not a part of what was done."""
    link = before.link or (now.ticket.url if now.ticket else "")
    return before.model_copy(update={"ticket": now.ticket, "link": link})


# -- and back


def read(item: ActionItem, ticket: Ticket, once: str) -> ReadTicket:
    return ReadTicket(
        key=f"ticket-read:{item.id}:{once}", platform=DOOR, tenant=item.organisation, incident=item.incident,
        item=item.id, named=item.key,
        about=item.incident_key, tracker=ticket.tracker, ticket=ticket.id,
        supersedes=f"ticket-read:{item.id}",
    )  # fmt: skip


def _next(item: ActionItem, now: datetime) -> datetime | None:
    if item.ticket is None or not item.ticket.id or item.ticket.state == "gone":
        return None
    if item.ended_at is None:
        return now + HOURLY
    return now + DAILY if now - item.ended_at < WATCHED else None


def _plan(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    known = items_of(before)
    pairs = [(known.get(item.id), item) for item in items_of(after).values() if item.ticket]
    moved = [item for old, item in pairs if old is None or _kept(old) != _kept(item)]
    return tuple(planned("look_at_ticket", item.id, _next(item, now)) for item in moved)


def _kept(item: ActionItem) -> tuple[object, ...]:
    return item.status, item.ticket.id if item.ticket else "", bool(item.ticket and item.ticket.state == "gone")


@rule(
    _plan,
    hears="nobody",
    when="every hour while an action item with a ticket is open, and every day for a month after it ended: the ticket "
    "is read, because its tracker may have told of a change in vain",
    stops="when the item has no ticket any more, or a month after it ended",
)
def look_at_ticket(look: Look, plan: Planned, now: datetime) -> Reminded:
    item = look.items[0] if look.items else None
    following = _next(item, now) if item else None
    if item is None or item.ticket is None or following is None:
        return over(plan)
    look_at = read(item, item.ticket, f"{now:%Y-%m-%dT%H:%M}")
    return Reminded(effects=(look_at,), plans=(planned(plan.rule, item.id, following),))
