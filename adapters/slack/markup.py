"""Slack's markup of what people typed, as neutral text: `<@U1>` becomes a mention token, the rest plain words.

Law: what somebody typed can never be taken for the engine's own marks: private-use characters are removed first. Names
of emoji become their signs.
"""

from __future__ import annotations

import re
from typing import Any

from adapters.emoji import with_signs
from bot.text import MENTION_CLOSE, MENTION_OPEN, mention_token

_PRIVATE = {ord(MENTION_OPEN): None, ord(MENTION_CLOSE): None}
_ANGLE = re.compile(r"<([@#!][^<>\n]{1,4000}|[A-Za-z][A-Za-z0-9+.\-]{0,30}:[^<>\n]{1,4000})>")
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")


def neutral(text: str, tenant: str) -> str:
    """Message text as Slack escapes it (events, and slash commands with `should_escape`)."""
    text = literal(text)
    if "<" in text:
        text = _ANGLE.sub(lambda found: _said(found.group(1), tenant), text)
    return unescaped(text) if "&" in text else text


def literal(text: str) -> str:
    """Text that Slack does not escape: what is typed into a form's field."""
    if MENTION_OPEN in text or MENTION_CLOSE in text:
        text = text.translate(_PRIVATE)
    return with_signs(text)


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def user_token(user: str, tenant: str) -> str:
    return mention_token(f"slack:{tenant}:{user}")


def _said(inside: str, tenant: str) -> str:
    target, _, label = inside.partition("|")
    sign, rest = target[:1], target[1:]
    if sign == "@":
        return user_token(rest, tenant) if _USER.fullmatch(rest) else f"@{label or rest}"
    if sign == "#":
        return f"#{label or rest}"
    if sign == "!":
        return _special(rest, label)
    return _link(target, label)


def _special(rest: str, label: str) -> str:
    """`!here`, `!subteam^S1|@oncall`, `!date^…|fallback`."""
    if label:
        return label
    name, _, first = rest.partition("^")
    return f"@{first or name}"


def _link(url: str, label: str) -> str:
    bare = url.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (url, bare) or f"http://{label}" == url or f"https://{label}" == url:
        return bare if bare != url else url
    return f"{label} ({url})"


def said_in(message: dict[str, Any], tenant: str) -> str:
    """The text of a message. What an integration says may stand in attachments or blocks alone."""
    text = message.get("text") or ""
    if text and not message.get("bot_id"):
        return neutral(str(text), tenant)
    parts = [str(text)] if text else []
    attachments = message.get("attachments")
    for attachment in attachments[:20] if isinstance(attachments, list) else ():
        if isinstance(attachment, dict):
            parts += _attached(attachment)
    if not parts:
        parts = list(_in_blocks(message.get("blocks")))
    return neutral("\n".join(dict.fromkeys(parts)), tenant)


def _attached(attachment: dict[str, Any]) -> list[str]:
    said = [attachment.get(name) for name in ("pretext", "title", "text")]
    found = [str(part) for part in said if part]
    for field in attachment.get("fields") or ():
        if isinstance(field, dict):
            found.append(f"{field.get('title', '')}: {field.get('value', '')}")
    return found or [str(attachment["fallback"])] if attachment.get("fallback") or found else []


def _in_blocks(blocks: Any) -> list[str]:
    found: list[str] = []
    for block in blocks[:50] if isinstance(blocks, list) else ():
        text = block.get("text") if isinstance(block, dict) else None
        if isinstance(text, dict) and text.get("text"):
            found.append(str(text["text"]))
        if isinstance(block, dict) and isinstance(block.get("elements"), list) and block.get("type") == "rich_text":
            found.append(_rich(block["elements"]))
    return found


def _rich(elements: list[Any], level: int = 0) -> str:
    """The plain text of a rich_text block, still in Slack's markup for mentions."""
    said: list[str] = []
    for element in elements[:500]:
        if not isinstance(element, dict) or level > 5:
            continue
        if isinstance(element.get("elements"), list):
            said.append(_rich(element["elements"], level + 1) + "\n")
        elif element.get("type") == "user":
            said.append(f"<@{element.get('user_id', '')}>")
        elif element.get("type") == "emoji":
            said.append(f":{element.get('name', '')}:")
        else:
            said.append(str(element.get("text") or element.get("url") or ""))
    return "".join(said)[:40_000]
