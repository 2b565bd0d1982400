"""What one person sees of the workspace, in the shape the page draws."""

from typing import TYPE_CHECKING, Any

from adapters.sandbox import views
from adapters.sandbox.render import permalink
from adapters.sandbox.world import Channel, Json, Message, Team, User

if TYPE_CHECKING:
    from adapters.sandbox.slack import SimulatedSlack

_KINDS = {"public": "channel", "private": "private", "im": "dm", "mpim": "dm"}


def state(sim: "SimulatedSlack", who: str, where: str) -> Json:
    team = sim.team
    user = team.user(who) or next(u for u in team.users.values() if not u.is_bot)
    visible = list(team.visible_to(user.id))
    channel = next((c for c in visible if c.id == where), None)
    return {
        "rev": sim.revision,
        "now": sim.now().isoformat(),
        "me": user.id,
        "workspace": {"name": team.name},
        "people": [_person(u) for u in team.users.values()],
        "channels": [*(_channel(team, user, c) for c in visible), _home(sim, team)],
        "messages": _messages(team, user, channel) if channel else [],
        "home": _view(team.homes[user.id]) if user.id in team.homes else None,
        "modals": [_view(v) for v in team.modals.get(user.id, [])],
        "toasts": team.toasts.get(user.id, []),
        "shortcuts": _shortcuts(sim),
        "commands": _commands(sim),
        "payloads": list(sim.ledger.ring),
    }


def _person(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "color": "#" + user.color,
        "tz": user.tz,
        "is_bot": user.is_bot,
        "guest": user.guest,
        "deleted": user.deleted,
    }


def _channel(team: Team, user: User, channel: Channel) -> Json:
    seen = channel.seen.get(user.id, "")
    fresh = [m for m in channel.messages.values() if m.ts > seen and m.user != user.id]
    others = [team.users[m] for m in channel.members if m != user.id]
    name = channel.name if channel.kind != "im" else (others[0].name if others else user.name)
    return {
        "id": channel.id,
        "name": name,
        "kind": _KINDS[channel.kind],
        "topic": channel.topic["value"],
        "purpose": channel.purpose["value"],
        "archived": channel.archived,
        "member": user.id in channel.members,
        "members": channel.members,
        "unread": len(fresh),
        "pinned": list(channel.pins),
        "mentions": sum(f"<@{user.id}" in m.text or channel.kind == "im" for m in fresh),
    }


def _home(sim: "SimulatedSlack", team: Team) -> Json:
    """The app's own place in the sidebar, behind which its home tab stands."""
    return {
        "id": "home",
        "name": sim.manifest.name,
        "kind": "home",
        "topic": "",
        "purpose": "",
        "archived": False,
        "member": True,
        "members": [team.bot_user],
        "unread": 0,
        "mentions": 0,
        "pinned": [],
    }


def _messages(team: Team, user: User, channel: Channel) -> list[Json]:
    own = [m for m in channel.ephemerals if m.ephemeral_to == user.id]
    shown = sorted([*channel.messages.values(), *own], key=lambda m: m.ts)
    replies: dict[str, int] = {}
    for message in channel.messages.values():
        if message.thread_ts and message.thread_ts != message.ts:
            replies[message.thread_ts] = replies.get(message.thread_ts, 0) + 1
    return [_message(team, channel, m, replies.get(m.ts, 0)) for m in shown]


def _message(team: Team, channel: Channel, message: Message, replies: int) -> Json:
    return {
        "ts": message.ts,
        "user": message.user or team.bot_user,
        "bot": bool(message.bot_id),
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "reply_count": replies,
        "reactions": [{"name": n, "users": u} for n, u in message.reactions.items()],
        "pinned": message.ts in channel.pins,
        "ephemeral": message.ephemeral_to is not None,
        "edited": message.edited is not None,
        "subtype": message.subtype,
        "files": [_file(team, f) for f in message.files],
        "permalink": permalink(team, channel, message),
        "metadata": message.metadata,
        "username": message.username,
    }


def _file(team: Team, file: Any) -> Json:
    link = f"https://{team.domain}.slack.com/files/{file.user}/{file.id}/{file.name}"
    return {"id": file.id, "name": file.name, "mimetype": file.mimetype, "permalink": link}


def _view(view: Json) -> Json:
    return views.shown(view) | {"errors": view.get("_errors")}


def _shortcuts(sim: "SimulatedSlack") -> Json:
    kinds: dict[str, list[Json]] = {"message": [], "global": []}
    for shortcut in sim.manifest.shortcuts:
        kinds[shortcut["type"]].append({"callback_id": shortcut["callback_id"], "name": shortcut["name"]})
    return kinds


def _commands(sim: "SimulatedSlack") -> list[Json]:
    wanted = ("command", "description", "usage_hint")
    return [{name: command.get(name, "") for name in wanted} for command in sim.manifest.commands]
