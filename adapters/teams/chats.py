"""Group chats that are created for private incidents where Microsoft Graph is allowed, and who is in a chat.

Law: without Graph, or without the tenant's consent, a person is told how to do it themselves. A chat that was created
is remembered before anything else is done with it, so that what is tried again goes on there.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.teams.connector import Connector
from adapters.teams.graph import Graph, NotConsented, Someone
from adapters.teams.people import profile_of
from adapters.teams.references import Reference, References
from adapters.teams.refusals import Failed
from adapters.teams.rooms import Rooms
from adapters.teams.showing import Showing
from bot.command import Origin
from bot.commands.delivery import ChannelOpened
from bot.effects import Invite, OpenChannel, Remove, SetTopic
from bot.errors import GiveUp, Retry, Unsure
from bot.failpoint import failpoint
from bot.model import Account, Place
from bot.text import Card, Section, Text
from bot.words import chat as chat_words
from bot.words import teams as words


class GroupChats:
    """Without a `graph` nothing is created, and nobody is added."""

    def __init__(
        self, graph: Graph | None, connector: Connector, references: References, rooms: Rooms, showing: Showing
    ) -> None:
        self._graph = graph
        self._connector = connector
        self._references = references
        self._rooms = rooms
        self._showing = showing

    def can_be_created(self) -> bool:
        return self._graph is not None and self._graph.ready

    # -- a new one

    async def open(self, effect: OpenChannel, unsure: bool) -> ChannelOpened:
        """The chat of a private incident that was declared elsewhere. Raises `GiveUp` in words that say how else."""
        if self._graph is None:
            raise GiveUp(words.private_needs_a_group_chat().plain(), "no_group_chat")
        people = await self._people(effect.tenant, effect.invite)
        if not people:
            raise GiveUp(words.private_needs_a_group_chat().plain(), "nobody_known")
        try:
            chat = await self._made(self._graph, effect, people.values(), unsure)
        except NotConsented:
            raise GiveUp(words.private_needs_a_group_chat().plain(), "not_consented") from None
        except Failed as failed:
            why = words.reason(failed.code, chat_words.DOING[effect.kind])
            raise GiveUp(f"{why} {words.private_needs_a_group_chat().plain()}", failed.code) from failed
        return ChannelOpened(
            origin=Origin(id=effect.key, platform="teams", tenant=effect.tenant),
            incident_id=effect.incident,
            place=Place(platform="teams", tenant=effect.tenant, channel=chat),
            name=effect.name,
            members=tuple(people),
            limited="" if await self._rooms.hears(effect.tenant, chat) else words.MENTIONS_ONLY_CHAT,
        )

    async def _made(self, graph: Graph, effect: OpenChannel, people: Iterable[Someone], unsure: bool) -> str:
        """Its conversation id. What can be missing is looked for before anything is created."""
        service = await self._rooms.any_service(effect.tenant)
        await graph.find_app()
        chat = await self._made_before(effect)
        again = unsure and not chat
        if not chat:
            chat = await graph.create_chat(effect.topic, people)
            failpoint("after create")
            await self._references.met(
                Reference(
                    tenant=effect.tenant, id=chat, kind="group", name=effect.topic, service_url=service,
                    made_for=effect.key,
                )
            )  # fmt: skip
        await graph.install(chat)
        if again:
            await self._say_so(service, effect.tenant, chat)
        return chat

    async def _made_before(self, effect: OpenChannel) -> str:
        groups = await self._references.listed(effect.tenant, "group")
        return next((one.id for one in groups if one.made_for == effect.key), "")

    async def _say_so(self, service: str, tenant: str, chat: str) -> None:
        """There may be a second chat of the same name. It is a courtesy: nothing depends on it."""
        card = Card(sections=(Section(text=Text(parts=(words.MAYBE_TWO_CHATS,)), quiet=True),))
        try:
            await self._showing.say(service, tenant, chat, card)
        except (Failed, GiveUp, Retry, Unsure):
            return

    # -- who is in it

    async def invite(self, effect: Invite) -> None:
        """Whoever is known to Microsoft Entra is added; of the others it is told."""
        if self._graph is None:
            raise GiveUp(words.ADD_THEM_YOURSELF, "people_add_people")
        people = await self._people(effect.tenant, effect.accounts)
        try:
            for who in people.values():
                await self._graph.add_member(effect.place.channel, who)
        except NotConsented:
            raise GiveUp(words.ADD_THEM_YOURSELF, "not_consented") from None
        if not people.keys() >= set(effect.accounts):
            raise GiveUp(words.ADD_THEM_YOURSELF, "nobody_known")

    async def remove(self, effect: Remove) -> None:
        if self._graph is None:
            raise GiveUp(words.REMOVE_THEM_YOURSELF, "people_remove_people")
        people = await self._people(effect.tenant, (effect.account,))
        if not people:
            raise GiveUp(words.REMOVE_THEM_YOURSELF, "nobody_known")
        try:
            await self._graph.remove_member(effect.place.channel, people[effect.account].entra)
        except NotConsented:
            raise GiveUp(words.REMOVE_THEM_YOURSELF, "not_consented") from None

    async def rename(self, effect: SetTopic) -> None:
        """A chat that we did not create keeps its name, and so does one that we may not rename."""
        known = await self._references.find(effect.tenant, effect.place.channel)
        if self._graph is None or known is None or not known.made_for:
            return
        try:
            await self._graph.set_topic(effect.place.channel, effect.topic)
        except NotConsented:
            return

    async def _people(self, tenant: str, accounts: Iterable[str]) -> dict[str, Someone]:
        """By account, those whose object id in Microsoft Entra is known."""
        found: dict[str, Someone] = {}
        for account in dict.fromkeys(accounts):
            who = await self._someone(Account.of(account)) if account.startswith(f"teams:{tenant}:") else None
            if who is not None:
                found[account] = who
        return found

    async def _someone(self, who: Account) -> Someone | None:
        """The roster tells who is a guest, too. Where it does not answer, what is known has to do."""
        known = await self._references.find(who.tenant, who.user)
        if known is None:
            return None
        entra, guest, where = known.entra, False, known.chat or known.seen_in
        try:
            member = await self._connector.member(known.service_url, where, who.user) if where else {}
        except (Failed, Retry, Unsure):
            member = {}
        if member:
            entra = str(member.get("aadObjectId") or member.get("objectId") or entra)
            guest = profile_of(member)["person_kind"] == "guest"
        return Someone(entra, guest) if entra else None
