"""References are kept for each tenant alone, and grow by what is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adapters.teams.references import Reference, References, root_of
from bot.errors import UnknownTenant
from storage.references import SqlReferences
from storage.store import SqlStore


class Counted:
    """The store's writes, one after the other, and how many there were."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.writes = store, 0

    async def __call__(self, work: Callable[[Any], None]) -> None:
        self.writes += 1
        with self.store.transaction() as tx:
            work(tx)


@pytest.fixture
def counted(url: str, open_store: Callable[[str], SqlStore]) -> Counted:
    store = open_store(url)
    store.join("teams", "T1", "One")
    store.join("teams", "T2", "Two")
    return Counted(store)


def kept(counted: Counted) -> SqlReferences[Reference]:
    return SqlReferences(counted.store, counted, Reference, "teams")


def maya(**more: str) -> Reference:
    return Reference.model_validate({"tenant": "T1", "id": "29:maya", "kind": "person", **more})


async def test_what_is_told_is_found_again_by_another_replica(counted: Counted) -> None:
    await References(kept(counted)).met(maya(name="Maya", entra="e1"))
    found = await References(kept(counted)).find("T1", "29:maya")
    assert found == maya(name="Maya", entra="e1")


async def test_what_is_not_told_again_stays_as_it_was(counted: Counted) -> None:
    references = References(kept(counted))
    await references.met(maya(name="Maya", chat="a:1", service_url="https://smba.trafficmanager.net/emea/"))
    now = await references.met(maya(name="Maya Lind", chat=""))
    assert (now.name, now.chat, now.service_url) == ("Maya Lind", "a:1", "https://smba.trafficmanager.net/emea/")


async def test_what_is_no_news_is_not_written(counted: Counted) -> None:
    references = References(kept(counted))
    for _ in range(5):
        await references.met(maya(name="Maya"))
    assert counted.writes == 1


async def test_one_tenant_never_sees_what_another_told(counted: Counted) -> None:
    references = References(kept(counted))
    await references.met(maya(name="Maya", entra="e1"))
    assert await references.find("T2", "29:maya") is None
    assert await references.by_entra("T2", ["e1"]) == {}
    assert await references.listed("T2", "person") == []
    assert await references.by_entra("T1", ["e1", "e2", ""]) == {"e1": "29:maya"}
    assert [one.id for one in await references.listed("T1", "person")] == ["29:maya"]


async def test_a_tenant_that_never_joined_keeps_nothing(counted: Counted) -> None:
    stranger = Reference(tenant="T9", id="29:x", kind="person")
    with pytest.raises(UnknownTenant):
        await References(kept(counted)).met(stranger)
    assert await References(kept(counted)).find("T9", "29:x") is None


def test_a_thread_belongs_to_its_channel() -> None:
    assert root_of("19:abc@thread.tacv2;messageid=17") == "19:abc@thread.tacv2"
    assert root_of("a:1") == "a:1"


def test_what_one_operator_configured_side_by_side_is_one_organisation_in_whatever_order(
    url: str, open_store: Callable[[str], SqlStore]
) -> None:
    store = open_store(url)
    first = store.join_beside("teams", "T1", "Teams")
    assert store.join_beside("slack", "W1", "Slack") == first
    assert store.join_beside("teams", "T1", "Teams") == first


def test_a_tenant_joins_the_organisation_that_the_command_line_made_before_any_platform_came(
    url: str, open_store: Callable[[str], SqlStore]
) -> None:
    store = open_store(url)
    made = store.join("cli", "local", "Debrief")
    assert store.join_beside("teams", "T1", "Teams") == made


def test_workspaces_that_installed_by_themselves_stay_organisations_of_their_own(
    url: str, open_store: Callable[[str], SqlStore]
) -> None:
    store = open_store(url)
    others = {store.join("slack", "W1", "One"), store.join("slack", "W2", "Two")}
    beside = store.join_beside("teams", "T1", "Teams")
    assert beside not in others
    assert store.join_beside("teams", "T2", "More Teams") == beside
