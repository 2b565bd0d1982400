"""The door of the messages' address: what comes in, what does not, and that nothing is taken that is not believed."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route

from adapters.sandbox.serving import serving
from adapters.teams.door import Door, Verifier
from adapters.wire import MAX_BODY, Answer
from bot.counts import Counts
from tests.teams.forgeries import FORGED
from tests.teams.issuer import (
    SERVICE_URL,
    Clock,
    Issuer,
    Ring,
    activity,
    checks_of,
    checks_with,
    claims,
    published,
    signed,
)

CANARY = "canary-never-in-a-log"
PATH = "/api/messages"


@dataclass
class Taken:
    """Keeps what came through, and answers as it is told."""

    answer: Answer = field(default_factory=Answer)
    got: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, payload: dict[str, Any]) -> Answer:
        self.got.append(payload)
        return self.answer


def headers(**changed: str) -> dict[str, str]:
    made = {"content-type": "application/json; charset=utf-8", "authorization": signed(), **changed}
    return {name.replace("_", "-"): value for name, value in made.items() if value}


Knock = Callable[..., Awaitable[httpx.Response]]


@asynccontextmanager
async def door(taken: Taken, counts: Counts | None = None, *, checks: Verifier | None) -> AsyncIterator[Knock]:
    app = Starlette(routes=[Route(PATH, Door(taken, checks, counts or Counts()))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:

        async def knock(
            body: bytes | dict[str, Any], told: dict[str, str] | None = None, method: str = "POST"
        ) -> httpx.Response:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            return await client.request(method, PATH, content=content, headers=headers() if told is None else told)

        yield knock


async def test_a_genuine_activity_is_taken_and_its_answer_given() -> None:
    taken = Taken(Answer(200, {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "ä"}))
    async with door(taken, checks=checks_with(Ring())) as knock:
        answer = await knock(activity())
        assert (answer.status_code, answer.json()) == taken.answer
        taken.answer = Answer(503)
        answer = await knock(activity())
        assert (answer.status_code, answer.content) == (503, b"")
    assert taken.got == [activity(), activity()]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_another_method_is_told_which_is_right(method: str) -> None:
    taken, counts = Taken(), Counts()
    async with door(taken, counts, checks=checks_with(Ring())) as knock:
        answer = await knock(b"", None, method)
    assert (answer.status_code, answer.headers["allow"], answer.content) == (405, "POST", b"")
    assert not taken.got
    assert counts.get("teams_rejected", "method") == 1


async def test_every_forgery_is_refused_with_keys_from_a_real_endpoint_and_nothing_is_taken() -> None:
    taken, counts, issuer = Taken(), Counts(), Issuer()
    async with checks_of(issuer, Clock()) as checks, door(taken, counts, checks=checks) as knock:
        assert (await knock(activity())).status_code == 200
        for name, (make, status) in FORGED.items():
            told: list[tuple[bytes, bytes]] = [
                (b"content-type", b"application/json"), (b"authorization", make().encode("latin-1"))
            ]  # fmt: skip
            answer = await knock(activity(), told)
            assert (answer.status_code, answer.content) == (status, b""), name
        assert (await knock(activity())).status_code == 200
    assert len(taken.got) == 2
    assert counts.get("teams_rejected") == len(FORGED)
    assert issuer.fetches == 2


async def test_each_refusal_is_counted_by_its_reason() -> None:
    taken, counts = Taken(), Counts()
    foreign = activity(channelData={"tenant": {"id": "another"}})
    async with door(taken, counts, checks=checks_with(Ring())) as knock:
        for told, body, status, why in (
            (headers(authorization=""), activity(), 401, "no token"),
            (headers(authorization=signed(kid="unknown")), activity(), 401, "key"),
            (headers(authorization=signed(by="mallory")), activity(), 401, "signature"),
            (headers(authorization=signed(claims(exp=1))), activity(), 401, "time"),
            (headers(), activity(serviceUrl="https://evil.example/"), 403, "service url"),
            (headers(), foreign, 403, "tenant"),
            (headers(), activity(channelId="webchat"), 403, "endorsement"),
            (headers(content_type="text/plain"), activity(), 415, "content type"),
        ):
            assert (await knock(body, told)).status_code == status, why
            assert counts.get("teams_rejected", why) == 1
    assert not taken.got


async def test_a_signing_key_may_change_while_messages_come_in() -> None:
    taken, issuer = Taken(), Issuer()
    async with checks_of(issuer) as checks, door(taken, checks=checks) as knock:
        assert (await knock(activity())).status_code == 200
        issuer.keys.append(published("second"))
        assert (await knock(activity(), headers(authorization=signed(kid="second", by="second")))).status_code == 200
        assert (await knock(activity())).status_code == 200
    assert len(taken.got) == 3


@pytest.mark.parametrize("fault", ["500", "garbage", "hangs"])
async def test_messages_come_in_while_the_keys_endpoint_is_ill(fault: str) -> None:
    taken, issuer = Taken(), Issuer()
    async with checks_of(issuer, fetch_seconds=1.0) as checks, door(taken, checks=checks) as knock:
        assert (await knock(activity())).status_code == 200
        issuer.fault = fault
        forged = asyncio.ensure_future(knock(activity(), headers(authorization=signed(kid="unknown"))))
        await asyncio.sleep(0)
        for _ in range(20):
            assert (await knock(activity())).status_code == 200
        assert (await forged).status_code == 401
    assert len(taken.got) == 21


# -- bodies


async def test_of_duplicate_keys_the_last_wins_and_nuls_and_half_characters_are_gone() -> None:
    taken = Taken()
    raw = json.dumps(activity()).encode()
    twice = (
        b'{"serviceUrl": "https://evil.example/", "a": 1, "a": {"b\\u0000": "x\\ud800y\\u0000 \\ud83d\\ude00\x00"}, '
        + raw[1:]
    )
    async with door(taken, checks=checks_with(Ring())) as knock:
        assert (await knock(twice)).status_code == 200
    assert taken.got == [{**activity(), "a": {"b": "x\ufffdy \U0001f600"}}]


async def test_the_last_of_two_service_urls_is_the_one_that_is_checked() -> None:
    taken = Taken()
    raw = json.dumps(activity()).encode()
    for more in (b'"serviceUrl": "https://evil.example/"}', b'"serviceUrl\\u0000": "https://evil.example/"}'):
        async with door(taken, checks=checks_with(Ring())) as knock:
            assert (await knock(raw[:-1] + b", " + more)).status_code == 403
    assert not taken.got


GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "bad utf-8": b'{"a": "\xff\xfe"}',
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "an array": json.dumps([activity()]).encode(),
    "a number": b"7",
    "null": b"null",
    "half a body": json.dumps(activity()).encode()[:-1],
    "two objects": json.dumps(activity()).encode() * 2,
    "no number": json.dumps(activity(value=float("nan"))).encode(),
    "endless": json.dumps(activity())[:-1].encode() + b', "value": 1e999}',
    "a long number": json.dumps(activity())[:-1].encode() + b', "value": ' + b"9" * 5000 + b"}",
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "rather deep": b'{"a":' * 80 + b"1" + b"}" * 80,
}


@pytest.mark.parametrize("name", GARBAGE)
@pytest.mark.parametrize("checked", [True, False])
async def test_a_body_that_is_no_object_is_refused(name: str, checked: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    taken, counts = Taken(), Counts()
    async with door(taken, counts, checks=checks_with(Ring()) if checked else None) as knock:
        assert (await knock(GARBAGE[name])).status_code == 400
    assert not taken.got
    assert counts.get("teams_rejected") == 1
    assert not [record for record in caplog.records if record.name.startswith("debrief")]


async def test_nothing_of_a_body_or_token_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = activity(text=CANARY, serviceUrl=SERVICE_URL)
    async with door(Taken(), checks=checks_with(Ring())) as knock:
        await knock(body)
        for token in (signed(claims(sub=CANARY), kid=CANARY), signed(claims(aud=CANARY)), f"Bearer {CANARY}.a.b"):
            await knock(body, headers(authorization=token))
        await knock({**body, "channelData": {"tenant": {"id": CANARY}}})
        await knock(json.dumps(body).encode()[:-1])
    assert CANARY not in "\n".join(record.getMessage() for record in caplog.records)
    assert signed() not in caplog.text


async def test_without_checks_no_token_is_needed_and_a_stranger_is_taken_too() -> None:
    taken = Taken()
    async with door(taken, checks=None) as knock:
        for token in ("", signed(), signed(by="mallory"), "Bearer x", "ü"):
            told = [(b"content-type", b"application/json"), (b"authorization", token.encode("latin-1"))]
            assert (await knock(activity(), told)).status_code == 200
        # What a page in a browser can send without asking.
        assert (await knock(activity(), headers(content_type="text/plain"))).status_code == 415
    assert len(taken.got) == 5


LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"))


@given(
    told=st.dictionaries(st.sampled_from(["authorization", "content-type", "content-length", "x"]), LATIN),
    body=st.binary() | st.text().map(str.encode) | st.dictionaries(st.text(), st.text() | st.none()).map(json.dumps),
    good=st.booleans(),
)
@settings(deadline=None)
async def test_whatever_else_comes_is_refused_and_never_an_error_of_ours(
    told: dict[str, str], body: bytes | str, good: bool
) -> None:
    taken, seen = Taken(), []
    raw = body.encode() if isinstance(body, str) else body
    given_headers = {**({"authorization": signed(), "content-type": "application/json"} if good else {}), **told}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: Any) -> None:
        seen.append(message)

    scope = {
        "type": "http", "method": "POST",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given_headers.items()],
    }  # fmt: skip
    await Door(taken, checks_with(Ring()), Counts())(scope, receive, send)
    assert 400 <= seen[0]["status"] < 500
    assert not taken.got


# -- over a real socket


@asynccontextmanager
async def served(taken: Taken) -> AsyncIterator[tuple[str, int]]:
    app = Door(taken, checks_with(Ring()), Counts(), read_seconds=0.5)
    async with serving(Starlette(routes=[Route(PATH, app)])) as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 0)


def head(*lines: str, authorization: str = "") -> bytes:
    token = authorization or signed()
    told = (f"POST {PATH} HTTP/1.1", "Host: bot", "Content-Type: application/json", f"Authorization: {token}", *lines)
    return "\r\n".join((*told, "", "")).encode()


async def status_of(where: tuple[str, int], *pieces: bytes) -> int:
    """The status of a raw request, however much of it the other side lets us send."""
    reader, writer = await asyncio.open_connection(*where)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    line = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    return int(line.split()[1])


async def test_a_body_without_end_in_size_or_time_is_refused() -> None:
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    taken = Taken()
    async with served(taken) as where:
        assert await status_of(where, head(f"Content-Length: {40 << 20}")) == 413
        assert await status_of(where, head("Transfer-Encoding: chunked"), *[chunk] * (MAX_BODY // 0x10000 + 2)) == 413
        assert await status_of(where, head("Content-Length: 100"), b"a") == 408
    assert not taken.got


async def test_a_stranger_is_refused_before_the_body_is_read() -> None:
    taken = Taken()
    async with served(taken) as where:
        for token in ("Basic abc", "Bearer", "Bearer ü.ü.ü", "Bearer " + "a" * 20_000 + ".b.c"):
            assert await status_of(where, head("Content-Length: 100", authorization=token)) in (400, 401, 431)
    assert not taken.got


async def test_half_open_connections_hold_up_nobody() -> None:
    taken = Taken()
    body = json.dumps(activity()).encode()
    async with served(taken) as where:
        waiting = [await asyncio.open_connection(*where) for _ in range(100)]
        for _, writer in waiting:
            writer.write(head("Content-Length: 100"))
        assert await status_of(where, head(f"Content-Length: {len(body)}") + body) == 200
        for _, writer in waiting:
            writer.close()
    assert taken.got == [activity()]
