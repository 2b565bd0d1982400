"""Message extensions and dialogs: what a person opens from a message or while writing, fills in and sends.

Law: every submission repeats the command it came from; a dialog stays open while the bot cannot be reached.
"""

import html
import re
import uuid

from adapters.sandbox.people import Denied
from adapters.sandbox.teams import activities, cards, forms, invokes
from adapters.sandbox.teams.deliveries import TASK_RETRIES, TASK_SECONDS
from adapters.sandbox.teams.presses import Dialog, Presses
from adapters.sandbox.teams.seen import Seen
from adapters.sandbox.teams.world import Conversation, Json, Message, Person, split

_SPAN = re.compile(r'<span itemscope="" itemtype="[^"]*Mention" itemid="(\d+)">(.*?)</span>')
_SUBMITS = ("Action.Submit", "Action.Execute")


class Dialogs(Presses):
    async def message_action(self, who: str, command_id: str, where: str, ts: str) -> Seen:
        """A message extension's command from the menu of a message; the bot is given the message itself."""
        person = self.user(who)
        place, said = self.visible(person, where, ts)
        if said.only:
            raise Denied("a targeted message has no actions")
        about = self._about(command_id, "message") | {"messagePayload": self._payload(place, said)}
        return await self._invoked(person, place, said.thread, about)

    async def compose(self, who: str, command_id: str, where: str = "bot", *, context: str = "compose") -> Seen:
        """A command from the compose box, or from the command box (`context="commandBox"`)."""
        person = self.user(who)
        place, root = self.place(person, where)
        return await self._invoked(person, place, root, self._about(command_id, context))

    async def _invoked(self, person: Person, place: Conversation, root: str, about: Json) -> Seen:
        if not (self.world.installed(place) or person.personal) or self.disabled:
            raise Denied("the app is not offered here")
        before = len(self.private)
        seen = await self._fetched(person, Dialog(place, root, {}, about=about), "composeExtension/fetchTask", about)
        fresh = tuple(m for m in self._private(person, before) if m["bot"])
        return seen.model_copy(update={"targeted": fresh})

    def _about(self, command_id: str, context: str) -> Json:
        return {"commandId": command_id, "commandContext": context, "requestId": uuid.uuid4().hex}

    def _payload(self, place: Conversation, said: Message) -> Json:
        """The message as message extensions are given it: authors by their Entra object ids, mentions by number."""
        base, _ = split(place.id)
        content = _SPAN.sub(r'<at id="\1">\2</at>', said.html or f"<p>{html.escape(said.text)}</p>")
        return {
            "linkToMessage": f"https://teams.microsoft.com/l/message/{base}/{said.id}",
            "id": said.id,
            "replyToId": said.root or None,
            "createdDateTime": activities.moment(said.at),
            "lastModifiedDateTime": None,
            "deleted": False,
            "subject": None,
            "summary": said.summary or None,
            "importance": "normal",
            "locale": "en-us",
            "body": {"contentType": "html", "content": content},
            "from": self._author(said.author),
            "reactions": [
                {"reactionType": name, "createdDateTime": activities.moment(said.at), "user": self._author(one)}
                for name, people in said.reactions.items()
                for one in people
            ],
            "mentions": [
                {"id": number, "mentionText": entity["mentioned"]["name"],
                 "mentioned": self._author(entity["mentioned"]["id"])}
                for number, entity in enumerate(said.entities)
                if entity.get("type") == "mention"
            ],
            "attachments": said.attachments,
        }  # fmt: skip

    def _author(self, ident: str) -> Json:
        who: Json = {"device": None, "conversation": None, "user": None, "application": None}
        person = self.world.people.get(ident)
        if person is not None and not person.other_bot:
            who["user"] = {
                "userIdentityType": "aadUser", "id": person.object_id, "displayName": person.real_name,
            }  # fmt: skip
            return who
        name, app = (person.real_name, person.object_id) if person else (self.bot["name"], self.app_id)
        who["application"] = {"applicationIdentityType": "bot", "id": app, "displayName": name}
        return who

    def dialog(self, who: str) -> Json | None:
        """The dialog that is open before a person."""
        found = self.dialogs.get(self.user(who).id)
        return found.shown() if found else None

    async def close_dialog(self, who: str) -> Seen:
        """Closing tells the bot nothing."""
        if self.dialogs.pop(self.user(who).id, None) is None:
            raise Denied("no dialog is open")
        self.changed()
        return Seen()

    async def submit_dialog(self, who: str, values: Json | None = None, button: str | None = None) -> Seen:
        """Fills in the fields and presses the named button, or the first that submits."""
        person = self.user(who)
        dialog = self.dialogs.get(person.id)
        if dialog is None:
            raise Denied("no dialog is open")
        action = _button(dialog.card, button)
        entered = forms.filled(dialog.card, values or {})
        errors = forms.refused(dialog.card, entered) if action.get("associatedInputs", "auto").lower() != "none" else {}
        if errors:
            return Seen(ok=False, errors=errors, dialog=dialog.shown())
        if action["type"] == "Action.Execute":
            self.ledger.violate("dialog", "Action.Execute does not work in a dialog", action)
            return Seen(ok=False, error=invokes.WRONG, dialog=dialog.shown())
        before = len(self.private)
        seen = await self._sent(person, dialog, action, entered)
        fresh = tuple(m for m in self._private(person, before) if m["bot"])
        return seen.model_copy(update={"targeted": fresh})

    async def _sent(self, person: Person, dialog: Dialog, action: Json, entered: Json) -> Seen:
        name = "composeExtension/submitAction" if dialog.about else "task/submit"
        value = (dialog.about or {}) | {"data": forms.merged(action, entered), "context": {"theme": "default"}}
        answer = await self.deliveries.ask(self._asking(person, dialog, name, value), TASK_SECONDS, TASK_RETRIES)
        return self._opened(person, dialog, name, invokes.submitted(answer, extension=dialog.about is not None))


def _button(card: Json | None, title: str | None) -> Json:
    known = [action for action in cards.buttons(card) if action["type"] in _SUBMITS]
    wanted = (title or "").strip().lower()
    right = [
        a for a in known if not wanted or wanted in (str(a.get("title", "")).lower(), str(a.get("id", "")).lower())
    ]
    if not right:
        raise Denied(
            f"the dialog has no button {title!r}; it has: {', '.join(str(a.get('title')) for a in known) or 'none'}"
        )
    return right[0]
