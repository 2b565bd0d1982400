"""How activities reach the bot: signed, in time, and again where Teams sends them again.

Messages and events count as failed after 15 s and are sent a second time; a client waits 10 s for a card's button and
5 s for dialogs, which it asks for twice more under a new id and with the same value.
"""

import asyncio
import copy
import json
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from adapters.sandbox.faults import DELIVERY, Faults
from adapters.sandbox.ledger import EventRecord
from adapters.sandbox.outgoing import Answer
from adapters.sandbox.teams.ledger import Ledger
from adapters.sandbox.teams.world import Json
from adapters.sandbox.under_way import Work

EVENT_SECONDS, CARD_SECONDS, TASK_SECONDS = 15.0, 10.0, 5.0
TASK_RETRIES = 2
HELD = 0.2
"""Seconds by which a reordered activity comes too late."""


@dataclass
class Deliveries(Work):
    """`patience` below 1 makes all waiting shorter; `retries` is how often a message is sent again."""

    ledger: Ledger
    faults: Faults
    bearer: Callable[[], str]
    url: str | None = None
    patience: float = 1.0
    retries: int = 1
    _session: aiohttp.ClientSession | None = None

    def emit(self, activity: Json) -> EventRecord | None:
        """Sends an activity that nobody waits for; None while no bot is connected."""
        if self.url is None:
            return None
        record = self._record(activity)
        self.start(self._carry(activity, record))
        return record

    async def carried(self, activity: Json) -> bool:
        """Sends an activity and waits until it is acknowledged or given up."""
        if self.url is None:
            return False
        record = self._record(activity)
        await self._carry(activity, record)
        return record.acked

    async def ask(self, activity: Json, seconds: float, retries: int) -> Answer:
        """An invoke, repeated as the client does it: after a timeout or a 5xx, with the same value and a new id."""
        self.ledger.interactions[activity["name"]] += 1
        for attempt in range(retries + 1):
            if attempt:
                activity = activity | {"id": f"f:{uuid.UUID(bytes=secrets.token_bytes(16))}"}
            answer = await self._attempt(activity["name"], activity, seconds)
            self.ledger.late_answers += answer.reason == "http_timeout"
            if answer.ok or 0 < answer.status < 500:
                break
        return answer

    def _record(self, activity: Json) -> EventRecord:
        number = f"{len(self.ledger.events)}:{activity['id']}"
        place, data = activity["conversation"], activity["channelData"]
        record = EventRecord(
            number, activity["type"], place["tenantId"], place["id"], activity["id"], data.get("eventType")
        )
        self.ledger.events[number] = record
        return record

    async def _carry(self, activity: Json, record: EventRecord) -> None:
        name = activity["type"]
        fault = self.faults.take("delivery", DELIVERY, name, activity)
        if fault is not None:
            self.ledger.faults[fault.kind] += 1
        if fault is not None and fault.kind == "drop":
            record.dropped = record.finished = True
            return
        if fault is not None and fault.kind in ("delay", "reorder"):
            await asyncio.sleep(fault.seconds or HELD)
        if fault is not None and fault.kind == "duplicate":
            await self._until_acknowledged(activity, record)
        await self._until_acknowledged(activity, record)
        record.finished = True

    async def _until_acknowledged(self, activity: Json, record: EventRecord) -> None:
        for _ in range(self.retries + 1):
            record.attempts += 1
            answer = await self._post(activity["type"], activity, EVENT_SECONDS)
            record.late += answer.reason == "http_timeout"
            record.acked = record.acked or answer.ok
            if answer.ok or 0 < answer.status < 500:
                return

    async def _attempt(self, name: str, activity: Json, seconds: float) -> Answer:
        fault = self.faults.take("delivery", DELIVERY, name, activity)
        if fault is not None:
            self.ledger.faults[fault.kind] += 1
            if fault.kind == "drop":
                return Answer(0, "http_timeout", seconds * 1000)
            await asyncio.sleep(fault.seconds)
            if fault.kind == "duplicate":
                await self._post(name, activity, seconds)
        return await self._post(name, activity, seconds)

    async def _post(self, name: str, activity: Json, seconds: float) -> Answer:
        if self.url is None:
            return Answer(0, "connection_failed", 0.0)
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds * self.patience):
                answer = await self._sent(activity, started)
        except TimeoutError:
            answer = Answer(0, "http_timeout", _ms(started))
        except (aiohttp.ClientError, OSError):
            answer = Answer(0, "connection_failed", _ms(started))
        shown = copy.deepcopy(activity)
        self.ledger.show("to bot", name, answer.status, shown, answer.parsed(), answer.ms, answer.reason or "")
        return answer

    async def _sent(self, activity: Json, started: float) -> Answer:
        headers = {
            "Authorization": f"Bearer {self.bearer()}",
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
            "x-ms-conversation-id": activity["conversation"]["id"],
            "x-ms-tenant-id": activity["conversation"]["tenantId"],
        }
        raw = json.dumps(activity, ensure_ascii=False).encode()
        async with self._open().post(str(self.url), data=raw, headers=headers, allow_redirects=False) as reply:
            body = await reply.read()
        good = 200 <= reply.status < 300
        kind = reply.headers.get("content-type", "")
        return Answer(reply.status, None if good else "http_error", _ms(started), body, kind)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return self._session

    async def close(self) -> None:
        await super().close()
        if self._session is not None:
            await self._session.close()
            self._session = None


def _ms(started: float) -> float:
    return (time.monotonic() - started) * 1000
