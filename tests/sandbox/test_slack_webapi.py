"""The Web API as Slack's own Python client meets it: answers, refusals, paging, limits."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.harness import Harness, running
from tests.sandbox.manifests import manifest


async def refused(awaitable: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await awaitable
    return str(caught.value.response["error"])


def as_token(h: Harness, token: str) -> AsyncWebClient:
    return AsyncWebClient(token, base_url=h.client.base_url, retry_handlers=[])


async def test_a_post_is_answered_stored_and_told_to_the_bot_itself() -> None:
    async with running() as h:
        channel = await h.channel()
        marked = {"event_type": "otter", "event_payload": {"effect_key": "k1"}}
        answer = await h.client.chat_postMessage(channel=channel, text="soup", metadata=marked)
        await h.slack.settled()
        event = h.bot.events("message")[-1]
        assert (event["ts"], event["bot_id"], event["user"]) == (
            answer["ts"],
            h.slack.team.bot_id,
            h.slack.team.bot_user,
        )
        plain = await h.client.conversations_history(channel=channel, limit=1)
        full = await h.client.conversations_history(channel=channel, limit=1, include_all_metadata=True)
        assert "metadata" not in plain["messages"][0]
        assert full["messages"][0]["metadata"]["event_payload"] == {"effect_key": "k1"}


async def test_tokens_are_judged_by_what_became_of_them() -> None:
    async with running() as h:
        assert await refused(as_token(h, "xoxb-unknown").auth_test()) == "invalid_auth"
        assert await refused(as_token(h, "").auth_test()) == "not_authed"
        assert await refused(as_token(h, h.slack.app_token).auth_test()) == "not_allowed_token_type"
        assert await refused(h.client.apps_connections_open(app_token=h.slack.bot_token())) == "not_allowed_token_type"
        assert (await h.client.auth_test())["bot_id"] == h.slack.team.bot_id
        await h.client.auth_revoke()
        assert await refused(h.client.auth_test()) == "token_revoked"
        renewed = as_token(h, await h.slack.reinstall())
        await renewed.auth_test()
        await h.slack.uninstall()
        assert await refused(renewed.auth_test()) == "account_inactive"


async def test_a_missing_scope_is_named_with_what_is_there() -> None:
    async with running(manifest=manifest(without_scopes=("groups:history", "pins:write"))) as h:
        closed = await h.channel("cellar", private=True)
        opened = await h.channel("kitchen")
        with pytest.raises(SlackApiError) as caught:
            await h.client.conversations_history(channel=closed)
        assert caught.value.response["error"] == "missing_scope"
        assert caught.value.response["needed"] == "groups:history"
        assert "channels:history" in caught.value.response["provided"]
        assert (await h.client.conversations_history(channel=opened))["ok"]
        assert await refused(h.client.pins_add(channel=opened, timestamp="1.000000")) == "missing_scope"


async def test_places_the_bot_may_not_see_do_not_exist_for_it() -> None:
    async with running() as h:
        hidden = str((await h.slack.create_channel("maya", "cellar", private=True)).channel)
        public = str((await h.slack.create_channel("maya", "garden")).channel)
        assert await refused(h.client.conversations_info(channel=hidden)) == "channel_not_found"
        assert await refused(h.client.chat_postMessage(channel=hidden, text="x")) == "channel_not_found"
        assert await refused(h.client.chat_postMessage(channel=public, text="x")) == "not_in_channel"
        assert await refused(h.client.conversations_history(channel=public)) == "not_in_channel"
        await h.client.conversations_join(channel=public)
        await h.client.chat_postMessage(channel=public, text="x")
        await h.slack.archive("maya", "garden")
        assert await refused(h.client.chat_postMessage(channel=public, text="x")) == "is_archived"
        assert await refused(h.client.chat_postMessage(channel="C404", text="x")) == "channel_not_found"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"), ("Kitchen", "invalid_name_specials"), ("a b", "invalid_name_specials"),
        ("a" * 81, "invalid_name_maxlength"), ("---", "invalid_name_punctuation"), ("general", "name_taken"),
        ("a.b", "invalid_name_specials"),
    ],
)  # fmt: skip
async def test_bad_channel_names_are_refused_by_their_own_word(name: str, error: str) -> None:
    async with running() as h:
        before = len(h.slack.team.channels)
        assert await refused(h.client.conversations_create(name=name)) == error
        assert len(h.slack.team.channels) == before


async def test_the_bot_makes_fills_describes_and_empties_a_channel() -> None:
    async with running(rate_limits=False) as h:
        made = (await h.client.conversations_create(name="inc-1"))["channel"]
        tom, maya = h.slack.user("tom").id, h.slack.user("maya").id
        await h.client.conversations_invite(channel=made["id"], users=f"{tom},{maya}")
        assert await refused(h.client.conversations_invite(channel=made["id"], users=tom)) == "already_in_channel"
        assert await refused(h.client.conversations_invite(channel=made["id"], users="U404")) == "user_not_found"
        await h.client.conversations_setTopic(channel=made["id"], topic="hot")
        await h.client.conversations_setPurpose(channel=made["id"], purpose="soup")
        assert await refused(h.client.conversations_setTopic(channel=made["id"], topic="x" * 251)) == "too_long"
        members = (await h.client.conversations_members(channel=made["id"]))["members"]
        assert members == [h.slack.team.bot_user, tom, maya]
        await h.client.conversations_kick(channel=made["id"], user=tom)
        shape = (await h.client.conversations_info(channel=made["id"], include_num_members=True))["channel"]
        assert (shape["topic"]["value"], shape["purpose"]["value"], shape["num_members"]) == ("hot", "soup", 2)
        await h.client.bookmarks_add(channel_id=made["id"], title="Doc", type="link", link="https://example.com")
        await h.client.conversations_archive(channel=made["id"])
        assert await refused(h.client.conversations_archive(channel=made["id"])) == "already_archived"


async def test_history_and_replies_are_read_page_by_page() -> None:
    async with running(rate_limits=False) as h:
        channel = await h.channel()
        stamps = [str((await h.slack.say("maya", "kitchen", f"m{n}")).ts) for n in range(5)]
        for n in range(3):
            await h.slack.say("maya", "kitchen", f"r{n}", thread_ts=stamps[0])
        seen, cursor = [], ""
        while True:
            page = await h.client.conversations_history(
                channel=channel, limit=2, cursor=cursor, oldest=stamps[1], inclusive=True
            )
            seen += [m["text"] for m in page["messages"]]
            if not page["has_more"]:
                break
            cursor = page["response_metadata"]["next_cursor"]
        assert seen == ["m4", "m3", "m2", "m1"]
        thread = await h.client.conversations_replies(channel=channel, ts=stamps[0], limit=2)
        assert [m["text"] for m in thread["messages"]] == ["m0", "r0"]
        assert thread["messages"][0]["reply_count"] == 3
        rest = await h.client.conversations_replies(
            channel=channel, ts=stamps[0], cursor=thread["response_metadata"]["next_cursor"]
        )
        assert [m["text"] for m in rest["messages"]] == ["r1", "r2"]
        between = await h.client.conversations_history(channel=channel, oldest=stamps[0], latest=stamps[2])
        assert [m["text"] for m in between["messages"]] == ["m1"]
        assert await refused(h.client.conversations_history(channel=channel, cursor="nonsense")) == "invalid_cursor"
        assert await refused(h.client.conversations_history(channel=channel, oldest="yesterday")) == "invalid_ts_oldest"


async def test_ephemeral_messages_are_seen_by_one_person_and_stand_in_no_history() -> None:
    async with running() as h:
        channel = await h.channel()
        maya, tom = h.slack.user("maya").id, h.slack.user("tom").id
        await h.client.chat_postEphemeral(channel=channel, user=maya, text="psst")
        assert await refused(h.client.chat_postEphemeral(channel=channel, user=tom, text="x")) == "user_not_in_channel"
        history = await h.client.conversations_history(channel=channel)
        assert "psst" not in str(history.data)
        assert [m["text"] for m in h.slack.ephemerals("maya")] == ["psst"]
        assert h.slack.ephemerals("tom") == []


async def test_bad_blocks_are_refused_with_details_and_counted() -> None:
    async with running() as h:
        channel = await h.channel()
        bad = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
        with pytest.raises(SlackApiError) as caught:
            await h.client.chat_postMessage(channel=channel, text="t", blocks=bad)
        assert caught.value.response["error"] == "invalid_blocks"
        assert "/blocks/0/text/text" in caught.value.response["errors"][0]
        assert (
            await refused(h.client.chat_postMessage(channel=channel, blocks="{", text="x")) == "invalid_blocks_format"
        )
        assert await refused(h.client.api_call("chat.postMessage", json={"channel": channel})) == "no_text"
        assert ("invalid_blocks", "chat.postMessage") in h.slack.ledger.limit_violations
        assert h.slack.ledger.posted == []


async def test_posting_is_limited_to_one_a_second_after_a_burst_of_three() -> None:
    async with running() as h:
        channel, other = await h.channel("kitchen"), await h.channel("garden")
        for n in range(3):
            await h.client.chat_postMessage(channel=channel, text=f"{n}")
        with pytest.raises(SlackApiError) as caught:
            await h.client.chat_postMessage(channel=channel, text="4")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        assert caught.value.response["error"] == "ratelimited"
        await h.client.chat_postMessage(channel=other, text="elsewhere")
        assert h.slack.ledger.rate_limited == 1


async def test_new_apps_read_history_fifteen_at_a_time_and_once_a_minute() -> None:
    async with running(restricted_history=True) as h:
        channel = await h.channel()
        for n in range(20):
            await h.slack.say("maya", "kitchen", f"m{n}")
        page = await h.client.conversations_history(channel=channel, limit=200)
        assert len(page["messages"]) == 15
        assert await refused(h.client.conversations_history(channel=channel)) == "ratelimited"


async def test_reactions_pins_and_own_messages_are_changed_once_and_no_more() -> None:
    async with running(rate_limits=False) as h:
        channel = await h.channel()
        theirs = str((await h.slack.say("maya", "kitchen", "soup")).ts)
        own = (await h.client.chat_postMessage(channel=channel, text="mine"))["ts"]
        await h.client.reactions_add(channel=channel, timestamp=theirs, name="eyes")
        assert (
            await refused(h.client.reactions_add(channel=channel, timestamp=theirs, name="eyes")) == "already_reacted"
        )
        await h.client.reactions_remove(channel=channel, timestamp=theirs, name="eyes")
        assert await refused(h.client.reactions_remove(channel=channel, timestamp=theirs, name="eyes")) == "no_reaction"
        await h.client.pins_add(channel=channel, timestamp=own)
        assert await refused(h.client.pins_add(channel=channel, timestamp=own)) == "already_pinned"
        assert len((await h.client.pins_list(channel=channel))["items"]) == 1
        await h.client.chat_update(channel=channel, ts=own, text="changed")
        assert await refused(h.client.chat_update(channel=channel, ts=theirs, text="x")) == "cant_update_message"
        assert await refused(h.client.chat_update(channel=channel, ts=own, text="x" * 4001)) == "msg_too_long"
        assert await refused(h.client.chat_delete(channel=channel, ts=theirs)) == "cant_delete_message"
        link = (await h.client.chat_getPermalink(channel=channel, message_ts=own))["permalink"]
        assert link.endswith(f"/archives/{channel}/p{own.replace('.', '')}")
        await h.client.chat_delete(channel=channel, ts=own)
        assert await refused(h.client.chat_delete(channel=channel, ts=own)) == "message_not_found"


async def test_direct_messages_are_opened_once_and_end_with_the_account() -> None:
    async with running() as h:
        tom = h.slack.user("tom").id
        first = (await h.client.conversations_open(users=tom))["channel"]["id"]
        again = await h.client.conversations_open(users=[tom])
        assert (again["channel"]["id"], again["already_open"]) == (first, True)
        await h.client.chat_postMessage(channel=tom, text="hello")
        assert [m["text"] for m in h.slack.direct_messages("tom")] == ["hello"]
        await h.slack.deactivate("tom")
        assert await refused(h.client.conversations_open(users=tom)) == "user_disabled"
        assert await refused(h.client.chat_postMessage(channel=first, text="x")) == "channel_not_found"
        await h.slack.settled()
        assert h.bot.events("user_change")[-1]["user"]["deleted"] is True


async def test_people_are_found_by_id_and_address() -> None:
    async with running() as h:
        maya = h.slack.user("maya")
        shape = (await h.client.users_info(user=maya.id))["user"]
        assert (shape["tz"], shape["profile"]["email"]) == ("Europe/Berlin", "maya@example.com")
        assert (await h.client.users_lookupByEmail(email="MAYA@example.com"))["user"]["id"] == maya.id
        assert await refused(h.client.users_lookupByEmail(email="no@example.com")) == "users_not_found"
        gary = (await h.client.users_info(user=h.slack.user("gary").id))["user"]
        assert gary["is_restricted"] is True
        assert len((await h.client.users_list())["members"]) == 7
        assert (await h.client.usergroups_list(include_users=True))["usergroups"][0]["handle"] == "oncall"
        assert (await h.client.team_info())["team"]["id"] == h.slack.team.id
        assert (await h.client.bots_info(bot=h.slack.team.bot_id))["bot"]["app_id"] == h.slack.app_id
        assert (await h.client.users_profile_get(user=maya.id))["profile"]["real_name"] == "Maya Lind"
        assert await refused(h.client.users_info(user="U404")) == "user_not_found"


async def test_requests_come_as_json_form_or_query_and_nonsense_is_named() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        channel = await h.channel()
        auth = {"Authorization": f"Bearer {h.slack.bot_token()}"}
        post = f"{h.url}/slack/api/chat.postMessage"

        async def ask(url: str, **how: Any) -> Any:
            async with session.request(
                how.pop("verb", "POST"), url, headers=auth | how.pop("headers", {}), **how
            ) as reply:
                return await reply.json()

        blocks = '[{"type":"divider"}]'
        assert (await ask(post, json={"channel": channel, "text": "json"}))["warning"] == "missing_charset"
        assert (await ask(post, data={"channel": channel, "text": "form", "blocks": blocks}))["message"]["blocks"]
        assert (await ask(f"{h.url}/slack/api/users.list", verb="GET", params={"limit": "1"}))["ok"]
        kind = {"Content-Type": "application/json"}
        assert (await ask(post, data=b"{", headers=kind))["error"] == "invalid_json"
        assert (await ask(post, data=b"[]", headers=kind))["error"] == "json_not_object"
        assert (await ask(post, data=b"x", headers={"Content-Type": "text/plain"}))["error"] == "invalid_post_type"
        assert (await ask(f"{h.url}/slack/api/chat.postMassage"))["error"] == "unknown_method"
        assert (await ask(f"{h.url}/slack/api/views.open", json={}))["error"] == "invalid_arguments"


async def test_pings_are_counted_by_slacks_rules() -> None:
    async with running(rate_limits=False) as h:
        channel = await h.channel()
        tom = h.slack.user("tom").id
        say = h.client.chat_postMessage
        await say(channel=channel, text="&lt;!channel&gt; @channel plain")
        section = {"type": "section", "text": {"type": "plain_text", "text": f"<@{tom}> <!here>"}}
        await say(channel=channel, text="no", blocks=[section])
        assert h.slack.ledger.pings == []
        await say(channel=channel, text=f"<!channel> <@{tom}|tom>")
        await say(channel=channel, text="@here", link_names=True)
        section = {"type": "section", "text": {"type": "mrkdwn", "text": f"<@{tom}> <!here>"}}
        sent = await say(channel=channel, text="no", blocks=[section])
        assert [p.target for p in h.slack.ledger.pings] == ["!channel", f"@{tom}", "@here", f"@{tom}", "!here"]
        await h.client.chat_update(channel=channel, ts=sent["ts"], text=f"<@{tom}>", blocks=[])
        assert len(h.slack.ledger.pings) == 5
        assert not h.slack.ledger.mentions[-1].notifies


async def test_a_second_post_with_the_same_key_is_a_duplicate() -> None:
    async with running(rate_limits=False) as h:
        channel = await h.channel()
        for key in ("a", "b", "a"):
            marked = {"event_type": "otter", "event_payload": {"effect_key": key}}
            await h.client.chat_postMessage(channel=channel, text="same words", metadata=marked)
        assert [d.key for d in h.slack.ledger.duplicates] == ["otter:a"]
        assert h.slack.ledger.summary()["posted"] == 3


async def test_every_refusal_above_is_one_that_slack_documents() -> None:
    async with running(rate_limits=False) as h:
        await refused(h.client.conversations_create(name="general"))
        await refused(h.client.chat_update(channel="C1", ts="1", text="x"))
        assert h.slack.ledger.undocumented == []
