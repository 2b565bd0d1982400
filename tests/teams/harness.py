"""The real adapter between a Bot Framework on loopback and an engine of a few lines that keeps what it is given."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from adapters.teams.app import TeamsAdapter, TeamsSettings
from adapters.teams.limits import Limits
from adapters.teams.references import Reference
from adapters.teams.sealed import Seal, Sealed
from adapters.wire import Answer
from tests.slack.harness import Engine
from tests.teams.fake_connector import APP_ID, BOT, CHANNEL, SECRET, TENANT, FakeConnector, connector

Json = dict[str, Any]
KEY = "a secret that all replicas share"
THREAD = f"{CHANNEL};messageid=1700000000000"
GROUP = "19:group@thread.v2"
CHAT = "a:1chat"
KINDS = {THREAD: "channel", CHANNEL: "channel", GROUP: "groupChat", CHAT: "personal"}


@dataclass
class Memory:
    """The store of references, in memory."""

    rows: dict[tuple[str, str], Reference] = field(default_factory=dict)

    async def find(self, tenant: str, ident: str) -> Reference | None:
        return self.rows.get((tenant, ident))

    async def by_entra(self, tenant: str, entra: Iterable[str]) -> dict[str, str]:
        wanted = set(entra)
        return {one.entra: one.id for one in self.rows.values() if one.tenant == tenant and one.entra in wanted}

    async def listed(self, tenant: str, kind: str) -> list[Reference]:
        return [one for one in self.rows.values() if one.tenant == tenant and one.kind == kind]

    async def save(self, reference: Reference) -> None:
        self.rows[reference.tenant, reference.id] = reference


@dataclass
class World:
    adapter: TeamsAdapter
    engine: Engine
    fake: FakeConnector
    kept: Memory
    seal: Seal = field(default_factory=lambda: Seal(KEY))
    _count: Any = field(default_factory=lambda: itertools.count(1700000000001))

    def activity(self, kind: str, where: str = THREAD, who: str = "29:1maya", **more: Any) -> Json:
        ident = str(next(self._count))
        base: Json = {
            "type": kind,
            "id": ident,
            "timestamp": "2026-03-02T09:00:00.123Z",
            "channelId": "msteams",
            "serviceUrl": self.fake.service_url,
            "from": {"id": who, "name": "Maya Lind", "aadObjectId": f"entra-{who}"},
            "recipient": {"id": BOT, "name": "Debrief"},
            "conversation": {"id": where, "conversationType": KINDS[where], "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
        }
        if KINDS[where] == "channel":
            base["channelData"] |= {"team": {"id": "19:team@thread.tacv2"}, "channel": {"id": CHANNEL}}
        return {**base, **more}

    def said(self, text: str, where: str = THREAD, *, mention: bool = False, **more: Any) -> Json:
        if not mention:
            return self.activity("message", where, text=text, **more)
        at = "<at>Debrief</at>"
        entity = {"type": "mention", "text": at, "mentioned": {"id": BOT, "name": "Debrief"}}
        return self.activity("message", where, text=f"{at} {text}", entities=[entity], **more)

    def invoke(self, name: str, value: Any, where: str = THREAD, **more: Any) -> Json:
        return self.activity("invoke", where, name=name, value=value, **more)

    def button(self, does: str, **bound: Any) -> Json:
        return self.seal.shut(Sealed(does=does, **{"channel": THREAD, **bound}))

    def pressed(self, does: str, where: str = THREAD, who: str = "29:1maya", **bound: Any) -> Json:
        action = {"type": "Action.Execute", "verb": "debrief", "data": self.button(does, **bound)}
        return self.invoke("adaptiveCard/action", {"action": action, "trigger": "manual"}, where, who=who)

    async def take(self, activity: Json) -> Answer:
        return await self.adapter.take(activity)

    async def posted(self, many: int = 1) -> list[Json]:
        """What was sent, once that many messages are there."""
        for _ in range(200):
            sent = [one.body for one in self.fake.asked if one.method in ("POST", "PUT") and "activities" in one.path]
            if len(sent) >= many:
                return sent
            await asyncio.sleep(0.01)
        raise AssertionError(f"fewer than {many} messages were sent")


def card_in(answer: Any) -> Any:
    return answer.body["task"]["value"]["card"]["content"]


def sealed_in(card: Any) -> Any:
    return card["actions"][0]["data"]


@asynccontextmanager
async def world(**settings: Any) -> AsyncIterator[World]:
    engine, kept = Engine(), Memory()
    async with connector() as fake:
        told = TeamsSettings(
            app_id=APP_ID,
            password=SECRET,
            tenant=TENANT,
            login_url=fake.login_url,
            allowed_hosts="127.0.0.1",
            simulators=True,
            secret=KEY,
            **settings,
        )
        adapter = TeamsAdapter(told, engine.submit, kept, limits=Limits(paced=False))
        try:
            yield World(adapter, engine, fake, kept)
        finally:
            await adapter.stop()
