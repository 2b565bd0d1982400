"""The app that Teams installs: its manifest from the tables that the code listens by, and the package around it.

Law: the same settings make the same bytes. Schema 1.29 declares slash commands and targeted messages; 1.19 is the
fallback for tenants that do not take it yet (Microsoft Learn, App manifest reference; Expose slash commands).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bot.commands  # noqa: F401 - fills the table of verbs
from bot.rules import VERBS

Json = dict[str, Any]
NEWEST, FALLBACK = "1.29", "1.19"
VERSION = "1.0.0"
"""Of the package: Teams takes an update only with a higher one, so it rises with every change to the manifest."""
SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v{version}/MicrosoftTeams.schema.json"
ICONS = Path(__file__).parent / "icons"
NOWHERE = "https://example.com"
"""Teams wants the developer's pages; without a public address there are none."""

MESSAGE_ACTIONS: dict[str, tuple[str, str]] = {
    "add_to_timeline": ("Add to timeline", "Puts this message into the incident's timeline"),
    "make_action_item": ("Make an action item", "Turns this message into an action item with an owner"),
    "declare_from_message": ("Declare an incident", "Declares an incident that starts with this message"),
    "mark_message": ("Mark message", "Says what this message means for the postmortem, or leaves it out"),
}
"""Command id → (title, description), in a message's menu."""
COMPOSE_COMMANDS: dict[str, tuple[str, str]] = {
    "declare": ("Declare an incident", "Opens the form that declares an incident"),
    "my_actions": ("My action items", "Shows the action items you own"),
}
"""Command id → (title, description), at the compose box."""
SHOWN_VERBS = (
    "declare", "update", "note", "action", "actions", "resolve", "status", "timeline", "postmortem", "help",
)  # fmt: skip
"""What Teams offers while somebody types; every other verb is understood as well."""
DESCRIPTION = 128
PERMISSIONS = ("ChannelMessage.Read.Group", "ChatMessage.Read.Chat")
"""Resource-specific consent: without it the bot hears only what mentions it. Rosters and channels need none."""

SHORT = "Runs an incident from its first message to its last finished action item"
LONG = (
    "Debrief runs an incident from its first message to its last finished action item. Declare with @Debrief declare: "
    "it opens a thread in the incidents channel, keeps everything that is said there, and posts one status card. A "
    "message's menu puts it into the timeline. When the incident is resolved, the postmortem's draft is there, from "
    "what happened alone. Action items have one owner and a date, and their owners hear of them once a week until "
    "they are done."
)


def manifest(app_id: str, *, url: str = "", version: str = NEWEST) -> Json:
    """`url` is where people reach this host; `version` is the schema's, `NEWEST` or `FALLBACK`."""
    slash = version != FALLBACK
    site = url.rstrip("/") or NOWHERE
    return {
        "$schema": SCHEMA.format(version=version),
        "manifestVersion": version,
        "version": VERSION,
        "id": app_id,
        "developer": {"name": "Debrief", "websiteUrl": site, "privacyUrl": site, "termsOfUseUrl": site},
        "name": {"short": "Debrief", "full": "Debrief: incidents and postmortems"},
        "description": {"short": SHORT, "full": LONG},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#2F5BD0",
        "bots": [_bot(app_id, slash)],
        "composeExtensions": [{"botId": app_id, "commands": _commands(slash)}],
        "permissions": ["identity", "messageTeamMembers"],
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "validDomains": _domains(url),
        # Resource-specific consent needs a `resource`, and gives it no meaning.
        "webApplicationInfo": {"id": app_id, "resource": site},
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": name, "type": "Application"} for name in PERMISSIONS]}
        },
    }


def package(app_id: str, *, url: str = "", fallback: bool = False) -> bytes:
    """The zip that an admin uploads."""
    told = manifest(app_id, url=url, version=FALLBACK if fallback else NEWEST)
    files = {"manifest.json": json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"}
    files |= {name: (ICONS / name).read_bytes() for name in told["icons"].values()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, contents in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, contents)
    return packed.getvalue()


def write_packages(app_id: str, url: str, first: Path, complain: Callable[[str], None]) -> tuple[Path, Path]:
    """Two of them: the newest manifest, and one for clients that do not take it."""
    if not app_id:
        app_id = "00000000-0000-0000-0000-000000000000"
        told = f"the packages carry {app_id} and cannot be installed until you make them anew."
        complain(f"TEAMS_APP_ID is not set: {told}")
    second = first.with_name(f"{first.stem}-{FALLBACK}{first.suffix or '.zip'}")
    for path, fallback in ((first, False), (second, True)):
        path.write_bytes(package(app_id, url=url, fallback=fallback))
    return first, second


def _bot(app_id: str, slash: bool) -> Json:
    return {
        "botId": app_id,
        "scopes": ["personal", "team", "groupChat"],
        "supportsFiles": False,
        "isNotificationOnly": False,
        **({"supportsTargetedMessages": True} if slash else {}),
        "commandLists": [
            _verbs("team", "groupChat", triggers=("mention", "slash") if slash else ()),
            _verbs("personal", triggers=("mention",) if slash else ()),
        ],
    }


def _verbs(*scopes: str, triggers: tuple[str, ...]) -> Json:
    """Targeted messages, and with them slash commands, exist where others are: not in a personal chat."""
    commands = [{"title": word, "description": _cut(VERBS[word].help)} for word in SHOWN_VERBS]
    return {"scopes": list(scopes), **({"triggers": list(triggers)} if triggers else {}), "commands": commands}


def _cut(text: str) -> str:
    return text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1] + "…"


def _commands(slash: bool) -> list[Json]:
    at_messages = [_action(name, about, context=["message"]) for name, about in MESSAGE_ACTIONS.items()]
    at_the_box = [_action(name, about, context=["compose", "commandBox"]) for name, about in COMPOSE_COMMANDS.items()]
    return [*at_messages, *({**one, "triggers": ["slash"]} if slash else one for one in at_the_box)]


def _action(name: str, about: tuple[str, str], *, context: list[str]) -> Json:
    title, description = about
    return {
        "id": name,
        "type": "action",
        "context": context,
        "title": title,
        "description": description,
        "fetchTask": True,
    }


def _domains(url: str) -> list[str]:
    host = urlsplit(url).hostname if url else None
    return [host] if host else []
