"""What people do in Teams, apart from using the app: they write, quote, edit, delete, react, upload.

People are named by nickname or id; places by a conversation's id (with its thread or without), the name of a channel or
chat, or the bot's name for the chat with it. Writing into a channel without naming a thread begins one.
"""

import mimetypes

from adapters.sandbox.people import Denied
from adapters.sandbox.teams import activities, sending, writing
from adapters.sandbox.teams.core import Simulation
from adapters.sandbox.teams.seen import Seen
from adapters.sandbox.teams.showing import message_json
from adapters.sandbox.teams.world import Conversation, Json, Message, Person, guid, stamp

DOWNLOAD = "application/vnd.microsoft.teams.file.download.info"


class People(Simulation):
    async def say(self, who: str, where: str, text: str, *, mention: bool = False, reply: str = "") -> Seen:
        """Writes a message; `mention` puts the bot's name before it, `reply` quotes a message."""
        person = self.user(who)
        place, root = self.place(person, where)
        typed = f"@{self.bot['name']} {text}" if mention else text
        said = self._written(person, place, root, typed, reply)
        self._deliver(person, place, said)
        return self._seen(place, said)

    async def slash(self, who: str, where: str, text: str) -> Seen:
        """A slash command: a targeted message, which the person and the bot alone see. Waits for the bot."""
        person = self.user(who)
        place, root = self.place(person, where)
        if place.kind == "personal":
            raise Denied("targeted messages are not available in a personal chat")
        if not self.options.targeted or not self.world.installed(place):
            raise Denied("the app is not offered here")
        before = len(self.private)
        said = self._written(person, place, root, text, "", only=person.id)
        self.private.append((place, said))
        self.changed()
        ok = await self.deliveries.carried(activities.message(self, person, place, said))
        fresh = self._private(person, before)
        words = [m["text"] or "" for m in fresh if m["bot"]]
        seen = self._seen(place, said)
        answered = tuple(m for m in fresh if m["bot"])
        return seen.model_copy(update={"ok": ok, "targeted": answered, "text": words[-1] if words else None})

    async def edit(self, who: str, where: str, ts: str, text: str) -> Seen:
        person, place, said = self._own(who, where, ts)
        written = writing.typed(self.world, self.bot, text)
        said.text, said.html, said.entities, said.edited = written.text, written.html, written.entities, True
        self._deliver(person, place, said, "editMessage")
        return self._seen(place, said)

    async def delete(self, who: str, where: str, ts: str) -> Seen:
        """An owner of the team may delete what others said, too; a bot is told nothing of its own."""
        person, place, said = self._own(who, where, ts, owners=True)
        said.deleted = True
        if said.author != self.bot["id"]:
            self._deliver(person, place, said, "softDeleteMessage")
        return Seen(ts=ts, conversation=place.full_id(said))

    async def undelete(self, who: str, where: str, ts: str) -> Seen:
        person = self.user(who)
        place, _ = self.place(person, where)
        said = place.messages.get(ts)
        if said is None or not said.deleted or said.author != person.id:
            raise Denied("there is no deleted message of yours")
        said.deleted = False
        self._deliver(person, place, said, "undeleteMessage")
        return self._seen(place, said)

    async def react(self, who: str, where: str, ts: str, name: str) -> Seen:
        return self._reacted(who, where, ts, name, added=True)

    async def unreact(self, who: str, where: str, ts: str, name: str) -> Seen:
        return self._reacted(who, where, ts, name, added=False)

    async def upload(
        self, who: str, where: str, name: str, text: str = "", *, mention: bool = False, mimetype: str | None = None
    ) -> Seen:
        """A file: in the chat with the bot as something to download, elsewhere as a link into SharePoint."""
        person = self.user(who)
        place, root = self.place(person, where)
        said = self._written(person, place, root, f"@{self.bot['name']} {text}" if mention else text, "", empty=True)
        kind = mimetype or mimetypes.guess_type(name)[0] or "text/plain"
        said.attachments.append(self._file(place, said, name, kind))
        said.html += f'<attachment id="{guid(said.id, name)}"></attachment>'
        self._deliver(person, place, said)
        return self._seen(place, said)

    def _file(self, place: Conversation, said: Message, name: str, kind: str) -> Json:
        ident, link = guid(said.id, name), f"https://harbour.sharepoint.example/files/{said.id}/{name}"
        if place.kind != "personal":
            return {"contentType": "reference", "id": ident, "contentUrl": link, "name": name}
        ending = name.rpartition(".")[2] or kind.rpartition("/")[2]
        content = {"downloadUrl": f"{link}?tempauth=1", "uniqueId": ident, "fileType": ending}
        return {"contentType": DOWNLOAD, "contentUrl": link, "name": name, "content": content}

    def _written(
        self,
        person: Person,
        place: Conversation,
        root: str,
        text: str,
        quoted: str,
        *,
        only: str = "",
        empty: bool = False,
    ) -> Message:
        if not text.strip() and not empty:
            raise Denied("there is nothing to send")
        if root and root not in place.messages:  # a deleted one leaves a line, below which the thread goes on
            raise Denied(f"there is no thread {root}")
        written = writing.typed(self.world, self.bot, text)
        if quoted:
            written = self._quoting(person, place, quoted, written)
        moment = self.now()
        said = Message(
            stamp(place, moment), person.id, written.text, moment, root, html=written.html,
            entities=written.entities, quoted=quoted, only=only,
        )  # fmt: skip
        place.messages[said.id] = said
        return said

    def _quoting(self, person: Person, place: Conversation, ts: str, written: writing.Typed) -> writing.Typed:
        _, quoted = self.visible(person, place.id, ts)
        author = self.world.people.get(quoted.author)
        ident, name = (
            (f"8:orgid:{author.object_id}", author.real_name) if author else (self.bot["id"], self.bot["name"])
        )
        return writing.quoting(written, quoted, ident, name)

    def _own(self, who: str, where: str, ts: str, *, owners: bool = False) -> tuple[Person, Conversation, Message]:
        person = self.user(who)
        place, said = self.visible(person, where, ts)
        if said.only or (said.author != person.id and not (owners and person.admin)):
            raise Denied("only the author may do that")
        return person, place, said

    def _reacted(self, who: str, where: str, ts: str, name: str, *, added: bool) -> Seen:
        """A bot hears of reactions to its own messages only."""
        person = self.user(who)
        place, said = self.visible(person, where, ts)
        people = said.reactions.setdefault(name, [])
        if (person.id in people) == added or said.only:
            raise Denied("already reacted" if added else "no such reaction")
        (people.append if added else people.remove)(person.id)
        if not people:
            del said.reactions[name]
        self.changed()
        if said.author == self.bot["id"] and self.world.installed(place):
            self.emit(activities.reaction(self, person, place, said, [name], added=added))
        return self._seen(place, said)

    def _deliver(self, person: Person, place: Conversation, said: Message, event: str = "") -> None:
        """A bot is told of what mentions it, and of everything where that was consented to; never of other bots."""
        self.changed()
        mentioned = any(e["mentioned"]["id"] == self.bot["id"] for e in said.entities)
        if person.other_bot and not self.options.hears_bots:
            return
        if not self.world.installed(place) or self.disabled or (person.blocked and place.kind == "personal"):
            return
        known = said.delivered and event == "softDeleteMessage"
        if mentioned or known or self.world.consents(place):
            said.delivered = True
            self.emit(activities.message(self, person, place, said, event))

    def _seen(self, place: Conversation, said: Message, person: str = "") -> Seen:
        shown = message_json(self, place, said, person)
        return Seen(ts=said.id, conversation=place.full_id(said), text=said.text, message=shown, card=shown["card"])

    # -- readers

    def _private(self, person: Person, since: int = 0) -> list[Json]:
        """Targeted messages that this person sees, from a place in the list on; after a day they are gone."""
        return [
            message_json(self, place, said, person.id)
            for place, said in self.private[since:]
            if said.only == person.id and not said.deleted and not sending.expired(self, said)
        ]

    def targeted(self, who: str) -> list[Json]:
        """What the bot wrote to this person alone, oldest first."""
        return [message for message in self._private(self.user(who)) if message["bot"]]

    def messages(self, where: str) -> list[Json]:
        """What stands in a conversation or thread for everybody, oldest first."""
        base, _, root = where.partition(";messageid=")
        place = self.world.conversations.get(base) or self.world.named(where)
        if place is None:
            return []
        listed = place.thread(root) if root else place.in_order()
        return [message_json(self, place, said) for said in listed if not said.deleted and not said.only]

    def seen_by(self, who: str, where: str) -> list[Json]:
        """The same as one person sees it: with what is for them alone, and the cards that were replaced for them."""
        person = self.user(who)
        place, root = self.place(person, where)
        listed = place.thread(root) if root else place.in_order()
        return [
            message_json(self, place, said, person.id)
            for said in listed
            if not said.deleted and said.only in ("", person.id) and not sending.expired(self, said)
        ]

    def direct_messages(self, who: str) -> list[Json]:
        """What stands between a person and the bot."""
        place = self.world.personal(self.user(who).id)
        return self.messages(place.id) if place else []
