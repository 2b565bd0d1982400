"""Calls to Microsoft Graph as they go over the wire, and every answer told apart; nothing leaves this machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import aiohttp
import httpx
import pytest
import respx

from adapters.teams.credentials import Credentials
from adapters.teams.graph import CONSENTS, SCOPE, Graph, NotConsented, Someone, scope_of, topic_of
from adapters.teams.refusals import Failed
from bot.errors import Retry, Unsure
from tests.teams.fake_connector import APP_ID, SECRET, TENANT, FakeConnector, connector

Json = dict[str, Any]
V1 = "https://graph.microsoft.com/v1.0"
CHAT = "19:new@thread.v2"
MEMBERS = f"{V1}/chats/19%3Anew%40thread.v2/members"
INSTALLED = f"{V1}/chats/19%3Anew%40thread.v2/installedApps"
MAYA, TOM = "8b081ef6-4792-4def-b2c9-c363a1bf41d5", "82af01c5-f7cc-4a2e-a728-3a5df21afd9d"
ASKED = [{"permissionValue": "ChatMessage.Read.Chat", "permissionType": "application"}]
CATALOG: Json = {
    "value": [
        {
            "id": "catalog-1", "externalId": APP_ID,
            "appDefinitions": [
                {"id": "d", "authorization": {"requiredPermissionSet": {"resourceSpecificPermissions": ASKED}}}
            ],
        }
    ]
}  # fmt: skip


class World:
    def __init__(self, fake: FakeConnector, session: aiohttp.ClientSession, wire: respx.MockRouter) -> None:
        self.fake, self.wire, self.now = fake, wire, 1000.0
        credentials = Credentials(APP_ID, TENANT, secret=SECRET, login_url=fake.login_url, scope=SCOPE)
        self.graph = Graph(credentials, lambda: session, APP_ID, seconds=0.3, clock=lambda: self.now)

    def sent(self) -> list[Json]:
        return [json.loads(call.request.content) for call in self.wire.calls if call.request.content]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    with respx.mock(assert_all_called=False) as wire:
        async with connector() as fake, aiohttp.ClientSession() as session:
            one = World(fake, session, wire)
            try:
                yield one
            finally:
                await one.graph.close()


async def created(world: World) -> str:
    return await world.graph.create_chat("INC-ABCDE: Checkout", (Someone(MAYA), Someone(TOM, guest=True)))


async def test_a_group_chat_is_created_with_its_people_and_a_token_for_graph(world: World) -> None:
    route = world.wire.post(f"{V1}/chats").respond(201, json={"id": CHAT})
    assert await created(world) == CHAT
    assert world.fake.token_asked[0]["scope"] == "https://graph.microsoft.com/.default"
    assert route.calls[0].request.headers["Authorization"] == "Bearer token-1"
    (body,) = world.sent()
    assert (body["chatType"], body["topic"]) == ("group", "INC-ABCDE Checkout")
    assert [(one["roles"], one["user@odata.bind"]) for one in body["members"]] == [
        (["owner"], f"{V1}/users('{MAYA}')"),
        (["guest"], f"{V1}/users('{TOM}')"),
    ]
    assert {one["@odata.type"] for one in body["members"]} == {"#microsoft.graph.aadUserConversationMember"}


async def test_what_stands_in_an_id_stays_inside_it(world: World) -> None:
    world.wire.post(f"{V1}/chats").respond(201, json={"id": CHAT})
    await world.graph.create_chat("x", (Someone("x') or users('y"),))
    (body,) = world.sent()
    assert body["members"][0]["user@odata.bind"].count("'") == 2


def test_a_title_has_no_colon_and_at_most_250_characters() -> None:
    assert topic_of("INC-1: DB:\n down") == "INC-1 DB down"
    assert len(topic_of("x" * 400)) == 250


def test_a_cloud_with_a_graph_of_its_own_has_a_scope_of_its_own() -> None:
    assert scope_of("https://graph.microsoft.us") == "https://graph.microsoft.us/.default"
    assert scope_of("https://graph.microsoft.com") == scope_of("http://127.0.0.1:9") == SCOPE


async def test_the_app_is_found_by_its_manifests_id_and_installed_with_what_it_asks_for(world: World) -> None:
    found = world.wire.get(url__startswith=f"{V1}/appCatalogs/teamsApps").respond(200, json=CATALOG)
    world.wire.post(INSTALLED).respond(201)
    await world.graph.install(CHAT)
    await world.graph.install(CHAT)
    assert found.call_count == 1
    assert f"externalId eq '{APP_ID}'" in unquote(str(found.calls[0].request.url))
    assert world.sent()[0] == {
        "teamsApp@odata.bind": f"{V1}/appCatalogs/teamsApps/catalog-1",
        "consentedPermissionSet": {"resourceSpecificPermissions": ASKED},
    }


async def test_where_the_app_is_installed_already_nothing_happens(world: World) -> None:
    world.wire.get(url__startswith=f"{V1}/appCatalogs").respond(200, json=CATALOG)
    world.wire.post(INSTALLED).respond(409, json={"error": {"code": "Conflict"}})
    await world.graph.install(CHAT)


async def test_an_app_that_is_not_in_the_catalog_is_no_riddle(world: World) -> None:
    world.wire.get(url__startswith=f"{V1}/appCatalogs").respond(200, json={"value": []})
    with pytest.raises(Failed, match="AppNotInCatalog"):
        await world.graph.install(CHAT)


async def test_somebody_is_added_with_all_that_was_said_and_only_once(world: World) -> None:
    there = [{"id": "m-maya", "userId": MAYA.upper()}]
    world.wire.get(MEMBERS).respond(200, json={"value": there})
    added = world.wire.post(MEMBERS).respond(201)
    await world.graph.add_member(CHAT, Someone(MAYA))
    assert not added.called
    await world.graph.add_member(CHAT, Someone(TOM))
    (body,) = world.sent()
    assert (body["user@odata.bind"], body["roles"]) == (f"{V1}/users('{TOM}')", ["owner"])
    assert body["visibleHistoryStartDateTime"] == "0001-01-01T00:00:00Z"


async def test_somebody_is_removed_by_their_membership_wherever_in_the_roster_it_stands(world: World) -> None:
    more = {"value": [{"id": "m-1", "userId": MAYA}], "@odata.nextLink": f"{MEMBERS}?$skiptoken=2"}
    world.wire.get(MEMBERS, params={"$skiptoken": "2"}).respond(200, json={"value": [{"id": "m/2=", "userId": TOM}]})
    world.wire.get(MEMBERS).respond(200, json=more)
    removed = world.wire.delete(f"{MEMBERS}/m%2F2%3D").respond(204)
    await world.graph.remove_member(CHAT, TOM)
    await world.graph.remove_member(CHAT, "nobody")
    assert removed.call_count == 1


async def test_a_roster_never_leads_to_another_host(world: World) -> None:
    evil = world.wire.get(url__startswith="https://evil.example").respond(200, json={"value": []})
    next_page = {"value": [], "@odata.nextLink": "https://evil.example/v1.0/x"}
    world.wire.get(MEMBERS).respond(200, json=next_page)
    await world.graph.remove_member(CHAT, TOM)
    assert not evil.called


async def test_a_chat_is_renamed(world: World) -> None:
    world.wire.patch(f"{V1}/chats/19%3Anew%40thread.v2").respond(200, json={})
    await world.graph.set_topic(CHAT, "INC-1: Better title")
    assert world.sent() == [{"topic": "INC-1 Better title"}]


# -- answers


@pytest.mark.parametrize("status", [429, 503])
async def test_a_throttled_call_was_not_carried_out_and_waits_as_long_as_it_is_told(world: World, status: int) -> None:
    world.wire.post(f"{V1}/chats").respond(status, headers={"Retry-After": "7"})
    with pytest.raises(Retry) as told:
        await created(world)
    assert told.value.after.total_seconds() == 7
    assert world.graph.counts["throttled"] == 1


async def test_what_is_not_consented_to_is_counted_and_looked_for_again_after_a_while(world: World) -> None:
    world.wire.post(f"{V1}/chats").respond(403, json={"error": {"code": "Forbidden"}})
    ready = [world.graph.ready]
    with pytest.raises(NotConsented):
        await created(world)
    for later in (0, 899, 2):
        world.now += later
        ready.append(world.graph.ready)
    assert ready == [True, False, False, True]
    assert world.graph.counts["not consented"] == 1


async def test_a_member_who_may_not_be_added_says_nothing_about_creating_chats(world: World) -> None:
    world.wire.get(MEMBERS).respond(403)
    with pytest.raises(NotConsented):
        await world.graph.add_member(CHAT, Someone(TOM))
    assert world.graph.ready


async def test_a_refusal_is_for_good_and_names_microsofts_word(world: World) -> None:
    world.wire.post(f"{V1}/chats").respond(400, json={"error": {"code": "BadRequest", "message": "Maya's secret"}})
    with pytest.raises(Failed) as failed:
        await created(world)
    assert (failed.value.code, failed.value.status) == ("BadRequest", 400)


async def hang(_request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits that long")


UNKNOWN: list[Json] = [
    {"return_value": httpx.Response(500)},
    {"return_value": httpx.Response(503)},
    {"return_value": httpx.Response(504, text="<html>")},
    {"side_effect": httpx.ReadTimeout},
    {"side_effect": httpx.RemoteProtocolError},
    {"side_effect": hang},
]


@pytest.mark.parametrize("answer", UNKNOWN)
async def test_whether_a_chat_was_created_may_be_unknown(world: World, answer: Json) -> None:
    world.wire.post(f"{V1}/chats").mock(**answer)
    with pytest.raises(Unsure):
        await created(world)
    assert world.graph.counts["unsure"] == 1


@pytest.mark.parametrize("answer", UNKNOWN)
async def test_calls_that_may_be_repeated_are_merely_tried_again(world: World, answer: Json) -> None:
    world.wire.patch(url__startswith=f"{V1}/chats").mock(**answer)
    with pytest.raises(Retry):
        await world.graph.set_topic(CHAT, "x")


async def test_a_chat_whose_id_cannot_be_read_may_exist(world: World) -> None:
    world.wire.post(f"{V1}/chats").respond(201, text="no JSON")
    with pytest.raises(Unsure):
        await created(world)


async def test_where_nothing_was_sent_nothing_is_unsure(world: World) -> None:
    world.wire.post(f"{V1}/chats").mock(side_effect=httpx.ConnectError)
    with pytest.raises(Retry, match="cannot be reached"):
        await created(world)


async def test_a_redirect_is_not_followed(world: World) -> None:
    evil = world.wire.route(host="evil.example").respond(201, json={"id": CHAT})
    world.wire.post(f"{V1}/chats").respond(307, headers={"Location": "https://evil.example/"})
    with pytest.raises(Retry):
        await created(world)
    assert not evil.called


async def test_a_token_that_is_not_accepted_is_replaced_and_after_a_second_one_there_is_time(world: World) -> None:
    world.wire.post(f"{V1}/chats").respond(401)
    waits = []
    for _ in range(2):
        with pytest.raises(Retry) as told:
            await created(world)
        waits.append(told.value.after.total_seconds())
    assert waits == [5, 900]
    assert world.fake.issued == 2


async def test_no_token_means_not_yet_and_nothing_is_asked(world: World) -> None:
    world.fake.token_answers.append((400, {"error": "invalid_scope"}))
    route = world.wire.post(f"{V1}/chats")
    with pytest.raises(Retry):
        await created(world)
    assert not route.called


def test_the_consents_are_named_with_what_they_are_for() -> None:
    assert all(CONSENTS.values())
    assert "Chat.ReadWrite.All" not in CONSENTS
