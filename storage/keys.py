"""The texts by which rows are found: places, messages, accounts and names."""

from __future__ import annotations

import hashlib
import re
from sys import intern

from bot.model import Account, MessageRef, Person, Place

HOUSE = frozenset({"api", "cli", "clock"})
"""Platforms of our own: their tenant is the organisation's id, their actor a person's id or `integration:NAME`."""
DEBRIEF = "p_debrief"
INTEGRATION = "integration:"
REF_FIELDS = set(MessageRef.model_fields)
"""One for all references that are read: with a set of its own, each would be twice as large."""
_FILLING = re.compile(r"[\s.\-_@]+")


def place_key(platform: str, tenant: str, channel: str) -> str:
    return f"{platform} {tenant} {channel}"


def ref_key(message: MessageRef) -> str:
    return f"{message.platform} {message.tenant} {message.channel} {message.ts}"


def ref_of(key: str, channel: str, ts: str) -> MessageRef:
    """Platform and tenant hold no space; channel and timestamp are stored beside the key."""
    platform, tenant, _ = key.split(" ", 2)
    return MessageRef.model_construct(
        _fields_set=REF_FIELDS, platform=intern(platform), tenant=intern(tenant), channel=intern(channel), ts=ts
    )


def key_of_place(place: Place | None) -> str | None:
    return place_key(place.platform, place.tenant, place.channel) if place else None


def lock_number(key: str) -> int:
    """A signed 64-bit number for PostgreSQL's advisory locks."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def person_id(account: str) -> str:
    """The same account always becomes the same person, whoever meets it first."""
    return "p_" + hashlib.blake2b(account.encode(), digest_size=10).hexdigest()


def stub(organisation: str, key: str) -> Person:
    """A person of whom only the account is known yet."""
    account = Account.of(key)
    return Person(id=person_id(key), organisation=organisation, name=account.user, accounts=(account,))


def spoken(name: str) -> str:
    """How a name compares with what somebody typed after `@`."""
    return _FILLING.sub("", name.casefold())


def first_name(name: str) -> str:
    words = name.split()
    return spoken(words[0]) if words else ""


def local_part(email: str) -> str:
    return spoken(email.split("@", 1)[0])
