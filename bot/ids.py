"""Ids that follow from what they name, so that the same gesture makes the same thing however often it is told."""

from __future__ import annotations

import hashlib

from bot.model import MessageRef


def stable_id(*parts: str) -> str:
    """24 hexadecimal letters, the same for the same parts for ever."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def message_id(incident: str, message: MessageRef) -> str:
    """The id of a message's entry in an incident, whoever hears of the message first."""
    return stable_id("message", incident, message.platform, message.tenant, message.channel, message.ts)
