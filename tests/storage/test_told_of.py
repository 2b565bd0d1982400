"""Items that a command names by id: held while their weeks are counted, so that nothing done meanwhile is lost."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from bot.command import Needs
from bot.commands.heard import HeardOf
from bot.engine import handle
from bot.model import ItemStatus
from bot.state import Decision
from storage.store import SqlStore
from tests.storage.worlds import World, origin


def heard_of(world: World, once: str, *ids: str) -> None:
    with world.store.transaction() as tx:
        handle(tx, HeardOf(origin=origin("", tenant=world.tenant, once=once), items=",".join(ids)))


def counts(world: World) -> list[int]:
    with world.store.transaction() as tx:
        command = HeardOf(origin=origin("", tenant=world.tenant), items="a_act-1_T1,a_act-2_T1")
        return [item.heard for item in tx.load(world.organisation, command, Needs()).items]


def test_the_items_of_several_incidents_count_a_delivered_digest_once(world: World) -> None:
    private = world.declare("INC-QWRTZ", channel="C2", private=True)
    world.item(world.declare())
    world.item(private, "ACT-2")
    for _ in range(2):
        heard_of(world, "heard:digest:1", "a_act-1_T1", "a_act-2_T1", "gone")
    assert counts(world) == [1, 1]
    heard_of(world, "heard:digest:2", "a_act-1_T1")
    assert counts(world) == [2, 1]


def test_items_of_another_organisation_are_not_counted(world: World) -> None:
    other = World(world.store, "T2")
    made = other.item(other.declare())
    heard_of(world, "heard:digest:1", made.id)
    with world.store.transaction() as tx:
        command = HeardOf(origin=origin("", tenant="T2"), items=made.id)
        (kept,) = tx.load(other.organisation, command, Needs()).items
    assert kept == made


def test_what_is_done_while_the_digests_weeks_are_counted_stays_done(
    pg_url: str, open_store: Callable[[str], SqlStore]
) -> None:
    world = World(open_store(pg_url))
    item = world.item(world.declare())
    done = item.model_copy(update={"status": ItemStatus.DONE})
    counted = Thread(target=heard_of, args=(World(open_store(pg_url)), "heard:digest:1", item.id))
    with world.store.transaction() as tx:
        command = world.command(item="ACT-1")
        before = tx.load(world.organisation, command, Needs())
        tx.save(command, before, Decision(state=before.model_copy(update={"item": done})))
        counted.start()
        counted.join(0.5)
    counted.join(10)
    assert world.value("SELECT status FROM item") == "done"
