"""What reviews said of what was known before, as programs read it."""

from __future__ import annotations

from adapters.web.shapes import Instant
from bot.draft_names import Names
from bot.known import Known, KnownFigures, came_back, declared_at, is_unfixed
from bot.model import Incident, Postmortem
from bot.text import Value, with_names


class KnownItemShape(Value):
    key: str
    incident: str
    text: str
    """All three empty: its incident turned private since."""
    was: str
    """How it stood when the later incident was declared: open, or how it had ended by then."""


class KnownShape(Value):
    key: str
    title: str
    declared_at: Instant | None
    unfixed: bool
    """What would have helped stood open, or was left undone on purpose."""
    came_back: bool
    """What was done before did not hold."""
    items: tuple[KnownItemShape, ...]
    """None: no open item would have helped."""


class KnownAnswer(Value):
    figures: KnownFigures
    incidents: tuple[KnownShape, ...]
    """The newest first; drills are left out."""


def known_shape(incident: Incident, postmortem: Postmortem, names: Names) -> KnownShape:
    known = postmortem.known
    return KnownShape(
        key=incident.key,
        title=with_names(incident.title, names),
        declared_at=declared_at(incident),
        unfixed=is_unfixed(known),
        came_back=came_back(known),
        items=_items(known, names),
    )


def _items(known: Known, names: Names) -> tuple[KnownItemShape, ...]:
    return tuple(
        KnownItemShape(key=one.key, incident=one.of, text=with_names(one.text, names), was=one.was)
        for one in known.items
    )
