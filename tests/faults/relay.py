"""A TCP relay that a test can stall, cut or slow down; with several targets it takes them in turn, skipping dead ones.

It runs in a thread with an event loop of its own, so that a test that blocks does not stall it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from itertools import count

from adapters.sandbox.serving import turns

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Relay:
    """`delay` is put before each message that contains one of `slow` (in bytes, going to the target)."""

    def __init__(self, *targets: tuple[str, int]) -> None:
        self._targets: Sequence[tuple[str, int]] = targets
        self._turn = count()
        self._loop = asyncio.new_event_loop()
        self._made: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = threading.Event()
        self._flows.set()
        self.cut = False
        self.slow: bytes = b""
        self.delay = 0.0
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    # -- what a test does

    def stall(self) -> None:
        """Nothing goes through any more, on old connections and new ones, and nobody is told."""
        self._flows.clear()

    def break_off(self) -> None:
        """Every connection is cut, and new ones are as soon as they are made."""
        self.cut = True
        self._loop.call_soon_threadsafe(self._abort_all)

    def restore(self) -> None:
        self.cut = False
        self._flows.set()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    # -- the loop

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._let_in, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        # asyncio leaves open for ever whom a server lets in while it closes: so first the door, then those within.
        self._loop.remove_reader(server.sockets[0].fileno())
        self._loop.run_until_complete(turns())
        server.close()
        self._loop.run_until_complete(_ended())
        self._abort_all()
        self._loop.run_until_complete(turns())  # sockets are closed a turn after their abort
        self._loop.close()

    def _abort_all(self) -> None:
        for writer in self._made:
            writer.transport.abort()  # which does nothing to one that is closed, and ends one that waits to be

    def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Known before its task begins: one that is cancelled first would leave it open."""
        self._made.add(writer)
        task = self._loop.create_task(self._accepted(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = None if self.cut else await self._connected()
        if there is None:
            writer.transport.abort()
            return
        self._made.add(there[1])
        await asyncio.gather(self._pump(reader, there[1], to=True), self._pump(there[0], writer, to=False))

    async def _connected(self) -> Streams | None:
        first = next(self._turn)
        for number in range(len(self._targets)):
            host, port = self._targets[(first + number) % len(self._targets)]
            try:
                return await asyncio.open_connection(host, port)
            except OSError:
                continue
        return None

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, to: bool) -> None:
        try:
            while chunk := await reader.read(65536):
                while not self._flows.is_set():  # noqa: ASYNC110 -- set from another thread
                    await asyncio.sleep(0.02)
                if to and self.slow and self.slow in chunk:
                    await asyncio.sleep(self.delay)
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort() if to else writer.close()


async def _ended() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
