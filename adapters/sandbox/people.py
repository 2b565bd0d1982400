"""What people do in a workspace, apart from talking to the app: they speak, edit, react, pin, upload.

People are named by id or name; places by id, name with or without "#", or the name of whom one writes to directly.
"""

import mimetypes
from typing import Any

from adapters.sandbox import acts
from adapters.sandbox.core import Simulation
from adapters.sandbox.mrkdwn import typed
from adapters.sandbox.render import message_json
from adapters.sandbox.seen import Seen
from adapters.sandbox.world import Channel, File, Json, Message, Team, User, new_channel


class Denied(Exception):
    """Slack would not let this person do that; the text says why. Nothing was changed or sent."""


class People(Simulation):
    def _person(self, who: str, team: Team | None) -> tuple[Team, User]:
        team = team or self.team
        user = team.user(who)
        if user is None or user.deleted:
            raise Denied(f"nobody called {who} is here")
        return team, user

    def place(self, user: User, where: str, team: Team) -> Channel:
        """A conversation that this person can see."""
        other = team.user(where)
        if other is not None and other.id != user.id:
            return self._direct(team, user, other)
        channel = team.channels.get(where) or team.named(where)
        if channel is None or channel not in list(team.visible_to(user.id)):
            raise Denied(f"{user.name} sees no place called {where}")
        return channel

    def _direct(self, team: Team, user: User, other: User) -> Channel:
        channel = team.direct(user.id, other.id)
        if channel is None:
            channel = new_channel(team, "", "im", user.id, self.seconds())
            channel.members.append(other.id)
        return channel

    def message_in(self, channel: Channel, ts: str, user: str | None = None) -> Message:
        found = channel.find(ts)
        if found is None or (found.ephemeral_to is not None and found.ephemeral_to != user):
            raise Denied(f"there is no message {ts}")
        return found

    def _writable(self, who: str, where: str, team: Team | None) -> tuple[Team, User, Channel]:
        team, user = self._person(who, team)
        channel = self.place(user, where, team)
        if channel.archived:
            raise Denied("the channel is archived")
        if user.id not in channel.members and not user.is_bot:
            raise Denied(f"{user.name} has not joined {channel.name}")
        to_app = channel.kind == "im" and team.bot_user in channel.members
        if to_app and (self.manifest.messages_read_only or not self.manifest.messages_enabled):
            raise Denied("Sending messages to this app has been turned off.")
        return team, user, channel

    def _own(
        self, who: str, where: str, ts: str, team: Team | None, *, admins: bool = False
    ) -> tuple[Team, User, Channel, Message]:
        team, user, channel = self._writable(who, where, team)
        message = self.message_in(channel, ts)
        if message.user != user.id and not (admins and user.admin):
            raise Denied("only the author may do that")
        return team, user, channel, message

    def _seen(self, team: Team, channel: Channel, message: Message) -> Seen:
        return Seen(
            ts=message.ts,
            channel=channel.id,
            text=message.text,
            message=message_json(team, message, channel=channel),
        )

    async def say(
        self,
        who: str,
        where: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        team: Team | None = None,
    ) -> Seen:
        """Writes a message; another app's user posts as that app."""
        team, user, channel = self._writable(who, where, team)
        root = self._root(channel, thread_ts)
        more: Json = {"bot_id": "B" + user.id[1:]} if user.is_bot else {}
        stored = typed(team, text)
        if not stored.strip():
            raise Denied("there is nothing to send")
        message = acts.post(
            self, team, channel, user.id, stored, thread_ts=root, broadcast=broadcast and bool(root), **more
        )
        return self._seen(team, channel, message)

    async def announce(self, name: str, where: str, text: str, *, blocks: Any = None, team: Team | None = None) -> Seen:
        """An incoming webhook posts under a name of its own: a bot_message without a user."""
        team = team or self.team
        channel = team.channels.get(where) or team.named(where)
        if channel is None:
            raise Denied(f"no channel {where}")
        message = acts.post(
            self,
            team,
            channel,
            "",
            text,
            subtype="bot_message",
            bot_id="B0WEBHOOK",
            username=name,
            blocks=blocks or [],
        )
        return self._seen(team, channel, message)

    def _root(self, channel: Channel, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        parent = self.message_in(channel, thread_ts)
        return parent.thread_ts or parent.ts

    async def edit(self, who: str, where: str, ts: str, text: str, *, team: Team | None = None) -> Seen:
        team, user, channel, message = self._own(who, where, ts, team)
        acts.change(self, team, channel, message, user.id, text=typed(team, text), client_msg_id=message.client_msg_id)
        return self._seen(team, channel, message)

    async def detect_language(self, where: str, ts: str, *, team: Team | None = None) -> None:
        """Slack itself touches a message: a change event with the very same text."""
        team = team or self.team
        channel = team.channels.get(where) or team.named(where)
        if channel is None:
            raise Denied(f"no channel {where}")
        message = self.message_in(channel, ts)
        acts.change(
            self,
            team,
            channel,
            message,
            None,
            more=message.more | {"language": {"locale": "de-DE", "is_reliable": True}},
        )

    async def delete(self, who: str, where: str, ts: str, *, team: Team | None = None) -> Seen:
        """An admin may delete what others said, too."""
        team, _, channel, message = self._own(who, where, ts, team, admins=True)
        acts.delete(self, team, channel, message)
        return Seen(ts=ts, channel=channel.id)

    async def react(self, who: str, where: str, ts: str, name: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        message = self.message_in(channel, ts)
        if user.id in message.reactions.get(name, []):
            raise Denied("already reacted")
        acts.react(self, team, channel, message, user.id, name, True)
        return self._seen(team, channel, message)

    async def unreact(self, who: str, where: str, ts: str, name: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        message = self.message_in(channel, ts)
        if user.id not in message.reactions.get(name, []):
            raise Denied("no such reaction")
        acts.react(self, team, channel, message, user.id, name, False)
        return self._seen(team, channel, message)

    async def pin(self, who: str, where: str, ts: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        message = self.message_in(channel, ts)
        if ts in channel.pins:
            raise Denied("already pinned")
        acts.pin(self, team, channel, message, user.id, True)
        return self._seen(team, channel, message)

    async def unpin(self, who: str, where: str, ts: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        message = self.message_in(channel, ts)
        if ts not in channel.pins:
            raise Denied("not pinned")
        acts.pin(self, team, channel, message, user.id, False)
        return self._seen(team, channel, message)

    async def upload(
        self,
        who: str,
        where: str,
        name: str,
        text: str = "",
        *,
        mimetype: str | None = None,
        thread_ts: str | None = None,
        team: Team | None = None,
    ) -> Seen:
        team, user, channel = self._writable(who, where, team)
        kind = mimetype or mimetypes.guess_type(name)[0] or "text/plain"
        file = File(team.new_id("F"), name, kind, user.id, self.seconds(), size=1024)
        team.files[file.id] = file
        root = self._root(channel, thread_ts)
        message = acts.post(
            self,
            team,
            channel,
            user.id,
            typed(team, text),
            subtype="file_share",
            files=[file],
            thread_ts=root,
        )
        return self._seen(team, channel, message)
