"""Events about messages, reactions and pins as captures: the fast path, taken by most of what Slack sends.

Law: what is not understood is counted, never stored and never an error: Slack adds types and fields any day.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.markup import said_in
from adapters.slack.tenants import is_own, tenant_of
from bot.command import Capture, Origin
from bot.commands.captures import EPOCH, LATEST, Deleted, Edited, Pinned, Reacted, Said
from bot.counts import Counts
from bot.model import FileLink, MessageRef

Json = dict[str, Any]
CAPTURED = frozenset({"message", "reaction_added", "reaction_removed", "pin_added", "pin_removed"})
SAID = frozenset({"", "bot_message", "file_share", "me_message", "thread_broadcast", "slackbot_response"})
SLACKBOT = "USLACKBOT"


class Captures:
    """`address` gives a workspace's web address for permalinks, ending in a slash."""

    def __init__(self, counts: Counts, address: Callable[[str], str], clock: Callable[[], float] = time.time) -> None:
        self._counts = counts
        self._address = address
        self._clock = clock

    def of(self, payload: Json) -> Capture | None:
        """The capture that an event amounts to; None for what need not be kept."""
        event: Json = payload["event"]
        tenant = tenant_of(payload)
        match event["type"]:
            case "message":
                return self._message(payload, event, tenant)
            case "reaction_added" | "reaction_removed":
                return self._reacted(payload, event, tenant)
            case _:
                return self._pinned(payload, event, tenant)

    def _message(self, payload: Json, event: Json, tenant: str) -> Capture | None:
        subtype = event.get("subtype") or ""
        if subtype in SAID:
            return None if is_own(payload, event) else self.said(event, tenant, event["channel"], payload["event_id"])
        if subtype == "message_changed":
            return self._changed(payload, event, tenant)
        if subtype == "message_deleted":
            gone = event.get("previous_message") or {}
            return None if is_own(payload, gone) else _deleted(payload, event, tenant, event["deleted_ts"])
        self._counts.add("slack_subtype_ignored", str(subtype))
        return None

    def said(self, message: Json, tenant: str, channel: str, event_id: str) -> Said:
        """A message as it stands in an event or in a channel's history."""
        ts = str(message["ts"])
        thread = str(message.get("thread_ts") or "")
        author = bot_name(message)
        return Said(
            origin=_origin(event_id, tenant, "" if author else str(message.get("user") or ""), channel, thread),
            message=MessageRef(platform="slack", tenant=tenant, channel=channel, ts=ts),
            stamp=micros(ts),
            text=said_in(message, tenant),
            author_name=author,
            thread="" if thread == ts else thread,
            permalink=permalink(self._address(tenant), channel, ts, thread),
            files=files_in(message),
        )

    def of_history(self, message: Json, tenant: str, channel: str, own: Json) -> list[Capture]:
        """A message as a channel's history tells it: what stands there now. `own` says which app and user we are."""
        subtype, ts = message.get("subtype") or "", str(message.get("ts") or "")
        ident = f"history:{channel}:{ts}"
        if not ts or is_own(own, message):
            return []
        if subtype == "tombstone":
            origin = _origin(f"{ident}:gone", tenant, "", channel, "")
            ref = MessageRef(platform="slack", tenant=tenant, channel=channel, ts=ts)
            return [Deleted(origin=origin, message=ref, stamp=int(self._clock() * 1_000_000))]
        if subtype not in SAID:
            return []
        said = self.said(message, tenant, channel, ident)
        changed = str((message.get("edited") or {}).get("ts") or "")
        if changed:
            origin = said.origin.model_copy(update={"id": f"{ident}:{changed}"})
            said = said.model_copy(update={"origin": origin, "stamp": max(micros(changed), said.stamp)})
        return [said, *_reactions(said, message, ident)]

    def _changed(self, payload: Json, event: Json, tenant: str) -> Capture | None:
        message: Json = event["message"]
        before = event.get("previous_message")
        if is_own(payload, message):
            return None
        if message.get("subtype") == "tombstone":
            return _deleted(payload, event, tenant, message["ts"])
        if isinstance(before, dict) and _same(before, message):
            self._counts.add("slack_unchanged_edits")
            return None
        if bot_name(message) or message.get("user"):
            return edited(message, tenant, event["channel"], payload["event_id"], event_stamp(event))
        self._counts.add("slack_subtype_ignored", "message_changed")
        return None

    def _reacted(self, payload: Json, event: Json, tenant: str) -> Capture | None:
        item: Json = event["item"]
        if item.get("type") != "message" or is_own(payload, event):
            self._counts.add("slack_reactions_ignored")
            return None
        return Reacted(
            origin=_origin(payload["event_id"], tenant, event["user"], item["channel"], ""),
            message=MessageRef(platform="slack", tenant=tenant, channel=item["channel"], ts=item["ts"]),
            stamp=event_stamp(event),
            emoji=event["reaction"],
            added=event["type"] == "reaction_added",
        )

    def _pinned(self, payload: Json, event: Json, tenant: str) -> Capture | None:
        item: Json = event["item"]
        if item.get("type") != "message" or is_own(payload, event):
            self._counts.add("slack_pins_ignored")
            return None
        channel = event.get("channel_id") or item["channel"]
        return Pinned(
            origin=_origin(payload["event_id"], tenant, event["user"], channel, ""),
            message=MessageRef(platform="slack", tenant=tenant, channel=channel, ts=item["message"]["ts"]),
            stamp=event_stamp(event),
            added=event["type"] == "pin_added",
        )


def _reactions(said: Said, message: Json, ident: str) -> Iterator[Capture]:
    """A history tells no time of a reaction: the message's own lets every event about it override."""
    for reaction in message.get("reactions") or ():
        for user in reaction.get("users") or ():
            origin = said.origin.model_copy(update={"id": f"{ident}:{reaction['name']}:{user}", "actor": user})
            yield Reacted(origin=origin, message=said.message, stamp=micros(said.message.ts), emoji=reaction["name"])


def edited(message: Json, tenant: str, channel: str, event_id: str, stamp: int) -> Edited:
    ts = str(message["ts"])
    actor = "" if bot_name(message) else str(message.get("user") or "")
    return Edited(
        origin=_origin(event_id, tenant, actor, channel, str(message.get("thread_ts") or "")),
        message=MessageRef(platform="slack", tenant=tenant, channel=channel, ts=ts),
        stamp=stamp,
        text=said_in(message, tenant),
        files=files_in(message),
    )


def _deleted(payload: Json, event: Json, tenant: str, ts: str) -> Deleted:
    channel = event["channel"]
    return Deleted(
        origin=_origin(payload["event_id"], tenant, "", channel, ""),
        message=MessageRef(platform="slack", tenant=tenant, channel=channel, ts=ts),
        stamp=event_stamp(event),
    )


def _same(before: Json, after: Json) -> bool:
    """Unfurled links and automatic language detection change a message without changing what was said."""
    if before.get("bot_id") or after.get("bot_id"):
        return said_in(before, "") == said_in(after, "")
    return before.get("text") == after.get("text") and files_in(before) == files_in(after)


def bot_name(message: Json) -> str:
    """The name of an integration that speaks; empty for people."""
    if not message.get("bot_id") and message.get("user") != SLACKBOT:
        return ""
    profile = message.get("bot_profile")
    named = profile.get("name") if isinstance(profile, dict) else ""
    return str(message.get("username") or named or ("Slackbot" if message.get("user") == SLACKBOT else "an app"))[:200]


def files_in(message: Json) -> tuple[FileLink, ...]:
    found = message.get("files")
    if not found or not isinstance(found, list):
        return ()
    return tuple(_file(file) for file in found[:50] if isinstance(file, dict) and file.get("mode") != "tombstone")


def _file(file: Json) -> FileLink:
    return FileLink(
        name=str(file.get("title") or file.get("name") or file.get("id") or "a file")[:500],
        url=str(file.get("permalink") or file.get("url_private") or "")[:3000],
        mimetype=str(file.get("mimetype") or "")[:200],
    )


def _origin(event_id: str, tenant: str, actor: str, channel: str, thread: str) -> Origin:
    """When it happened is the capture's own stamp."""
    return Origin(id=event_id, platform="slack", tenant=tenant, actor=actor, channel=channel, thread=thread)


def event_stamp(event: Json) -> int:
    return micros(str(event.get("event_ts") or event["ts"]))


def micros(ts: str) -> int:
    """A timestamp of Slack's in microseconds since 1970, without the detour over a float that would change it."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction[:6].ljust(6, "0") or 0)


def moment(ts: str) -> datetime:
    stamp = micros(ts)
    if not 0 <= stamp <= LATEST:
        raise ValueError(f"no timestamp: {ts[:40]}")
    return EPOCH + timedelta(microseconds=stamp)


def permalink(address: str, channel: str, ts: str, thread: str = "") -> str:
    link = f"{address}archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread}&cid={channel}" if thread and thread != ts else link
