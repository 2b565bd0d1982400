"""A small organisation's year: few reminders, none at a wrong hour, and an end for every action item."""

from __future__ import annotations

from bench.year import Year, wrongs
from bot.model import ItemStatus
from bot.reminders import RULES
from storage.store import SqlStore


async def test_every_item_ends_and_nobody_hears_more_than_the_rules_allow(store: SqlStore) -> None:
    year = Year(store, people=8, incidents=3, items=12)
    year.begin()
    await year.run()
    assert list(wrongs(year)) == []
    items = year.reports.items(year.reader)
    assert len(items) == 12
    assert {item.status for item in items} <= {ItemStatus.DONE, ItemStatus.WONT_DO, ItemStatus.ACCEPTED_RISK}
    assert {"digest", "due_soon", "did_it_hold"} <= {one.rule for one in year.sent} & set(RULES)
