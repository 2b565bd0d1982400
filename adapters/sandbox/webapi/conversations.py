"""conversations.*: making, changing and listing places."""

import re

from adapters.sandbox import channel_acts
from adapters.sandbox.render import channel_json
from adapters.sandbox.webapi.call import ApiError, Call, page
from adapters.sandbox.world import Channel, Json, Kind, Team, new_channel

MOST_NAME = 80
MOST_TOPIC = 250
_TYPES: dict[str, Kind] = {
    "public_channel": "public",
    "private_channel": "private",
    "mpim": "mpim",
    "im": "im",
}


def name_problem(team: Team, name: str) -> str | None:
    """Slack's word for what is wrong with a channel name, None when it may be used."""
    if not name:
        return "invalid_name_required"
    if len(name) > MOST_NAME:
        return "invalid_name_maxlength"
    if re.search(r"[A-Z\s]", name) or re.search(r"[^\w\-]", name):
        return "invalid_name_specials"
    if not re.search(r"[^\W_]", name):
        return "invalid_name_punctuation"
    if name.startswith("-") and not re.search(r"[^-]", name):
        return "invalid_name"
    return "name_taken" if team.named(name) else None


async def create(call: Call) -> Json:
    private = call.flag("is_private")
    call.need(*(("groups:write",) if private else ("channels:manage", "channels:write")))
    name = call.text("name")
    if problem := name_problem(call.team, name):
        raise ApiError(problem)
    channel = channel_acts.create(call.sim, call.team, name, "private" if private else "public", call.bot)
    return _answer(call, channel)


async def info(call: Call) -> Json:
    channel = call.channel()
    shape = channel_json(call.team, channel, call.bot, count=call.flag("include_num_members"))
    if channel.kind != "im" and not call.flag("include_num_members"):
        shape.pop("num_members", None)
    return {"ok": True, "channel": shape}


async def list_all(call: Call) -> Json:
    return _listed(call, list(call.team.channels.values()))


async def of_user(call: Call) -> Json:
    who = call.user().id if call.args.get("user") else call.bot
    return _listed(call, [c for c in call.team.channels.values() if who in c.members])


def _listed(call: Call, channels: list[Channel]) -> Json:
    wanted = call.words("types") or ["public_channel"]
    if any(word not in _TYPES for word in wanted):
        raise ApiError("invalid_types")
    prefixes = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}
    for word in wanted:
        call.need(f"{prefixes[word]}:read")
    kinds = {_TYPES[word] for word in wanted}
    shown = [
        channel_json(call.team, c, call.bot, count=True)
        for c in channels
        if c.kind in kinds
        and (c.kind == "public" or call.bot in c.members)
        and not (c.archived and call.flag("exclude_archived"))
    ]
    return page(call, shown, "channels")


async def members(call: Call) -> Json:
    return page(call, list(call.channel().members), "members")


async def invite(call: Call) -> Json:
    channel = call.channel(member=True, live=True)
    _not_direct(channel)
    people = call.words("users")
    if not people:
        raise ApiError("no_user")
    wrong = [found for person in people if (found := _cannot_invite(call, channel, person))]
    if wrong and not call.flag("force"):
        raise ApiError(wrong[0]["error"], errors=wrong)
    refused = {w["user"] for w in wrong}
    for person in dict.fromkeys(people):
        if person not in refused:
            channel_acts.join(call.sim, call.team, channel, person, inviter=call.bot)
    return _answer(call, channel)


def _cannot_invite(call: Call, channel: Channel, person: str) -> Json | None:
    user = call.team.users.get(person)
    code = None
    if user is None or user.deleted:
        code = "user_not_found"
    elif person == call.bot:
        code = "cant_invite_self"
    elif person in channel.members:
        code = "already_in_channel"
    return {"user": person, "ok": False, "error": code} if code else None


async def kick(call: Call) -> Json:
    channel = call.channel(member=True)
    _not_direct(channel)
    user = call.user()
    if user.id == call.bot:
        raise ApiError("cant_kick_self")
    if channel.name == "general":
        raise ApiError("cant_kick_from_general")
    if user.id not in channel.members:
        raise ApiError("not_in_channel")
    channel_acts.part(call.sim, call.team, channel, user.id)
    return {"ok": True, "errors": {}}


async def join(call: Call) -> Json:
    channel = call.channel(live=True)
    if channel.kind != "public":
        raise ApiError("method_not_supported_for_channel_type")
    if call.bot in channel.members:
        more = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return _answer(call, channel) | more
    channel_acts.join(call.sim, call.team, channel, call.bot)
    return _answer(call, channel)


async def leave(call: Call) -> Json:
    channel = call.channel()
    _not_direct(channel)
    if call.bot not in channel.members:
        return {"ok": False, "not_in_channel": True}
    channel_acts.part(call.sim, call.team, channel, call.bot)
    return {"ok": True}


async def archive(call: Call) -> Json:
    channel = call.channel(member=True)
    _not_direct(channel)
    if channel.archived:
        raise ApiError("already_archived")
    if channel.name == "general":
        raise ApiError("cant_archive_general")
    channel_acts.archive(call.sim, call.team, channel, call.bot, True)
    return {"ok": True}


async def unarchive(call: Call) -> Json:
    channel = call.channel()
    _not_direct(channel)
    if not channel.archived:
        raise ApiError("not_archived")
    channel_acts.archive(call.sim, call.team, channel, call.bot, False)
    return {"ok": True}


async def rename(call: Call) -> Json:
    channel = call.channel(member=True, live=True)
    _not_direct(channel)
    name = call.text("name")
    if problem := name_problem(call.team, name):
        raise ApiError(problem)
    channel_acts.rename(call.sim, call.team, channel, call.bot, name)
    return _answer(call, channel)


async def set_topic(call: Call) -> Json:
    channel = _describe(call, "topic")
    return _answer(call, channel)


async def set_purpose(call: Call) -> Json:
    channel = _describe(call, "purpose")
    return {"ok": True, "purpose": channel.purpose["value"]}


def _describe(call: Call, what: str) -> Channel:
    channel = call.channel(member=True, live=True)
    if channel.kind == "im":
        raise ApiError("method_not_supported_for_channel_type")
    if len(call.text(what)) > MOST_TOPIC:
        raise ApiError("too_long")
    channel_acts.describe(call.sim, call.team, channel, call.bot, what, call.text(what))
    return channel


async def open_direct(call: Call) -> Json:
    known = call.text("channel")
    people = call.words("users")
    if known:
        return _opened(call, call.channel(), True)
    if not people:
        raise ApiError("users_list_not_supplied")
    if len(people) > 8:
        raise ApiError("too_many_users")
    call.need("im:write" if len(people) == 1 else "mpim:write")
    for person in people:
        _must_exist(call, person)
    found = call.team.direct(call.bot, *people)
    if found is not None:
        return _opened(call, found, True)
    return _opened(call, _new_direct(call, people), False)


def _must_exist(call: Call, person: str) -> None:
    user = call.team.users.get(person)
    if user is None:
        raise ApiError("user_not_found")
    if user.deleted:
        raise ApiError("user_disabled")
    if user.is_bot:
        raise ApiError("invalid_user_combination")


def _new_direct(call: Call, people: list[str]) -> Channel:
    kind: Kind = "im" if len(people) == 1 else "mpim"
    names = "--".join([call.team.users[p].name for p in people] + [call.team.users[call.bot].name])
    name = "" if kind == "im" else f"mpdm-{names}-1"
    channel = new_channel(call.team, name, kind, call.bot, call.sim.seconds())
    channel.members += people
    call.sim.changed()
    return channel


def _opened(call: Call, channel: Channel, before: bool) -> Json:
    shape = channel_json(call.team, channel, call.bot) if call.flag("return_im") else {"id": channel.id}
    return {"ok": True, "channel": shape} | ({"no_op": True, "already_open": True} if before else {})


def _not_direct(channel: Channel) -> None:
    if channel.kind in ("im", "mpim"):
        raise ApiError("method_not_supported_for_channel_type")


def _answer(call: Call, channel: Channel) -> Json:
    return {"ok": True, "channel": channel_json(call.team, channel, call.bot)}


METHODS = {
    "conversations.create": create,
    "conversations.info": info,
    "conversations.list": list_all,
    "users.conversations": of_user,
    "conversations.members": members,
    "conversations.invite": invite,
    "conversations.kick": kick,
    "conversations.join": join,
    "conversations.leave": leave,
    "conversations.archive": archive,
    "conversations.unarchive": unarchive,
    "conversations.rename": rename,
    "conversations.setTopic": set_topic,
    "conversations.setPurpose": set_purpose,
    "conversations.open": open_direct,
}
