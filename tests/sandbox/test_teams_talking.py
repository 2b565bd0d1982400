"""Messages in both directions: what the bot is sent, what it may write, what people then see."""

from tests.sandbox.teams_harness import Json, attached, card, running


async def test_a_bot_signs_in_and_begins_a_thread_that_people_see() -> None:
    async with running() as h:
        status, said = await h.sign_in()
        assert (status, said["token_type"]) == (200, "Bearer")
        h.token = said["access_token"]
        thread, root = await h.thread("soup's on", card())
        assert thread == f"{h.channel()};messageid={root}"
        assert [(m["text"], m["bot"]) for m in h.teams.messages("incidents")] == [("soup's on", True)]
        status, said = await h.send(thread, "and bread")
        assert status == 201
        assert [m["root"] for m in h.teams.messages(thread)] == ["", root]
        assert [m["ts"] for m in h.teams.messages(thread)][1] == said["id"]


async def test_a_message_in_a_channel_begins_a_thread_with_its_own_id() -> None:
    async with running() as h:
        seen = await h.teams.say("maya", "incidents", "@Debrief soup for @tom", mention=False)
        assert await h.teams.settled()
        sent = h.bot.got[-1]
        maya, tom = h.teams.user("maya"), h.teams.user("tom")
        assert sent["type"] == "message"
        assert sent["id"] == seen.ts
        assert sent["text"] == "<at>Debrief</at> soup for <at>Tom Harper</at>"
        assert sent["conversation"] == {
            "id": f"{h.channel()};messageid={seen.ts}", "conversationType": "channel", "isGroup": True,
            "tenantId": h.teams.tenant,
        }  # fmt: skip
        assert seen.conversation == sent["conversation"]["id"]
        assert sent["from"] == {"id": maya.id, "name": "Maya Lind", "aadObjectId": maya.object_id}
        assert sent["recipient"] == h.teams.bot
        assert sent["serviceUrl"] == h.teams.service_url
        assert sent["channelId"] == "msteams"
        mentioned = [e["mentioned"]["id"] for e in sent["entities"] if e["type"] == "mention"]
        assert mentioned == [h.teams.bot["id"], tom.id]
        assert sent["channelData"]["channel"] == {"id": h.channel(), "type": "standard"}
        assert sent["channelData"]["team"]["id"] == h.teams.team.id
        assert sent["channelData"]["tenant"] == {"id": h.teams.tenant}
        assert sent["localTimezone"] == "Europe/Berlin"
        assert sent["localTimestamp"].endswith("+01:00")
        assert [e["timezone"] for e in sent["entities"] if e["type"] == "clientInfo"] == ["Europe/Berlin"]
        html = sent["attachments"][0]
        assert html["contentType"] == "text/html"
        assert 'itemid="1">Tom Harper</span>' in html["content"]


async def test_an_answer_goes_into_the_thread_in_which_one_writes() -> None:
    async with running() as h:
        first = await h.teams.say("maya", "incidents", "soup?")
        again = await h.teams.say("tom", str(first.conversation), "yes")
        assert again.conversation == first.conversation
        await h.teams.settled()
        answer = next(a for a in h.bot.got if a["text"] == "yes")
        assert answer["conversation"]["id"] == first.conversation
        assert answer["replyToId"] == first.ts
        status, said, _ = await h.call(
            "POST", f"v3/conversations/{h.channel()}/activities/{again.ts}", {"type": "message", "text": "bread too"}
        )
        assert status == 201
        assert [m["ts"] for m in h.teams.messages(str(first.conversation))] == [first.ts, again.ts, said["id"]]


async def test_the_personal_chat_is_made_once_and_read_by_its_person() -> None:
    async with running() as h:
        status, said = await h.personal("maya")
        assert status == 201
        assert said["id"].startswith("a:")
        assert (await h.personal("maya"))[1] == said
        assert (await h.send(said["id"], "", card()))[0] == 201
        assert h.teams.direct_messages("maya")[0]["card"] == card()
        assert h.teams.direct_messages("tom") == []
        await h.teams.say("maya", "Debrief", "hello")
        await h.teams.settled()
        assert h.bot.got[-1]["conversation"]["id"] == said["id"]
        assert h.bot.got[-1]["conversation"]["conversationType"] == "personal"
        assert "isGroup" not in h.bot.got[-1]["conversation"]
        assert h.bot.got[-1]["channelData"] == {"tenant": {"id": h.teams.tenant}}


async def test_a_button_shows_its_answer_to_the_one_who_pressed_it() -> None:
    async with running() as h:
        button: Json = {"type": "Action.Execute", "title": "Eat", "verb": "eat", "data": {"n": 1}}
        field: Json = {"type": "Input.Text", "id": "how"}
        thread, root = await h.thread("", card(field, actions=[button]))
        mine = card({"type": "TextBlock", "text": "Eaten"})
        h.bot.says("adaptiveCard/action", {"statusCode": 200, "type": attached({})["contentType"], "value": mine})
        seen = await h.teams.press("tom", thread, root, "Eat", {"how": "slowly"})
        sent = h.bot.got[-1]
        assert sent["name"] == "adaptiveCard/action"
        assert sent["replyToId"] == root
        assert sent["conversation"]["id"] == thread
        assert sent["value"]["trigger"] == "manual"
        assert sent["value"]["action"] == {
            "type": "Action.Execute", "title": "Eat", "verb": "eat", "data": {"n": 1, "how": "slowly"},
        }  # fmt: skip
        assert seen.card == mine
        assert h.teams.seen_by("tom", thread)[0]["card"] == mine
        assert h.teams.seen_by("maya", thread)[0]["card"] != mine
        await h.change("PUT", thread, root, {"type": "message", "text": "", "attachments": [attached(card())]})
        assert h.teams.seen_by("tom", thread)[0]["card"] == card()
