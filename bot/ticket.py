"""The ticket that an action item has in a tracker outside: frozen values.

Law: the item is the record of the commitment. Its ticket keeps what was known of the other side, by which an echo of
our own is told from a change that somebody made there.
"""

from __future__ import annotations

from typing import Literal

from bot.text import Value

TicketState = Literal["", "open", "done", "dropped", "gone"]
"""dropped: closed, but not because it was done · gone: deleted, or out of reach · empty: not known."""
OVER = ("done", "dropped", "gone")


class Ticket(Value):
    tracker: str
    """Name of the tracker."""
    id: str = ""
    """What the tracker calls it; empty while it is being opened or linked."""
    url: str = ""
    state: TicketState = ""
    """As it was seen last, or as it was told to be since."""
    version: str = ""
    """By what the tracker tells its versions apart: an ETag, or the moment of its last change."""
    telling: str = ""
    """Key of the newest effect that is on its way there: what is seen before it arrived counts for nothing."""


class Seen(Value):
    """A ticket as its tracker has it."""

    id: str
    url: str = ""
    state: TicketState | Literal["same"] = ""
    """same: as it was in the version that was named."""
    version: str = ""


class TrackerHere(Value):
    """What rules know of a tracker that is set up."""

    name: str
    label: str
    """How people call it."""
    pages: str = ""
    """How the addresses of its tickets begin; empty: none can be linked by its address."""
    private: bool = False
    """Whether items of private incidents may go there."""
    every: bool = False
    """Whether each new item gets a ticket there by itself."""


class Where(Value):
    """An action item that has a ticket."""

    organisation: str
    incident: str
    item: str
    """Ids."""


def ref_of(tracker: str, ticket: str) -> str:
    """By what a ticket is found: a name with a space in it is no key and no id of ours."""
    return f"{tracker} {ticket}"
