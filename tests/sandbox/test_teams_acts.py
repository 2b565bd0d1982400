"""What people do to messages, and which of it a bot is told: edits, deletions, reactions, files, slash commands."""

import asyncio

import pytest
from starlette.responses import Response

from adapters.sandbox.people import Denied
from adapters.sandbox.teams.people import DOWNLOAD
from tests.sandbox.teams_harness import Harness, Json, running


async def heard(h: Harness) -> list[tuple[str, str]]:
    """Type and text of everything that the bot was sent, or what else stands for it."""
    assert await h.teams.settled()
    return [(a["type"], str(a.get("text", ""))) for a in h.bot.got]


async def test_an_edit_a_deletion_and_its_undoing_carry_the_messages_own_id() -> None:
    async with running() as h:
        said = await h.teams.say("maya", "incidents", "soup")
        where, ts = str(said.conversation), str(said.ts)
        await h.teams.settled()
        await h.teams.edit("maya", where, ts, "stew for @tom")
        await h.teams.settled()
        await h.teams.delete("maya", where, ts)
        await h.teams.settled()
        assert h.teams.messages("incidents") == []
        await h.teams.undelete("maya", where, ts)
        assert await heard(h) == [
            ("message", "soup"), ("messageUpdate", "stew for <at>Tom Harper</at>"), ("messageDelete", ""),
            ("messageUpdate", "stew for <at>Tom Harper</at>"),
        ]  # fmt: skip
        assert {a["id"] for a in h.bot.got} == {ts}
        assert {a["conversation"]["id"] for a in h.bot.got} == {where}
        assert [a["channelData"].get("eventType") for a in h.bot.got] == [
            None, "editMessage", "softDeleteMessage", "undeleteMessage",
        ]  # fmt: skip
        assert "attachments" not in h.bot.got[2]
        assert [m["text"] for m in h.teams.messages("incidents")] == ["stew for <at>Tom Harper</at>"]


async def test_people_change_only_what_is_their_own() -> None:
    async with running() as h:
        thread, root = await h.thread("soup")
        said = await h.teams.say("maya", thread, "mine")
        for act in (
            h.teams.edit("tom", thread, str(said.ts), "yours"),
            h.teams.delete("tom", thread, str(said.ts)),
            h.teams.edit("tom", thread, root, "the bot's"),
            h.teams.undelete("maya", thread, str(said.ts)),
            h.teams.say("nobody", thread, "x"),
            h.teams.say("tom", "elsewhere", "x"),
            h.teams.say("tom", thread, "  "),
            h.teams.say("gary", "Debrief", "x"),
        ):
            with pytest.raises(Denied):
                await act
        assert [m["text"] for m in h.teams.messages(thread)] == ["soup", "mine"]
        assert await heard(h) == [("message", "mine")]


async def test_an_owner_deletes_what_others_said_and_the_thread_goes_on() -> None:
    async with running() as h:
        thread, root = await h.thread("soup")
        said = await h.teams.say("tom", thread, "mine")
        await h.teams.delete("maya", thread, str(said.ts))
        await h.teams.delete("maya", thread, root)
        await h.teams.say("tom", thread, "still here")
        assert [m["text"] for m in h.teams.messages(thread)] == ["still here"]
        told = [("message", "mine"), ("messageDelete", ""), ("message", "still here")]
        assert await heard(h) == told, "a bot is told nothing of its own message"


async def test_without_consent_a_bot_hears_what_mentions_it_and_its_own_chats() -> None:
    async with running(consent=False) as h:
        await h.teams.say("maya", "incidents", "between us")
        told = await h.teams.say("maya", "incidents", "soup", mention=True)
        await h.teams.say("maya", str(told.conversation), "a thread that mentioned it once")
        await h.teams.say("maya", "Debrief", "privately")
        await h.teams.delete("maya", str(told.conversation), str(told.ts))
        assert sorted(await heard(h)) == [
            ("message", "<at>Debrief</at> soup"), ("message", "privately"), ("messageDelete", ""),
        ]  # fmt: skip
        chat = str((await h.teams.add_group_chat(["maya", "tom"])).conversation)
        await h.teams.say("maya", chat, "between two")
        assert ("message", "between two") not in await heard(h)
        h.teams.consent("Harbour", True)
        await h.teams.say("maya", "incidents", "for all")
        assert ("message", "for all") in await heard(h)
        assert len(h.teams.messages("incidents")) == 3


async def test_consent_of_a_chat_is_its_own() -> None:
    async with running() as h:
        chat = str((await h.teams.add_group_chat(["maya", "tom"], name="lunch")).conversation)
        await h.teams.settled()
        h.bot.got.clear()
        h.teams.consent(chat, False)
        await h.teams.say("maya", "lunch", "soup?")
        await h.teams.say("maya", "lunch", "soup?", mention=True)
        assert await heard(h) == [("message", "<at>Debrief</at> soup?")]
        about = h.bot.got[-1]["conversation"]
        assert (about["id"], about["conversationType"], about["isGroup"]) == (chat, "groupChat", True)
        assert chat.endswith("@thread.v2")


async def test_a_bot_never_hears_other_bots_unless_that_is_switched_on() -> None:
    for hears in (False, True):
        async with running(hears_bots=hears) as h:
            h.teams.add_person("alerts", "Alerts", other_bot=True)
            await h.teams.say("alerts", "incidents", "disk full", mention=True)
            assert len(await heard(h)) == hears
            assert len(h.teams.messages("incidents")) == 1


async def test_reactions_reach_a_bot_only_for_its_own_messages() -> None:
    async with running() as h:
        thread, root = await h.thread("soup")
        said = await h.teams.say("maya", thread, "yes")
        await h.teams.react("tom", thread, str(said.ts), "like")
        await h.teams.react("tom", thread, root, "heart")
        await h.teams.settled()
        await h.teams.unreact("tom", thread, root, "heart")
        await h.teams.settled()
        told = h.bot.of("messageReaction")
        assert [(a.get("reactionsAdded"), a.get("reactionsRemoved")) for a in told] == [
            ([{"type": "heart"}], None), (None, [{"type": "heart"}]),
        ]  # fmt: skip
        assert {a["replyToId"] for a in told} == {root}
        assert [m["reactions"] for m in h.teams.messages(thread)] == [{}, {"like": [h.teams.user("tom").id]}]
        with pytest.raises(Denied):
            await h.teams.unreact("tom", thread, root, "heart")


async def test_a_file_comes_as_a_download_in_the_chat_and_as_a_link_elsewhere() -> None:
    async with running() as h:
        await h.teams.upload("tom", "Debrief", "menu.pdf", "look")
        await h.teams.upload("tom", "incidents", "menu.pdf")
        await h.teams.settled()
        chat, channel = sorted(h.bot.got, key=lambda a: a["conversation"]["conversationType"], reverse=True)
        assert [a["contentType"] for a in chat["attachments"]] == ["text/html", DOWNLOAD]
        file = chat["attachments"][1]
        assert (file["name"], file["content"]["fileType"]) == ("menu.pdf", "pdf")
        assert set(file["content"]) == {"downloadUrl", "uniqueId", "fileType"}
        assert [a["contentType"] for a in channel["attachments"]] == ["text/html", "reference"]
        assert channel["attachments"][1]["id"] in channel["attachments"][0]["content"]


async def test_a_quoted_reply_keeps_the_quotation_out_of_the_text() -> None:
    async with running() as h:
        chat = str((await h.teams.add_group_chat(["maya", "tom"])).conversation)
        said = await h.teams.say("maya", chat, "soup?")
        await h.teams.say("tom", chat, "yes & bread", reply=str(said.ts))
        await h.teams.settled()
        sent = next(a for a in h.bot.got if a.get("text") == "yes & bread")
        html = sent["attachments"][0]["content"]
        assert f'itemid="{said.ts}"' in html
        assert '<p itemprop="preview">soup?</p>' in html
        assert html.endswith("<p>yes &amp; bread</p>")
        assert sent["replyToId"] == said.ts


async def test_a_slash_command_is_seen_by_its_author_and_the_bot_alone() -> None:
    async with running() as h:
        thread, _ = await h.thread("soup")

        async def answer(activity: Json) -> None:
            await h.whisper(activity["conversation"]["id"], "tom", "on its way")

        h.bot.answers["message"] = answer
        seen = await h.teams.slash("tom", thread, "cook soup")
        sent = h.bot.got[-1]
        assert sent["recipient"]["isTargeted"] is True
        assert (sent["text"], sent["conversation"]["id"]) == ("cook soup", thread)
        assert (seen.ok, seen.text) == (True, "on its way")
        assert [m["text"] for m in seen.targeted] == ["on its way"]
        assert [m["text"] for m in h.teams.seen_by("tom", thread)] == ["soup", "cook soup", "on its way"]
        assert [m["text"] for m in h.teams.seen_by("maya", thread)] == ["soup"]
        assert [m["text"] for m in h.teams.targeted("tom")] == ["on its way"]


async def test_a_slash_command_comes_even_without_consent_but_not_where_it_is_not_offered() -> None:
    async with running(consent=False) as h:
        assert (await h.teams.slash("tom", "incidents", "cook")).ok
        with pytest.raises(Denied):
            await h.teams.slash("tom", "Debrief", "cook")
        h.bot.says("message", Response(status_code=500))
        assert not (await h.teams.slash("tom", "incidents", "cook")).ok
    async with running(targeted=False) as h:
        with pytest.raises(Denied):
            await h.teams.slash("tom", "incidents", "cook")


async def test_ids_of_messages_never_repeat_and_follow_the_clock() -> None:
    async with running(rate_limits=False) as h:
        still = h.clock.now
        h.clock.now = still.replace(microsecond=0)
        said = await asyncio.gather(*(h.teams.say("maya", "incidents", str(n)) for n in range(20)))
        assert len({seen.ts for seen in said}) == 20
        assert [seen.ts for seen in said] == sorted(str(seen.ts) for seen in said)
        assert abs(int(str(said[0].ts)) / 1000 - still.timestamp()) < 2


async def test_whoever_waits_for_a_change_is_told_of_it() -> None:
    async with running() as h:
        known = h.teams.revision
        waiting = asyncio.create_task(h.teams.wait_for_change(known, 5))
        await asyncio.sleep(0.01)
        await h.teams.say("maya", "incidents", "hello")
        await asyncio.wait_for(waiting, 2)
        assert h.teams.revision > known
        await h.teams.wait_for_change(h.teams.revision, 0.01)
