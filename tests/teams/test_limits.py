"""Pacing: no window is ever exceeded, one call at a time in a conversation, and nobody waits for another one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.limits import TENANT, WINDOWS, Held, Limits, Scenario, thread_of
from tests.teams.virtual import Time

CHANNEL = "19:incidents@thread.tacv2"
ENDLESS = 1e9


@dataclass
class Burst:
    """`calls` wishes, `gap` seconds apart, each `seconds` on its way and arriving after a `part` of that."""

    conversation: str
    scenario: Scenario = "send"
    calls: int = 1
    gap: float = 0.0
    seconds: float = 0.0
    part: float = 0.5
    tenant: str = "t"


@dataclass
class Seen:
    arrivals: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    busy: set[str] = field(default_factory=set)
    overlapped: int = 0


def played(*bursts: Burst, until: Time | None = None) -> Seen:
    """What arrives at Teams, and when."""
    time, seen = until or Time(), Seen()

    async def wish(limits: Limits, burst: Burst, number: int) -> None:
        await time.sleep(burst.gap * number)
        async with limits.turn(burst.scenario, burst.tenant, burst.conversation):
            seen.overlapped += burst.conversation in seen.busy
            seen.busy.add(burst.conversation)
            await time.sleep(burst.seconds * burst.part)
            seen.arrivals[burst.scenario, thread_of(burst.conversation)].append(time.now)
            seen.arrivals["tenant", burst.tenant].append(time.now)
            await time.sleep(burst.seconds * (1 - burst.part))
            seen.busy.discard(burst.conversation)

    async def all_of_them() -> None:
        limits = Limits(patience=ENDLESS, clock=time, sleep=time.sleep)
        await time.run(*(wish(limits, burst, number) for burst in bursts for number in range(burst.calls)))

    asyncio.run(all_of_them())
    return seen


def exceeded(arrivals: list[float], windows: tuple[tuple[int, float], ...]) -> list[tuple[int, float]]:
    """The windows in which more arrived than may."""
    at = sorted(arrivals)
    return [
        (calls, seconds)
        for calls, seconds in windows
        if any(later - earlier < seconds - 1e-6 for earlier, later in zip(at, at[calls:], strict=False))
    ]


SECONDS = st.sampled_from([0.0, 0.01, 0.3, 0.9, 2.5])
BURSTS = st.builds(
    Burst,
    conversation=st.sampled_from([CHANNEL, f"{CHANNEL};messageid=1", f"{CHANNEL};messageid=2", "a:1", "a:2"]),
    scenario=st.sampled_from(sorted(WINDOWS)),
    calls=st.integers(1, 70),
    gap=st.sampled_from([0.0, 0.05, 0.4, 1.0]),
    seconds=SECONDS,
    part=st.floats(0, 1),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(BURSTS, min_size=1, max_size=5))
def test_whatever_is_wished_for_no_window_is_ever_exceeded(bursts: list[Burst]) -> None:
    seen = played(*bursts)
    assert seen.overlapped == 0
    for (scenario, _), arrivals in seen.arrivals.items():
        windows = TENANT if scenario == "tenant" else WINDOWS[scenario]  # type: ignore[index]
        assert exceeded(arrivals, windows) == []
    assert len(seen.arrivals["tenant", "t"]) == sum(burst.calls for burst in bursts)


@settings(max_examples=25, deadline=None)
@given(others=st.lists(BURSTS, max_size=4), calls=st.integers(1, 20), seconds=SECONDS)
def test_nobody_waits_for_another_conversation(others: list[Burst], calls: int, seconds: float) -> None:
    mine = Burst("19:mine@thread.v2", calls=calls, seconds=seconds, tenant="mine")
    alone = played(mine).arrivals["tenant", "mine"]
    assert played(*others, mine).arrivals["tenant", "mine"] == pytest.approx(alone)


def test_an_hour_of_wishes_keeps_the_hours_window() -> None:
    time = Time()
    seen = played(Burst("a:1", calls=1805, gap=0.001), until=time)
    arrivals = seen.arrivals["send", "a:1"]
    assert exceeded(arrivals, WINDOWS["send"]) == []
    assert arrivals[1800] - arrivals[0] >= 3600


def test_the_threads_of_a_channel_share_its_limit_and_a_chat_has_its_own() -> None:
    time = Time()
    threads = [Burst(f"{CHANNEL};messageid={number}") for number in range(8)]
    seen = played(*threads, Burst("a:1"), until=time)
    assert sorted(seen.arrivals["send", CHANNEL])[7] >= 1001.0
    assert seen.arrivals["send", "a:1"] == [1000.0]


def test_a_tenant_takes_thirty_a_second_and_another_tenant_has_its_own() -> None:
    chats = [Burst(f"a:{number}", seconds=0.2, part=1.0) for number in range(70)]
    seen = played(*chats, *(Burst(f"b:{number}", tenant="other") for number in range(30)))
    assert exceeded(seen.arrivals["tenant", "t"], TENANT) == []
    assert len(seen.arrivals["tenant", "t"]) == 70
    assert seen.arrivals["tenant", "other"] == [1000.0] * 30


async def spent(limits: Limits, conversation: str, calls: int) -> None:
    for _ in range(calls):
        async with limits.turn("send", "t", conversation):
            pass


async def test_short_waits_are_waited_and_long_ones_are_held() -> None:
    time = Time()
    impatient = Limits(patience=0.0, clock=time, sleep=time.sleep)
    await spent(impatient, "a:1", 7)
    with pytest.raises(Held) as held:
        await spent(impatient, "a:1", 1)
    assert held.value.seconds == pytest.approx(1.0)
    await spent(impatient, "a:2", 7)
    patient = Limits(patience=2.0, clock=time, sleep=time.sleep)
    await time.run(spent(patient, "a:1", 8))
    assert time.now == pytest.approx(1001.0)


@pytest.mark.parametrize("begins", [1000.0, -1e8])
async def test_a_retry_after_is_obeyed_even_without_pacing(begins: float) -> None:
    time = Time(begins)
    limits = Limits(patience=0.0, paced=False, clock=time, sleep=time.sleep)
    limits.block(f"{CHANNEL};messageid=1", 30)
    limits.block(CHANNEL, 5)
    for conversation in (CHANNEL, f"{CHANNEL};messageid=2"):
        with pytest.raises(Held) as held:
            await spent(limits, conversation, 1)
        assert held.value.seconds == pytest.approx(30)
    await spent(limits, "a:1", 1000)
    time.now += 31
    await spent(limits, CHANNEL, 1)


async def test_whoever_waits_too_long_for_a_call_under_way_is_held() -> None:
    limits = Limits(patience=0.01)
    async with limits.turn("send", "t", "a:1"):
        with pytest.raises(Held):
            await spent(limits, "a:1", 1)
        await spent(limits, "a:2", 1)
    await spent(limits, "a:1", 1)


async def test_a_call_that_fails_gives_the_conversation_free_and_counts() -> None:
    time = Time()
    limits = Limits(patience=0.0, clock=time, sleep=time.sleep)
    for _ in range(7):
        with pytest.raises(LookupError):
            async with limits.turn("send", "t", "a:1"):
                raise LookupError
    with pytest.raises(Held):
        await spent(limits, "a:1", 1)


async def test_what_is_remembered_is_bounded_and_a_busy_thread_is_not_forgotten() -> None:
    time = Time()
    limits = Limits(patience=ENDLESS, clock=time, sleep=time.sleep)
    for number in range(12_000):
        time.now += 0.1
        await spent(limits, f"a:{number}", 1)
        limits.block(f"a:{number}", 1)
        await spent(limits, "a:busy", 1) if number % 20 == 0 else None
    assert len(limits._lanes) <= 5001
    assert len(limits._blocked) <= 5001
    assert not limits._locks
    assert limits._lanes["send", "a:busy"].last > 0
