"""How Slack stores what people type, and whom a text addresses.

Typed text is escaped; names, channels and links become tokens in angle brackets. Texts of apps are taken as they are.
"""

import re
from typing import Any

from adapters.sandbox.world import Json, Team

_TOKEN = re.compile(
    r"<(?:@[A-Z0-9]+|#[A-Z0-9]+|![a-z]+(?:\^[A-Z0-9]+)?|https?://[^<>|\s]+|mailto:[^<>|\s]+)(?:\|[^<>]*)?>"
)
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}']")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_MENTION = re.compile(r"<(@[A-Z0-9]+|!(?:channel|here|everyone)|!subteam\^[A-Z0-9]+)(?:\|[^<>]*)?>")
_NAMED = re.compile(r"(?<![\w@])@(channel|here|everyone|[\w.-]+)")


def typed(team: Team, text: str) -> str:
    """The stored form of a text as a person types it; tokens already in Slack's form are kept."""
    parts: list[str] = []
    place = 0
    for found in re.finditer(f"{_TOKEN.pattern}|{_CODE.pattern}", text, re.DOTALL):
        parts += [_prose(team, text[place : found.start()]), _kept(found.group())]
        place = found.end()
    return "".join([*parts, _prose(team, text[place:])])


def _kept(piece: str) -> str:
    return piece if piece.startswith("<") else escape(piece)


def _prose(team: Team, text: str) -> str:
    pieces: list[str] = []
    place = 0
    for found in _LINK.finditer(text):
        pieces += [_names(team, escape(text[place : found.start()])), f"<{escape(found.group())}>"]
        place = found.end()
    return "".join([*pieces, _names(team, escape(text[place:]))])


def _names(team: Team, text: str) -> str:
    def person(found: re.Match[str]) -> str:
        word = found.group(1)
        if word in ("channel", "here", "everyone"):
            return f"<!{word}>"
        stem = word.rstrip(".-")
        user = team.user(stem)
        return f"<@{user.id}>{word[len(stem) :]}" if user else found.group()

    def place(found: re.Match[str]) -> str:
        channel = team.named(found.group(1))
        return f"<#{channel.id}|{channel.name}>" if channel else found.group()

    return re.sub(r"(?<![\w&#])#([a-z0-9_-]+)", place, _NAMED.sub(person, text))


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def with_names(team: Team, text: str) -> str:
    """Tokens as a slash command with should_escape shows them: <@U1|name> and <#C1|name>."""

    def named(found: re.Match[str]) -> str:
        user = team.users.get(found.group(1))
        return f"<@{found.group(1)}|{user.name}>" if user else found.group()

    return re.sub(r"<@([A-Z0-9]+)>", named, text)


def without_tokens(team: Team, text: str) -> str:
    """Tokens as plain text, the way a slash command without should_escape sends them."""

    def plain(found: re.Match[str]) -> str:
        user = team.users.get(found.group(1))
        return f"@{user.name}" if user else found.group()

    text = re.sub(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>", plain, text)
    text = re.sub(r"<#[A-Z0-9]+\|([^<>]*)>", r"#\1", text)
    text = re.sub(r"<!(\w+)>", r"@\1", text)
    return unescape(re.sub(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>", r"\1", text))


def links(text: str) -> list[str]:
    return [unescape(found) for found in re.findall(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>", text)]


def addressed(text: str) -> list[str]:
    return _MENTION.findall(text)


def addressed_by_app(args: Json) -> list[str]:
    """Whom an app's message would ping: tokens in mrkdwn texts and blocks, and bare names if it asked to link them."""
    found = addressed(args.get("text") or "")
    if args.get("parse") == "full" or args.get("link_names") in (True, "true", "1", 1):
        found += [f"@{word}" for word in _NAMED.findall(args.get("text") or "")]
    for part in (args.get("blocks") or [], args.get("attachments") or []):
        found += _in_blocks(part)
    return list(dict.fromkeys(found))


def _in_blocks(part: Any) -> list[str]:
    if isinstance(part, list):
        return [hit for item in part for hit in _in_blocks(item)]
    if not isinstance(part, dict):
        return []
    kind = part.get("type")
    if kind == "mrkdwn" or kind == "markdown":
        return addressed(str(part.get("text", "")))
    if kind == "user" and "user_id" in part:
        return [f"@{part['user_id']}"]
    if kind == "broadcast":
        return [f"!{part.get('range')}"]
    if kind == "usergroup":
        return [f"!subteam^{part.get('usergroup_id')}"]
    return [hit for item in part.values() for hit in _in_blocks(item)]
