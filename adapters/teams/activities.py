"""What the Bot Framework sends, as far as it is read: lenient about the rest, for Teams adds fields any day.

Law: a value that is no activity at all raises `ValueError` (400); what is unknown in one that is, is passed over.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from adapters.teams.references import root_of

Json = dict[str, Any]
PERSONAL, GROUP, CHANNEL = "personal", "groupChat", "channel"


class Lenient(BaseModel):
    """`null` is as good as missing, and a number as good as its digits."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given


class Who(Lenient):
    id: str = ""
    name: str = ""
    entra: str = Field(default="", validation_alias=AliasChoices("aadObjectId", "objectId"))
    role: str = ""
    targeted: bool = Field(default=False, validation_alias="isTargeted")


class Where(Lenient):
    id: str = ""
    kind: str = Field(default="", validation_alias="conversationType")
    tenant: str = Field(default="", validation_alias="tenantId")
    group: bool = Field(default=False, validation_alias="isGroup")
    name: str = ""


class Named(Lenient):
    id: str = ""
    name: str = ""


class Channel(Named):
    """`type`: standard, private or shared (botbuilder's `ChannelInfo`)."""

    type: str = "standard"


class Heading(Lenient):
    tenant: Named = Named()
    team: Named = Named()
    channel: Channel = Channel()
    event: str = Field(default="", validation_alias="eventType")


class Reaction(Lenient):
    type: str = ""


class Activity(Lenient):
    """https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference, Activity."""

    type: str
    id: str = ""
    name: str = ""
    timestamp: str = ""
    service_url: str = Field(default="", validation_alias="serviceUrl")
    sender: Who = Field(default=Who(), validation_alias="from")
    recipient: Who = Who()
    conversation: Where = Where()
    told: Heading = Field(default=Heading(), validation_alias="channelData")
    reply_to: str = Field(default="", validation_alias="replyToId")
    action: str = ""
    value: Any = None
    zone: str = Field(default="", validation_alias="localTimezone")
    added: tuple[Who, ...] = Field(default=(), validation_alias="membersAdded")
    removed: tuple[Who, ...] = Field(default=(), validation_alias="membersRemoved")
    reactions_added: tuple[Reaction, ...] = Field(default=(), validation_alias="reactionsAdded")
    reactions_removed: tuple[Reaction, ...] = Field(default=(), validation_alias="reactionsRemoved")

    @property
    def tenant(self) -> str:
        return self.told.tenant.id or self.conversation.tenant

    @property
    def kind(self) -> str:
        """personal, groupChat or channel; local test clients may leave it out."""
        if self.conversation.kind:
            return self.conversation.kind
        if self.told.channel.id or self.told.team.id:
            return CHANNEL
        return GROUP if self.conversation.group else PERSONAL

    @property
    def closed(self) -> bool:
        """Whether not everybody of the team reads what is said here."""
        return self.kind != CHANNEL or self.told.channel.type.lower() != "standard"

    @property
    def room(self) -> str:
        """The channel or chat as a whole, whatever thread of it this is."""
        return root_of(self.conversation.id)

    @property
    def stamp(self) -> int:
        """Microseconds since 1970 of what happened: of the activity itself, of an old one of its message."""
        return micros_of(self.timestamp) or said_micros(self.id)

    @property
    def ident(self) -> str:
        """One for each happening: edits and deletions carry the id of the message that they are about."""
        return f"{self.conversation.id}:{self.type}:{self.told.event}:{self.id}:{self.timestamp}"


def micros_of(timestamp: str) -> int:
    """Of an RFC 3339 time; 0 where there is none."""
    try:
        at = datetime.fromisoformat(timestamp)
    except ValueError:
        return 0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def said_micros(ident: str) -> int:
    """A message's id in a channel or group chat is the time at which it was said, in milliseconds."""
    return int(ident) * 1000 if ident.isascii() and ident.isdecimal() and len(ident) == 13 else 0


# -- invokes


class CardAction(Lenient):
    type: str = ""
    verb: str = ""
    data: Json = {}


class CardInvoke(Lenient):
    """adaptiveCard/action. `trigger` is automatic where a client refreshes a card by itself."""

    action: CardAction
    trigger: str = ""


class TaskInvoke(Lenient):
    """task/fetch and task/submit: what the button or the form carries."""

    data: Json = {}


class Author(Lenient):
    user: Named = Named()
    application: Named = Named()
    name: str = ""

    @model_validator(mode="before")
    @classmethod
    def _display(cls, given: Any) -> Any:
        """A user is called by `displayName`."""
        if not isinstance(given, dict):
            return given
        shown = {
            key: {**one, "name": one.get("displayName") or one.get("name") or ""}
            for key in ("user", "application")
            if isinstance(one := given.get(key), dict)
        }
        return {**given, **shown}


class MessagePayload(Lenient):
    """The message whose menu was used."""

    id: str = ""
    created: str = Field(default="", validation_alias="createdDateTime")
    link: str = Field(default="", validation_alias="linkToMessage")
    author: Author = Field(default=Author(), validation_alias="from")


class ExtensionInvoke(Lenient):
    """composeExtension/fetchTask and composeExtension/submitAction."""

    command: str = Field(default="", validation_alias="commandId")
    data: Json = {}
    message: MessagePayload | None = Field(default=None, validation_alias="messagePayload")

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, given: Any) -> Any:
        """`data` is an empty string where a client has none."""
        return (
            {key: value for key, value in given.items() if key != "data" or isinstance(value, dict)}
            if isinstance(given, dict)
            else given
        )


class LinkInvoke(Lenient):
    url: str = ""
