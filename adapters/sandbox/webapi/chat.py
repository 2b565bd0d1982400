"""chat.*: posting, changing and deleting messages."""

import json
import secrets
from typing import Any

from adapters.sandbox import acts
from adapters.sandbox.render import message_json, permalink
from adapters.sandbox.webapi.call import ApiError, Call
from adapters.sandbox.world import Channel, Json, Message, Team, new_channel, stamp

TRUNCATED_AT = 40_000
MOST_UPDATED = 4_000
MOST_BLOCK_TEXT = 13_200
MOST_ATTACHMENTS = 100
MOST_METADATA = 16_000


async def post_message(call: Call) -> Json:
    channel = _place(call)
    content = _content(call)
    if content["blocks"] and _weight(content["blocks"]) > MOST_BLOCK_TEXT:
        raise ApiError("msg_blocks_too_long")
    thread = _thread(call, channel)
    dressed = _dressed(call)
    content["text"] = content["text"][:TRUNCATED_AT]
    message = acts.post(
        call.sim,
        call.team,
        channel,
        call.bot,
        content.pop("text"),
        bot_id=call.team.bot_id,
        thread_ts=thread,
        broadcast=bool(thread) and call.flag("reply_broadcast"),
        metadata=_metadata(call),
        **content,
        **dressed,
    )
    looks = [thread, message.text, [{k: v for k, v in b.items() if k != "block_id"} for b in message.blocks]]
    call.sim.ledger.post(call.team.id, channel.id, message.ts, message.text, looks, message.metadata)
    call.sim.note_mentions(call.team, channel, message, _said(call, message), notifies=True)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": message_json(call.team, message)}


async def post_ephemeral(call: Call) -> Json:
    channel = call.channel(live=True)
    _may_post(call, channel)
    content = _content(call)
    if len(content["text"]) > MOST_UPDATED and not content["blocks"]:
        raise ApiError("msg_too_long")
    user = call.user(error="user_not_in_channel")
    if user.id not in channel.members:
        raise ApiError("user_not_in_channel")
    message = ephemeral(call.sim, call.team, channel, user.id, thread_ts=call.text("thread_ts") or None, **content)
    call.sim.note_mentions(call.team, channel, message, _said(call, message), notifies=False)
    return {"ok": True, "message_ts": message.ts}


def ephemeral(sim: Any, team: Team, channel: Channel, user: str, **content: Any) -> Message:
    message = Message(
        ts=stamp(channel, sim.now(), by_app=True), user=team.bot_user, bot_id=team.bot_id, ephemeral_to=user, **content
    )
    channel.ephemerals.append(message)
    sim.changed()
    return message


async def update(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != call.team.bot_id:
        raise ApiError("cant_update_message")
    content = _content(call)
    if len(content["text"]) > MOST_UPDATED:
        raise ApiError("msg_too_long")
    fields: Json = {"text": content["text"]}
    fields |= {
        name: content[name] for name in ("blocks", "attachments") if call.args.get(name) is not None or name == "blocks"
    }
    if metadata := _metadata(call):
        fields["metadata"] = metadata
    acts.change(call.sim, call.team, channel, message, call.team.bot_id, **fields)
    call.sim.note_mentions(call.team, channel, message, _said(call, message), notifies=False)
    shape = message_json(call.team, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


async def delete(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != call.team.bot_id:
        raise ApiError("cant_delete_message")
    acts.delete(call.sim, call.team, channel, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


async def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"ok": True, "channel": channel.id, "permalink": permalink(call.team, channel, message)}


def _place(call: Call) -> Channel:
    """The conversation to post in; a person's id stands for the direct messages with that person."""
    wanted = call.text("channel")
    if wanted in call.team.users:
        return direct(call, wanted)
    named = call.team.named(wanted) if wanted.startswith("#") else None
    if named is not None:
        call.args["channel"] = named.id
    channel = call.channel(live=True)
    _may_post(call, channel)
    return channel


def direct(call: Call, person: str) -> Channel:
    if not call.sim.manifest.messages_enabled:
        raise ApiError("messages_tab_disabled")
    user = call.team.users[person]
    if user.deleted or user.id == call.bot or user.is_bot:
        raise ApiError("channel_not_found")
    channel = call.team.direct(call.bot, person)
    if channel is None:
        channel = new_channel(call.team, "", "im", call.bot, call.sim.seconds())
        channel.members.append(person)
    return channel


def _may_post(call: Call, channel: Channel) -> None:
    if call.bot not in channel.members and "chat:write.public" not in call.bearer.scopes:
        raise ApiError("not_in_channel")
    if channel.kind == "im" and not call.sim.manifest.messages_enabled:
        raise ApiError("messages_tab_disabled")
    others = [call.team.users[m] for m in channel.members if m != call.bot]
    if channel.kind == "im" and all(u.deleted for u in others):
        raise ApiError("channel_not_found")


def _thread(call: Call, channel: Channel) -> str | None:
    wanted = call.text("thread_ts")
    if not wanted:
        return None
    parent = channel.messages.get(wanted)
    if parent is None:
        raise ApiError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _content(call: Call) -> Json:
    if call.args.get("markdown_text") and (call.args.get("text") or call.args.get("blocks")):
        raise ApiError("markdown_text_conflict")
    attachments = call.parsed("attachments", "invalid_attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise ApiError("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    text, blocks = call.text("text") or call.text("markdown_text"), call.blocks()
    if not text and not blocks and not attachments:
        raise ApiError("no_text")
    return {"text": text, "blocks": with_block_ids(blocks), "attachments": attachments}


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """Slack names the blocks and elements that the app left nameless."""
    return [{"block_id": secrets.token_urlsafe(4)[:5], **block} | _named_elements(block) for block in blocks]


def _named_elements(block: Json) -> Json:
    named: Json = {}
    for name in ("accessory", "element"):
        if isinstance(part := block.get(name), dict) and part.get("type") != "image":
            named[name] = {"action_id": secrets.token_urlsafe(4)[:5], **part}
    if block.get("type") == "actions":
        named["elements"] = [{"action_id": secrets.token_urlsafe(4)[:5], **part} for part in block["elements"]]
    return named


def _weight(blocks: Any) -> int:
    """Characters in all texts of the blocks; what Slack counts against the whole message."""
    if isinstance(blocks, list):
        return sum(_weight(b) for b in blocks)
    if isinstance(blocks, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _weight(v) for k, v in blocks.items())
    return 0


def _dressed(call: Call) -> Json:
    """A name or icon of its own needs a scope, and makes the post a bot_message."""
    wanted = {k: call.text(k) for k in ("username", "icon_emoji", "icon_url") if call.text(k)}
    if not wanted or "chat:write.customize" not in call.bearer.scopes:
        return {}
    icons = {"emoji": wanted["icon_emoji"]} if "icon_emoji" in wanted else {"image_48": wanted.get("icon_url", "")}
    return {"username": wanted.get("username"), "icons": icons, "subtype": "bot_message"}


def _metadata(call: Call) -> Json | None:
    metadata = call.parsed("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise ApiError("invalid_metadata_schema")
    payload = metadata.get("event_payload")
    if not isinstance(payload, dict) or set(metadata) - {"event_type", "event_payload"}:
        raise ApiError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MOST_METADATA:
        raise ApiError("metadata_too_large")
    return metadata


def _said(call: Call, message: Message) -> Json:
    asked = {k: call.args.get(k) for k in ("parse", "link_names")}
    return asked | {"text": message.text, "blocks": message.blocks, "attachments": message.attachments}


METHODS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
