"""Weeks that count: somebody was told of overdue items, or nobody could be.

Law: an item is ignored for a week when a digest that shows it was delivered, and nothing was done about it before the
next one. Whatever is done about an item begins its count anew.
"""

from __future__ import annotations

from datetime import datetime

from bot.command import Origin, Receipt
from bot.effects import Direct, Effect
from bot.model import ActionItem
from bot.reminders import ages
from bot.rules import decides
from bot.state import Decision, State
from bot.turns import moment


class HeardOf(Receipt, kind="heard_of"):
    """`items` are ids, with commas; what was done about one since then (a moment) is not undone by it."""

    items: str
    since: str = ""

    def told_of(self) -> tuple[str, ...]:
        return tuple(self.items.split(","))


def heard_of(effect: Effect, since: datetime) -> HeardOf | None:
    """What a digest that was delivered amounts to, decided as it was at that moment."""
    if not isinstance(effect, Direct) or not effect.items:
        return None
    origin = Origin(id=f"heard:{effect.key}", platform=effect.platform, tenant=effect.tenant)
    return HeardOf(origin=origin, items=",".join(effect.items), since=since.isoformat())


@decides(HeardOf)
def heard(state: State, command: HeardOf, _now: datetime) -> Decision:
    since = moment(command.since)
    counted = tuple(_once_more(item) if _untouched(item, since) else item for item in state.items)
    return Decision(state=state.model_copy(update={"items": counted}))


def _untouched(item: ActionItem, since: datetime | None) -> bool:
    return ages(item) and not (since and item.last_change and item.last_change.at >= since)


def _once_more(item: ActionItem) -> ActionItem:
    return item.model_copy(update={"heard": item.heard + 1})
