"""pins.*, reactions.*, bookmarks.* and files.info: what hangs on messages and channels."""

import re

from adapters.sandbox import acts
from adapters.sandbox.render import file_json, message_json, permalink
from adapters.sandbox.webapi.call import ApiError, Call, page
from adapters.sandbox.world import Channel, Json, Message

MOST_PINS = 100
MOST_REACTIONS = 23


def _pinnable(call: Call, member: bool) -> tuple[Channel, Message]:
    channel = call.channel(member=member)
    if not call.text("timestamp"):
        raise ApiError("no_item_specified")
    _good_ts(call)
    return channel, call.message(channel, "timestamp")


def _good_ts(call: Call) -> None:
    if not re.fullmatch(r"\d{10}\.\d{6}", call.text("timestamp")):
        raise ApiError("bad_timestamp")


async def add_pin(call: Call) -> Json:
    channel, message = _pinnable(call, member=True)
    if message.ts in channel.pins:
        raise ApiError("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise ApiError("too_many_pins")
    acts.pin(call.sim, call.team, channel, message, call.bot, True)
    return {"ok": True}


async def remove_pin(call: Call) -> Json:
    channel, message = _pinnable(call, member=False)
    if message.ts not in channel.pins:
        raise ApiError("no_pin")
    acts.pin(call.sim, call.team, channel, message, call.bot, False)
    return {"ok": True}


async def list_pins(call: Call) -> Json:
    channel = call.channel()
    items = []
    for ts, made in channel.pins.items():
        message = channel.messages[ts]
        shape = message_json(call.team, message, channel=channel) | {
            "permalink": permalink(call.team, channel, message)
        }
        items.append(
            {
                "type": "message",
                "channel": channel.id,
                "created": made["created"],
                "created_by": made["user"],
                "message": shape,
            }
        )
    return {"ok": True, "items": items}


def _item(call: Call) -> tuple[Channel, Message]:
    if not call.text("channel") or not call.text("timestamp"):
        raise ApiError("no_item_specified")
    channel = call.channel()
    _good_ts(call)
    return channel, call.message(channel, "timestamp")


def _emoji(call: Call) -> str:
    name = call.text("name").strip(":")
    if not re.fullmatch(r"[^\s:A-Z]+(::skin-tone-[2-6])?", name):
        raise ApiError("invalid_name")
    return name


async def add_reaction(call: Call) -> Json:
    channel, message = _item(call)
    name = _emoji(call)
    if channel.archived:
        raise ApiError("is_archived")
    if call.bot not in channel.members:
        raise ApiError("no_access")
    if call.bot in message.reactions.get(name, []):
        raise ApiError("already_reacted")
    if len(message.reactions) >= MOST_REACTIONS and name not in message.reactions:
        raise ApiError("too_many_emoji")
    acts.react(call.sim, call.team, channel, message, call.bot, name, True)
    return {"ok": True}


async def remove_reaction(call: Call) -> Json:
    channel, message = _item(call)
    name = _emoji(call)
    if call.bot not in message.reactions.get(name, []):
        raise ApiError("no_reaction")
    acts.react(call.sim, call.team, channel, message, call.bot, name, False)
    return {"ok": True}


async def get_reactions(call: Call) -> Json:
    channel, message = _item(call)
    shape = message_json(call.team, message, channel=channel) | {"permalink": permalink(call.team, channel, message)}
    return {"ok": True, "type": "message", "channel": channel.id, "message": shape}


async def list_reactions(call: Call) -> Json:
    who = call.user().id if call.args.get("user") else call.bot
    items = [
        {"type": "message", "channel": c.id, "message": message_json(call.team, m, channel=c)}
        for c in call.team.channels.values()
        if call.bot in c.members
        for m in c.messages.values()
        if any(who in users for users in m.reactions.values())
    ]
    return page(call, items, "items")


async def add_bookmark(call: Call) -> Json:
    channel = call.channel("channel_id")
    if call.bot not in channel.members:
        raise ApiError("channel_not_found")
    if call.text("type") != "link":
        raise ApiError("invalid_bookmark_type")
    if not re.match(r"https?://", call.text("link")):
        raise ApiError("invalid_link")
    mark = {
        "id": call.team.new_id("Bk"),
        "channel_id": channel.id,
        "title": call.text("title"),
        "link": call.text("link"),
        "emoji": call.text("emoji"),
        "type": "link",
        "icon_url": "",
        "entity_id": None,
        "rank": "r",
        "date_created": call.sim.seconds(),
        "date_updated": 0,
        "app_id": call.team.app_id,
    }
    channel.bookmarks.append(mark)
    call.sim.changed()
    return {"ok": True, "bookmark": mark}


async def list_bookmarks(call: Call) -> Json:
    return {"ok": True, "bookmarks": call.channel("channel_id").bookmarks}


async def file_info(call: Call) -> Json:
    file = call.team.files.get(call.text("file"))
    if file is None:
        raise ApiError("file_not_found")
    return {
        "ok": True,
        "file": file_json(call.team, file),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


METHODS = {
    "pins.add": add_pin,
    "pins.remove": remove_pin,
    "pins.list": list_pins,
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
    "reactions.get": get_reactions,
    "reactions.list": list_reactions,
    "bookmarks.add": add_bookmark,
    "bookmarks.list": list_bookmarks,
    "files.info": file_info,
}
