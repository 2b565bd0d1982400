"""The state of simulated workspaces: people, conversations, messages, files. It never decides anything.

Ids count from the same start in every workspace, so that equal ids in two workspaces are the rule, not the exception.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["public", "private", "im", "mpim"]

COLOURS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5", "2b6836")


@dataclass
class User:
    id: str
    name: str
    real_name: str
    display_name: str = ""
    """What people call themselves; empty: by their name."""
    title: str = ""
    tz: str = "Etc/UTC"
    email: str = ""
    color: str = COLOURS[0]
    is_bot: bool = False
    guest: bool = False
    admin: bool = False
    deleted: bool = False
    updated: int = 0


@dataclass
class File:
    id: str
    name: str
    mimetype: str
    user: str
    created: int
    size: int = 0


@dataclass
class Message:
    """One message. `user` is empty for posts that come from an app without a bot user (subtype bot_message)."""

    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    username: str | None = None
    icons: Json | None = None
    metadata: Json | None = None
    edited: Json | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    more: Json = field(default_factory=dict)
    client_msg_id: str | None = None
    ephemeral_to: str | None = None
    stored_at: float = 0.0


@dataclass
class Channel:
    id: str
    name: str
    kind: Kind
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    topic: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    purpose: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    pins: dict[str, Json] = field(default_factory=dict)
    bookmarks: list[Json] = field(default_factory=list)
    previous_names: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def replies(self, ts: str) -> list[Message]:
        found = (m for m in self.messages.values() if m.thread_ts == ts and m.ts != ts)
        return sorted(found, key=lambda m: m.ts)

    def in_order(self) -> list[Message]:
        return sorted(self.messages.values(), key=lambda m: m.ts)

    def find(self, ts: str) -> Message | None:
        return self.messages.get(ts) or next((m for m in self.ephemerals if m.ts == ts), None)


@dataclass
class Team:
    id: str
    name: str
    domain: str
    bot_user: str = ""
    bot_id: str = ""
    app_id: str = ""
    installed: bool = True
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    usergroups: dict[str, Json] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    modals: dict[str, list[Json]] = field(default_factory=dict)
    toasts: dict[str, list[Json]] = field(default_factory=dict)
    count: int = 0

    def new_id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}0{_base36(self.count + 46656):0>8}"

    def user(self, who: str) -> User | None:
        """Finds a person by id, or by name with or without "@", whatever the case."""
        plain = who.removeprefix("@").lower()
        return self.users.get(who) or next((u for u in self.users.values() if u.name.lower() == plain), None)

    def named(self, name: str) -> Channel | None:
        plain = name.removeprefix("#")
        return next((c for c in self.channels.values() if c.name == plain and c.kind in ("public", "private")), None)

    def direct(self, *people: str) -> Channel | None:
        wanted = set(people)
        return next((c for c in self.channels.values() if c.kind in ("im", "mpim") and set(c.members) == wanted), None)

    def visible_to(self, user: str) -> Iterator[Channel]:
        """Guests see only where they were invited; full members also see every public channel."""
        person = self.users[user]
        open_to_all = not person.guest
        for channel in self.channels.values():
            if user in channel.members or (channel.kind == "public" and open_to_all):
                yield channel


def new_user(team: Team, name: str, real_name: str = "", **more: Any) -> User:
    stem = re.sub(r"[^A-Z0-9]", "", name.upper())[:7] or "X"
    wanted = f"U0{stem:0<7}"
    ident = wanted if wanted not in team.users else team.new_id("U")
    colour = COLOURS[len(team.users) % len(COLOURS)]
    more.setdefault("email", f"{re.sub(r'[^a-z0-9.]', '', name.lower()) or 'someone'}@example.com")
    user = User(id=ident, name=name, real_name=real_name or name.title(), **({"color": colour} | more))
    team.users[ident] = user
    return user


def new_channel(team: Team, name: str, kind: Kind, creator: str, created: int) -> Channel:
    prefix = {"public": "C", "private": "C", "im": "D", "mpim": "C"}[kind]
    channel = Channel(id=team.new_id(prefix), name=name, kind=kind, creator=creator, created=created)
    channel.members.append(creator)
    team.channels[channel.id] = channel
    return channel


def stamp(channel: Channel, moment: datetime, *, by_app: bool = False) -> str:
    """A message timestamp: seconds and six digits of microseconds, unique within its conversation.

    A clock that stands still between the steps of a story shows whole seconds. Those are kept for people, so that
    what an app posts meanwhile, sooner or later, never moves the stamp of what is said next.
    """
    micros = round(moment.timestamp() * 1_000_000)
    if by_app and micros % 1_000_000 == 0:
        micros += 500_000
    taken = {m.ts for m in channel.ephemerals}
    while (ts := f"{micros // 1_000_000}.{micros % 1_000_000:06d}") in channel.messages or ts in taken:
        micros += 1
    return ts


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + digits
    return digits
