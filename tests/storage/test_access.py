"""Tokens, sessions and installations: hashed or encrypted at rest, and used as often as they may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.teams.references import Reference
from bot.ports import Access, Recognised
from bot.text import Value
from storage import people
from storage.access import SqlAccess
from storage.crypto import Vault, WrongKey
from storage.installations import SqlInstallations
from storage.references import SqlReferences
from tests.storage.worlds import World, account

KEY = "a secret key of more than thirty-two letters"


class Installed(Value):
    team: str
    name: str
    token: str
    refresh_token: str = ""
    expires_at: float = 0.0
    installed_by: str = ""


@pytest.fixture
def access(world: World) -> SqlAccess:
    return SqlAccess(world.store)


@pytest.fixture
def installations(world: World) -> SqlInstallations[Installed]:
    return SqlInstallations(world.store, Vault(KEY), Installed)


def stored_text(world: World, *tables: str) -> str:
    return "\n".join(str(row) for name in tables for row in world.rows(f"SELECT * FROM {name}"))


# -- tokens


def test_a_token_acts_as_an_integration_or_as_its_person(world: World, access: SqlAccess) -> None:
    port: Access = access
    maya = world.person("maya")
    machine = port.caller(access.create_token(world.organisation, "ci", scope="read"))
    assert machine is not None
    assert (machine.actor, machine.scope, machine.name) == ("integration:ci", "read", "ci")
    human = port.caller(access.create_token(world.organisation, "mine", person=maya.id))
    assert human is not None
    assert (human.principal, human.scope, human.organisation) == (maya, "write", world.organisation)


def test_a_token_is_not_stored(world: World, access: SqlAccess) -> None:
    token = access.create_token(world.organisation, "ci")
    assert token not in stored_text(world, "api_token")


@pytest.mark.parametrize("wrong", ["", "debrief_x", "🦆", "\ud800", "x" * 10_000])
def test_a_wrong_token_is_nobodys(access: SqlAccess, wrong: str) -> None:
    assert access.caller(wrong) is None
    assert access.session(wrong) is None


def test_a_token_ends_with_its_time_when_taken_back_and_with_its_person(world: World, access: SqlAccess) -> None:
    zoe = world.person("zoe")
    short = access.create_token(world.organisation, "short", lasts=timedelta(days=90))
    long = access.create_token(world.organisation, "long")
    hers = access.create_token(world.organisation, "hers", person=zoe.id)
    world.store.set_clock_offset(91 * 86_400)
    assert access.caller(short) is None
    assert access.caller(long) is not None
    assert access.revoke_token(world.organisation, "long") == 1
    assert access.caller(long) is None
    assert access.caller(hers) is not None
    world.person("zoe", kind="gone")
    assert access.caller(hers) is None


def test_a_person_is_found_by_what_an_operator_calls_them(world: World, access: SqlAccess) -> None:
    maya = world.person("maya", name="Maya López", email="Maya@Example.com")
    for said in (maya.id, "maya@example.com", "Maya López", "maya"):
        assert access.find_person(world.organisation, said) == maya
    assert access.find_person(world.organisation, "nobody") is None
    world.person("m2", name="Maya Chen")
    assert access.find_person(world.organisation, "maya") is None


# -- sessions


def test_a_link_signs_in_once(world: World, access: SqlAccess) -> None:
    maya = world.person("maya")
    secret = access.sign_in(account("maya"), "word")
    assert secret is not None
    caller = access.session(secret)
    assert caller is not None
    assert caller.principal == maya
    assert access.sign_in(account("maya"), "word") is None
    assert access.sign_in(account("maya"), "another word") is not None
    assert secret not in stored_text(world, "sign_in")


def test_somebody_is_recognised_by_what_their_platform_says(world: World, access: SqlAccess) -> None:
    port: Access = access
    world.person("maya")
    world.person("zoe", kind="gone")
    world.person("gus", kind="guest")
    assert port.recognise("slack", "T1", "maya") == Recognised(account=account("maya"))
    assert port.recognise("slack", "T1", "gus").account == account("gus")
    assert port.recognise("slack", "T1", "zoe").why == "gone"
    assert port.recognise("slack", "T1", "nobody").why == "unmet"
    assert port.recognise("slack", "T9", "maya").why == "tenant"
    with world.store.transaction() as work:
        work.leave("slack", "T1")
    assert port.recognise("slack", "T1", "maya").why == "tenant"


async def test_somebody_in_teams_is_recognised_by_their_id_in_the_directory(world: World, access: SqlAccess) -> None:
    world.store.join("teams", "T1", "Acme", world.organisation)

    async def write(work: Callable[[Any], None]) -> None:
        with world.store.transaction() as tx:
            work(tx)

    kept = SqlReferences(world.store, write, Reference, "teams")
    await kept.save(Reference(tenant="T1", id="29:maya", kind="person", entra="e1"))
    assert access.recognise("teams", "T1", "e1").why == "unmet"
    with world.store.transaction() as work:
        people.meet(work, {(world.organisation, "teams:T1:29:maya")})
    assert access.recognise("teams", "T1", "e1") == Recognised(account="teams:T1:29:maya")
    assert access.recognise("teams", "T1", "e2").why == "unmet"
    assert access.recognise("slack", "T1", "e1").why == "unmet"


def test_nobody_signs_in_with_an_account_that_is_nobodys(world: World, access: SqlAccess) -> None:
    world.person("robot", kind="bot")
    for nobody in (account("stranger"), "slack:T9:maya", "nonsense", "", account("robot"), "api:x:y"):
        assert access.sign_in(nobody, f"word for {nobody}") is None


def test_a_session_ends_by_signing_out_by_time_and_with_its_person(world: World, access: SqlAccess) -> None:
    world.person("maya")
    first, second = access.sign_in(account("maya"), "1"), access.sign_in(account("maya"), "2")
    assert first is not None
    assert second is not None
    access.end_session(first)
    assert access.session(first) is None
    assert access.session(second) is not None
    world.store.set_clock_offset(15 * 86_400)
    assert access.session(second) is None
    world.store.purge()
    assert world.value("SELECT count(*) FROM sign_in") == 0


def test_a_used_word_is_no_session(world: World, access: SqlAccess) -> None:
    world.person("maya")
    access.sign_in(account("maya"), "word")
    assert access.session("once word") is None


# -- installations


async def test_an_installation_comes_back_as_it_was_and_is_encrypted(
    world: World, installations: SqlInstallations[Installed]
) -> None:
    one = Installed(team="T7", name="Seven", token="xoxb-canary", refresh_token="xoxe-canary", expires_at=12.5)
    await installations.save(one)
    assert await installations.find("T7") == one
    assert await installations.find("T8") is None
    assert "canary" not in stored_text(world, "installation")


async def test_a_workspace_installed_first_becomes_a_tenant_and_its_installer_an_admin(
    world: World, installations: SqlInstallations[Installed]
) -> None:
    await installations.save(Installed(team="T7", name="Seven", token="one", installed_by="U1"))
    seven = World(world.store, "T7")
    assert seven.organisation != world.organisation
    assert seven.person("U1").admin
    await installations.save(Installed(team="T7", name="Seven", token="two", installed_by="U2"))
    assert not seven.person("U2").admin
    found = await installations.find("T7")
    assert found is not None
    assert found.token == "two"


async def test_an_uninstalled_workspace_has_no_tokens_and_has_left(
    world: World, installations: SqlInstallations[Installed]
) -> None:
    await installations.save(Installed(team="T1", name="Acme", token="one"))
    for _ in range(2):
        await installations.erase("T1")
    assert await installations.find("T1") is None
    assert world.value("SELECT count(*) FROM installation") == 0
    with world.store.transaction() as tx:
        assert tx.tenant("slack", "T1") is None


async def test_a_state_is_good_once_for_its_browser_and_for_its_time(
    world: World, installations: SqlInstallations[Installed]
) -> None:
    state = await installations.issue_state("browser", 600)
    assert not await installations.consume_state(state, "another browser")
    assert not await installations.consume_state("guessed", "browser")
    both = await asyncio.gather(*(installations.consume_state(state, "browser") for _ in range(2)))
    assert sorted(both) == [False, True]
    late = await installations.issue_state("browser", 600)
    world.store.set_clock_offset(601)
    assert not await installations.consume_state(late, "browser")


async def test_one_at_a_time_refreshes_a_token(world: World, installations: SqlInstallations[Installed]) -> None:
    one = Installed(team="T1", name="Acme", token="one")
    await installations.save(one)
    both = await asyncio.gather(*(installations.lease_refresh("T1", 30) for _ in range(2)))
    assert sorted(both) == [False, True]
    await installations.save(one)
    assert await installations.lease_refresh("T1", 30)
    world.store.set_clock_offset(31)
    assert await installations.lease_refresh("T1", 30)
    assert not await installations.lease_refresh("T9", 30)


# -- keys


def test_a_key_can_be_changed_and_another_one_reads_nothing() -> None:
    stored = Vault(KEY).encrypt("token")
    new = "another key of more than thirty-two letters"
    assert Vault(f"{new}, {KEY}").decrypt(stored) == "token"
    with pytest.raises(WrongKey):
        Vault(new).decrypt(stored)
    assert Vault(KEY).decrypt(Vault(KEY).encrypt("")) == ""


@pytest.mark.parametrize("short", ["", "short", f"{KEY},short"])
def test_a_short_key_is_refused(short: str) -> None:
    with pytest.raises(ValueError, match="at least 32"):
        Vault(short)
