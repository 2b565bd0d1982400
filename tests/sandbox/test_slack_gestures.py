"""Commands, shortcuts, buttons and modals: what the bot is sent, what it may answer, what the person then sees."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from starlette.responses import Response

from adapters.sandbox.people import Denied
from tests.sandbox.harness import Answering, Harness, running

Json = dict[str, Any]


def form(**more: Any) -> Json:
    return {
        "type": "modal", "callback_id": "soup", "title": {"type": "plain_text", "text": "Soup"},
        "submit": {"type": "plain_text", "text": "Cook"},
        "blocks": [
            {"type": "input", "block_id": "name", "label": {"type": "plain_text", "text": "Name"},
             "element": {"type": "plain_text_input", "action_id": "v", "max_length": 20}},
            {"type": "input", "block_id": "hot", "optional": True, "label": {"type": "plain_text", "text": "Hot?"},
             "element": {"type": "static_select", "action_id": "v", "options": [
                 {"text": {"type": "plain_text", "text": "Yes"}, "value": "yes"},
                 {"text": {"type": "plain_text", "text": "No"}, "value": "no"}]}},
        ],
    } | more  # fmt: skip


def opening(h: Harness, view: Json, results: list[Any]) -> Answering:
    async def answer(body: Json) -> None:
        try:
            results.append((await h.client.views_open(trigger_id=body["trigger_id"], view=view)).data)
        except SlackApiError as error:
            results.append(error.response.data)

    return answer


async def open_form(h: Harness, **more: Any) -> Json:
    results: list[Any] = []
    h.bot.answers["shortcut"] = opening(h, form(**more), results)
    seen = await h.slack.global_shortcut("maya", "ask")
    assert seen.modal, results
    return dict(seen.modal)


async def test_a_command_arrives_as_a_form_and_its_answer_is_private() -> None:
    async with running() as h:
        channel = await h.channel()

        async def answer(_: Json) -> str:
            return "on its way"

        h.bot.answers["command"] = answer
        seen = await h.slack.slash("maya", "kitchen", "/otter cook for @tom in #kitchen")
        sent = h.bot.last("command")
        assert sent["command"] == "/otter"
        assert sent["text"] == f"cook for <@{h.slack.user('tom').id}|tom> in <#{channel}|kitchen>"
        assert (sent["channel_id"], sent["channel_name"], sent["user_name"]) == (channel, "kitchen", "maya")
        assert seen.text == "on its way"
        assert h.slack.ephemerals("tom") == []
        assert h.slack.messages(channel)[-1].get("text") != "on its way"


async def test_an_answer_may_be_for_the_whole_channel() -> None:
    async with running() as h:
        channel = await h.channel()

        async def answer(_: Json) -> Json:
            return {"response_type": "in_channel", "text": "soup is ready"}

        h.bot.answers["command"] = answer
        await h.slack.slash("maya", "kitchen", "/otter ready")
        last = h.slack.messages(channel)[-1]
        assert (last["text"], last["subtype"]) == ("soup is ready", "bot_message")


async def test_commands_that_slack_itself_refuses_never_reach_the_bot() -> None:
    async with running() as h:
        await h.channel()
        ts = str((await h.slack.say("maya", "kitchen", "soup")).ts)
        in_thread = await h.slack.slash("maya", "kitchen", "/otter x", thread_ts=ts)
        unknown = await h.slack.slash("maya", "kitchen", "/badger x")
        assert in_thread.text == "/otter is not supported in threads. Sorry!"
        assert "is not a valid command" in str(unknown.text)
        assert h.slack.ledger.interactions == {}


async def test_a_bot_that_does_not_answer_in_time_shows_an_error_and_is_not_asked_again() -> None:
    async with running(ack_seconds=0.15) as h:
        await h.channel()

        async def sleepy(_: Json) -> None:
            await asyncio.sleep(0.5)

        h.bot.answers["command"] = sleepy
        seen = await h.slack.slash("maya", "kitchen", "/otter x")
        assert (seen.ok, seen.error) == (False, "operation_timeout")
        assert (
            h.slack.team.toasts[h.slack.user("maya").id][0]["text"] == "/otter failed because the app did not respond"
        )
        await asyncio.sleep(0.5)
        assert len(h.bot.got) == 1
        h.slack.request_url = "http://127.0.0.1:9"
        assert (await h.slack.slash("maya", "kitchen", "/otter x")).error == "dispatch_failed"


async def test_an_error_status_is_shown_as_slack_words_it() -> None:
    async with running() as h:
        await h.channel()

        async def broken(_: Json) -> Response:
            return Response(status_code=500)

        h.bot.answers["command"] = broken
        seen = await h.slack.slash("maya", "kitchen", "/otter x")
        assert seen.text == '/otter failed with the error "http_service_error"'


async def test_a_message_shortcut_carries_the_message_even_where_the_bot_is_absent() -> None:
    async with running() as h:
        await h.slack.create_channel("maya", "cellar", private=True)
        ts = str((await h.slack.say("maya", "cellar", "secret soup")).ts)
        await h.slack.message_shortcut("maya", "keep", "cellar", ts)
        sent = h.bot.last("message_action")
        assert (sent["message"]["text"], sent["message_ts"], sent["channel"]["name"]) == (
            "secret soup",
            ts,
            "privategroup",
        )
        with pytest.raises(Denied):
            await h.slack.message_shortcut("tom", "keep", "cellar", ts)


async def test_a_trigger_opens_one_modal_and_only_within_three_seconds() -> None:
    async with running() as h:
        results: list[Any] = []

        async def twice(body: Json) -> None:
            await opening(h, form(), results)(body)
            await opening(h, form(), results)(body)

        h.bot.answers["shortcut"] = twice
        await h.slack.global_shortcut("maya", "ask")
        assert [r.get("error") for r in results] == [None, "exchanged_trigger_id"]

        async def late(body: Json) -> None:
            h.clock.advance(timedelta(seconds=4))
            await opening(h, form(), results)(body)

        h.bot.answers["shortcut"] = late
        await h.slack.global_shortcut("tom", "ask")
        assert results[-1]["error"] == "expired_trigger_id"
        with pytest.raises(SlackApiError, match="invalid_trigger_id"):
            await h.client.views_open(trigger_id="1.2.3", view=form())


async def test_slack_asks_for_required_inputs_before_the_bot_hears_of_a_submission() -> None:
    async with running() as h:
        await open_form(h)
        seen = await h.slack.submit("maya", {"hot": {"v": "yes"}})
        assert list(seen.errors) == ["name"]
        assert (await h.slack.submit("maya", {"name": {"v": "x" * 21}})).errors
        assert h.slack.ledger.interactions["view_submission"] == 0
        done = await h.slack.submit("maya", {"name": {"v": "borscht"}})
        values = h.bot.last("view_submission")["view"]["state"]["values"]
        assert values["name"]["v"] == {"type": "plain_text_input", "value": "borscht"}
        assert values["hot"]["v"]["selected_option"]["value"] == "yes"
        assert done.ok
        assert h.slack.modal("maya") is None


async def test_a_submission_may_be_answered_by_errors_update_push_and_clear() -> None:
    async with running() as h:
        answers: list[Any] = [
            {"response_action": "errors", "errors": {"name": "no such soup"}},
            {"response_action": "update", "view": form(title={"type": "plain_text", "text": "Again"})},
            {"response_action": "push", "view": form(callback_id="deeper")},
            {"response_action": "clear"},
        ]

        async def answer(_: Json) -> Any:
            return answers.pop(0)

        h.bot.answers["view_submission"] = answer
        first = await open_form(h)
        fill = {"name": {"v": "x"}}
        assert (await h.slack.submit("maya", fill)).errors == {"name": "no such soup"}
        updated = await h.slack.submit("maya", fill)
        assert updated.modal["id"] == first["id"]
        assert updated.modal["title"]["text"] == "Again"
        pushed = await h.slack.submit("maya", fill)
        assert pushed.modal["callback_id"] == "deeper"
        assert pushed.modal["previous_view_id"] == first["id"]
        await h.slack.submit("maya", fill)
        assert h.slack.modal("maya") is None


async def test_an_unacceptable_view_in_an_answer_is_an_error_and_is_counted() -> None:
    async with running() as h:
        await open_form(h)

        async def answer(_: Json) -> Json:
            return {"response_action": "update", "view": form(title={"type": "plain_text", "text": "x" * 25})}

        h.bot.answers["view_submission"] = answer
        seen = await h.slack.submit("maya", {"name": {"v": "x"}})
        assert not seen.ok
        assert h.slack.ledger.limit_violations == [("invalid_arguments", "view_submission")]
        assert h.slack.modal("maya") is not None


async def test_hashes_stacks_and_closing_keep_slacks_rules() -> None:
    async with running() as h:
        view = await open_form(h, notify_on_close=True)
        changed = (await h.client.views_update(view_id=view["id"], hash=view["hash"], view=form(notify_on_close=True)))[
            "view"
        ]
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await h.client.views_update(view_id=view["id"], hash=view["hash"], view=form())
        results: list[Any] = []

        async def push(body: Json) -> None:
            try:
                results.append(
                    (await h.client.views_push(trigger_id=body["trigger_id"], view=form(blocks=button))).data
                )
            except SlackApiError as error:
                results.append(error.response.data)

        button = [{"type": "actions", "block_id": "a", "elements": [
            {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}}]}]  # fmt: skip
        h.bot.answers["block_actions"] = push
        await h.client.views_update(view_id=changed["id"], view=form(blocks=button, notify_on_close=True))
        for _ in range(3):
            await h.slack.click_view("maya", h.slack.modal("maya")["id"], "more")
        assert [r.get("error") for r in results] == [None, None, "push_limit_reached"]
        for _ in range(3):
            await h.slack.close("maya")
        assert h.bot.last("view_closed")["is_cleared"] is False
        with pytest.raises(SlackApiError, match="not_found"):
            await h.client.views_update(view_id=view["id"], view=form())


async def test_a_button_in_a_message_tells_where_it_stands_and_how_to_answer() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        channel = await h.channel()
        blocks = [{"type": "actions", "block_id": "b", "elements": [
            {"type": "button", "action_id": "eat", "value": "soup", "text": {"type": "plain_text", "text": "Eat"}},
            {"type": "users_select", "action_id": "who"}]}]  # fmt: skip
        sent = await h.client.chat_postMessage(channel=channel, text="Soup", blocks=blocks)
        await h.slack.click("maya", "kitchen", sent["ts"], "eat")
        payload = h.bot.last("block_actions")
        action = payload["actions"][0]
        assert (action["action_id"], action["block_id"], action["value"], action["type"]) == (
            "eat",
            "b",
            "soup",
            "button",
        )
        assert payload["container"] == {
            "type": "message",
            "message_ts": sent["ts"],
            "channel_id": channel,
            "is_ephemeral": False,
        }
        async with session.post(payload["response_url"], json={"replace_original": True, "text": "Eaten"}) as reply:
            assert reply.status == 200
        assert h.slack.messages(channel)[-1]["text"] == "Eaten"
        tom = h.slack.user("tom").id
        again = await h.client.chat_postMessage(channel=channel, text="Who", blocks=blocks)
        await h.slack.click("maya", "kitchen", again["ts"], "who", value=tom)
        assert h.bot.last("block_actions")["actions"][0]["selected_user"] == tom


async def test_a_response_url_works_five_times_and_half_an_hour() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        await h.channel()
        await h.slack.slash("maya", "kitchen", "/otter x")
        url = h.bot.last("command")["response_url"]

        async def respond(body: Json) -> int:
            async with session.post(url, json=body) as reply:
                return reply.status

        assert await respond({"blocks": [{"type": "soup"}]}) == 400
        assert [await respond({"text": f"{n}"}) for n in range(6)] == [200] * 5 + [404]
        assert [m["text"] for m in h.slack.ephemerals("maya")] == ["0", "1", "2", "3", "4"]
        await h.slack.slash("maya", "kitchen", "/otter y")
        url = h.bot.last("command")["response_url"]
        h.clock.advance(timedelta(minutes=31))
        assert await respond({"text": "late"}) == 404


async def test_an_ephemeral_message_is_replaced_and_deleted_through_its_button() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        channel = await h.channel()
        blocks = [{"type": "actions", "elements": [
            {"type": "button", "action_id": "ok", "text": {"type": "plain_text", "text": "OK"}}]}]  # fmt: skip
        await h.client.chat_postEphemeral(channel=channel, user=h.slack.user("maya").id, text="Sure?", blocks=blocks)
        ts = h.slack.ephemerals("maya")[0]["ts"]
        await h.slack.click("maya", "kitchen", ts, "ok")
        payload = h.bot.last("block_actions")
        assert payload["container"]["is_ephemeral"] is True
        assert "message" not in payload
        async with session.post(payload["response_url"], json={"delete_original": True}) as reply:
            assert reply.status == 200
        assert h.slack.ephemerals("maya") == []


async def test_app_home_is_published_for_one_person_and_opened_with_its_view() -> None:
    async with running() as h:
        home = {"type": "home", "blocks": [{"type": "divider"}]}

        async def publish(body: Json) -> None:
            if body["event"]["type"] == "app_home_opened":
                await h.client.views_publish(user_id=body["event"]["user"], view=home)

        h.bot.answers["event"] = publish
        seen = await h.slack.open_home("maya")
        assert seen.home["type"] == "home"
        await h.slack.open_home("maya")
        assert h.bot.events("app_home_opened")[-1]["view"]["id"] == seen.home["id"]
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await h.client.views_publish(user_id=h.slack.user("maya").id, view=home, hash="1.old")


async def test_outside_options_are_asked_for_while_typing() -> None:
    async with running() as h:
        outside = [{"type": "input", "block_id": "o", "label": {"type": "plain_text", "text": "O"},
                    "element": {"type": "external_select", "action_id": "e", "min_query_length": 1}}]  # fmt: skip
        view = await open_form(h, blocks=outside)

        async def options(body: Json) -> Json:
            return {"options": [{"text": {"type": "plain_text", "text": body["value"]}, "value": "1"}]}

        h.bot.answers["block_suggestion"] = options
        found = await h.slack.suggest("maya", view["id"], "e", "sou")
        assert found[0]["text"]["text"] == "sou"


async def test_what_people_may_not_do_is_denied_and_tells_nobody() -> None:
    async with running() as h:
        await h.channel()
        ts = str((await h.slack.say("maya", "kitchen", "soup")).ts)
        await h.slack.settled()
        h.bot.got.clear()
        attempts: list[Callable[[], Awaitable[Any]]] = [
            lambda: h.slack.edit("otter", "kitchen", ts, "x"), lambda: h.slack.say("tom", "kitchen", "not joined"),
            lambda: h.slack.say("gary", "kitchen", "guest"), lambda: h.slack.join("gary", "kitchen"),
            lambda: h.slack.create_channel("gary", "own"), lambda: h.slack.say("maya", "kitchen", "  "),
            lambda: h.slack.unreact("maya", "kitchen", ts, "eyes"), lambda: h.slack.say("nobody", "kitchen", "x"),
        ]  # fmt: skip
        for attempt in attempts:
            with pytest.raises(Denied):
                await attempt()
        assert await h.slack.settled()
        assert h.bot.got == []
