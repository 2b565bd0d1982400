"""What a person does with the app itself: commands, shortcuts, buttons, modals, App Home.

Each gesture is one request to the bot with 3 s to answer; the person then sees what the answer says, or an error.
"""

import copy
from typing import Any

from adapters.sandbox import acts, responding, views
from adapters.sandbox.mrkdwn import typed, with_names, without_tokens
from adapters.sandbox.outgoing import Answer
from adapters.sandbox.people import Denied, People, Seen
from adapters.sandbox.render import message_json
from adapters.sandbox.webapi.call import ApiError
from adapters.sandbox.webapi.chat import with_block_ids
from adapters.sandbox.webapi.views import checked
from adapters.sandbox.world import Channel, Json, Message, Team, User, stamp

TROUBLE = "We had some trouble connecting. Try again?"
_HIDDEN_NAME = {"private": "privategroup", "im": "directmessage", "mpim": "mpdm", "public": ""}


class Gestures(People):
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

    def _answered(self, team: Team, channel: Channel, user: User, answer: Answer, before: "_Mark") -> Seen:
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

    async def _gesture(self, team: Team, user: User, payload: Json) -> Seen:
        before = self._mark(team, user)
        answer = await self.deliveries.interaction(payload)
        if not answer.ok:
            self.toast(team, user.id, TROUBLE, code=answer.reason or "")
            return Seen(ok=False, error=answer.reason, text=TROUBLE)
        return self._since(team, user, before)

    def _interaction(self, team: Team, user: User, kind: str) -> Json:
        return {
            "type": kind,
            "token": self.credentials.verification_token,
            "api_app_id": team.app_id,
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        }

    async def click(
        self,
        who: str,
        where: str,
        ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        team: Team | None = None,
    ) -> Seen:
        """Presses a button of a message, or chooses `value` in one of its selects. Ephemeral messages have buttons too."""
        team, user = self._person(who, team)
        channel = self.place(user, where, team)
        message = self.message_in(channel, ts, user.id)
        block, element = _element(message.blocks, action_id, block_id)
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self._interaction(team, user, "block_actions") | {
            "container": container,
            "trigger_id": self.trigger(team, user),
            "message": message_json(team, message, channel=channel),
            "channel": {"id": channel.id, "name": _HIDDEN_NAME[channel.kind] or channel.name},
            "state": {"values": _state(message.blocks)},
            "actions": [self._action(block, element, value)],
            "response_url": self.response_url(team, channel, user, message.ts),
        }
        if message.ephemeral_to:
            payload.pop("message")
        return await self._gesture(team, user, payload)

    async def click_view(
        self,
        who: str,
        view_id: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        team: Team | None = None,
    ) -> Seen:
        """Presses a button or changes a dispatching input inside a modal or App Home ("home" stands for the latter)."""
        team, user = self._person(who, team)
        view = self._open_view(team, user, view_id)
        block, element = _element(view["blocks"], action_id, block_id)
        if element["type"] not in ("button", "overflow"):
            views.fill(view, {block["block_id"]: {action_id: value}})
        payload = self._interaction(team, user, "block_actions") | {
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": self.trigger(team, user, view["id"]),
            "view": views.shown(view),
            "actions": [self._action(block, element, value)],
        }
        return await self._gesture(team, user, payload)

    def _action(self, block: Json, element: Json, value: Any) -> Json:
        action: Json = {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "type": element["type"],
            "action_ts": acts.event_ts(self),
        }
        if element["type"] in ("button", "workflow_button"):
            own = {"value": element["value"]} if "value" in element else {}
            return action | own | {"text": element["text"]}
        if element["type"] == "overflow":
            chosen = (
                value.get("selected_option") if isinstance(value, dict) else views.option_named(element, str(value))
            )
            return action | {"selected_option": chosen}
        return action | views.as_value(element, value)

    async def suggest(
        self, who: str, view_id: str, action_id: str, typed_text: str, *, team: Team | None = None
    ) -> list[Json]:
        """Types into a select with outside options; answers the options that the bot offers."""
        team, user = self._person(who, team)
        view = self._open_view(team, user, view_id)
        block, element = _element(view["blocks"], action_id, None)
        payload = self._interaction(team, user, "block_suggestion") | {
            "action_id": action_id,
            "block_id": block["block_id"],
            "value": typed_text,
            "view": views.shown(view),
            "container": {"type": "view", "view_id": view["id"]},
        }
        said = (await self.deliveries.interaction(payload)).parsed()
        return list(said.get("options", [])) if isinstance(said, dict) else []

    async def submit(
        self, who: str, values: Json | None = None, *, view_id: str | None = None, team: Team | None = None
    ) -> Seen:
        """Fills and submits a modal, the topmost by default. Empty required inputs are caught before anything is sent."""
        team, user = self._person(who, team)
        view = self._open_view(team, user, view_id or "")
        if wrong := views.fill(view, values or {}):
            raise Denied("; ".join(wrong))
        view["_errors"] = views.missing(view) or None
        self.changed()
        if view["_errors"]:
            return Seen(ok=False, error="required", errors=view["_errors"], modal=views.shown(view))
        payload = self._interaction(team, user, "view_submission") | {
            "trigger_id": self.trigger(team, user, view["id"]),
            "view": views.shown(view),
            "response_urls": [],
        }
        before = self._mark(team, user)
        answer = await self.deliveries.interaction(payload)
        if not answer.ok:
            self.toast(team, user.id, TROUBLE, code=answer.reason or "")
            return Seen(ok=False, error=answer.reason, text=TROUBLE, modal=views.shown(view))
        return self._submitted(team, user, view, answer, before)

    def _submitted(self, team: Team, user: User, view: Json, answer: Answer, before: "_Mark") -> Seen:
        body = answer.parsed()
        action = body.get("response_action") if isinstance(body, dict) else None
        stack = team.modals.get(user.id, [])
        if action == "errors":
            return self._rejected(view, body)
        if action in ("update", "push"):
            problem = self._next_view(team, user, view, body, action)
            if problem:
                self.toast(team, user.id, TROUBLE, code=problem)
                return Seen(ok=False, error=problem, modal=views.shown(view))
        elif action == "clear":
            stack.clear()
        elif any(v is view for v in stack):
            stack[:] = [v for v in stack if v is not view]
        self.changed()
        return self._since(team, user, before)

    def _rejected(self, view: Json, body: Json) -> Seen:
        inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
        errors = {k: v for k, v in body.get("errors", {}).items() if k in inputs}
        view["_errors"] = errors
        if len(errors) != len(body.get("errors", {})) or not errors:
            self.ledger.limit_violations.append(("errors_for_unknown_blocks", "view_submission"))
        self.changed()
        return Seen(ok=False, error="errors", errors=errors, modal=views.shown(view))

    def _next_view(self, team: Team, user: User, view: Json, body: Json, action: str) -> str | None:
        try:
            asked = checked(body.get("view"), "modal")
        except ApiError as error:
            self.ledger.limit_violations.append((error.code, "view_submission"))
            return error.code
        blocks = with_block_ids(asked["blocks"])
        if action == "update":
            views.replace(team, user.id, view, views.stored(team, asked, blocks, view))
            return None
        return None if views.push(team, user.id, views.stored(team, asked, blocks)) else "push_limit_reached"

    async def close(self, who: str, *, view_id: str | None = None, team: Team | None = None) -> Seen:
        """Closes a modal without submitting; the bot hears of it only if the view asked for that."""
        team, user = self._person(who, team)
        view = self._open_view(team, user, view_id or "")
        stack = team.modals[user.id]
        cleared = bool(view["clear_on_close"])
        stack[:] = [] if cleared else [v for v in stack if v is not view]
        self.changed()
        if view["notify_on_close"]:
            payload = self._interaction(team, user, "view_closed") | {
                "view": views.shown(view),
                "is_cleared": cleared,
            }
            await self.deliveries.interaction(payload)
        return Seen(modal=views.shown(stack[-1]) if stack else None)

    async def open_home(self, who: str, *, tab: str = "home", team: Team | None = None) -> Seen:
        team, user = self._person(who, team)
        direct = self.place(user, self.manifest.bot_name, team)
        home = team.homes.get(user.id)
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": direct.id,
            "tab": tab,
            "event_ts": acts.event_ts(self),
        }
        if home is not None and tab == "home":
            event["view"] = views.shown(home)
        self.emit(team, event)
        await self.deliveries.settled(self.outgoing.seconds)
        home = team.homes.get(user.id)
        return Seen(home=views.shown(home) if home else None)

    def _open_view(self, team: Team, user: User, view_id: str) -> Json:
        stack = team.modals.get(user.id, [])
        known: list[Json] = [*stack, *([team.homes[user.id]] if user.id in team.homes else [])]
        if view_id == "home" and user.id in team.homes:
            return team.homes[user.id]
        if not view_id and stack:
            return stack[-1]
        found = next((v for v in known if v["id"] == view_id), None)
        if found is None:
            raise Denied(f"{user.name} has no such view open")
        return found

    def _mark(self, team: Team, user: User) -> "_Mark":
        seen = {m.ts for c in team.channels.values() for m in c.ephemerals if m.ephemeral_to == user.id}
        return seen, [v["hash"] for v in team.modals.get(user.id, [])], len(team.toasts.get(user.id, []))

    def _since(self, team: Team, user: User, before: "_Mark") -> Seen:
        old, hashes, toasts = before
        fresh = [
            message_json(team, m)
            for c in team.channels.values()
            for m in c.ephemerals
            if m.ephemeral_to == user.id and m.ts not in old
        ]
        stack = team.modals.get(user.id, [])
        modal = views.shown(stack[-1]) if stack else None
        home = team.homes.get(user.id)
        return Seen(
            ephemerals=tuple(fresh),
            modal=modal,
            text=fresh[-1]["text"] if fresh else None,
            home=views.shown(home) if home else None,
            toasts=tuple(team.toasts.get(user.id, [])[toasts:]),
        )


_Mark = tuple[set[str], list[str], int]


def _element(blocks: list[Json], action_id: str, block_id: str | None) -> tuple[Json, Json]:
    for block in blocks:
        parts = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for part in parts:
            if isinstance(part, dict) and part.get("action_id") == action_id and block_id in (None, block["block_id"]):
                return block, part
    raise Denied(f"there is nothing to press called {action_id}")


def _state(blocks: list[Json]) -> Json:
    return copy.deepcopy(views.values_of(blocks, {}))
