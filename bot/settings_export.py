"""Where published postmortems go besides the chats: a program is on as soon as its first setting is there.

Law: only public addresses over https, and no private incident without a word of the operator for that program.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from bot.text import Value

GITHUB_API, GITLAB = "https://api.github.com", "https://gitlab.com"
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/[A-Za-z0-9_.-]{1,100}")
PROJECT = re.compile(r"[1-9][0-9]{0,17}|[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")
_SPACE = re.compile(r"~?[A-Za-z0-9]{1,255}")
_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
PRIVATE = "`1` lets postmortems of private incidents go there too."


def setting(name: str, default: Any, about: str) -> Any:
    return Field(default=default, alias=name, description=about)


class ExportSettings(Value):
    export_github_repository: str = setting(
        "EXPORT_GITHUB_REPOSITORY", "", "`owner/name`: published postmortems become pull requests there."
    )
    export_github_token: str = setting(
        "EXPORT_GITHUB_TOKEN", "", "Fine-grained token of that repository: contents and pull requests, read and write."
    )
    export_github_url: str = setting("EXPORT_GITHUB_URL", GITHUB_API, "GitHub's API; on your own server `…/api/v3`.")
    export_github_private: bool = setting("EXPORT_GITHUB_PRIVATE", False, PRIVATE)
    export_gitlab_project: str = setting(
        "EXPORT_GITLAB_PROJECT", "", "`group/name` or number: published postmortems become merge requests there."
    )
    export_gitlab_token: str = setting("EXPORT_GITLAB_TOKEN", "", "Access token of that project, with the scope `api`.")
    export_gitlab_url: str = setting("EXPORT_GITLAB_URL", GITLAB, "Address of the GitLab.")
    export_gitlab_private: bool = setting("EXPORT_GITLAB_PRIVATE", False, PRIVATE)
    export_confluence_url: str = setting(
        "EXPORT_CONFLUENCE_URL", "", "`https://NAME.atlassian.net/wiki`: published postmortems become pages there."
    )
    export_confluence_space: str = setting("EXPORT_CONFLUENCE_SPACE", "", "Key of the space.")
    export_confluence_user: str = setting("EXPORT_CONFLUENCE_USER", "", "E-mail address of the account of the token.")
    export_confluence_token: str = setting("EXPORT_CONFLUENCE_TOKEN", "", "API token of that account.")
    export_confluence_private: bool = setting("EXPORT_CONFLUENCE_PRIVATE", False, PRIVATE)


def together(*names: str) -> Callable[[ExportSettings], str]:
    """Of settings that belong together, none or all."""

    def check(s: ExportSettings) -> str:
        fields = {name: getattr(s, name.lower()) for name in names}
        missing = [name for name, value in fields.items() if not value]
        if not missing or len(missing) == len(names):
            return ""
        return f"{next(name for name in names if fields[name])}: also needs {', '.join(missing)}."

    return check


def formed(name: str, form: re.Pattern[str], wanted: str) -> Callable[[ExportSettings], str]:
    def check(s: ExportSettings) -> str:
        value = getattr(s, name.lower())
        plain = not value or (form.fullmatch(value) and ".." not in value)
        return "" if plain else f"{name}: use {wanted}."

    return check


def printable(name: str) -> Callable[[ExportSettings], str]:
    """A token goes into a header; its value is in no message."""

    def check(s: ExportSettings) -> str:
        value = getattr(s, name.lower())
        return "" if value.isascii() and value.isprintable() and " " not in value else f"{name}: this is no token."

    return check


def address(name: str) -> Callable[[ExportSettings], str]:
    def check(s: ExportSettings) -> str:
        value = getattr(s, name.lower())
        if not value or _is_address(value, ("http", "https") if getattr(s, "allow_simulators", False) else ("https",)):
            return ""
        return f"{name}: use an https:// address without a name, password, question mark or #."

    return check


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    bare = not (parts.query or parts.fragment or parts.username or parts.password or "?" in value or "#" in value)
    host = parts.hostname or ""
    return bool(
        bare
        and _HOST.fullmatch(host)
        and _is_one_spelling(host)
        and parts.scheme in schemes
        and port != 0
        and _PATH.fullmatch(parts.path)
    )


def _is_one_spelling(host: str) -> bool:
    """A number that a resolver would take for an address has to be written as one."""
    last = host.rpartition(".")[2]
    if not (last.isdigit() or last.casefold().startswith("0x")):
        return True
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


CHECKS: tuple[Callable[[Any], str], ...] = (
    together("EXPORT_GITHUB_REPOSITORY", "EXPORT_GITHUB_TOKEN"),
    formed("EXPORT_GITHUB_REPOSITORY", REPOSITORY, "owner/name"),
    printable("EXPORT_GITHUB_TOKEN"),
    address("EXPORT_GITHUB_URL"),
    together("EXPORT_GITLAB_PROJECT", "EXPORT_GITLAB_TOKEN"),
    formed("EXPORT_GITLAB_PROJECT", PROJECT, "group/name or the project's number"),
    printable("EXPORT_GITLAB_TOKEN"),
    address("EXPORT_GITLAB_URL"),
    together("EXPORT_CONFLUENCE_URL", "EXPORT_CONFLUENCE_SPACE", "EXPORT_CONFLUENCE_USER", "EXPORT_CONFLUENCE_TOKEN"),
    formed("EXPORT_CONFLUENCE_SPACE", _SPACE, "the space's key"),
    printable("EXPORT_CONFLUENCE_USER"),
    printable("EXPORT_CONFLUENCE_TOKEN"),
    address("EXPORT_CONFLUENCE_URL"),
)
