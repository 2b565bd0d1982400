"""What an operator sets, by environment and `.env`: read once, checked at once, every problem named with its remedy.

Law: a wrong setting stops the start. Nothing falls back silently to something less safe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.settings_export import CHECKS as EXPORT_CHECKS
from bot.settings_export import setting
from bot.settings_model import CHECKS as MODEL_CHECKS
from bot.settings_policy import policy_file_problems
from bot.settings_sign_in import CHECKS as SIGN_IN_CHECKS
from bot.settings_sign_in import SignInSettings
from bot.settings_tickets import CHECKS as TICKET_CHECKS

SLACK_API = "https://slack.com/api/"
TEAMS_LOGIN = "https://login.microsoftonline.com"
TEAMS_GRAPH = "https://graph.microsoft.com"
TEAMS_OPENID = "https://login.botframework.com/v1/.well-known/openidconfiguration"
MICROSOFT = (
    ".microsoft.com", ".microsoft.us", ".microsoftonline.com", ".microsoftonline.us", ".botframework.com",
    ".botframework.azure.us", ".smba.trafficmanager.net",
)  # fmt: skip
"""Ends of the names of Microsoft's hosts, after a dot. (Whose trafficmanager.net is, is anybody's guess.)"""
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[1-9][0-9]{0,4})?")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsWrong(Exception):
    """One line a problem, each with its remedy."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Settings(SignInSettings):
    """Field names are for the code; the alias is the environment variable."""

    database_url: str = setting(
        "DATABASE_URL",
        "sqlite:///data/debrief.db",
        "Database: `sqlite:///path` or `postgresql://user:password@host/name`.",
    )
    host: str = setting("DEBRIEF_HOST", "127.0.0.1", "Address to listen on.")
    port: int = setting("DEBRIEF_PORT", 8000, "Port to listen on, 0 to 65535 (0 takes a free one).")
    public_url: str = setting(
        "DEBRIEF_PUBLIC_URL",
        "",
        "Where people and platforms reach this host, as `https://…`; without it links are left out.",
    )
    secret_key: str = setting(
        "DEBRIEF_SECRET_KEY", "", "At least 32 characters; encrypts platform tokens and signs links. Keep it."
    )
    policy_file: str = setting(
        "DEBRIEF_POLICY_FILE",
        "",
        "Path of a TOML file with the organisation's [policy](policies.md), which is then set nowhere else.",
    )
    clock_offset: int = setting("DEBRIEF_CLOCK_OFFSET", 0, "Seconds added to the clock; only with simulators allowed.")
    allow_unsafe_db: bool = setting(
        "DEBRIEF_ALLOW_UNSAFE_DB", False, "`1` starts although the database may forget what it acknowledged."
    )
    allow_simulators: bool = setting(
        "DEBRIEF_ALLOW_SIMULATORS",
        False,
        "`1` allows simulated platforms, a moved clock and failpoints. Never in production.",
    )
    slack_bot_token: str = setting("SLACK_BOT_TOKEN", "", "Bot token (`xoxb-…`) of a single workspace.")
    slack_app_token: str = setting("SLACK_APP_TOKEN", "", "App-level token (`xapp-…`): Socket Mode.")
    slack_signing_secret: str = setting("SLACK_SIGNING_SECRET", "", "Signing secret: requests over HTTP.")
    slack_client_id: str = setting(
        "SLACK_CLIENT_ID", "", "Client id: installation by OAuth, and signing in to the pages."
    )
    slack_client_secret: str = setting("SLACK_CLIENT_SECRET", "", "Client secret that belongs to the client id.")
    slack_api_base_url: str = setting(
        "SLACK_API_BASE_URL", SLACK_API, "Slack's Web API; another host only with simulators allowed."
    )
    teams_app_id: str = setting("TEAMS_APP_ID", "", "Application (client) id of the Azure bot's registration.")
    teams_app_password: str = setting("TEAMS_APP_PASSWORD", "", "Client secret of that registration.")
    teams_app_certificate: str = setting(
        "TEAMS_APP_CERTIFICATE", "", "Path of a PEM file with key and certificate, instead of the client secret."
    )
    teams_tenant_id: str = setting("TEAMS_TENANT_ID", "", "Id of the Microsoft Entra tenant whose people are served.")
    teams_login_url: str = setting(
        "TEAMS_LOGIN_URL",
        TEAMS_LOGIN,
        "Where tokens to send with are fetched; another host only with simulators allowed.",
    )
    teams_openid_metadata_url: str = setting(
        "TEAMS_OPENID_METADATA_URL",
        TEAMS_OPENID,
        "Where the keys of incoming tokens are named; another host only with simulators allowed.",
    )
    teams_allowed_service_hosts: str = setting(
        "TEAMS_ALLOWED_SERVICE_HOSTS",
        "",
        "Further hosts, with commas, that may be sent to; other than Microsoft's only with simulators allowed.",
    )
    teams_auth: str = setting(
        "TEAMS_AUTH",
        "on",
        "`off` lets a local test client talk to the bot without a token: on loopback, with simulators allowed.",
    )
    teams_graph: str = setting(
        "TEAMS_GRAPH",
        "off",
        "`on` creates a group chat for a private incident through Microsoft Graph, where an admin has consented.",
    )
    teams_graph_url: str = setting(
        "TEAMS_GRAPH_URL", TEAMS_GRAPH, "Microsoft Graph; another host only with simulators allowed."
    )
    failpoint: str = setting(
        "FAILPOINT", "", "`name` or `name:n`: dies there on purpose; only with simulators allowed."
    )

    @property
    def unguarded(self) -> bool:
        """A local client may talk to the bot without a token: then nothing is sent to a real platform."""
        return self.teams_auth.casefold() == "off"

    @property
    def graph(self) -> bool:
        return self.teams_graph.casefold() == "on"

    @property
    def slack(self) -> bool:
        return bool(self.slack_bot_token or self.slack_client_id) and not self.unguarded

    @property
    def teams(self) -> bool:
        return bool(self.teams_app_id) or self.unguarded

    @property
    def sandbox(self) -> bool:
        """Without any token the sandbox is served."""
        return not (self.slack or self.teams)

    @property
    def oauth(self) -> bool:
        return bool(self.slack_client_id)


NAMES: dict[str, str] = {str(field.alias): name for name, field in Settings.model_fields.items()}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises `SettingsWrong` naming all problems at once."""
    given = {name: environment[name].strip() for name in NAMES if environment.get(name, "").strip()}
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, text in given.items():
        try:
            values[name] = _typed(name, text)
        except ValueError as wrong:
            problems.append(f"{name}: {wrong}")
    settings = Settings.model_validate(values)
    settings = settings.model_copy(update={"slack_api_base_url": settings.slack_api_base_url.rstrip("/") + "/"})
    problems += [problem for check in CHECKS for problem in check(settings).splitlines()]
    if problems:
        raise SettingsWrong(problems)
    return settings


def _typed(name: str, text: str) -> Any:
    kind = Settings.model_fields[NAMES[name]].annotation
    if kind is bool:
        return _switch(text)
    if kind is int:
        return _number(text)
    return text


def _switch(text: str) -> bool:
    if text.casefold() in ("1", "true", "yes", "on"):
        return True
    if text.casefold() in ("0", "false", "no", "off"):
        return False
    raise ValueError("use 1 or 0.")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("use a whole number.") from None


def _database(s: Settings) -> str:
    scheme = s.database_url.split(":", 1)[0].split("+", 1)[0]
    if scheme in ("sqlite", "postgresql", "postgres"):
        return ""
    return "DATABASE_URL: use sqlite:///path/to/file.db or postgresql://user:password@host/name."


def _port(s: Settings) -> str:
    return "" if 0 <= s.port <= 65535 else "DEBRIEF_PORT: use a number from 0 to 65535."


def _public_url(s: Settings) -> str:
    if not s.public_url:
        return ""
    parts = urlsplit(s.public_url)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    good = bool(parts.hostname) and (parts.scheme == "https" or local)
    return "" if good else "DEBRIEF_PUBLIC_URL: use an https:// address (http:// only for this machine)."


def _secret(s: Settings) -> str:
    if s.secret_key and len(s.secret_key) < 32:
        return (
            "DEBRIEF_SECRET_KEY: use at least 32 characters; "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'` makes one."
        )
    return ""


def _bot_token(s: Settings) -> str:
    if s.slack_bot_token and not s.slack_bot_token.startswith("xoxb-"):
        return "SLACK_BOT_TOKEN: a bot token begins with xoxb- (OAuth & Permissions page of your Slack app)."
    if s.slack_bot_token and not (s.slack_app_token or s.slack_signing_secret):
        return "SLACK_BOT_TOKEN: set SLACK_APP_TOKEN too (Socket Mode), or SLACK_SIGNING_SECRET (requests over HTTP)."
    return ""


def _app_token(s: Settings) -> str:
    if s.slack_app_token and not s.slack_app_token.startswith("xapp-"):
        return (
            "SLACK_APP_TOKEN: an app-level token begins with xapp- (Basic Information page, scope connections:write)."
        )
    if s.slack_app_token and not s.slack_bot_token and not s.slack_client_id:
        return "SLACK_APP_TOKEN: set SLACK_BOT_TOKEN too (OAuth & Permissions page of your Slack app)."
    return ""


def _signing_secret(s: Settings) -> str:
    if s.slack_signing_secret and not s.slack_bot_token and not s.slack_client_id:
        return "SLACK_SIGNING_SECRET: set SLACK_BOT_TOKEN too, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET."
    return ""


def _oauth(s: Settings) -> str:
    if not (s.slack_client_id or s.slack_client_secret):
        return ""
    wanted = {
        "SLACK_CLIENT_ID": s.slack_client_id,
        "SLACK_CLIENT_SECRET": s.slack_client_secret,
        "DEBRIEF_PUBLIC_URL": s.public_url,
        "DEBRIEF_SECRET_KEY": s.secret_key,
        "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN": s.slack_signing_secret or s.slack_app_token,
    }
    missing = [name for name, value in wanted.items() if not value]
    return f"SLACK_CLIENT_ID: installation by OAuth also needs {', '.join(missing)}." if missing else ""


def _api(s: Settings) -> str:
    parts = urlsplit(s.slack_api_base_url)
    if s.slack_api_base_url == SLACK_API:
        return ""
    if not s.allow_simulators:
        return "SLACK_API_BASE_URL: another host than Slack's is used only together with DEBRIEF_ALLOW_SIMULATORS=1."
    return (
        "" if parts.scheme in ("http", "https") and parts.hostname else "SLACK_API_BASE_URL: use an http(s):// address."
    )


def _teams(s: Settings) -> str:
    given = s.teams_app_id or s.teams_app_password or s.teams_app_certificate or s.teams_tenant_id
    if not given or s.unguarded:
        return ""
    wanted = {
        "TEAMS_APP_ID": s.teams_app_id,
        "TEAMS_APP_PASSWORD or TEAMS_APP_CERTIFICATE": s.teams_app_password or s.teams_app_certificate,
        "TEAMS_TENANT_ID": s.teams_tenant_id,
    }
    missing = [name for name, value in wanted.items() if not value]
    return f"Microsoft Teams also needs {', '.join(missing)} (the Azure bot's Configuration page)." if missing else ""


def _teams_certificate(s: Settings) -> str:
    if s.teams_app_certificate and s.teams_app_password:
        return "TEAMS_APP_CERTIFICATE: set this or TEAMS_APP_PASSWORD, not both."
    if s.teams_app_certificate and not Path(s.teams_app_certificate).is_file():
        return (
            "TEAMS_APP_CERTIFICATE: there is no such file; it is a PEM file with the private key and the certificate."
        )
    return ""


def _teams_auth(s: Settings) -> str:
    if s.teams_auth.casefold() not in ("on", "off"):
        return "TEAMS_AUTH: use on or off."
    if s.unguarded and not s.allow_simulators:
        return "TEAMS_AUTH: off works only together with DEBRIEF_ALLOW_SIMULATORS=1, and on this machine alone."
    if s.unguarded and s.host not in LOOPBACK:
        return "TEAMS_AUTH: with off, DEBRIEF_HOST has to be 127.0.0.1: whoever reaches the bot could speak as anybody."
    return ""


def _teams_graph(s: Settings) -> str:
    if s.teams_graph.casefold() not in ("on", "off"):
        return "TEAMS_GRAPH: use on or off."
    if s.graph and s.unguarded:
        return "TEAMS_GRAPH: on needs the bot's own token, so it does not go with TEAMS_AUTH=off; set one of them."
    if s.graph and not s.teams_app_id:
        return "TEAMS_GRAPH: set TEAMS_APP_ID too (the Azure bot's Configuration page)."
    return ""


def _teams_addresses(s: Settings) -> str:
    hosts = [one.strip() for one in s.teams_allowed_service_hosts.split(",") if one.strip()]
    named = {
        "TEAMS_LOGIN_URL": [urlsplit(s.teams_login_url).netloc],
        "TEAMS_OPENID_METADATA_URL": [urlsplit(s.teams_openid_metadata_url).netloc],
        "TEAMS_GRAPH_URL": [urlsplit(s.teams_graph_url).netloc],
        "TEAMS_ALLOWED_SERVICE_HOSTS": hosts,
    }
    if s.allow_simulators:
        return ""
    foreign = [name for name, found in named.items() if not all(_is_microsoft(host) for host in found)]
    words = "names a host that is not Microsoft's, which works only together with DEBRIEF_ALLOW_SIMULATORS=1."
    return f"{', '.join(foreign)}: {words}" if foreign else ""


def _is_microsoft(host: str) -> bool:
    return f".{host.casefold()}".endswith(MICROSOFT)


def _teams_hosts(s: Settings) -> str:
    wrong = [
        one for one in map(str.strip, s.teams_allowed_service_hosts.split(",")) if one and not _HOST.fullmatch(one)
    ]
    return f"TEAMS_ALLOWED_SERVICE_HOSTS: use `host` or `host:port`, not {', '.join(wrong)}." if wrong else ""


def _teams_urls(s: Settings) -> str:
    for name, url in (
        ("TEAMS_LOGIN_URL", s.teams_login_url),
        ("TEAMS_OPENID_METADATA_URL", s.teams_openid_metadata_url),
        ("TEAMS_GRAPH_URL", s.teams_graph_url),
    ):
        parts = urlsplit(url)
        if not parts.hostname or parts.scheme not in (("http", "https") if s.allow_simulators else ("https",)):
            return f"{name}: use an https:// address."
    return ""


def _simulators_only(s: Settings) -> str:
    if s.allow_simulators:
        return ""
    moved = [name for name, value in (("DEBRIEF_CLOCK_OFFSET", s.clock_offset), ("FAILPOINT", s.failpoint)) if value]
    return f"{', '.join(moved)}: works only together with DEBRIEF_ALLOW_SIMULATORS=1." if moved else ""


def _sandbox_host(s: Settings) -> str:
    if s.sandbox and s.host not in LOOPBACK and not s.allow_simulators:
        return (
            "DEBRIEF_HOST: without tokens this is the sandbox, which listens on 127.0.0.1 only. "
            "Set SLACK_BOT_TOKEN or TEAMS_APP_ID for the real thing, or DEBRIEF_ALLOW_SIMULATORS=1 to serve the "
            "sandbox there anyway."
        )
    return ""


CHECKS: tuple[Callable[[Settings], str], ...] = (
    _database, _port, _public_url, _secret, _bot_token, _app_token, _signing_secret, _oauth, _api, _simulators_only,
    _sandbox_host, _teams, _teams_certificate, _teams_auth, _teams_graph, _teams_addresses, _teams_hosts, _teams_urls,
    *SIGN_IN_CHECKS, *EXPORT_CHECKS, *MODEL_CHECKS, *TICKET_CHECKS,
    lambda s: policy_file_problems(s.policy_file),
)  # fmt: skip
