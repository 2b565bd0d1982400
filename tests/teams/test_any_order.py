"""Messages of Teams in any order and any number: the same entry as when everything came once, in its order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sandbox.teams import activities
from adapters.sandbox.teams.teams import SimulatedTeams
from adapters.teams.activities import Activity
from adapters.teams.captures import Captures
from bot.command import Capture
from bot.commands.captures import merge
from bot.counts import Counts
from bot.model import Entry

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EDIT, DELETE, UNDELETE = "editMessage", "softDeleteMessage", "undeleteMessage"
HAPPENED = st.lists(st.sampled_from([EDIT, EDIT, DELETE, UNDELETE]), max_size=5)


def happened(kinds: list[str]) -> list[Capture]:
    """What Teams tells of one message, in the order in which people did it. What makes no sense is left out."""
    now = NOON
    sim = SimulatedTeams(lambda: now)
    tom, place = sim.user("tom"), sim.world.named("General")
    assert place is not None
    said = sim._written(tom, place, "", "the pool is ful", "")
    told = [activities.message(sim, tom, place, said)]
    deleted, edits = False, 0
    for kind in kinds:
        now += timedelta(seconds=1)
        if (kind == UNDELETE) != deleted:
            continue
        deleted = kind == DELETE
        if kind == EDIT:
            edits += 1
            said.text = f"the pool is full {edits}"
            said.html = f"<p>{said.text}</p>"
        told.append(activities.message(sim, tom, place, said, kind))
    return [_captured(raw, sim.tenant) for raw in told]


def _captured(raw: dict[str, Any], tenant: str) -> Capture:
    found = Captures(Counts()).of(Activity.model_validate(raw), raw, tenant)
    assert found is not None
    return found


def entry_of(events: list[Capture]) -> Entry | None:
    entry: Entry | None = None
    for event in events:
        entry = merge(entry, event, "i1", NOON) or entry
    return entry


@settings(deadline=None)
@given(kinds=HAPPENED, data=st.data())
def test_whatever_the_order_and_however_often_the_entry_is_the_same(kinds: list[str], data: st.DataObject) -> None:
    events = happened(kinds)
    again = data.draw(st.lists(st.sampled_from(events), max_size=3))
    shuffled = data.draw(st.permutations([*events, *again]))
    assert entry_of(shuffled) == entry_of(events)


def test_the_last_of_what_happened_is_what_stands() -> None:
    for kinds, text, deleted in (
        ([EDIT, EDIT], "the pool is full 2", False),
        ([EDIT, DELETE], "", True),
        ([DELETE, UNDELETE], "the pool is ful", False),
        ([EDIT, DELETE, UNDELETE, EDIT], "the pool is full 2", False),
        ([DELETE, UNDELETE, DELETE], "", True),
    ):
        for events in (happened(kinds), happened(kinds)[::-1]):
            entry = entry_of(events)
            assert entry is not None
            assert (entry.text, bool(entry.deleted)) == (text, deleted), kinds
