"""Answers to the person who asked, now: a form, a private or public message, or the clicked message itself changed.

Law: everything is answered inside 3 s, and each answer is given at most once. A form whose trigger is too old becomes a
button that opens it: what was asked for is never lost.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from adapters.slack import blocks, forms, gestures
from adapters.slack.calls import Calls, Failed
from adapters.slack.gestures import Address, Gesture
from adapters.slack.profiles import Acquainted
from adapters.slack.replies import Ways
from adapters.wire import Answer
from bot import words
from bot.command import Command
from bot.counts import Counts
from bot.errors import Refused, Retry, Unavailable, UnknownTenant, Unsure
from bot.pages import PageUrl, with_links
from bot.ports import Submit
from bot.text import Button, Card, Reply, Section, Text
from bot.words import chat

Json = dict[str, Any]
log = logging.getLogger("debrief.slack")
WORTH_KEEPING = 40
"""Characters of a typed text that somebody would not like to type again."""
ALL_SECONDS, FORM_SECONDS, LEAST_SECONDS = 2.8, 1.5, 0.15
"""For the whole answer, for opening a form, and below which opening one is not even tried."""


class Answers:
    def __init__(
        self,
        submit: Submit,
        calls: Calls,
        counts: Counts,
        page_url: PageUrl,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = submit
        self._page_url = page_url
        self._calls = calls
        self._counts = counts
        self._clock = clock
        self._ways = Ways(calls, counts, clock)
        self._acquainted = Acquainted(calls, submit)
        self._later: set[asyncio.Task[None]] = set()
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._owed: OrderedDict[str, None] = OrderedDict()

    async def stop(self) -> None:
        """Answers under way are given, for a few seconds."""
        if self._later:
            await asyncio.wait(set(self._later), timeout=5)

    # -- the gestures

    async def give(self, gesture: Gesture) -> Answer:
        """Carries the command out, and answers. For everything but submitted forms and typed messages."""
        started, address = self._clock(), gesture.address
        self._ways.urls.met(address.url)
        reply = await self._reply(gesture)
        if reply.form is not None:
            if await self._opened(
                forms.modal(reply.form, address.tenant, gestures.metadata(address)), address, started
            ):
                return Answer()
            reply = _form_as_button(gesture)
        answer = await self._answer(reply, address, started)
        self._show_at_home(gesture, reply)
        return answer

    async def refuse(self, refused: Refused, address: Address) -> Answer:
        """Answers what could not even be read as a command."""
        return await self._answer(Reply.of(refused.text), address, self._clock())

    def wrong(self, view: Json, refused: Refused) -> Answer:
        """What was typed into a form makes no command: said under the field, and the form stays open."""
        return Answer(200, forms.errors(view, refused.field, refused.text.plain()))

    async def submitted(self, gesture: Gesture, view: Json) -> Answer:
        """A form stays open, with everything typed into it, when a field is wrong or nothing can be saved just now."""
        self._ways.urls.met(gesture.address.url)
        try:
            reply = await self._submit(gesture.command)
        except Refused as refused:
            return Answer(200, forms.errors(view, refused.field, refused.text.plain()))
        except Unavailable:
            return Answer(200, forms.errors(view, "", words.unavailable()))
        except UnknownTenant:
            return Answer(200, forms.errors(view, "", chat.left_workspace()))
        if reply.form is not None:
            shown = forms.modal(reply.form, gesture.address.tenant, gestures.metadata(gesture.address))
            return Answer(200, {"response_action": "update", "view": shown})
        if reply.outcome == "refused":
            reply = _with_what_was_typed(reply, gesture)
        if not _is_empty(reply) and not reply.repeated:
            self._start(self._ways.private(reply, gesture.address))
        self._show_at_home(gesture, reply)
        return Answer()

    async def heard(self, gesture: Gesture, *, refusals: bool = True) -> Answer:
        """A command that came as an event, which has no answer: a message follows. `Unavailable` is raised.

        Without `refusals` nothing is said where nothing was done: a pin need not have meant us.
        """
        ident = gesture.command.origin.id
        try:
            reply = await self._submit(gesture.command)
        except Refused as refused:
            reply = Reply.of(refused.text)
        except Unavailable:
            self._remember(self._owed, ident)
            raise
        # What was carried out before was answered before, perhaps by another replica; unless we could not say so then.
        first = ident not in self._answered and (not reply.repeated or ident in self._owed)
        if reply.form is not None:
            reply = Reply(
                card=_with_button(
                    Card(sections=(Section(text=Text(parts=(chat.form_waits(),))),)), gesture.again, chat.OPEN_FORM
                )
            )
        if first and not _is_empty(reply) and (refusals or reply.outcome == "done"):
            self._remember(self._answered, ident)
            self._start(self._ways.private(reply, gesture.address))
        return Answer()

    async def home(self, gesture: Gesture) -> Answer:
        """The person's own page. `Unavailable` is raised: Slack asks again."""
        reply = await self._submit(gesture.command)
        if not _is_empty(reply):
            self._start(self._ways.publish(reply.card, gesture.address))
        return Answer()

    def _show_at_home(self, gesture: Gesture, reply: Reply) -> None:
        if gesture.address.home and reply.outcome == "done":
            self._start(self._home_again(gesture))

    async def _home_again(self, gesture: Gesture) -> None:
        """Where that cannot be had now, the page is drawn when it is opened the next time."""
        with suppress(Refused, Unavailable, UnknownTenant):
            await self.home(gestures.home_again(gesture))

    async def _submit(self, command: Command) -> Reply:
        """What the engine answers, with its links as this person may follow them."""
        await self._acquainted.with_those_of(command)
        reply = await self._engine(command)
        account = "" if reply.public else command.origin.account
        return reply.model_copy(update={"card": await with_links(reply.card, self._page_url, account)})

    async def _reply(self, gesture: Gesture) -> Reply:
        try:
            return await self._submit(gesture.command)
        except Refused as refused:
            return Reply.of(refused.text)
        except Unavailable:
            return Reply.of(words.unavailable())
        except UnknownTenant:
            self._counts.add("slack_unknown_tenant")
            return Reply.of(chat.left_workspace())

    # -- ways to answer

    async def _opened(self, view: Json, address: Address, started: float) -> bool:
        left = min(FORM_SECONDS, ALL_SECONDS - (self._clock() - started))
        if not address.trigger or left < LEAST_SECONDS:
            return False
        try:
            await asyncio.wait_for(
                self._calls(address.tenant, "views.open", trigger_id=address.trigger, view=view, seconds=left), left
            )
        except Failed as failed:
            self._counts.add("slack_form_failed", failed.code)
        except (Retry, Unsure, TimeoutError):
            self._counts.add("slack_form_failed", "late")
        else:
            return True
        return False

    async def _answer(self, reply: Reply, address: Address, started: float) -> Answer:
        if _is_empty(reply):
            return Answer()
        if address.way == "slash":
            kind = "in_channel" if reply.public else "ephemeral"
            return Answer(200, {"response_type": kind, **blocks.message(reply.card, address.tenant)})
        if address.way == "home":
            if not await self._opened(blocks.notice(reply.card, address.tenant), address, started):
                self._start(self._ways.direct(reply, address))
            return Answer()
        self._start(self._ways.private(reply, address))
        return Answer()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._later.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("an answer failed: %s", type(bug).__name__)

    def _remember(self, among: OrderedDict[str, None], ident: str) -> None:
        among[ident] = None
        while len(among) > 2000:
            among.popitem(last=False)


def _is_empty(reply: Reply) -> bool:
    return not reply.card.title and not reply.card.sections


def _with_button(card: Card, button: Button, label: str) -> Card:
    section = Section(buttons=(button.model_copy(update={"label": label}),))
    return card.model_copy(update={"sections": (*card.sections, section)})


def _with_what_was_typed(reply: Reply, gesture: Gesture) -> Reply:
    """A refused form is closed, for its answer is final; its longest field is shown, to be copied."""
    fields = gesture.command.model_dump(exclude={"origin", "message"})
    longest = max((value for value in fields.values() if isinstance(value, str)), key=len, default="")
    if len(longest) < WORTH_KEEPING:
        return reply
    section = Section(text=Text(parts=(chat.you_asked(longest),)), quiet=True)
    return reply.model_copy(
        update={"card": reply.card.model_copy(update={"sections": (*reply.card.sections, section)})}
    )


def _form_as_button(gesture: Gesture) -> Reply:
    """What was asked for, as a button with a fresh trigger; what would not fit into it is shown, to be copied."""
    lines = [Section(text=Text(parts=(chat.form_late(),)))]
    asked = getattr(gesture.command, "text", "") or getattr(gesture.command, "title", "")
    if asked and asked not in " ".join(gesture.again.args.values()):
        lines.append(Section(text=Text(parts=(chat.you_asked(asked),))))
    return Reply(card=_with_button(Card(sections=tuple(lines)), gesture.again, chat.TRY_AGAIN))
