"""Who and where can be written to: the Bot Framework's conversation references, learned from whatever comes in.

Law: what is known of a person or a place only ever grows by what was just told; what was not told stays as it was.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Literal, Protocol

from pydantic import field_validator

from bot.text import Value

CACHED = 20_000
AMONG_PEOPLE = "19:"
"""How the ids of channels, group chats and chats of two people begin; that of a chat with the bot begins with `a:`."""


class Reference(Value, extra="ignore"):
    """One person, or one conversation that is no 1:1 chat (a thread only where an incident lives in it). Ids are those
    of the Bot Framework: `29:…`, `19:…`, `a:…`."""

    tenant: str
    id: str
    """A user's id; a channel's or group chat's conversation id without `;messageid=`; a team's id."""
    kind: Literal["person", "channel", "group", "team", "thread"]
    name: str = ""
    service_url: str = ""
    """Where it was reached last. It is checked against the allowed hosts again whenever something is sent there."""
    entra: str = ""
    """A person's object id in Microsoft Entra, by which message actions name the author of a message."""
    chat: str = ""
    """A person's 1:1 conversation with the bot."""
    seen_in: str = ""
    """The conversation in which a person was seen last: its roster tells who they are."""
    team: str = ""
    """The team of a channel."""
    closed: Literal["", "yes"] = ""
    """Of a channel: not everybody of its team reads it."""
    heard: Literal["", "yes", "no"] = ""
    """Of a team or group chat: messages that do not mention the bot arrive as well, so consent was given. Whoever
    takes the bot out takes it back."""
    installed: Literal["", "yes", "no"] = ""
    made_for: str = ""
    """Of a group chat that we created: the key of the effect that asked for it."""

    @field_validator("chat")
    @classmethod
    def _own(cls, chat: str) -> str:
        """Private words never go where others read, whatever was told of it or kept from before."""
        return "" if chat.startswith(AMONG_PEOPLE) else chat


class Kept(Protocol):
    """The store of references. One tenant never sees another's."""

    async def find(self, tenant: str, ident: str) -> Reference | None: ...

    async def by_entra(self, tenant: str, entra: Iterable[str]) -> dict[str, str]:
        """User ids by object id, of those that are known."""

    async def listed(self, tenant: str, kind: str) -> list[Reference]: ...

    async def save(self, reference: Reference) -> None:
        """In place of an earlier one. Raises `Unavailable`."""


class References:
    """The store with a memory in front: most of what arrives tells nothing new, and then nothing is written."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._known: OrderedDict[tuple[str, str], Reference | None] = OrderedDict()

    async def find(self, tenant: str, ident: str) -> Reference | None:
        key = (tenant, ident)
        if key not in self._known:
            found = await self._kept.find(tenant, ident) if ident else None
            if key not in self._known:  # else something newer was told meanwhile
                self._remember(key, found)
        return self._known[key]

    async def met(self, told: Reference) -> Reference:
        """What is known now, with what was just told. Raises `Unavailable`."""
        known = await self.find(told.tenant, told.id)
        news = {name: value for name in told.model_fields_set if (value := getattr(told, name))}
        now = known.model_copy(update=news) if known is not None else told
        if now != known:
            await self._kept.save(now)
            self._remember((now.tenant, now.id), now)
        return now

    async def by_entra(self, tenant: str, entra: Iterable[str]) -> dict[str, str]:
        return await self._kept.by_entra(tenant, entra)

    async def listed(self, tenant: str, kind: str) -> list[Reference]:
        return await self._kept.listed(tenant, kind)

    def _remember(self, key: tuple[str, str], reference: Reference | None) -> None:
        self._known[key] = reference
        self._known.move_to_end(key)
        while len(self._known) > CACHED:
            self._known.popitem(last=False)


def root_of(conversation: str) -> str:
    """A channel's conversation id, of any thread in it."""
    return conversation.split(";", 1)[0]
