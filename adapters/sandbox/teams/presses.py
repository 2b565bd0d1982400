"""Pressing what a card offers: the client checks its fields, asks the bot, and shows this person what comes back.

Law: what comes back for a button replaces the card for the one who pressed it alone, until the bot edits the message.
"""

from dataclasses import dataclass
from typing import Any

from adapters.sandbox.people import Denied
from adapters.sandbox.teams import activities, cards, forms, invokes
from adapters.sandbox.teams.deliveries import CARD_SECONDS, TASK_RETRIES, TASK_SECONDS
from adapters.sandbox.teams.invokes import Outcome
from adapters.sandbox.teams.places import Places
from adapters.sandbox.teams.seen import Seen
from adapters.sandbox.teams.world import Conversation, Json, Message, Person


@dataclass
class Dialog:
    """What is open before a person. `about` is what every submission of a message extension repeats."""

    place: Conversation
    root: str
    task: Json
    reply_to: str = ""
    about: Json | None = None

    @property
    def card(self) -> Json | None:
        found = self.task.get("card") or {}
        return found.get("content")

    def shown(self) -> Json:
        return {"title": "", **self.task, "card": self.card}


class Presses(Places):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.dialogs: dict[str, Dialog] = {}

    def buttons(self, card: Json | None) -> list[Json]:
        """The actions that can be pressed in a card."""
        return cards.buttons(card)

    async def press(
        self,
        who: str,
        where: str,
        ts: str,
        title: str,
        values: Json | None = None,
        *,
        nth: int = 0,
        old: bool = False,
    ) -> Seen:
        """Presses the button with this title (or id), the `nth` of them; an `old` client knows no Action.Execute.

        `values` are entered into the card's fields before, by their ids.
        """
        person = self.user(who)
        place, said = self.visible(person, where, ts)
        card = said.card_for(person.id)
        action = _found(card, title, nth)
        if old and action["type"] == "Action.Execute":
            action = _fallback(action)
        if action["type"] == "Action.OpenUrl":
            return Seen(url=action.get("url"), ts=ts, conversation=place.full_id(said), card=card)
        if action["type"] not in ("Action.Execute", "Action.Submit"):
            return self._now(person, place, said)
        entered = forms.filled(card, values or {})
        errors = forms.refused(card, entered) if action.get("associatedInputs", "auto").lower() != "none" else {}
        if errors:
            return Seen(ok=False, errors=errors, ts=ts, conversation=place.full_id(said), card=card)
        before = len(self.private)
        seen = await self._pressed(person, place, said, action, entered)
        fresh = tuple(m for m in self._private(person, before) if m["bot"])
        return seen.model_copy(update={"targeted": fresh})

    async def view(self, who: str, where: str, ts: str) -> Seen:
        """The message comes into sight: a card that refreshes itself for this person asks the bot for their own."""
        person = self.user(who)
        place, said = self.visible(person, where, ts)
        refresh = (said.card or {}).get("refresh") or {}
        users = refresh.get("userIds")
        everybody = not users and len(self.world.members(place)) <= cards.MOST_REFRESHED
        if not refresh or not (everybody or person.id in (users or [])):
            return self._now(person, place, said)
        return await self._executed(person, place, said, refresh["action"], {}, "automatic")

    async def _pressed(self, person: Person, place: Conversation, said: Message, action: Json, entered: Json) -> Seen:
        if action["type"] == "Action.Execute":
            return await self._executed(person, place, said, action, entered, "manual")
        content = forms.merged(action, entered)
        told: Any = content.get("msteams") if isinstance(content, dict) else None
        match told:
            case {"type": "task/fetch"}:
                dialog = Dialog(place, said.thread, {}, reply_to=said.id)
                return await self._fetched(person, dialog, "task/fetch", {"data": content})
            case {"type": "imBack", "value": str(text)}:
                return await self.say(person.name, place.full_id(said), text)
            case {"type": "messageBack"}:
                written = {"text": told["text"]} if isinstance(told.get("text"), str) else {}
                return await self._submitted(person, place, said, told.get("value", content), **written)
        return await self._submitted(person, place, said, content)

    async def _executed(
        self, person: Person, place: Conversation, said: Message, action: Json, entered: Json, trigger: str
    ) -> Seen:
        told = {name: action[name] for name in ("type", "id", "title", "verb") if action.get(name) is not None}
        value = {"action": told | {"data": forms.merged(action, entered)}, "trigger": trigger}
        activity = activities.invoke(self, person, place, "adaptiveCard/action", value, said.thread)
        activity["replyToId"] = said.id
        outcome = invokes.card_action(await self.deliveries.ask(activity, CARD_SECONDS, 0))
        self._judge("adaptiveCard/action", outcome)
        if outcome.card is not None and not said.deleted:
            said.shown[person.id] = outcome.card
            self.changed()
        seen = self._now(person, place, said)
        if outcome.text and trigger == "manual":
            self.toast(person, outcome.text, "message" if outcome.ok else "error")
        error = None if outcome.ok else outcome.text
        return seen.model_copy(update={"ok": outcome.ok, "text": outcome.text or None, "error": error})

    async def _submitted(
        self, person: Person, place: Conversation, said: Message, content: Any, **written: str
    ) -> Seen:
        """A plain Action.Submit is a message without a text, whose value is the button's data."""
        activity = activities.envelope(self, "message", person, place, said.thread)
        activity |= {"value": content, "replyToId": said.id, "entities": [activities.client(person)]} | written
        ok = await self.deliveries.carried(activity)
        if not ok:
            self.toast(person, invokes.UNREACHABLE)
        seen = self._now(person, place, said)
        return seen.model_copy(update={"ok": ok, "text": None, "error": None if ok else invokes.UNREACHABLE})

    async def _fetched(self, person: Person, dialog: Dialog, name: str, value: Json) -> Seen:
        """Asks the bot for a dialog; a message in its place is shown and leaves none open."""
        value = value | {"context": {"theme": "default"}}
        answer = await self.deliveries.ask(self._asking(person, dialog, name, value), TASK_SECONDS, TASK_RETRIES)
        outcome = invokes.fetched(answer)
        return self._opened(person, dialog, name, outcome)

    def _asking(self, person: Person, dialog: Dialog, name: str, value: Json) -> Json:
        activity = activities.invoke(self, person, dialog.place, name, value, dialog.root)
        activity["channelData"]["source"] = {"name": (dialog.about or {}).get("commandContext", "message")}
        if dialog.reply_to:
            activity["replyToId"] = dialog.reply_to
        return activity

    def _opened(self, person: Person, dialog: Dialog, name: str, outcome: Outcome) -> Seen:
        self._judge(name, outcome)
        where = f"{dialog.place.id};messageid={dialog.root}" if dialog.place.kind == "channel" else dialog.place.id
        seen = Seen(conversation=where, ts=dialog.reply_to or None)
        if outcome.task is not None:
            dialog.task = outcome.task
            self.dialogs[person.id] = dialog
            self.changed()
            return seen.model_copy(update={"dialog": dialog.shown()})
        if outcome.ok or outcome.broken:
            self.dialogs.pop(person.id, None)
        if outcome.text:
            self.toast(person, outcome.text, "message" if outcome.ok else "error")
        error = None if outcome.ok else outcome.text
        still = self.dialogs.get(person.id)
        more = {"ok": outcome.ok, "text": outcome.text or None, "error": error, "card": outcome.card}
        return seen.model_copy(update=more | {"dialog": still.shown() if still else None})

    def _judge(self, name: str, outcome: Outcome) -> None:
        """What an answer breaks, and what a client would not draw of the card in it, goes into the ledger."""
        if outcome.broken:
            self.ledger.violate(name, outcome.broken)
        shown = outcome.card or ((outcome.task or {}).get("card") or {}).get("content")
        for oddity in cards.oddities(shown) if shown and not outcome.broken else []:
            self.ledger.violate(name, oddity, shown)

    def _now(self, person: Person, place: Conversation, said: Message) -> Seen:
        seen = self._seen(place, said, person.id)
        return seen.model_copy(update={"text": None})


def _found(card: Json | None, title: str, nth: int) -> Json:
    known = cards.buttons(card)
    wanted = title.strip().lower()
    right = [a for a in known if wanted in (str(a.get("title", "")).strip().lower(), str(a.get("id", "")).lower())]
    if len(right) <= nth:
        names = ", ".join(str(action.get("title")) for action in known)
        raise Denied(f"there is no button {title!r}; there are: {names or 'none'}")
    if right[nth].get("isEnabled") is False:
        raise Denied(f"the button {title!r} cannot be pressed")
    return right[nth]


def _fallback(action: Json) -> Json:
    other = action.get("fallback")
    if not isinstance(other, dict):
        raise Denied("an old client does not show this button")
    return {"title": action.get("title")} | other
