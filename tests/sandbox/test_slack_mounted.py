"""The simulator mounted below a path of another server, as in the sandbox: all its links point below that path."""

import aiohttp
import pytest
from fastapi import FastAPI, Request, Response
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.serving import serving
from adapters.sandbox.slack import SimulatedSlack
from tests.sandbox.manifests import manifest


def outer(slack: SimulatedSlack) -> FastAPI:
    """A server with a middleware of its own, which hides the connection from the simulator."""
    app = FastAPI()

    @app.middleware("http")
    async def stamped(request: Request, call_next) -> Response:  # type: ignore[no-untyped-def]
        response: Response = await call_next(request)
        response.headers["x-outer"] = "1"
        return response

    app.mount("/sandbox", slack.app)
    return app


async def test_calls_sockets_and_page_work_below_a_path() -> None:
    slack = SimulatedSlack(manifest())
    async with serving(outer(slack)) as url, aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token(), base_url=f"{url}/sandbox/slack/api/", retry_handlers=[])
        assert (await client.auth_test())["ok"]
        assert slack.base_url == f"{url}/sandbox"
        link = str((await client.apps_connections_open(app_token=slack.app_token))["url"])
        assert link.startswith(url.replace("http", "ws") + "/sandbox/slack/link/?ticket=")
        async with session.ws_connect(link) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            await slack.sockets.cut()
            assert (await socket.receive()).type in (
                aiohttp.WSMsgType.CLOSED,
                aiohttp.WSMsgType.CLOSE,
                aiohttp.WSMsgType.ERROR,
            )
        async with session.get(f"{url}/sandbox/page/state") as reply:
            assert (await reply.json())["workspace"]["name"] == slack.team.name
        for address in ("/sandbox/", "/sandbox"):
            async with session.get(url + address) as reply:
                assert reply.status == 200
                assert str(reply.url) == f"{url}/sandbox/"
        slack.faults.add("store_cut", "api.test", times=1)
        with pytest.raises(aiohttp.ClientError):
            await client.api_test()
        await slack.aclose()
