"""A card of the engine on its way to Teams: with its links, its own views, in as many messages as it needs.

Law: what a card carries is bound to where it stands and, where it is private, to whom it is for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.teams import cards
from adapters.teams.captures import permalink
from adapters.teams.connector import Connector
from adapters.teams.dividing import halved
from adapters.teams.refusals import Failed
from adapters.teams.sealed import Seal, Sealed
from bot.command import Command
from bot.errors import Refused
from bot.model import Account
from bot.pages import PageUrl, with_links
from bot.ports import Submit
from bot.text import Card, Code, Part, Reply, Text, each_text

Json = dict[str, Any]
TOO_BIG = "MessageSizeTooBig"
VERB = "/incident"


class Showing:
    def __init__(self, connector: Connector, seal: Seal, page_url: PageUrl, bot_name: str) -> None:
        self._connector = connector
        self._seal = seal
        self._page_url = page_url
        self._bot_name = bot_name

    async def content(self, card: Card, tenant: str, conversation: str, account: str = "", message: str = "") -> Json:
        """The Adaptive Card that stands in a conversation: for one account alone, or for everybody in it. `message` is
        the id of the message that it is to replace when what it asks for is done."""
        shown = await self._as_read_here(card, conversation, account)
        told = cards.content(shown, self._seal, tenant=tenant, channel=conversation, account=account, turn=message)
        if card.view is None:
            return told
        view = card.view
        users = [one.user for key in view.accounts if (one := Account.of(key)).platform == "teams"]
        again = Sealed(does=view.does, args=view.args, channel=conversation)
        return cards.with_refresh(told, users, again, self._seal)

    async def messages(self, card: Card, tenant: str, channel: str, account: str = "") -> list[Json]:
        """A card as the messages that it needs, bound to the conversation in which it counts."""
        return [await self._activity(part, tenant, channel, account) for part in self._parts(card, tenant)]

    async def say(self, service: str, tenant: str, conversation: str, card: Card, account: str = "") -> str:
        """Id of the first of the messages that the card needs."""
        ids = [await self._sent(service, tenant, conversation, part, account) for part in self._parts(card, tenant)]
        return ids[0]

    async def _sent(self, service: str, tenant: str, conversation: str, card: Card, account: str) -> str:
        activity = await self._activity(card, tenant, conversation, account)
        try:
            return await self._connector.send(service, conversation, activity)
        except Failed as failed:
            halves = halved(card)
            if failed.code != TOO_BIG or len(halves) == 1:
                raise
        ids = [await self._sent(service, tenant, conversation, half, account) for half in halves]
        return ids[0]

    async def begin(self, service: str, tenant: str, channel: str, card: Card) -> tuple[str, str]:
        """(conversation, message id) of a new thread."""
        return await self._connector.create_thread(
            service, tenant, channel, await self._activity(card, tenant, channel)
        )

    async def replace(
        self, service: str, tenant: str, conversation: str, message: str, card: Card, account: str = ""
    ) -> None:
        activity = await self._activity(card, tenant, conversation, account)
        try:
            await self._connector.update(service, conversation, message, activity)
        except Failed as failed:
            first, *rest = halved(card)
            if failed.code != TOO_BIG or not rest:
                raise
            await self.replace(service, tenant, conversation, message, first, account)

    async def whisper(self, service: str, tenant: str, conversation: str, card: Card, account: str) -> str:
        """A message that only one person in the conversation sees. Raises `Failed` where that is not possible."""
        activity = await self._activity(card, tenant, conversation, account)
        return await self._connector.send_targeted(service, conversation, Account.of(account).user, activity)

    def plainly(self, refused: Refused, conversation: str) -> str:
        """Why something was refused, where only bare words are shown."""
        return _spelt(refused.text, spelling(conversation, self._bot_name)).plain()

    def link(self, tenant: str, conversation: str, message: str) -> str:
        return permalink(conversation, message, tenant, ";messageid=" in conversation)

    def _parts(self, card: Card, tenant: str) -> list[Card]:
        return [card] if card.view is not None else cards.split(card, self._seal, tenant=tenant)

    async def _activity(self, card: Card, tenant: str, conversation: str, account: str = "") -> Json:
        content = await self.content(card, tenant, conversation, account)
        return cards.enclosed(content, cards.spoken(await self._as_read_here(card, conversation, account)))

    async def _as_read_here(self, card: Card, conversation: str, account: str) -> Card:
        return said_by(await with_links(card, self._page_url, account), spelling(conversation, self._bot_name))


Spell = Callable[[str], str]
"""A verb with what stands behind it, as it is typed."""


def spelling(conversation: str, bot_name: str) -> Spell:
    called = "" if conversation.startswith(cards.PERSONAL) else f"@{bot_name} "
    return lambda words: f"{called}{words}"


def said_here(submit: Submit, bot_name: str) -> Submit:
    """What is answered has its verbs as they are typed where it was asked, also where only its bare words are shown."""

    async def submitted(command: Command) -> Reply:
        spell = spelling(command.origin.channel, bot_name)
        try:
            reply = await submit(command)
        except Refused as refused:
            raise type(refused)(_spelt(refused.text, spell), refused.field) from refused
        form = reply.form and reply.form.model_copy(update={"intro": _spelt(reply.form.intro, spell)})
        return reply.model_copy(update={"card": said_by(reply.card, spell), "form": form})

    return submitted


def said_by(card: Card, spell: Spell) -> Card:
    """Verbs are typed after the bot's name here, not after a slash."""
    if VERB not in card.model_dump_json():
        return card
    return each_text(card, lambda text: _spelt(text, spell))


def _spelt(text: Text, spell: Spell) -> Text:
    def part(one: Part) -> Part:
        if isinstance(one, Code) and (one.text == VERB or one.text.startswith(f"{VERB} ")):
            return Code(text=spell(one.text.removeprefix(VERB).strip() or "help"))
        return one

    return Text(parts=tuple(part(one) for one in text.parts))
