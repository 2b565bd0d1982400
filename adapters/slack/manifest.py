"""What Slack must grant and send: the app's manifest, from the same tables that the code listens and calls by."""

from __future__ import annotations

from typing import Any

from bot.settings_sign_in import BACK

COMMAND = "/incident"
SHORTCUTS: tuple[tuple[str, str, str, str], ...] = (
    ("message", "add_to_timeline", "Add to timeline", "Puts this message into the incident's timeline"),
    ("message", "make_action_item", "Make an action item", "Turns this message into an action item with an owner"),
    ("message", "declare_from_message", "Declare an incident", "Declares an incident that starts with this message"),
    ("global", "declare", "Declare an incident", "Opens the form that declares an incident"),
    ("global", "my_actions", "My action items", "Shows the action items you own"),
)
"""(type, callback id, name, description)."""

EVENTS: dict[str, str] = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "tokens_revoked": "",
    "user_change": "users:read",
}
"""Events asked for, each with the scope it needs (in private channels its twin for groups)."""

METHODS: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.create": ("channels:manage", "groups:write"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.invite": ("channels:manage", "groups:write"),
    "conversations.join": ("channels:join",),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.kick": ("channels:manage", "groups:write"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "conversations.setPurpose": ("channels:manage", "groups:write"),
    "conversations.setTopic": ("channels:manage", "groups:write"),
    "oauth.v2.access": (),
    "pins.add": ("pins:write",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read", "users:read.email"),
    "views.open": (),
    "views.publish": (),
}
"""Methods called, each with the scopes it needs."""

SCOPES: tuple[str, ...] = tuple(
    sorted({"commands", *filter(None, EVENTS.values()), *(scope for scopes in METHODS.values() for scope in scopes)})
)
USER_SCOPES = ("openid",)
"""Asked of whoever signs in to the pages, and of nobody else: who they are."""
LONG = (
    "Debrief runs an incident from its first message to its last finished action item. Declare with /incident: "
    "it opens a channel, keeps everything that is said there, and posts one status card. A pin, a reaction or a "
    "shortcut puts a message into the timeline. When the incident is resolved, the postmortem's draft is there, "
    "from what happened alone. Action items have one owner and a date, and their owners hear of them once a week "
    "until they are done."
)


def manifest(url: str | None = None) -> dict[str, Any]:
    """The Socket Mode manifest, or with a public address the one for requests over HTTP."""
    base = url.rstrip("/") if url else ""
    events = f"{base}/slack/events"
    oauth: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    if base:
        back = [f"{base}/slack/oauth_redirect", f"{base}{BACK}slack"]
        oauth = {"redirect_urls": back, "scopes": {"user": list(USER_SCOPES), **oauth["scopes"]}}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Debrief",
            "description": "Runs an incident from its first message to its last finished action item",
            "long_description": LONG,
            "background_color": "#1d3a4f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Debrief", "always_online": True},
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": callback, "description": about}
                for kind, callback, name, about in SHORTCUTS
            ],
            "slash_commands": [_command(events if base else "")],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**({"request_url": events} if base else {}), "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **({"request_url": events} if base else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not base,
            "token_rotation_enabled": False,
        },
    }


def _command(url: str) -> dict[str, Any]:
    command = {
        "command": COMMAND,
        "description": "Declare, update and resolve incidents; /incident help shows all",
        "usage_hint": "declare sev2 Checkout is slow | update | note | action | resolve | help",
        "should_escape": True,
    }
    return {**({"url": url} if url else {}), **command}
