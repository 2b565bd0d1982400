"""Captures: what is said becomes entries, once each, in any order and any number to a transaction."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import permutations

import psycopg
import pytest

from bot.command import Capture, Needs
from bot.commands.captures import Deleted, Edited, Reacted, Said
from bot.engine import capture
from bot.errors import Unavailable
from bot.model import Entry, MessageRef, Status
from storage.store import SqlStore
from tests.storage.worlds import World, account, message, origin

AT = 1_790_000_000_000_100


def said(text: str = "it broke", *, ts: str = "1790000000.000100", channel: str = "C1", actor: str = "ken") -> Said:
    return Said(origin=origin(actor), message=message(ts, channel), stamp=AT, text=text)


def edited(text: str, later: int = 1) -> Edited:
    return Edited(origin=origin("ken"), message=message(), stamp=AT + later, text=text)


def deleted(later: int = 9) -> Deleted:
    return Deleted(origin=origin("ken"), message=message(), stamp=AT + later)


def the_entry(world: World, one: MessageRef | None = None) -> Entry | None:
    with world.store.transaction() as tx:
        return tx.entries([one or message()]).get(one or message())


def test_a_message_in_an_incidents_channel_is_kept(world: World) -> None:
    made = world.declare()
    world.capture(said())
    (entry,) = world.poke(incident="INC-1", needs=Needs(log=True)).log
    assert (entry.incident, entry.text, entry.author, entry.ref) == (made.id, "it broke", account("ken"), message())


def test_a_message_elsewhere_is_not_kept_but_remembered_as_seen(world: World) -> None:
    world.declare()
    command = said(channel="C9")
    world.capture(command)
    assert world.value("SELECT count(*) FROM entry") == 0
    with world.store.transaction() as tx:
        assert tx.unseen([command]) == []


def test_the_same_delivery_counts_once_within_a_batch_and_ever_after(world: World) -> None:
    world.declare()
    one, two = said(), said("another", ts="1790000001.000100")
    with world.store.transaction() as tx:
        assert tx.unseen([one, two, one]) == [one, two]
    with world.store.transaction() as tx:
        assert tx.unseen([two, one]) == []
        assert tx.unseen([]) == []


def test_what_was_undone_may_be_delivered_again(world: World) -> None:
    world.declare()
    command = said()
    with suppress(ZeroDivisionError), world.store.transaction() as tx:
        capture(tx, [command])
        raise ZeroDivisionError
    assert the_entry(world) is None
    world.capture(command)
    assert the_entry(world) is not None


def test_an_edit_keeps_what_it_replaced(world: World) -> None:
    world.declare()
    world.capture(said())
    world.capture(edited("it broke badly"))
    entry = the_entry(world)
    assert entry is not None
    assert (entry.text, entry.edits) == ("it broke badly", 1)
    assert world.rows("SELECT text FROM revision") == [("it broke",)]


def test_a_deletion_erases_the_text_everywhere_and_leaves_a_tombstone(world: World) -> None:
    world.declare()
    world.capture(said("canary one"), edited("canary two"))
    world.capture(edited("canary three", later=2))
    world.capture(deleted())
    entry = the_entry(world)
    assert entry is not None
    assert entry.deleted
    assert (entry.text, entry.author) == ("", account("ken"))
    texts = world.rows("SELECT text FROM entry UNION ALL SELECT text FROM revision")
    assert {text for (text,) in texts} == {""}


@pytest.mark.parametrize("order", list(permutations(range(4)))[::4])
def test_any_order_of_events_gives_the_same_entry(world: World, order: tuple[int, ...]) -> None:
    world.declare()
    reaction = Reacted(origin=origin("zoe"), message=message(), stamp=AT + 3, emoji="eyes")
    events: list[Capture] = [said(), edited("two", 1), edited("three", 2), reaction]
    for number in order:
        world.capture(events[number])
    entry = the_entry(world)
    assert entry is not None
    assert (entry.text, entry.edits, entry.reactions) == ("three", 1, {"eyes": {account("zoe"): AT + 3}})


def test_a_message_added_to_another_incident_follows_its_edits_and_its_deletion(world: World) -> None:
    world.declare("INC-1", channel="C1")
    other = world.declare("INC-2", channel="C2")
    world.capture(said())
    world.note(other, "it broke", ref=message(), text_stamp=AT, author=account("ken"))
    world.capture(edited("it broke badly"))
    assert world.rows("SELECT text FROM entry ORDER BY incident") == [("it broke badly",)] * 2
    world.capture(deleted())
    assert world.rows("SELECT text FROM entry ORDER BY incident") == [("",)] * 2


def test_a_message_added_from_a_channel_of_no_incident_follows_its_edits(world: World) -> None:
    made = world.declare(channel="C2")
    world.note(made, "it broke", ref=message(), text_stamp=AT, author=account("ken"))
    world.capture(edited("it broke badly"))
    entry = the_entry(world)
    assert entry is not None
    assert (entry.incident, entry.text) == (made.id, "it broke badly")


def test_the_open_incident_of_a_channel_gets_its_messages(world: World) -> None:
    world.declare("INC-1", status=Status.CLOSED)
    still = world.declare("INC-2")
    world.declare("INC-3", status=Status.RESOLVED)
    with world.store.transaction() as tx:
        assert tx.captured_in([message()]) == {message(): (world.organisation, still.id)}


def test_after_a_tenant_left_nothing_is_captured(world: World) -> None:
    world.declare()
    world.store.leave("slack", "T1")
    world.capture(said())
    assert world.value("SELECT count(*) FROM entry") == 0


def test_the_same_channel_id_on_another_tenant_is_another_channel(world: World) -> None:
    world.declare()
    World(world.store, "T2")
    elsewhere = Said(origin=origin(tenant="T2"), message=message(tenant="T2"), stamp=AT, text="not ours")
    world.capture(elsewhere)
    assert world.value("SELECT count(*) FROM entry") == 0


def test_authors_never_heard_of_become_persons_once(world: World) -> None:
    world.declare()
    world.capture(said(actor="new"), said("more", ts="1790000001.000100", actor="new"))
    world.capture(said("again", ts="1790000002.000100", actor="new"))
    assert world.rows("SELECT key FROM account WHERE key LIKE '%new'") == [(account("new"),)]
    assert world.value("SELECT count(*) FROM outbox WHERE kind = 'learn_profile' AND lane LIKE '%new'") == 1


def test_a_person_undone_with_their_message_is_met_again(world: World) -> None:
    world.declare()
    command = said(actor="new")
    with suppress(ZeroDivisionError), world.store.transaction() as tx:
        capture(tx, [command])
        raise ZeroDivisionError
    world.capture(command)
    assert world.value("SELECT count(*) FROM account WHERE key LIKE '%new'") == 1


def test_a_batch_runs_three_statements_beside_its_commit(world: World) -> None:
    world.declare()
    world.capture(*(said(ts=f"178999999{n}.000100") for n in range(9)))
    batch = [said(ts=f"179000000{n}.000100") for n in range(9)]
    with world.store.transaction() as tx:
        counted = Counting(tx.cursor)
        tx.cursor = counted
        capture(tx, batch)
    locks = [words for words in counted.words if "advisory" in words]
    assert len(counted.words) - len(locks) <= 3
    assert len(locks) <= 1


def test_a_message_is_looked_up_by_its_own_index(world: World) -> None:
    plan = plan_of_looking(world)
    assert "entry_by_message" in plan
    assert "incident_by_place" in plan
    assert "_in_order" not in plan


def test_also_where_the_plan_is_made_while_the_tables_are_known_to_be_empty(
    pg_url: str, open_store: Callable[[str], SqlStore]
) -> None:
    world = World(open_store(pg_url))
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    plan = plan_of_looking(world)
    assert "entry_by_message" in plan
    assert "incident_by_place" in plan


def plan_of_looking(world: World) -> str:
    with world.store.transaction() as tx:
        counted = Counting(tx.cursor)
        tx.cursor = counted
        assert tx.entries([message()]) == {}
        counted.execute(f"EXPLAIN {'QUERY PLAN ' if tx.sqlite else ''}{counted.words[0]}", counted.given)
        return str(tx.cursor.fetchall())


class Counting:
    """A cursor that notes what it is asked."""

    def __init__(self, cursor: object) -> None:
        self._cursor = cursor
        self.words: list[str] = []
        self.given: object = ()

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)

    def execute(self, words: str, *given: object) -> object:
        self.words.append(words)
        self.given = given[0] if given else ()
        return self._cursor.execute(words, *given)  # type: ignore[attr-defined]

    def executemany(self, words: str, *given: object) -> object:
        self.words.append(words)
        return self._cursor.executemany(words, *given)  # type: ignore[attr-defined]


def test_replicas_that_hear_of_one_message_at_once_lose_none_of_it(
    url: str, open_store: Callable[[str], SqlStore]
) -> None:
    world = World(open_store(url))
    world.declare()
    replicas = [world.store, open_store(url)]
    events: list[Capture] = [said(), edited("final", 50)]
    events += [
        Reacted(origin=origin(f"u{n}"), message=message(), stamp=AT + n, emoji="eyes", account=account(f"u{n}"))
        for n in range(20)
    ]

    def tell(number: int) -> None:
        try:
            with replicas[number % 2].transaction() as tx:
                capture(tx, [events[number]])
        except Unavailable:  # SQLite lets nobody queue: what waited too long is refused, and the platform repeats it
            tell(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, range(len(events))))
    entry = the_entry(world)
    assert entry is not None
    assert (entry.text, len(entry.reactions["eyes"])) == ("final", 20)


def test_one_delivery_to_two_replicas_at_once_counts_once(url: str, open_store: Callable[[str], SqlStore]) -> None:
    world = World(open_store(url))
    stores = [world.store, open_store(url)]
    commands = [said(ts=f"179000000{n}.000100") for n in range(8)]

    def tell(store: SqlStore) -> int:
        fresh = 0
        for command in commands:
            with store.transaction() as tx:
                fresh += len(tx.unseen([command]))
        return fresh

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(tell, stores)) == len(commands)
