"""Past incidents are looked for before a command's turn to write; what it then sees is the same, and never more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bot.commands  # noqa: F401 - fills the tables of rules
from bot.command import Origin
from bot.engine import handle
from bot.grammar import read
from bot.similar import Foreseen, Found
from bot.writer import Writer
from storage.store import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.test_similar import POOL, asked
from tests.storage.worlds import World


def similar(number: int, words: str = "similar INC-900", who: str = "maya") -> Any:
    return read(words, Origin(id=f"look {number}", platform="slack", tenant="T1", actor=who))


def answer(store: SqlStore, command: Any, *, ahead: bool) -> str:
    foreseen = store.foresee(command) if ahead else None
    assert (foreseen is not None) == ahead
    with store.transaction(foreseen) as tx:
        return handle(tx, command).plain()


def test_the_answer_is_the_same_and_the_search_is_not_made_twice(world: World) -> None:
    world.person("maya")
    world.declare("INC-1", **POOL)
    asked(world)
    plain = answer(world.store, similar(1), ahead=False)
    assert "INC-1" in plain
    assert answer(world.store, similar(2), ahead=True) == plain
    foreseen = world.store.foresee(similar(3))
    assert foreseen is not None
    empty = foreseen.model_copy(update={"found": Found()})
    with world.store.transaction(empty) as tx:
        assert "Nothing similar" in handle(tx, similar(3)).plain()


def test_what_turned_private_in_between_is_not_told(world: World) -> None:
    tom = world.person("tom")
    old, _ = world.declare("INC-1", **POOL), asked(world)
    foreseen = world.store.foresee(similar(1, who="tom"))
    assert foreseen is not None
    assert [one.incident.key for one in foreseen.found.past] == ["INC-1"]
    world.save(world.command(incident="INC-1"), incident=old.model_copy(update={"private": True}))
    with world.store.transaction(foreseen) as tx:
        assert "INC-1" not in handle(tx, similar(1, who="tom")).plain()
    assert tom.id not in old.responders


def test_what_was_foreseen_for_another_incident_or_reader_is_looked_for_again(world: World) -> None:
    world.person("maya")
    world.person("tom")
    world.declare("INC-1", **POOL)
    asked(world)
    for other in (similar(1, "similar INC-1"), similar(2, who="tom")):
        foreseen = world.store.foresee(other)
        with world.store.transaction(foreseen) as tx:
            assert "INC-1" in handle(tx, similar(3 + len(other.origin.id))).plain()


def test_for_what_is_not_asked_and_for_whom_is_not_known_nothing_is_looked_for(world: World) -> None:
    world.declare("INC-1", **POOL)
    asked(world)
    world.person("maya")
    assert world.store.foresee(similar(1, "list")) is None
    assert world.store.foresee(similar(2, who="stranger")) is None
    assert world.store.foresee(similar(3, "similar INC-404")) is None
    elsewhere = Origin(id="x", platform="slack", tenant="T404", actor="maya")
    assert world.store.foresee(read("similar INC-900", elsewhere)) is None


class Watched(SqlStore):
    """Remembers what its transactions were begun with."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.begun: list[Foreseen | None] = []

    @contextmanager
    def transaction(self, foreseen: Foreseen | None = None) -> Iterator[SqlTransaction]:
        self.begun.append(foreseen)
        with super().transaction(foreseen) as work:
            yield work


async def test_the_writer_looks_before_it_writes(world: World) -> None:
    world.person("maya")
    world.declare("INC-1", **POOL)
    asked(world)
    store = Watched(world.store.url)
    writer = Writer(store, deadline=25, ahead=25)  # a machine that is busy may take its time
    writer.start()
    try:
        assert "INC-1" in (await writer.submit(similar(1))).plain()
        await writer.submit(similar(2, "list"))
    finally:
        await writer.stop()
        store.close()
    assert [one is not None for one in store.begun] == [True, False]
