"""Pacing: each method and workspace by itself, each channel at one message a second after a burst."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from adapters.slack.limits import CHANNEL_BURST, TIER_OF, Held, Limits


@dataclass
class Time:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def limits(time: Time, patience: float = 0.0, *, paced: bool = True) -> Limits:
    return Limits(patience=patience, paced=paced, clock=time, sleep=time.sleep)


async def test_a_channel_takes_a_burst_and_then_one_a_second() -> None:
    time = Time()
    pace = limits(time)
    for _ in range(CHANNEL_BURST):
        await pace.turn("T1", "chat.postMessage", "C1")
    with pytest.raises(Held) as held:
        await pace.turn("T1", "chat.postMessage", "C1")
    assert held.value.seconds == pytest.approx(1.0)
    await pace.turn("T1", "chat.postMessage", "C2")
    await pace.turn("T2", "chat.postMessage", "C1")
    time.now += 1.0
    await pace.turn("T1", "chat.postMessage", "C1")


async def test_whoever_is_patient_waits_for_the_turn() -> None:
    time = Time()
    pace = limits(time, patience=2.0)
    for _ in range(CHANNEL_BURST + 2):
        await pace.turn("T1", "chat.postMessage", "C1")
    assert time.now == pytest.approx(1002.0)


async def test_a_method_is_called_as_often_a_minute_as_its_tier_allows() -> None:
    time = Time()
    pace = limits(time)
    for _ in range(TIER_OF["chat.update"]):
        await pace.turn("T1", "chat.update")
    with pytest.raises(Held) as held:
        await pace.turn("T1", "chat.update")
    assert held.value.seconds == pytest.approx(60)
    await pace.turn("T1", "users.info")
    time.now += 60
    await pace.turn("T1", "chat.update")


async def test_a_retry_after_is_obeyed_even_without_pacing() -> None:
    time = Time()
    pace = limits(time, paced=False)
    pace.block("T1", "chat.update", 30)
    pace.block("T1", "chat.update", 5)
    with pytest.raises(Held) as held:
        await pace.turn("T1", "chat.update")
    assert held.value.seconds == pytest.approx(30)
    await pace.turn("T2", "chat.update")
    for _ in range(1000):
        await pace.turn("T1", "chat.postMessage", "C1")
