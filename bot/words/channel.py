"""What the bot says about an incident's channel and its people, when the platform tells of them."""

from __future__ import annotations

from bot import words
from bot.model import Incident
from bot.state import State
from bot.text import Text, say

EFFECTS = {
    "open_channel": "open the channel",
    "post": "post a message",
    "edit": "bring a message up to date",
    "direct": "send a private message",
    "invite": "bring somebody in",
    "remove": "take somebody out",
    "backfill": "fetch missing messages",
}


def undeliverable(state: State, incident: Incident, kind: str, reason: str, accounts: tuple[str, ...]) -> Text:
    """What could not be done for an incident, for whom, and why."""
    names = {a.key: p.name for p in state.people.values() for a in p.accounts}
    whom = ", ".join(dict.fromkeys(names[one] for one in accounts if one in names))
    return say(
        "{key}: {reason}{whom}",
        key=words.key(incident),
        reason=reason[:300] or f"I could not {EFFECTS.get(kind, 'do something outside')}.",
        whom=f" That was for {whom}." if whom else "",
    )


def renamed_line(name: str) -> str:
    return f"The channel was renamed to #{name}"


def archived_line(archived: bool) -> str:
    return "The channel was archived" if archived else "The channel was unarchived"


def archived_gap() -> str:
    return "the channel is archived, so nothing more can be said or captured there"


def archived_told(incident: Incident) -> Text:
    return say(
        "The channel of {key} was archived while the incident is still open. Please unarchive it, "
        "or end the incident with {verb}.",
        key=words.key(incident),
        verb=words.verb(f"{incident.key} resolve"),
    )


def turned_private_line() -> str:
    return "The channel was made private, and so is the incident"


def joined_line(name: str) -> str:
    return f"{name} joined the channel"


def left_line(name: str) -> str:
    return f"{name} left the channel"
