"""Any tracker that can be taught two things: to take signed events, and to send one back when a ticket changes.

Law: it cannot be asked. An event sent twice has the same `webhook-id`, which is how its receiver knows it again; what
it tells is believed where it is signed and newer than what is known.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, ValidationError

from adapters.reach import Answer, Reach
from adapters.trackers import standard_webhooks as signing
from adapters.trackers.port import Draft, Heard, Wanted, Whom
from adapters.wire import Rejected
from bot.ticket import Seen, TrackerHere
from bot.words import tickets as words

NAME, LABEL = "webhook", "your tracker"
Name = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[
    str,
    Field(max_length=2000, pattern=r"^(https?://\S*)?$"),
    BeforeValidator(lambda said: "" if said is None else said),
]
"""Null is as good as none."""
AHEAD = timedelta(minutes=5)
"""How far the tracker's clock may be ahead of ours."""
LONG_AGO = datetime.fromtimestamp(0, UTC)


class _Made(BaseModel):
    """What the receiver may answer about a new ticket."""

    id: Name
    url: Address = ""


class _Told(BaseModel):
    """What it sends back."""

    ticket: Name
    state: Literal["open", "done", "dropped", "gone"]
    at: AwareDatetime
    """When it became so, by the tracker's own clock."""
    url: Address = ""


class WebhookTracker:
    """`path` is behind the address of `reach`; `clock` is real time, which signatures go by."""

    def __init__(
        self, reach: Reach, here: TrackerHere, path: str, key: bytes, clock: Callable[[], float] = time.time
    ) -> None:
        self.here = here
        self._reach, self._path, self._key, self._clock = reach, path, key, clock

    def named(self, url: str) -> str:
        return ""

    async def create(self, draft: Draft, mark: str) -> Seen:
        answer = await self._send("ticket.wanted", mark, mark, **draft.model_dump(mode="json"))
        try:
            made = _Made.model_validate(answer.fields)
        except ValidationError:
            return Seen(id=mark, state="open")  # it calls it as we do
        return Seen(id=made.id, url=made.url, state="open")

    async def find(self, mark: str, since: datetime) -> Seen | None:
        return None

    async def read(self, ticket: str, version: str = "") -> Seen:
        return Seen(id=ticket, state="same", version=version)

    async def put(self, ticket: str, state: Wanted, mark: str) -> None:
        await self._send("ticket.state", mark, ticket, state=state)

    async def assign(self, ticket: str, whom: Whom | None, mark: str) -> bool:
        await self._send("ticket.owner", mark, ticket, owner=whom.model_dump() if whom else None)
        return True

    async def set_due(self, ticket: str, due: date, mark: str) -> bool:
        await self._send("ticket.due", mark, ticket, due=due.isoformat())
        return True

    async def comment(self, ticket: str, text: str, mark: str) -> None:
        await self._send("ticket.comment", mark, ticket, text=text)

    async def said(self, ticket: str, mark: str) -> bool:
        return False

    async def well(self) -> str:
        return words.well(LABEL, self._reach.name)

    async def _send(self, type_: str, mark: str, ticket: str, **fields: Any) -> Answer:
        now = self._clock()
        told = {"type": type_, "timestamp": _iso(now), "data": {"ticket": ticket, **fields}}
        body = json.dumps(told, ensure_ascii=False).encode()
        answer = await self._reach.send_signed(self._path, body, signing.signed(self._key, mark, now, body))
        if answer.status >= 400:
            raise self._reach.refused(answer)
        return answer

    def heard(self, headers: Mapping[str, str], body: bytes) -> Heard:
        delivery = signing.genuine(self._key, headers, self._clock(), body)
        try:
            told = _Told.model_validate_json(body)
        except ValidationError:
            raise Rejected(400, "garbage") from None
        seen = Seen(id=told.ticket, url=told.url, state=told.state, version=self._version(told.at))
        return Heard(delivery=delivery, tickets=(seen,))

    def _version(self, at: datetime) -> str:
        """A moment that is yet to come is now: nothing honest would ever be newer than it."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        became = max(at, LONG_AGO) if at <= now + AHEAD else now
        return became.astimezone(UTC).isoformat(timespec="microseconds")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
