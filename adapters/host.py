"""Everything that runs while Debrief serves: started in order, stopped in the opposite one.

Law: it is ready when chat can be answered durably; when told to stop it takes nothing new, finishes what it
has, and is gone within ten seconds. Whatever it did not finish is taken up at the next start.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import uvicorn
from starlette.routing import BaseRoute

from bot.command import Command
from bot.effects import Effect
from bot.outbox import Outbox
from bot.tick import PAGE, tick
from bot.writer import Writer

log = logging.getLogger("debrief")
HOUR_OF_BEATS = 1800
LONGEST_REST = 0.1
"""Seconds after a page of reminders."""


class _Server(uvicorn.Server):
    """Uvicorn would raise the signal again as soon as it has stopped itself, which ends everything else unfinished."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for word in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(word, self.handle_exit, word, None)
        try:
            yield
        finally:
            for word in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(word)


class Clock(Protocol):
    def start(self, *beats: Callable[[], Awaitable[None]]) -> None:
        """Calls each of the beats every two seconds, never two at once."""

    def stop(self) -> None: ...


class Chat(Protocol):
    """A platform's adapter while it runs."""

    async def start(self) -> None:
        """Called once the web server answers. Raises with a sentence where the platform refuses us."""

    async def stop(self) -> None: ...


class Platform(Chat, Protocol):
    """What a chat's adapter shows to the outside."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Its doors, below /NAME/; none where it listens in another way."""

    @property
    def counts(self) -> Iterable[tuple[str, str, int]]:
        """(name, label, count) for /metrics."""

    async def deliver(self, effect: Effect, attempt: int, unsure: bool, /) -> Command | None:
        """Carries one effect out, as `bot.ports.Deliver` promises."""


@dataclass
class Host:
    """`app` is the ASGI app with everything mounted; `hourly` keeps the store in order."""

    writer: Writer
    outbox: Outbox
    clock: Clock
    app: Any
    chats: Sequence[Chat] = ()
    hourly: Callable[[], object] = lambda: None
    ready: bool = field(default=False, init=False)
    _beats: int = field(default=0, init=False)

    async def serve(self, listener: socket.socket, when_ready: Callable[[], Awaitable[bool]]) -> None:
        """Serves until the process is told to stop, or until `when_ready` answers that this was all."""
        server = _Server(_config(self.app))
        self.writer.on_commit = self.outbox.wake
        self.writer.start()
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await _started(server, serving)
            for chat in self.chats:
                await chat.start()
            self.outbox.start()
            self.clock.start(self._tick, self._keep_order)
            self.ready = True
            _spare_what_stays()
            if await when_ready():
                await serving
        finally:
            self.ready = False
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)
            self.clock.stop()
            await self._stop()

    async def _stop(self) -> None:
        await self.outbox.stop(patience=3.0)
        for chat in reversed(self.chats):
            await chat.stop()
        await self.writer.stop()

    def run(self, listener: socket.socket, when_ready: Callable[[], Awaitable[bool]]) -> None:
        """`serve`, on the quickest event loop there is."""
        try:
            import uvloop
        except ImportError:  # not made for this platform
            asyncio.run(self.serve(listener, when_ready))
        else:
            uvloop.run(self.serve(listener, when_ready))

    async def _tick(self) -> None:
        """Page by page, each with a rest as long as it took: what is said in incidents finds its turn in between."""
        found = PAGE
        while found == PAGE:
            began = time.monotonic()
            found = await self.writer.call(tick)
            self.outbox.wake()
            await asyncio.sleep(min(time.monotonic() - began, LONGEST_REST) if found else 0)

    async def _keep_order(self) -> None:
        self._beats += 1
        if self._beats % HOUR_OF_BEATS == 0:
            await asyncio.to_thread(self.hourly)


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", server_header=False, ws="websockets-sansio",
        timeout_graceful_shutdown=3, timeout_keep_alive=30,
    )  # fmt: skip


def _spare_what_stays() -> None:
    """What the imports left is never garbage: looking through it again and again would hold up every answer."""
    gc.collect()
    gc.freeze()


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            await serving
            raise RuntimeError("the web server ended before it began")
        await asyncio.sleep(0.01)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that the port is known before anything starts. Raises `OSError` where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.set_inheritable(False)
    return listener
