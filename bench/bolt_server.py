"""What captures are measured against: Bolt with a listener that does nothing, behind a FastAPI route.

Run as a process of its own: `python -m bench.bolt_server PORT SECRET TOKEN API`. It ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys

import uvicorn
import uvloop
from fastapi import FastAPI, Request
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import Response


def application(secret: str, token: str, api: str) -> FastAPI:
    client = AsyncWebClient(token=token, base_url=api)
    # One workspace with its token, for which Bolt asks auth.test once and keeps the answer; and the listener is awaited
    # before the answer is given, as Debrief awaits its commit: a task less than Bolt would start by default.
    bolt = AsyncApp(signing_secret=secret, client=client, process_before_response=True)

    @bolt.event("message")
    async def nothing() -> None:
        pass

    web, answering = FastAPI(), AsyncSlackRequestHandler(bolt)

    @web.post("/slack/events")
    async def events(request: Request) -> Response:
        return await answering.handle(request)

    return web


async def serve(port: int, secret: str, token: str, api: str) -> None:
    config = uvicorn.Config(
        application(secret, token, api), host="127.0.0.1", port=port, log_config=None, access_log=False,
        lifespan="off", server_header=False, ws="none", timeout_keep_alive=30, http="httptools",
    )  # fmt: skip
    server = uvicorn.Server(config)

    async def end_with_input() -> None:
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True

    ending = asyncio.create_task(end_with_input())
    await server.serve()
    ending.cancel()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), *sys.argv[2:5]))
