"""Carries events and interactions to the bot: over an open socket, else over signed HTTP.

Events are repeated on Slack's schedule until they are acknowledged; commands and interactions have one attempt of 3 s.
"""

import asyncio
import json
from collections.abc import Sequence

from adapters.sandbox.events import envelope, is_wanted, subscription
from adapters.sandbox.faults import DELIVERY, Faults
from adapters.sandbox.ledger import EventRecord, Ledger
from adapters.sandbox.manifest import Manifest
from adapters.sandbox.outgoing import Answer, Outgoing, as_form
from adapters.sandbox.sockets import Sockets
from adapters.sandbox.under_way import Work
from adapters.sandbox.world import Channel, Json, Team


class Deliveries(Work):
    def __init__(
        self,
        manifest: Manifest,
        ledger: Ledger,
        faults: Faults,
        outgoing: Outgoing,
        sockets: Sockets,
        retry_delays: Sequence[float],
        verification_token: str,
    ) -> None:
        super().__init__()
        self.manifest = manifest
        self.ledger = ledger
        self.faults = faults
        self.outgoing = outgoing
        self.sockets = sockets
        self.retry_delays = tuple(retry_delays)
        self.verification_token = verification_token

    def emit(self, team: Team, scopes: frozenset[str], event: Json, channel: Channel | None) -> str | None:
        """Starts delivering an event, if the app is to get it. Answers its id."""
        if not is_wanted(self.manifest, scopes, team, event, channel):
            return None
        body = envelope(team, event, channel, self.ledger.now(), self.verification_token)
        inner = event.get("message") or event
        record = EventRecord(
            id=body["event_id"],
            name=subscription(event, channel),
            team=team.id,
            channel=channel.id if channel else None,
            ts=inner.get("ts"),
            subtype=event.get("subtype"),
        )
        self.send(body, record)
        return record.id

    def send(self, body: Json, record: EventRecord) -> None:
        """Starts delivering an outer payload as it is; tests send recorded and odd ones through here."""
        self.ledger.events[record.id] = record
        self.start(self._with_faults(body, record))

    async def _with_faults(self, body: Json, record: EventRecord) -> None:
        fault = self.faults.take("delivery", DELIVERY, record.name, body)
        if fault is not None:
            self.ledger.faults[fault.kind] += 1
        if fault is not None and fault.kind == "drop":
            record.dropped = record.finished = True
            return
        if fault is not None and fault.kind in ("delay", "reorder"):
            await asyncio.sleep(fault.seconds or self.faults.random.random())
        if fault is not None and fault.kind == "duplicate":
            self.start(self._repeat_until_acknowledged(body, record))
        await self._repeat_until_acknowledged(body, record)

    async def _repeat_until_acknowledged(self, body: Json, record: EventRecord) -> None:
        reason: str | None = None
        for number, delay in enumerate((0.0, *self.retry_delays)):
            if delay:
                await asyncio.sleep(delay)
            answer = await self._attempt(body, record, number, reason)
            if answer.ok or answer.no_retry:
                break
            reason = answer.reason
        record.finished = True

    async def _attempt(self, body: Json, record: EventRecord, number: int, reason: str | None) -> Answer:
        record.attempts += 1
        answer = await self._carry_event(body, number, reason)
        record.acked = record.acked or answer.ok
        record.late += answer.reason == "http_timeout"
        note = f"attempt {number + 1}" + (f", {answer.reason}" if answer.reason else "")
        self.ledger.show("to bot", record.name, answer.status, body, answer.parsed(), answer.ms, note)
        return answer

    async def _carry_event(self, body: Json, number: int, reason: str | None) -> Answer:
        if self.sockets.connected:
            return await self.sockets.deliver("events_api", body, number, reason, answerable=False)
        if self.outgoing.base is None:
            return Answer(0, "connection_failed", 0.0)
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": str(reason)} if number else {}
        raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return await self.outgoing.post(self.manifest.events_path, raw, "application/json", headers)

    async def command(self, fields: Json) -> Answer:
        path = self.manifest.command_path(fields["command"])
        return await self._once("command", "slash_commands", path, fields, as_form(fields))

    async def interaction(self, payload: Json) -> Answer:
        """A shortcut, a click, a submission or a request for options. One attempt."""
        options = payload["type"] == "block_suggestion"
        path = self.manifest.options_path if options else self.manifest.interactivity_path
        return await self._once(payload["type"], "interactive", path, payload, as_form({"payload": payload}))

    async def _once(self, name: str, kind: str, path: str, payload: Json, form: bytes) -> Answer:
        self.ledger.interactions[name] += 1
        fault = self.faults.take("delivery", frozenset({"drop", "delay"}), name, payload)
        if fault is not None and fault.kind == "drop":
            answer = Answer(0, "http_timeout", self.outgoing.seconds * 1000)
        else:
            await asyncio.sleep(fault.seconds if fault else 0)
            answer = await self._carry_once(kind, path, payload, form)
        self.ledger.late_answers += answer.reason == "http_timeout"
        self.ledger.show("to bot", name, answer.status, payload, answer.parsed(), answer.ms, answer.reason or "")
        return answer

    async def _carry_once(self, kind: str, path: str, payload: Json, form: bytes) -> Answer:
        if self.sockets.connected:
            return await self.sockets.deliver(kind, payload, 0, None, answerable=True)
        if self.outgoing.base is None:
            return Answer(0, "connection_failed", 0.0)
        return await self.outgoing.post(path, form, "application/x-www-form-urlencoded", {})

    async def verify_url(self) -> bool:
        """The handshake made when a request URL is entered: the bot must answer the challenge it is sent."""
        challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
        body = {"token": self.verification_token, "challenge": challenge, "type": "url_verification"}
        raw = json.dumps(body).encode()
        answer = await self.outgoing.post(self.manifest.events_path, raw, "application/json", {})
        said = answer.parsed()
        return answer.ok and challenge in (said, said.get("challenge") if isinstance(said, dict) else None)

    def rate_limited(self, team: Team, minute: int) -> None:
        """The notice that events of a minute were not delivered; it is an outer payload of its own."""
        body = {
            "token": self.verification_token,
            "type": "app_rate_limited",
            "team_id": team.id,
            "minute_rate_limited": minute,
            "api_app_id": team.app_id,
        }
        record = EventRecord(
            f"limited-{team.id}-{len(self.ledger.events)}", "app_rate_limited", team.id, None, None, None
        )
        self.send(body, record)
