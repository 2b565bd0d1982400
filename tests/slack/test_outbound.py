"""Effects carried out against a simulated Slack, with every fault it knows: nothing missing, nothing twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.commands.accounts import MembersRead, ProfileLearned
from bot.commands.captures import Reacted, Said
from bot.commands.delivery import HistoryRead, MessagePosted, MessageRead
from bot.effects import (
    Backfill,
    Direct,
    Edit,
    Effect,
    LearnProfile,
    ReadMembers,
    ReadMessage,
    SetTopic,
    Whisper,
)
from bot.errors import GiveUp, MessageGone, Retry, Unsure
from bot.model import MessageRef, Place
from bot.text import Card, Link, Mention, Section, Text, When
from tests.slack.delivering import CARD, account, common, delivered, post
from tests.slack.harness import running


async def test_a_post_carries_its_key_and_its_receipt_names_the_message() -> None:
    async with running() as world:
        channel = await world.channel()
        receipt = await world.adapter.deliver(post(world, channel, purpose="status card", pin=True), 1, False)
        assert isinstance(receipt, MessagePosted)
        (message,) = world.posted(channel)
        assert (receipt.ref.ts, receipt.purpose, receipt.incident_id) == (message.ts, "status card", "i1")
        assert receipt.origin.id == "post:1"
        assert message.metadata["event_payload"] == {"effect_key": "post:1"}
        assert message.ts in world.slack.team.channels[channel].pins


async def test_a_message_that_nobody_speaks_of_again_has_no_receipt() -> None:
    async with running() as world:
        channel = await world.channel()
        assert await world.adapter.deliver(post(world, channel, purpose=""), 1, False) is None
        assert len(world.posted(channel)) == 1


@pytest.mark.parametrize(
    "fault", ["store_cut", "store_500", "internal_error", "truncate", "html", "refuse", "error_5xx"]
)
@pytest.mark.parametrize("where", ["channel", "thread", "direct"])
async def test_whatever_goes_wrong_a_post_stands_once(fault: str, where: str) -> None:
    async with running() as world:
        channel = await world.channel()
        root = await world.slack.say("maya", channel, "hello")
        world.slack.faults.add(fault, "chat.postMessage", times=2)
        effect: Effect = post(world, channel, thread=root.ts if where == "thread" else "")
        if where == "direct":
            effect = Direct(**common(world, "direct:1"), account=account(world, "tom"), card=CARD, purpose="digest")
        receipt = await delivered(world, effect)
        assert isinstance(receipt, MessagePosted)
        assert len(world.slack.ledger.posted) == 1
        assert world.slack.ledger.posted[0].ts == receipt.ref.ts
        assert not world.slack.ledger.duplicates


async def test_a_timeout_after_the_message_was_stored_is_unsure_and_then_adopted() -> None:
    async with running(http_timeout=0.3) as world:
        channel = await world.channel()
        world.slack.faults.add("store_timeout", "chat.postMessage", times=1, seconds=1.0)
        with pytest.raises(Unsure):
            await world.adapter.deliver(post(world, channel), 1, False)
        await world.adapter.deliver(post(world, channel), 2, True)
        assert len(world.posted(channel)) == 1


async def test_a_stale_history_is_looked_at_twice() -> None:
    async with running() as world:
        channel = await world.channel()
        await world.adapter.deliver(post(world, channel), 1, False)
        world.slack.faults.add("stale", "conversations.history", times=1, seconds=5.0)
        await world.adapter.deliver(post(world, channel), 2, True)
        assert len(world.posted(channel)) == 1


async def test_a_throttled_look_waits_and_sends_nothing() -> None:
    async with running() as world:
        channel = await world.channel()
        await world.adapter.deliver(post(world, channel), 1, False)
        world.slack.faults.add("ratelimit", "conversations.history", times=1, seconds=7)
        with pytest.raises(Retry) as told:
            await world.adapter.deliver(post(world, channel), 2, True)
        assert told.value.after >= timedelta(seconds=1)
        assert len(world.posted(channel)) == 1


async def test_a_pin_that_fails_does_not_post_again() -> None:
    async with running() as world:
        channel = await world.channel()
        world.slack.faults.add("error_5xx", "pins.add", times=1)
        await delivered(world, post(world, channel, pin=True))
        (message,) = world.posted(channel)
        assert message.ts in world.slack.team.channels[channel].pins


async def test_retry_after_holds_that_method_of_that_workspace_alone() -> None:
    async with running() as world:
        channel = await world.channel()
        world.slack.faults.add("ratelimit", "chat.postMessage", times=1, seconds=30)
        with pytest.raises(Retry) as told:
            await world.adapter.deliver(post(world, channel), 1, False)
        asked = world.slack.ledger.calls["chat.postMessage"]
        with pytest.raises(Retry):
            await world.adapter.deliver(post(world, channel), 2, False)
        assert world.slack.ledger.calls["chat.postMessage"] == asked
        assert told.value.after == timedelta(seconds=30)
        place = Place(platform="slack", tenant=world.tenant, channel=channel)
        await world.adapter.deliver(SetTopic(**common(world, "topic:1"), place=place, topic="still here"), 1, False)
        assert world.slack.team.channels[channel].topic["value"] == "still here"


async def test_a_public_channel_is_joined_before_the_first_post_in_it() -> None:
    async with running() as world:
        people = [world.user("maya"), world.user("tom")]
        channel = world.slack.add_channel(world.slack.team, "news", people)
        await world.adapter.deliver(post(world, channel), 1, False)
        assert len(world.posted(channel)) == 1


async def test_a_private_channel_that_the_bot_is_not_in_is_given_up_with_the_remedy() -> None:
    async with running() as world:
        channel = world.slack.add_channel(world.slack.team, "secret", [world.user("maya")], private=True)
        with pytest.raises(GiveUp, match="please invite me"):
            await world.adapter.deliver(post(world, channel), 1, False)


async def test_posts_into_one_channel_keep_to_one_a_second_after_a_burst() -> None:
    async with running(paced=True) as world:
        channel = await world.channel()
        for number in range(3):
            await world.adapter.deliver(post(world, channel, f"post:{number}"), 1, False)
        started = datetime.now(UTC)
        await world.adapter.deliver(post(world, channel, "post:4"), 1, False)
        assert datetime.now(UTC) - started > timedelta(seconds=0.5)
        assert not world.slack.ledger.rate_limited


async def test_what_can_never_succeed_is_given_up_in_words() -> None:
    async with running() as world:
        channel = await world.channel()
        await world.slack.archive("maya", channel)
        with pytest.raises(GiveUp) as archived:
            await world.adapter.deliver(post(world, channel), 1, False)
        assert archived.value.code == "is_archived"
        assert "archived" in archived.value.reason
        with pytest.raises(GiveUp) as unknown:
            await world.adapter.deliver(post(world, "C0NOWHERE"), 1, False)
        assert unknown.value.code == "channel_not_found"
        gone = MessageRef(platform="slack", tenant=world.tenant, channel=await world.channel("attic"), ts="1.000001")
        with pytest.raises(GiveUp) as missing:
            await world.adapter.deliver(Edit(**common(world, "e:1"), message=gone, card=CARD), 1, False)
        assert missing.value.code == "message_not_found"
        assert isinstance(missing.value, MessageGone)
        assert not isinstance(archived.value, MessageGone)


async def test_a_message_of_which_only_the_head_of_its_thread_is_left_is_gone() -> None:
    async with running() as world:
        channel = await world.channel()
        posted = await delivered(world, post(world, channel))
        await world.slack.say("maya", channel, "looking", thread_ts=posted.ref.ts)
        await world.slack.delete("maya", channel, posted.ref.ts)
        with pytest.raises(MessageGone):
            await world.adapter.deliver(Edit(**common(world, "e:1"), message=posted.ref, card=CARD), 1, False)


async def test_an_app_reads_no_private_messages() -> None:
    async with running() as world:
        with pytest.raises(GiveUp):
            await world.adapter.deliver(
                Direct(**common(world, "d:1"), account=f"slack:{world.tenant}:U0NOBODY0", card=CARD), 1, False
            )


async def test_a_revoked_token_stops_sending() -> None:
    async with running() as world:
        channel = await world.channel()
        for token in world.slack.tokens.values():
            token.state = "revoked"
        with pytest.raises(Retry):
            await world.adapter.deliver(post(world, channel), 1, False)
        asked = sum(world.slack.ledger.calls.values())
        with pytest.raises(Retry) as told:
            await world.adapter.deliver(post(world, channel), 2, False)
        assert told.value.after >= timedelta(minutes=5)
        assert sum(world.slack.ledger.calls.values()) == asked


async def test_edits_and_whispers_are_shown() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        receipt = await delivered(world, post(world, channel))
        place = Place(platform="slack", tenant=world.tenant, channel=channel)
        changed = Card(sections=(Section(text=Text(parts=("All is better",))),))
        await delivered(world, Edit(**common(world, "e:1"), message=receipt.ref, card=changed))
        assert "All is better" in str(world.posted(channel)[0].blocks)
        await delivered(world, Whisper(**common(world, "w:1"), place=place, account=account(world, "tom"), card=CARD))
        assert len(world.slack.team.channels[channel].ephemerals) == 1


async def test_a_message_in_a_public_channel_without_the_bot_is_read() -> None:
    async with running() as world:
        made = await world.slack.create_channel("maya", "elsewhere")
        root = await world.slack.say("maya", made.channel or "", "look at <this>")
        reply = await world.slack.say("maya", made.channel or "", "and this", thread_ts=root.ts)
        for ts, text in ((root.ts, "look at <this>"), (reply.ts, "and this")):
            ref = MessageRef(platform="slack", tenant=world.tenant, channel=made.channel or "", ts=ts or "")
            read = await delivered(world, ReadMessage(**common(world, f"read:{ts}"), message=ref))
            assert isinstance(read, MessageRead)
            assert (read.text, read.author) == (text, account(world, "maya"))


async def test_a_history_is_captured_page_by_page_with_threads_and_reactions() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        root = await world.slack.say("maya", channel, "message 0")
        await world.slack.say("tom", channel, "a reply", thread_ts=root.ts)
        await world.slack.react("tom", channel, root.ts or "", "tada")
        for number in range(1, 120):
            await world.slack.say("tom", channel, f"message {number}")
        await world.slack.settled()
        world.engine.got.clear()
        place = Place(platform="slack", tenant=world.tenant, channel=channel)
        pages, cursor = 0, ""
        while pages == 0 or cursor:
            effect = Backfill(**common(world, f"b:{pages}"), place=place, since="0", cursor=cursor, page=pages)
            receipt = await delivered(world, effect)
            assert isinstance(receipt, HistoryRead)
            pages, cursor = pages + 1, receipt.cursor
        assert pages == 2
        said = {one.text for one in world.engine.of(Said)}
        assert said == {"a reply", *(f"message {number}" for number in range(120))}
        assert [one.emoji for one in world.engine.of(Reacted)] == ["tada"]


async def test_of_what_was_said_before_an_outage_later_edits_and_replies_are_found() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        old, quiet, misspelt = [await world.slack.say("maya", channel, text) for text in ("old root", "quiet", "teh")]
        await world.slack.say("tom", channel, "before", thread_ts=quiet.ts)
        world.clock.advance(timedelta(minutes=10))
        since = f"{world.clock().timestamp():.6f}"
        await world.slack.say("tom", channel, "a late reply", thread_ts=old.ts)
        await world.slack.edit("maya", channel, misspelt.ts or "", "the")
        await world.slack.say("tom", channel, "new")
        await world.slack.settled()
        world.engine.got.clear()
        place = Place(platform="slack", tenant=world.tenant, channel=channel)
        await delivered(world, Backfill(**common(world, "b:1"), place=place, since=since, oldest="0"))
        assert {one.text for one in world.engine.of(Said)} == {"a late reply", "the", "new"}


async def test_a_page_of_many_threads_ends_however_often_it_has_to_wait() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        for number in range(4):
            root = await world.slack.say("maya", channel, f"message {number}")
            await world.slack.say("tom", channel, f"reply {number}", thread_ts=root.ts)
        await world.slack.settled()
        world.engine.got.clear()
        place = Place(platform="slack", tenant=world.tenant, channel=channel)
        effect = Backfill(**common(world, "b:1"), place=place, since="0")
        receipt = None
        for attempt in range(1, 10):
            world.slack.faults.clear()
            world.slack.faults.add("error_5xx", "conversations.replies", skip=1)
            with suppress(Retry):
                receipt = await world.adapter.deliver(effect, attempt, False)
                break
        assert isinstance(receipt, HistoryRead)
        assert {one.text for one in world.engine.of(Said)} >= {f"reply {number}" for number in range(4)}


async def test_a_profile_is_learned_with_its_zone_and_kind() -> None:
    async with running() as world:
        for name, kind, zone in (("tom", "human", "America/New_York"), ("gary", "guest", "Europe/London")):
            receipt = await delivered(world, LearnProfile(**common(world, name), account=account(world, name)))
            assert isinstance(receipt, ProfileLearned)
            assert (receipt.person_kind, receipt.zone) == (kind, zone)
            assert receipt.email == f"{name}@example.com"


async def test_who_is_in_a_private_channel_is_told_where_it_changed() -> None:
    async with running() as world:
        channel = await world.channel()
        about: Any = {"incident": "i1", "place": Place(platform="slack", tenant=world.tenant, channel=channel)}
        told = await delivered(world, ReadMembers(**common(world, "m:1"), **about))
        assert isinstance(told, MembersRead)
        assert account(world, "maya") in told.members
        assert not told.mentions()
        assert await delivered(world, ReadMembers(**common(world, "m:2"), known=told.members, **about)) is None
        fewer = tuple(one for one in told.members if one != account(world, "maya"))
        again = await delivered(world, ReadMembers(**common(world, "m:3"), known=fewer, **about))
        assert isinstance(again, MembersRead)
        assert again.mentions() == (account(world, "maya"),)


async def test_a_channel_that_is_not_ours_to_see_tells_nothing_of_its_members() -> None:
    async with running() as world:
        place = Place(platform="slack", tenant=world.tenant, channel="C0NOWHERE")
        assert await delivered(world, ReadMembers(**common(world, "m:1"), place=place)) is None


async def test_mentions_links_and_moments_are_elements_of_their_own() -> None:
    async with running() as world:
        channel = await world.channel()
        parts = (
            Mention(account=account(world, "maya"), name="Maya"),
            Mention(account="teams:t:1", name="Tia"),
            Link(url="https://example.com", label="a page"),
            Link(url="javascript:alert(1)", label="no page"),
            When(at=datetime(2026, 3, 1, 12, tzinfo=UTC), shown="1 March, 12:00 UTC"),
        )
        card = Card(sections=(Section(text=Text(parts=parts)),))
        await delivered(world, post(world, channel).model_copy(update={"card": card}))
        kinds = [one["type"] for one in world.posted(channel)[0].blocks[0]["elements"][0]["elements"]]
        assert kinds == ["user", "text", "link", "text", "date"]
