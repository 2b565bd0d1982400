"""What happens to channels, people and the installation itself, as commands of the engine.

Law: as with messages, what is not understood is counted and nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from adapters.slack.captures import moment
from adapters.slack.profiles import profile_of
from adapters.slack.tenants import bot_user_of, tenant_of
from bot.command import Command, Origin
from bot.commands.accounts import Installed, MemberJoined, MemberLeft, ProfileLearned
from bot.commands.channel import CaptureGap, ChannelArchived, ChannelMadePrivate, ChannelRenamed
from bot.words.draft import BOT

Json = dict[str, Any]
REMEMBERED = 20_000


class Happenings:
    """Remembers what is known of people: a workspace tells of every change of a status line."""

    def __init__(self) -> None:
        self._profiles: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def of(self, payload: Json) -> Command | None:
        """The command that an event amounts to; None where nothing follows from it."""
        event: Json = payload["event"]
        match event["type"]:
            case "member_joined_channel" | "member_left_channel":
                return _member(payload, event)
            case "channel_rename" | "group_rename":
                channel = event["channel"]
                return ChannelRenamed(origin=_origin(payload, channel["id"]), name=str(channel.get("name") or ""))
            case "channel_archive" | "group_archive" | "channel_unarchive" | "group_unarchive":
                archived = event["type"].endswith("_archive")
                return ChannelArchived(origin=_origin(payload, event["channel"]), archived=archived)
            case "user_change":
                return self._profile(payload, event["user"])
            case _:
                return None

    def _profile(self, payload: Json, user: Json) -> Command | None:
        tenant = tenant_of(payload)
        account, told = f"slack:{tenant}:{user['id']}", profile_of(user, tenant)
        known = tuple(map(str, told.values()))
        if self._profiles.get(account) == known:
            return None
        self._profiles[account] = known
        while len(self._profiles) > REMEMBERED:
            self._profiles.popitem(last=False)
        return ProfileLearned(origin=_origin(payload, ""), account=account, **told)


def _member(payload: Json, event: Json) -> Command | None:
    if event["user"] == bot_user_of(payload):
        return None
    kind = MemberJoined if event["type"] == "member_joined_channel" else MemberLeft
    account = f"slack:{tenant_of(payload)}:{event['user']}"
    return kind(origin=_origin(payload, event["channel"]), account=account)


def made_private(payload: Json, members: list[str]) -> ChannelMadePrivate:
    """From the message that says so; `members` are the user ids of those in the channel."""
    tenant = tenant_of(payload)
    accounts = tuple(f"slack:{tenant}:{user}" for user in members if user != bot_user_of(payload))
    return ChannelMadePrivate(origin=_origin(payload, payload["event"]["channel"]), members=accounts)


def gap(tenant: str, channel: str, since: str, why: str) -> CaptureGap:
    """Messages of a channel may be missing since then. Told twice of the same gap: the same."""
    origin = Origin(id=f"gap:{tenant}:{channel}:{since}", platform="slack", tenant=tenant, channel=channel)
    return CaptureGap(origin=origin, why=why, since=since)


def installed(tenant: str, user: str, at: float) -> Installed:
    origin = Origin(id=f"installed:{tenant}:{user}:{at:.3f}", platform="slack", tenant=tenant)
    return Installed(origin=origin, account=f"slack:{tenant}:{user}")


def ourselves(tenant: str, bot_user: str) -> ProfileLearned:
    """The bot's own account is known for what it is: people mention it, and what they said is kept."""
    origin = Origin(id=f"bot:{tenant}:{bot_user}", platform="slack", tenant=tenant)
    return ProfileLearned(origin=origin, account=f"slack:{tenant}:{bot_user}", name=BOT, person_kind="bot")


def _origin(payload: Json, channel: str) -> Origin:
    ts = str(payload["event"].get("event_ts") or "")
    return Origin(
        id=payload["event_id"],
        platform="slack",
        tenant=tenant_of(payload),
        channel=channel,
        occurred=moment(ts) if ts else None,
    )
