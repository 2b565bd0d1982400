"""Webhooks of trackers: genuine ones are taken once, all others change nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from adapters.wire import MAX_BODY
from bot.model import ItemStatus
from tests.trackers.fakes import Hook
from tests.trackers.test_in_step import opened
from tests.trackers.worlds import World


@pytest.fixture
async def closed(one: World) -> Hook:
    """What tells that the ticket was closed; it did not arrive yet."""
    await opened(one)
    one.there.hooks.clear()
    one.there.change(one.there.only, "done")
    hook: Hook = one.there.hooks.pop()
    return hook


def stands(one: World) -> Any:
    return one.item(), one.count("SELECT count(*) FROM outbox"), one.count("SELECT count(*) FROM seen")


@pytest.mark.parametrize("signature", ["", "sha256=", "v1,", "sha256=" + "0" * 64, "v1,AAAA", "é", "x" * 5000])
async def test_a_forged_one_is_401_and_changes_nothing(one: World, closed: Hook, signature: str) -> None:
    before = stands(one)
    name = next(name for name in closed.headers if "signature" in name)
    forged = Hook({**closed.headers, name: signature.encode("utf-8").decode("latin-1")}, closed.body)
    assert await one.hooked(forged) == 401
    assert await one.hooked(Hook(closed.headers, closed.body + b" ")) == 401
    assert await one.hooked(Hook({}, closed.body)) == 401
    await one.settled()
    assert stands(one) == before


async def test_a_genuine_one_is_on_disk_when_it_is_answered(one: World, closed: Hook) -> None:
    before = one.count("SELECT count(*) FROM seen")
    assert await one.hooked(closed) == 200
    assert one.count("SELECT count(*) FROM seen") == before + 1


async def test_one_that_is_replayed_is_taken_once(one: World, closed: Hook) -> None:
    for _ in range(3):
        assert await one.hooked(closed) == 200
    await one.settled()
    after = one.item()
    assert after.status is ItemStatus.DONE
    await one.says("help")
    assert await one.hooked(closed) == 200
    await one.settled()
    assert one.item() == after


async def test_out_of_order_the_newest_state_counts(one: World, closed: Hook) -> None:
    one.there.change(one.there.only, "open")
    reopened = one.there.hooks.pop()
    for hook in (reopened, closed):
        assert await one.hooked(hook) == 200
        await one.settled()
    assert one.item().status is ItemStatus.OPEN


async def test_a_ticket_that_nobody_linked_is_taken_and_nothing_comes_of_it(one: World, closed: Hook) -> None:
    await one.says("ticket ACT-1 off")
    before = stands(one)
    assert await one.hooked(closed) == 200
    await one.settled()
    assert stands(one) == before


async def test_what_is_too_large_or_garbage_is_refused(one: World, closed: Hook) -> None:
    before = stands(one)
    assert await one.hooked(Hook(closed.headers, b"x" * (MAX_BODY + 1))) == 413
    assert (await one.door.get(f"/hooks/{one.store.trackers[0].name}")).status_code == 405
    assert await one.hooked(closed, path="nobody") == 404
    assert stands(one) == before


@pytest.mark.parametrize("body", [b"[]", b"\xff", b"{", b'{"issue": 5}', b"[" * 50_000, b'{"action": "closed"}'])
async def test_genuine_garbage_of_github_is_no_error(github: World, body: bytes) -> None:
    await opened(github)
    before = stands(github)
    assert await github.hooked(github.there.hook(body, "d-99")) in (200, 400)
    assert stands(github) == before


async def test_other_events_of_github_are_taken_and_left(github: World) -> None:
    await opened(github)
    before = stands(github)
    assert await github.hooked(github.there.hook(b'{"zen": "x"}', "d-98", event="ping")) == 200
    labelled = {"action": "labeled", "issue": {"number": 1}, "repository": {"full_name": "acme/app"}}
    assert await github.hooked(github.there.hook(json.dumps(labelled).encode(), "d-97")) == 200
    assert await github.hooked(github.there.hook(b"{}", "")) == 400
    assert stands(github) == before


GENUINE = {"type": "Issue", "action": "update", "data": {"identifier": "ENG-1"}}


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"\xff", b"{", b"[" * 50_000, b"{}", b'{"webhookTimestamp": "1"}', b'{"webhookTimestamp": NaN}',
        b'{"webhookTimestamp": 1e999}', b'{"webhookTimestamp": null}', b'{"webhookTimestamp": 1' + b"0" * 400 + b"}",
    ],
)  # fmt: skip
async def test_genuine_garbage_of_linear_is_no_error(linear: World, body: bytes) -> None:
    await opened(linear)
    before = stands(linear)
    assert await linear.hooked(linear.there.hook(body)) in (400, 401)
    assert stands(linear) == before


@pytest.mark.parametrize("data", [5, {}, {"identifier": 5}, {"identifier": "ENG-1/../2"}, {"previousIdentifiers": "x"}])
async def test_what_linear_says_of_nothing_in_particular_is_taken_and_left(linear: World, data: Any) -> None:
    await opened(linear)
    before = stands(linear)
    for told in ({**GENUINE, "data": data}, {**GENUINE, "type": "Comment"}, {**GENUINE, "action": "create"}):
        assert await linear.hooked(linear.there.hook(told)) == 200
    assert await linear.hooked(linear.there.hook(GENUINE, delivery="")) == 400
    assert stands(linear) == before


@pytest.mark.parametrize(("ago", "status"), [(57, 200), (61, 401), (-63, 401)])
async def test_what_linear_tells_is_good_for_a_minute(linear: World, ago: int, status: int) -> None:
    await opened(linear)
    before = stands(linear)
    assert await linear.hooked(linear.there.hook(GENUINE, sent=time.time() - ago)) == status
    assert (stands(linear) == before) is (status != 200)


async def test_what_linear_tells_with_another_secret_is_refused(linear: World) -> None:
    await opened(linear)
    before = stands(linear)
    assert await linear.hooked(linear.there.hook(GENUINE, secret="another secret of ours")) == 401
    assert stands(linear) == before


@pytest.mark.parametrize(("ago", "status"), [(299, 200), (301, 401), (-301, 401)])
async def test_a_signed_report_is_good_for_five_minutes(webhook: World, ago: int, status: int) -> None:
    await opened(webhook)
    hook = webhook.there.report("T-1", "done", time.time(), "r-900", sent=time.time() - ago)
    assert await webhook.hooked(hook) == status


async def test_a_report_signed_with_another_key_is_refused(webhook: World) -> None:
    await opened(webhook)
    hook = webhook.there.report("T-1", "done", time.time(), "r-901", key=b"x" * 32)
    assert await webhook.hooked(hook) == 401
    assert webhook.item().status is ItemStatus.OPEN


async def test_an_older_report_changes_nothing(webhook: World) -> None:
    await opened(webhook)
    now = time.time()
    for state, at in (("open", now + 50), ("done", now + 40)):
        assert await webhook.hooked(webhook.there.report("T-1", state, at, f"r-{at}")) == 200
    assert webhook.item().status is ItemStatus.OPEN


@pytest.mark.parametrize("at", ["2130-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"])
async def test_a_report_from_the_future_is_of_now_and_silences_no_later_one(webhook: World, at: str) -> None:
    await opened(webhook)
    assert await webhook.hooked(webhook.there.report("T-1", "done", at, "r-903")) == 200
    assert webhook.item().status is ItemStatus.DONE
    assert await webhook.hooked(webhook.there.report("T-1", "open", time.time() + 1, "r-904")) == 200
    assert webhook.item().status is ItemStatus.OPEN


async def test_a_report_from_before_the_calendar_is_an_old_one(webhook: World) -> None:
    await opened(webhook)
    assert await webhook.hooked(webhook.there.report("T-1", "done", time.time(), "r-905")) == 200
    ancient = webhook.there.report("T-1", "open", "0001-01-01T00:00:00+23:59", "r-906")
    assert await webhook.hooked(ancient) == 200
    assert webhook.item().status is ItemStatus.DONE


async def test_an_address_that_is_null_is_none(webhook: World) -> None:
    webhook.there.addressed = False
    await opened(webhook)
    ticket = webhook.item().ticket
    assert ticket
    assert (ticket.id, ticket.url) == ("T-1", "")
    assert await webhook.hooked(webhook.there.report("T-1", "done", time.time(), "r-902", url=None)) == 200
    assert webhook.item().status is ItemStatus.DONE
