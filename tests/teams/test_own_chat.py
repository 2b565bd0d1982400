"""A person's own chat with the bot: what teaches it, what does not, and what becomes of a wrong one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.teams.references import Reference
from bot.effects import Direct, Whisper
from bot.errors import GiveUp
from bot.model import Place
from bot.text import Card, Reply, Section, Text
from tests.teams.fake_connector import TENANT, answers
from tests.teams.harness import CHAT, GROUP, THREAD, World, world

MAYA = f"teams:{TENANT}:29:1maya"
COLLEAGUES = "19:0a1b_2c3d@unq.gbl.spaces"
"""A chat of two people, of which the bot is no member."""
OPENED = "a:29:1maya"
"""What the fake connector opens for her."""
CARD = Card(sections=(Section(text=Text(parts=("Tom gave you ACT-14",))),))
NOT_THERE = answers(403, {"error": {"code": "BotNotInConversationRoster"}})


@pytest.fixture
async def teams() -> AsyncIterator[World]:
    async with world() as one:
        one.engine.replies = {"my_actions": Reply.of("Nothing")}
        yield one


def composed(teams: World, where: str, kind: str = "personal", name: str = "composeExtension/fetchTask") -> Any:
    invoke = teams.invoke(name, {"commandId": "my_actions"}, CHAT)
    invoke["conversation"] |= {"id": where, "conversationType": kind}
    return invoke


async def known(teams: World) -> Reference:
    found = await teams.adapter.references.find(TENANT, "29:1maya")
    assert found is not None
    return found


def written_to(teams: World) -> list[str]:
    """Conversations into which something was sent, in order."""
    sent = [one.path for one in teams.fake.asked if one.method == "POST" and one.path.endswith("activities")]
    return [path.split("/conversations/")[1].split("/")[0].replace("%3A", ":").replace("%40", "@") for path in sent]


async def told(teams: World, key: str = "d") -> None:
    await teams.adapter.deliver(Direct(key=key, platform="teams", tenant=TENANT, account=MAYA, card=CARD), 1, False)


@pytest.mark.parametrize("where", [COLLEAGUES, "a:other", GROUP])
@pytest.mark.parametrize("name", ["composeExtension/fetchTask", "composeExtension/submitAction"])
async def test_the_compose_box_of_another_chat_teaches_no_place(teams: World, where: str, name: str) -> None:
    await teams.take(teams.said("list", CHAT))
    before = await known(teams)
    assert before.chat == CHAT
    await teams.take(composed(teams, where, "groupChat" if where == GROUP else "personal", name))
    assert await known(teams) == before
    await told(teams)
    assert COLLEAGUES not in written_to(teams)
    assert written_to(teams)[-1] == CHAT


async def test_whoever_was_met_in_a_compose_box_alone_is_written_to_in_a_chat_of_their_own(teams: World) -> None:
    await teams.take(composed(teams, COLLEAGUES))
    assert ((await known(teams)).chat, (await known(teams)).name) == ("", "Maya Lind")
    await told(teams)
    assert written_to(teams) == [OPENED]


async def test_a_chat_of_colleagues_is_never_taken_for_ones_own_whatever_comes_from_there(teams: World) -> None:
    await teams.take(teams.said("list", CHAT))
    for kind in ("message", "installationUpdate", "conversationUpdate"):
        happened = teams.activity(kind, CHAT, text="list")
        happened["conversation"]["id"] = COLLEAGUES
        await teams.take(happened)
        assert (await known(teams)).chat == CHAT


async def test_a_wrong_one_that_was_kept_before_is_not_used(teams: World) -> None:
    body = {"tenant": TENANT, "id": "29:1maya", "kind": "person", "chat": COLLEAGUES}
    kept = Reference.model_validate({**body, "service_url": teams.fake.service_url})
    assert kept.chat == ""
    await teams.kept.save(kept)
    await told(teams)
    await told(teams, "again")
    assert written_to(teams) == [OPENED, OPENED]
    assert [one.path.endswith("/conversations") for one in teams.fake.asked].count(True) == 1


@pytest.mark.parametrize("whispered", [False, True])
async def test_where_the_bot_is_not_in_the_chat_that_is_known_a_new_one_is_opened_once(
    teams: World, whispered: bool
) -> None:
    await teams.take(teams.said("list", CHAT))
    if whispered:
        place = Place(platform="teams", tenant=TENANT, channel=THREAD)
        teams.fake.faults += [answers(400, {"error": {"code": "BadArgument"}}), NOT_THERE]
        whisper = Whisper(key="w", platform="teams", tenant=TENANT, incident="i1", place=place, account=MAYA, card=CARD)
        await teams.adapter.deliver(whisper, 1, False)
    else:
        teams.fake.faults += [NOT_THERE]
        await told(teams)
    assert written_to(teams)[-2:] == [CHAT, OPENED]
    assert (await known(teams)).chat == OPENED
    await told(teams, "later")
    assert written_to(teams)[-1] == OPENED


async def test_whoever_has_not_installed_the_app_is_given_up_after_one_more_try(teams: World) -> None:
    await teams.take(teams.said("list", CHAT))
    asked = len(teams.fake.asked)
    teams.fake.faults += [NOT_THERE, NOT_THERE]
    with pytest.raises(GiveUp) as given_up:
        await told(teams)
    assert given_up.value.code == "BotNotInConversationRoster"
    assert len(teams.fake.asked) - asked == 2
    assert (await known(teams)).chat == CHAT


async def test_a_chat_that_stays_the_same_is_not_written_to_twice(teams: World) -> None:
    own = Reference(tenant=TENANT, id="29:1maya", kind="person", chat=OPENED, service_url=teams.fake.service_url)
    await teams.adapter.references.met(own)
    teams.fake.faults += [NOT_THERE]
    with pytest.raises(GiveUp):
        await told(teams)
    assert written_to(teams) == [OPENED]
