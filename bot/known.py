"""Whether an incident was known before: an action item of another one would have prevented it, or shortened it.

Law: a person says so at review, for ever or until it is taken back. What was open then makes it an incident with a
known, unfixed factor; what was done before did not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.text import Typed, Value, with_names

if TYPE_CHECKING:
    from bot.model import ActionItem, Incident, Postmortem

OPEN, DONE, NOBODY = "open", "done", "none"
MOST = 20
"""Action items that one incident can be said to be of."""


class KnownItem(Value):
    """As the postmortem of the incident that came later keeps it."""

    item: str
    incident: str
    """Ids of the item and of its incident."""
    key: str
    of: str
    """Keys of both; empty, like the text, since that incident turned private."""
    text: Typed
    was: str
    """How it stood when the later incident was declared: open, or how it had ended by then."""
    by: str
    at: datetime


class Known(Value):
    """The answer to "would an open item have prevented or shortened this?"."""

    items: tuple[KnownItem, ...] = ()
    none_by: str = ""
    """Who said that there was none."""
    none_at: datetime | None = None

    @property
    def answered(self) -> bool:
        return bool(self.items) or self.none_at is not None


class Again(Value):
    """As the item keeps it: a later, public incident that it would have prevented, or shortened."""

    incident: str
    """Id; `key` beside it is what people call it."""
    key: str
    at: datetime
    """When that was said."""
    done_at: datetime | None = None
    """Where the item was done before the incident: which ending of it did not hold."""


# -- what follows from it


def declared_at(incident: Incident) -> datetime | None:
    moment = incident.times.declared
    return moment.at if moment else None


def stood(item: ActionItem, incident: Incident) -> str | None:
    """How the item stood when the incident was declared; None: it was not there yet."""
    at = declared_at(incident)
    if at is None or item.created_at >= at:
        return None
    return item.status.value if item.ended_at is not None and item.ended_at <= at else OPEN


def is_unfixed(known: Known) -> bool:
    """A known, unfixed factor: what would have helped stood open, or was left undone on purpose."""
    return any(one.was != DONE for one in known.items)


def came_back(known: Known) -> bool:
    """It came back after the fix."""
    return any(one.was == DONE for one in known.items)


def mark(known: Known) -> str:
    """How it is counted: what of all this holds, with commas; empty: nobody has answered."""
    told = (("unfixed", is_unfixed(known)), ("came back", came_back(known)), (NOBODY, known.none_at is not None))
    return ",".join(name for name, holds in told if holds)


class KnownFigures(Value):
    """Of incidents that are no drills, whose review answered the question."""

    answered: int
    unfixed: int
    came_back: int
    none: int


def figures(pairs: Iterable[tuple[Incident, Postmortem]]) -> KnownFigures:
    told = [of.known for incident, of in pairs if not incident.drill and of.known.answered]
    return KnownFigures(
        answered=len(told),
        unfixed=sum(map(is_unfixed, told)),
        came_back=sum(map(came_back, told)),
        none=sum(one.none_at is not None for one in told),
    )


def without(known: Known, item: str) -> Known:
    """With the answer about an item (id) taken back."""
    return known.model_copy(update={"items": tuple(one for one in known.items if one.item != item)})


def hidden(known: Known, item: str) -> Known:
    """The item's incident turned private: that there was one stays true, and nothing else is told of it."""
    bare = {"key": "", "of": "", "text": ""}
    items = tuple(one.model_copy(update=bare) if one.item == item else one for one in known.items)
    return known.model_copy(update={"items": items})


def known_json(known: Known, names: Callable[[str], str]) -> dict[str, Any]:
    """For programs; people by name."""
    return {
        "answered": known.answered,
        "unfixed": is_unfixed(known),
        "came_back": came_back(known),
        "items": [
            {"key": one.key, "incident": one.of, "text": with_names(one.text, names), "was": one.was}
            for one in known.items
        ],
    }
