"""Channels, chats and installations as they come and go, and who is there from the start."""

import pytest

from adapters.sandbox.people import Denied
from adapters.sandbox.teams.teams import SimulatedTeams
from adapters.sandbox.transcript import load
from tests.sandbox.teams_harness import Json, running


def events(got: list[Json]) -> list[tuple[str, str]]:
    return [(a["type"], str(a.get("action") or a["channelData"].get("eventType") or "")) for a in got]


async def test_first_contact_tells_the_bot_where_a_person_is_reached() -> None:
    async with running() as h:
        seen = await h.teams.open_personal("gary")
        await h.teams.settled()
        installed, joined = sorted(h.bot.got, key=lambda a: str(a["type"]), reverse=True)
        assert (installed["type"], installed["action"]) == ("installationUpdate", "add")
        assert joined["membersAdded"] == [{"id": h.teams.bot["id"]}]
        assert installed["conversation"]["id"] == joined["conversation"]["id"] == seen.conversation
        assert installed["from"]["aadObjectId"] == h.teams.user("gary").object_id
        assert (await h.personal("gary"))[1]["id"] == seen.conversation
        await h.teams.open_personal("gary")
        await h.teams.settled()
        assert len(h.bot.got) == 2


async def test_adding_the_app_to_a_chat_and_taking_it_away_is_told() -> None:
    async with running() as h:
        chat = str((await h.teams.add_group_chat(["maya", "tom"])).conversation)
        await h.teams.settled()
        assert sorted(events(h.bot.got)) == [("conversationUpdate", ""), ("installationUpdate", "add")]
        h.bot.got.clear()
        await h.teams.uninstall("maya", chat)
        await h.teams.say("maya", chat, "soup", mention=True)
        await h.teams.settled()
        assert sorted(events(h.bot.got)) == [("conversationUpdate", ""), ("installationUpdate", "remove")]
        removed = next(a for a in h.bot.got if a["type"] == "conversationUpdate")
        assert removed["membersRemoved"] == [{"id": h.teams.bot["id"]}]


async def test_who_joins_and_leaves_a_chat_is_told_and_sees_or_sees_no_more() -> None:
    async with running() as h:
        chat = str((await h.teams.add_group_chat(["maya", "tom"])).conversation)
        await h.teams.settled()
        h.bot.got.clear()
        await h.teams.join_chat("ines", chat)
        await h.teams.settled()
        ines = h.teams.user("ines")
        assert h.bot.got[-1]["membersAdded"] == [{"id": ines.id, "aadObjectId": ines.object_id}]
        await h.teams.say("ines", chat, "hello")
        await h.teams.leave_chat("ines", chat)
        await h.teams.settled()
        assert h.bot.got[-1]["membersRemoved"] == [{"id": ines.id, "aadObjectId": ines.object_id}]
        with pytest.raises(Denied):
            h.teams.seen_by("ines", chat)


async def test_channels_are_made_renamed_and_deleted_before_the_bots_eyes() -> None:
    async with running() as h:
        made = str((await h.teams.create_channel("maya", "kitchen")).conversation)
        await h.teams.settled()
        await h.teams.rename_channel("maya", "kitchen", "galley")
        await h.teams.settled()
        await h.teams.delete_channel("maya", "galley")
        await h.teams.settled()
        assert events(h.bot.got) == [
            ("conversationUpdate", "channelCreated"), ("conversationUpdate", "channelRenamed"),
            ("conversationUpdate", "channelDeleted"),
        ]  # fmt: skip
        assert [a["channelData"]["channel"] for a in h.bot.got[:2]] == [
            {"id": made, "name": "kitchen"}, {"id": made, "name": "galley"},
        ]  # fmt: skip
        status, said = await h.send(made, "x")
        assert (status, said["error"]["code"]) == (404, "ConversationNotFound")
        with pytest.raises(Denied):
            await h.teams.delete_channel("maya", "General")


async def test_who_joins_and_leaves_the_team_is_told_by_its_event() -> None:
    async with running() as h:
        h.teams.add_person("rosa", "Rosa Vale", in_team=False)
        with pytest.raises(Denied):
            await h.teams.say("rosa", "incidents", "hello")
        await h.teams.join_team("rosa")
        await h.teams.settled()
        await h.teams.leave_team("rosa")
        await h.teams.settled()
        assert events(h.bot.got) == [
            ("conversationUpdate", "teamMemberAdded"), ("conversationUpdate", "teamMemberRemoved"),
        ]  # fmt: skip


async def test_a_bot_that_comes_late_is_told_where_it_is() -> None:
    async with running() as h:
        await h.teams.introduce()
        await h.teams.settled()
        kinds = [a["conversation"]["conversationType"] for a in h.bot.of("installationUpdate")]
        assert sorted(kinds) == ["channel", "personal", "personal", "personal", "personal"]


def test_the_cast_is_there_from_the_start() -> None:
    teams = SimulatedTeams()
    assert [p["name"] for p in teams.people()] == ["maya", "tom", "ines", "kenji", "gary"]
    assert [p["personal"] for p in teams.people()] == [True, True, True, True, False]
    assert teams.user("maya").admin
    assert [c.name for c in teams.world.channels(teams.team.id)] == ["General", "incidents"]
    assert teams.user("Inês Duarte") is teams.user("ines") is teams.user(teams.user("ines").object_id)
    assert teams.user("ines").id == SimulatedTeams().user("ines").id
    assert SimulatedTeams(seed=False).people() == []


def test_a_scripts_people_and_places_become_a_team() -> None:
    script = load()
    teams = SimulatedTeams(script=script)
    assert [p["name"] for p in teams.people()] == [person.nick for person in script.cast]
    names = {c.name.lower() for c in teams.world.channels(teams.team.id)}
    assert names == {"general", "incidents", *(place.name for place in script.places)}
    guests = {person.nick for person in script.cast if person.guest}
    assert not guests & {teams.world.people[ident].name for ident in teams.team.members}
