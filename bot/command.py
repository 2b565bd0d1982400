"""What somebody wants, in neutral words: a frozen value for each kind of command, found again by its `kind`.

A command says what was asked; whether it may be done, and what follows, is decided by the rule of its kind.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ValidationError, field_validator

from bot.errors import Refused
from bot.masking import mask
from bot.model import Account, MessageRef, Place
from bot.text import Value, mentioned, whole_characters
from bot.words.chat import gone_button


class Origin(Value):
    """Where a command comes from. `id` is unique for one gesture, however often the platform sends it."""

    id: str
    platform: str
    """slack, teams, terminal, api, cli or clock."""
    tenant: str
    actor: str = ""
    """The platform's user id; empty: the bot itself (receipts, the clock)."""
    channel: str = ""
    thread: str = ""
    occurred: datetime | None = None
    """When it happened according to the platform, for what may arrive late."""

    @property
    def account(self) -> str:
        """Account key of the actor."""
        return f"{self.platform}:{self.tenant}:{self.actor}" if self.actor else ""

    @property
    def place(self) -> Place | None:
        if not self.channel:
            return None
        return Place(platform=self.platform, tenant=self.tenant, channel=self.channel, thread=self.thread)


class Needs(Value):
    """What a rule wants to see beside the organisation, the actor, the people mentioned and the incident."""

    items: bool = False
    """Action items of the incident."""
    open_items: bool = False
    """All open action items of the organisation, held (into `State.items`), whoever may see them."""
    my_items: bool = False
    """All open action items of the actor (into `State.my_items`)."""
    postmortem: bool = False
    log: bool = False
    """All timeline entries of the incident, deleted ones included, in their order."""
    listing: bool = False
    """Incidents that the actor may see (into `State.listing`), newest first, at most 200."""
    last_changes: bool = False
    holidays: bool = False
    message: bool = False
    """The entry of the message that the command speaks of (`command.message`), if it is known."""
    similar: Literal["", "public", "mine"] = ""
    """Past incidents that may be like it (into `State.past`): those that everybody may see, or those the actor may."""
    ended_items: bool = False
    """With `similar`: the past incidents' action items that have ended, too."""
    neighbours: bool = False
    """The other incidents that live in the channel or beside the named one, ended ones too,
    held (into `State.neighbours`)."""
    announcing: bool = False
    """Locks the organisation, for commands that take the next number."""


class Command(Value):
    kind: ClassVar[str] = ""
    needs: ClassVar[Needs] = Needs()
    wants_incident: ClassVar[bool] = False
    """Without an incident in sight, my only open one is assumed (and said), or buttons ask which."""
    of_item: ClassVar[str] = ""
    """The kind that its verb stands for where the key of an action item comes behind it."""
    asks: ClassVar[bool] = False
    """With no more than a button carries, its rule answers with a form: a platform that has to know that before it asks
    opens a dialog."""

    origin: Origin
    incident: str = ""
    """Key of the incident, where it is named; else it is the one of the channel."""
    item: str = ""
    """Key of an action item, where one is named."""
    listed: str = ""
    """What list the clicked button stands in, with the keys of its items (`digest:ACT-7,ACT-2`): they are loaded into
    `State.my_items` too, as far as the actor may see them."""
    message: MessageRef | None = None

    @field_validator("message", mode="before")
    @classmethod
    def _from_json(cls, value: Any) -> Any:
        """Buttons and forms carry text only."""
        return (MessageRef.model_validate_json(value) if value else None) if isinstance(value, str) else value

    def __init_subclass__(cls, kind: str = "", **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if kind:
            cls.kind = kind
            KINDS[kind] = cls

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        """The fields that the words after the verb fill; kinds with a grammar of their own override it."""
        return {"text": said} if said else {}

    def again(self) -> dict[str, str]:
        """What a button carries that gives the same command once more, about an incident of its own."""
        told = self.model_fields_set - {"origin", "incident"}
        fields = {name: value for name in sorted(told) if (value := getattr(self, name))}
        return {
            name: value.model_dump_json() if isinstance(value, BaseModel) else str(value)
            for name, value in fields.items()
        }

    def mentions(self) -> tuple[str, ...]:
        """Account keys and bare names (`@maya`) that the fields of the command speak of."""
        said = [value for value in self.__dict__.values() if isinstance(value, str)]
        keys = [key for text in said for key in mentioned(text)]
        names = [name for text in said for name in _NAME.findall(text[:4000])]
        return tuple(dict.fromkeys(keys + names))

    def alike(self) -> tuple[str, ...]:
        """Ids and (casefolded) e-mail addresses of those whom the command may make one person."""
        return ()

    def claims(self) -> tuple[str, ...]:
        """Keys and ids that the command brings along; which of them are taken stands in `State.taken`."""
        return ()

    def elsewhere(self) -> str:
        """Key of an action item of any public incident, which is loaded into `State.elsewhere`."""
        return ""

    def told_of(self) -> tuple[str, ...]:
        """Ids of action items that the command is about, of whatever incident: held, and loaded into `State.items`."""
        return ()


KINDS: dict[str, type[Command]] = {}
_NAME = re.compile(r"(?<![\w@])@[\w.\-]{1,80}")


def build(kind: str, fields: dict[str, Any], origin: Origin) -> Command:
    """The command of a button, form or API call. Raises `Refused` where the fields do not make one."""
    if kind not in KINDS or issubclass(KINDS[kind], Capture | Receipt):
        raise Refused(gone_button())
    told = {name: _told(value) if name not in NOT_TYPED else value for name, value in fields.items()}
    try:
        return KINDS[kind].model_validate({**told, "origin": origin})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        raise Refused(f"I cannot use what was given for {field or 'this'}: {first['msg']}.", field) from wrong


NOT_TYPED = frozenset({"message", "author", "permalink", "thread", "occurred"})
"""Fields of a command that platforms fill in, whatever somebody types."""


def _told(value: Any) -> Any:
    """No field of a gesture keeps a secret, for what cannot be understood is quoted in the answer; and none keeps what
    cannot be stored, which a command line may hold."""
    return mask(whole_characters(value.replace("\x00", ""))) if isinstance(value, str) else value


def account_of(origin: Origin) -> Account | None:
    if not origin.actor:
        return None
    return Account(platform=origin.platform, tenant=origin.tenant, user=origin.actor)


class Capture(Command):
    """An event about a message: merged into its timeline entry, many to a transaction, in any order."""

    message: MessageRef
    stamp: int
    """Microseconds since 1970 of the event itself: of the saying, the edit, the deletion, the reaction."""


class Receipt(Command):
    """What a delivery amounted to. Its origin's id is the effect's key, and nobody is its actor."""

    incident_id: str = ""
    """Id of the incident that the effect was for: the store finds it by that."""
