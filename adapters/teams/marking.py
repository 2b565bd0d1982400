"""Marks that people give a message from its menu, as Teams tells bots of reactions to their own posts only.

Law: a mark means what the same reaction means elsewhere, and choosing it twice is choosing it once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.teams import invokes
from adapters.teams.formed import For, Formed
from adapters.teams.gestures import MARK, Address, Mark
from adapters.wire import Answer
from bot.command import Origin, build
from bot.commands.added import CARRIED, stamp_of
from bot.commands.captures import LEAVE_OUT, PIN, Reacted, Said, said_at
from bot.model import FileLink, MessageRef, Policies
from bot.ports import Submit
from bot.text import Choice, Form, Input, Reply, Text
from bot.words import teams as words

Json = dict[str, Any]
REFLECTIONS: dict[str, str] = Policies().reflections
TAKEN_BACK = "-"
"""Before a mark: it is taken away."""
REMEMBERED = 2000


class Menu:
    """Messages whose menu was used: forms cannot carry long texts, and Teams lets bots read nothing again."""

    def __init__(self) -> None:
        self._told: OrderedDict[MessageRef, Json] = OrderedDict()

    def used(self, message: MessageRef, fields: Json) -> None:
        self._told[message] = fields
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)

    def recall(self, message: MessageRef) -> Json | None:
        return self._told.get(message)


class Marking:
    """`shown` makes a dialog of an answer, with its buttons."""

    def __init__(
        self, submit: Submit, shown: Callable[[Reply, Address], Awaitable[Answer]], formed: Formed, menu: Menu
    ) -> None:
        self._submit = submit
        self._shown = shown
        self._formed = formed
        self._menu = menu

    async def answer(self, mark: Mark) -> Answer:
        """Opens the form, or carries out what was chosen in it. Who may not do that changes nothing. Raises what
        `submit` raises."""
        if not mark.mark:
            self._menu.used(mark.message, {**mark.fields, "files": mark.files})
            address = mark.address
            whom = For(
                tenant=address.tenant, user=address.user, conversation=address.conversation, channel=address.channel,
                kind=address.kind,
            )  # fmt: skip
            return invokes.dialog(await self._formed.dialog(form_of(mark), whom))
        if mark.mark == LEAVE_OUT and mark.fields.get("author") != mark.address.account:
            return invokes.dialog_message(words.not_yours().plain())
        fields = {**mark.fields, **(self._menu.recall(mark.message) or {})}
        reply = await self._asked(mark, fields)
        if reply.outcome == "done":
            await self._submit(self._said(mark, fields))
            await self._submit(self._reacted(mark))
        told = reply if reply.card.sections else Reply.of(_told(mark.mark))
        return await self._shown(told, mark.address)

    async def _asked(self, mark: Mark, fields: Json) -> Reply:
        """Outside an incident's place the pin asks for an entry; inside, the capture of it is enough."""
        if mark.mark == LEAVE_OUT:
            return Reply()
        if mark.mark != PIN:
            return await self._submit(build("mark_message", {}, _origin(mark, ":may")))
        told = {name: value for name, value in fields.items() if name != "mark"}
        return await self._submit(build("pin_elsewhere", {**told, "message": mark.message}, _origin(mark, ":pin")))

    def _said(self, mark: Mark, fields: Json) -> Said:
        said = said_at(mark.message.ts)
        return Said(
            origin=_origin(mark, ":said").model_copy(update={"actor": ""}),
            message=mark.message,
            stamp=stamp_of(said) if said else 1,
            text=fields.get("text", ""),
            author=fields.get("author", ""),
            author_name=fields.get("author_name", ""),
            permalink=fields.get("permalink", ""),
            files=_files(fields),
        )

    def _reacted(self, mark: Mark) -> Reacted:
        added = not mark.mark.startswith(TAKEN_BACK)
        return Reacted(
            origin=_origin(mark, ":mark"),
            message=mark.message,
            stamp=mark.stamp,
            emoji=mark.mark.removeprefix(TAKEN_BACK),
            added=added,
        )


def form_of(mark: Mark) -> Form:
    """The form; only its author can leave a message out."""
    own = mark.fields.get("author") == mark.address.account
    choices = [
        Choice(value=PIN, label=words.INTO_TIMELINE),
        Choice(value=TAKEN_BACK + PIN, label=words.OUT_OF_TIMELINE),
        *(Choice(value=emoji, label=_spelt(name)) for emoji, name in REFLECTIONS.items()),
        *(Choice(value=TAKEN_BACK + emoji, label=words.not_any_more(name)) for emoji, name in REFLECTIONS.items()),
        *([Choice(value=LEAVE_OUT, label=words.LEAVE_OUT)] if own else []),
    ]
    text = mark.fields.get("text", "")
    short = {name: value for name, value in mark.fields.items() if name != "text" or len(value) <= CARRIED}
    return Form(
        title=words.MARK_TITLE,
        does=MARK,
        args={**short, "message": mark.message.model_dump_json()},
        inputs=(Input(name="mark", label=words.MARK_AS, kind="choice", choices=tuple(choices), initial=PIN),),
        submit=words.MARK,
        intro=words.mark_question(text),
    )


def _told(mark: str) -> Text:
    names = {PIN: words.INTO_TIMELINE, LEAVE_OUT: words.LEAVE_OUT, **REFLECTIONS}
    if mark.startswith(TAKEN_BACK):
        return words.unpinned() if mark == TAKEN_BACK + PIN else words.unmarked()
    return words.left_out() if mark == LEAVE_OUT else words.marked(_spelt(names.get(mark, mark)))


def _spelt(name: str) -> str:
    return name[:1].upper() + name[1:]


def _origin(mark: Mark, part: str) -> Origin:
    address = mark.address
    return Origin(
        id=mark.ident + part, platform="teams", tenant=address.tenant, actor=address.user, channel=mark.message.channel
    )


def _files(fields: Json) -> tuple[FileLink, ...]:
    found = fields.get("files")
    return found if isinstance(found, tuple) else ()
