"""What a person does with the app itself: commands, shortcuts, buttons.

Each gesture is one request to the bot with 3 s to answer; the person then sees what the answer says, or an error.
"""

import copy
from typing import Any

from adapters.sandbox import acts, responding, views
from adapters.sandbox.asking import Mark, find_element
from adapters.sandbox.modals import Modals
from adapters.sandbox.mrkdwn import typed, with_names, without_tokens
from adapters.sandbox.outgoing import Answer
from adapters.sandbox.people import Denied
from adapters.sandbox.render import message_json
from adapters.sandbox.seen import Seen
from adapters.sandbox.world import Channel, Json, Message, Team, User, stamp

_HIDDEN_NAME = {"private": "privategroup", "im": "directmessage", "mpim": "mpdm", "public": ""}


class Gestures(Modals):
    async def slash(
        self, who: str, where: str, text: str, *, thread_ts: str | None = None, team: Team | None = None
    ) -> Seen:
        """Types a whole command, "/word rest". Slack refuses commands in threads itself."""
        team, user = self._person(who, team)
        channel = self.place(user, where, team)
        word, _, rest = text.strip().partition(" ")
        if thread_ts is not None:
            return self._slackbot(team, channel, user, f"{word} is not supported in threads. Sorry!")
        known = self.manifest.command(word)
        if known is None or not team.installed:
            said = (
                f'`{word}` is not a valid command. In Slack, all messages that start with the "/" character are '
                "interpreted as commands. If you are trying to send a message and not run a command, try preceding "
                'the "/" with an empty space.'
            )
            return self._slackbot(team, channel, user, said)
        stored = typed(team, rest.strip())
        told = with_names(team, stored) if known.get("should_escape") else without_tokens(team, stored)
        before = self._mark(team, user)
        answer = await self.deliveries.command(self._command_fields(team, channel, user, word, told))
        if not answer.ok:
            return self._failed_command(team, user, word, answer)
        return self._answered(team, channel, user, answer, before)

    def _command_fields(self, team: Team, channel: Channel, user: User, word: str, text: str) -> Json:
        return {
            "token": self.credentials.verification_token,
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel.id,
            "channel_name": _HIDDEN_NAME[channel.kind] or channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": word,
            "text": text,
            "api_app_id": team.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(team, channel, user),
            "trigger_id": self.trigger(team, user),
        }

    def _failed_command(self, team: Team, user: User, word: str, answer: Answer) -> Seen:
        codes = {"http_timeout": "operation_timeout", "http_error": "http_client_error"}
        code = "http_service_error" if answer.status >= 500 else codes.get(answer.reason or "", "dispatch_failed")
        said = f"{word} failed because the app did not respond"
        if answer.reason == "http_error":
            said = f'{word} failed with the error "{code}"'
        self.toast(team, user.id, said, code=code)
        return Seen(ok=False, error=code, text=said)

    def _answered(self, team: Team, channel: Channel, user: User, answer: Answer, before: Mark) -> Seen:
        body = answer.parsed()
        if isinstance(body, str):
            body = {"text": body}
        if body is not None and (said := responding.complaint(self, body)):
            self.toast(team, user.id, "The app's answer could not be shown", code=said)
            return Seen(ok=False, error=said)
        if body:
            responding.show(self, team, channel, user.id, body, None)
        return self._since(team, user, before)

    def _slackbot(self, team: Team, channel: Channel, user: User, text: str) -> Seen:
        message = Message(ts=stamp(channel, self.now()), user="USLACKBOT", text=text, ephemeral_to=user.id)
        channel.ephemerals.append(message)
        self.changed()
        return Seen(ok=False, error="not_a_command", text=text, ephemerals=(message_json(team, message),))

    async def message_shortcut(
        self, who: str, callback_id: str, where: str, ts: str, *, team: Team | None = None
    ) -> Seen:
        """Chooses a shortcut from a message's menu. The message goes along, even where the bot is not a member."""
        team, user = self._person(who, team)
        channel = self.place(user, where, team)
        message = self.message_in(channel, ts)
        if self.manifest.shortcut(callback_id, "message") is None:
            raise Denied(f"no message shortcut {callback_id}")
        name = _HIDDEN_NAME[channel.kind] or channel.name
        payload = self._interaction(team, user, "message_action") | {
            "callback_id": callback_id,
            "action_ts": acts.event_ts(self),
            "message_ts": message.ts,
            "trigger_id": self.trigger(team, user),
            "channel": {"id": channel.id, "name": name},
            "message": message_json(team, message, channel=channel),
            "response_url": self.response_url(team, channel, user),
        }
        return await self._gesture(team, user, payload)

    async def global_shortcut(self, who: str, callback_id: str, *, team: Team | None = None) -> Seen:
        team, user = self._person(who, team)
        if self.manifest.shortcut(callback_id, "global") is None:
            raise Denied(f"no global shortcut {callback_id}")
        payload = self._interaction(team, user, "shortcut") | {
            "callback_id": callback_id,
            "action_ts": acts.event_ts(self),
            "trigger_id": self.trigger(team, user),
        }
        return await self._gesture(team, user, payload)

    async def click(
        self,
        who: str,
        where: str,
        ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        entered: Json | None = None,
        team: Team | None = None,
    ) -> Seen:
        """Presses a button of a message, ephemeral ones too, or chooses `value` in one of its selects.

        `entered` is what stands in the message's inputs, as in `state.values`.
        """
        team, user = self._person(who, team)
        channel = self.place(user, where, team)
        message = self.message_in(channel, ts, user.id)
        block, element = find_element(message.blocks, action_id, block_id)
        payload = self._interaction(team, user, "block_actions") | {
            "container": _container(channel, message),
            "trigger_id": self.trigger(team, user),
            "message": message_json(team, message, channel=channel),
            "channel": {"id": channel.id, "name": _HIDDEN_NAME[channel.kind] or channel.name},
            "state": {"values": _state(message.blocks, entered or {})},
            "actions": [self._action(block, element, value)],
            "response_url": self.response_url(team, channel, user, message.ts),
        }
        if message.ephemeral_to:
            payload.pop("message")
        return await self._gesture(team, user, payload)


def _container(channel: Channel, message: Message) -> Json:
    private = message.ephemeral_to is not None
    where = {"type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": private}
    return where | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _state(blocks: list[Json], entered: Json) -> Json:
    return copy.deepcopy(views.values_of(blocks, entered))
