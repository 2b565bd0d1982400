"""Signed requests as Slack makes them, one at a time or many at once, each to the bot that the test names."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from adapters.sandbox.outgoing import Answer, Outgoing, as_form
from tests.faults.processes import Bot
from tests.faults.rig import Rig
from tests.faults.stillness import stillness

Json = dict[str, Any]
EVENTS = "/slack/events"
REASONS = ("http_timeout", "too_many_redirects", "connection_failed", "ssl_error", "http_error", "unknown_error")
NUMBERS = count(1)


@dataclass
class Driver:
    rig: Rig
    sent: list[Json] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    """Ids of the events that a 2xx was given for."""
    _ways: dict[int, Outgoing] = field(default_factory=dict)

    def message(self, room: str, text: str, *, mention: bool = False) -> Json:
        """The body of an event about a new message."""
        number, team = next(NUMBERS), self.rig.sim.team
        ts = f"{int(self.rig.sim.now().timestamp())}.{number:06d}"
        what = {"type": "app_mention"} if mention else {"type": "message", "channel_type": "channel"}
        said = f"<@{team.bot_user}> {text}" if mention else text
        event = {**what, "channel": room, "user": self.rig.sim.user("tom").id, "text": said, "ts": ts, "event_ts": ts}
        body = {
            "type": "event_callback", "team_id": team.id, "api_app_id": self.rig.sim.app_id, "event": event,
            "event_id": f"Ev{number:08d}", "event_time": int(ts.split(".", maxsplit=1)[0]),
            "authorizations": [{"team_id": team.id, "user_id": team.bot_user, "is_bot": True}],
        }  # fmt: skip
        self.sent.append(body)
        return body

    async def post(self, body: Json, *, bot: Bot | None = None, retry: int = 0, reason: str = "http_error") -> Answer:
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        still = stillness().ms
        answer = await self._way(bot).post(EVENTS, json.dumps(body).encode(), "application/json", headers)
        if answer.ok:
            self.accepted.add(body["event_id"])
        return replace(answer, ms=answer.ms - (stillness().ms - still))

    async def command(self, who: str, room: str, text: str, *, bot: Bot | None = None) -> Answer:
        """`/incident text`, to one bot."""
        sim = self.rig.sim
        user = sim.user(who)
        fields = sim._command_fields(sim.team, sim.team.channels[room], user, "/incident", text)
        return await self._way(bot).post(EVENTS, as_form(fields), "application/x-www-form-urlencoded", {})

    async def interact(self, payload: Json, *, bot: Bot | None = None) -> Answer:
        form = as_form({"payload": payload})
        return await self._way(bot).post(EVENTS, form, "application/x-www-form-urlencoded", {})

    async def repeat_refused(self, *, bot: Bot | None = None) -> None:
        """What Slack does later with what was not accepted."""
        waiting = [body for body in self.sent if body["event_id"] not in self.accepted]
        for start in range(0, len(waiting), 20):
            await asyncio.gather(*(self.post(body, bot=bot, retry=1) for body in waiting[start : start + 20]))

    def missing(self) -> list[str]:
        """Texts of accepted messages that are not stored exactly once."""
        rows = [text for (text,) in self.rig.rows("SELECT text FROM entry WHERE ref IS NOT NULL")]
        wanted = [body["event"]["text"] for body in self.sent if body["event_id"] in self.accepted]
        return [text for text in wanted if rows.count(text) != 1]

    def _way(self, bot: Bot | None) -> Outgoing:
        port = int((bot or self.rig.bot).env["DEBRIEF_PORT"])
        if port not in self._ways:
            secret = self.rig.sim.credentials.signing_secret
            self._ways[port] = Outgoing(f"http://127.0.0.1:{port}", secret, 10.0)
        return self._ways[port]

    async def close(self) -> None:
        for way in self._ways.values():
            await way.close()
