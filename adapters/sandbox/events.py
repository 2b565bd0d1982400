"""Which events an app is sent, and the envelope around them.

An event goes out only if the manifest subscribes to it, the token has a scope for it and the bot may see the place.
"""

import base64
import json
import secrets
from datetime import datetime

from adapters.sandbox.facts import facts
from adapters.sandbox.manifest import Manifest
from adapters.sandbox.world import Channel, Json, Team

_MESSAGE = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
_CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_WORKSPACE_WIDE = {"channel_created", "channel_archive", "channel_unarchive", "channel_rename"}
_ALWAYS = {"app_uninstalled", "tokens_revoked"}


def subscription(event: Json, channel: Channel | None) -> str:
    if event["type"] == "message" and channel is not None:
        return _MESSAGE[channel.kind]
    return str(event["type"])


def channel_type(channel: Channel) -> str:
    return _CHANNEL_TYPE[channel.kind]


def is_wanted(manifest: Manifest, scopes: frozenset[str], team: Team, event: Json, channel: Channel | None) -> bool:
    name = subscription(event, channel)
    if name not in manifest.events:
        return False
    if name in _ALWAYS:
        return True
    if not team.installed or not _has_scope(scopes, name, channel):
        return False
    wide = name in _WORKSPACE_WIDE and channel is not None and channel.kind == "public"
    return channel is None or wide or team.bot_user in channel.members or event.get("user") == team.bot_user


def _has_scope(scopes: frozenset[str], name: str, channel: Channel | None) -> bool:
    wanted = facts().events.get(name, ())
    if len(wanted) > 1 and channel is not None:
        prefix = "channels:" if channel.kind == "public" else "groups:"
        wanted = tuple(s for s in wanted if s.startswith(prefix))
    return not wanted or any(s in scopes for s in wanted)


def envelope(team: Team, event: Json, channel: Channel | None, now: datetime, token: str) -> Json:
    context = {
        "et": event["type"],
        "tid": team.id,
        "aid": team.app_id,
        "cid": channel.id if channel else None,
    }
    return {
        "token": token,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": team.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev0" + secrets.token_hex(5).upper(),
        "event_time": int(now.timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": team.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-" + base64.urlsafe_b64encode(json.dumps(context).encode()).decode().rstrip("="),
    }
