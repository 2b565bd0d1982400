"""The order of the five times: what cannot come before what, whichever verb says when it was."""

from __future__ import annotations

from datetime import datetime

from bot.change import incident_of
from bot.errors import Refused
from bot.model import Moment, Times
from bot.state import State
from bot.words import timeline as words

COURSE = ("began", "detected", "mitigated", "resolved")
ORDERS = (("began", "detected", "declared"), COURSE)
"""An incident may be declared after it was over."""


def check_order(state: State, name: str, at: datetime, field: str = "") -> None:
    """Raises `Refused` where a time that is known already does not allow this one."""
    times = incident_of(state).times
    for order in ORDERS:
        if name not in order:
            continue
        for place, other in enumerate(order):
            known = getattr(times, other)
            early = place < order.index(name) and known and at < known.at
            late = place > order.index(name) and known and at > known.at
            if early or late:
                raise Refused(words.out_of_order(state, name, at, other, known.at), field)


def after_what_is_known(times: Times, name: str, at: datetime) -> datetime:
    """When a gesture counts as made: the clocks of platforms differ by a second, and it came after what is known."""
    before: list[Moment | None] = [getattr(times, one) for one in COURSE[: COURSE.index(name)]]
    return max([at, *(known.at for known in before if known)])
