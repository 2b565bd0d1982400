"""Reminders: plans that come due, what their rules see, and keys that count once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.command import Needs
from bot.model import ActionItem, Entry, EntryKind, ItemStatus, Person, Policies, Postmortem, Status
from bot.policy import Team
from bot.state import Due, Look, Planned, Reminded
from storage.store import SqlStore
from tests.storage.worlds import SAID_AT, World, account, post


def now(world: World) -> datetime:
    with world.store.transaction() as tx:
        return tx.now()


def plan(world: World, subject: str, *, key: str = "", seconds: float = -1, **more: object) -> Planned:
    at = now(world) + timedelta(seconds=seconds)
    made = Planned.model_validate(
        {"key": key or f"digest:{subject}", "rule": "digest", "subject": subject, "at": at, **more}
    )
    world.save(plans=[made])
    return made


def due(world: World) -> list[Due]:
    with world.store.transaction() as tx:
        return tx.due(10)


def look(world: World, subject: str) -> Look | None:
    plan(world, subject, key="look")
    with world.store.transaction() as tx:
        return tx.look(next(one for one in tx.due(10) if one.plan.key == "look"))


def test_a_plan_comes_due_at_its_time_and_not_before(world: World) -> None:
    made = plan(world, "p1", seconds=60, wall="2026-11-30T09:30 Asia/Tokyo")
    assert due(world) == []
    world.store.set_clock_offset(61)
    assert due(world) == [Due(plan=made, organisation=world.organisation)]


def test_a_second_plan_of_the_same_key_moves_it_unless_it_is_to_keep(world: World) -> None:
    plan(world, "p1", seconds=60)
    plan(world, "p1", seconds=-5, keep=True)
    assert due(world) == []
    moved = plan(world, "p1", seconds=-5)
    assert [one.plan for one in due(world)] == [moved]
    world.save(plans=[moved.model_copy(update={"at": None})])
    assert due(world) == []


def test_a_reminder_is_sent_once_whatever_is_planned_again(world: World) -> None:
    for _ in range(2):
        plan(world, "p1")
        with world.store.transaction() as tx:
            (one,) = tx.due(10)
            tx.remind(one, Reminded(once="digest:p1:2026-W48", effects=(post("digest:p1:2026-W48"),)))
    assert world.rows("SELECT key FROM outbox WHERE kind = 'post'") == [("digest:p1:2026-W48",)]
    assert due(world) == []


def test_a_used_key_moves_the_plan_all_the_same(world: World) -> None:
    first = plan(world, "p1")
    later = first.model_copy(update={"at": now(world) + timedelta(days=7)})
    decided = Reminded(once="same", effects=(post("effect"),), plans=(later,))
    with world.store.transaction() as tx:
        (one,) = tx.due(10)
        assert tx.remind(one, decided)
        assert not tx.remind(one, decided.model_copy(update={"effects": (post("another"),)}))
    assert due(world) == []
    assert world.value("SELECT count(*) FROM plan") == 1
    assert world.value("SELECT count(*) FROM outbox WHERE key = 'another'") == 0


def test_the_same_key_counts_for_each_organisation(world: World) -> None:
    other = World(world.store, "T2")
    for each in (world, other):
        plan(each, "p1")
        with world.store.transaction() as tx:
            (one,) = tx.due(10)
            assert tx.remind(one, Reminded(once="same"))


def test_a_digest_sees_the_person_and_their_open_items(world: World) -> None:
    maya = world.person("maya")
    made = world.declare()
    item = world.item(made)
    world.item(made, "ACT-2", status=ItemStatus.DONE)
    world.item(made, "ACT-3", owner="")
    seen = look(world, maya.id)
    assert seen is not None
    assert (seen.person, seen.items, seen.busy) == (maya, (item,), False)


def test_a_click_in_a_list_sees_what_became_of_its_other_items_as_far_as_the_reader_may(world: World) -> None:
    maya, tom = world.person("maya"), world.person("tom")
    made = world.declare()
    mine = world.item(made)
    done = world.item(made, "ACT-2", status=ItemStatus.DONE)
    handed_on = world.item(made, "ACT-3", owner=tom.id)
    world.item(made, "ACT-4", owner=tom.id)
    hidden = world.declare("INC-2", channel="C2", private=True, responders=frozenset({tom.id}), declared_by=tom.id)
    world.item(hidden, "ACT-5", owner=tom.id)
    listed = "digest:ACT-2,act-3,ACT-5,ACT-99"
    with world.store.transaction() as tx:
        seen = tx.load(world.organisation, world.command(listed=listed), Needs(my_items=True))
        alone = tx.load(world.organisation, world.command(), Needs(my_items=True))
    assert seen.actor.id == maya.id
    assert {one.key for one in seen.my_items} == {mine.key, done.key, handed_on.key}
    assert alone.my_items == (mine,)


@pytest.mark.parametrize(
    ("fields", "busy"),
    [
        ({}, True),
        ({"drill": True}, False),
        ({"status": Status.MITIGATED}, False),
        ({"responders": frozenset()}, False),
    ],
)
def test_a_responder_of_an_active_incident_is_busy(world: World, fields: dict[str, Any], busy: bool) -> None:
    maya = world.person("maya")
    world.declare(**{"responders": frozenset({maya.id}), **fields})
    seen = look(world, maya.id)
    assert seen is not None
    assert seen.busy is busy


def with_postmortem(world: World) -> tuple[ActionItem, Postmortem, Person]:
    maya = world.person("maya")
    made = world.declare()
    draft = Postmortem(
        id="pm1",
        organisation=world.organisation,
        incident=made.id,
        owner=maya.id,
        opened_at=SAID_AT,
        due=date(2026, 12, 1),
    )
    world.save(world.command(incident="INC-1"), postmortem=draft)
    return world.item(made), draft, maya


def test_an_items_reminder_sees_its_owner_incident_and_postmortem(world: World) -> None:
    item, draft, maya = with_postmortem(world)
    lead = world.person("lead")
    before = world.poke().organisation
    teams = Policies(teams=(Team(name="Payments", lead=lead.id),))
    world.save(organisation=before.model_copy(update={"policies": teams}))
    seen = look(world, item.id)
    assert seen is not None
    assert (seen.items, seen.person, seen.postmortem) == ((item,), maya, draft)
    assert seen.incident is not None
    assert lead.id in seen.people


def test_a_postmortems_reminder_sees_its_owner(world: World) -> None:
    _, draft, maya = with_postmortem(world)
    seen = look(world, draft.id)
    assert seen is not None
    assert (seen.postmortem, seen.person) == (draft, maya)


def test_a_word_for_one_person_about_a_postmortem_sees_that_person(world: World) -> None:
    _, draft, maya = with_postmortem(world)
    ines = world.person("ines")
    seen = look(world, f"{draft.id}:{ines.id}")
    assert seen is not None
    assert (seen.person, seen.postmortem, seen.authors) == (ines, draft, ())
    whole = look(world, draft.id)
    assert whole is not None
    assert whole.person == maya


def test_of_a_private_incident_nobody_but_a_member_is_seen_as_the_addressee(world: World) -> None:
    maya, ines = world.person("maya"), world.person("ines")
    made = world.declare("INC-QWRTZ", private=True, responders=frozenset({maya.id}))
    draft = Postmortem(
        id="pm1",
        organisation=world.organisation,
        incident=made.id,
        owner=maya.id,
        opened_at=SAID_AT,
        due=SAID_AT.date(),
    )
    world.save(world.command(incident="INC-QWRTZ"), postmortem=draft)
    assert look(world, f"pm1:{maya.id}")
    assert look(world, f"pm1:{ines.id}") is None


def test_the_authors_are_those_of_key_entries_that_are_not_about_the_postmortem(world: World) -> None:
    _, draft, maya = with_postmortem(world)
    people = {name: world.person(name) for name in ("tom", "ines", "kenji")}
    told = [("tom", EntryKind.NOTE, True), ("ines", EntryKind.MESSAGE, False), ("kenji", EntryKind.POSTMORTEM, True)]
    entries = [
        Entry(id=f"e{n}", incident=draft.incident, kind=kind, author=account(name), occurred=SAID_AT, recorded=SAID_AT,
              noted=noted)
        for n, (name, kind, noted) in enumerate(told)
    ]  # fmt: skip
    world.save(world.command(incident="INC-1"), entries=entries)
    seen = look(world, draft.id)
    assert seen is not None
    assert seen.authors == (people["tom"].id,)
    assert {maya.id, people["tom"].id} <= set(seen.people)


def test_of_a_subject_that_is_gone_nothing_is_seen(world: World) -> None:
    assert look(world, "nobody") is None


def test_holidays_are_those_of_the_organisations_country(url: str) -> None:
    asked: list[tuple[str, int]] = []

    def holidays(country: str, year: int) -> frozenset[str]:
        asked.append((country, year))
        return frozenset({f"{year}-12-25"})

    store = SqlStore(url, holidays=holidays)
    world = World(store)
    maya = world.person("maya")
    seen = look(world, maya.id)
    assert seen is not None
    assert seen.holidays == frozenset()
    before = world.poke().organisation
    world.save(organisation=before.model_copy(update={"policies": Policies(country="DE")}))
    seen = look(world, maya.id)
    told = world.poke(needs=Needs(holidays=True)).holidays, world.poke().holidays
    store.close()
    assert seen is not None
    assert told == (seen.holidays, frozenset())
    year = asked[0][1]
    assert seen.holidays == {f"{year}-12-25", f"{year + 1}-12-25"}


def test_two_clocks_share_what_is_due(pg_url: str, open_store: Callable[[str], SqlStore]) -> None:
    world = World(open_store(pg_url))
    plan(world, "p1")
    plan(world, "p2")
    with world.store.transaction() as one, open_store(pg_url).transaction() as two:
        mine, yours = one.due(1), two.due(10)
        assert len(mine) == len(yours) == 1
        assert mine != yours
