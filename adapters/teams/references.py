"""Who and where can be written to: the Bot Framework's conversation references, learned from whatever comes in.

Law: what is known of a person or a place only ever grows by what was just told; what was not told stays as it was.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Literal, Protocol

from bot.text import Value

CACHED = 20_000


class Reference(Value):
    """One person, or one conversation that is no 1:1 chat. Ids are the Bot Framework's (`29:…`, `19:…`, `a:…`)."""

    tenant: str
    id: str
    """A user's id; a channel's or group chat's conversation id without `;messageid=`; a team's id."""
    kind: Literal["person", "channel", "group", "team"]
    name: str = ""
    service_url: str = ""
    """Where it was reached last. It is checked against the allowed hosts again whenever something is sent there."""
    entra: str = ""
    """A person's object id in Microsoft Entra, by which message actions name the author of a message."""
    chat: str = ""
    """A person's 1:1 conversation with the bot."""
    home: str = ""
    """Activity id of the newest card with a person's own page, which is brought up to date in place."""
    team: str = ""
    """The team of a channel."""
    heard: Literal["", "yes"] = ""
    """Of a team or group chat: messages that do not mention the bot arrive as well, so consent was given."""
    installed: Literal["", "yes", "no"] = ""


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
        self._known: OrderedDict[tuple[str, str], Reference] = OrderedDict()

    async def find(self, tenant: str, ident: str) -> Reference | None:
        known = self._known.get((tenant, ident))
        if known is None and ident and (known := await self._kept.find(tenant, ident)) is not None:
            self._remember(known)
        return known

    async def met(self, told: Reference) -> Reference:
        """What is known now, with what was just told. Raises `Unavailable`."""
        known = await self.find(told.tenant, told.id)
        news = {name: value for name in told.model_fields_set if (value := getattr(told, name))}
        now = known.model_copy(update=news) if known is not None else told
        if now != known:
            await self._kept.save(now)
            self._remember(now)
        return now

    async def by_entra(self, tenant: str, entra: Iterable[str]) -> dict[str, str]:
        return await self._kept.by_entra(tenant, entra)

    async def listed(self, tenant: str, kind: str) -> list[Reference]:
        return await self._kept.listed(tenant, kind)

    def _remember(self, reference: Reference) -> None:
        self._known[reference.tenant, reference.id] = reference
        self._known.move_to_end((reference.tenant, reference.id))
        while len(self._known) > CACHED:
            self._known.popitem(last=False)


def root_of(conversation: str) -> str:
    """A channel's conversation id, of any thread in it."""
    return conversation.split(";", 1)[0]
