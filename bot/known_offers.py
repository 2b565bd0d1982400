"""Which action items are offered at review: those that stood open when the incident was declared, the best match first.

Law: only what everybody may see is ever offered: whoever reads a postmortem is more than whoever answers about it.
"""

from __future__ import annotations

from datetime import datetime

from bot import search_words
from bot.known import OPEN, Known, stood
from bot.model import ActionItem, Incident
from bot.similar import Found, ranked, worth

MOST_OFFERED = 5


def offered(found: Found | None, incident: Incident, known: Known, now: datetime) -> tuple[ActionItem, ...]:
    """Of past incidents that share words with it: the more the incidents and the item's own words do, the earlier."""
    if found is None:
        return ()
    said = {one.item for one in known.items}
    scored = [
        (match.score + _of_its_own(found, item), item)
        for match in ranked(found, now)
        if not (match.past.incident.private or match.past.incident.drill)
        for item in (*match.past.items, *match.past.ended)
        if may_be_known(item, incident) and item.id not in said and stood(item, incident) == OPEN
    ]
    scored.sort(key=lambda one: (-one[0], one[1].severity, one[1].due, one[1].key))
    return tuple(item for _, item in scored[:MOST_OFFERED])


def may_be_known(item: ActionItem, incident: Incident) -> bool:
    return not (item.private or item.drill) and item.incident != incident.id


def _of_its_own(found: Found, item: ActionItem) -> float:
    """What the item's words have of what is rare."""
    mine = set(search_words.words(item.text))
    return sum(worth(found, word) for word in found.asked if word in mine)
