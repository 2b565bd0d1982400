"""Where things stand: the channel for a new incident's thread, a person's 1:1 chat, and the address that serves them.

Law: whoever or whatever cannot be reached is a `GiveUp` in words that tell what to do about it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.teams.connector import Connector
from adapters.teams.references import Reference, References, root_of
from adapters.teams.refusals import Failed
from bot.effects import OpenChannel
from bot.errors import GiveUp
from bot.model import Account
from bot.words import teams as words

BotId = Callable[[], str]
"""Our own user id, `28:…`."""
T = TypeVar("T")
NO_MEMBER = "BotNotInConversationRoster"


def _spoken(name: object) -> str:
    """Spaces and signs are where people forget them."""
    return "".join(one for one in str(name or "").casefold() if one.isalnum())


class Rooms:
    def __init__(self, references: References, connector: Connector, bot_id: BotId) -> None:
        self._references = references
        self._connector = connector
        self._bot_id = bot_id

    async def service(self, tenant: str, conversation: str) -> str:
        """The address that serves a conversation. Raises `GiveUp` where nobody has spoken to us from there."""
        room = await self._references.find(tenant, root_of(conversation))
        if room is not None and room.service_url:
            return room.service_url
        for kind in ("team", "channel", "group", "person"):
            for one in await self._references.listed(tenant, kind):
                if one.service_url and conversation in (one.id, one.chat):
                    return one.service_url
        return await self.any_service(tenant)

    async def any_service(self, tenant: str) -> str:
        """A tenant is served by one address; whichever was seen last will do."""
        for kind in ("team", "channel", "group", "person"):
            for one in await self._references.listed(tenant, kind):
                if one.service_url:
                    return one.service_url
        raise GiveUp(words.NOT_INSTALLED, "not_installed")

    async def for_incident(self, effect: OpenChannel) -> tuple[str, str]:
        """(service address, channel) in which a public incident's thread is opened: the one that was chosen, else the
        one it was declared in, else the only team's general one; never one that not everybody of its team reads."""
        declared = effect.declared_in.channel if effect.declared_in else ""
        chosen = effect.home.channel if effect.home else ""
        for wanted in (root_of(chosen), root_of(declared)):
            if wanted and await self._is_open_channel(effect.tenant, wanted):
                return await self.service(effect.tenant, wanted), wanted
        teams = [one for one in await self._references.listed(effect.tenant, "team") if one.installed != "no"]
        if len(teams) == 1:
            return teams[0].service_url or await self.any_service(effect.tenant), teams[0].id
        raise GiveUp(words.no_channel(len(teams)), "no_channel")

    async def called(self, tenant: str, channel: str) -> str:
        """The conversation of a channel that is known by its name alone, or by that of its team: one that was met, else
        as the teams list them. Raises `GiveUp` where it is none, or several."""
        if ":" in channel:
            return channel
        rooms = [one for kind in ("channel", "team") for one in await self._references.listed(tenant, kind)]
        ids = {one.id for one in rooms if _spoken(one.name) == _spoken(channel) and one.installed != "no"}
        ids = ids or await self._listed(tenant, _spoken(channel))
        if len(ids) != 1:
            raise GiveUp(words.no_such_channel(channel, several=bool(ids)), "no_such_channel")
        return ids.pop()

    async def _listed(self, tenant: str, name: str) -> set[str]:
        found = set()
        for team in await self._references.listed(tenant, "team"):
            if team.installed != "no":
                channels = await self._connector.channels(await self.service(tenant, team.id), team.id)
                found |= {str(one["id"]) for one in channels if one.get("id") and _spoken(one.get("name")) == name}
        return found

    async def _is_open_channel(self, tenant: str, conversation: str) -> bool:
        room = await self._references.find(tenant, conversation)
        if room is None:
            return "@thread.tacv2" in conversation
        return room.kind in ("channel", "team") and not room.closed

    async def in_private(self, account: str, say: Callable[[str, str], Awaitable[T]]) -> T:
        """What `say` gives for (service address, 1:1 conversation) of an account. The chat is opened once, where the
        app is installed for them; and once more where the bot turns out to be no member of the one that is known."""
        who = Account.of(account)
        known = await self._references.find(who.tenant, who.user)
        service = (known.service_url if known is not None else "") or await self.any_service(who.tenant)
        chat = known.chat if known is not None else ""
        if chat:
            try:
                return await say(service, chat)
            except Failed as failed:
                if failed.code != NO_MEMBER or chat == (opened := await self._opened(service, who)):
                    raise
                return await say(service, opened)
        return await say(service, await self._opened(service, who))

    async def _opened(self, service: str, who: Account) -> str:
        chat = await self._connector.create_chat(service, who.tenant, self._bot_id(), who.user)
        told = Reference(tenant=who.tenant, id=who.user, kind="person", chat=chat, service_url=service)
        await self._references.met(told)
        return chat

    async def hears(self, tenant: str, conversation: str) -> bool:
        """Whether everything said there arrives: somebody's message that did not mention the bot has."""
        room = await self._references.find(tenant, root_of(conversation))
        if room is None:
            return False
        team = await self._references.find(tenant, room.team) if room.team else None
        return room.heard == "yes" or (team is not None and team.heard == "yes")
