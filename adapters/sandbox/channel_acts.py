"""What can be done with a channel, by a person or by the bot alike; Slack writes a line of its own about most of it."""

from typing import Any

from adapters.sandbox.acts import event_ts, post
from adapters.sandbox.core import Simulation
from adapters.sandbox.world import Channel, Json, Kind, Team, new_channel


def notice(sim: Simulation, team: Team, channel: Channel, user: str, subtype: str, text: str, **more: Any) -> None:
    """One of Slack's own lines in a conversation, such as "has joined the channel"."""
    post(sim, team, channel, user, text, subtype=subtype, more=more)


def create(sim: Simulation, team: Team, name: str, kind: Kind, creator: str) -> Channel:
    channel = new_channel(team, name, kind, creator, sim.seconds())
    if kind == "public":
        shape = {
            "id": channel.id,
            "name": name,
            "created": channel.created,
            "creator": creator,
            "is_channel": True,
            "is_shared": False,
            "is_org_shared": False,
            "context_team_id": team.id,
        }
        sim.emit(team, {"type": "channel_created", "channel": shape, "event_ts": event_ts(sim)}, channel)
    if kind in ("public", "private"):
        _tell_joined(sim, team, channel, creator, None)
    return channel


def join(sim: Simulation, team: Team, channel: Channel, user: str, inviter: str | None = None) -> None:
    channel.members.append(user)
    _tell_joined(sim, team, channel, user, inviter)


def _tell_joined(sim: Simulation, team: Team, channel: Channel, user: str, inviter: str | None) -> None:
    more = {"inviter": inviter} if inviter else {}
    sim.emit(
        team,
        {"type": "member_joined_channel", "user": user, **_whereabouts(sim, team, channel), **more},
        channel,
    )
    notice(sim, team, channel, user, "channel_join", f"<@{user}> has joined the channel", **more)


def part(sim: Simulation, team: Team, channel: Channel, user: str) -> None:
    notice(sim, team, channel, user, "channel_leave", f"<@{user}> has left the channel")
    sim.emit(team, {"type": "member_left_channel", "user": user, **_whereabouts(sim, team, channel)}, channel)
    channel.members.remove(user)
    if user == team.bot_user:
        word = "channel_left" if channel.kind == "public" else "group_left"
        event = {
            "type": word,
            "channel": channel.id,
            "actor_id": user,
            "event_ts": event_ts(sim),
            "user": team.bot_user,
        }
        sim.emit(team, event, channel)


def _whereabouts(sim: Simulation, team: Team, channel: Channel) -> Json:
    letter = "C" if channel.kind == "public" else "G"
    return {"channel": channel.id, "channel_type": letter, "team": team.id, "event_ts": event_ts(sim)}


def archive(sim: Simulation, team: Team, channel: Channel, user: str, archived: bool) -> None:
    word = "archive" if archived else "unarchive"
    notice(
        sim,
        team,
        channel,
        user,
        f"channel_{word}",
        f"<@{user}> {word}d the channel",
        members=list(channel.members),
    )
    channel.archived = archived
    event = {
        "type": f"{_stem(channel)}_{word}",
        "channel": channel.id,
        "user": user,
        "event_ts": event_ts(sim),
    }
    sim.emit(team, event | {"is_moved": 0}, channel)


def rename(sim: Simulation, team: Team, channel: Channel, user: str, name: str) -> None:
    old = channel.name
    channel.previous_names.append(old)
    channel.name = name
    text = f'<@{user}> has renamed the channel from "{old}" to "{name}"'
    notice(sim, team, channel, user, "channel_name", text, old_name=old, name=name)
    shape = {
        "id": channel.id,
        "name": name,
        "name_normalized": name,
        "created": channel.created,
        "is_channel": channel.kind == "public",
        "is_mpim": False,
    }
    sim.emit(team, {"type": f"{_stem(channel)}_rename", "channel": shape, "event_ts": event_ts(sim)}, channel)


def describe(sim: Simulation, team: Team, channel: Channel, user: str, what: str, value: str) -> None:
    """Sets the topic or the purpose; `what` says which."""
    setattr(channel, what, {"value": value, "creator": user, "last_set": sim.seconds()})
    verb = "set" if value else "cleared"
    word = "topic" if what == "topic" else "description"
    text = f"<@{user}> {verb} the channel {word}" + (f": {value}" if value else "")
    notice(sim, team, channel, user, f"channel_{what}", text, **{what: value})


def make_private(sim: Simulation, team: Team, channel: Channel, user: str) -> None:
    channel.kind = "private"
    notice(sim, team, channel, user, "channel_convert_to_private", f"<@{user}> made this channel private.")


def _stem(channel: Channel) -> str:
    return "channel" if channel.kind == "public" else "group"
