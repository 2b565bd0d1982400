"""Signing in to the pages with Slack or Microsoft, beside the private link.

Law: without a public address there is nowhere to come back to, so there is no such way in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.settings_export import setting
from bot.settings_tickets import TicketSettings

if TYPE_CHECKING:
    from bot.settings import Settings

SLACK_LOGIN = "https://slack.com"
BACK = "/sign-in/from/"
"""Path to which a provider sends people back, before its name."""


class SignInSettings(TicketSettings):
    slack_login_url: str = setting(
        "SLACK_LOGIN_URL",
        SLACK_LOGIN,
        "Where people sign in with Slack (with `SLACK_CLIENT_ID`); another host only with simulators allowed.",
    )
    teams_sign_in: str = setting(
        "TEAMS_SIGN_IN",
        "off",
        "`on` lets people sign in to the pages with Microsoft, by the bot's registration ([how](teams.md#signing-in)).",
    )


def back_to(s: Settings, provider: str) -> str:
    """The address that has to be registered with the provider."""
    return s.public_url.rstrip("/") + BACK + provider


def by_slack(s: Settings) -> bool:
    return bool(s.public_url and s.slack_client_id and s.slack_client_secret) and not s.unguarded


def by_microsoft(s: Settings) -> bool:
    return s.teams_sign_in.casefold() == "on" and bool(s.public_url)


def _slack_login(s: Settings) -> str:
    if s.slack_login_url == SLACK_LOGIN:
        return ""
    if not s.allow_simulators:
        return "SLACK_LOGIN_URL: another host than Slack's is used only together with DEBRIEF_ALLOW_SIMULATORS=1."
    parts = urlsplit(s.slack_login_url)
    return "" if parts.scheme in ("http", "https") and parts.hostname else "SLACK_LOGIN_URL: use an http(s):// address."


def _teams_sign_in(s: Settings) -> str:
    if s.teams_sign_in.casefold() not in ("on", "off"):
        return "TEAMS_SIGN_IN: use on or off."
    if s.teams_sign_in.casefold() == "off":
        return ""
    wanted = {"TEAMS_APP_ID": s.teams_app_id, "DEBRIEF_PUBLIC_URL": s.public_url}
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        return f"TEAMS_SIGN_IN: on also needs {', '.join(missing)}."
    if s.unguarded:
        return "TEAMS_SIGN_IN: on needs the bot's registration, so it does not go with TEAMS_AUTH=off; set one of them."
    if s.teams_login_url.rstrip("/").endswith("/token"):
        return "TEAMS_SIGN_IN: on needs TEAMS_LOGIN_URL without path, like https://login.microsoftonline.com."
    return ""


CHECKS: tuple[Callable[[Settings], str], ...] = (_slack_login, _teams_sign_in)
