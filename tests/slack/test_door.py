"""The door of the events' address: what comes in, what does not, and how fast."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from adapters.sandbox.serving import serving
from adapters.slack.door import Door
from adapters.slack.signing import genuine, signature, timely
from adapters.wire import MAX_BODY, Answer
from bot.counts import Counts

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_700_000_000.0
CANARY = "canary-never-in-a-log"


@dataclass
class Taken:
    """Keeps what came through, and answers 200."""

    got: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, payload: dict[str, Any]) -> Answer:
        self.got.append(payload)
        return Answer()


def headers(body: bytes, *, at: float = NOW, kind: str = "application/json", **more: str) -> dict[str, str]:
    stamp = str(int(at)).encode()
    signed = signature(SECRET.encode(), stamp, body).decode()
    return {
        "content-type": kind, "x-slack-request-timestamp": stamp.decode(), "x-slack-signature": signed,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip


@dataclass
class Knocked:
    status: int
    headers: httpx.Headers
    body: bytes


Knock = Callable[..., Awaitable[Knocked]]


@asynccontextmanager
async def door(taken: Taken, counts: Counts | None = None) -> AsyncIterator[Knock]:
    app = Starlette(routes=[Route("/slack/events", Door(SECRET, taken, counts or Counts(), clock=lambda: NOW))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:

        async def knock(body: bytes, told: dict[str, str] | None = None, method: str = "POST") -> Knocked:
            sent = headers(body) if told is None else told
            answer = await client.request(method, "/slack/events", content=body, headers=sent)
            return Knocked(answer.status_code, answer.headers, answer.content)

        yield knock


def test_the_signature_is_that_of_the_published_example() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
        b"803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = b"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature(SECRET.encode(), b"1531420618", body) == expected
    assert genuine(SECRET.encode(), b"1531420618", body, expected)
    assert not genuine(SECRET.encode(), b"1531420618", body + b"&", expected)


@pytest.mark.parametrize(
    "stamp", [b"", b"-1", b"1e9", b"1.5", b" 1700000000", b"1_700_000_000", b"\xd9\xa1", b"9" * 40]
)
def test_a_timestamp_that_is_no_number_is_not_timely(stamp: bytes) -> None:
    assert not timely(stamp, NOW)


@pytest.mark.parametrize(("off", "status"), [(-301, 401), (-300, 200), (-299, 200), (299, 200), (300, 200), (301, 401)])
async def test_a_request_is_good_for_five_minutes_both_ways(off: int, status: int) -> None:
    async with door(Taken()) as knock:
        body = b'{"type":"event_callback"}'
        assert (await knock(body, headers(body, at=NOW + off))).status == status


async def test_a_signed_object_comes_through_and_a_retry_is_taken_like_the_first() -> None:
    taken = Taken()
    async with door(taken) as knock:
        body = b'{"type":"event_callback","event":{"type":"x"}}'
        told = headers(body, x_slack_retry_num="1", x_slack_retry_reason="http_timeout")
        assert (await knock(body)).status == 200
        assert (await knock(body, told)).status == 200
    assert len(taken.got) == 2


async def test_the_challenge_is_answered_only_after_the_signature() -> None:
    async with door(Taken()) as knock:
        body = b'{"type":"url_verification","challenge":"c-1","token":"t"}'
        assert json.loads((await knock(body)).body) == {"challenge": "c-1"}
        forged = {**headers(body), "x-slack-signature": "v0=" + "0" * 64}
        assert (await knock(body, forged)).status == 401


async def test_forms_and_their_payloads_are_read() -> None:
    taken = Taken()
    async with door(taken) as knock:
        kind = "application/x-www-form-urlencoded; charset=utf-8"
        for fields in ({"command": "/incident", "text": "ä & b"}, {"payload": json.dumps({"type": "shortcut"})}):
            body = urlencode(fields).encode()
            assert (await knock(body, headers(body, kind=kind))).status == 200
    assert taken.got == [{"command": "/incident", "text": "ä & b"}, {"type": "shortcut"}]


async def test_of_duplicate_keys_the_last_wins_and_half_characters_are_mended() -> None:
    taken = Taken()
    async with door(taken) as knock:
        assert (await knock(b'{"a": 1, "a": {"b": "x\\ud800y \\ud83d\\ude00"}}')).status == 200
    assert taken.got == [{"a": {"b": "x\ufffdy \U0001f600"}}]


def forged(body: bytes, **changed: str) -> dict[str, str]:
    return {**headers(body), **{name.replace("_", "-"): value for name, value in changed.items()}}


GARBAGE: dict[str, tuple[bytes, dict[str, str]]] = {
    "no headers": (b"{}", {}),
    "empty timestamp": (b"{}", forged(b"{}", x_slack_request_timestamp="")),
    "timestamp in words": (b"{}", forged(b"{}", x_slack_request_timestamp="yesterday")),
    "huge timestamp": (b"{}", forged(b"{}", x_slack_request_timestamp="9" * 400)),
    "signature of another": (b"{}", forged(b"{}", x_slack_signature="v0=" + "a" * 64)),
    "empty signature": (b"{}", forged(b"{}", x_slack_signature="")),
    "long signature": (b"{}", forged(b"{}", x_slack_signature="v0=" + "a" * 9000)),
    "old version": (b"{}", forged(b"{}", x_slack_signature="v1=" + "a" * 64)),
    "bad utf-8": (b'{"a": "\xff\xfe"}', headers(b'{"a": "\xff\xfe"}')),
    "an array": (b"[1, 2]", headers(b"[1, 2]")),
    "a number": (b"7", headers(b"7")),
    "nothing": (b"", headers(b"")),
    "half a body": (b'{"type": "ev', headers(b'{"type": "ev')),
    "another type": (b"{}", headers(b"{}", kind="text/plain")),
    "no type": (b"{}", {name: value for name, value in headers(b"{}").items() if name != "content-type"}),
    "a form with bad json": (b"payload=%7B", headers(b"payload=%7B", kind="application/x-www-form-urlencoded")),
    "a form with an array": (b"payload=[]", headers(b"payload=[]", kind="application/x-www-form-urlencoded")),
    "a form with bad utf-8": (b"a=%ff%fe", headers(b"a=%ff%fe", kind="application/x-www-form-urlencoded")),
    "many fields": (b"a=1&" * 5000, headers(b"a=1&" * 5000, kind="application/x-www-form-urlencoded")),
}


@pytest.mark.parametrize("name", GARBAGE)
async def test_garbage_is_refused_and_never_an_error_of_ours(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    taken, counts = Taken(), Counts()
    body, told = GARBAGE[name]
    async with door(taken, counts) as knock:
        answer = await knock(body, told)
    assert 400 <= answer.status < 500, name
    assert not taken.got
    assert counts.get("slack_rejected") == 1


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' * 80 + b"1" + b"}" * 80])
async def test_depth_is_refused(body: bytes) -> None:
    taken = Taken()
    async with door(taken) as knock:
        assert (await knock(body)).status == 400
    assert not taken.got


async def test_a_signed_refusal_asks_not_to_be_retried_and_a_wrong_clock_does_not() -> None:
    async with door(Taken()) as knock:
        assert (await knock(b"[]")).headers["x-slack-no-retry"] == "1"
        assert "x-slack-no-retry" not in (await knock(b"{}", headers(b"{}", at=NOW - 900))).headers


async def test_nothing_of_a_body_or_signature_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = json.dumps({"type": CANARY, "text": CANARY}).encode()
    async with door(Taken()) as knock:
        await knock(body)
        await knock(body, forged(body, x_slack_signature=CANARY))
        await knock(body[:-1], headers(body[:-1]))
    shown = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("debrief"))
    assert CANARY not in shown


async def test_another_method_is_refused() -> None:
    async with door(Taken()) as knock:
        assert (await knock(b"", {}, "GET")).status == 405


# -- over a real socket


@asynccontextmanager
async def served(taken: Taken) -> AsyncIterator[tuple[str, int]]:
    app = Door(SECRET, taken, Counts(), read_seconds=0.5)
    async with serving(Starlette(routes=[Route("/slack/events", app)])) as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 0)


async def sent(where: tuple[str, int], *pieces: bytes, pause: float = 0.0) -> tuple[int, float]:
    """Status and seconds of a raw request."""
    reader, writer = await asyncio.open_connection(*where)
    started = time.monotonic()
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
    except ConnectionError:
        pass
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return int(line.split()[1]), time.monotonic() - started


def head(*lines: str) -> bytes:
    at = str(int(time.time()))
    told = ("POST /slack/events HTTP/1.1", "Host: bot", "Content-Type: application/json", *lines)
    return "\r\n".join(
        (*told, f"X-Slack-Request-Timestamp: {at}", "X-Slack-Signature: v0=" + "0" * 64, "", "")
    ).encode()


async def test_a_huge_body_is_refused_before_it_is_read() -> None:
    async with served(Taken()) as where:
        status, seconds = await sent(where, head(f"Content-Length: {40 << 20}"))
        assert (status, seconds < 0.5) == (413, True)


async def test_an_endless_body_is_refused_at_its_limit() -> None:
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    async with served(Taken()) as where:
        status, seconds = await sent(where, head("Transfer-Encoding: chunked"), *[chunk] * (MAX_BODY // 0x10000 + 2))
        assert (status, seconds < 2) == (413, True)


async def test_a_body_that_never_ends_is_given_up() -> None:
    async with served(Taken()) as where:
        status, seconds = await sent(where, head("Content-Length: 100"), b"a")
        assert (status, seconds < 3) == (408, True)


async def test_a_signature_that_is_no_ascii_is_refused() -> None:
    async with served(Taken()) as where:
        told = head("Content-Length: 2").replace(b"v0=" + b"0" * 64, "v0=ü".encode() * 16 + b"\xff" * 4)
        status, _ = await sent(where, told, b"{}")
        assert 400 <= status < 500


async def test_half_open_connections_hold_up_nobody() -> None:
    taken = Taken()
    async with served(taken) as where:
        waiting = [await asyncio.open_connection(*where) for _ in range(100)]
        for _, writer in waiting:
            writer.write(head("Content-Length: 100"))
        body = b'{"type":"event_callback"}'
        at = str(int(time.time()))
        signed = signature(SECRET.encode(), at.encode(), body).decode()
        zero = head(f"Content-Length: {len(body)}").replace(b"v0=" + b"0" * 64, signed.encode())
        status, seconds = await sent(where, zero + body)
        assert (status, seconds < 0.5) == (200, True)
        for _, writer in waiting:
            writer.close()
    assert len(taken.got) == 1
