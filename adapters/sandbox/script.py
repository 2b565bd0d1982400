"""What a script is made of: people, places and steps, neutral to the platform that plays them.

Law: a script names people, places and messages by nicknames, and times by seconds since the step before.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

INCIDENT = "incident"

Verb = Literal[
    "say", "reply", "broadcast", "mention", "upload", "edit", "delete", "react", "unreact", "pin", "unpin",
    "command", "shortcut", "submit", "click", "join", "leave", "advance", "await", "caption",
]  # fmt: skip
SAYING = frozenset({"say", "reply", "broadcast", "mention", "upload"})
NEEDS: Mapping[str, tuple[str, ...]] = {
    "say": ("id", "text"),
    "reply": ("id", "text", "ref"),
    "broadcast": ("id", "text", "ref"),
    "mention": ("id", "text"),
    "upload": ("id", "file"),
    "edit": ("ref", "text"),
    "delete": ("ref",),
    "react": ("ref", "emoji"),
    "unreact": ("ref", "emoji"),
    "pin": ("ref",),
    "unpin": ("ref",),
    "command": ("text",),
    "shortcut": ("ref", "shortcut"),
    "submit": ("fields",),
    "click": ("button", "item"),
    "advance": ("days",),
    "await": ("until",),
    "caption": ("caption",),
}


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Value):
    """A bot of the cast may post anywhere without joining; a guest comes into the incident by invitation."""

    nick: str
    name: str
    title: str
    zone: str
    email: str
    guest: bool = False
    bot: bool = False


class Place(Value):
    """Everybody but guests is a member from the start. The incident's channel comes into being by declare."""

    nick: str
    name: str
    private: bool = False


class Attachment(Value):
    name: str
    mimetype: str
    text: str


class Begins(Value):
    """Monday is weekday 0; the wall time is the one of the zone."""

    weekday: int = Field(ge=0, le=6)
    wall: str
    zone: str


class Step(Value):
    """`after`: seconds since the step before. `ref` and `item`: the id of an earlier step.

    A submit answers the form that the step before it opened; the fields of a click answer a form it opens,
    if it opens one. The text of a command comes without the slash word, that of a mention without the bot. `caption_in`
    holds by platform what has to be told in other words there.
    """

    id: str = ""
    after: int = Field(ge=0)
    who: str
    do: Verb
    where: str = INCIDENT
    ref: str = ""
    emoji: str = ""
    text: str = ""
    file: Attachment | None = None
    shortcut: Literal["", "add_to_timeline", "make_action_item"] = ""
    button: Literal["", "done", "snooze", "reassign", "not_mine", "wont_do", "accept"] = ""
    item: str = ""
    fields: dict[str, str] = {}
    days: int = Field(default=0, ge=0)
    until: str = Field(default="", pattern=r"^(|incident channel exists|draft posted|digest received by \w+)$")
    caption: str = ""
    caption_in: dict[Literal["slack", "teams"], str] = {}
    tour: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [name for name in NEEDS.get(self.do, ()) if not getattr(self, name)]
        if missing:
            raise ValueError(f"a step that does {self.do!r} needs {', '.join(missing)}")
        return self


class Script(Value):
    title: str
    begins: Begins
    cast: tuple[Person, ...]
    places: tuple[Place, ...]
    steps: tuple[Step, ...]

    def person(self, nick: str) -> Person:
        return next(person for person in self.cast if person.nick == nick)

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.id == name)
