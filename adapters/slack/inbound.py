"""Everything Slack sends, over HTTP or over a socket, on its one way into the engine.

Law: an answer of 200 means that it is durable. What nobody understands is counted and answered 200, for asking again
would not help; what cannot be stored just now is answered 503, so that Slack asks again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from adapters.slack import gestures, happenings
from adapters.slack.answers import Answers
from adapters.slack.calls import Calls, Failed
from adapters.slack.captures import CAPTURED, Captures
from adapters.slack.happenings import Happenings
from adapters.slack.tenants import tenant_of
from adapters.wire import Answer
from bot.command import Command
from bot.commands.captures import PIN, Pinned, Reacted
from bot.counts import Counts
from bot.errors import Refused, Retry, Unavailable, UnknownTenant, Unsure
from bot.ports import Submit

Json = dict[str, Any]
log = logging.getLogger("debrief.slack")
MISREAD = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What reading a payload of an unknown shape raises."""
Gap = Callable[[str, str], Awaitable[None]]
"""(workspace, since): messages may be missing in all its channels."""


class Inbound:
    def __init__(
        self,
        submit: Submit,
        captures: Captures,
        answers: Answers,
        calls: Calls,
        counts: Counts,
        *,
        rate_limited: Gap,
        uninstalled: Callable[[str], Awaitable[None]],
        settled: Callable[[], bool],
    ) -> None:
        """`settled`: the workspace of the settings' token is known, so that an unknown one never joined."""
        self._submit = submit
        self._captures = captures
        self._answers = answers
        self._calls = calls
        self._counts = counts
        self._rate_limited = rate_limited
        self._uninstalled = uninstalled
        self._settled = settled
        self._happenings = Happenings()
        self._bolt: AsyncApp | None = None
        self._private: dict[tuple[str, str], bool] = {}

    def use(self, bolt: AsyncApp) -> None:
        """Who routes what is no message."""
        self._bolt = bolt

    async def take(self, payload: Json) -> Answer:
        """Carries a verified payload out, durably, before it answers."""
        event = payload.get("event")
        try:
            if isinstance(event, dict) and event.get("type") in CAPTURED and payload.get("type") == "event_callback":
                return await self._captured(payload, event)
            return await self._routed(payload)
        except Unavailable:
            self._counts.add("slack_unavailable")
            return Answer(503)
        except UnknownTenant:
            self._counts.add("slack_unknown_tenant")
            return Answer() if self._settled() else Answer(503)
        except MISREAD as misread:
            self._counts.add("slack_misread", type(misread).__name__)
            return Answer()
        except Exception as bug:
            log.error("a payload failed: %s", type(bug).__name__)  # noqa: TRY400 -- its text may quote people
            self._counts.add("slack_failed", type(bug).__name__)
            return Answer(503)

    async def _captured(self, payload: Json, event: Json) -> Answer:
        """The fast path."""
        if event["type"] == "message":
            if event.get("channel_type") == "im":
                return await self._direct(payload)
            if event.get("subtype") == "channel_convert_to_private":
                return await self._made_private(payload)
        command = self._captures.of(payload)
        if command is not None:
            await self._submit(command)
        if isinstance(command, Pinned | Reacted) and command.added and _is_pin(command):
            return await self._marked(command)
        return Answer()

    async def _marked(self, capture: Pinned | Reacted) -> Answer:
        """A pin: where no incident listens, it asks for an entry in the timeline of the incident that is meant."""
        private = await self._is_private(capture.message.tenant, capture.message.channel)
        return await self._answers.heard(gestures.pin(capture, private=private), refusals=False)

    async def _is_private(self, tenant: str, channel: str) -> bool:
        """Whether the conversation is private; where Slack does not tell within a second, it counts as private."""
        if (tenant, channel) not in self._private:
            try:
                found = await self._calls(tenant, "conversations.info", seconds=1.0, channel=channel)
            except (Failed, Retry, Unsure):
                return True
            self._private[tenant, channel] = (found.get("channel") or {}).get("is_private") is not False
        return self._private[tenant, channel]

    async def _direct(self, payload: Json) -> Answer:
        return await self._heard(payload, gestures.direct)

    async def _heard(self, payload: Json, reading: Callable[[Json], gestures.Gesture | None]) -> Answer:
        try:
            gesture = reading(payload)
        except Refused as refused:
            return await self._answers.refuse(refused, gestures.address_of(payload))
        return await self._answers.heard(gesture) if gesture is not None else Answer()

    async def _made_private(self, payload: Json) -> Answer:
        """Who may know of the incident from now on: those in the channel, as far as Slack tells within a second."""
        members: list[str] = []
        try:
            found = await self._calls(
                tenant_of(payload), "conversations.members", seconds=1.5, channel=payload["event"]["channel"], limit=999
            )
            members = [str(user) for user in found.get("members") or ()]
        except (Failed, Retry, Unsure):
            self._counts.add("slack_members_unknown")
        self._private[tenant_of(payload), payload["event"]["channel"]] = True
        await self._submit(happenings.made_private(payload, members))
        return Answer()

    async def _routed(self, payload: Json) -> Answer:
        if payload.get("type") == "app_rate_limited":
            self._counts.add("slack_app_rate_limited")
            await self._rate_limited(tenant_of(payload), f"{int(payload['minute_rate_limited'])}.000000")
            return Answer()
        if self._bolt is None:
            raise Unavailable
        answer = await self._bolt.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))
        if answer.status in (404, 500):
            why = "slack_unknown_payload" if answer.status == 404 else "slack_misread"
            self._counts.add(why, str(payload.get("type") or "")[:40])
            return Answer()
        return Answer(answer.status, json.loads(answer.body) if answer.body else None)

    # -- what Bolt routes here

    async def event(self, payload: Json) -> Answer:
        kind = payload["event"]["type"]
        if kind == "app_mention":
            return await self._heard(payload, gestures.mention)
        if kind == "app_home_opened":
            if payload["event"].get("tab", "home") == "home":
                return await self._answers.home(gestures.home(payload))
            return Answer()
        if kind in ("app_uninstalled", "tokens_revoked"):
            return await self._left(payload)
        return await self._happened(payload, kind)

    async def _happened(self, payload: Json, kind: str) -> Answer:
        command: Command | None = self._happenings.of(payload)
        if command is None:
            self._counts.add("slack_event_ignored", kind)
        else:
            await self._submit(command)
        return Answer()

    async def _left(self, payload: Json) -> Answer:
        event = payload["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return Answer()
        self._counts.add("slack_uninstalled")
        await self._uninstalled(tenant_of(payload))
        return Answer()

    async def slash(self, payload: Json) -> Answer:
        return await self._gesture(payload, gestures.slash)

    async def shortcut(self, payload: Json) -> Answer:
        return await self._gesture(payload, gestures.shortcut)

    async def click(self, payload: Json) -> Answer:
        return await self._gesture(payload, gestures.click)

    async def submission(self, payload: Json) -> Answer:
        try:
            gesture = gestures.submission(payload)
        except Refused as refused:
            return self._answers.wrong(payload["view"], refused)
        return await self._answers.submitted(gesture, payload["view"])

    async def _gesture(self, payload: Json, reading: Callable[[Json], gestures.Gesture]) -> Answer:
        try:
            gesture = reading(payload)
        except Refused as refused:
            return await self._answers.refuse(refused, gestures.address_of(payload))
        return await self._answers.give(gesture)


def _is_pin(capture: Pinned | Reacted) -> bool:
    return isinstance(capture, Pinned) or capture.emoji == PIN
