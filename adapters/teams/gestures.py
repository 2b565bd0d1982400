"""What people do in Teams (type, press, fill in, use a message's menu) as commands, each with an id of its own.

Law: reading decides nothing and calls nobody. What cannot be read raises `Refused`, in a sentence; what a card carries
is believed only under our seal, and only from whom and where it was made for.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

from adapters.teams import forms
from adapters.teams.activities import (
    CHANNEL,
    PERSONAL,
    Activity,
    CardInvoke,
    ExtensionInvoke,
    MessagePayload,
    TaskInvoke,
)
from adapters.teams.captures import permalink
from adapters.teams.manifest import COMPOSE_COMMANDS, MESSAGE_ACTIONS
from adapters.teams.markup import files_in, of_message_payload, without_bot, written_in
from adapters.teams.references import root_of
from adapters.teams.sealed import NAME, Seal, Sealed, in_short
from bot.command import KINDS, Command, Origin, build
from bot.commands.added import SpokenOf
from bot.commands.captures import said_at
from bot.errors import Refused
from bot.grammar import read
from bot.model import FileLink, MessageRef
from bot.text import Form, Value, mention_token
from bot.words import chat
from bot.words import teams as words

Json = dict[str, Any]
Users = dict[str, str]
"""User ids by the object ids that an invoke names."""
MARK = "mark_message"
"""The message action, and the form that it opens, which are no command of the engine."""
GREETINGS = frozenset({"", "home", "hi", "hello"})
"""In the personal chat these ask for one's own page."""
_SLASH = re.compile(r"^/?\s*(?:(?:incident|debrief)\b[\s:,]*)?", re.IGNORECASE)


class Address(Value):
    """Where and to whom the answer goes."""

    way: Literal["typed", "targeted", "personal", "card", "task", "extension"]
    tenant: str
    user: str
    service_url: str
    conversation: str
    """Where the gesture was made."""
    channel: str
    """Where it counts: a private card in the personal chat may be about an incident's thread."""
    kind: str
    message: str = ""
    """The card that was pressed, or from which a dialog was opened."""

    @property
    def account(self) -> str:
        return f"teams:{self.tenant}:{self.user}"


class Gesture(Value):
    command: Command
    address: Address
    form: Form | None = None
    """The form that was submitted, where it can be shown again, and what was typed into it."""
    entered: dict[str, str] = {}
    filled: bool = False
    """A form was submitted."""
    stranger: str = ""
    """The field in which somebody was chosen of whom nothing is known."""


class Mark(Value):
    """A message is marked from its menu."""

    address: Address
    message: MessageRef
    fields: dict[str, str] = {}
    """What the menu told of the message, as a `SpokenOf` has it."""
    files: tuple[FileLink, ...] = ()
    mark: str = ""
    """What was chosen; empty: nothing yet."""
    stamp: int
    ident: str


def address_of(activity: Activity, tenant: str) -> Address:
    """Of what was typed."""
    way: Literal["typed", "targeted", "personal"] = "typed"
    if activity.kind == PERSONAL:
        way = "personal"
    elif activity.recipient.targeted:
        way = "targeted"
    return _address(activity, tenant, way)


def _address(activity: Activity, tenant: str, way: Any, sealed: Sealed | None = None) -> Address:
    message = (sealed.turn if sealed else "") or activity.reply_to
    return Address(
        way=way,
        tenant=tenant,
        user=activity.sender.id,
        service_url=activity.service_url,
        conversation=activity.conversation.id,
        channel=(sealed.channel if sealed else "") or activity.conversation.id,
        kind=activity.kind,
        message=message,
    )


def typed(activity: Activity, raw: Json, tenant: str) -> Gesture | None:
    """`@Debrief verb …`, a bare verb in the personal chat, or a targeted message. None for what is not for us."""
    text = written_in(raw, tenant)
    bot = mention_token(f"teams:{tenant}:{activity.recipient.id}")
    address = address_of(activity, tenant)
    if address.way == "typed" and bot not in text:
        return None
    said = _SLASH.sub("", without_bot(text, bot).strip(), count=1)
    # The same message asks for the same thing, whatever else of it is delivered again.
    ident = f"{activity.conversation.id}:{activity.id}" if activity.id else activity.ident
    origin = _origin(address, f"typed:{ident}", said_at(activity.id) if address.way == "typed" else None)
    greeted = address.way == "personal" and said.casefold().strip(" !.") in GREETINGS
    return Gesture(command=build("home", {}, origin) if greeted else read(said, origin), address=address)


def pressed(activity: Activity, tenant: str, seal: Seal, users: Users) -> Gesture:
    """A button of a card: `adaptiveCard/action`."""
    return _pressed(activity, tenant, CardInvoke.model_validate(activity.value).action.data, seal, users, "card")


def is_press(activity: Activity) -> bool:
    """Whether a message is no word of people, but a button pressed in a client that knows no `Action.Execute`."""
    return isinstance(activity.value, dict) and NAME in activity.value


def submitted_message(activity: Activity, tenant: str, seal: Seal, users: Users) -> Gesture:
    """Such a press: the message carries the button's data."""
    return _pressed(activity, tenant, activity.value, seal, users, address_of(activity, tenant).way)


def task(activity: Activity, tenant: str, seal: Seal, users: Users) -> Gesture:
    """A button that opens a dialog, or a dialog that is submitted: `task/fetch`, `task/submit`."""
    return _pressed(activity, tenant, TaskInvoke.model_validate(activity.value).data, seal, users, "task")


def _pressed(activity: Activity, tenant: str, data: Json, seal: Seal, users: Users, way: Any) -> Gesture:
    sealed = seal.open(data)
    address = _address(activity, tenant, way, sealed)
    _meant_for(sealed, address)
    tokens = {entra: mention_token(f"teams:{tenant}:{user}") for entra, user in users.items()}
    fields = {**sealed.args, **forms.fields(data, sealed, lambda entra: tokens.get(entra, ""))}
    ident = f"form:{sealed.once}:{address.user}" if sealed.once else activity.ident
    return Gesture(
        command=build(sealed.does, fields, _origin(address, ident)),
        address=address,
        form=forms.form_in(sealed),
        entered=forms.typed(data, sealed),
        filled=bool(sealed.once),
        stranger=forms.stranger(data, sealed, users),
    )


def is_cancel(data: Any, seal: Seal) -> bool:
    """Whether the second button of a form was pressed. Raises `Refused` for a card that is not ours."""
    return isinstance(data, dict) and seal.open(data).does == forms.CANCEL


def _meant_for(sealed: Sealed, address: Address) -> None:
    """Raises `Refused` unless this person may press it, here."""
    if sealed.account:
        if sealed.account not in (address.account, in_short(address.account)):
            raise Refused(words.NOT_FOR_YOU)
    elif sealed.channel not in ("", address.conversation, root_of(address.conversation)):
        raise Refused(words.CARD_CHANGED)


def extension(activity: Activity, tenant: str, seal: Seal, users: Users) -> Gesture | Mark:
    """A message's menu or the compose box, and the dialogs that they opened."""
    invoke = ExtensionInvoke.model_validate(activity.value)
    if NAME in invoke.data:
        sealed = seal.open(invoke.data)
        if sealed.does == MARK:
            return _marked(activity, tenant, sealed, invoke.data)
        return _pressed(activity, tenant, invoke.data, seal, users, "extension")
    address = _address(activity, tenant, "extension")
    if invoke.command in COMPOSE_COMMANDS:
        return Gesture(command=build(invoke.command, {}, _origin(address, activity.ident)), address=address)
    if invoke.command not in MESSAGE_ACTIONS or invoke.message is None:
        raise Refused(chat.gone_button())
    if invoke.command in ("add_to_timeline", MARK) and _is_ours(activity, invoke.message):
        raise Refused(words.own_message())
    fields = _message_fields(activity, invoke.message, tenant, users)
    if invoke.command == MARK:
        return Mark(
            address=address,
            message=fields["message"],
            fields=_texts(fields),
            files=fields["files"],
            stamp=activity.stamp,
            ident=activity.ident,
        )
    known = KINDS[invoke.command].model_fields
    fields = {name: value for name, value in fields.items() if name in known}
    return Gesture(command=build(invoke.command, fields, _origin(address, activity.ident)), address=address)


def _marked(activity: Activity, tenant: str, sealed: Sealed, data: Json) -> Mark:
    address = _address(activity, tenant, "extension", sealed)
    _meant_for(sealed, address)
    return Mark(
        address=address,
        message=MessageRef.model_validate_json(sealed.args["message"]),
        fields=sealed.args,
        mark=forms.typed(data, sealed).get("mark", ""),
        stamp=activity.stamp,
        ident=f"form:{sealed.once}:{address.user}",
    )


def _texts(fields: Json) -> dict[str, str]:
    return {name: value for name, value in fields.items() if isinstance(value, str) and value}


def entra_ids(activity: Activity, seal: Seal) -> list[str]:
    """Object ids by which people are named: the author of a message and who is mentioned in it, or those who were
    chosen in a form."""
    value = activity.value if isinstance(activity.value, dict) else {}
    payload = value.get("messagePayload")
    named = _named_in(payload) if isinstance(payload, dict) else []
    action = value.get("action")
    data = value if is_press(activity) else action.get("data") if isinstance(action, dict) else value.get("data")
    if isinstance(data, dict) and NAME in data:
        named += forms.people_in(data, seal.open(data))
    return named


def _named_in(payload: Json) -> list[str]:
    mentions = payload.get("mentions")
    named = [one.get("mentioned") for one in mentions if isinstance(one, dict)] if isinstance(mentions, list) else []
    users = [one.get("user") for one in named if isinstance(one, dict)]
    author = MessagePayload.model_validate(payload).author.user.id
    return [author, *(str(user.get("id") or "") for user in users if isinstance(user, dict))]


def _message_fields(activity: Activity, message: MessagePayload, tenant: str, users: Users) -> Json:
    """What the menu's payload says of the message: all there is, where messages are not captured."""
    payload = activity.value["messagePayload"]
    conversation = activity.conversation.id
    author = _account(tenant, users.get(message.author.user.id, ""))
    named = {**users, activity.recipient.id.removeprefix("28:"): activity.recipient.id}
    return {
        "message": MessageRef(platform="teams", tenant=tenant, channel=conversation, ts=message.id),
        "text": of_message_payload(payload, tenant, lambda one: _account(tenant, named.get(one, ""))),
        "author": author,
        "author_name": ""
        if author
        else (message.author.user.name or message.author.application.name or "an app")[:200],
        "occurred": message.created,
        "permalink": message.link or permalink(conversation, message.id, tenant, activity.kind == CHANNEL),
        "private_place": "yes" if activity.closed else "",
        "files": files_in(payload),
    }


def _is_ours(activity: Activity, message: MessagePayload) -> bool:
    return bool(message.author.application.id) and f"28:{message.author.application.id}" == activity.recipient.id


def told_of(command: SpokenOf) -> Json:
    """What a command says of its message: forms cannot carry all of it."""
    names = ("text", "author", "author_name", "permalink", "occurred", "files")
    return {name: value for name in names if (value := getattr(command, name))}


def _account(tenant: str, user: str) -> str:
    return f"teams:{tenant}:{user}" if user else ""


def _origin(address: Address, ident: str, occurred: datetime | None = None) -> Origin:
    return Origin(
        id=ident,
        platform="teams",
        tenant=address.tenant,
        actor=address.user,
        channel=address.channel,
        occurred=occurred,
    )
