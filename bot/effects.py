"""What is to happen outside: frozen values that become rows of the outbox in the decision's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bot.model import MessageRef, Place
from bot.text import Card, Value

INCIDENT, DRAFT, REMINDER = 0, 1, 2
"""Priorities: smaller is sent first."""


class Effect(Value):
    """`key` is unique for ever: a second effect of the same key is the same effect, and is not written again."""

    kind: ClassVar[str] = ""
    at_most_once: ClassVar[bool] = False
    """Never repeated when its outcome is unknown."""
    beside: ClassVar[bool] = False
    """For something beside the chats: its tenant is the organisation's id."""

    key: str
    platform: str
    tenant: str
    incident: str = ""
    """Incident id: effects of one incident to one destination keep their order."""
    priority: int = INCIDENT
    supersedes: str = ""
    """Waiting effects with the same word here are dropped: only the newest state of a card is worth sending."""
    not_before: datetime | None = None

    def __init_subclass__(cls, kind: str = "", **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if kind:
            cls.kind = kind
            EFFECTS[kind] = cls

    @property
    def lane(self) -> str:
        """Effects of one lane are carried out one after the other."""
        return f"{self.platform}:{self.tenant}:{self.incident or self.key}"


EFFECTS: dict[str, type[Effect]] = {}


class OpenChannel(Effect, kind="open_channel"):
    """Creates the incident's place and brings `invite` (account keys) in. Receipt: `ChannelOpened`.

    A platform whose incidents live in threads opens one in `home`, the channel that the organisation chose for them, or
    else near `declared_in`.
    """

    name: str
    topic: str
    private: bool
    invite: tuple[str, ...] = ()
    home: Place | None = None
    declared_in: Place | None = None


class Post(Effect, kind="post"):
    """A new message. Receipt: `MessagePosted`, where a `purpose` is given."""

    place: Place
    card: Card
    purpose: str = ""
    """What the message is for the incident: "status card", "announcement", …"""
    pin: bool = False


class Edit(Effect, kind="edit"):
    """Replaces the content of a message of the bot."""

    message: MessageRef
    card: Card


class Direct(Effect, kind="direct"):
    """A private 1:1 message to an account (key). Receipt: `MessagePosted` with `purpose`."""

    account: str
    card: Card
    purpose: str = ""
    plan: str = ""
    """Of a reminder: the key of its plan. It is decided once more just before it is sent."""
    items: tuple[str, ...] = ()
    """Of a digest: ids of the action items that it shows. Receipt: `HeardOf`, also where it was sent perhaps."""

    @property
    def lane(self) -> str:
        return f"{self.platform}:{self.tenant}:{self.account}"


class Whisper(Effect, kind="whisper"):
    """A message in a channel that only one account sees; tried once."""

    at_most_once: ClassVar[bool] = True

    place: Place
    account: str
    card: Card

    @property
    def lane(self) -> str:
        return f"{self.platform}:{self.tenant}:{self.account}"


class Invite(Effect, kind="invite"):
    """Brings `accounts` (account keys) into an incident's place; where nobody has to be let in, they are told of it, by
    its `topic`."""

    place: Place
    accounts: tuple[str, ...]
    topic: str = ""


class Remove(Effect, kind="remove"):
    """Takes an account out of an incident's place."""

    place: Place
    account: str


class SetTopic(Effect, kind="set_topic"):
    """Gives an incident's place its topic, or name."""

    place: Place
    topic: str


class ReadMessage(Effect, kind="read_message"):
    """Fetches a message the bot did not see being said. Receipt: `MessageRead`."""

    message: MessageRef


class Backfill(Effect, kind="backfill"):
    """Fetches one page of a channel's history. Receipt: `HistoryRead`, which asks for the next page."""

    place: Place
    since: str
    """Oldest platform timestamp wanted."""
    oldest: str = ""
    """How far back later edits, and later replies to threads, are looked for; empty: no further than `since`."""
    cursor: str = ""
    page: int = 0
    priority: int = REMINDER

    @property
    def lane(self) -> str:
        return f"{self.platform}:{self.tenant}:backfill:{self.place.channel}"


class ReadMembers(Effect, kind="read_members"):
    """Asks the platform who is in an incident's place. Receipt: `MembersRead`, where that is not as it was `known`."""

    place: Place
    known: tuple[str, ...] | None = None
    """Account keys of those who were in it when it was asked last; None: it never was."""
    priority: int = REMINDER

    @property
    def lane(self) -> str:
        return f"{self.platform}:{self.tenant}:members:{self.place.channel}"


class Turn(Effect, kind="turn"):
    """What time decides: a command of our own, given when a reminder's rule says so. Receipt: that command."""

    command: str
    """Its kind."""
    fields: dict[str, str] = {}


class LearnProfile(Effect, kind="learn_profile"):
    """Asks the platform who an account is. Receipt: `ProfileLearned`."""

    account: str
    priority: int = DRAFT

    @property
    def lane(self) -> str:
        return f"{self.platform}:{self.tenant}:profile:{self.account}"
