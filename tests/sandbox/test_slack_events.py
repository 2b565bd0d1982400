"""What the bot is sent when people act, over signed HTTP."""

import asyncio
import hashlib
import hmac
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response

from adapters.sandbox.people import Denied
from tests.sandbox.harness import running, until
from tests.sandbox.manifests import manifest


async def test_a_message_reaches_the_bot_with_its_whole_envelope() -> None:
    async with running() as h:
        channel = await h.channel()
        said = await h.slack.say("maya", "kitchen", "soup <3 https://example.com/a?b=1&c=2 @tom")
        await h.slack.settled()
        body = h.bot.last("event")
        tom = h.slack.user("tom").id
        assert body["event"]["text"] == f"soup &lt;3 <https://example.com/a?b=1&amp;c=2> <@{tom}>"
        assert (body["event"]["channel"], body["event"]["ts"]) == (channel, said.ts)
        assert body["event"]["channel_type"] == "channel"
        assert body["type"] == "event_callback"
        assert body["event_id"].startswith("Ev")
        assert body["authorizations"][0]["user_id"] == h.slack.team.bot_user
        assert body["api_app_id"] == h.slack.app_id


async def test_requests_are_signed_over_their_raw_bytes() -> None:
    async with running() as h:
        await h.channel()
        await h.slack.say("maya", "kitchen", "größe 🥘")
        await h.slack.settled()
        _, _, headers, raw = h.bot.got[-1]
        base = b"v0:" + headers["x-slack-request-timestamp"].encode() + b":" + raw
        secret = h.slack.credentials.signing_secret.encode()
        assert headers["x-slack-signature"] == "v0=" + hmac.new(secret, base, hashlib.sha256).hexdigest()


async def test_an_edit_shows_the_new_and_the_old_text() -> None:
    async with running() as h:
        await h.channel()
        said = await h.slack.say("maya", "kitchen", "soup")
        await h.slack.edit("maya", "kitchen", str(said.ts), "stew")
        await h.slack.settled()
        event = h.bot.events("message")[-1]
        assert (event["subtype"], event["hidden"]) == ("message_changed", True)
        assert (event["message"]["text"], event["previous_message"]["text"]) == ("stew", "soup")
        assert event["message"]["edited"]["user"] == h.slack.user("maya").id


async def test_an_admin_deletes_what_others_said_and_nobody_else_does() -> None:
    async with running() as h:
        channel = await h.channel()
        await h.slack.join("tom", "kitchen")
        hers, his = await h.slack.say("maya", "kitchen", "soup"), await h.slack.say("tom", "kitchen", "stew")
        with pytest.raises(Denied):
            await h.slack.delete("tom", "kitchen", str(hers.ts))
        await h.slack.delete("maya", "kitchen", str(his.ts))
        await h.slack.settled()
        assert [one["text"] for one in h.slack.messages(channel) if one.get("text") in ("soup", "stew")] == ["soup"]
        event = h.bot.events("message")[-1]
        assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", his.ts)


async def test_finding_out_a_language_changes_a_message_but_not_its_text() -> None:
    async with running() as h:
        await h.channel()
        said = await h.slack.say("maya", "kitchen", "Suppe")
        await h.slack.detect_language("kitchen", str(said.ts))
        await h.slack.settled()
        event = h.bot.events("message")[-1]
        assert event["subtype"] == "message_changed"
        assert event["message"]["text"] == event["previous_message"]["text"] == "Suppe"
        assert "edited" not in event["message"]


async def test_a_deleted_message_is_named_and_a_deleted_parent_leaves_a_tombstone() -> None:
    async with running() as h:
        await h.channel()
        alone = str((await h.slack.say("maya", "kitchen", "alone")).ts)
        parent = str((await h.slack.say("maya", "kitchen", "parent")).ts)
        await h.slack.say("maya", "kitchen", "reply", thread_ts=parent)
        await h.slack.delete("maya", "kitchen", alone)
        await h.slack.delete("maya", "kitchen", parent)
        await h.slack.settled()
        gone, tomb = h.bot.events("message")[-2:]
        assert (gone["subtype"], gone["deleted_ts"], gone["previous_message"]["text"]) == (
            "message_deleted",
            alone,
            "alone",
        )
        assert (tomb["subtype"], tomb["message"]["subtype"]) == ("message_changed", "tombstone")
        assert "parent" not in tomb["message"]["text"]


async def test_reactions_pins_files_threads_and_mentions_are_told() -> None:
    async with running() as h:
        await h.channel("kitchen", "tom")
        ts = str((await h.slack.say("maya", "kitchen", "soup")).ts)
        await h.slack.react("tom", "kitchen", ts, "pushpin")
        await h.slack.unreact("tom", "kitchen", ts, "pushpin")
        await h.slack.pin("tom", "kitchen", ts)
        await h.slack.unpin("tom", "kitchen", ts)
        await h.slack.upload("tom", "kitchen", "menu.pdf", "the menu", thread_ts=ts)
        await h.slack.say("tom", "kitchen", "also here", thread_ts=ts, broadcast=True)
        await h.slack.say("tom", "kitchen", "@otter see https://wiki.example.org/soup")
        await h.slack.settled()
        kinds = sorted({e["type"] for e in h.bot.events()})
        assert kinds == [
            "app_mention",
            "link_shared",
            "message",
            "pin_added",
            "pin_removed",
            "reaction_added",
            "reaction_removed",
        ]
        by_subtype = {e.get("subtype"): e for e in h.bot.events("message")}
        assert by_subtype["file_share"]["files"][0]["name"] == "menu.pdf"
        assert by_subtype["file_share"]["thread_ts"] == ts
        assert by_subtype["thread_broadcast"]["thread_ts"] == ts
        assert h.bot.events("link_shared")[0]["links"][0]["domain"] == "example.org"


async def test_comings_goings_and_changes_of_a_channel_are_told() -> None:
    async with running() as h:
        await h.channel("kitchen", "tom")
        await h.slack.join("ines", "kitchen")
        await h.slack.leave("tom", "kitchen")
        await h.slack.set_topic("maya", "kitchen", "soup today")
        await h.slack.rename("maya", "kitchen", "canteen")
        await h.slack.convert_to_private("maya", "canteen")
        await h.slack.archive("maya", "canteen")
        await h.slack.change_zone("ines", "Asia/Tokyo")
        await h.slack.settled()
        subtypes = {e.get("subtype") for e in h.bot.events("message")}
        wanted = {"channel_join", "channel_leave", "channel_topic", "channel_name", "channel_convert_to_private"}
        assert subtypes >= wanted
        kinds = {e["type"] for e in h.bot.events()}
        assert {
            "member_joined_channel",
            "member_left_channel",
            "channel_rename",
            "group_archive",
            "user_change",
        } <= kinds


async def test_what_the_bot_may_not_see_is_not_sent() -> None:
    async with running(manifest=manifest(without_scopes=("reactions:read",))) as h:
        await h.slack.create_channel("maya", "cellar", private=True)
        hidden = str((await h.slack.say("maya", "cellar", "secret")).ts)
        await h.slack.react("maya", "cellar", hidden, "eyes")
        await h.channel("kitchen")
        seen = str((await h.slack.say("maya", "kitchen", "open")).ts)
        await h.slack.react("maya", "kitchen", seen, "eyes")
        await h.slack.settled()
        assert [e["text"] for e in h.bot.events()] == ["open"]


async def test_a_failed_event_is_sent_again_with_number_and_reason() -> None:
    async with running() as h:
        await h.channel()
        replies = iter([Response(status_code=500), RedirectResponse("/slack/nowhere", 302), Response(status_code=204)])

        async def answer(_: Any) -> Any:
            return next(replies)

        h.bot.answers["event"] = answer
        await h.slack.say("maya", "kitchen", "soup")
        assert await h.slack.settled()
        tries = [(hd.get("x-slack-retry-num"), hd.get("x-slack-retry-reason")) for _, _, hd, _ in h.bot.got]
        assert tries == [(None, None), ("1", "http_error"), ("2", "http_error")]
        assert len({b["event_id"] for _, b, _, _ in h.bot.got}) == 1
        record = list(h.slack.ledger.events.values())[-1]
        assert record.acked
        assert record.attempts == 3


async def test_a_bot_that_never_answers_in_time_is_given_up_after_three_retries() -> None:
    async with running(ack_seconds=0.1) as h:
        await h.channel()

        async def sleepy(_: Any) -> None:
            await asyncio.sleep(0.4)

        h.bot.answers["event"] = sleepy
        await h.slack.say("maya", "kitchen", "soup")
        await h.slack.settled()
        assert [hd.get("x-slack-retry-reason") for _, _, hd, _ in h.bot.got] == [None, *["http_timeout"] * 3]
        assert len(h.slack.ledger.lost()) == 1
        assert h.slack.ledger.summary()["late"] == 4


async def test_retries_stop_when_the_bot_asks_for_it_and_too_many_redirects_are_named() -> None:
    async with running() as h:
        await h.channel()

        async def no(_: Any) -> Response:
            return Response(status_code=400, headers={"x-slack-no-retry": "1"})

        async def elsewhere(_: Any) -> Response:
            return RedirectResponse("/slack/events", 302)

        h.bot.answers["event"] = no
        await h.slack.say("maya", "kitchen", "soup")
        await h.slack.settled()
        assert len(h.bot.got) == 1
        h.bot.answers["event"] = elsewhere
        await h.slack.say("maya", "kitchen", "stew")
        await h.slack.settled()
        assert h.bot.got[-1][2]["x-slack-retry-reason"] == "too_many_redirects"


async def test_a_bot_that_is_down_gets_the_event_once_it_is_back() -> None:
    async with running(retry_delays=(0.05, 0.3)) as h:
        await h.channel()
        home, h.slack.request_url = h.slack.request_url, "http://127.0.0.1:9"
        await h.slack.say("maya", "kitchen", "soup")
        await asyncio.sleep(0.15)
        h.slack.request_url = home
        assert await h.slack.settled()
        assert h.bot.got[0][2]["x-slack-retry-reason"] == "connection_failed"


async def test_the_request_url_is_verified_by_a_challenge() -> None:
    async with running() as h:
        assert not await h.slack.deliveries.verify_url()

        async def echo(body: Any) -> Any:
            return body["challenge"]

        h.bot.answers["url_verification"] = echo
        assert await h.slack.deliveries.verify_url()


async def test_removing_the_app_ends_its_tokens_and_says_so_in_the_order_asked_for() -> None:
    async with running() as h:
        await h.channel()
        await h.slack.uninstall(order=("tokens_revoked", "app_uninstalled"))
        await until(lambda: len(h.bot.events()) == 2)
        assert {e["type"] for e in h.bot.events()} == {"tokens_revoked", "app_uninstalled"}
        await h.slack.say("maya", "kitchen", "unheard")
        await h.slack.settled()
        assert len(h.bot.events()) == 2


async def test_faults_of_deliveries_strike_as_planned() -> None:
    async with running() as h:
        await h.channel()
        h.slack.faults.on_delivery("drop", "message.channels", times=1)
        await h.slack.say("maya", "kitchen", "dropped")
        h.slack.faults.on_delivery("duplicate", "message.channels", times=1)
        await h.slack.say("maya", "kitchen", "doubled")
        h.slack.faults.on_delivery("delay", "message.channels", times=1, seconds=0.2)
        await h.slack.say("maya", "kitchen", "late")
        await h.slack.say("maya", "kitchen", "last")
        await h.slack.settled()
        texts = [e["text"] for e in h.bot.events()]
        assert sorted(texts) == ["doubled", "doubled", "last", "late"]
        assert texts[-1] == "late"
        assert h.slack.ledger.faults == {"drop": 1, "duplicate": 1, "delay": 1}


async def test_app_rate_limited_is_an_outer_payload_of_its_own() -> None:
    async with running() as h:
        h.slack.deliveries.rate_limited(h.slack.team, 1_772_442_000)
        await h.slack.settled()
        assert h.bot.last("app_rate_limited")["minute_rate_limited"] == 1_772_442_000
