"""The state of a simulated tenant: people, channels, chats, messages. It never decides anything.

Law: ids follow from names and counters alone, so that two tenants made alike have the same ids.
"""

import base64
import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "groupChat", "personal"]
THREAD = ";messageid="
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
_SPACE = uuid.UUID("7f2c6f2e-6f0a-4f6e-9a51-0d5a3f6f2b11")


def guid(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(parts)))


def opaque(*parts: str) -> str:
    """Sixty-odd characters as they stand in the ids of users and chats."""
    raw = b"".join(hashlib.sha256(f"{n}/{'/'.join(parts)}".encode()).digest() for n in range(2))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def split(conversation: str) -> tuple[str, str]:
    """A conversation's id without the thread, and the thread's root ("" where none is named)."""
    base, _, root = conversation.partition(THREAD)
    return base, root


@dataclass
class Person:
    """`id` is valid for one bot only; `personal` says that the app is installed for this person."""

    id: str
    object_id: str
    name: str
    real_name: str
    title: str = ""
    tz: str = "Etc/UTC"
    email: str = ""
    locale: str = "en-US"
    guest: bool = False
    admin: bool = False
    other_bot: bool = False
    personal: bool = True
    blocked: str = ""

    @property
    def given(self) -> str:
        return self.real_name.partition(" ")[0]

    @property
    def surname(self) -> str:
        return self.real_name.partition(" ")[2]


@dataclass
class Message:
    """`root` is the thread's first message, "" for that one itself; `only` the one person who sees a targeted one."""

    id: str
    author: str
    text: str
    at: datetime
    root: str = ""
    html: str = ""
    attachments: list[Json] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)
    summary: str = ""
    only: str = ""
    quoted: str = ""
    edited: bool = False
    deleted: bool = False
    delivered: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, Json] = field(default_factory=dict)
    """The card that one person sees instead, until the bot edits the message."""

    @property
    def thread(self) -> str:
        return self.root or self.id

    @property
    def card(self) -> Json | None:
        found = next((a for a in self.attachments if a.get("contentType") == ADAPTIVE), None)
        return found["content"] if found else None

    def card_for(self, person: str) -> Json | None:
        return self.shown.get(person) or self.card


@dataclass
class Conversation:
    """A channel, group chat or personal chat; the threads of a channel share its messages."""

    id: str
    kind: Kind
    name: str = ""
    members: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    installed: bool = True
    consent: bool = True
    deleted: bool = False

    def in_order(self) -> list[Message]:
        return sorted(self.messages.values(), key=lambda m: int(m.id))

    def thread(self, root: str) -> list[Message]:
        return [m for m in self.in_order() if m.thread == root]

    def full_id(self, message: Message) -> str:
        """The conversation's id as activities about this message carry it."""
        return f"{self.id}{THREAD}{message.thread}" if self.kind == "channel" else self.id


@dataclass
class Team:
    """The team's id is that of its General channel."""

    id: str
    name: str
    group_id: str
    members: list[str] = field(default_factory=list)
    installed: bool = True
    consent: bool = True


@dataclass
class Tenant:
    id: str
    app_id: str
    people: dict[str, Person] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    team_of: dict[str, str] = field(default_factory=dict)
    """By channel: the team that it belongs to."""

    def person(self, who: str) -> Person | None:
        """By id, Entra object id, or name with or without "@", whatever the case."""
        plain = who.removeprefix("@").lower()
        known = self.people.get(who)
        return known or next(
            (p for p in self.people.values() if plain in (p.name.lower(), p.object_id, p.real_name.lower())), None
        )

    def named(self, name: str) -> Conversation | None:
        plain = name.removeprefix("#").lower()
        alive = (c for c in self.conversations.values() if c.kind != "personal" and not c.deleted)
        return next((c for c in alive if c.name.lower() == plain), None)

    def personal(self, person: str) -> Conversation | None:
        return next((c for c in self.conversations.values() if c.kind == "personal" and c.members == [person]), None)

    def team(self, channel: str) -> Team | None:
        return self.teams.get(self.team_of.get(channel, ""))

    def channels(self, team: str) -> Iterator[Conversation]:
        return (c for c in self.conversations.values() if self.team_of.get(c.id) == team and not c.deleted)

    def members(self, place: Conversation) -> list[str]:
        team = self.team(place.id)
        return team.members if team else place.members

    def installed(self, place: Conversation) -> bool:
        """Whether the app is where this conversation is: in the team, the chat, or with the person."""
        team = self.team(place.id)
        if team is not None:
            return team.installed
        if place.kind == "personal":
            return self.people[place.members[0]].personal
        return place.installed

    def consents(self, place: Conversation) -> bool:
        """Whether every message is delivered here, and not only those that mention the bot."""
        team = self.team(place.id)
        return place.kind == "personal" or ((team.consent if team else True) and place.consent)


def new_person(tenant: Tenant, name: str, real_name: str = "", **more: Any) -> Person:
    stem = re.sub(r"[^a-z0-9.]", "", name.lower()) or "someone"
    more.setdefault("email", f"{stem}@example.com")
    person = Person(
        id=f"29:1{opaque(tenant.app_id, tenant.id, name)}",
        object_id=guid(tenant.id, "person", name),
        name=name,
        real_name=real_name or name.title(),
        **more,
    )
    tenant.people[person.id] = person
    return person


def new_conversation(tenant: Tenant, kind: Kind, name: str, members: list[str]) -> Conversation:
    number = str(len(tenant.conversations))
    ident = {
        "channel": f"19:{uuid.uuid5(_SPACE, f'{tenant.id}/{number}/{name}').hex}@thread.tacv2",
        "groupChat": f"19:{uuid.uuid5(_SPACE, f'{tenant.id}/{number}/chat').hex}@thread.v2",
        "personal": f"a:1{opaque(tenant.app_id, tenant.id, *members)}",
    }[kind]
    place = Conversation(ident, kind, name, list(members))
    tenant.conversations[ident] = place
    return place


def new_team(tenant: Tenant, name: str) -> Team:
    general = new_conversation(tenant, "channel", "General", [])
    team = Team(general.id, name, guid(tenant.id, "group", name))
    tenant.teams[team.id] = team
    tenant.team_of[general.id] = team.id
    return team


def stamp(place: Conversation, moment: datetime, *, by_app: bool = False) -> str:
    """A message's id: milliseconds as text, unique within its conversation.

    A clock that stands still between the steps of a story shows whole seconds. Those are kept for people, so that
    what an app posts meanwhile, sooner or later, never moves the id of what is said next.
    """
    millis = round(moment.timestamp() * 1000)
    if by_app and moment.microsecond == 0:
        millis += 500
    while str(millis) in place.messages:
        millis += 1
    return str(millis)
