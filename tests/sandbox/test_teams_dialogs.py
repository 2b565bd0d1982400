"""Buttons, dialogs and message extensions: what the bot is asked, what it may answer, what the person then sees."""

import asyncio
from typing import Any

import pytest
from starlette.responses import Response

from adapters.sandbox.people import Denied
from adapters.sandbox.teams.invokes import UNREACHABLE, WRONG
from tests.sandbox.teams_harness import ADAPTIVE, Harness, Json, attached, card, running

ASKS: Json = {
    "type": "Input.Text", "id": "name", "label": "Name", "isRequired": True, "maxLength": 5, "regex": "^[a-z]+$",
    "errorMessage": "Small letters, please.",
}  # fmt: skip
HOT: Json = {
    "type": "Input.ChoiceSet", "id": "hot", "value": "no",
    "choices": [{"title": "Yes", "value": "yes"}, {"title": "No", "value": "no"}],
}  # fmt: skip
SEND: Json = {"type": "Action.Submit", "title": "Cook", "data": {"form": "soup"}}
FORM = card(ASKS, HOT, actions=[SEND])
OPENS: Json = {"type": "Action.Submit", "title": "Ask", "data": {"x": 1, "msteams": {"type": "task/fetch"}}}
EXECUTE: Json = {"type": "Action.Execute", "title": "Eat", "verb": "eat", "data": {"n": 1}}


def dialog(content: Json, title: str = "Soup") -> Json:
    value = {"title": title, "height": "medium", "width": 500, "card": attached(content)}
    return {"task": {"type": "continue", "value": value}}


def message(text: str) -> Json:
    return {"task": {"type": "message", "value": text}}


async def opened(h: Harness, *, form: Json = FORM) -> tuple[str, str]:
    thread, root = await h.thread("", card(actions=[OPENS]))
    h.bot.says("task/fetch", dialog(form))
    assert (await h.teams.press("tom", thread, root, "Ask")).dialog["title"] == "Soup"
    return thread, root


async def test_a_button_opens_a_dialog_and_its_form_comes_back_with_the_buttons_own_content() -> None:
    async with running() as h:
        thread, root = await opened(h)
        asked = h.bot.of("task/fetch")[-1]
        assert asked["value"] == {
            "data": {"x": 1, "msteams": {"type": "task/fetch"}}, "context": {"theme": "default"},
        }  # fmt: skip
        assert (asked["replyToId"], asked["conversation"]["id"]) == (root, thread)
        assert (h.teams.dialog("tom") or {})["card"] == FORM
        assert h.teams.dialog("maya") is None
        h.bot.says("task/submit", message("Cooked."))
        seen = await h.teams.submit_dialog("tom", {"name": "leek"})
        assert h.bot.of("task/submit")[-1]["value"]["data"] == {"form": "soup", "name": "leek", "hot": "no"}
        assert (seen.ok, seen.text, seen.dialog) == (True, "Cooked.", None)
        assert h.teams.toasts[h.teams.user("tom").id][-1]["text"] == "Cooked."


UNACCEPTABLE: tuple[Any, ...] = (
    ({}, "name"), ({"name": ""}, "name"), ({"name": "leeeeek"}, "name"), ({"name": "LEEK"}, "name"),
    ({"name": "leek", "hot": "maybe"}, "hot"),
)  # fmt: skip


async def test_what_a_field_does_not_accept_is_never_sent() -> None:
    async with running(rate_limits=False) as h:
        for values, field in UNACCEPTABLE:
            await opened(h)
            seen = await h.teams.submit_dialog("tom", values)
            assert (seen.ok, list(seen.errors)) == (False, [field])
            assert h.teams.dialog("tom") is not None
            assert h.bot.of("task/submit") == []


async def test_a_field_that_is_not_there_cannot_be_filled_in() -> None:
    async with running() as h:
        await opened(h)
        with pytest.raises(Denied, match="asks for nothing called size"):
            await h.teams.submit_dialog("tom", {"size": "big"})
        with pytest.raises(Denied, match="no button 'Fry'"):
            await h.teams.submit_dialog("tom", {}, "Fry")
        await h.teams.close_dialog("tom")
        with pytest.raises(Denied, match="no dialog is open"):
            await h.teams.submit_dialog("tom", {"name": "leek"})


async def test_one_dialog_may_follow_another_and_an_empty_answer_closes_it() -> None:
    async with running() as h:
        await opened(h)
        h.bot.says("task/submit", dialog(card(actions=[SEND]), "More"))
        assert (await h.teams.submit_dialog("tom", {"name": "leek"})).dialog["title"] == "More"
        h.bot.says("task/submit", None)
        seen = await h.teams.submit_dialog("tom")
        assert (seen.ok, seen.dialog, h.teams.dialog("tom")) == (True, None, None)
        assert h.teams.ledger.violations == []


async def test_a_dialog_is_asked_for_three_times_with_one_value_and_different_ids() -> None:
    async with running() as h:
        thread, root = await h.thread("", card(actions=[OPENS]))
        h.bot.says("task/fetch", Response(status_code=500))
        seen = await h.teams.press("tom", thread, root, "Ask")
        assert (seen.ok, seen.error, seen.dialog) == (False, UNREACHABLE, None)
        asked = h.bot.of("task/fetch")
        assert len(asked) == 3
        assert len({a["id"] for a in asked}) == 3
        assert asked[0]["value"] == asked[1]["value"] == asked[2]["value"]


async def test_a_form_stays_open_when_the_bot_does_not_answer_in_time() -> None:
    async with running(patience=0.02) as h:
        await opened(h)

        async def sleepy(_: Json) -> None:
            await asyncio.sleep(0.5)

        h.bot.answers["task/submit"] = sleepy
        seen = await h.teams.submit_dialog("tom", {"name": "leek"})
        assert (seen.ok, seen.error) == (False, UNREACHABLE)
        assert seen.dialog["title"] == "Soup"
        assert len(h.bot.of("task/submit")) == 3
        assert h.teams.ledger.late_answers == 3


UNKNOWN_ANSWERS: tuple[Any, ...] = (
    {"task": {"type": "continue", "value": {"title": "Soup"}}},
    {"task": {"type": "continue", "value": {"title": "Soup", "height": "huge", "card": attached(FORM)}}},
    {"task": {"type": "continue", "value": {"title": "Soup", "card": FORM}}},
    {"task": {"type": "continue", "value": {"title": "Soup", "card": attached(FORM | {"version": "1.6"})}}},
    {"task": {"type": "message", "value": ""}}, {"task": {"type": "other"}}, {}, None, ["x"],
)  # fmt: skip


async def test_an_answer_in_another_shape_shows_that_something_went_wrong() -> None:
    async with running(rate_limits=False) as h:
        for said in UNKNOWN_ANSWERS:
            thread, root = await h.thread("", card(actions=[OPENS]))
            h.bot.says("task/fetch", said)
            seen = await h.teams.press("tom", thread, root, "Ask")
            assert (seen.ok, seen.text, seen.dialog) == (False, WRONG, None)
            assert [v.name for v in h.teams.ledger.violations] == ["task/fetch"]
            assert len(h.bot.of("task/fetch")) == 1
            h.teams.ledger.violations.clear()
            h.bot.got.clear()


BUTTON_ANSWERS: tuple[Any, ...] = (
    ({"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Yum"}, "Yum", 0),
    ({"statusCode": 400, "type": "application/vnd.microsoft.error", "value": {"code": "No", "message": "Full"}},
     "Full", 0),
    ({"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": ""}, WRONG, 1),
    ({"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": {"a": 1}}, WRONG, 1),
    ({"statusCode": 200, "type": ADAPTIVE, "value": {"type": "AdaptiveCard", "version": "2.0"}}, WRONG, 1),
    ({"statusCode": 400, "type": "application/vnd.microsoft.error", "value": "Full"}, WRONG, 1),
    ({"type": ADAPTIVE, "value": card()}, WRONG, 1), (None, WRONG, 1), ("yes", WRONG, 1),
    (Response(status_code=500), UNREACHABLE, 0),
)  # fmt: skip


async def test_a_button_is_answered_in_words_or_by_an_error() -> None:
    async with running(rate_limits=False) as h:
        for said, text, broken in BUTTON_ANSWERS:
            thread, root = await h.thread("", card(actions=[EXECUTE]))
            h.bot.says("adaptiveCard/action", said)
            seen = await h.teams.press("tom", thread, root, "Eat")
            assert (seen.text, seen.ok) == (text, text == "Yum")
            assert seen.card == card(actions=[EXECUTE])
            assert len(h.teams.ledger.violations) == broken
            assert len(h.bot.of("adaptiveCard/action")) == 1
            h.teams.ledger.violations.clear()
            h.bot.got.clear()


async def test_an_old_client_presses_what_stands_in_for_the_button() -> None:
    async with running() as h:
        both = EXECUTE | {"fallback": {"type": "Action.Submit", "data": {"n": 1}}}
        thread, root = await h.thread("", card(actions=[both, EXECUTE | {"title": "Bin"}]))
        assert (await h.teams.press("tom", thread, root, "Eat", old=True)).ok
        sent = h.bot.got[-1]
        assert (sent["type"], sent["value"], sent["replyToId"]) == ("message", {"n": 1}, root)
        assert "text" not in sent
        with pytest.raises(Denied, match="does not show"):
            await h.teams.press("tom", thread, root, "Bin", old=True)
        with pytest.raises(Denied, match="there are: Eat, Bin"):
            await h.teams.press("tom", thread, root, "Fry")


async def test_a_button_may_speak_for_the_person_who_presses_it() -> None:
    async with running() as h:
        says: Json = {"type": "Action.Submit", "title": "Say", "data": {"msteams": {"type": "imBack", "value": "soup"}}}
        back: Json = {"type": "messageBack", "text": "soup!", "value": {"n": 1}}
        means: Json = {"type": "Action.Submit", "title": "Mean", "data": {"msteams": back}}
        thread, root = await h.thread("", card(actions=[says, means]))
        await h.teams.press("tom", thread, root, "Say")
        await h.teams.settled()
        assert [m["text"] for m in h.teams.messages(thread)] == ["", "soup"]
        assert "value" not in h.bot.got[-1]
        await h.teams.press("tom", thread, root, "Mean")
        assert (h.bot.got[-1]["text"], h.bot.got[-1]["value"]) == ("soup!", {"n": 1})
        assert len(h.teams.messages(thread)) == 2


async def test_fields_of_a_card_are_checked_before_its_buttons_ask_the_bot() -> None:
    async with running() as h:
        skip = EXECUTE | {"title": "Skip", "associatedInputs": "none"}
        thread, root = await h.thread("", card(ASKS, actions=[EXECUTE, skip]))
        assert list((await h.teams.press("tom", thread, root, "Eat")).errors) == ["name"]
        assert h.bot.got == []
        await h.teams.press("tom", thread, root, "Skip")
        assert h.bot.got[-1]["value"]["action"]["data"] == {"n": 1}


async def test_a_button_that_executes_does_not_work_in_a_dialog() -> None:
    async with running() as h:
        await opened(h, form=card(actions=[EXECUTE]))
        seen = await h.teams.submit_dialog("tom")
        assert (seen.ok, seen.error) == (False, WRONG)
        assert h.teams.ledger.violations[-1].name == "dialog"


async def test_a_link_is_followed_without_the_bot() -> None:
    async with running() as h:
        link: Json = {"type": "Action.OpenUrl", "title": "Recipe", "url": "https://example.com/soup"}
        thread, root = await h.thread("", card(actions=[link]))
        assert (await h.teams.press("tom", thread, root, "recipe")).url == "https://example.com/soup"
        assert h.bot.got == []


async def test_a_card_refreshes_itself_for_those_it_names_and_shows_them_their_own() -> None:
    async with running() as h:
        tom = h.teams.user("tom")
        refreshing = card(refresh={"action": EXECUTE, "userIds": [tom.id]})
        thread, root = await h.thread("", refreshing)
        h.bot.says("adaptiveCard/action", {"statusCode": 200, "type": ADAPTIVE, "value": card()})
        assert (await h.teams.view("maya", thread, root)).card == refreshing
        assert h.bot.got == []
        assert (await h.teams.view("tom", thread, root)).card == card()
        assert h.bot.got[-1]["value"]["trigger"] == "automatic"
        assert h.teams.seen_by("maya", thread)[0]["card"] == refreshing


async def test_a_message_action_carries_the_message_with_its_authors_entra_id() -> None:
    async with running() as h:
        first = await h.teams.say("maya", "incidents", "soup?")
        said = await h.teams.say("kenji", str(first.conversation), "@tom <b>knows</b>")
        h.bot.says("composeExtension/fetchTask", dialog(FORM))
        seen = await h.teams.message_action("tom", "keep", str(said.conversation), str(said.ts))
        assert seen.dialog["title"] == "Soup"
        sent = h.bot.of("composeExtension/fetchTask")[-1]
        payload, kenji, tom = sent["value"]["messagePayload"], h.teams.user("kenji"), h.teams.user("tom")
        assert (sent["value"]["commandId"], sent["value"]["commandContext"]) == ("keep", "message")
        assert (payload["id"], payload["replyToId"]) == (said.ts, first.ts)
        assert payload["from"]["user"] == {
            "userIdentityType": "aadUser", "id": kenji.object_id, "displayName": "Kenji Mori",
        }  # fmt: skip
        assert payload["body"] == {
            "contentType": "html", "content": '<p><at id="0">Tom Harper</at> &lt;b&gt;knows&lt;/b&gt;</p>',
        }  # fmt: skip
        assert payload["mentions"][0]["mentioned"]["user"]["id"] == tom.object_id
        assert sent["conversation"]["id"] == said.conversation
        h.bot.says("composeExtension/submitAction", None)
        assert (await h.teams.submit_dialog("tom", {"name": "leek"})).ok
        again = h.bot.of("composeExtension/submitAction")[-1]["value"]
        assert again["data"]["name"] == "leek"
        assert (again["commandId"], again["messagePayload"]) == ("keep", payload)


async def test_a_message_action_on_the_bots_own_message_names_an_application() -> None:
    async with running() as h:
        thread, root = await h.thread("soup")
        h.bot.says("composeExtension/fetchTask", message("That is mine."))
        seen = await h.teams.message_action("tom", "keep", thread, root)
        assert (seen.text, seen.dialog) == ("That is mine.", None)
        who = h.bot.got[-1]["value"]["messagePayload"]["from"]
        assert who["user"] is None
        assert who["application"]["id"] == h.teams.app_id


async def test_a_command_from_the_compose_box_knows_no_message() -> None:
    async with running() as h:
        h.bot.says("composeExtension/fetchTask", dialog(FORM))
        assert (await h.teams.compose("tom", "cook", "incidents")).dialog
        value = h.bot.got[-1]["value"]
        assert (value["commandId"], value["commandContext"]) == ("cook", "compose")
        assert "messagePayload" not in value
        inserted = {
            "composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": [attached(card())]}
        }
        h.bot.says("composeExtension/submitAction", inserted)
        assert (await h.teams.submit_dialog("tom", {"name": "leek"})).card == card()


async def test_a_private_answer_to_a_button_is_seen_with_what_was_pressed() -> None:
    async with running() as h:
        thread, root = await h.thread("", card(actions=[EXECUTE]))

        async def answer(_: Json) -> Json:
            await h.whisper(thread, "tom", "just for you")
            return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Done"}

        h.bot.answers["adaptiveCard/action"] = answer
        seen = await h.teams.press("tom", thread, root, "Eat")
        assert [m["text"] for m in seen.targeted] == ["just for you"]
