"""What can be done in a workspace, by a person or by the bot alike: each act changes the world and emits its events.

Rights are checked by the callers; the acts assume that they are given.
"""

import time
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from adapters.sandbox.core import Simulation
from adapters.sandbox.events import channel_type
from adapters.sandbox.mrkdwn import links
from adapters.sandbox.render import message_json, permalink, user_json
from adapters.sandbox.world import Channel, Json, Message, Team, User, stamp


def event_ts(sim: Simulation) -> str:
    micros = round(sim.now().timestamp() * 1_000_000)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def _message_event(sim: Simulation, team: Team, channel: Channel, shape: Json, ts: str) -> None:
    where = {"channel": channel.id, "channel_type": channel_type(channel), "event_ts": ts}
    sim.emit(team, {"type": "message"} | shape | where, channel)


def post(sim: Simulation, team: Team, channel: Channel, user: str, text: str, **more: Any) -> Message:
    """Stores a message and tells of it. `broadcast` shows a reply in the channel as well."""
    broadcast = bool(more.pop("broadcast", False))
    ts = stamp(channel, sim.now(), by_app=user == team.bot_user)
    message = Message(ts=ts, user=user, text=text, stored_at=time.monotonic(), **more)
    if broadcast:
        message.subtype = "thread_broadcast"
    if not message.bot_id and not message.subtype:
        message.client_msg_id = str(uuid4())
    channel.messages[message.ts] = message
    shape = message_json(team, message, channel=None)
    extra = {"parent_user_id": _parent_user(channel, message)} if _is_reply(message) else {}
    _message_event(sim, team, channel, shape | extra | {"suppress_notification": False}, message.ts)
    _mentioned(sim, team, channel, message, shape)
    _links_shared(sim, team, channel, message)
    return message


def _is_reply(message: Message) -> bool:
    return message.thread_ts is not None and message.thread_ts != message.ts


def _parent_user(channel: Channel, message: Message) -> str:
    parent = channel.messages.get(message.thread_ts or "")
    return parent.user if parent else ""


def _mentioned(sim: Simulation, team: Team, channel: Channel, message: Message, shape: Json) -> None:
    if f"<@{team.bot_user}" not in message.text or channel.kind == "im" or message.user == team.bot_user:
        return
    event = {k: v for k, v in shape.items() if k != "subtype"}
    where = {"channel": channel.id, "event_ts": message.ts}
    sim.emit(team, event | {"type": "app_mention"} | where, channel)


def _links_shared(sim: Simulation, team: Team, channel: Channel, message: Message) -> None:
    urls = [(u, d) for u in links(message.text) for d in sim.manifest.unfurl_domains if _below(u, d)]
    if not urls or message.bot_id:
        return
    sim.emit(
        team,
        {
            "type": "link_shared",
            "user": message.user,
            "channel": channel.id,
            "message_ts": message.ts,
            "links": [{"url": u, "domain": d} for u, d in urls],
            "source": "conversations_history",
            "unfurl_id": f"{channel.id}-{message.ts}",
            "is_bot_user_member": team.bot_user in channel.members,
            "event_ts": message.ts,
        },
        channel,
    )


def _below(url: str, domain: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == domain or host.endswith("." + domain)


def change(sim: Simulation, team: Team, channel: Channel, message: Message, editor: str | None, **fields: Any) -> None:
    """Sets fields of a message. Without an editor it is Slack's own change (a language was detected, say)."""
    before = message_json(team, message, channel=channel)
    ts = event_ts(sim)
    for name, value in fields.items():
        setattr(message, name, value)
    if editor is not None:
        message.edited = {"user": editor, "ts": ts}
    after = message_json(team, message, channel=channel)
    shape = {
        "subtype": "message_changed",
        "message": after | {"source_team": team.id, "user_team": team.id},
        "previous_message": before,
        "hidden": True,
        "ts": ts,
    }
    _message_event(sim, team, channel, shape, ts)


def delete(sim: Simulation, team: Team, channel: Channel, message: Message) -> None:
    """Removes a message; the parent of a thread stays as a tombstone for as long as it has replies."""
    if channel.replies(message.ts):
        tomb: Json = {
            "text": "This message was deleted.",
            "user": "USLACKBOT",
            "subtype": "tombstone",
            "blocks": [],
            "files": [],
            "reactions": {},
            "bot_id": None,
            "attachments": [],
            "metadata": None,
            "client_msg_id": None,
            "more": {"hidden": True},
        }
        change(sim, team, channel, message, None, **tomb)
        return
    before = message_json(team, message, channel=channel)
    del channel.messages[message.ts]
    channel.pins.pop(message.ts, None)
    ts = event_ts(sim)
    shape = {
        "subtype": "message_deleted",
        "deleted_ts": message.ts,
        "previous_message": before,
        "hidden": True,
        "ts": ts,
    }
    _message_event(sim, team, channel, shape, ts)


def react(sim: Simulation, team: Team, channel: Channel, message: Message, user: str, name: str, add: bool) -> None:
    users = message.reactions.setdefault(name, [])
    users.append(user) if add else users.remove(user)
    if not users:
        del message.reactions[name]
    event = {
        "type": "reaction_added" if add else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": event_ts(sim),
    }
    sim.emit(team, event, channel)


def pin(sim: Simulation, team: Team, channel: Channel, message: Message, user: str, add: bool) -> None:
    if add:
        channel.pins[message.ts] = {"user": user, "created": sim.seconds()}
    else:
        channel.pins.pop(message.ts)
    item = {
        "type": "message",
        "channel": channel.id,
        "created": sim.seconds(),
        "created_by": user,
        "message": message_json(team, message, channel=channel) | {"permalink": permalink(team, channel, message)},
    }
    sim.emit(
        team,
        {
            "type": "pin_added" if add else "pin_removed",
            "user": user,
            "channel_id": channel.id,
            "item": item,
            "item_user": message.user,
            "pin_count": len(channel.pins),
            "pinned_info": {"channel": channel.id, "pinned_by": user},
            "has_pins": bool(channel.pins),
            "event_ts": event_ts(sim),
        },
        channel,
    )


def change_user(sim: Simulation, team: Team, user: User, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(user, name, value)
    user.updated = sim.seconds()
    shape = user_json(team, user, email="users:read.email" in sim.scopes(team))
    event = {"type": "user_change", "user": shape, "cache_ts": user.updated, "event_ts": event_ts(sim)}
    sim.emit(team, event)
