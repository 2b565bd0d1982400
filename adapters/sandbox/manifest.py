"""What an app manifest (major version 2) grants and asks for, read leniently.

Only this says which scopes the bot's tokens carry and which events it is sent.
"""

from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]


class Manifest:
    def __init__(self, raw: Json) -> None:
        self.raw = raw
        self.name: str = raw.get("display_information", {}).get("name", "App")
        features = raw.get("features", {})
        self.bot_name: str = features.get("bot_user", {}).get("display_name", self.name)
        self.commands: list[Json] = features.get("slash_commands", [])
        self.shortcuts: list[Json] = features.get("shortcuts", [])
        self.unfurl_domains: list[str] = features.get("unfurl_domains", [])
        self._home: Json = features.get("app_home", {})
        oauth = raw.get("oauth_config", {})
        self.scopes = frozenset(oauth.get("scopes", {}).get("bot", []))
        self.redirect_urls: list[str] = oauth.get("redirect_urls", [])
        self._settings: Json = raw.get("settings", {})
        self.events = frozenset(self._settings.get("event_subscriptions", {}).get("bot_events", []))

    @property
    def home_enabled(self) -> bool:
        return bool(self._home.get("home_tab_enabled", False))

    @property
    def messages_enabled(self) -> bool:
        return bool(self._home.get("messages_tab_enabled", True))

    @property
    def messages_read_only(self) -> bool:
        return bool(self._home.get("messages_tab_read_only_enabled", False))

    @property
    def interactive(self) -> bool:
        return bool(self._settings.get("interactivity", {}).get("is_enabled", False))

    @property
    def socket_mode(self) -> bool:
        return bool(self._settings.get("socket_mode_enabled", False))

    @property
    def token_rotation(self) -> bool:
        return bool(self._settings.get("token_rotation_enabled", False))

    @property
    def events_path(self) -> str:
        return _path(self._settings.get("event_subscriptions", {}).get("request_url"))

    @property
    def interactivity_path(self) -> str:
        return _path(self._settings.get("interactivity", {}).get("request_url"))

    @property
    def options_path(self) -> str:
        block = self._settings.get("interactivity", {})
        return _path(block.get("message_menu_options_url") or block.get("request_url"))

    def command(self, word: str) -> Json | None:
        return next((c for c in self.commands if c["command"] == word), None)

    def command_path(self, word: str) -> str:
        return _path((self.command(word) or {}).get("url"))

    def shortcut(self, callback_id: str, kind: str) -> Json | None:
        return next((s for s in self.shortcuts if s["callback_id"] == callback_id and s["type"] == kind), None)


def _path(url: str | None) -> str:
    """The path of a manifest's URL; its host is whatever the operator filled in, so it is not used."""
    return urlsplit(url).path if url else "/slack/events"
