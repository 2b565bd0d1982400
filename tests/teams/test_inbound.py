"""What Teams sends becomes commands and captures; what nobody understands is counted, and what is malformed refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.teams.manifest import COMPOSE_COMMANDS, MESSAGE_ACTIONS
from adapters.teams.references import Reference
from bot.command import Capture
from bot.commands.accounts import Installed, MemberJoined, MemberLeft, ProfileLearned
from bot.commands.captures import Deleted, Edited, Restored, Said
from bot.commands.channel import CaptureComplete
from bot.commands.declare import Declare
from bot.errors import Refused, Unavailable
from bot.text import Button, Card, Code, Form, Input, Reply, Section, Text, say
from tests.teams.fake_connector import BOT, TENANT, answers
from tests.teams.harness import CHAT, GROUP, THREAD, World, card_in, sealed_in, world

FORM = Form(title="Update", does="update", inputs=(Input(name="text", label="What is new", kind="text"),))


@pytest.fixture
async def teams() -> AsyncIterator[World]:
    async with world() as one:
        yield one


async def test_a_message_is_captured_with_its_author_time_and_link(teams: World) -> None:
    said = teams.said("the pool is full")
    assert (await teams.take(said)).status == 200
    (capture,) = teams.engine.of(Said)
    assert (capture.text, capture.origin.account) == ("the pool is full", f"teams:{TENANT}:29:1maya")
    assert (capture.message.channel, capture.message.ts) == (THREAD, said["id"])
    assert capture.stamp == int(said["id"]) * 1000
    assert capture.permalink.startswith("https://teams.microsoft.com/l/message/19%3Aincidents%40thread.tacv2/")


async def test_edits_deletions_and_undeletions_are_known_by_their_kind_of_event(teams: World) -> None:
    for kind, event, wanted in (
        ("messageUpdate", "editMessage", Edited),
        ("messageDelete", "softDeleteMessage", Deleted),
        ("messageUpdate", "undeleteMessage", Restored),
    ):
        activity = teams.activity(kind, text="again")
        activity["channelData"]["eventType"] = event
        assert (await teams.take(activity)).status == 200
        (capture,) = teams.engine.of(wanted)
        assert capture.message.ts == activity["id"]


async def test_the_same_activity_is_the_same_command_and_an_edit_of_the_message_is_another(teams: World) -> None:
    said = teams.said("help", mention=True)
    edited = {**said, "type": "messageUpdate", "timestamp": "2026-03-02T09:05:00Z"}
    for activity in (said, said, edited):
        await teams.take(activity)
    idents = [one.origin.id for one in teams.engine.got if isinstance(one, Capture)]
    assert len(set(idents)) == 2
    assert len({one.origin.id for one in teams.engine.got if one.kind == "help"}) == 1


async def test_a_mention_is_a_command_and_stays_a_message(teams: World) -> None:
    await teams.take(teams.said("declare sev2 Checkout errors", mention=True))
    (command,) = teams.engine.of(Declare)
    assert (command.title, command.severity, command.origin.channel) == ("Checkout errors", "2", THREAD)
    assert teams.engine.of(Said)


async def test_a_message_that_mentions_somebody_else_is_no_command_and_shows_that_all_is_heard(teams: World) -> None:
    await teams.adapter.references.met(Reference(tenant=TENANT, id=THREAD, kind="thread"))
    await teams.take(teams.said("looking"))
    assert [one.kind for one in teams.engine.got if not isinstance(one, Capture | ProfileLearned)] == [
        "capture_complete"
    ]
    await teams.take(teams.said("still looking"))
    assert len(teams.engine.of(CaptureComplete)) == 1


async def test_a_targeted_message_is_a_command_and_never_captured(teams: World) -> None:
    said = teams.said("/incident status")
    said["recipient"]["isTargeted"] = True
    await teams.take(said)
    assert "status" in teams.engine.kinds()
    assert not teams.engine.of(Said)


async def test_in_the_personal_chat_bare_verbs_are_commands_and_a_greeting_is_ones_own_page(teams: World) -> None:
    await teams.take(teams.said("list", CHAT))
    await teams.take(teams.said("Hello!", CHAT))
    assert [kind for kind in teams.engine.kinds() if kind != "profile_learned"] == ["list", "home"]
    assert not teams.engine.of(Said)


async def test_answers_are_for_the_one_who_asked_alone(teams: World) -> None:
    teams.engine.replies["status"] = Reply.of("All is well")
    await teams.take(teams.said("status", mention=True))
    (sent,) = await teams.posted()
    (asked,) = [one for one in teams.fake.asked if "activities" in one.path]
    assert asked.query == {"isTargetedActivity": "true"}
    assert sent["recipient"]["id"] == "29:1maya"
    assert "All is well" in sent["summary"]


async def test_a_command_that_was_carried_out_before_is_not_answered_again(teams: World) -> None:
    teams.engine.replies["status"] = Reply.of("All is well").model_copy(update={"repeated": True})
    await teams.take(teams.said("status", mention=True))
    await asyncio.sleep(0.05)
    assert not [one for one in teams.fake.asked if "activities" in one.path]


async def test_what_cannot_be_stored_is_answered_503_and_a_press_with_a_sentence(teams: World) -> None:
    await teams.take(teams.said("first, so that everybody is known"))
    teams.engine.always = Unavailable()
    assert (await teams.take(teams.said("the pool is full"))).status == 503
    answer = await teams.take(teams.pressed("timeline"))
    assert answer.status == 200
    assert answer.body
    assert "nothing was changed" in answer.body["value"]


async def test_an_engine_that_hangs_is_answered_with_a_sentence_inside_four_seconds(teams: World) -> None:
    await teams.take(teams.said("first, so that everybody is known"))
    teams.engine.pause = 30
    async with asyncio.timeout(8):
        answer = await teams.take(teams.pressed("timeline"))
    assert answer.body
    assert "try again" in answer.body["value"]


@pytest.mark.parametrize("name", ["signin/verifyState", "composeExtension/query", "", "fileConsent/invoke"])
async def test_unknown_invokes_are_counted_and_answered_200(teams: World, name: str) -> None:
    assert (await teams.take(teams.invoke(name, {}))).status == 200
    assert ("teams_invoke_ignored", name, 1) in list(teams.adapter.counts)


@pytest.mark.parametrize("kind", ["typing", "endOfConversation", "event", "trace", "newThing"])
async def test_unknown_activities_are_counted_and_answered_200(teams: World, kind: str) -> None:
    assert (await teams.take(teams.activity(kind))).status == 200
    assert ("teams_activity_ignored", kind, 1) in list(teams.adapter.counts)


@pytest.mark.parametrize(
    "name",
    ["adaptiveCard/action", "task/fetch", "task/submit", "composeExtension/fetchTask", "composeExtension/submitAction"],
)
@pytest.mark.parametrize("value", [None, 7, "x", [], {"action": 3, "data": 3, "commandId": []}])
async def test_malformed_invokes_are_refused_and_never_an_error_of_ours(teams: World, name: str, value: Any) -> None:
    answer = await teams.take(teams.invoke(name, value))
    assert answer.status == 400 or (answer.status == 200 and answer.body)
    assert not [one for one in teams.engine.got if not isinstance(one, ProfileLearned)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


FIELDS = (
    "value", "channelData", "conversation", "from", "recipient", "entities", "attachments", "membersAdded", "timestamp",
    "id", "text", "localTimezone", "reactionsAdded",
)  # fmt: skip
TYPES = ("message", "messageUpdate", "conversationUpdate", "messageReaction", "invoke")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FIELDS), JSON, st.sampled_from(TYPES))
async def test_no_field_of_any_shape_is_an_error_of_ours(teams: World, field: str, value: Any, kind: str) -> None:
    activity = {**teams.activity(kind, name="adaptiveCard/action"), field: value}
    assert (await teams.take(activity)).status in (200, 400)


async def test_a_press_is_the_command_that_was_sealed_and_answers_beside_the_card(teams: World) -> None:
    teams.engine.replies["mitigate"] = Reply.of("Mitigated at 10:04")
    answer = await teams.take(teams.pressed("mitigate", args={"incident": "INC-1"}))
    (command,) = [one for one in teams.engine.got if one.kind == "mitigate"]
    assert command.incident == "INC-1"
    assert answer.body == {
        "statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Mitigated at 10:04",
    }  # fmt: skip


async def test_an_altered_card_is_refused_in_words_and_changes_nothing(teams: World) -> None:
    pressed = teams.pressed("mitigate", args={"incident": "INC-1"})
    pressed["value"]["action"]["data"]["debrief"]["a"] = {"incident": "INC-2"}
    answer = await teams.take(pressed)
    assert answer.body
    assert "was changed" in answer.body["value"]
    assert "mitigate" not in teams.engine.kinds()


async def test_a_card_that_was_made_for_somebody_else_is_refused_in_words(teams: World) -> None:
    answer = await teams.take(teams.pressed("done", account=f"teams:{TENANT}:29:1tom", args={"item": "ACT-1"}))
    assert answer.body
    assert "somebody else" in answer.body["value"]
    assert "done" not in teams.engine.kinds()


async def test_a_card_of_another_conversation_is_refused_in_words(teams: World) -> None:
    answer = await teams.take(teams.pressed("mitigate", GROUP))
    assert answer.body
    assert "was changed" in answer.body["value"]
    assert "mitigate" not in teams.engine.kinds()


async def test_a_private_card_counts_in_the_conversation_that_it_was_made_for(teams: World) -> None:
    await teams.take(teams.pressed("timeline", CHAT, account=f"teams:{TENANT}:29:1maya"))
    (command,) = [one for one in teams.engine.got if one.kind == "timeline"]
    assert command.origin.channel == THREAD


async def test_a_button_that_asks_opens_a_dialog_whose_submission_counts_once(teams: World) -> None:
    teams.engine.replies["update"] = Reply(form=FORM)
    opened = await teams.take(teams.invoke("task/fetch", {"data": teams.button("update")}))
    data = sealed_in(card_in(opened))
    teams.engine.replies["update"] = Reply.of("Posted")
    for _ in range(3):
        answer = await teams.take(teams.invoke("task/submit", {"data": {**data, "text": "it drains"}}))
        assert answer.body == {"task": {"type": "message", "value": "Posted"}}
    submitted = [one for one in teams.engine.got if getattr(one, "text", "") == "it drains"]
    assert len({one.origin.id for one in submitted}) == 1


@pytest.mark.parametrize(("where", "typed"), [(THREAD, "@Debrief ticket ACT-8 off"), (CHAT, "ticket ACT-8 off")])
async def test_every_answer_says_verbs_as_they_are_typed_here(teams: World, where: str, typed: str) -> None:
    sentence = say("First {verb}.", verb=Code(text="/incident ticket ACT-8 off"))
    asked = {"data": teams.button("update", channel=where)}
    for reply in (Reply.of(sentence), Refused(sentence), Refused(sentence, "text")):
        teams.engine.replies["update"] = Reply(form=FORM.model_copy(update={"intro": sentence}))
        opened = await teams.take(teams.invoke("task/fetch", asked, where))
        filled = {"data": {**sealed_in(card_in(opened)), "text": "so so"}}
        teams.engine.replies["update"] = reply
        told = (
            opened,
            await teams.take(teams.pressed("update", where, channel=where)),
            await teams.take(teams.invoke("task/fetch", asked, where)),
            await teams.take(teams.invoke("task/submit", filled, where)),
        )
        for answer in told:
            assert typed in str(answer.body)
            assert "/incident" not in str(answer.body)


async def test_a_wrong_field_keeps_the_dialog_open_with_what_was_typed(teams: World) -> None:
    teams.engine.replies["update"] = Reply(form=FORM)
    opened = await teams.take(teams.invoke("task/fetch", {"data": teams.button("update")}))
    teams.engine.replies["update"] = Refused("That is too short.", "text")
    data = {**sealed_in(card_in(opened)), "text": "so so"}
    answer = await teams.take(teams.invoke("task/submit", {"data": data}))
    shown = str(card_in(answer))
    assert "That is too short." in shown
    assert "so so" in shown


async def test_a_message_action_speaks_of_its_message_and_knows_its_author(teams: World) -> None:
    await teams.take(teams.said("first, so that Maya is known"))
    teams.engine.replies["add_to_timeline"] = Reply.of("Added")
    payload = {
        "id": "1699999999999", "createdDateTime": "2026-03-02T08:00:00Z",
        "from": {"user": {"id": "entra-29:1maya", "displayName": "Maya Lind"}},
        "body": {"contentType": "html", "content": "<p>the <strong>pool</strong> is full</p>"},
    }  # fmt: skip
    value = {"commandId": "add_to_timeline", "commandContext": "message", "messagePayload": payload}
    answer = await teams.take(teams.invoke("composeExtension/fetchTask", value))
    assert answer.body == {"task": {"type": "message", "value": "Added"}}
    command: Any = next(one for one in teams.engine.got if one.kind == "add_to_timeline")
    assert command.author == f"teams:{TENANT}:29:1maya"
    assert "pool" in command.text
    assert (command.message.channel, command.message.ts) == (THREAD, "1699999999999")


async def test_a_channel_that_not_everybody_reads_is_remembered_as_such(teams: World) -> None:
    said = teams.said("hello")
    for kind, closed in (("standard", ""), ("private", "yes")):
        where = f"19:{kind}@thread.tacv2"
        said["channelData"] = {**said["channelData"], "channel": {"id": where, "type": kind}}
        said = {**said, "id": f"17{len(kind)}"}
        await teams.take(said)
        room = await teams.adapter.references.find(TENANT, where)
        assert room
        assert room.closed == closed


@pytest.mark.parametrize(
    ("kind", "private"), [("standard", ""), (None, ""), ("private", "yes"), ("Shared", "yes"), ("unheard of", "yes")]
)
async def test_a_message_of_a_channel_that_not_everybody_reads_is_said_to_be_private(
    teams: World, kind: str | None, private: str
) -> None:
    payload = {"id": "1699999999999", "from": {"user": {"id": "x", "displayName": "Tom"}}, "body": {"content": "hi"}}
    invoke = teams.invoke("composeExtension/fetchTask", {"commandId": "add_to_timeline", "messagePayload": payload})
    invoke["channelData"]["channel"]["type"] = kind
    await teams.take(invoke)
    command: Any = next(one for one in teams.engine.got if one.kind == "add_to_timeline")
    assert command.private_place == private


@pytest.mark.parametrize("command", [*MESSAGE_ACTIONS, *COMPOSE_COMMANDS])
async def test_every_action_of_the_manifest_is_answered(teams: World, command: str) -> None:
    teams.engine.replies = {kind: Reply.of("Here it is") for kind in (*MESSAGE_ACTIONS, *COMPOSE_COMMANDS)}
    payload = {"id": "1699999999999", "from": {"user": {"id": "x", "displayName": "Tom"}}, "body": {"content": "hi"}}
    about = {"messagePayload": payload} if command in MESSAGE_ACTIONS else {}
    answer = await teams.take(teams.invoke("composeExtension/fetchTask", {"commandId": command, **about}))
    assert answer.status == 200
    assert answer.body
    assert answer.body["task"]["type"] in ("message", "continue")


async def test_an_action_that_no_manifest_has_is_refused_in_words(teams: World) -> None:
    answer = await teams.take(teams.invoke("composeExtension/fetchTask", {"commandId": "somethingElse"}))
    assert answer.body
    assert "do not know that button" in answer.body["task"]["value"]
    assert "@Debrief help" in answer.body["task"]["value"]


async def test_a_private_incident_is_declared_in_a_group_chat_and_nowhere_else(teams: World) -> None:
    await teams.take(teams.said("declare breach --private", mention=True))
    assert "group chat" in str((await teams.posted())[0])
    assert not teams.engine.of(Declare)
    await teams.take(teams.said("declare breach --private", GROUP, mention=True))
    (declared,) = teams.engine.of(Declare)
    assert declared.moves_in == "yes"


async def test_people_come_into_a_chat_and_leave_it(teams: World) -> None:
    await teams.take(teams.activity("conversationUpdate", GROUP, membersAdded=[{"id": "29:1tom"}, {"id": BOT}]))
    await teams.take(teams.activity("conversationUpdate", GROUP, membersRemoved=[{"id": "29:1tom"}]))
    assert [one.account for one in teams.engine.of(MemberJoined)] == [f"teams:{TENANT}:29:1tom"]
    assert [one.account for one in teams.engine.of(MemberLeft)] == [f"teams:{TENANT}:29:1tom"]


async def test_everybody_in_a_team_is_met_when_the_app_comes_there(teams: World) -> None:
    await teams.take(teams.activity("conversationUpdate", THREAD, membersAdded=[{"id": BOT}]))
    for _ in range(100):
        if len(teams.engine.of(ProfileLearned)) == teams.fake.people:
            break
        await asyncio.sleep(0.01)
    met = await teams.kept.listed(TENANT, "person")
    assert len(met) == teams.fake.people
    assert all(one.service_url == teams.fake.service_url for one in met)


async def test_whoever_adds_the_app_to_a_team_is_the_admin_and_whoever_adds_it_for_themselves_is_not(
    teams: World,
) -> None:
    await teams.take(teams.activity("installationUpdate", CHAT, action="add"))
    assert not teams.engine.of(Installed)
    await teams.take(teams.activity("installationUpdate", THREAD, action="add"))
    assert [one.account for one in teams.engine.of(Installed)] == [f"teams:{TENANT}:29:1maya"]


async def test_a_private_answer_becomes_a_message_in_ones_own_chat_where_targeted_ones_are_switched_off(
    teams: World,
) -> None:
    buttons = (Button(label="Undo", does="undo"),)
    teams.engine.replies["status"] = Reply(card=Card(sections=(Section(text=Text(parts=("Fine",)), buttons=buttons),)))
    teams.fake.refuse_targeted = True
    await teams.take(teams.said("first", CHAT))
    await teams.take(teams.said("status", mention=True))
    sent = await teams.posted(2)
    assert "Fine" in str(sent[-1])
    assert [one for one in teams.fake.asked if "activities" in one.path][-1].query == {}


async def test_where_nothing_private_can_be_said_that_alone_is_said_where_it_was_asked(teams: World) -> None:
    teams.engine.replies["status"] = Reply.of("A secret")
    teams.fake.refuse_targeted = True

    async def the_roster_answers(_request: Any, store: Any) -> Any:
        return store()

    teams.fake.faults += [the_roster_answers, answers(403, {"error": {"code": "ForbiddenOperationException"}})]
    await teams.take(teams.said("status", mention=True))
    await teams.posted(2)
    (said,) = teams.fake.messages()
    assert "cannot write to" in str(said)
    assert "secret" not in str(said)
