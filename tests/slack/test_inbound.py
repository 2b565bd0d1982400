"""What people do in a simulated Slack, as the commands that the engine is given."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.app import SlackAdapter, SlackSettings
from adapters.wire import Answer
from bot.commands.accounts import MemberJoined, MemberLeft, ProfileLearned
from bot.commands.added import PinElsewhere
from bot.commands.captures import Deleted, Edited, Pinned, Reacted, Said
from bot.commands.channel import CaptureGap, ChannelArchived, ChannelMadePrivate, ChannelRenamed
from bot.counts import Counts
from bot.errors import Unavailable, UnknownTenant
from bot.text import Reply, mention_token
from tests.slack.events import message, outer
from tests.slack.harness import Engine, running, until


async def test_a_message_is_captured_as_it_was_said() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        seen = await world.slack.say("tom", channel, "5 < 6 & @maya knows, see https://example.com/a?b=1&c=2")
        await world.slack.settled()
        (said,) = world.engine.of(Said)
        maya = mention_token(f"slack:{world.tenant}:{world.user('maya')}")
        assert said.text == f"5 < 6 & {maya} knows, see https://example.com/a?b=1&c=2"
        assert said.origin.account == f"slack:{world.tenant}:{world.user('tom')}"
        assert said.message.ts == seen.ts
        assert not world.slack.ledger.lost()


async def test_edits_deletions_reactions_and_pins_are_captured() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        seen = await world.slack.say("tom", channel, "first")
        assert seen.ts
        await world.slack.edit("tom", channel, seen.ts, "second")
        await world.slack.react("maya", channel, seen.ts, "pushpin")
        await world.slack.pin("maya", channel, seen.ts)
        await world.slack.delete("tom", channel, seen.ts)
        await world.slack.settled()
        assert [one.text for one in world.engine.of(Edited)] == ["second"]
        assert [(one.emoji, one.added) for one in world.engine.of(Reacted)] == [("pushpin", True)]
        assert len(world.engine.of(Pinned)) == 1
        assert len(world.engine.of(Deleted)) == 1


@pytest.mark.parametrize("private", [False, True])
async def test_a_pin_asks_for_an_entry_wherever_it_was_set(private: bool) -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom", private=private)
        world.engine.replies["pin_elsewhere"] = Reply.of("Added to INC-1.")
        seen = await world.slack.say("tom", channel, "look at this")
        assert seen.ts
        await world.slack.react("tom", channel, seen.ts, "pushpin")
        await world.slack.settled()
        (pinned,) = [one for one in world.engine.got if isinstance(one, PinElsewhere)]
        assert pinned.message
        assert pinned.message.ts == seen.ts
        assert pinned.private_place == ("yes" if private else "")
        await until(lambda: "Added to INC-1." in str(world.slack.ephemerals("tom")))


async def test_a_pin_that_meant_no_incident_is_answered_by_nothing() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        refused = Reply.of("You are in no open incident.").model_copy(update={"outcome": "refused"})
        world.engine.replies["pin_elsewhere"] = refused
        seen = await world.slack.say("tom", channel, "lunch?")
        assert seen.ts
        await world.slack.pin("tom", channel, seen.ts)
        await world.slack.react("tom", channel, seen.ts, "heart")
        await world.slack.settled()
        assert len([one for one in world.engine.got if isinstance(one, PinElsewhere)]) == 1
        assert not world.slack.ephemerals("tom")


async def test_a_slash_command_is_answered_in_the_reply() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["note"] = Reply.of("Noted.")
        seen = await world.slack.slash("maya", channel, "/incident note the pool is <empty> & @tom knows")
        assert seen.ok, seen
        note = world.engine.got[-1]
        tom = mention_token(f"slack:{world.tenant}:{world.user('tom')}")
        assert note.kind == "note"
        assert getattr(note, "text", "") == f"the pool is <empty> & {tom} knows"
        assert "Noted." in str(seen.ephemerals)


async def taken(payload: dict[str, Any], engine: Engine | None = None) -> tuple[Answer, Engine, Counts]:
    """What an adapter without any Slack answers to a payload, as the door or a socket would hand it on."""
    engine, counts = engine or Engine(), Counts()
    adapter = SlackAdapter(SlackSettings(api_base_url="http://127.0.0.1:9/api/"), engine.submit, counts=counts)
    await adapter.start()
    try:
        return await adapter.take(payload), engine, counts
    finally:
        await adapter.stop()


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "event_callback", "event": {"type": "brand_new"}},
        {"type": "event_callback", "event": {"type": "message", "subtype": "brand_new"}, "event_id": "E"},
        {"type": "event_callback", "event": {"type": "message"}},
        {"type": "event_callback", "event": {"type": ["message"]}},
        {"type": "event_callback", "event": {"type": "user_change", "user": None}},
        {"type": "event_callback", "event": {"type": "channel_rename", "channel": "C1"}},
        {"type": "event_callback", "event": "message"},
        {"type": "event_callback"},
        {"type": "app_rate_limited"},
        {"type": "app_rate_limited", "minute_rate_limited": "soon", "team_id": "T1"},
        {"type": "brand_new"},
        {"type": "block_actions", "actions": []},
        {
            "type": "block_actions",
            "actions": [{"action_id": "x", "type": "button"}],
            "user": {"id": "U"},
            "team": {"id": "T"},
        },
        {"type": "view_submission", "view": {}},
        {"type": "view_closed", "view": {"callback_id": "form"}},
        {"type": "shortcut", "callback_id": "gone", "user": {"id": "U"}, "trigger_id": "t"},
        {"type": "message_action", "callback_id": "add_to_timeline"},
        {"type": "block_suggestion", "action_id": "x", "block_id": "y", "value": ""},
        {"command": "/other", "text": "x"},
        {"command": "/incident"},
        {},
    ],
)
async def test_what_nobody_knows_is_answered_and_counted(payload: dict[str, Any]) -> None:
    answer, engine, counts = await taken(payload)
    assert answer.status == 200
    assert not engine.got
    assert not any(name == "slack_unavailable" for name, _, _ in counts)


async def test_unknown_event_types_are_counted_by_name() -> None:
    _, _, counts = await taken(outer({"type": "brand_new"}))
    assert counts.get("slack_event_ignored", "brand_new") == 1


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
        max_leaves=8,
    ),
    st.sampled_from(["message", "reaction_added", "pin_added", "app_mention", "user_change", "member_joined_channel"]),
    st.sampled_from(["channel", "user", "item", "ts", "event_ts", "message", "subtype", "files", "text", "thread_ts"]),
)
def test_no_shape_of_an_event_is_an_error_of_ours(value: Any, kind: str, field: str) -> None:
    event = {
        **message("hello", item={"type": "message", "channel": "C1", "ts": "1.2"})["event"],
        "type": kind,
        field: value,
    }
    answer, _, _ = asyncio.run(taken(outer(event)))
    assert answer.status == 200


@pytest.mark.parametrize("kind", ["message", "member_joined_channel", "app_mention"])
async def test_what_cannot_be_stored_is_asked_for_again(kind: str) -> None:
    payload = message("<@UBOT> list")
    payload["event"]["type"] = kind
    answer, _, counts = await taken(payload, Engine(always=Unavailable()))
    assert answer.status == 503
    answer, _, counts = await taken(payload, Engine(always=UnknownTenant("T1")))
    assert answer.status == 200
    assert [name for name, _, _ in counts if "tenant" in name or "misread" in name]


async def test_a_rate_limited_minute_asks_for_what_is_missing() -> None:
    async with running() as world:
        channel = await world.channel()
        payload = {
            "type": "app_rate_limited",
            "team_id": world.tenant,
            "minute_rate_limited": 1_700_000_040,
            "token": "t",
        }
        assert (await world.adapter.take(payload)).status == 200
        gap = next(one for one in world.engine.of(CaptureGap) if one.origin.channel == channel)
        assert gap.since == "1700000040.000000"


async def test_channels_and_people_are_told_of() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        await world.slack.rename("maya", channel, "kitchen-2")
        await world.slack.leave("tom", channel)
        await world.slack.archive("maya", channel)
        await world.slack.unarchive("maya", channel)
        await world.slack.change_zone("tom", "Asia/Tokyo")
        await world.slack.deactivate("ines")
        await world.slack.settled()
        assert [one.name for one in world.engine.of(ChannelRenamed)] == ["kitchen-2"]
        assert [one.account for one in world.engine.of(MemberLeft)] == [f"slack:{world.tenant}:{world.user('tom')}"]
        assert [one.archived for one in world.engine.of(ChannelArchived)] == [True, False]
        told = [(one.zone, one.person_kind) for one in world.engine.of(ProfileLearned)]
        assert told == [("Asia/Tokyo", "human"), (told[1][0], "gone")]
        assert not world.slack.ledger.lost()


async def test_joining_is_told_once_and_our_own_joining_is_not() -> None:
    async with running() as world:
        made = await world.slack.create_channel("maya", "kitchen")
        await world.slack.invite("maya", made.channel or "", "debrief")
        await world.slack.invite("maya", made.channel or "", "tom")
        await world.slack.settled()
        assert [one.account for one in world.engine.of(MemberJoined)] == [f"slack:{world.tenant}:{world.user('tom')}"]


async def test_a_channel_that_turns_private_names_who_is_in_it() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        await world.slack.convert_to_private("maya", channel)
        await world.slack.settled()
        (private,) = world.engine.of(ChannelMadePrivate)
        assert set(private.members) == {f"slack:{world.tenant}:{world.user(name)}" for name in ("maya", "tom")}


async def test_the_sdks_write_no_bodies_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        world.slack.faults.add("html", "chat.postEphemeral", times=1)
        await world.slack.say("tom", channel, "canary-7 <@debrief> list")
        await world.slack.slash("maya", channel, "/incident note canary-7")
        await world.slack.settled()
        token = world.slack.bot_token()
    ours = [one for one in caplog.records if one.name.startswith(("debrief", "slack_bolt", "slack_sdk", "aiohttp"))]
    assert not [one for one in ours if "canary-7" in one.getMessage() or token in one.getMessage()]
    assert not [one for one in ours if one.name.startswith("slack_") and one.levelno < logging.WARNING]


async def test_what_comes_before_the_workspace_is_known_is_asked_for_again() -> None:
    """Slack is away when the program starts for the first time: nothing of that hour may be lost."""
    engine = Engine(always=UnknownTenant("T1"))
    settings = SlackSettings(bot_token="xoxb-1", api_base_url="http://127.0.0.1:9/api/")
    adapter = SlackAdapter(settings, engine.submit)
    await adapter.start()
    try:
        answer = await adapter.take(message("hello"))
    finally:
        await adapter.stop()
    assert answer.status == 503
