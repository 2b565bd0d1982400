"""An incident that is written on one database and read back on either: equal, whole, or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.cli import exporting
from bot.archive import archive, read_archive
from bot.commands.importing import Import
from bot.engine import handle
from bot.ports import Record
from bot.text import Reply, mention_token
from storage.people import debrief, integration
from storage.reports import SqlReports
from storage.store import SqlStore
from tests.bot.drafts import postmortem
from tests.storage.worlds import World, account, origin


@pytest.fixture
def told(world: World) -> bytes:
    """An incident of the world with everything in it."""
    maya, tom = world.person("maya", email="maya@acme.example"), world.person("tom")
    incident = world.declare(roles={"lead": tom.id}, responders=frozenset({maya.id, tom.id}))
    for n in range(5):
        world.note(incident, f"note {n} {mention_token(account('tom'))}", n, author=account("maya"))
    world.item(incident, owner=tom.id)
    of = postmortem(id="pm", organisation=world.organisation, incident=incident.id, owner=maya.id)
    world.save(postmortem=of)
    return archive(record(world.store, world.organisation), addresses=True)


def record(store: SqlStore, organisation: str, key: str = "INC-1") -> Record:
    found = SqlReports(store).record(debrief(organisation), key)
    assert found is not None
    return found


def brought(store: SqlStore, organisation: str, told: bytes, *, as_new: bool = False) -> Reply:
    here = origin("integration:op", platform="cli", tenant=organisation)
    with store.transaction() as tx:
        return handle(tx, Import(origin=here, archive=read_archive(told), as_new=as_new))


def test_in_an_empty_organisation_it_is_written_again_as_it_was(world: World, told: bytes) -> None:
    other = world.store.join("cli", "elsewhere", "Other")
    assert brought(world.store, other, told).outcome == "done"
    assert archive(record(world.store, other), addresses=True) == told


def test_on_the_other_database_too(told: bytes, empty_url: str, open_store: Callable[[str], SqlStore]) -> None:
    from storage.migrate import migrate

    migrate(empty_url)
    store = open_store(empty_url)
    other = store.join("cli", "elsewhere", "Other")
    brought(store, other, told)
    assert archive(record(store, other), addresses=True) == told
    assert store.verify_audit(other) is None


def test_what_is_there_is_refused_and_untouched_and_as_new_stands_beside_it(world: World, told: bytes) -> None:
    before = record(world.store, world.organisation)
    refused = brought(world.store, world.organisation, told)
    assert (refused.outcome, "INC-1, ACT-1 is there already" in refused.plain()) == ("refused", True)
    assert brought(world.store, world.organisation, told, as_new=True).incident == "INC-2"
    after = record(world.store, world.organisation)
    assert after.model_copy(update={"now": before.now}) == before
    copy = record(world.store, world.organisation, "INC-2")
    assert [one.text for one in copy.entries] != []
    assert set(copy.people) == set(before.people)


def test_the_next_number_follows_what_was_imported(world: World, told: bytes) -> None:
    other = world.store.join("cli", "elsewhere", "Other")
    brought(world.store, other, told)
    with world.store.transaction() as tx:
        command = Import(origin=origin("integration:op", platform="cli", tenant=other))
        state = tx.load(other, command, command.needs)
    assert (state.next_incident, state.next_item) == (2, 2)


def test_a_private_one_that_the_operator_may_not_see_is_not_overwritten(world: World, told: bytes) -> None:
    hidden = record(world.store, world.organisation).incident.model_copy(update={"private": True})
    with world.store.transaction() as tx:
        command = world.command("maya", incident="INC-1")
        before = tx.load(world.organisation, command, command.needs)
    world.save(world.command("maya", incident="INC-1"), incident=hidden)
    assert before.incident is not None
    assert SqlReports(world.store).record(integration(world.organisation, "op"), "INC-1") is None
    assert brought(world.store, world.organisation, told).outcome == "refused"


def test_whoever_has_an_address_here_is_the_same_person(world: World, told: bytes) -> None:
    other = World(world.store, "T2")
    maya = other.person("maya", email="Maya@Acme.example")
    brought(world.store, other.organisation, told)
    found = record(world.store, other.organisation)
    assert found.postmortem is not None
    assert found.postmortem.owner == maya.id
    assert [one.accounts for one in found.people.values() if one.id != maya.id] == [()]


def test_the_command_line_writes_a_file_and_reads_it_back(world: World, told: bytes, tmp_path: Path) -> None:
    said: list[str] = []
    path, other = tmp_path / "INC-1.json", world.store.join("cli", "elsewhere", "Other")
    made = record(world.store, world.organisation)
    assert exporting.written(made, "INC-1", archive, path, said.append) == 0
    assert exporting.read_back(world.store, other, path, False, said.append, said.append) == 0
    assert exporting.read_back(world.store, other, path, False, said.append, said.append) == 1
    assert exporting.read_back(world.store, other, tmp_path / "none", False, said.append, said.append) == 1
    assert exporting.written(None, "INC-9", archive, None, said.append) == 1
    assert exporting.written(made, "INC-1", archive, tmp_path / "no" / "x", said.append) == 1
    assert [line for line in said if "is there already" in line or "cannot be" in line or "I know no" in line] == said[
        2:
    ]
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
