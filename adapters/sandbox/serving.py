"""Serving an ASGI app on a loopback port inside the running event loop, for as long as a block lasts."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """Yields the base URL. Port 0 takes a free one."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:  # else every answer waits for more to be sent
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        config = uvicorn.Config(
            app, log_level="critical", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not task.done():  # noqa: ASYNC110 -- uvicorn sets a flag, not an event
            await asyncio.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            # asyncio leaves open for ever whom a server lets in while it closes: so first the door, then those within.
            asyncio.get_running_loop().remove_reader(listener.fileno())
            await turns()
            server.should_exit = True
            await task
            for left in list(server.server_state.connections):
                left.transport.abort()  # its answer was given up, and uvicorn leaves it open
            await turns()


async def turns() -> None:
    """As many of the loop as it takes to let in whom the system has let in, or to close what was aborted."""
    for _ in range(10):
        await asyncio.sleep(0)
