"""Everything Teams sends, on its one way into the engine.

Law: an answer of 200 to a message means that it is durable; what cannot be stored just now is answered 503. An invoke
is answered 200 with a sentence inside 4 s, whatever happens: its client shows anything else as "Something went wrong".
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from pydantic import ValidationError

from adapters.teams import gestures, invokes
from adapters.teams.activities import PERSONAL, Activity, CardInvoke, LinkInvoke
from adapters.teams.answers import Answers
from adapters.teams.captures import Captures, is_own
from adapters.teams.formed import Formed
from adapters.teams.gestures import Address, Gesture, Mark
from adapters.teams.happenings import Happenings
from adapters.teams.marking import Marking, Menu
from adapters.teams.people import Acquainted
from adapters.teams.references import References
from adapters.teams.sealed import Seal
from adapters.wire import Answer
from bot import words
from bot.command import Origin, build
from bot.commands.added import SpokenOf
from bot.counts import Counts
from bot.errors import Refused, Unavailable, UnknownTenant
from bot.ports import Submit
from bot.words import chat

Json = dict[str, Any]
log = logging.getLogger("debrief.teams")
SECONDS = 3.5
"""For the whole answer to an invoke."""
MESSAGES = frozenset({"message", "messageUpdate", "messageDelete"})
MISREAD = (ValidationError, KeyError, TypeError, ValueError, AttributeError, IndexError)


class Inbound:
    """`tenant` is the one that is served, whatever a local client says."""

    def __init__(
        self,
        submit: Submit,
        answers: Answers,
        references: References,
        acquainted: Acquainted,
        happenings: Happenings,
        marking: Marking,
        formed: Formed,
        seal: Seal,
        menu: Menu,
        counts: Counts,
        *,
        tenant: str,
    ) -> None:
        self._submit = submit
        self._answers = answers
        self._references = references
        self._acquainted = acquainted
        self._happenings = happenings
        self._marking = marking
        self._formed = formed
        self._seal = seal
        self._menu = menu
        self._counts = counts
        self._tenant = tenant
        self._captures = Captures(counts)
        self.bot_id = ""
        """Our own user id, as activities name us."""

    async def take(self, raw: Json) -> Answer:
        """Carries a verified activity out, durably, before it answers."""
        try:
            activity = Activity.model_validate(raw)
        except ValidationError:
            self._counts.add("teams_misread", "activity")
            return Answer(400)
        self.bot_id = activity.recipient.id or self.bot_id
        if activity.type == "invoke":
            return await self._invoked(activity)
        try:
            await self._happened(activity, raw)
        except Unavailable:
            self._counts.add("teams_unavailable")
            return Answer(503)
        except UnknownTenant:
            self._counts.add("teams_unknown_tenant")
        except MISREAD as misread:
            self._counts.add("teams_misread", type(misread).__name__)
            return Answer(400)
        return Answer()

    # -- what happens

    async def _happened(self, activity: Activity, raw: Json) -> None:
        tenant = self._tenant
        if activity.type in MESSAGES:
            await self._happenings.place(activity, tenant)
            await self._acquainted.seen(activity, tenant)
            await self._message(activity, raw, tenant)
        elif activity.type == "messageReaction":
            for capture in self._captures.reactions(activity, tenant):
                await self._submit(capture)
        elif activity.type in ("conversationUpdate", "installationUpdate"):
            await self._happenings.take(activity, tenant)
            if self._happenings.is_added(activity):
                self._answers.later(self._acquainted.roster(activity, tenant))
            if self._happenings.is_first_meeting(activity):
                await self._greet(activity, tenant)
        else:
            self._counts.add("teams_activity_ignored", activity.type[:40])

    async def _message(self, activity: Activity, raw: Json, tenant: str) -> None:
        private = activity.kind == PERSONAL or activity.recipient.targeted
        if not private and not gestures.is_press(activity):
            capture = self._captures.of(activity, raw, tenant)
            if capture is not None:
                await self._submit(capture)
        if activity.type == "message" and not is_own(activity):
            await self._heard(activity, raw, tenant)

    async def _heard(self, activity: Activity, raw: Json, tenant: str) -> None:
        """A command, if it is one; a message that is none shows that everything said there arrives."""
        try:
            gesture = await self._said(activity, raw, tenant)
        except Refused as refused:
            self._answers.refuse(refused, gestures.address_of(activity, tenant))
            return
        if gesture is None:
            await self._happenings.heard(activity, tenant)
            return
        await self._acquainted.acted(activity, tenant)
        if gesture.command.kind == "home":
            self._answers.later(self._answers.home(await self._submit(gesture.command), gesture.address))
            return
        await self._answers.typed(gesture)

    async def _said(self, activity: Activity, raw: Json, tenant: str) -> Gesture | None:
        if gestures.is_press(activity):
            return gestures.submitted_message(activity, tenant, self._seal, await self._users(activity, tenant))
        return gestures.typed(activity, raw, tenant)

    async def _users(self, activity: Activity, tenant: str) -> dict[str, str]:
        wanted = gestures.entra_ids(activity, self._seal)
        if not wanted:
            return {}
        return await self._formed.users(tenant, activity.service_url, activity.conversation.id, wanted)

    async def _greet(self, activity: Activity, tenant: str) -> None:
        """The first thing somebody sees in the personal chat is their own page."""
        address = gestures.address_of(activity, tenant)
        command = build("home", {}, _origin(address, f"met:{activity.ident}"))
        reply = await self._submit(command)
        if not reply.repeated:
            self._answers.later(self._answers.home(reply, address))

    # -- invokes

    async def _invoked(self, activity: Activity) -> Answer:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._answer(activity)
        except (TimeoutError, Unavailable):
            self._counts.add("teams_unavailable")
            return _sentence(activity, words.unavailable())
        except UnknownTenant:
            self._counts.add("teams_unknown_tenant")
            return _sentence(activity, chat.left_workspace())
        except Refused as refused:
            return _sentence(activity, self._answers.plainly(refused, activity.conversation.id))
        except MISREAD as misread:
            self._counts.add("teams_misread", f"{activity.name[:40]} {type(misread).__name__}")
            return Answer(400)

    async def _answer(self, activity: Activity) -> Answer:
        tenant = self._tenant
        if activity.name not in KNOWN:
            self._counts.add("teams_invoke_ignored", activity.name[:60])
            return Answer()
        await self._acquainted.seen(activity, tenant)
        if activity.name == "composeExtension/queryLink":
            LinkInvoke.model_validate(activity.value)
            return Answer(200, {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": []}})
        users = await self._users(activity, tenant)
        await self._acquainted.acted(activity, tenant)
        match activity.name:
            case "adaptiveCard/action":
                if gestures.is_cancel(CardInvoke.model_validate(activity.value).action.data, self._seal):
                    return await self._answers.cancelled(tenant, activity.conversation.id)
                return await self._answers.pressed(gestures.pressed(activity, tenant, self._seal, users))
            case "task/fetch":
                return await self._answers.opened(gestures.task(activity, tenant, self._seal, users))
            case "task/submit":
                return await self._answers.submitted(gestures.task(activity, tenant, self._seal, users))
            case _:
                return await self._extension(activity, tenant, users)

    async def _extension(self, activity: Activity, tenant: str, users: dict[str, str]) -> Answer:
        told = gestures.extension(activity, tenant, self._seal, users)
        if isinstance(told, Mark):
            return await self._marking.answer(told)
        if activity.name == "composeExtension/submitAction":
            # A form or button tells less of its message than the menu did.
            return await self._answers.submitted(told)
        if isinstance(told.command, SpokenOf) and told.command.message is not None:
            self._menu.used(told.command.message, gestures.told_of(told.command))
        return await self._answers.opened(told)


KNOWN = frozenset(
    {
        "adaptiveCard/action", "task/fetch", "task/submit", "composeExtension/fetchTask",
        "composeExtension/submitAction", "composeExtension/queryLink",
    }
)  # fmt: skip


def _origin(address: Address, ident: str) -> Origin:
    return Origin(id=ident, platform="teams", tenant=address.tenant, actor=address.user, channel=address.conversation)


def _sentence(activity: Activity, text: str) -> Answer:
    return invokes.card_message(text) if activity.name == "adaptiveCard/action" else invokes.dialog_message(text)
