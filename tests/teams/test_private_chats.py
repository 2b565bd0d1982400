"""A private incident's group chat: created where Graph is on and consented to, and told how else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx

from adapters.teams.app import TeamsAdapter, TeamsSettings
from adapters.teams.references import Reference
from bot.commands.declare import Declare
from bot.commands.delivery import ChannelOpened
from bot.effects import Invite, OpenChannel, Remove, SetTopic
from bot.errors import GiveUp, Maybe, Retry, Unsure
from bot.model import Place
from tests.teams.fake_connector import TENANT, answers
from tests.teams.harness import CHAT, GROUP, KEY, THREAD, Memory, World, world
from tests.teams.test_graph import CATALOG, INSTALLED, MEMBERS, V1
from tests.teams.test_graph import CHAT as NEW
from tests.teams.test_graph import MAYA as MAYA_ENTRA
from tests.teams.test_graph import TOM as TOM_ENTRA

MAYA, TOM = f"teams:{TENANT}:29:1maya", f"teams:{TENANT}:29:1tom"
TO: Any = {"platform": "teams", "tenant": TENANT}


@pytest.fixture
def graph() -> Any:
    with respx.mock(assert_all_called=False) as wire:
        wire.get(url__startswith=f"{V1}/appCatalogs").respond(200, json=CATALOG)
        wire.post(INSTALLED).respond(201)
        yield wire


@pytest.fixture
async def teams(graph: Any) -> AsyncIterator[World]:
    """Maya and Tom have spoken to the bot; somebody else has only been seen, without an id of Microsoft Entra."""
    async with world(graph=True) as one:
        service = one.fake.service_url
        for told in (
            Reference(tenant=TENANT, id=GROUP, kind="group", name="War room", service_url=service),
            Reference(tenant=TENANT, id="29:1maya", kind="person", chat=CHAT, service_url=service, entra=MAYA_ENTRA),
            Reference(tenant=TENANT, id="29:1tom", kind="person", service_url=service, entra=TOM_ENTRA),
            Reference(tenant=TENANT, id="29:1ann", kind="person", service_url=service, seen_in=THREAD),
        ):
            await one.adapter.references.met(told)
        yield one


def place(channel: str) -> Place:
    return Place(platform="teams", tenant=TENANT, channel=channel)


def opening(**more: Any) -> OpenChannel:
    told: Any = {
        "name": "inc-abcde", "topic": "INC-ABCDE Breach", "private": True, "invite": (MAYA, TOM),
        "declared_in": place(THREAD),
    }  # fmt: skip
    return OpenChannel(key="channel:1", incident="i1", **TO, **{**told, **more})


async def carried(teams: World, effect: Any, *, unsure: bool = False) -> Any:
    return await teams.adapter.deliver(effect, 2 if unsure else 1, unsure)


def counted(teams: World) -> dict[str, int]:
    return {why: count for about, why, count in teams.adapter.counts if about == "teams_graph"}


def people_in(route: Any) -> list[str]:
    bodies = [json.loads(call.request.content) for call in route.calls]
    members = [one for body in bodies for one in body.get("members", [body])]
    return [one["user@odata.bind"].split("'")[1] for one in members]


# -- declaring


@pytest.mark.parametrize("where", [THREAD, CHAT])
async def test_a_private_incident_may_be_declared_anywhere(teams: World, where: str) -> None:
    await teams.take(teams.said("declare breach --private", where, mention=where == THREAD))
    assert teams.engine.of(Declare)


async def test_it_gets_a_chat_of_its_own_with_its_people_and_the_app(teams: World, graph: Any) -> None:
    created = graph.post(f"{V1}/chats").respond(201, json={"id": NEW})
    opened = await carried(teams, opening())
    assert isinstance(opened, ChannelOpened)
    assert (opened.place.channel, opened.members) == (NEW, (MAYA, TOM))
    assert "mention me" in opened.limited
    assert people_in(created) == [MAYA_ENTRA, TOM_ENTRA]
    assert [call.request.method for call in graph.calls] == ["GET", "POST", "POST"]
    assert (await teams.kept.find(TENANT, NEW)).made_for == "channel:1"  # type: ignore[union-attr]


async def test_declared_in_a_group_chat_it_stays_there(teams: World, graph: Any) -> None:
    opened = await carried(teams, opening(declared_in=place(GROUP)))
    assert opened.place.channel == GROUP
    assert not graph.calls


async def test_a_guest_comes_as_one_and_a_missing_id_is_asked_for_in_the_roster(teams: World, graph: Any) -> None:
    created = graph.post(f"{V1}/chats").respond(201, json={"id": NEW})
    ann = {"id": "29:1ann", "name": "Ann", "aadObjectId": "ann-entra", "userRole": "guest"}
    teams.fake.faults.append(answers(200, ann))
    await carried(teams, opening(invite=(f"teams:{TENANT}:29:1ann",)))
    (member,) = json.loads(created.calls[0].request.content)["members"]
    assert (member["roles"], "ann-entra" in member["user@odata.bind"]) == (["guest"], True)


async def test_without_anybody_whom_microsoft_entra_knows_no_chat_is_created(teams: World, graph: Any) -> None:
    with pytest.raises(GiveUp, match="group chat"):
        await carried(teams, opening(invite=(f"teams:{TENANT}:29:1ann", "slack:T1:U1")))
    assert not graph.calls


# -- what goes wrong


async def test_without_consent_it_is_as_if_it_were_off_and_counted(teams: World, graph: Any) -> None:
    graph.post(f"{V1}/chats").respond(403)
    with pytest.raises(GiveUp, match="group chat") as given_up:
        await carried(teams, opening())
    assert given_up.value.code == "not_consented"
    assert counted(teams) == {"not consented": 1}
    await teams.take(teams.said("declare breach --private", mention=True))
    assert "group chat" in str((await teams.posted())[0])
    assert not teams.engine.of(Declare)


async def test_a_consent_to_find_the_app_is_missed_before_a_chat_is_created(teams: World, graph: Any) -> None:
    graph.get(url__startswith=f"{V1}/appCatalogs").respond(403)
    created = graph.post(f"{V1}/chats").respond(201, json={"id": NEW})
    with pytest.raises(GiveUp, match="group chat"):
        await carried(teams, opening())
    assert not created.called


async def test_an_app_that_is_not_in_the_catalog_is_told_in_words(teams: World, graph: Any) -> None:
    graph.get(url__startswith=f"{V1}/appCatalogs").respond(200, json={"value": []})
    with pytest.raises(GiveUp, match="catalog"):
        await carried(teams, opening())


async def test_a_refused_chat_is_told_with_its_reason_and_how_else(teams: World, graph: Any) -> None:
    graph.post(f"{V1}/chats").respond(400, json={"error": {"code": "BadRequest"}})
    with pytest.raises(GiveUp, match=r"BadRequest.*Open a chat") as given_up:
        await carried(teams, opening(invite=(MAYA,)))
    assert given_up.value.code == "BadRequest"


async def test_what_was_created_is_gone_on_with_and_not_created_again(teams: World, graph: Any) -> None:
    created = graph.post(f"{V1}/chats").respond(201, json={"id": NEW})
    graph.post(INSTALLED).mock(side_effect=[httpx.Response(429, headers={"Retry-After": "2"}), httpx.Response(201)])
    with pytest.raises(Retry):
        await carried(teams, opening())
    opened = await carried(teams, opening(), unsure=True)
    assert opened.place.channel == NEW
    assert created.call_count == 1
    assert teams.fake.messages() == []


async def test_what_may_have_been_created_is_created_once_more_and_says_so(teams: World, graph: Any) -> None:
    created = graph.post(f"{V1}/chats").mock(side_effect=[httpx.ReadTimeout, httpx.Response(201, json={"id": NEW})])
    with pytest.raises(Unsure):
        await carried(teams, opening())
    opened = await carried(teams, opening(), unsure=True)
    assert opened.place.channel == NEW
    assert created.call_count == 2
    (said,) = teams.fake.messages()
    assert "another of the same name" in str(said)


async def test_a_second_unknown_outcome_is_the_last(teams: World, graph: Any) -> None:
    graph.post(f"{V1}/chats").mock(side_effect=httpx.ReadTimeout)
    with pytest.raises(Maybe):
        await carried(teams, opening(), unsure=True)


# -- who is in it, and how it is called


async def test_people_are_added_and_removed(teams: World, graph: Any) -> None:
    graph.get(MEMBERS).respond(200, json={"value": [{"id": "m-maya", "userId": MAYA_ENTRA}]})
    added = graph.post(MEMBERS).respond(201)
    removed = graph.delete(f"{MEMBERS}/m-maya").respond(204)
    await carried(teams, Invite(key="i", incident="i1", place=place(NEW), accounts=(MAYA, TOM), **TO))
    await carried(teams, Remove(key="r", incident="i1", place=place(NEW), account=MAYA, **TO))
    assert people_in(added) == [TOM_ENTRA]
    assert (added.call_count, removed.call_count) == (1, 1)


async def test_whoever_is_not_known_has_to_be_added_by_hand_and_the_others_are_in(teams: World, graph: Any) -> None:
    graph.get(MEMBERS).respond(200, json={"value": []})
    added = graph.post(MEMBERS).respond(201)
    accounts = (f"teams:{TENANT}:29:1ann", TOM)
    with pytest.raises(GiveUp, match="add them"):
        await carried(teams, Invite(key="i", incident="i1", place=place(NEW), accounts=accounts, **TO))
    assert people_in(added) == [TOM_ENTRA]


async def test_where_members_are_not_consented_to_people_add_each_other(teams: World, graph: Any) -> None:
    graph.get(MEMBERS).respond(403)
    with pytest.raises(GiveUp, match="add them"):
        await carried(teams, Invite(key="i", incident="i1", place=place(NEW), accounts=(TOM,), **TO))
    with pytest.raises(GiveUp, match="remove them"):
        await carried(teams, Remove(key="r", incident="i1", place=place(NEW), account=TOM, **TO))
    assert counted(teams) == {"not consented": 2}


async def test_only_a_chat_that_was_created_is_renamed_and_where_that_is_not_allowed_it_is_not(
    teams: World, graph: Any
) -> None:
    graph.post(f"{V1}/chats").respond(201, json={"id": NEW})
    renamed = graph.patch(url__startswith=f"{V1}/chats/").mock(side_effect=[httpx.Response(200), httpx.Response(403)])
    await carried(teams, opening())
    for where in (GROUP, NEW, NEW):
        await carried(teams, SetTopic(key="t", incident="i1", place=place(where), topic="Better", **TO))
    assert renamed.call_count == 2


# -- off


async def test_without_a_token_of_its_own_graph_stays_off(graph: Any) -> None:
    told = TeamsSettings(unguarded=True, graph=True, secret=KEY)
    adapter = TeamsAdapter(told, World.take, Memory())  # type: ignore[arg-type]
    try:
        with pytest.raises(GiveUp, match="group chat"):
            await adapter.deliver(opening(), 1, False)
    finally:
        await adapter.stop()
    assert not graph.calls
