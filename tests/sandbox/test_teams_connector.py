"""The Bot Connector's rules, each shown to be enforced, and that a refused call changed nothing."""

from datetime import timedelta
from typing import Any

from adapters.sandbox.teams.sending import size
from tests.sandbox.teams_harness import Harness, Json, attached, card, running


def code(answer: tuple[int, Any] | tuple[int, Any, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


async def test_where_the_app_is_not_the_bot_cannot_write() -> None:
    async with running() as h:
        chat = str((await h.teams.add_group_chat(["maya", "tom"], with_bot=False)).conversation)
        assert code(await h.send(chat, "x")) == (403, "BotNotInConversationRoster")
        personal = (await h.personal("maya"))[1]["id"]
        await h.teams.uninstall("maya")
        assert code(await h.send(personal, "x")) == (403, "MessageWritesBlocked")
        assert code(await h.personal("maya")) == (403, "ForbiddenOperationException")
        await h.teams.uninstall("maya", "incidents")
        assert code(await h.send(h.channel(), "x")) == (403, "BotNotInConversationRoster")
        assert code(await h.call("GET", f"v3/teams/{h.teams.team.id}")) == (403, "BotNotInConversationRoster")
        assert h.teams.messages("incidents") == h.teams.messages(chat) == h.teams.direct_messages("maya") == []
        await h.teams.install("maya", "incidents")
        assert (await h.send(h.channel(), "x"))[0] == 201


async def test_a_guest_without_the_app_is_reached_only_where_the_team_reaches() -> None:
    async with running() as h:
        assert code(await h.personal("gary")) == (403, "ForbiddenOperationException")
    async with running(team_reaches=True) as h:
        assert (await h.personal("gary"))[0] == 201


async def test_who_blocks_the_bot_hears_nothing_and_the_admin_silences_all() -> None:
    async with running() as h:
        personal = (await h.personal("tom"))[1]["id"]
        h.teams.block("tom")
        assert code(await h.send(personal, "x")) == (403, "ConversationBlockedByUser")
        h.teams.block("tom", "MessageWritesBlocked")
        assert code(await h.personal("tom")) == (403, "MessageWritesBlocked")
        h.teams.unblock("tom")
        assert (await h.send(personal, "x"))[0] == 201
        h.teams.disable()
        assert code(await h.send(h.channel(), "x")) == (403, "BotDisabledByAdmin")
        h.teams.disable(False)
        assert (await h.send(h.channel(), "x"))[0] == 201


async def test_what_is_not_there_is_not_found() -> None:
    async with running() as h:
        thread, root = await h.thread("soup")
        assert code(await h.send("19:nowhere@thread.tacv2", "x")) == (404, "ConversationNotFound")
        assert code(await h.send(f"{h.channel()};messageid=1", "x")) == (404, "ConversationNotFound")
        assert code(await h.change("PUT", thread, "1", {"type": "message", "text": "x"}))[1] == (
            "ActivityNotFoundInConversation"
        )
        assert (await h.change("DELETE", thread, root))[0] == 200
        assert h.teams.messages(thread) == []
        assert code(await h.change("DELETE", thread, root)) == (404, "ActivityNotFoundInConversation")
        assert code(await h.change("POST", thread, root, {"type": "message", "text": "x"}))[0] == 404


async def test_only_the_bots_own_messages_can_be_changed() -> None:
    async with running() as h:
        said = await h.teams.say("maya", "incidents", "mine")
        assert code(await h.change("DELETE", str(said.conversation), str(said.ts))) == (403, "NotEnoughPermissions")
        answer = await h.change("PUT", str(said.conversation), str(said.ts), {"type": "message", "text": "yours"})
        assert code(answer) == (403, "NotEnoughPermissions")
        assert [m["text"] for m in h.teams.messages("incidents")] == ["mine"]


async def test_an_edit_replaces_the_whole_message_in_its_place() -> None:
    async with running() as h:
        thread, root = await h.thread("soup", card())
        status, said = await h.change("PUT", thread, root, {"type": "message", "text": "bread"})
        assert (status, said) == (200, {"id": root})
        (message,) = h.teams.messages(thread)
        assert (message["text"], message["card"], message["edited"]) == ("bread", None, True)
        assert h.teams.ledger.updates == 1


WRONGLY_ASKED: tuple[Any, ...] = (
    ({"isGroup": True, "activity": {"type": "message", "text": "x"}}, "group chat"),
    ({"members": [{"id": "29:nobody"}], "tenantId": True}, "not known"),
    ({"members": [], "tenantId": True}, "one member"),
    ({"members": [{"id": "29:nobody"}]}, "tenantId"),
)  # fmt: skip


async def test_a_conversation_that_is_wrongly_asked_for_is_refused() -> None:
    async with running(rate_limits=False) as h:
        for body, said in WRONGLY_ASKED:
            given = body | ({"tenantId": h.teams.tenant} if "tenantId" in body else {})
            status, answer, _ = await h.call("POST", "v3/conversations", given)
            assert (status, answer["error"]["code"]) == (400, "BadArgument")
            assert said in answer["error"]["message"]


async def test_a_new_thread_needs_a_first_message() -> None:
    async with running() as h:
        body: Json = {"isGroup": True, "channelData": {"channel": {"id": h.channel()}}}
        assert code(await h.call("POST", "v3/conversations", body)) == (400, "BadArgument")
        body["activity"] = {"type": "message"}
        assert code(await h.call("POST", "v3/conversations", body)) == (400, "BadArgument")


async def test_what_is_no_message_is_not_stored() -> None:
    async with running() as h:
        await h.thread("soup")
        for activity in ({"type": "trace", "text": "x"}, {"type": "message"}):
            status, said, _ = await h.call("POST", f"v3/conversations/{h.channel()}/activities", activity)
            assert (status, said["error"]["code"]) == (400, "BadArgument")
        assert (await h.call("POST", f"v3/conversations/{h.channel()}/activities", {"type": "typing"}))[0] == 201
        assert code(await h.call("POST", f"v3/conversations/{h.channel()}/activities", ["x"])) == (400, "BadSyntax")
        assert len(h.teams.messages("incidents")) == 1


async def test_a_body_in_a_wrong_shape_is_refused_and_breaks_nothing() -> None:
    async with running(rate_limits=False) as h:
        bodies: tuple[Any, ...] = (
            {"channelData": "x"}, {"channelData": {"channel": "x"}}, {"members": ["x"]}, {"activity": 1}, [1], 7, "x",
            {"activity": {"entities": ["x"]}}, {"members": {}, "tenantId": 1}, {"channelData": {"tenant": []}},
        )  # fmt: skip
        for body in bodies:
            assert (await h.call("POST", "v3/conversations", body))[0] == 400
        cards: tuple[Any, ...] = (
            card(refresh="x"), card(refresh={"action": "x"}), card() | {"body": "x"}, card() | {"actions": "x"}, "x",
        )  # fmt: skip
        for content in cards:
            assert (await h.send(h.channel(), "", content))[0] == 400
        strange: tuple[Any, ...] = (
            {"type": ["x"]}, {"type": "Container", "items": "x"}, "x", {"type": "Table", "rows": ["x", 1]},
            {"type": "FactSet", "facts": ["x"]}, {"type": "RichTextBlock", "inlines": 1},
        )  # fmt: skip
        actions: Any = [{"type": 1}, "x", {"type": "Action.ShowCard", "card": {"body": 1, "actions": 1}}]
        mention = {"entities": [{"type": "mention", "mentioned": {"id": "29:x"}, "text": "x"}]}
        assert (await h.send(h.channel(), "", card(*strange, actions=actions, msteams=mention)))[0] == 201


async def test_size_is_counted_in_bytes_of_utf_16() -> None:
    async with running() as h:
        fits: Json = {"type": "message", "text": "", "attachments": []}
        fits["text"] = "x" * ((28 * 1024 - size(fits)) // 2)
        assert (await h.send(h.channel(), fits["text"]))[0] == 201
        assert code(await h.send(h.channel(), fits["text"] + "x")) == (413, "MessageSizeTooBig")
        assert h.teams.ledger.limit_violations == [("MessageSizeTooBig", "activities.send")]
        emoji = "\N{POT OF FOOD}" * (len(fits["text"]) // 2 + 1)
        assert code(await h.send(h.channel(), emoji)) == (413, "MessageSizeTooBig")
        assert len(h.teams.messages("incidents")) == 1
    async with running(size_limit=100 * 1024) as h:
        assert (await h.send(h.channel(), "x" * 40_000))[0] == 201


async def test_a_channel_takes_seven_messages_in_a_second_and_says_when_to_come_again() -> None:
    async with running(time_scale=10) as h:
        thread, _ = await h.thread("first")
        answers = [await h.call("POST", f"v3/conversations/{thread}/activities", {"text": str(n)}) for n in range(12)]
        refused = [(said["error"]["code"], int(head["Retry-After"])) for status, said, head in answers if status == 429]
        assert [name for name, _ in refused] == ["Throttled"] * 5
        assert all(1 <= seconds <= 10 for _, seconds in refused)
        assert len(h.teams.messages(thread)) == 1 + 7
        assert ("Throttled", "activities.send") in h.teams.ledger.limit_violations
        assert (await h.personal("tom"))[0] == 201


async def test_without_rate_limits_everything_goes_through() -> None:
    async with running(rate_limits=False) as h:
        assert [(await h.send(h.channel(), str(n)))[0] for n in range(40)] == [201] * 40
        assert h.teams.ledger.limit_violations == []


async def targeted(h: Harness, thread: str) -> list[str]:
    return [m["text"] for m in h.teams.seen_by("tom", thread)]


async def test_a_targeted_message_is_seen_by_one_person_and_gone_after_a_day() -> None:
    async with running() as h:
        thread, _ = await h.thread("for all")
        status, said = await h.whisper(thread, "tom", "for you")
        assert status == 201
        assert await targeted(h, thread) == ["for all", "for you"]
        assert [m["text"] for m in h.teams.seen_by("maya", thread)] == ["for all"]
        assert [m["text"] for m in h.teams.messages(thread)] == ["for all"]
        assert [m["text"] for m in h.teams.targeted("tom")] == ["for you"]
        edit: Json = {"type": "message", "text": "for you, too"}
        assert code(await h.change("PUT", thread, said["id"], edit)) == (404, "ActivityNotFoundInConversation")
        named = edit | {"recipient": {"id": h.teams.user("tom").id}}
        wrong = await h.change("PUT", thread, said["id"], named, isTargetedActivity="true")
        assert code(wrong) == (400, "BadArgument")
        assert (await h.change("PUT", thread, said["id"], edit, isTargetedActivity="true"))[0] == 200
        assert await targeted(h, thread) == ["for all", "for you, too"]
        h.clock.advance(timedelta(hours=25))
        assert h.teams.targeted("tom") == []
        gone = await h.change("DELETE", thread, said["id"], isTargetedActivity="true")
        assert code(gone) == (404, "ActivityNotFoundInConversation")
        assert h.teams.ledger.duplicates == []


async def test_targeting_is_for_members_of_groups_alone() -> None:
    async with running() as h:
        chat = str((await h.teams.add_group_chat(["maya", "tom"])).conversation)
        assert code(await h.whisper(chat, "ines", "x")) == (400, "BadArgument")
        personal = (await h.personal("tom"))[1]["id"]
        assert code(await h.whisper(personal, "tom", "x")) == (400, "BadArgument")
        path = f"v3/conversations/{chat}/activities"
        nobody = await h.call("POST", path, {"type": "message", "text": "x"}, isTargetedActivity="true")
        assert code(nobody) == (400, "BadArgument")
        assert (await h.whisper(chat, "tom", "x"))[0] == 201
    async with running(targeted=False) as h:
        assert code(await h.whisper(h.channel(), "tom", "x")) == (400, "BadArgument")
        assert h.teams.targeted("tom") == []


async def test_members_come_as_a_list_in_pages_and_one_by_one() -> None:
    async with running() as h:
        for number in range(60):
            h.teams.add_person(f"extra{number}")
        here = f"v3/conversations/{h.channel()}"
        everybody = (await h.call("GET", f"{here}/members"))[1]
        first = (await h.call("GET", f"{here}/pagedmembers", pageSize="50"))[1]
        second = (
            await h.call("GET", f"{here}/pagedmembers", pageSize="50", continuationToken=first["continuationToken"])
        )[1]
        assert (len(first["members"]), len(second["members"])) == (50, 15)
        assert "continuationToken" not in second
        assert first["members"] + second["members"] == everybody
        gary, maya = h.teams.user("gary"), h.teams.user("maya")
        by_id = (await h.call("GET", f"{here}/members/{maya.id}"))[1]
        assert by_id == (await h.call("GET", f"{here}/members/{maya.object_id}"))[1] == everybody[0]
        assert by_id == {
            "id": maya.id, "name": "Maya Lind", "givenName": "Maya", "surname": "Lind", "objectId": maya.object_id,
            "aadObjectId": maya.object_id, "email": "maya@example.com", "userPrincipalName": "maya@example.com",
            "tenantId": h.teams.tenant, "userRole": "user",
        }  # fmt: skip
        assert (await h.call("GET", f"{here}/members/{gary.id}"))[1]["userRole"] == "guest"
        assert code(await h.call("GET", f"{here}/members/29:nobody")) == (404, "MemberNotFoundInConversation")


async def test_a_team_tells_its_channels_and_general_has_no_name() -> None:
    async with running() as h:
        team = (await h.call("GET", f"v3/teams/{h.teams.team.id}"))[1]
        assert (team["name"], team["channelCount"], team["memberCount"]) == ("Harbour", 2, 5)
        listed = (await h.call("GET", f"v3/teams/{h.teams.team.id}/conversations"))[1]["conversations"]
        assert [c["name"] for c in listed] == [None, "incidents"]
        assert listed[0]["id"] == team["id"]


async def test_no_history_can_be_read() -> None:
    async with running() as h:
        thread, root = await h.thread("soup")
        assert (await h.call("GET", f"v3/conversations/{thread}/activities"))[0] in (404, 405)
        assert (await h.call("GET", f"v3/conversations/{thread}/activities/{root}"))[0] in (404, 405)


async def test_the_same_card_twice_is_counted_as_a_duplicate() -> None:
    async with running() as h:
        await h.thread("soup", card())
        await h.thread("soup", card(version="1.4"))
        assert h.teams.ledger.duplicates == []
        await h.thread("soup", card())
        assert [d.text for d in h.teams.ledger.duplicates] == ["soup"]
        stored = h.teams.ledger.stored[0]
        assert (stored.card, stored.text, stored.targeted) == (card(), "soup", False)
        assert h.teams.ledger.calls["conversations.create"] == 3


async def test_mentions_of_the_bot_are_counted_where_the_text_carries_them() -> None:
    async with running() as h:
        tom = h.teams.user("tom")
        entity: Json = {"type": "mention", "mentioned": {"id": tom.id, "name": "Tom"}, "text": "<at>Tom</at>"}
        await h.send(h.channel(), "soup, <at>Tom</at>", entities=[entity])
        await h.send(h.channel(), "soup", entities=[entity])
        words = card({"type": "TextBlock", "text": "eat, <at>Tom</at>"}, msteams={"entities": [entity]})
        await h.call("POST", f"v3/conversations/{h.channel()}/activities", {"attachments": [attached(words)]})
        assert [p.target for p in h.teams.ledger.pings] == [tom.id, tom.id]
