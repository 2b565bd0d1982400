"""The fault plan, as a client of Teams meets it on the wire, and as a bot meets it in what it is sent."""

import asyncio

import aiohttp
import pytest
from starlette.responses import Response

from tests.sandbox.teams_harness import Harness, Json, running


async def attempt(h: Harness, text: str) -> str:
    """What became of a message for its sender: a status, "unreadable", or the kind of broken connection."""
    url = f"{h.teams.service_url}v3/conversations/{h.channel()}/activities"
    headers, patience = {"Authorization": f"Bearer {h.token}"}, aiohttp.ClientTimeout(total=0.5)
    try:
        async with h.http.post(url, json={"text": text}, headers=headers, timeout=patience) as reply:
            if reply.status == 201:
                await reply.json()
            return str(reply.status)
    except (aiohttp.ContentTypeError, ValueError):
        return "unreadable"
    except (aiohttp.ClientConnectionError, TimeoutError) as error:
        return "timeout" if isinstance(error, TimeoutError) else "cut"


def standing(h: Harness) -> list[str]:
    return [m["text"] for m in h.teams.messages("incidents")]


@pytest.mark.parametrize(
    ("kind", "more", "outcome"),
    [
        ("refuse", {}, "cut"), ("ratelimit", {"seconds": 30}, "429"),
        *(("error_5xx", {"status": status}, str(status)) for status in (412, 500, 502, 503, 504)),
    ],
)  # fmt: skip
async def test_what_goes_wrong_before_stores_nothing(kind: str, more: Json, outcome: str) -> None:
    async with running() as h:
        h.teams.faults.add(kind, "activities.*", times=1, **more)
        assert await attempt(h, "a") == outcome
        assert standing(h) == []
        assert await attempt(h, "a") == "201"
        assert h.teams.ledger.limit_violations == []
        assert h.teams.ledger.faults == {kind: 1}


@pytest.mark.parametrize(
    ("kind", "more", "outcome"),
    [
        ("store_cut", {}, "cut"), ("store_timeout", {"seconds": 0.8}, "timeout"), ("truncate", {}, "unreadable"),
        ("html", {}, "unreadable"), ("internal_error", {}, "500"), ("store_500", {"status": 502}, "502"),
        ("store_500", {"status": 504}, "504"),
    ],
)  # fmt: skip
async def test_what_was_stored_stays_stored_whatever_the_sender_hears(kind: str, more: Json, outcome: str) -> None:
    async with running() as h:
        h.teams.faults.add(kind, "activities.send", times=1, **more)
        heard = await attempt(h, "once")
        assert heard == outcome
        assert standing(h) == ["once"]
        assert await attempt(h, "twice") == "201"
        assert standing(h) == ["once", "twice"]


async def test_a_throttled_call_says_for_how_long() -> None:
    async with running() as h:
        h.teams.faults.add("ratelimit", "conversations.create", times=1, seconds=120)
        body = {"members": [{"id": h.teams.user("tom").id}], "tenantId": h.teams.tenant}
        status, said, headers = await h.call("POST", "v3/conversations", body)
        assert (status, said["error"]["code"], headers["Retry-After"]) == (429, "Throttled", "120")


async def test_two_calls_on_one_conversation_at_once_are_refused_where_that_is_switched_on() -> None:
    async with running(overlaps=True) as h:
        h.teams.faults.add("delay", "activities.send", times=1, seconds=0.3)
        first = asyncio.create_task(h.send(h.channel(), "first"))
        await asyncio.sleep(0.1)
        status, said = await h.send(h.channel(), "second")
        assert (status, said["error"]["code"]) == (412, "PreconditionFailed")
        assert (await h.personal("tom"))[0] == 201
        assert (await first)[0] == 201
        assert (await h.send(h.channel(), "third"))[0] == 201
        assert standing(h) == ["first", "third"]


async def test_a_message_is_sent_a_second_time_with_the_same_id_and_then_given_up() -> None:
    async with running() as h:
        h.bot.says("message", Response(status_code=503))
        await h.teams.say("maya", "incidents", "hello")
        assert await h.teams.settled()
        assert len(h.bot.got) == 2
        assert h.bot.got[0] == h.bot.got[1]
        assert [event.attempts for event in h.teams.ledger.lost()] == [2]
        h.bot.says("message", Response(status_code=403))
        await h.teams.say("maya", "incidents", "hello?")
        await h.teams.settled()
        assert len(h.bot.got) == 3
    async with running(retries=0) as h:
        h.bot.says("message", Response(status_code=503))
        await h.teams.say("maya", "incidents", "hello")
        await h.teams.settled()
        assert len(h.bot.got) == 1


async def test_a_bot_that_takes_too_long_has_not_heard() -> None:
    async with running(patience=0.01) as h:

        async def sleepy(_: Json) -> None:
            await asyncio.sleep(0.4)

        h.bot.answers["message"] = sleepy
        await h.teams.say("maya", "incidents", "hello")
        assert await h.teams.settled()
        (lost,) = h.teams.ledger.lost()
        assert (lost.late, lost.acked) == (2, False)
        assert h.teams.ledger.summary()["late"] == 2


async def test_what_is_dropped_is_lost_and_what_is_doubled_comes_twice() -> None:
    async with running() as h:
        h.teams.faults.on_delivery("drop", "message", times=1)
        h.teams.faults.on_delivery("duplicate", "message", times=1)
        h.teams.faults.on_delivery("delay", "message", times=1, seconds=0.2)
        for text in ("dropped", "doubled", "delayed", "plain"):
            await h.teams.say("maya", "incidents", text)
        assert await h.teams.settled()
        heard = [a["text"] for a in h.bot.got]
        assert sorted(heard) == ["delayed", "doubled", "doubled", "plain"]
        assert heard[-1] == "delayed"
        assert [event.dropped for event in h.teams.ledger.lost()] == [True]


async def test_without_a_bot_nothing_is_sent_and_nothing_is_lost() -> None:
    async with running() as h:
        h.teams.bot_url = None
        await h.teams.say("maya", "incidents", "hello")
        assert await h.teams.settled()
        assert h.bot.got == []
        assert h.teams.ledger.lost() == []
        h.teams.bot_url = "http://127.0.0.1:9/api/messages"
        await h.teams.say("maya", "incidents", "hello")
        await h.teams.settled()
        assert len(h.teams.ledger.lost()) == 1


async def test_the_ring_shows_both_directions_as_the_page_draws_them() -> None:
    async with running() as h:
        await h.teams.say("maya", "incidents", "hello")
        await h.teams.settled()
        await h.send(h.channel(), "hello yourself")
        shown = list(h.teams.ledger.ring)
        assert [(entry["direction"], entry["name"]) for entry in shown] == [
            ("to bot", "message"), ("from bot", "activities.send"),
        ]  # fmt: skip
        assert set(shown[0]) == {
            "id", "at", "direction", "name", "status", "ms", "request", "response", "note",
        }  # fmt: skip
        assert shown[0]["request"]["text"] == "hello"
        assert shown[1]["response"]["id"]
        assert h.teams.revision > 0
