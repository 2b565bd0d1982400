"""A Slack app manifest for tests of the simulator: an app called Kitchen Otter, unrelated to our own bot."""

from copy import deepcopy
from typing import Any

_SCOPES = [
    "app_mentions:read", "bookmarks:write", "channels:history", "channels:join", "channels:manage", "channels:read",
    "chat:write", "commands", "files:read", "groups:history", "groups:read", "groups:write", "im:history", "im:read",
    "im:write", "links:read", "mpim:write", "pins:read", "pins:write", "reactions:read", "reactions:write", "team:read",
    "usergroups:read", "users.profile:read", "users:read", "users:read.email",
]  # fmt: skip
_EVENTS = [
    "app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_rename", "channel_unarchive",
    "group_archive", "group_rename", "link_shared", "member_joined_channel", "member_left_channel", "message.channels",
    "message.groups", "message.im", "pin_added", "pin_removed", "reaction_added", "reaction_removed", "tokens_revoked",
    "user_change",
]  # fmt: skip
_MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Kitchen Otter"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "otter", "always_online": True},
        "slash_commands": [{"command": "/otter", "description": "Ask the otter", "should_escape": True}],
        "shortcuts": [
            {"name": "Keep this", "type": "message", "callback_id": "keep", "description": "Keeps it"},
            {"name": "Ask", "type": "global", "callback_id": "ask", "description": "Asks"},
        ],
        "unfurl_domains": ["example.org"],
    },
    "oauth_config": {"scopes": {"bot": _SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": _EVENTS},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    },
}


def manifest(*, without_scopes: tuple[str, ...] = (), rotation: bool = False) -> dict[str, Any]:
    made = deepcopy(_MANIFEST)
    scopes = [s for s in _SCOPES if s not in without_scopes]
    made["oauth_config"]["scopes"]["bot"] = scopes
    made["settings"]["token_rotation_enabled"] = rotation
    return made
