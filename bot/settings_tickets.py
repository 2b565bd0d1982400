"""Trackers in which action items have tickets: one is on as soon as its first setting is there.

Law: nothing of a private incident goes to a tracker without a word of the operator for it; what a tracker tells is
believed only with a secret.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from bot.settings_export import GITHUB_API, GITLAB, PROJECT, REPOSITORY, address, formed, printable, setting, together
from bot.settings_model import ModelSettings

PRIVATE = "`1` lets action items of private incidents have tickets there too."
_PAIR = re.compile(r"[^\s=,]+@[^\s=,]+=[A-Za-z0-9][A-Za-z0-9_.:@-]{0,99}")
_TEAM = re.compile(r"[a-z0-9][a-z0-9-]{0,99}/[A-Z0-9]{1,20}")
_JIRA_PROJECT = re.compile(r"[A-Z][A-Z0-9_]{1,49}")
LEAST_SECRET = 16


class TicketSettings(ModelSettings):
    tickets_tracker: str = setting(
        "TICKETS_TRACKER",
        "",
        "Which one new tickets go to, where several are set up: `github`, `gitlab`, `jira`, `linear`, `webhook`.",
    )
    tickets_all: bool = setting("TICKETS_ALL", False, "`1` opens a ticket for each new action item by itself.")
    tickets_github_repository: str = setting(
        "TICKETS_GITHUB_REPOSITORY", "", "`owner/name`: action items have issues there."
    )
    tickets_github_token: str = setting(
        "TICKETS_GITHUB_TOKEN", "", "Fine-grained token of that repository: issues, read and write."
    )
    tickets_github_secret: str = setting(
        "TICKETS_GITHUB_SECRET", "", "Secret of the repository's webhook; without it changes there are noticed hourly."
    )
    tickets_github_accounts: str = setting(
        "TICKETS_GITHUB_ACCOUNTS", "", "Who is who there: `maya@example.com=maya-gh, tom@example.com=tom`."
    )
    tickets_github_url: str = setting("TICKETS_GITHUB_URL", GITHUB_API, "GitHub's API; on your own server `…/api/v3`.")
    tickets_github_private: bool = setting("TICKETS_GITHUB_PRIVATE", False, PRIVATE)
    tickets_gitlab_project: str = setting(
        "TICKETS_GITLAB_PROJECT", "", "`group/name` or number: action items have issues there."
    )
    tickets_gitlab_token: str = setting(
        "TICKETS_GITLAB_TOKEN", "", "Access token of that project, role Reporter or more, with the scope `api`."
    )
    tickets_gitlab_secret: str = setting(
        "TICKETS_GITLAB_SECRET",
        "",
        "Signing token (`whsec_…`) or secret token of the webhook; without it changes there are noticed hourly.",
    )
    tickets_gitlab_accounts: str = setting(
        "TICKETS_GITLAB_ACCOUNTS", "", "Who is who there, for those who are not found by their address."
    )
    tickets_gitlab_url: str = setting("TICKETS_GITLAB_URL", GITLAB, "Address of the GitLab.")
    tickets_gitlab_private: bool = setting(
        "TICKETS_GITLAB_PRIVATE", False, "`1` lets action items of private incidents have confidential issues there."
    )
    tickets_jira_url: str = setting(
        "TICKETS_JIRA_URL", "", "`https://NAME.atlassian.net`, or of your own Jira: action items have issues there."
    )
    tickets_jira_project: str = setting("TICKETS_JIRA_PROJECT", "", "Key of the project.")
    tickets_jira_type: str = setting("TICKETS_JIRA_TYPE", "Task", "Name of the issue type.")
    tickets_jira_user: str = setting(
        "TICKETS_JIRA_USER", "", "Jira Cloud: e-mail address of the account of the token. Your own Jira: leave it out."
    )
    tickets_jira_token: str = setting(
        "TICKETS_JIRA_TOKEN", "", "Jira Cloud: API token of that account. Your own Jira: personal access token."
    )
    tickets_jira_secret: str = setting(
        "TICKETS_JIRA_SECRET", "", "Secret of the webhook; without it changes there are noticed hourly."
    )
    tickets_jira_accounts: str = setting(
        "TICKETS_JIRA_ACCOUNTS", "", "Who is who there, for those who are not found by their address."
    )
    tickets_jira_level: str = setting(
        "TICKETS_JIRA_LEVEL",
        "",
        "Security level (name or number): action items of private incidents have issues too, with it.",
    )
    tickets_linear_team: str = setting(
        "TICKETS_LINEAR_TEAM",
        "",
        "`workspace/KEY`, as in `linear.app/workspace/team/KEY`: action items have issues there.",
    )
    tickets_linear_token: str = setting(
        "TICKETS_LINEAR_TOKEN",
        "",
        "API key of Linear that may read, write and create issues and comments in that team.",
    )
    tickets_linear_secret: str = setting(
        "TICKETS_LINEAR_SECRET", "", "Signing secret of the webhook; without it changes there are noticed hourly."
    )
    tickets_linear_private: bool = setting("TICKETS_LINEAR_PRIVATE", False, PRIVATE)
    tickets_webhook_url: str = setting(
        "TICKETS_WEBHOOK_URL", "", "Any other tracker: signed events about tickets are sent there."
    )
    tickets_webhook_secret: str = setting(
        "TICKETS_WEBHOOK_SECRET", "", "`whsec_` and a key in base64: signs what is sent, and what comes back."
    )
    tickets_webhook_private: bool = setting("TICKETS_WEBHOOK_PRIVATE", False, PRIVATE)


def accounts(said: str) -> dict[str, str]:
    """What a tracker calls people, by their e-mail addresses. Raises `ValueError`."""
    pairs = [pair.strip() for pair in said.split(",") if pair.strip()]
    if not all(map(_PAIR.fullmatch, pairs)):
        raise ValueError("not address=account, with commas")
    return {mail.casefold(): account for mail, account in (pair.split("=", 1) for pair in pairs)}


def webhook_key(secret: str) -> bytes:
    """The key in a secret as Standard Webhooks writes it. Raises `ValueError`."""
    return base64.b64decode(secret.removeprefix("whsec_"), validate=True)


def _accounts(name: str) -> Callable[[TicketSettings], str]:
    def check(s: TicketSettings) -> str:
        try:
            accounts(getattr(s, name.lower()))
        except ValueError:
            return f"{name}: use address=account, with commas between them."
        return ""

    return check


def _secret(name: str) -> Callable[[TicketSettings], str]:
    def check(s: TicketSettings) -> str:
        value = getattr(s, name.lower())
        return f"{name}: use at least {LEAST_SECRET} characters." if value and len(value) < LEAST_SECRET else ""

    return check


def _key(name: str, *, always: bool = False) -> Callable[[TicketSettings], str]:
    """Of a secret as Standard Webhooks writes it. `always`: it may not be any other either."""

    def check(s: TicketSettings) -> str:
        value = getattr(s, name.lower())
        if not value or not (always or value.startswith("whsec_")):
            return ""
        try:
            good = value.startswith("whsec_") and len(webhook_key(value)) >= 24
        except (ValueError, binascii.Error):
            good = False
        made = "`printf whsec_; head -c 32 /dev/urandom | base64`"
        return "" if good else f"{name}: use whsec_ and at least 24 bytes in base64; {made} makes one."

    return check


def _tracker(s: TicketSettings) -> str:
    on = set_up(s)
    if s.tickets_tracker and s.tickets_tracker not in on:
        return f"TICKETS_TRACKER: use one that is set up: {', '.join(on) or 'none is'}."
    return "" if on or not s.tickets_all else "TICKETS_ALL: also needs a tracker."


def set_up(s: TicketSettings) -> list[str]:
    """Names, the one for new tickets first."""
    first = {
        "github": s.tickets_github_repository,
        "gitlab": s.tickets_gitlab_project,
        "jira": s.tickets_jira_url,
        "linear": s.tickets_linear_team,
        "webhook": s.tickets_webhook_url,
    }
    on = [name for name, value in first.items() if value]
    return sorted(on, key=lambda name: name != s.tickets_tracker)


CHECKS: tuple[Callable[[Any], str], ...] = (
    together("TICKETS_GITHUB_REPOSITORY", "TICKETS_GITHUB_TOKEN"),
    formed("TICKETS_GITHUB_REPOSITORY", REPOSITORY, "owner/name"),
    printable("TICKETS_GITHUB_TOKEN"),
    _secret("TICKETS_GITHUB_SECRET"),
    _accounts("TICKETS_GITHUB_ACCOUNTS"),
    address("TICKETS_GITHUB_URL"),
    together("TICKETS_GITLAB_PROJECT", "TICKETS_GITLAB_TOKEN"),
    formed("TICKETS_GITLAB_PROJECT", PROJECT, "group/name or the project's number"),
    printable("TICKETS_GITLAB_TOKEN"),
    _secret("TICKETS_GITLAB_SECRET"),
    _key("TICKETS_GITLAB_SECRET"),
    _accounts("TICKETS_GITLAB_ACCOUNTS"),
    address("TICKETS_GITLAB_URL"),
    together("TICKETS_JIRA_URL", "TICKETS_JIRA_PROJECT", "TICKETS_JIRA_TOKEN"),
    formed("TICKETS_JIRA_PROJECT", _JIRA_PROJECT, "the project's key"),
    printable("TICKETS_JIRA_USER"),
    printable("TICKETS_JIRA_TOKEN"),
    _secret("TICKETS_JIRA_SECRET"),
    _accounts("TICKETS_JIRA_ACCOUNTS"),
    address("TICKETS_JIRA_URL"),
    together("TICKETS_LINEAR_TEAM", "TICKETS_LINEAR_TOKEN"),
    formed("TICKETS_LINEAR_TEAM", _TEAM, "workspace/KEY"),
    printable("TICKETS_LINEAR_TOKEN"),
    _secret("TICKETS_LINEAR_SECRET"),
    together("TICKETS_WEBHOOK_URL", "TICKETS_WEBHOOK_SECRET"),
    address("TICKETS_WEBHOOK_URL"),
    _key("TICKETS_WEBHOOK_SECRET", always=True),
    _tracker,
)
