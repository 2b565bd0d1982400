"""A program like `debrief run`, save that it sends as fast as it can: the real one keeps to Slack's 200 posts a minute.

Its environment is that of `debrief run`; words on its command line are not looked at.
"""

from __future__ import annotations

import os
from typing import Any

from adapters.clock import Clock
from adapters.front import Front
from adapters.host import Host, listen
from adapters.slack.app import SlackAdapter, SlackSettings
from adapters.slack.installations import Installation
from bot.building import open_store
from bot.logs import configure
from bot.outbox import Outbox
from bot.settings import Settings, read_settings
from bot.writer import Writer
from storage.store import SqlStore


def host(settings: Settings, store: SqlStore) -> Host:
    writer = Writer(store, threads=1 if store.sqlite else 4)

    async def joined(workspace: Installation) -> None:
        def join(tx: Any) -> None:
            tx.join("slack", workspace.team, workspace.name)

        await writer.call(join, rank=0)

    told = SlackSettings(
        bot_token=settings.slack_bot_token, signing_secret=settings.slack_signing_secret,
        api_base_url=settings.slack_api_base_url,
    )  # fmt: skip
    slack = SlackAdapter(told, writer.submit, joined=joined, paced=False)
    return Host(writer, Outbox(writer, {"slack": slack.deliver}), Clock(), Front(_nothing, slack.routes), [slack])


async def _nothing(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def main() -> None:
    configure()
    settings = read_settings(os.environ)

    async def ready() -> bool:
        print("Debrief is ready", flush=True)
        return True

    with listen(settings.host, settings.port) as listener:
        host(settings, open_store(settings)).run(listener, ready)


if __name__ == "__main__":
    main()
