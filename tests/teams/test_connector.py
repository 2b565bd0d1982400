"""Calls to Teams over real HTTP, with every way in which they go wrong: nothing lost, nothing sent twice."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from adapters.teams.limits import Limits
from adapters.teams.refusals import Failed, code_of
from bot import lease
from bot.errors import Retry, Unsure
from tests.teams.calling import ALL, ONCE, SAID, TEAM, THREAD, World, running
from tests.teams.fake_connector import (
    BOT,
    CHANNEL,
    CHAT,
    MEMBER,
    TENANT,
    Fault,
    answers,
    cuts,
    hangs,
    stores_and_answers,
    stores_and_cuts,
)

# -- what is said and asked


async def test_a_thread_begins_with_its_first_message() -> None:
    async with running() as world:
        conversation, said = await world.connector.create_thread(world.fake.service_url, TENANT, CHANNEL, SAID)
        assert conversation == f"{CHANNEL};messageid={said}"
        (asked,) = world.fake.asked
        assert (asked.method, asked.path) == ("POST", f"/emea/{TENANT}/v3/conversations")
        assert asked.authorization == "Bearer token-1"
        assert asked.body == {
            "isGroup": True, "tenantId": TENANT, "activity": SAID,
            "channelData": {"channel": {"id": CHANNEL}, "tenant": {"id": TENANT}},
        }  # fmt: skip


async def test_a_thread_whose_first_message_is_not_named_is_known_by_its_conversation() -> None:
    async with running() as world:
        world.fake.faults.append(answers(201, {"id": THREAD}))
        assert await world.does("create_thread") == (THREAD, "1700000000000")


async def test_ids_stay_inside_their_segment_of_the_path() -> None:
    async with running() as world:
        await world.send()
        await world.connector.update(world.fake.service_url.rstrip("/"), "19:a/b?c#d@thread.v2", "1/2", SAID)
        encoded = "19%3Aincidents%40thread.tacv2%3Bmessageid%3D1700000000000"
        first, second = (asked.path for asked in world.fake.asked)
        assert first == f"/emea/{TENANT}/v3/conversations/{encoded}/activities"
        assert second.endswith("/v3/conversations/19%3Aa%2Fb%3Fc%23d%40thread.v2/activities/1%2F2")


@pytest.mark.parametrize("segment", ["", ".", ".."])
async def test_an_id_that_would_leave_its_segment_is_refused(segment: str) -> None:
    async with running() as world:
        with pytest.raises(Failed):
            await world.send(conversation=segment)
        assert not world.fake.asked


async def test_messages_are_sent_changed_and_taken_away() -> None:
    async with running() as world:
        said = await world.send()
        await world.connector.update(world.fake.service_url, THREAD, said, {"type": "message", "text": "better"})
        await world.connector.delete(world.fake.service_url, THREAD, said)
        assert [kind for kind, _ in world.fake.stored] == ["message", "PUT", "DELETE"]
        assert world.fake.stored[1][1] == {"type": "message", "text": "better", "id": said}


async def test_a_targeted_message_names_the_one_who_sees_it() -> None:
    async with running() as world:
        assert await world.does("send_targeted")
        (asked,) = world.fake.asked
        assert asked.query == {"isTargetedActivity": "true"}
        assert asked.body["recipient"] == {"id": MEMBER}
        world.fake.faults.append(stores_and_answers(202, ""))
        assert await world.does("send_targeted") == ""


async def test_a_chat_is_opened_with_one_person() -> None:
    async with running() as world:
        assert await world.does("create_chat") == f"a:{MEMBER}"
        (asked,) = world.fake.asked
        assert asked.body["members"] == [{"id": MEMBER}]
        assert (asked.body["bot"], asked.body["isGroup"], asked.body["tenantId"]) == ({"id": BOT}, False, TENANT)
        assert not world.fake.stored


async def test_everybody_in_a_conversation_is_read_page_by_page() -> None:
    async with running() as world:
        world.fake.people = 5
        found = await world.connector.members(world.fake.service_url, THREAD)
        assert [member["id"] for member in found] == [f"29:{number}" for number in range(5)]
        assert [asked.query.get("continuationToken") for asked in world.fake.asked] == [None, "2", "4"]
        assert {asked.query["pageSize"] for asked in world.fake.asked} == {"500"}


async def test_a_roster_that_never_ends_is_read_no_further_than_a_bound() -> None:
    async with running() as world:
        world.fake.people = 10_000
        await world.connector.members(world.fake.service_url, THREAD)
        assert len(world.fake.asked) == 40
        again = {"members": [{"id": "29:1"}, 7], "continuationToken": "x"}
        world.fake.faults += [answers(200, again)] * 10
        assert len(await world.connector.members(world.fake.service_url, THREAD)) == 2


async def test_people_teams_and_channels_are_looked_up() -> None:
    async with running() as world:
        assert await world.does("member") == {"id": MEMBER, "name": "Maya"}
        assert await world.does("team") == {"id": TEAM, "name": "Shop"}
        assert await world.does("channels") == ({"id": CHANNEL, "name": "Incidents"},)
        for act in ("members", "member", "team", "channels"):
            world.fake.faults.append(answers(200, "<html>"))
            assert not await world.does(act)


# -- outcomes told apart


@pytest.mark.parametrize("status", [412, 429, 502, 504, 302])
@pytest.mark.parametrize("act", ALL)
async def test_what_teams_says_was_not_carried_out_is_tried_again(act: str, status: int) -> None:
    async with running() as world:
        world.fake.faults.append(answers(status, "<html>"))
        with pytest.raises(Retry) as told:
            await world.does(act)
        assert timedelta() < told.value.after < timedelta(seconds=2)
        assert len(world.fake.asked) == 1


UNKNOWN: dict[str, Fault] = {
    "cut": cuts,
    "stored and cut": stores_and_cuts,
    "hangs": hangs,
    "500": answers(500, {"error": {"code": "ServiceError"}}),
    "503": answers(503, ""),
    "408": answers(408, ""),
}


@pytest.mark.parametrize("fault", UNKNOWN)
@pytest.mark.parametrize("act", ONCE)
async def test_what_nobody_knows_of_is_never_repeated_by_itself(act: str, fault: str) -> None:
    async with running() as world:
        world.fake.faults.append(UNKNOWN[fault])
        with pytest.raises(Unsure):
            await world.does(act)
        assert len(world.fake.asked) == 1
        assert world.connector.counts["unsure"] == 1


@pytest.mark.parametrize("fault", ["stored and cut", "hangs", "500"])
@pytest.mark.parametrize("act", ["create_chat", "update", "member"])
async def test_what_may_be_repeated_is_tried_again(act: str, fault: str) -> None:
    async with running() as world:
        world.fake.faults += [UNKNOWN[fault]] * 2
        with pytest.raises(Retry):
            await world.does(act)


@pytest.mark.parametrize(
    "body", ["", "<html>", "null", "[]", '{"id": ""}', '{"id": null}', '{"id": {}}', "{", "[" * 99_999]
)
async def test_a_message_whose_id_cannot_be_read_may_have_been_sent(body: str) -> None:
    async with running() as world:
        for act in ("send", "create_thread"):
            world.fake.faults.append(stores_and_answers(201, body))
            with pytest.raises(Unsure):
                await world.does(act)
        world.fake.faults.append(stores_and_answers(201, body))
        with pytest.raises(Retry):
            await world.does("create_chat")


REFUSALS: list[tuple[int, Any, str]] = [
    (
        403,
        {"error": {"code": "BotDisabledByAdmin", "message": "The tenant admin disabled this bot"}},
        "BotDisabledByAdmin",
    ),
    (403, {"error": {"code": "BotNotInConversationRoster"}}, "BotNotInConversationRoster"),
    (403, {"error": {"code": "ConversationBlockedByUser"}}, "ConversationBlockedByUser"),
    (403, {"errorCode": 209, "message": '{"subCode": "MessageWritesBlocked"}'}, "MessageWritesBlocked"),
    (403, {"error": {"code": "Forbidden", "message": '{"subCode": "MessageWritesBlocked"}'}}, "MessageWritesBlocked"),
    (404, {"error": {"code": "ConversationNotFound"}}, "ConversationNotFound"),
    (404, {"error": {"code": "ActivityNotFoundInConversation"}}, "ActivityNotFoundInConversation"),
    (400, {"error": {"code": "BadSyntax"}}, "BadSyntax"),
    (400, {"error": {"code": "Bad Argument"}}, "Bad Argument"),
    (413, {"error": {"code": "MessageSizeTooBig"}}, "MessageSizeTooBig"),
    (413, "", "HTTP 413"),
    (403, "<html>forbidden", "HTTP 403"),
    (403, [1], "HTTP 403"),
    (403, {"error": {"code": {"a": 1}, "message": 7}}, "HTTP 403"),
    (403, {"error": {"code": "a person's whole sentence, with 2 numbers"}}, "HTTP 403"),
    (403, {"message": "{" * 5000}, "HTTP 403"),
]


@pytest.mark.parametrize(("status", "body", "code"), REFUSALS)
async def test_a_refusal_carries_the_word_that_teams_gives(status: int, body: Any, code: str) -> None:
    async with running() as world:
        world.fake.faults.append(answers(status, body))
        with pytest.raises(Failed) as failed:
            await world.send()
        assert (failed.value.code, failed.value.status) == (code, status)
        assert not world.fake.stored
        assert await world.send()


@pytest.mark.parametrize("body", [None, 7, "x", [], {"error": "BadSyntax"}, {"code": "X" * 70}])
def test_any_body_of_a_refusal_is_read(body: Any) -> None:
    assert code_of(body) == ("BadSyntax" if isinstance(body, dict) and "error" in body else "")


async def test_where_nobody_listens_nothing_was_sent() -> None:
    async with running(allowed=lambda _url: True) as world:
        for act in ALL.values():
            with pytest.raises(Retry):
                await act(world.connector, "http://127.0.0.1:1/emea/")
        assert not world.fake.asked


async def test_waits_grow_while_a_conversation_does_not_get_through_and_are_short_again_after() -> None:
    async with running() as world:
        waits = []
        for _ in range(6):
            world.fake.faults.append(answers(502))
            with pytest.raises(Retry) as told:
                await world.send()
            waits.append(told.value.after.total_seconds())
        assert waits[0] < 1.5
        assert waits[5] > 20
        world.fake.faults.append(answers(502))
        with pytest.raises(Retry) as told:
            await world.send(conversation=CHAT)
        assert told.value.after < timedelta(seconds=2)
        await world.send()
        world.fake.faults.append(answers(502))
        with pytest.raises(Retry) as told:
            await world.send()
        assert told.value.after < timedelta(seconds=2)


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [("30", 30, 36), ("0", 1, 1.2), ("nan", 0.7, 1.6), ("-1", 0.7, 1.6), ("99999", 3600, 4320), ("soon", 0.7, 1.6)],
)
async def test_a_retry_after_is_obeyed_by_everything_in_that_conversation(
    retry_after: str, least: float, most: float
) -> None:
    async with running(limits=Limits(paced=False, patience=0.0)) as world:
        world.fake.faults.append(answers(429, "", Retry_After=retry_after))
        with pytest.raises(Retry) as told:
            await world.send()
        assert least <= told.value.after.total_seconds() <= most
        for act in ("update", "members"):
            with pytest.raises(Retry):
                await world.does(act)
        assert len(world.fake.asked) == 1
        assert world.connector.counts["throttled"] == 1
        await world.send(conversation=CHAT)


# -- rows of work


async def delivered(world: World, text: str, conversation: str) -> None:
    """As the outbox does it, only quicker: again after `Retry`; what is unknown is given up as maybe delivered."""
    for _ in range(200):
        try:
            await world.send(text, conversation)
        except Retry as later:
            await asyncio.sleep(min(later.after.total_seconds(), 0.01))
        else:
            return
    raise AssertionError("never delivered")


async def test_whatever_teams_throws_at_them_no_message_is_lost_or_sent_twice() -> None:
    async with running(limits=Limits(paced=False, patience=5.0)) as world:
        world.fake.faults += [answers(status, "") for status in (412, 502, 504, 412, 502)] * 4
        wished = [(f"{number} in {chat}", chat) for number in range(15) for chat in (THREAD, CHAT, "a:2")]
        await asyncio.gather(*(delivered(world, text, chat) for text, chat in wished))
        assert sorted(body["text"] for body in world.fake.messages()) == sorted(text for text, _ in wished)
        assert world.fake.conflicts == 0


async def test_calls_of_one_conversation_never_overlap_and_those_of_others_do() -> None:
    async with running({"latency": 0.05}) as world:
        await asyncio.gather(*(world.send(conversation=f"a:{number % 5}") for number in range(10)))
        assert world.fake.conflicts == 0
        assert len(world.fake.messages()) == 10
        assert world.fake.most_at_once > 1


async def test_under_a_steady_load_nothing_is_throttled() -> None:
    """Everybody's clock runs forty times as fast: half a minute of windows in less than a second."""
    fast = 40

    def clock() -> float:
        return time.monotonic() * fast

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / fast)

    limits = Limits(patience=3600, clock=clock, sleep=sleep)
    patient = aiohttp.ClientTimeout(total=20)
    async with running({"enforce": True, "clock": clock}, limits=limits, timeout=patient) as world:
        chats = [THREAD, f"{CHANNEL};messageid=2", CHAT]
        posts = [world.send(str(number), chats[number % 3]) for number in range(100)]
        reads = [world.connector.member(world.fake.service_url, CHAT, MEMBER) for _ in range(20)]
        await asyncio.gather(*posts, *reads)
        assert len(world.fake.messages()) == 100
        assert (world.fake.throttled, world.fake.conflicts) == (0, 0)


async def test_while_the_token_endpoint_is_down_what_goes_out_waits_and_nothing_is_lost() -> None:
    async with running() as world:
        world.fake.token_answers.append((503, ""))
        with pytest.raises(Retry):
            await world.send()
        assert not world.fake.asked
        world.now += 2
        await world.send()
        assert len(world.fake.messages()) == 1


async def test_a_token_that_was_taken_back_is_renewed_once_and_then_left_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as world:
        await world.send()
        world.fake.accepted.clear()
        both = await asyncio.gather(world.send(), world.send(conversation=CHAT), return_exceptions=True)
        assert [told.after for told in both if isinstance(told, Retry)] == [timedelta(seconds=1)] * 2
        assert await world.send()
        assert world.fake.issued == 2


async def test_where_no_token_is_accepted_nobody_asks_on(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as world:
        waits: list[timedelta] = []
        for _ in range(4):
            world.fake.accepted.clear()
            world.fake.token_answers.append((200, {"access_token": f"never-{len(waits)}", "expires_in": 3600}))
            with pytest.raises(Retry) as told:
                await world.send()
            waits.append(told.value.after)
        assert waits == [timedelta(seconds=1), *[timedelta(minutes=15)] * 3]
        assert len(world.fake.asked) == 2
        assert "TEAMS_APP_ID" in caplog.text
        world.now += 901
        world.fake.token_answers.clear()
        assert await world.send()


async def test_a_worker_whose_lease_is_over_sends_nothing_that_cannot_be_repeated() -> None:
    async def late(act: str) -> Any:
        lease.hold(lease.clock() - 1)
        return await world.does(act)

    async with running() as world:
        for act in ONCE:
            with pytest.raises(Retry):
                await asyncio.create_task(late(act))
        assert not world.fake.asked
        assert await asyncio.create_task(late("member"))


async def test_after_the_end_nothing_is_called() -> None:
    async with running() as world:
        await world.send()
        await world.connector.close()
        with pytest.raises(Retry):
            await world.send()
        assert len(world.fake.asked) == 1
