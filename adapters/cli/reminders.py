"""`debrief reminders --simulate 90d`: what would be sent to whom and when, as a table."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

from adapters.cli.tokens import lifetime
from adapters.cli.verbs import Show
from bot.simulation import Sent
from bot.words import terminal as words
from bot.zones import echo

HEAD = ("When", "To", "Reminder", "What")
Simulated = tuple[Sequence[Sent], Callable[[str], str], str]
"""What would be sent, what accounts are called, and the zone in which times are shown: the organisation's."""


def simulate(
    ahead: str, simulated: Callable[[timedelta], Coroutine[Any, Any, Simulated]], show: Show, complain: Show
) -> int:
    lasts = lifetime(ahead)
    if lasts is None:
        complain(words.no_length(ahead))
        return 2
    return table(*asyncio.run(simulated(lasts)), show)


def table(sent: Sequence[Sent], name_of: Callable[[str], str], zone: str, show: Show) -> int:
    if not sent:
        show(words.nothing_to_remind())
        return 0
    rows = [HEAD, *(_row(one, name_of, zone) for one in sent)]
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    for row in rows:
        show("  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])).rstrip())
    show(words.simulated(len(sent), len({one.account for one in sent if one.account})))
    return 0


def _row(one: Sent, name_of: Callable[[str], str], zone: str) -> tuple[str, str, str, str]:
    return echo(one.at, zone), name_of(one.account) if one.account else f"#{one.channel}", one.rule or "-", one.text
