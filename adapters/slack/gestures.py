"""What people do in Slack (type, click, choose, submit) as commands, each with an id of its own and a place to answer.

Law: reading decides nothing and calls nobody. What cannot be read raises `Refused`, in a sentence.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from adapters.slack import forms, limits
from adapters.slack.captures import bot_name, files_in, moment, permalink
from adapters.slack.markup import neutral, said_in
from adapters.slack.richtext import size
from adapters.slack.tenants import bot_user_of, tenant_of
from bot.command import KINDS, Command, Origin, build
from bot.commands.captures import Pinned, Reacted
from bot.errors import Refused
from bot.grammar import read
from bot.model import MessageRef
from bot.text import Button, Value
from bot.words import chat

Json = dict[str, Any]
SAY = "@say"
"""What a button does that says typed words again, for example because their form could not be opened in time."""
GLOBAL = ("declare", "my_actions")
MESSAGE = ("add_to_timeline", "make_action_item", "declare_from_message")
PRIVATE_NAMES = ("privategroup", "directmessage")


class Address(Value):
    """Where and to whom the answer goes. `url` is a secret: whoever knows it can post."""

    way: Literal["slash", "shortcut", "click", "view", "mention", "direct", "home"]
    tenant: str
    user: str
    channel: str = ""
    thread: str = ""
    trigger: str = ""
    url: str = ""
    ident: str = ""
    """The gesture's own id, which its answer carries."""
    home: str = ""
    """"yes": it began on the person's own page, which has to show what came of it."""
    turn: str = ""
    """How often the form was answered by a form already: the view stays the same, what is submitted does not."""


class Gesture(Value):
    command: Command
    address: Address
    again: Button
    """Does the same once more."""


def slash(payload: Json) -> Gesture:
    tenant = tenant_of(payload)
    address = Address(
        way="slash",
        tenant=tenant,
        user=payload["user_id"],
        channel=payload.get("channel_id") or "",
        trigger=payload["trigger_id"],
        url=payload.get("response_url") or "",
    )
    return said(neutral(payload.get("text") or "", tenant), _origin(address, address.trigger), address)


def said(words: str, origin: Origin, address: Address) -> Gesture:
    """Typed words, read by the one grammar."""
    return _gesture(read(words, origin), address, _again(SAY, {"text": words}))


def _gesture(command: Command, address: Address, again: Button) -> Gesture:
    return Gesture(command=command, address=address.model_copy(update={"ident": command.origin.id}), again=again)


def mention(payload: Json) -> Gesture | None:
    """`@Debrief verb …` in a channel or thread: what stands behind our name. None for what apps say."""
    event: Json = payload["event"]
    tenant, bot_user = tenant_of(payload), bot_user_of(payload)
    if event.get("bot_id") or not event.get("user") or event["user"] == bot_user:
        return None
    address = _said_at(event, tenant, "mention")
    words = _behind(event.get("text") or "", bot_user)
    return said(neutral(words, tenant), _origin(address, payload["event_id"], str(event["ts"])), address)


def pin(capture: Pinned | Reacted, *, private: bool) -> Gesture:
    """A message was pinned: asks for an entry where the pin alone does not make one. `private`: of its conversation."""
    message, origin = capture.message, capture.origin
    address = Address(
        way="mention", tenant=message.tenant, user=origin.actor, channel=message.channel, ident=f"{origin.id}:pin"
    )
    fields = {
        "message": message.model_dump_json(),
        "private_place": "yes" if private else "",
        "channel_pin": "yes" if isinstance(capture, Pinned) else "",
    }
    told = {name: value for name, value in fields.items() if value}
    own = origin.model_copy(update={"id": address.ident})
    return _gesture(build("pin_elsewhere", told, own), address, _again("pin_elsewhere", told))


def direct(payload: Json) -> Gesture | None:
    """A bare verb in the private conversation with the bot."""
    event: Json = payload["event"]
    ours = event.get("bot_id") or not event.get("user") or event["user"] == bot_user_of(payload)
    if ours or event.get("subtype") or not (event.get("text") or "").strip():
        return None
    tenant = tenant_of(payload)
    address = _said_at(event, tenant, "direct")
    words = _behind(event["text"], bot_user_of(payload))
    return said(neutral(words, tenant), _origin(address, payload["event_id"], str(event["ts"])), address)


def home(payload: Json) -> Gesture:
    event: Json = payload["event"]
    address = Address(way="home", tenant=tenant_of(payload), user=event["user"])
    return _gesture(build("home", {}, _origin(address, payload["event_id"])), address, _again("home", {}))


def home_again(done: Gesture) -> Gesture:
    """The person's own page, after something was done there."""
    address = done.address
    return _gesture(build("home", {}, _origin(address, f"{address.ident}:home")), address, _again("home", {}))


def shortcut(payload: Json) -> Gesture:
    """A shortcut of the search bar or of a message's menu."""
    tenant, callback = tenant_of(payload), payload["callback_id"]
    channel = (payload.get("channel") or {}).get("id") or ""
    address = Address(
        way="shortcut",
        tenant=tenant,
        user=payload["user"]["id"],
        channel=channel,
        trigger=payload["trigger_id"],
        url=payload.get("response_url") or "",
    )
    origin = _origin(address, address.trigger)
    if callback in GLOBAL:
        return _gesture(build(callback, {}, origin), address, _again(callback, {}))
    if callback not in MESSAGE:
        raise Refused(chat.gone_button())
    fields = _message_fields(payload, tenant, channel)
    known = KINDS[callback].model_fields if callback in KINDS else {}
    fields = {name: value for name, value in fields.items() if name in known}
    return _gesture(build(callback, fields, origin), address, _again(callback, _short(fields)))


def click(payload: Json) -> Gesture:
    """A button in a message, a modal or the App Home. Its value says what it does."""
    tenant, action = tenant_of(payload), payload["actions"][0]
    container = payload.get("container") or {}
    message = payload.get("message") or {}
    channel = (payload.get("channel") or {}).get("id") or container.get("channel_id") or ""
    address = Address(
        way="click",
        tenant=tenant,
        user=payload["user"]["id"],
        channel=channel,
        thread=str(message.get("thread_ts") or container.get("thread_ts") or ""),
        trigger=payload.get("trigger_id") or "",
        url=payload.get("response_url") or "",
    )
    if not channel and container.get("type") == "view":
        address = address.model_copy(update={"way": "home", "home": "yes"})
    where = container.get("message_ts") or container.get("view_id") or ""
    ident = f"{channel}:{where}:{action['action_id']}:{address.user}:{action['action_ts']}"
    does, args = _unpacked((action.get("selected_option") or action).get("value") or "")
    origin = _origin(address, ident)
    if does == SAY:
        return said(args.get("text", ""), origin, address)
    return _gesture(build(does, args, origin), address, _again(does, args))


def submission(payload: Json) -> Gesture:
    """A submitted form. Its id is the view's, and its turn's: submitting twice is submitting once."""
    tenant, view = tenant_of(payload), payload["view"]
    packed = _object(view.get("private_metadata") or "")
    address = Address(
        way="view",
        tenant=tenant,
        user=payload["user"]["id"],
        channel=str(packed.get("channel") or ""),
        thread=str(packed.get("thread") or ""),
        trigger=payload.get("trigger_id") or "",
        url=str(packed.get("url") or ""),
        home=str(packed.get("home") or ""),
        turn=str(packed.get("turn") or ""),
    )
    does, args = str(packed.get("does") or ""), _texts(packed.get("args"))
    fields = {**args, **forms.fields((view.get("state") or {}).get("values"), tenant)}
    ident = f"{view['id']}:{address.turn}" if address.turn else view["id"]
    return _gesture(build(does, fields, _origin(address, ident)), address, _again(does, args))


def address_of(payload: Json) -> Address:
    """Where to answer a payload that makes no command."""
    event = payload.get("event")
    if isinstance(event, dict):
        return _said_at(event, tenant_of(payload), "direct" if event.get("channel_type") == "im" else "mention")
    user = payload.get("user")
    return Address(
        way="slash" if "command" in payload else "shortcut",
        tenant=tenant_of(payload),
        user=str(payload.get("user_id") or (user.get("id") if isinstance(user, dict) else "") or ""),
        channel=str(payload.get("channel_id") or (payload.get("channel") or {}).get("id") or ""),
        trigger=str(payload.get("trigger_id") or ""),
        url=str(payload.get("response_url") or ""),
    )


def metadata(address: Address) -> dict[str, str]:
    """What a modal must bring back so that its answer finds the person."""
    kept = {"channel": address.channel, "thread": address.thread, "url": address.url, "home": address.home}
    if address.way == "view":
        kept["turn"] = str(int(address.turn or 0) + 1)
    return {name: value for name, value in kept.items() if value}


def _message_fields(payload: Json, tenant: str, channel: str) -> Json:
    """What the menu's payload says of the message: all there is, where the bot is no member."""
    message: Json = payload["message"]
    ts = str(payload.get("message_ts") or message["ts"])
    thread, user = str(message.get("thread_ts") or ""), str(message.get("user") or "")
    private = channel[:1] == "D" or (payload.get("channel") or {}).get("name") in PRIVATE_NAMES
    return {
        "message": MessageRef(platform="slack", tenant=tenant, channel=channel, ts=ts),
        "text": said_in(message, tenant),
        "author": f"slack:{tenant}:{user}" if user and not message.get("bot_id") else "",
        "author_name": bot_name(message),
        "thread": "" if thread == ts else thread,
        "permalink": permalink("https://slack.com/", channel, ts, thread),
        "private_place": "yes" if private else "",
        "files": files_in(message),
    }


def _short(fields: Json) -> dict[str, str]:
    """The fields as a button can carry them; without a long text the message is read where it stands."""
    texts = {name: value for name, value in fields.items() if isinstance(value, str) and value}
    if size(texts.get("text", "")) > 1000:
        texts.pop("text")
    return {**texts, "message": fields["message"].model_dump_json()} if "message" in fields else texts


def _again(does: str, args: dict[str, str]) -> Button:
    packed = json.dumps(args, ensure_ascii=False)
    if does == SAY and size(packed) > limits.BUTTON_VALUE - 100:
        args = {"text": args["text"].split(maxsplit=1)[0][:40]}
    return Button(label=chat.TRY_AGAIN, does=does, args=args, style="primary")


def _said_at(event: Json, tenant: str, way: Literal["mention", "direct"]) -> Address:
    return Address(
        way=way,
        tenant=tenant,
        user=event["user"],
        channel=event["channel"],
        thread=str(event.get("thread_ts") or ""),
    )


def _behind(text: str, bot_user: str) -> str:
    """The words after the first mention of the bot; without one, all of them."""
    found = re.search(
        rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>" if bot_user else r"^\s*<@[UW][A-Z0-9]+(?:\|[^<>]*)?>", text
    )
    return (text[found.end() :].lstrip(" :,") if found else text).strip()


def _origin(address: Address, ident: str, ts: str = "") -> Origin:
    return Origin(
        id=ident,
        platform="slack",
        tenant=address.tenant,
        actor=address.user,
        channel=address.channel,
        thread=address.thread,
        occurred=moment(ts) if ts else None,
    )


def _unpacked(value: str) -> tuple[str, dict[str, str]]:
    packed = _object(value)
    return str(packed.get("does") or ""), _texts(packed.get("args"))


def _object(text: str) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _texts(found: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
