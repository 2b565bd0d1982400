"""Signing keys: how often they are asked for, and what is done while nobody answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.keys import AGEING, DEAD, MAX_DOCUMENT, MAX_KEYS, OLD, PAUSE, PAUSE_WITHOUT_KEYS, read, usable
from bot.counts import Counts
from tests.teams.issuer import Clock, Issuer, keys_of, published

FAULTS = ["500", "garbage", "deep", "an array", "nothing", "a number", "elsewhere", "a file", "huge"]


async def ended(counts: Counts, number: int) -> None:
    """Waits until that many fetches have ended, in the background too."""
    async with asyncio.timeout(10):
        while counts.get("teams_keys") < number:  # noqa: ASYNC110 -- a counter is no event
            await asyncio.sleep(0.005)


async def test_a_key_is_fetched_once_and_kept() -> None:
    issuer = Issuer()
    async with keys_of(issuer, Clock()) as keys:
        for _ in range(50):
            key = await keys.find("first")
            assert key is not None
            assert key.endorsements == {"msteams"}
    assert (issuer.fetches, issuer.asked) == (1, 1)


async def test_a_key_that_is_published_meanwhile_is_found_by_its_first_request() -> None:
    issuer, clock = Issuer(), Clock()
    async with keys_of(issuer, clock) as keys:
        assert await keys.find("first")
        issuer.keys.append(published("second"))
        clock.now += 1
        assert await keys.find("second")
        assert await keys.find("first")
    assert issuer.fetches == 2


async def test_a_key_that_is_withdrawn_is_not_believed_after_the_next_fetch() -> None:
    issuer = Issuer()
    async with keys_of(issuer, Clock()) as keys:
        assert await keys.find("first")
        issuer.keys = [published("second")]
        assert await keys.find("second")
        assert await keys.find("first") is None


@pytest.mark.parametrize("warm", [True, False])
async def test_a_thousand_unknown_kids_are_asked_for_once_in_five_minutes(warm: bool) -> None:
    issuer, clock = Issuer(), Clock()
    async with keys_of(issuer, clock) as keys:
        if warm:
            assert await keys.find("first")
        before = issuer.fetches
        for start in range(0, 1000, 100):
            found = await asyncio.gather(*(keys.find(f"random {n}") for n in range(start, start + 100)))
            assert found == [None] * 100
            clock.now += 0.1
        assert issuer.fetches - before == 1
        clock.now += PAUSE - 2
        assert await keys.find("random again") is None
        assert issuer.fetches - before == 1
        clock.now += 2
        assert await keys.find("random again") is None
        assert await keys.find("first")
        assert issuer.fetches - before == 2


async def test_a_key_that_is_published_during_a_flood_is_found_five_minutes_later_at_most() -> None:
    issuer, clock = Issuer(), Clock()
    async with keys_of(issuer, clock) as keys:
        assert await keys.find("random") is None
        issuer.keys.append(published("second"))
        assert await keys.find("second") is None
        clock.now += PAUSE
        assert await keys.find("random") is None
        assert await keys.find("second")


async def test_requests_that_wait_for_the_same_fetch_share_it() -> None:
    issuer = Issuer()
    async with keys_of(issuer) as keys:
        found = await asyncio.gather(*(keys.find("first") for _ in range(100)))
    assert all(found)
    assert issuer.fetches == 1


async def test_whoever_gives_up_waiting_does_not_end_the_fetch_of_the_others() -> None:
    issuer = Issuer()
    async with keys_of(issuer) as keys:
        impatient, patient = (asyncio.create_task(keys.find("first")) for _ in range(2))
        await asyncio.sleep(0)
        impatient.cancel()
        assert await patient
        assert impatient.cancelled()
    assert issuer.fetches == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_keys_go_on_serving_for_days_while_nothing_better_can_be_had(fault: str) -> None:
    issuer, clock, counts = Issuer(), Clock(), Counts()
    async with keys_of(issuer, clock, counts=counts) as keys:
        assert await keys.find("first")
        issuer.fault = fault
        for number, clock.now in enumerate((AGEING, OLD - 1, OLD + PAUSE, 2 * OLD, DEAD - 1), 2):
            assert await keys.find("first"), clock.now
            await ended(counts, number)
        clock.now = DEAD + 1
        assert await keys.find("first") is None
        issuer.fault = ""
        clock.now += PAUSE
        assert await keys.find("first")
    assert (counts.get("teams_keys", "fetched"), counts.get("teams_keys", "failed")) == (2, 5)


async def test_an_endpoint_that_hangs_holds_up_only_those_who_need_it() -> None:
    issuer, clock = Issuer(), Clock()
    async with keys_of(issuer, clock, fetch_seconds=0.3) as keys:
        assert await keys.find("first")
        issuer.fault = "hangs"
        waiting = asyncio.create_task(keys.find("unknown"))
        await asyncio.sleep(0.05)
        for _ in range(100):
            assert await keys.find("first")
        clock.now = AGEING
        assert await keys.find("first")
        assert not waiting.done()
        assert await asyncio.wait_for(waiting, 5) is None


async def test_ageing_keys_are_refreshed_while_nobody_waits() -> None:
    issuer, clock, counts = Issuer(), Clock(), Counts()
    async with keys_of(issuer, clock, counts=counts) as keys:
        assert await keys.find("first")
        issuer.keys.append(published("second"))
        clock.now = AGEING
        assert await keys.find("first")
        await ended(counts, 2)
        assert issuer.fetches == 2
        assert await keys.find("second")
        assert await keys.find("first")
    assert issuer.fetches == 2


async def test_a_withdrawn_key_does_not_outlive_a_quiet_day() -> None:
    issuer, clock = Issuer(), Clock()
    async with keys_of(issuer, clock) as keys:
        assert await keys.find("first")
        issuer.keys = [published("second")]
        clock.now = OLD
        assert await keys.find("first") is None


async def test_without_any_key_it_is_tried_again_soon() -> None:
    issuer, clock = Issuer(fault="500"), Clock()
    async with keys_of(issuer, clock) as keys:
        await keys.start()
        for _ in range(10):
            assert await keys.find("first") is None
        assert issuer.fetches == 1
        issuer.fault = ""
        clock.now += PAUSE_WITHOUT_KEYS
        assert await keys.find("first")


async def test_an_address_without_tls_is_asked_only_by_simulators() -> None:
    issuer = Issuer()
    async with keys_of(issuer, simulators=False) as keys:
        assert await keys.find("first") is None
    assert issuer.fetches == 0


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/keys", "keys", "http://[", "https://", ""])
async def test_an_odd_address_of_keys_is_not_followed(address: str) -> None:
    issuer = Issuer(jwks_uri=address or "http://")
    async with keys_of(issuer) as keys:
        assert await keys.find("first") is None
    assert issuer.asked == 0


async def test_an_endpoint_that_is_gone_is_a_failed_fetch() -> None:
    async with keys_of(Issuer()) as keys:
        pass
    assert await keys.find("first") is None


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "EC"}, {"use": "enc"}, {"alg": "RS512"}, {"kid": ""}, {"kid": 7}, {"kid": "k" * 500}, {"n": "AQAB"},
        {"n": "!!!"}, {"n": 7}, {"n": "A" * 9000}, {"e": ""}, {"e": "AA"}, {"e": "Ag"}, {"e": None}, {"n": ""},
    ],
)  # fmt: skip
def test_a_key_of_another_kind_is_left_out(changed: dict[str, Any]) -> None:
    entry = published("first")
    assert usable(entry)
    assert usable({**entry, **changed}) is None


def test_a_short_key_is_left_out() -> None:
    assert usable(published("short")) is None


def test_endorsements_of_odd_types_count_for_nothing() -> None:
    for odd in (None, 7, "msteams", {"msteams": 1}, [["msteams"], None, 7]):
        key = usable(published("first") | {"endorsements": odd})
        assert key is not None
        assert key.endorsements == frozenset()


@pytest.mark.parametrize("listed", [None, 7, {}, [], [7, None, "x"], [published] * (MAX_KEYS + 1)])
def test_a_set_without_a_usable_key_is_garbage(listed: Any) -> None:
    with pytest.raises(ValueError):
        read({"keys": listed})


def test_a_document_may_hold_what_microsoft_publishes() -> None:
    many = [published("first") | {"x5c": ["A" * 2000], "kid": f"k{n}"} for n in range(MAX_KEYS)]
    assert len(read({"keys": many})) == MAX_KEYS
    assert len(str(many)) < MAX_DOCUMENT
