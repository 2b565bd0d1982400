"""Where trackers tell of changes: `POST /hooks/NAME`, a raw ASGI application in front of everything else.

Law: nothing is believed before its signature is right, and 2xx means that it is on disk. What is told of a ticket that
nobody linked is answered with 2xx too, and nothing comes of it. Nothing of a body or a signature is logged.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence

from adapters.trackers.port import Heard, Tracker
from adapters.wire import READ_SECONDS, Message, Receive, Rejected, Send, read_body, respond
from bot.command import Origin
from bot.commands.tickets import TicketNoticed
from bot.errors import Unavailable, UnknownTenant
from bot.ports import Submit
from bot.ticket import Where
from bot.turns import CLOCK

log = logging.getLogger("debrief.trackers")
PREFIX = "/hooks/"
Linked = Callable[[str, str], Sequence[Where]]
"""(tracker, what it calls a ticket) to the items that have it; blocks, and raises `Unavailable`."""


class Door:
    def __init__(self, tracker: Tracker, linked: Linked, submit: Submit) -> None:
        self._tracker, self._linked, self._submit = tracker, linked, submit

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            told = await self._believed(scope, receive)
            count = await self._taken(told)
        except Rejected as rejected:
            log.info("%s: a webhook was rejected: %s", self._tracker.here.name, rejected.why)
            await respond(send, rejected.status, b"")
        except Unavailable:
            await respond(send, 503, b"", ((b"retry-after", b"5"),))
        else:
            await respond(send, 200, json.dumps({"linked": count}).encode())

    async def _believed(self, scope: Message, receive: Receive) -> Heard:
        if scope["method"] != "POST":
            raise Rejected(405, "method")
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await read_body(headers.get("content-length", "").encode("latin-1"), receive, READ_SECONDS)
        return self._tracker.heard(headers, body)

    async def _taken(self, told: Heard) -> int:
        """How many items it concerned."""
        name, count = self._tracker.here.name, 0
        for seen in told.tickets:
            for where in await asyncio.to_thread(self._linked, name, seen.id):
                origin = Origin(id=f"{name}:{told.delivery}:{where.item}", platform=CLOCK, tenant=where.organisation)
                noticed = TicketNoticed(
                    origin=origin, incident_id=where.incident, item_id=where.item, tracker=name, ticket=seen.id,
                    **seen.model_dump(),
                )  # fmt: skip
                count += await self._given(noticed)
        if told.tickets and not count:
            log.info("%s: told of a ticket that no action item has", name)
        return count

    async def _given(self, noticed: TicketNoticed) -> int:
        try:
            await self._submit(noticed)
        except UnknownTenant:
            return 0
        return 1
