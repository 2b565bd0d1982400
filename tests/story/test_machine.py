"""Any life of an organisation, in any order: what must hold after each step, over the real engine and database."""

from __future__ import annotations

import itertools
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.model import ItemStatus, MessageRef
from storage.migrate import migrate
from storage.people import integration
from tests.story.world import World

BEFORE_THE_CLOCKS_CHANGE = datetime(2026, 3, 26, 8, 0, tzinfo=UTC)
"""Thursday; Europe moves its clocks on the Sunday after."""
_lives = itertools.count(1)


class Life(RuleBasedStateMachine):
    """`template` is an empty database with its tables; each life gets a copy."""

    template: Path
    folder: Path

    world: World

    messages = Bundle("messages")

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.world.release()
            self.same_whatever_the_order()
            assert self.world.store.verify_audit(self.world.a) is None
            self.world.store.purge()  # what runs every hour also empties the index of words of what was erased
            for erased in self.world.erased:
                assert not self.world.stored(erased), "a deleted text is still there"
        finally:
            self.world.close()

    def _keys(self) -> list[str]:
        return [one.key for one in self.world.reports.incidents(self.world.reader)[0]]

    def _some(self, number: int, keys: list[str]) -> str:
        return keys[number % len(keys)]

    @initialize(seed=st.integers(0, 10_000))
    def first(self, seed: int) -> None:
        path = self.folder / f"{next(_lives)}.db"
        self.world, self.words = World(self.template, path, BEFORE_THE_CLOCKS_CHANGE, seed), itertools.count(1)
        self.world.give("declare", title="Checkout errors", severity="2")
        self.world.deliver(faulty=False)

    # -- incidents

    @rule(severity=st.integers(1, 5))
    @precondition(lambda self: len(self.world.channels) < 3)
    def declare(self, severity: int) -> None:
        self.world.give("declare", title=f"Incident {next(self.words)}", severity=str(severity))

    @rule(which=st.integers(0, 9), kind=st.sampled_from(["resolve", "close", "mitigate", "reopen"]))
    def move(self, which: int, kind: str) -> None:
        more = {"why": "it is back"} if kind == "reopen" else {}
        self.world.give(kind, incident=self._some(which, self._keys()), **more)

    # -- messages

    @rule(target=messages, late=st.booleans())
    @precondition(lambda self: self.world.channels)
    def say(self, late: bool) -> MessageRef:
        number = next(self.words)
        channel = self.world.chance.choice(sorted(self.world.channels.values()))
        ref = MessageRef(
            platform="slack", tenant="TA", channel=channel, ts=f"{int(self.world.now().timestamp())}.{number:06}"
        )
        self._happened(ref, "said", late, text=f"word{number}said")
        return ref

    @rule(ref=messages, late=st.booleans())
    def edit(self, ref: MessageRef, late: bool) -> None:
        self._happened(ref, "edited", late, text=f"word{next(self.words)}edited")

    @rule(ref=messages, late=st.booleans())
    def delete(self, ref: MessageRef, late: bool) -> None:
        self._happened(ref, "deleted", late)

    @rule(ref=messages, late=st.booleans(), added=st.booleans())
    def pin(self, ref: MessageRef, late: bool, added: bool) -> None:
        self._happened(ref, "pinned", late, added=added)

    def _happened(self, ref: MessageRef, kind: str, late: bool, **fields: object) -> None:
        event = self.world.event(kind, ref, **fields)
        if late:
            self.world.held.append(event)
        else:
            self.world.captured(event)

    @rule()
    def what_was_late_arrives(self) -> None:
        self.world.release()

    @rule(which=st.integers(0, 1000))
    def delivered_again(self, which: int) -> None:
        self.world.again(which)

    # -- items

    @rule(which=st.integers(0, 9), days=st.integers(1, 20))
    def add_item(self, which: int, days: int) -> None:
        due = (self.world.now() + timedelta(days=days)).date().isoformat()
        self.world.give("action", incident=self._some(which, self._keys()), text="Alert", owner="me", due=due)

    @rule(which=st.integers(0, 9), kind=st.sampled_from(["done", "wont_do", "snooze", "not_mine", "undo_item"]))
    def change_item(self, which: int, kind: str) -> None:
        keys = [item.key for item in self.world.reports.items(self.world.reader)]
        more = {"reason": "no time"} if kind in ("wont_do", "snooze") else {}
        more |= {"until": "2w"} if kind == "snooze" else {}
        if keys:
            self.world.give(kind, item=self._some(which, keys), **more)

    # -- time and what stands outside

    @rule(hours=st.sampled_from([1, 9, 24, 24 * 4, 24 * 7]))
    def time_passes(self, hours: int) -> None:
        self.world.advance(timedelta(hours=hours))

    @rule()
    def tick(self) -> None:
        """Nobody is reminded of what is not open."""
        open_now = {item.key for item in self.world.reports.items(self.world.reader) if item.status is ItemStatus.OPEN}
        assert set(self.world.tick()) <= open_now

    @rule(faulty=st.booleans())
    def deliver(self, faulty: bool) -> None:
        self.world.deliver(faulty=faulty)

    # -- what always holds

    @invariant()
    def nothing_happens_twice_outside(self) -> None:
        assert all(times == 1 for times in self.world.platform.carried.values())

    @invariant()
    def nothing_of_one_is_seen_by_the_other(self) -> None:
        other = integration(self.world.b, "other")
        assert self.world.reports.incidents(other)[0] == ()
        assert self.world.reports.items(other) == ()

    @invariant()
    def a_resolution_has_one_draft_and_nothing_else_opens_one(self) -> None:
        for incident in self.world.reports.incidents(self.world.reader)[0]:
            record = self.world.reports.record(self.world.reader, incident.key)
            assert record is not None
            assert (record.postmortem is not None) == (incident.resolutions > 0)

    def same_whatever_the_order(self) -> None:
        """What was acknowledged is applied, and the timeline follows from the set of events alone."""
        for incident in self.world.reports.incidents(self.world.reader)[0]:
            record = self.world.reports.record(self.world.reader, incident.key)
            assert record is not None
            known = {entry.ref: entry for entry in record.entries if entry.ref}
            for ref, events in self.world.events.items():
                if ref.channel != self.world.channels.get(incident.id):
                    continue
                one, other = (self.world.expected(ref, incident.id, backwards=way) for way in (False, True))
                facts = [(e.text, e.edits, e.deleted, e.is_key) for e in (one, other, known[ref])]
                assert facts[0] == facts[1] == facts[2], events
                if one.deleted:
                    assert known[ref].text == ""
                    self.world.erased += filter(None, (str(getattr(event, "text", "")) for event in events))


@pytest.mark.timeout(300)
def test_whatever_happens_in_whatever_order_the_record_holds() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Life.folder, Life.template = Path(folder), Path(folder) / "empty.db"
        migrate(f"sqlite:///{Life.template}")
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=30,
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
