"""Sends prepared requests over connections that are kept open, and measures each answer.

Law: at a steady rate a request is due at its moment whether earlier ones were answered or not, and its time counts from
that moment, so that a server that stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class Line(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._came = bytearray()
        self.body = b""
        """Of the last answer."""
        self._answer: asyncio.Future[int] | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, found, body = self._came.partition(b"\r\n\r\n")
        if not found or self._answer is None or self._answer.done():
            return
        fields = head.lower().split(b"content-length:", 1)
        if len(body) >= (int(fields[1].split(b"\r\n", 1)[0]) if len(fields) == 2 else 0):
            self.body = bytes(body)
            self._came.clear()
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(0)

    async def ask(self, request: bytes) -> int:
        """The status of the answer; 0 where the connection was cut."""
        if self._transport.is_closing():
            return 0
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self._transport.close()


@dataclass
class Answers:
    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def bad(self) -> int:
        return sum(1 for status in self.statuses if status != 200)

    @property
    def per_second(self) -> float:
        return len(self.statuses) / self.elapsed if self.elapsed else 0.0


async def lines(port: int, count: int) -> list[Line]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Line, "127.0.0.1", port))[1] for _ in range(count)]


async def full_speed(port: int, requests: Sequence[bytes], connections: int = 32) -> Answers:
    """Every connection sends its next request as soon as it has an answer."""
    answers, waiting, opened = Answers(), iter(requests), await lines(port, connections)

    async def drive(line: Line) -> None:
        for request in waiting:
            began = time.perf_counter()
            answers.statuses.append(await line.ask(request))
            answers.seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(drive(line) for line in opened))
    answers.elapsed = time.perf_counter() - began
    for line in opened:
        line.close()
    return answers


async def steady(port: int, requests: Sequence[bytes], per_second: float, connections: int = 64) -> Answers:
    """One request at each tick of an even clock, over whichever connection is free."""
    answers, opened, idle = Answers(), await lines(port, connections), asyncio.Queue[Line]()
    for line in opened:
        idle.put_nowait(line)

    async def send(request: bytes, due: float) -> None:
        await asyncio.sleep(due - time.perf_counter())
        line = await idle.get()
        answers.statuses.append(await line.ask(request))
        answers.seconds.append(time.perf_counter() - due)
        idle.put_nowait(line)

    began = time.perf_counter()
    await asyncio.gather(*(send(one, began + number / per_second) for number, one in enumerate(requests)))
    answers.elapsed = time.perf_counter() - began
    for line in opened:
        line.close()
    return answers
